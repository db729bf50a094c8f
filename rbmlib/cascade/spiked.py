"""How many data show a mode at all: the threshold of a spiked covariance.

Data whose covariance is 1 + ℓ u uᵀ, from M samples of N units, q = N/M.  The top
eigenvector of the sample covariance knows the direction u only for ℓ > √q, that is for
more than N/ℓ² samples (J. Baik, G. Ben Arous, S. Péché (2005),
doi:10.1214/009117905000000233).  Y. Xu, F. Krzakala, L. Zdeborová (2025),
arXiv:2505.18046, show that one hidden unit reaches this threshold.
"""

import numpy as np

from rbmlib.checks import check_array, check_real


def spike_overlap(strength, samples_per_unit):
    """Return the squared overlap of the top eigenvector with the true direction.

    (1 - q/ℓ²)/(1 + q/ℓ) for ℓ > √q, and 0 below (D. Paul (2007), Statistica Sinica 17,
    1617), for N → ∞.

    Parameters
    ----------
    strength : float
        ℓ, the variance along u beyond 1; above 0.
    samples_per_unit : array_like, any shape
        M/N = 1/q, above 0.

    Returns
    -------
    ndarray, shape of samples_per_unit

    Raises
    ------
    ValueError, TypeError
        Numbers out of range.

    Examples
    --------
    >>> spike_overlap(1.0, [0.5, 1.0, 4.0]).tolist()
    [0.0, 0.0, 0.6]
    """
    strength = check_real(strength, "strength", 1e-6, 1e6)
    alpha = check_array(samples_per_unit, "samples_per_unit", (...,), 1e-9, 1e9)
    return np.maximum(1 - 1 / (alpha * strength**2), 0) / (1 + 1 / (alpha * strength))


def spike_threshold(strength):
    """Return 1/ℓ², the samples per unit above which the direction is seen.

    Parameters
    ----------
    strength : float
        ℓ, above 0.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        A number out of range.

    Examples
    --------
    >>> spike_threshold(0.5)
    4.0
    """
    return 1 / check_real(strength, "strength", 1e-6, 1e6) ** 2
