"""Ladders from an easy machine to a difficult one."""

from rbmlib.checks import check_positive
from rbmlib.likelihood.annealing import independent_machine
from rbmlib.likelihood.estimate import check_alike, check_machines
from rbmlib.rbm import check_machine


def between(first, last, n_steps):
    """Return the machines after `first`, up to and with `last`, evenly interpolated.

    Parameters
    ----------
    first, last : RBM
        Of the same units and sizes.
    n_steps : int
        Number of machines to return, at least 1.

    Raises
    ------
    ValueError, TypeError
        A number of steps that is no integer >= 1, or machines of other units or sizes.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> [m.b[0].item() for m in between(RBM([[0]], [0], [0]), RBM([[1]], [0], [1]), 2)]
    [0.5, 1.0]
    """
    check_alike(check_machine(first, "first"), last, "last")
    n = check_positive(n_steps, "n_steps")
    fractions = [step / n for step in range(1, n)]
    return [(1 - x) * first + x * last for x in fractions] + [last]


def in_beta(rbm, n_steps, reference=None):
    """Return n_steps + 1 machines from independent units to `rbm`, evenly in β.

    Parameters
    ----------
    rbm : RBM
    n_steps : int
    reference : RBM, optional
        Machine without weights at β = 0; default: `likelihood.annealing`'s
        independent machine, with the visible biases of `rbm`.

    Returns
    -------
    list of RBM

    Raises
    ------
    ValueError, TypeError
        No machine, a number of steps that is no integer >= 1, or a reference of other
        units or sizes.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> [m.W.item() for m in in_beta(RBM([[1.0]], [0.0], [0.0]), 4)]
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    check_machine(rbm)
    n_steps = check_positive(n_steps, "n_steps")
    if reference is not None:
        check_alike(rbm, reference, "reference")
    start = independent_machine(rbm) if reference is None else reference
    return [start, *between(start, rbm, n_steps)]


def between_ages(trajectory, n_steps=1, *, first=0):
    """Return the machines of a trajectory with n_steps from each to the next.

    Parameters
    ----------
    trajectory : Trajectory, or sequence of RBM
    n_steps : int
        1: the stored machines alone.
    first : int
        Position of the first machine; before it stands its independent part (the same
        visible biases, no weights), whose log Z is exact.

    Returns
    -------
    list of RBM

    Raises
    ------
    ValueError, TypeError
        No machines, or of several units or sizes; a number of steps that is no integer
        >= 1; a position that no machine has.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> young, old = RBM([[1.0]], [0.0], [0.0]), RBM([[3.0]], [0.0], [0.0])
    >>> [m.W.item() for m in between_ages([young, old], 2)]
    [0.0, 0.5, 1.0, 2.0, 3.0]
    """
    machines = check_machines(trajectory)
    n_steps = check_positive(n_steps, "n_steps")
    first = check_positive(first, "first", least=0, most=len(machines) - 1)
    machines = machines[first:]
    ladder = [independent_machine(machines[0])]
    for machine in machines:
        ladder += between(ladder[-1], machine, n_steps)
    return ladder
