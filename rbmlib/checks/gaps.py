"""Checks of samples with gaps: entries that are not known."""

import numpy as np

from rbmlib.checks.arrays import as_numbers, check_samples


def check_gaps(x, unit, n_units, argument, one="sample"):
    """Return samples of which some entries may be unknown, or raise ValueError.

    Parameters
    ----------
    x : array_like, shape (n_samples, n_units)
        States, or NaN where they are not known; or a masked array, its mask True
        there.
    unit, n_units, argument, one
        As in `check_samples`.

    Returns
    -------
    ndarray or MaskedArray, shape (n_samples, n_units)
        Of the unit's own dtype.  A masked array only if there are gaps; in them it
        holds 1, which is a state of every unit.

    Raises
    ------
    ValueError
        As `check_samples`, for what is known.

    Examples
    --------
    >>> from rbmlib.units import BINARY
    >>> check_gaps([[1, 0], [np.nan, 1]], BINARY, 2, "data").mask.tolist()
    [[False, False], [True, False]]
    """
    masked = isinstance(x, np.ma.MaskedArray)
    numbers = as_numbers(np.ma.getdata(x) if masked else x, argument, unit.dtype)
    gaps = np.ma.getmaskarray(x) if masked else np.zeros(numbers.shape, bool)
    if numbers.dtype.kind == "f":
        gaps = gaps | np.isnan(numbers)
    if not gaps.any():
        return check_samples(numbers, unit, n_units, argument, one)
    states = np.where(gaps, numbers.dtype.type(1), numbers)
    states = check_samples(states, unit, n_units, argument, one)
    return np.ma.MaskedArray(states, np.ascontiguousarray(gaps))
