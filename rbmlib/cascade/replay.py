"""A stored run, replayed: chains follow the machine through its ages, and back.

At each age the chains make k sweeps before the machine changes.  Forwards they start
in equilibrium at the first age, backwards at the last.  Where a chain needs more than k
sweeps to follow, the two ways differ: the loop between them is hysteresis.  For a
machine of one pattern the law of the overlap is carried through exactly; chains of any
stored run are sampled.
"""

import numpy as np

from rbmlib import sampling
from rbmlib.cascade.pattern import check_machine_of, law
from rbmlib.cascade.relaxation import MOST_COUNTED, sweep_kernels
from rbmlib.checks import check_array, check_flag, check_positive, check_samples
from rbmlib.randomness import check_seed
from rbmlib.trajectories import machines_of

MOST_SWEEPS = 10**9


def replay(n_visible, w, field, k, n_hidden=None):
    """Return the exact laws of the overlap forwards and backwards through the ages.

    Parameters
    ----------
    n_visible : int
        N, from 1 to 2000.
    w, field : array_like, shape (n_ages,)
        The machine at each age; at least two.
    k : int
        Sweeps at each age, from 1 to 10^9.
    n_hidden : int, optional
        As in `machine`.

    Returns
    -------
    forward, backward : ndarray, shape (n_ages, n_visible + 1)
        Laws after the k sweeps of each age, both in the order of the ages.  Forwards
        starts in equilibrium at the first age, backwards at the last.

    Raises
    ------
    ValueError, TypeError
        As in `sweep_kernels`, or fewer than two ages.

    Examples
    --------
    >>> forward, backward = replay(20, [0.5, 1.0, 1.5], [0.0, 0.0, 0.0], 10**6)
    >>> bool(np.allclose(forward, backward))
    True
    """
    N = check_positive(n_visible, "n_visible", most=MOST_COUNTED)
    w = check_array(w, "w", ("n_ages",), 0)
    field = check_array(field, "field", (len(w),))
    if len(w) < 2:
        raise ValueError(f"w must be of at least two ages, got {len(w)}")
    k = check_positive(k, "k", most=MOST_SWEEPS)
    ages = [(N, *age, n_hidden) for age in zip(w.tolist(), field.tolist(), strict=True)]
    for _, one, bias, _ in ages:
        check_machine_of(one, bias, n_hidden)
    many = []
    for age in ages:
        to_hidden, to_visible = sweep_kernels(*age)
        many.append(np.linalg.matrix_power(to_hidden @ to_visible, k))
    forward = _carried(law(*ages[0]), many)
    return forward, _carried(law(*ages[-1]), many[::-1])[::-1]


def _carried(p, kernels):
    found = []
    for kernel in kernels:
        p = p @ kernel
        p = p / p.sum()  # rounding, of up to 10^9 sweeps
        found.append(p)
    return np.array(found)


def replay_chains(trajectory, v, k, seed, backward=False):
    """Carry chains through the ages of a run, k sweeps at each.

    Parameters
    ----------
    trajectory : Trajectory, or sequence of RBM
    v : array_like, shape (n_chains, n_visible)
        Chains at their first age.
    k : int
        Sweeps at each age, at least 1.
    seed : int
        Give each direction its own: equal sweeps of both would share random numbers.
    backward : bool
        From the last age to the first.

    Returns
    -------
    ndarray, shape (n_ages, n_chains, n_visible)
        Chains after the sweeps of each age, in the order of the ages.

    Raises
    ------
    ValueError, TypeError
        No machines, chains that are no states of them, a k or seed out of range.

    Examples
    --------
    >>> from rbmlib.cascade import machine
    >>> ages = [machine([1, 1, -1], w) for w in (0.1, 0.2)]
    >>> replay_chains(ages, [[1, -1, 1]], 5, seed=0).shape
    (2, 1, 3)
    """
    machines = machines_of(trajectory)
    k = check_positive(k, "k", most=2**29 // max(1, len(machines)))
    seed, backward = check_seed(seed), check_flag(backward, "backward")
    first = machines[-1 if backward else 0]
    v = check_samples(v, first.visible, first.n_visible, "v", "chain")
    found = []
    for place, rbm in enumerate(machines[::-1] if backward else machines):
        v, _ = sampling.gibbs(rbm, v, k, seed, first_sweep=place * k)
        found.append(v)
    return np.array(found[::-1] if backward else found)


def loop_area(coordinate, lower, upper):
    """Return ∫ (upper - lower) dx, the signed area between two ways.

    Parameters
    ----------
    coordinate : array_like, shape (n_ages,)
        x, increasing: the age, or a parameter.
    lower, upper : array_like, shape (n_ages,)
        An observable on the two ways of a replay.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        Shapes that do not fit, or a coordinate that does not increase.

    Examples
    --------
    >>> loop_area([0.0, 1.0, 3.0], [0.0, 0.0, 1.0], [0.0, 1.0, 1.0])
    1.5
    """
    x = check_array(coordinate, "coordinate", ("n_ages",))
    if len(x) < 2 or not np.all(np.diff(x) > 0):
        raise ValueError(
            "coordinate must be at least two increasing numbers, got "
            f"{x.tolist()!r:.60}"
        )
    lower = check_array(lower, "lower", x.shape)
    upper = check_array(upper, "upper", x.shape)
    return float(np.trapezoid(upper - lower, x))


def spinodal_field(w):
    """Return the field at which the phase that is against it disappears, N → ∞.

    m = tanh(w² m + a) has a stable solution of the other sign while
    |a| < w² m_s - artanh m_s with m_s = √(1 - 1/w²); there it meets the unstable one,
    a saddle-node.

    Parameters
    ----------
    w : array_like, any shape
        From 0 to 100; below w = 1 there is one phase, and the field is 0.

    Returns
    -------
    ndarray, shape of w

    Raises
    ------
    ValueError, TypeError
        A w out of range.

    Examples
    --------
    >>> spinodal_field([0.9, 1.2]).round(4).tolist()
    [0.0, 0.1736]
    """
    w = check_array(w, "w", (...,), 0, 100)
    m = np.sqrt(1 - 1 / np.maximum(w, 1.0) ** 2)
    # artanh(m) = ln(w (1 + m)): nothing is subtracted from 1.
    at_least_one = np.maximum(w, 1.0)
    return at_least_one**2 * m - np.log(at_least_one * (1 + m))


def phases(w, field):
    """Return the magnetisations of both phases of an infinite machine.

    Parameters
    ----------
    w : float
        From 0 to 100.
    field : float
        a, from -100 to 100.

    Returns
    -------
    along, against : float
        Stable solutions of m = tanh(w² m + a), of the sign of the field and of the
        other; NaN for a phase that is not there.  Without a field ±m.

    Raises
    ------
    ValueError, TypeError
        Numbers out of range.

    Examples
    --------
    >>> [round(m, 4) for m in phases(1.2, 0.1)]
    [0.8771, -0.758]
    """
    w, field, *_ = check_machine_of(w, field, None)
    sign = -1.0 if field < 0 else 1.0
    x, a = w**2, abs(field)
    along = _settled(x, a, 1.0)
    against = np.nan
    if x > 1 and a < spinodal_field(w):
        against = _settled(x, a, -1.0)
    return sign * along, sign * against


def _settled(x, a, m):
    """Return the stable solution that is reached from m = ±1, by Newton's method.

    Between ±1 and the solution the map is concave: the steps stay on one side.
    """
    if x <= 1 and a == 0:
        return 0.0  # at x = 1 a root so flat that Newton's step becomes 0/0
    for _ in range(200):
        t = np.tanh(x * m + a)
        step = (m - t) / (1 - x * (1 - t * t))
        if abs(step) < 1e-15:
            break
        m -= step
    return float(m)
