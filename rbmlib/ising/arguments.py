"""Temperatures, fields and sides of a lattice, checked."""

import math

import numpy as np


def check_temperature(T, zero_allowed=False):
    """Return T as a float, or raise ValueError unless it is finite and positive.

    Raises
    ------
    ValueError
        Naming T, its value and what was expected.
    """
    value = _real(T)
    if not math.isfinite(value) or value < 0 or (value == 0 and not zero_allowed):
        expected = "finite and >= 0" if zero_allowed else "finite and > 0"
        raise ValueError(f"T must be {expected}, got {T!r}")
    return value


def check_field(h):
    """Return h as a float, or raise ValueError unless it is finite.

    Raises
    ------
    ValueError
        Naming h and its value.
    """
    value = _real(h)
    if not math.isfinite(value):
        raise ValueError(f"h must be finite, got {h!r}")
    return value


def check_side(L, argument="L", largest=4096):
    """Return a side length as an int in [2, largest], or refuse it.

    Raises
    ------
    TypeError
        If L is no integer.
    ValueError
        If it is outside [2, largest].
    """
    if not isinstance(L, (int, np.integer)):
        raise TypeError(f"{argument} must be an integer, got {type(L).__name__}")
    if not 2 <= L <= largest:
        raise ValueError(f"{argument} must be in [2, {largest}], got {L}")
    return int(L)


def _real(value):
    """Return a real number as a float, NaN for anything else: strings, None, arrays."""
    one = isinstance(value, (int, float, np.integer, np.floating)) or (
        isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "iuf"
    )
    try:
        return float(value) if one else math.nan
    except OverflowError:  # an integer beyond all floats
        return math.inf
