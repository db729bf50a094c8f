"""Where a machine sits in the diagram: (w, σ, κ) from its singular values.

`placing` reads the modes off a matrix; here that matrix is made of a trained machine.

A trained machine has {0, 1} units with biases, so some units hardly move.  What counts
for collective order is D_v^{1/2} W D_h^{1/2} with D the variances of the units: a
small field on unit j moves it by D_j times the field.  For a machine at its symmetric
point D = 1/4, and this is the exact map to ±1 units, W/4.
"""

from rbmlib.checks import check_array, check_positive, check_sequence
from rbmlib.mean_field.response import response_matrix
from rbmlib.phase_diagram.placing import place
from rbmlib.randomness import check_seed
from rbmlib.rbm import RBM, check_machine
from rbmlib.sampling import check_start, gibbs, random_start

MOST_SWEEPS = 2**30  # of all machines: their addresses


def susceptible(rbm, mean_v, mean_h):
    """Return D_v^{1/2} W D_h^{1/2}, D the variances of units with the given means.

    Parameters
    ----------
    rbm : RBM
        {0, 1} or ±1 units.
    mean_v, mean_h : array_like, shapes (n_visible,) and (n_hidden,)
        Means over the machine's whole law, all modes together: in a single mode the
        units are frozen, and D would say how that mode holds together, not the machine.

    Returns
    -------
    ndarray, shape (n_visible, n_hidden)

    Raises
    ------
    ValueError, TypeError
        No machine, one with units of more or fewer states than two, or means of
        another shape or outside the range of the states.

    Examples
    --------
    >>> susceptible(RBM([[8.0]], [-4.0], [-4.0]), [0.5], [0.5])
    array([[2.]])
    """
    check_machine(rbm)
    D = []
    for unit, mean, n, argument in (
        (rbm.visible, mean_v, rbm.n_visible, "mean_v"),
        (rbm.hidden, mean_h, rbm.n_hidden, "mean_h"),
    ):
        if not unit.bits:
            raise ValueError(f"rbm must have units with two states, got {rbm!r}")
        mean = check_array(mean, argument, (n,), *unit.states)
        D.append(unit.variance_at(mean))
    return response_matrix(rbm.W, *D)


def sampled_means(rbm, *, n_chains=500, n_sweeps=100, seed=0, v0=None):
    """Return ⟨v⟩ and ⟨h⟩ over chains from random starts or v0, at their last sweep.

    Parameters
    ----------
    rbm : RBM
    n_chains, n_sweeps, seed : int
    v0 : array_like, shape (n_chains, n_visible), optional
        Starts; then the number of chains is theirs.

    Returns
    -------
    mean_v : ndarray, shape (n_columns,)
        One for each unit; of categorical units the share of each state.
    mean_h : ndarray, shape (n_hidden,)

    Raises
    ------
    ValueError, TypeError
        No machine, numbers out of range, or starts that are no states of the visible
        units.

    Examples
    --------
    >>> pinned = RBM([[0.0]], [9.0], [-9.0])
    >>> mean_v, mean_h = sampled_means(pinned, n_sweeps=1, v0=[[0.0]] * 4)
    >>> mean_v.tolist(), mean_h.tolist()
    ([1.0], [0.0])
    """
    check_machine(rbm)
    n_chains = check_positive(n_chains, "n_chains")
    n_sweeps = check_positive(n_sweeps, "n_sweeps", most=MOST_SWEEPS)
    v = (
        random_start(rbm, n_chains, check_seed(seed))
        if v0 is None
        else check_start(rbm, v0)
    )
    v, h = gibbs(rbm, v, n_sweeps, seed)
    return _means(rbm, v, h)


def _means(rbm, v, h):
    return rbm.visible.encode(v).mean(0, dtype=float), h.mean(0, dtype=float)


def project(machines, *, n_chains=500, n_sweeps=100, seed=0):
    """Return the `Place` of each machine, for instance of a `Trajectory`.

    The units' variances come from chains that start at random and, from the second
    machine on, at the end of the chains of the machine before.

    Parameters
    ----------
    machines : iterable of RBM
        One or more, of the same visible units.
    n_chains, n_sweeps, seed : int
        Of the chains.

    Returns
    -------
    list of Place

    Raises
    ------
    ValueError, TypeError
        No machines, machines with units of more or fewer states than two or of other
        visible units than the first, or numbers out of range.

    Examples
    --------
    >>> ladder = [RBM.random(30, 20, scale=s, seed=0) for s in (0.1, 0.2)]
    >>> first, last = project(ladder, n_chains=20, n_sweeps=5)
    >>> bool(last.singular_values[0] > first.singular_values[0])
    True
    """
    machines = _check_machines(machines)
    n_chains = check_positive(n_chains, "n_chains")
    n_sweeps = check_positive(n_sweeps, "n_sweeps", most=MOST_SWEEPS // len(machines))
    v, places = random_start(machines[0], n_chains, check_seed(seed)), []
    for step, rbm in enumerate(machines):
        v, h = gibbs(rbm, v, n_sweeps, seed, first_sweep=step * n_sweeps)
        places.append(place(susceptible(rbm, *_means(rbm, v, h))))
    return places


def _check_machines(machines):
    machines = check_sequence(machines, "machines", RBM, "an RBM")
    for i, rbm in enumerate(machines):
        if not (rbm.visible.bits and rbm.hidden.bits):
            raise ValueError(
                f"machines[{i}] must have units with two states, got {rbm!r}"
            )
        first = machines[0]
        if (rbm.visible, rbm.n_visible) != (first.visible, first.n_visible):
            raise ValueError(
                f"machines must have the same visible units, got {first!r} and {rbm!r}"
            )
    return machines
