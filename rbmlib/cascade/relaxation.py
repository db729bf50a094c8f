"""Relaxation times of one sweep, from chains of counts.

Units of a layer that all feel one field are binomial: the number of them that are up
is a Markov chain by itself, and everything else is forgotten in one sweep.  With A the
matrix √(p(v|h) p(h|v)) the sweep has the eigenvalues of A Aᵀ, and τ = -1/ln λ₂.

For {0, 1} units with equal negative weights the sampler has a transition of its own:
below c* = -5.869586 one layer is on while the other is off.  Y. Kwon, Q. Qin, G. Wang,
Y. Wei (2026), doi:10.1214/25-AAP2265, proved it.
"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, log_expit, logsumexp

from rbmlib.cascade.pattern import check_machine_of, law
from rbmlib.checks import check_positive, check_real
from rbmlib.ising.curie_weiss import log_counts
from rbmlib.mixing_time import slow

MOST_COUNTED = 2000  # spins whose kernel is a matrix
LARGEST_WEIGHT = 1e3  # of a layer of equal weights
_NODES, _REACH = 0.2, 9.0  # grid of a Gaussian unit, in standard deviations
_SLOW = 1e-3  # 1 - λ below which the difference would be rounding


def sweep_kernels(n_visible, w, field=0.0, n_hidden=None):
    """Return the two half sweeps of a machine of one pattern, on counts.

    Parameters
    ----------
    n_visible : int
        N, from 1 to 2000.
    w, field, n_hidden
        As in `machine`, with at most 2000 hidden units.

    Returns
    -------
    to_hidden : ndarray, shape (n_visible + 1, n_sums)
        Probabilities of the sums of the hidden units.  A Gaussian unit stands on a
        grid of a fifth of its standard deviation: for analytic functions such sums are
        integrals to rounding.
    to_visible : ndarray, shape (n_sums, n_visible + 1)
        Probabilities of the overlaps, in the order of `overlaps`.

    Raises
    ------
    ValueError, TypeError
        As in `machine`.

    Examples
    --------
    >>> to_hidden, to_visible = sweep_kernels(50, 1.2)
    >>> kernel, p = to_hidden @ to_visible, law(50, 1.2)
    >>> bool(np.allclose(p @ kernel, p))
    True
    """
    N = check_positive(n_visible, "n_visible", most=MOST_COUNTED)
    w, field, _, n_units = check_machine_of(w, field, n_hidden)
    scale = w / np.sqrt(N * n_units)
    total = 2.0 * np.arange(N + 1) - N
    if n_hidden is None:
        reach = scale * N + _REACH
        sums = np.arange(-np.ceil(reach / _NODES), np.ceil(reach / _NODES) + 1) * _NODES
        logs = -0.5 * (sums - scale * total[:, None]) ** 2
        to_hidden = np.exp(logs - logsumexp(logs, axis=1, keepdims=True))
    else:
        check_positive(n_hidden, "n_hidden", most=MOST_COUNTED)
        sums = 2.0 * np.arange(n_units + 1) - n_units
        to_hidden = _binomial(n_units, 2 * scale * total)
    return to_hidden, _binomial(N, 2 * (scale * sums + field))


def relaxation_time(n_visible, w, field=0.0, n_hidden=None):
    """Return the exact τ of a machine of one pattern, in sweeps.

    Parameters
    ----------
    n_visible, w, field, n_hidden
        As in `sweep_kernels`.

    Returns
    -------
    float
        -1/(2 ln w) for w < 1, no field and a large machine with a Gaussian unit.

    Raises
    ------
    ValueError, TypeError
        As in `sweep_kernels`, or a time of at least 1e290 sweeps.

    Examples
    --------
    >>> round(relaxation_time(100, 0.5), 2), round(float(-0.5 / np.log(0.5)), 2)
    (0.72, 0.72)
    """
    to_hidden, to_visible = sweep_kernels(n_visible, w, field, n_hidden)
    p = law(n_visible, w, field, n_hidden)
    return _time(to_hidden, to_visible, p, f"the machine of w = {w!r}")


def binary_relaxation_time(
    n_visible, n_hidden, weight, visible_bias=0.0, hidden_bias=0.0
):
    """Return the exact τ of {0, 1} units with equal weights, in sweeps.

    Parameters
    ----------
    n_visible, n_hidden : int
        From 1 to 2000.
    weight : float
        Of each pair, W_ij; a machine of n + n units with c = nW has a limit.
    visible_bias, hidden_bias : float
        Of each unit.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        Numbers out of range, or a time of at least 1e290 sweeps.

    Examples
    --------
    >>> round(binary_relaxation_time(50, 50, -4 / 50), 3)
    1.719
    """
    n = check_positive(n_visible, "n_visible", most=MOST_COUNTED)
    m = check_positive(n_hidden, "n_hidden", most=MOST_COUNTED)
    weight, a, b = (
        check_real(x, name, -LARGEST_WEIGHT, LARGEST_WEIGHT)
        for x, name in (
            (weight, "weight"),
            (visible_bias, "visible_bias"),
            (hidden_bias, "hidden_bias"),
        )
    )
    on_v, on_h = np.arange(n + 1.0), np.arange(m + 1.0)
    logs = log_counts(n) + a * on_v - m * log_expit(-(b + weight * on_v))
    p = np.exp(logs - logsumexp(logs))
    kernels = _binomial(m, b + weight * on_v), _binomial(n, a + weight * on_h)
    return _time(*kernels, p, f"the machine of weight = {weight!r}")


def negative_threshold():
    """Return c*, below which n + n units of {0, 1} with W = c/n order one against one.

    The mean m = σ(c m) of both layers is stable while |c| m (1 - m) < 1.

    Returns
    -------
    float

    Examples
    --------
    >>> round(negative_threshold(), 6)
    -5.869586
    """
    # m = σ(c m) gives c = logit(m)/m: the condition is -logit(m) (1 - m) = 1.
    m = brentq(lambda m: np.log((1 - m) / m) * (1 - m) - 1, 0.1, 0.4, xtol=1e-15)
    return float(np.log(m / (1 - m)) / m)


def layer_means(c):
    """Return the stable means (m_v, m_h) of n + n units of {0, 1} for n → ∞.

    Parameters
    ----------
    c : float
        From -1000 to 0: n times the weight.

    Returns
    -------
    tuple of float
        Equal above c*; below it the larger one first.

    Raises
    ------
    ValueError, TypeError
        A c out of range.

    Examples
    --------
    >>> [round(m, 4) for m in layer_means(-8.0)]
    [0.4449, 0.0277]
    """
    c = check_real(c, "c", -LARGEST_WEIGHT, 0)
    same = brentq(lambda m: expit(c * m) - m, 0, 1, xtol=1e-15)
    if c >= negative_threshold():
        return same, same

    def twice(m):
        return expit(c * expit(c * m)) - m

    high = brentq(twice, same * (1 + 1e-9) + 1e-12, 0.5, xtol=1e-15)
    return high, float(expit(c * high))


def _binomial(n, field):
    """Return the laws of the number of n units that are up in each field."""
    k = np.arange(n + 1.0)
    field = np.asarray(field)[:, None]
    logs = log_counts(n) + k * log_expit(field) + (n - k) * log_expit(-field)
    return np.exp(logs)


def _time(to_hidden, to_visible, p, name):
    p_hidden = p @ to_hidden
    # The pair of singular vectors of 1 is taken out of numbers of its own size.
    rest = np.sqrt(to_hidden * to_visible.T) - np.sqrt(np.outer(p, p_hidden))
    eigenvalue = np.linalg.norm(rest, 2) ** 2
    if eigenvalue < 1 - _SLOW:
        return float(-1 / np.log(eigenvalue)) if eigenvalue > 1e-26 else 0.0
    return slow.time_of_chain(to_hidden @ to_visible, p, name)
