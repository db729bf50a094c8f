"""How many independent samples a chain is worth, and whether chains agree.

`times` measures correlation times with their errors, and refuses series that are too
short; `convergence` compares several chains with each other; `series` says what they
are made from, `lagged_sums` adds up.
"""

from rbmlib.autocorrelation.convergence import rank_ess, split_rhat
from rbmlib.autocorrelation.times import (
    MIN_TIMES,
    Estimate,
    Time,
    correlation,
    exponential_time,
    integrated_time,
    mean_with_error,
)

__all__ = [
    "MIN_TIMES",
    "Estimate",
    "Time",
    "correlation",
    "exponential_time",
    "integrated_time",
    "mean_with_error",
    "rank_ess",
    "split_rhat",
]
