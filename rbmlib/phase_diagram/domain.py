"""Where the equations can be solved to the digits that are promised.

A unit in a random field of strength s has 1 - q of order 1/s, which as a difference is
known to s times 2e-16 of its size: to 1e-9 or better with s up to 1e7, and with it w²(1
- q)(1 - q̄) and what follows from it.  Beyond, nothing new happens: all units are
frozen.  Order parameters below 5e-7 are zero (`iterate`).
"""

import math

import numpy as np

from rbmlib.checks import check_array, check_real

LARGEST_FIELD = 1e7
LARGEST_RATIO = 1e6  # of the layers
MOST_POINTS = 2**24  # of a grid


def check_kappa(kappa):
    """Return N_h/N_v as a float, or raise an error unless it is in [1e-6, 1e6]."""
    return check_real(kappa, "kappa", 1 / LARGEST_RATIO, LARGEST_RATIO)


def check_values(value, argument, low=0.0):
    """Return one or more numbers of at least ``low`` as float64 of any shape.

    Raises
    ------
    ValueError
        As `check_array`; no number at all.
    """
    x = check_array(value, argument, (...,), low)
    if x.size == 0:
        raise ValueError(f"{argument} must hold at least one number, got {x.shape}")
    return x


def check_points(w, sigma):
    """Return arrays of strengths and noise, broadcast against each other.

    Raises
    ------
    ValueError
        Shapes that do not go together; more than 2^24 points.
    """
    try:
        shape = np.broadcast_shapes(w.shape, sigma.shape)
    except ValueError:
        raise ValueError(
            "w and sigma must have shapes that go together, got "
            f"{w.shape} and {sigma.shape}"
        ) from None
    if math.prod(shape) > MOST_POINTS:
        raise ValueError(
            f"w and sigma must make at most {MOST_POINTS} points, got a grid of {shape}"
        )
    return np.broadcast_arrays(w, sigma)


def largest_strength(kappa, law):
    """Return the strength that makes fields of 1e7.

    The field of a layer is κ^{±1/4}(w m + η + σ√q), and m is at most κ^{±1/4}.
    """
    reach = 1.0 if law.scale else max(1.0, float(np.abs(law.nodes).max()))
    return LARGEST_FIELD / (max(kappa, 1 / kappa) ** 0.5 * reach)


def check_fields(kappa, law, **strengths):
    """Raise ValueError where a strength makes fields above 1e7.

    Parameters
    ----------
    kappa : float
        Checked.
    law : Law
    **strengths : ndarray or float
        w, sigma, eta, theta: finite.
    """
    limit = largest_strength(kappa, law)
    for name, values in strengths.items():
        if (largest := float(np.abs(values).max())) > limit:
            raise ValueError(
                f"{name} must be at most {limit:.6g} at kappa = {kappa:g} for the "
                f"{law.name} law, beyond which 1 - q is lost in rounding; got "
                f"{largest!r}"
            )
