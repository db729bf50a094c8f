"""The machine of one pattern: every average is a sum over N + 1 overlaps.

Data are spins along a pattern ξ, distributed as a Curie-Weiss magnet at inverse
temperature β_D; the machine has the weights W_ia = w ξ_i / √(N N_h) and the visible
biases a ξ_i.  With the overlap M = Σ_i ξ_i s_i, and x = w M / √(N N_h) the field on
each of N_h hidden units,

    p(M) ∝ C(N, (N + M)/2) exp[N_h Γ(x) + a M],

Γ(x) = ln 2cosh x for ±1 units.  One Gaussian unit has N_h Γ = w² M² / 2N, a Curie-Weiss
magnet at β = w² itself: it can represent the data, and it is the limit of many ±1
units.  Its training is in `rbmlib.cascade.learning`.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from rbmlib.checks import check_array, check_positive, check_real
from rbmlib.ising.curie_weiss import log_counts
from rbmlib.randomness import Stream, uniforms
from rbmlib.rbm import RBM
from rbmlib.units import GAUSSIAN, SPIN

MOST_SPINS = 10**4
MOST_HIDDEN = 10**6
MOST_SAMPLES = 10**7
LARGEST = 100.0  # of w and of a field: the law is one overlap long before
SLACK = 1e-9  # of the sum of a law


class Moments(NamedTuple):
    """Averages of the overlap m = M/N.

    The two susceptibilities are N Var(m) and N Var(|m|): below the transition the
    first, above it the second is the response of one phase.
    """

    overlap: float
    abs_overlap: float
    square: float
    susceptibility: float
    abs_susceptibility: float


def machine(pattern, w, field=0.0, n_hidden=None):
    """Return the machine of one pattern.

    Parameters
    ----------
    pattern : array_like of ±1, shape (n_visible,)
        ξ.
    w : float
        From 0 to 100: the only singular value of W.
    field : float
        a, from -100 to 100.
    n_hidden : int, optional
        Number of ±1 hidden units.  Default: one Gaussian unit of variance 1.

    Returns
    -------
    RBM

    Raises
    ------
    ValueError, TypeError
        A pattern of other numbers, or a number out of its range.

    Examples
    --------
    >>> machine([1, -1, 1, 1], 2.0).W.ravel().tolist()
    [1.0, -1.0, 1.0, 1.0]
    """
    pattern = _check_pattern(pattern)
    w, field, unit, n_hidden = check_machine_of(w, field, n_hidden)
    W = np.outer(pattern, np.full(n_hidden, w / np.sqrt(len(pattern) * n_hidden)))
    return RBM(W, field * pattern, np.zeros(n_hidden), SPIN, unit)


def overlaps(n_visible):
    """Return the N + 1 values of the overlap m = M/N, increasing.

    Parameters
    ----------
    n_visible : int
        N, from 1 to 10^4.

    Returns
    -------
    ndarray, shape (n_visible + 1,)

    Raises
    ------
    ValueError, TypeError
        A number out of range.

    Examples
    --------
    >>> overlaps(4).tolist()
    [-1.0, -0.5, 0.0, 0.5, 1.0]
    """
    n_visible = check_spins(n_visible)
    return (2 * np.arange(n_visible + 1) - n_visible) / n_visible


def law(n_visible, w, field=0.0, n_hidden=None):
    """Return the probabilities of the overlaps of a machine, or of data.

    Data of a Curie-Weiss magnet at β_D are the law of a Gaussian hidden unit with
    w = √β_D; with the same ``field`` they are biased towards the pattern.

    Parameters
    ----------
    n_visible : int
        N, from 1 to 10^4.
    w, field, n_hidden
        As in `machine`.

    Returns
    -------
    ndarray, shape (n_visible + 1,)
        In the order of `overlaps`.

    Raises
    ------
    ValueError, TypeError
        As in `machine`.

    Examples
    --------
    >>> law(2, 0.0).tolist()
    [0.25, 0.5, 0.25]
    """
    N = check_spins(n_visible)
    return law_of(N, *check_machine_of(w, field, n_hidden))


def law_of(N, w, field, unit, n_hidden):
    """Return what `law` does, of arguments that are known to fit."""
    total = 2.0 * np.arange(N + 1) - N
    x = w * total / np.sqrt(N * n_hidden)
    own = n_hidden * (unit.log_partition(x) - unit.log_partition(0.0))
    logs = log_counts(N) + own + field * total
    p = np.exp(logs - logsumexp(logs))
    return p / p.sum()


def moments(n_visible, w, field=0.0, n_hidden=None):
    """Return the exact averages of a machine of one pattern.

    Parameters
    ----------
    n_visible, w, field, n_hidden
        As in `law`.

    Returns
    -------
    Moments

    Raises
    ------
    ValueError, TypeError
        As in `law`.

    Examples
    --------
    >>> round(moments(100, 0.0).susceptibility, 6)  # of free spins
    1.0
    >>> round(moments(100, 1.25**0.5).abs_overlap, 6)  # a Curie-Weiss magnet at T = 0.8
    0.664427
    """
    return moments_of(law(n_visible, w, field, n_hidden))


def moments_of(p):
    """Return the averages of the overlap in a law.

    Parameters
    ----------
    p : array_like, shape (n_visible + 1,)
        Probabilities of the overlaps, in the order of `overlaps`.

    Returns
    -------
    Moments

    Raises
    ------
    ValueError, TypeError
        A negative probability, or a sum other than 1.

    Examples
    --------
    >>> two = moments_of([0.5, 0.0, 0.5])  # two spins, both up or both down
    >>> two.overlap, two.abs_overlap, two.susceptibility, two.abs_susceptibility
    (0.0, 1.0, 2.0, 0.0)
    """
    p = check_law(p, "p")
    m = overlaps(len(p) - 1)
    mean, size, square = (float(p @ x) for x in (m, np.abs(m), m**2))
    N = len(p) - 1
    spreads = (N * float(p @ (x - c) ** 2) for x, c in ((m, mean), (np.abs(m), size)))
    return Moments(mean, size, square, *spreads)


def draw(p, pattern, n_samples, seed):
    """Draw independent states whose overlap with a pattern has a given law.

    Parameters
    ----------
    p : array_like, shape (n_visible + 1,)
        Probabilities of the overlaps.
    pattern : array_like of ±1, shape (n_visible,)
    n_samples : int
        From 1 to 10^7.
    seed : int

    Returns
    -------
    ndarray of ±1, shape (n_samples, n_visible)
        Which sites agree with the pattern is uniform, given how many.

    Raises
    ------
    ValueError, TypeError
        As in `moments_of` and `machine`; a number of samples or a seed out of range.

    Examples
    --------
    >>> draw([0, 0, 0, 0, 1.0], [1, -1, 1, 1], 2, seed=0).tolist()
    [[1.0, -1.0, 1.0, 1.0], [1.0, -1.0, 1.0, 1.0]]
    """
    p, pattern = check_law(p, "p"), _check_pattern(pattern)
    if len(p) != len(pattern) + 1:
        raise ValueError(
            f"p must have {len(pattern) + 1} numbers, one for each overlap with the "
            f"pattern, got {len(p)}"
        )
    chains = np.arange(check_positive(n_samples, "n_samples", most=MOST_SAMPLES))
    u = uniforms(seed, Stream.OVERLAPS, 0, chains, len(pattern) + 1)
    sure = np.cumsum(p)
    up = np.searchsorted(sure / sure[-1], u[:, 0], side="right")
    order = np.argsort(u[:, 1:], axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    return pattern * np.where(rank < up[:, None], 1.0, -1.0)


def _check_pattern(pattern):
    pattern = check_array(pattern, "pattern", ("n_visible",), -1, 1)
    if not np.all(np.abs(pattern) == 1):
        raise ValueError(f"pattern must hold -1 and 1 only, got {pattern.tolist()!r}")
    check_spins(len(pattern), "pattern's length")
    return pattern


def check_spins(n_visible, argument="n_visible"):
    """Return a number of spins, or refuse it."""
    return check_positive(n_visible, argument, most=MOST_SPINS)


def check_machine_of(w, field, n_hidden, *names):
    """Return w, field, the hidden unit type and the number of units, or refuse them."""
    name_w, name_field = names or ("w", "field")
    w = check_real(w, name_w, 0, LARGEST)
    field = check_real(field, name_field, -LARGEST, LARGEST)
    if n_hidden is None:
        return w, field, GAUSSIAN, 1
    return w, field, SPIN, check_positive(n_hidden, "n_hidden", most=MOST_HIDDEN)


def check_law(p, argument):
    """Return probabilities of N + 1 overlaps, or refuse them."""
    p = check_array(p, argument, ("n_visible + 1",), 0, 1 + SLACK)
    check_spins(len(p) - 1, f"{argument}'s length less one")
    if abs(p.sum() - 1) > SLACK:
        raise ValueError(f"{argument} must add up to 1, got {float(p.sum())!r}")
    return p
