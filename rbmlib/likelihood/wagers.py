"""What independent weights prove about their mean: a bound at a stated level.

Suppose that weights w_i ≥ 0 have the mean z.  A gambler who stakes the share λ of all
money on each in turn then has Π_i (1 - λ + λ w_i / z), a fair game: the mean stays 1,
and by Markov's inequality it exceeds 1/level with a probability of at most `level`.  So
does the mean over many λ, and over the single bet ⟨w⟩ / z.  Each z at which the gambler
got that rich is refuted; as the fortune falls with z, these are all z below one number.

Where weights scatter little this is near the mean, by a few standard errors.  Where one
weight decides it is the mean times level / 2.  No weight has to be typical.

I. Waudby-Smith and A. Ramdas (2024), arXiv:2010.09686, for means by betting; R. Grosse,
Z. Ghahramani and R. Adams (2015), arXiv:1511.02543, for Markov's inequality and Z.
"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import logsumexp

from rbmlib.checks import check_real
from rbmlib.likelihood.estimate import check_log_weights

STAKES = np.array([1.0, 0.9, 0.75, *2.0 ** -np.arange(1, 13)])


def log_mean_at_least(log_weights, level):
    """Return a number below the log of the mean of the weights' law.

    Parameters
    ----------
    log_weights : array_like, shape (n_chains,)
        Of independent chains; -inf for a weight of zero.
    level : float
        In (0, 1): the probability, at most, that the number is above.

    Returns
    -------
    float
        With the weights of `ais`, log Z - log Z_reference is at least this.

    Raises
    ------
    ValueError, TypeError
        Weights that have no mean, or a level out of range.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> log_w = rng.normal(-0.5, 1.0, size=200)  # ⟨w⟩ = 1
    >>> -0.4 < log_mean_at_least(log_w, 0.001) < 0
    True
    """
    log_w = check_log_weights(log_weights, ndim=1)
    level = check_real(level, "level", 0, 1, open_low=True)
    if level == 1:
        raise ValueError("level must be in (0, 1), got 1.0")
    log_mean = logsumexp(log_w) - np.log(len(log_w))

    def excess(log_z):
        return _log_fortune(log_w - log_z, log_mean - log_z) + np.log(level)

    # The single bet alone refutes the lower end; at the mean no fortune is above 1.
    low = log_mean + np.log(level / 2)
    return float(brentq(excess, low - 1e-9, log_mean, xtol=1e-9))


def _log_fortune(log_ratios, log_mean_ratio):
    """Return the log of what one has who divided the money among all strategies."""
    with np.errstate(divide="ignore"):
        keep, stake = np.log1p(-STAKES), np.log(STAKES)
    bets = np.logaddexp(keep[:, None], stake[:, None] + log_ratios).sum(1)
    shared = logsumexp(bets) - np.log(len(STAKES))
    return np.logaddexp(shared, log_mean_ratio) - np.log(2)
