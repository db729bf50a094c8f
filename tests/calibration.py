"""Whether errors are what they claim: neither too small nor too large."""

import numpy as np
from scipy import stats


def is_calibrated(z, law=stats.norm):
    """Whether deviations in units of their errors follow a law, by default the normal.

    Where an error is itself the scatter of n numbers, the law is Student's with n - 1
    degrees of freedom.  Good scores are refused with a probability of 0.2 % by the sum
    of their squares and less than 0.1 % by the number of large ones.
    """
    z = stats.norm.ppf(law.cdf(np.asarray(z)))  # now normal, if z follows its law
    low, high = stats.chi2(len(z)).ppf([1e-3, 1 - 1e-3])
    most = stats.binom(len(z), 2 * stats.norm.sf(3)).ppf(1 - 1e-3)
    return low < np.square(z).sum() < high and (np.abs(z) > 3).sum() <= most


def assert_calibrated(z, law=stats.norm):
    """Assert that scores follow their law, and that errors off by √2 would not."""
    z = np.asarray(z)
    assert is_calibrated(z, law)
    # 160 scores or more tell a factor of two in the variance, for 99 of 100 seeds.
    assert not is_calibrated(z * np.sqrt(2), law)
    assert not is_calibrated(z / np.sqrt(2), law)
