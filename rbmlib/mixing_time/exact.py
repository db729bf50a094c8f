"""Relaxation times without sampling: the second eigenvalue of one sweep.

An eigenvalue is known to some 1e-16, and so is 1 - λ: too little for slow machines,
whose 1 - λ may be 1e-100.  There the time is found without a difference
(`rbmlib.mixing_time.slow`).  Both ways together are right to six digits, from 0.02
sweeps to 1e290; what is outside is refused, or called 0.
"""

import numpy as np
from scipy.special import log_expit

from rbmlib import enumeration
from rbmlib.checks import check_positive, check_real
from rbmlib.ising.curie_weiss import log_counts
from rbmlib.mixing_time import slow
from rbmlib.rbm import RBM, check_machine
from rbmlib.units import SPIN

MAX_SMALL, MAX_LARGE = 12, 20  # units of the smaller and the larger layer
MAX_UNIFORM = 5000
MOST_UNITS = 2**16  # of a uniform machine's layer
LARGEST = 1e70  # of its weights
SLOW = 1e-3  # 1 - λ below which its rounding error of n 1e-16 begins to be seen
LEAST = 1e-26  # λ of which the square root is above rounding: 0.017 sweeps
TOLERANCE = 1e-6
_BLOCK = 2**13


def exact_relaxation_time(rbm):
    """Return τ = -1/ln λ of block Gibbs sampling, λ the second eigenvalue.

    The kernels of the two layers, p(v'|v) and p(h'|h), share their nonzero eigenvalues:
    the squared singular values of the matrix sqrt(p(v|h) p(h|v)).  The largest is 1.

    Parameters
    ----------
    rbm : RBM
        Discrete units; at most 2^12 states in the smaller and 2^20 in the larger layer.

    Returns
    -------
    float
        In sweeps, to six digits; 0 if it is below 0.017.

    Raises
    ------
    ValueError, TypeError
        No machine; Gaussian units, or too many units; a time of at least 1e290 sweeps;
        parameters so large (about 1e8) that energies are not known to 1e-6.

    Examples
    --------
    >>> pair = RBM([[0.5]], [0.0], [0.0], SPIN, SPIN)  # λ = tanh² 0.5
    >>> bool(np.isclose(exact_relaxation_time(pair), -0.5 / np.log(np.tanh(0.5))))
    True
    >>> frozen = RBM([[20.0]], [0.0], [0.0], SPIN, SPIN)  # 1 - λ = 1/cosh² 20
    >>> print(f"{exact_relaxation_time(frozen):.6g} {np.cosh(20.0) ** 2:.6g}")
    5.88463e+16 5.88463e+16
    """
    check_machine(rbm)
    layers = (rbm.visible, rbm.n_visible), (rbm.hidden, rbm.n_hidden)
    sizes = [unit.n_states(n) or np.inf for unit, n in layers]
    if min(sizes) > 2**MAX_SMALL or max(sizes) > 2**MAX_LARGE:
        raise ValueError(
            f"rbm must have at most {MAX_SMALL} units of two states in one layer and "
            f"{MAX_LARGE} in the other for an exact relaxation time, got {rbm!r}"
        )
    _check_energies(rbm)
    small = int(sizes[1] <= sizes[0])
    states = enumeration.all_states(*layers[small])
    free = rbm.hidden_free_energy(states) if small else rbm.free_energy(states)
    log_p = -free - np.logaddexp.reduce(-free)
    deviation = np.zeros((len(states),) * 2)
    for to, back in _passages(rbm, small, states):
        # sqrt(p(y) p(x)) is the pair of singular vectors of 1: subtracted here from
        # numbers of its own size, and not from their squares.
        log_other = log_p[0] + to[0] - back[:, 0]
        independent = np.exp(0.5 * np.add.outer(log_p, log_other))
        root = np.exp(0.5 * (to + back.T)) - independent
        deviation += root @ root.T
    second = np.linalg.eigvalsh(deviation)[-1]
    if second < 1 - SLOW:
        return float(-1.0 / np.log(second)) if second > LEAST else 0.0
    kernel = sum(np.exp(x) @ np.exp(y) for x, y in _passages(rbm, small, states))
    return slow.time_of_chain(kernel, np.exp(log_p), repr(rbm))


def _check_energies(rbm):
    """Refuse a machine whose energies, of this size, have errors above TOLERANCE."""
    columns = rbm.columns
    reach = max(1.0, *(np.abs(unit.states).max() for unit in (rbm.visible, rbm.hidden)))
    with np.errstate(over="ignore"):
        largest = reach**2 * sum(np.abs(x).sum() for x in columns)
    error = np.finfo(float).eps * largest
    if not error < TOLERANCE:
        raise ValueError(
            "rbm must have energies that double precision knows to "
            f"{TOLERANCE:g}, got some of the size {largest:.3g}, known to {error:.2g}"
        )


def _passages(rbm, small, y):
    """Yield log p(x|y) and log p(y|x), y all states of the smaller layer, x of parts.

    ``small`` is 0 or 1: the visible or the hidden layer.
    """
    larger = (rbm.hidden, rbm.n_hidden) if small == 0 else (rbm.visible, rbm.n_visible)
    W, a, b = rbm.columns
    dot = rbm.visible.dot
    for block in enumeration.blocks(*larger):
        for x in np.array_split(block, max(1, len(block) // _BLOCK)):
            v, h = (x, y) if small else (y, x)
            minus_energy = dot(v, W) @ h.T + dot(v, a)[:, None] + h @ b
            to_v = minus_energy + rbm.hidden_free_energy(h)
            to_h = minus_energy + rbm.free_energy(v)[:, None]
            yield (to_v.T, to_h) if small else (to_h, to_v.T)


def uniform_machine(n_visible, n_hidden, w):
    """Return the ±1 machine W_ij = w/sqrt(N_v N_h): a two-layer magnet.

    It has no biases; its only singular value is w, its ordering threshold w = 1.

    Parameters
    ----------
    n_visible, n_hidden : int
        From 1 to 2^16.
    w : float
        At most 1e70 in size.

    Returns
    -------
    RBM

    Raises
    ------
    ValueError, TypeError
        Numbers out of range.

    Examples
    --------
    >>> uniform_machine(4, 4, 2.0).W[0, 0]
    np.float64(0.5)
    """
    n_visible = check_positive(n_visible, "n_visible", most=MOST_UNITS)
    n_hidden = check_positive(n_hidden, "n_hidden", most=MOST_UNITS)
    w = check_real(w, "w", -LARGEST, LARGEST)
    W = np.full((n_visible, n_hidden), w / np.sqrt(n_visible * n_hidden))
    return RBM(W, np.zeros(n_visible), np.zeros(n_hidden), SPIN, SPIN)


def uniform_relaxation_time(n_visible, n_hidden, w):
    """Return τ of `uniform_machine` exactly, for up to thousands of units.

    All units of a layer feel one field, so that the number of upper spins is itself a
    Markov chain with two binomial laws; everything else is forgotten in one sweep.

    Parameters
    ----------
    n_visible, n_hidden : int
        From 1 to 5000.
    w : float
        Finite.

    Returns
    -------
    float
        -1/(2 ln |w|) for |w| < 1 and large machines; grows as the square root of the
        size at 1, and exponentially beyond.  To six digits; 0 if w is.

    Raises
    ------
    ValueError, TypeError
        Sizes out of range, a w that is no finite number, or a time of at least 1e290
        sweeps.

    Examples
    --------
    >>> round(uniform_relaxation_time(100, 100, 1.0), 3)
    9.392
    >>> print(f"{uniform_relaxation_time(400, 400, 1.5):.4g}")
    4.974e+40
    """
    n, m = sorted(
        check_positive(x, argument, most=MAX_UNIFORM)
        for x, argument in ((n_visible, "n_visible"), (n_hidden, "n_hidden"))
    )
    # Flipping a layer changes the sign of w; beyond 1e200 nothing changes, but products
    # would overflow.
    size = min(abs(check_real(w, "w")), 1e200)
    to_m, to_n, odd = _uniform_kernels(n, m, size / np.sqrt(n * m))
    # By symmetry the slow mode is odd under s → -s: a chain of the upper half, that
    # dies where it meets the other one, and no eigenvalue 1.
    n_up, m_up = (n + 1) // 2, (m + 1) // 2
    root = np.sqrt(to_m[:n_up, :m_up] * to_n[:m_up, :n_up].T) * odd
    eigenvalue = np.linalg.norm(root, 2) ** 2
    if eigenvalue < 1 - SLOW:
        return float(-1.0 / np.log(eigenvalue)) if eigenvalue > 0 else 0.0
    stays = (to_m[:n_up, :m_up] * odd) @ (to_n[:m_up, :n_up] * odd.T)
    # 1 - Σ_j stays_ij without the difference: twice what ends below, and what is at 0.
    ends = to_m[:n_up] @ to_n
    dies = 2 * ends[:, n + 1 - n_up :].sum(1) + ends[:, n_up : n + 1 - n_up].sum(1)
    return slow.time_of_dying(stays, dies, f"the uniform machine of w = {w!r}")


def _uniform_kernels(n, m, field):
    """Return p(M_h|M_v), p(M_v|M_h), and 1 - e^{-2 field M_v M_h} for positive sums.

    Sums fall from all up.  In logarithms, because 1 - p of a binomial law that is
    nearly certain would be lost.
    """
    up_n, up_m = (size - 2.0 * np.arange(size + 1) for size in (n, m))

    def kernel(total, to):
        x = np.clip(2 * field * total, -_CERTAIN, _CERTAIN)[:, None]
        k = np.arange(to, -1.0, -1.0)
        ways = log_counts(to)[::-1]
        return np.exp(ways + k * log_expit(x) + (to - k) * log_expit(-x))

    of_pair = np.outer(up_n[: (n + 1) // 2], up_m[: (m + 1) // 2])
    odd = -np.expm1(-2 * np.minimum(field * of_pair, _CERTAIN))
    return kernel(up_n, m), kernel(up_m, n), odd


_CERTAIN = 1e5  # a field in which nothing flips in any time that a float can hold
