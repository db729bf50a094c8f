"""The singular values that modes send out of the bulk of the noise.

The singular values of W = Σ w_α u^α ūᵅᵀ + r form a bulk, from the noise, that ends at
σ(κ^{1/4} + κ^{-1/4}), and one value outside for each mode with w > σ:
s = √((w² + σ²/√κ)(w² + σ²√κ))/w.  The measured value is *not* w.
F. Benaych-Georges and R. Nadakuditi (2012), doi:10.1016/j.jmva.2012.04.019.
"""

import numpy as np

from rbmlib.checks import check_number, check_parameter


def top_singular_value(w, sigma, kappa=1.0):
    """Return s of a mode of strength w > σ, in a large machine.

    Parameters
    ----------
    w, sigma : array_like, any shapes
        Broadcast against each other.
    kappa : float

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Unless every w is above sigma >= 0, all are finite and kappa is positive.

    Examples
    --------
    >>> float(top_singular_value(1.0, 0.5))
    1.25
    """
    w, sigma = (check_parameter(x, n) for x, n in ((w, "w"), (sigma, "sigma")))
    root = np.sqrt(_check_kappa(kappa))
    w, sigma = np.broadcast_arrays(w, sigma)
    if (sigma < 0).any() or not (w > sigma).all():
        raise ValueError(
            f"w must be above sigma >= 0 to leave the bulk, got {w} and {sigma}"
        )
    ratio = (sigma / w) ** 2
    return w * np.sqrt((1 + ratio / root) * (1 + ratio * root))


def strength(s, sigma, kappa=1.0):
    """Return the w of a singular value above the edge: inverse of the above.

    Parameters
    ----------
    s : array_like, any shape
        At least `bulk_edge`.
    sigma, kappa : float

    Returns
    -------
    ndarray, shape of s

    Raises
    ------
    ValueError
        An s inside the bulk, a negative sigma or a kappa that is not positive.

    Examples
    --------
    >>> float(strength(1.25, 0.5).round(9))
    1.0
    """
    s, edge = check_parameter(s, "s"), bulk_edge(sigma, kappa)
    inside = s < edge * (1 - 1e-12)
    if inside.any() or (s <= 0).any():
        raise ValueError(
            f"s must be positive and at least the edge of the bulk, {edge!r}, got "
            f"{float(s.min())!r}"
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
    sigma, kappa : float

    Returns
    -------
    float

    Raises
    ------
    ValueError
        A sigma that is not finite and >= 0, or a kappa that is not positive.

    Examples
    --------
    >>> bulk_edge(0.5)
    1.0
    """
    sigma, kappa = check_number(sigma, "sigma"), _check_kappa(kappa)
    return sigma * (kappa**0.25 + kappa**-0.25)


def _check_kappa(kappa):
    if (value := check_number(kappa, "kappa")) == 0:
        raise ValueError("kappa must be positive, got 0")
    return value
