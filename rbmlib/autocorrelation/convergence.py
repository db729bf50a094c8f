"""Do several chains tell the same story?  Split-R̂ and the effective sample size.

Both replace the values by normal scores of their ranks, so that heavy tails do not
matter, and split each chain in two, so that a drift shows.  R̂ compares the variance
between the halves with that within them and is 1 at convergence; above 1.01 the chains
disagree.  A. Vehtari, A. Gelman, D. Simpson, B. Carpenter, P.-C. Bürkner (2021),
doi:10.1214/20-BA1221.

Both are blind to what no chain has visited: chains that all stay in one of two modes
agree perfectly.
"""

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from rbmlib.autocorrelation import lagged_sums
from rbmlib.checks import check_array, said

MIN_STEPS = 8


def split_rhat(x):
    """Return rank-normalised split-R̂, the larger of that of location and of scale.

    Parameters
    ----------
    x : array_like, shape (n_chains, n_steps)
        One observable; at least 8 steps.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        No numbers, wrong shape, values that are not finite, or all the same value.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(4, 1000))
    >>> bool(split_rhat(x) < 1.01), bool(split_rhat(x + [[0], [0], [0], [1]]) > 1.1)
    (True, True)
    """
    halves = _split(x)
    spread = np.abs(halves - np.median(halves))
    return max(_rhat(_normal_scores(halves)), _rhat(_normal_scores(spread)))


def rank_ess(x):
    """Return the rank-normalised effective sample size of the bulk, over all chains.

    Parameters, errors
        As in `split_rhat`.

    Returns
    -------
    float
        n_chains n_steps / 2τ, with τ from all chains together: between them included.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(4, 1000))
    >>> 3000 < rank_ess(x) < 5000
    True
    """
    z = _normal_scores(_split(x))
    n_chains, n = z.shape
    rows = np.ascontiguousarray(z - z.mean(axis=1, keepdims=True))
    covariance = lagged_sums.sums(rows, n) / (n * n_chains)
    within = covariance[0] * n / (n - 1)
    total = covariance[0] + z.mean(axis=1).var(ddof=1)
    rho = 1 - (within - covariance) / total
    rho[0] = 1.0
    # Geyer (1992): sums of neighbours are positive and fall, for a reversible chain.
    pairs = rho[: n // 2 * 2].reshape(-1, 2).sum(axis=1)[: (n - 1) // 2]
    end = int(np.argmax(pairs <= 0)) if (pairs <= 0).any() else len(pairs) - 1
    falling = np.minimum.accumulate(pairs[:end])
    rest = max(rho[2 * end], 0.0)  # of a pair that is cut in two
    twice_tau = max(2 * falling.sum() - 1 + rest, 1 / np.log10(z.size))
    return float(z.size / twice_tau)


def _split(x):
    x = check_array(x, "x", (...,))
    if x.ndim != 2 or len(x) == 0 or x.shape[1] < MIN_STEPS:
        raise ValueError(
            f"x must have shape (n_chains, n_steps) with at least {MIN_STEPS} steps, "
            f"got {x.shape}"
        )
    if x.min() == x.max():
        raise ValueError(
            f"x must vary, got {said(x[0, 0])} as each value: of a series that does "
            "not vary neither R̂ nor a sample size is defined"
        )
    half = x.shape[1] // 2
    return np.concatenate([x[:, :half], x[:, -half:]])


def _normal_scores(x):
    ranks = rankdata(x, method="average").reshape(x.shape)
    return ndtri((ranks - 0.375) / (x.size + 0.25))


def _rhat(z):
    n = z.shape[1]
    within = z.var(axis=1, ddof=1).mean()
    between = z.mean(axis=1).var(ddof=1)
    if within == 0:  # of two states at the same distance from the median
        return 1.0 if between == 0 else np.inf
    return float(np.sqrt((n - 1) / n + between / within))
