"""Checks of masks: which entries of an array are meant."""

import numpy as np

from rbmlib.checks.scalars import shown


def check_mask(value, argument, shape):
    """Return an array of bool in C order, a row of it for each row, or refuse it.

    Parameters
    ----------
    value : array_like of bool
        Of the given shape, or one row for all.  Numbers are refused: 0 and 1 may be
        meant as indices.
    argument : str
    shape : tuple of int

    Raises
    ------
    TypeError, ValueError
        No bool, or masked entries; another shape.

    Examples
    --------
    >>> check_mask([True, False], "known", (2, 2)).tolist()
    [[True, False], [True, False]]
    """
    try:
        mask = np.asarray(value)
    except ValueError:  # rows of unequal length
        mask = np.asarray(None)
    if mask.dtype != bool or np.ma.is_masked(value):
        raise TypeError(
            f"{argument} must be an array of bool, got {shown(value)}; of numbers, "
            "make one by ~np.isnan(v) or by a comparison"
        )
    if mask.shape not in (shape, shape[1:]):
        raise ValueError(
            f"{argument} must have shape {shape[1:]} or {shape}, got {mask.shape}"
        )
    return np.ascontiguousarray(np.broadcast_to(mask, shape))
