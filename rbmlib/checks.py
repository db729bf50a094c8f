"""Small checks of arguments that many rooms share.

Each returns the checked value, or raises TypeError or ValueError with the argument's
name, its value and what was expected.  Nothing is rounded, parsed or clipped.
"""

import operator

import numpy as np


def check_integer(value, argument):
    """Return ``value`` as an int, or raise TypeError: no rounding, no parsing.

    Examples
    --------
    >>> check_integer(2.0, "k")
    Traceback (most recent call last):
    ...
    TypeError: k must be an integer, got float
    """
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(
            f"{argument} must be an integer, got {type(value).__name__}"
        ) from None


def check_positive(value, argument):
    """Return ``value`` as an int >= 1, or raise TypeError or ValueError."""
    number = check_integer(value, argument)
    if number < 1:
        raise ValueError(f"{argument} must be at least 1, got {number}")
    return number


def check_word(value, argument, end=2**32):
    """Return ``value`` as an int in [0, end), or raise ValueError or TypeError."""
    number = check_integer(value, argument)
    if not 0 <= number < end:
        bits = end.bit_length() - 1
        raise ValueError(f"{argument} must be in [0, 2^{bits}), got {number}")
    return number


def check_number(value, argument):
    """Return ``value`` as a finite float >= 0, or raise ValueError."""
    if not (np.isscalar(value) and np.isreal(value) and 0 <= value < np.inf):
        raise ValueError(f"{argument} must be a finite number >= 0, got {value!r}")
    return float(value)


def check_samples(x, unit, n_units, argument, one="sample"):
    """Return x as at least one configuration of a layer, or raise ValueError.

    Parameters
    ----------
    x : array_like, shape (n_samples, n_units)
    unit : unit type of the layer
    n_units : int or None
        None where the samples decide.
    argument, one : str
        Names of the array, and of one row of it, that the error message uses.

    Returns
    -------
    ndarray, shape (n_samples, n_units)
        Of the unit's own dtype.

    Raises
    ------
    ValueError
        No matrix, no row, or a value that is no state of the unit.
    """
    x = np.asarray(x)
    if x.ndim != 2 or len(x) == 0:
        raise ValueError(
            f"{argument} must have shape (n_{one}s, {n_units or 'n_visible'}) with at "
            f"least one {one}, got {x.shape}"
        )
    return unit.check(x, n_units or x.shape[1], argument)


def check_parameter(value, argument):
    """Return a frozen float64 copy of an array of finite real numbers, or refuse it.

    Raises
    ------
    ValueError
        Numbers that are not real, or not finite.
    """
    value = np.array(value)
    if value.dtype.kind not in "biuf":
        raise ValueError(f"{argument} must be real numbers, got dtype {value.dtype}")
    value = value.astype(np.float64)
    if not np.isfinite(value).all():
        bad = value[~np.isfinite(value)][0]
        raise ValueError(f"{argument} must hold finite numbers, got {bad}")
    value.flags.writeable = False
    return value
