"""Where the equations can be solved to the digits that are promised.

A unit in a random field of strength s has 1 - q of order 1/s, which as a difference is
known to s times 2e-16 of its size: to 1e-9 or better with s up to 1e7, and with it w²(1
- q)(1 - q̄) and what follows from it.  Beyond, nothing new happens: all units are
frozen.  Order parameters below 5e-7 are zero (`iterate`).
"""

import numpy as np

from rbmlib.checks import check_number

LARGEST_FIELD = 1e7
LARGEST_RATIO = 1e6  # of the layers


def check_kappa(kappa):
    """Return N_h/N_v as a float, or raise ValueError unless it is in [1e-6, 1e6]."""
    value = check_number(kappa, "kappa")
    if value == 0:
        raise ValueError("kappa must be positive, got 0")
    if not 1 / LARGEST_RATIO <= value <= LARGEST_RATIO:
        raise ValueError(
            f"kappa must be in [1/{LARGEST_RATIO:g}, {LARGEST_RATIO:g}], got {kappa!r}"
        )
    return value


def check_fields(kappa, law, **strengths):
    """Raise ValueError where a strength makes fields above 1e7.

    The field of a layer is κ^{±1/4}(w m + η + σ√q), and m is at most κ^{±1/4}.

    Parameters
    ----------
    kappa : float
        Checked.
    law : Law
    **strengths : ndarray or float
        w, sigma, eta, theta: finite.
    """
    reach = 1.0 if law.scale else max(1.0, float(np.abs(law.nodes).max()))
    limit = LARGEST_FIELD / (max(kappa, 1 / kappa) ** 0.5 * reach)
    for name, values in strengths.items():
        if (largest := float(np.abs(values).max())) > limit:
            raise ValueError(
                f"{name} must be at most {limit:.6g} at kappa = {kappa:g} for the "
                f"{law.name} law, beyond which 1 - q is lost in rounding; got "
                f"{largest!r}"
            )
