"""Where the equations can be solved: strengths and fields up to a million.

Beyond, 1 - q drowns in rounding: at a hundred times these numbers solutions are lost
without a sign, at 1e160 squares overflow.  The phases have long been constant by then.
"""

import numpy as np

from rbmlib.checks import check_number

__all__ = ["check_kappa", "check_strength", "check_strengths"]

LARGEST = 1e6


def check_strength(value, argument):
    """Return one strength as a float in [0, 1e6], or raise ValueError."""
    number = check_number(value, argument)
    check_strengths(number, argument)
    return number


def check_strengths(values, argument):
    """Return strengths or fields as float64 within ±1e6, or raise ValueError.

    Examples
    --------
    >>> check_strengths([0.5, 2e6], "w")
    Traceback (most recent call last):
    ...
    ValueError: w must be within ±1e+06 for the equations to be solved, got 2000000.0
    """
    values = np.asarray(values, float)
    beyond = values[np.abs(values) > LARGEST]
    if beyond.size:
        raise ValueError(
            f"{argument} must be within ±{LARGEST:g} for the equations to be solved, "
            f"got {float(beyond[0])!r}"
        )
    return values


def check_kappa(kappa):
    """Return N_h/N_v as a float in [1e-6, 1e6], or raise ValueError."""
    kappa = check_number(kappa, "kappa")
    if kappa == 0:
        raise ValueError("kappa must be positive, got 0")
    if not 1 / LARGEST <= kappa <= LARGEST:
        raise ValueError(
            f"kappa must be in [{1 / LARGEST:g}, {LARGEST:g}] for the equations to be "
            f"solved, got {kappa!r}"
        )
    return kappa
