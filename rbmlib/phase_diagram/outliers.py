"""The singular values that modes send out of the bulk of the noise.

The singular values of W = Σ w_α u^α ūᵅᵀ + r form a bulk, from the noise, that ends at
σ(κ^{1/4} + κ^{-1/4}), and one value outside for each mode with w > σ:
s = √((w² + σ²/√κ)(w² + σ²√κ))/w.  The measured value is *not* w.
F. Benaych-Georges and R. Nadakuditi (2012), doi:10.1016/j.jmva.2012.04.019.
"""

import numpy as np

from rbmlib.checks import check_array, check_real, said
from rbmlib.phase_diagram.domain import check_points

LARGEST = 1e300  # w, σ and s; products with roots of κ are numbers
LARGEST_RATIO = 1e10  # κ, or its inverse


def top_singular_value(w, sigma, kappa=1.0):
    """Return s of a mode of strength w > σ, in a large machine.

    Parameters
    ----------
    w, sigma : array_like, any shapes
        At most 1e300; broadcast against each other.
    kappa : float
        From 1e-10 to 1e10.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError, TypeError
        Unless every w is above sigma >= 0, and all are numbers in their range.

    Examples
    --------
    >>> float(top_singular_value(1.0, 0.5))
    1.25
    """
    w, sigma = check_points(_check(w, "w"), _check(sigma, "sigma"))
    root = np.sqrt(_check_kappa(kappa))
    inside = w <= sigma
    if inside.any():
        raise ValueError(
            "w must be above sigma >= 0 to leave the bulk, got "
            f"{said(w[inside][0])} and {said(sigma[inside][0])}"
        )
    ratio = (sigma / w) ** 2
    return w * np.sqrt((1 + ratio / root) * (1 + ratio * root))


def strength(s, sigma, kappa=1.0):
    """Return the w of a singular value above the edge: inverse of the above.

    Parameters
    ----------
    s : array_like, any shape
        At least `bulk_edge`, at most 1e300.
    sigma, kappa : float
        As in `bulk_edge`.

    Returns
    -------
    ndarray, shape of s

    Raises
    ------
    ValueError, TypeError
        An s inside the bulk, or numbers out of range.

    Examples
    --------
    >>> float(strength(1.25, 0.5).round(9))
    1.0
    """
    s, edge = _check(s, "s"), bulk_edge(sigma, kappa)
    if (s < edge * (1 - 1e-12)).any() or (s == 0).any():
        raise ValueError(
            f"s must be positive and at least the edge of the bulk, {edge!r}, got "
            f"{said(s.min())}"
        )
    root, ratio = np.sqrt(float(kappa)), (sigma / s) ** 2
    half = (1 - ratio / root - ratio * root) / 2
    # Zero at the edge, where rounding may leave it below.
    square = np.maximum((half - ratio) * (half + ratio), 0.0)
    return s * np.sqrt(half + np.sqrt(square))


def bulk_edge(sigma, kappa=1.0):
    """Return σ(κ^{1/4} + κ^{-1/4}), the largest singular value of the noise.

    Parameters
    ----------
    sigma : float
        From 0 to 1e300.
    kappa : float
        From 1e-10 to 1e10.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        Numbers out of range.

    Examples
    --------
    >>> bulk_edge(0.5)
    1.0
    """
    sigma, kappa = check_real(sigma, "sigma", 0, LARGEST), _check_kappa(kappa)
    return sigma * (kappa**0.25 + kappa**-0.25)


def _check(value, argument):
    """Return numbers of any shape, also none: a machine may have no modes."""
    return check_array(value, argument, (...,), 0, LARGEST)


def _check_kappa(kappa):
    return check_real(kappa, "kappa", 1 / LARGEST_RATIO, LARGEST_RATIO)
