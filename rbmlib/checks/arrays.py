"""Checks of arrays: whatever their order, their strides, their dtype or their frame.

What comes back is in C order and in the machine's own byte order, so that no sum and no
kernel depends on how the caller's array lay in memory.
"""

import numpy as np
from scipy import sparse

from rbmlib.checks.scalars import _range, shown

# A sparse array is made dense up to this many bytes.
MOST_BYTES = 2**30
_BLOCK = 2**24
WAY_OUT = "leave out the rows with missing values, or fill them, first"


def as_numbers(value, argument, dtype=np.float64):
    """Return real numbers as an array of their own dtype, in C order, or refuse them.

    Parameters
    ----------
    value : array_like
        Also of other memory orders, strides and byte orders; a frame; a masked array
        that masks nothing; a SciPy sparse array of at most 1 GiB when dense.
    argument : str
        Name for the message.
    dtype : dtype
        Of a sparse array's dense form.

    Raises
    ------
    ValueError
        Not real numbers: texts, objects, complex numbers, rows of unequal length;
        masked entries; a sparse array too large.

    Examples
    --------
    >>> as_numbers(np.ma.masked_equal([1, 2], 2), "data")
    Traceback (most recent call last):
    ...
    ValueError: data must be an array without masked entries, got 1 masked of 2; \
leave out the rows with missing values, or fill them, first
    """
    if sparse.issparse(value):
        return _dense(value, argument, dtype)
    if np.ma.is_masked(value):
        masked = np.ma.count_masked(value)
        raise ValueError(
            f"{argument} must be an array without masked entries, got {masked} masked "
            f"of {np.size(value)}; {WAY_OUT}"
        )
    try:
        x = np.asarray(value)
    except (ValueError, TypeError, OverflowError):  # rows of unequal length, and such
        x = np.array(None)
    if x.dtype.kind not in "biuf":
        raise ValueError(f"{argument} must be real numbers, got {_kind(x, value)}")
    return x.astype(x.dtype.newbyteorder("="), order="C", copy=False)


def _kind(x, value):
    """Return what is no array of real numbers, in words."""
    if x.ndim == 0 or x.dtype.kind == "O":
        return shown(value)
    return f"dtype {x.dtype}: {shown(value)}"


def _dense(x, argument, dtype):
    """Return a sparse array as a dense one, by blocks of rows."""
    if x.dtype.kind not in "biuf":
        raise ValueError(f"{argument} must be real numbers, got dtype {x.dtype}")
    n_bytes = int(np.prod(x.shape, dtype=object)) * np.dtype(dtype).itemsize
    if n_bytes > MOST_BYTES:
        raise ValueError(
            f"{argument} must fit in {MOST_BYTES >> 30} GiB when it is made dense, got "
            f"a sparse array of shape {x.shape}, {n_bytes / 2**30:.3g} GiB; take fewer "
            "rows"
        )
    out = np.empty(x.shape, dtype)
    if x.ndim != 2:
        out[...] = x.todense()
        return out
    rows = x.tocsr()
    step = max(1, _BLOCK // max(1, x.shape[1] * out.itemsize))
    for start in range(0, len(out), step):
        block = rows[start : start + step].toarray()
        out[start : start + step] = block
        if not np.array_equal(out[start : start + step], block, equal_nan=True):
            raise ValueError(f"{argument} must hold numbers that {np.dtype(dtype)} has")
    return out


def check_array(value, argument, shape, low=-np.inf, high=np.inf, *, open_low=False):
    """Return finite real numbers as float64 in C order, or refuse them.

    Parameters
    ----------
    value : array_like
    argument : str
    shape : tuple
        Of int, or of a name where any length of at least 1 will do; ``...`` first for
        any number of leading dimensions.
    low, high : float
        Smallest and largest value.
    open_low : bool
        Whether ``low`` itself is refused.

    Raises
    ------
    ValueError
        Not real numbers, masked, another shape, or a value that is not finite or
        outside.

    Examples
    --------
    >>> check_array([0.5, 2.0], "p", ("n",), 0, 1)
    Traceback (most recent call last):
    ...
    ValueError: p must hold finite numbers in [0, 1], got 2
    """
    x = as_numbers(value, argument)
    _check_shape(x, argument, shape)
    x = x.astype(np.float64, copy=False)
    above = x > low if open_low else x >= low
    bad = ~(np.isfinite(x) & above & (x <= high))
    if bad.any():
        raise ValueError(
            f"{argument} must hold finite numbers{_range(low, high, open_low)}, got "
            f"{said(x[bad][0])}"
        )
    return x


def check_integers(value, argument, shape, low, high):
    """Return integers in [low, high] as int64 in C order, or refuse them.

    Raises
    ------
    TypeError
        Not of an integer dtype: nothing is rounded.
    ValueError
        Masked, another shape, or a value outside.
    """
    x = as_numbers(value, argument, np.int64)
    if x.dtype.kind not in "iu":
        raise TypeError(f"{argument} must hold integers, got dtype {x.dtype}")
    _check_shape(x, argument, shape)
    bad = (x < low) | (x > high)
    if bad.any():
        raise ValueError(
            f"{argument} must hold integers in [{low}, {high}], got {said(x[bad][0])}"
        )
    return x.astype(np.int64, copy=False)


def check_words(value, argument):
    """Return one or more integers in [0, 2^32) as uint32, shape (n,), or refuse them.

    Raises
    ------
    TypeError, ValueError
        As `check_integers`.
    """
    value = as_numbers(value, argument, np.int64)
    shape = ("n",) if value.ndim else ()
    words = check_integers(value, argument, shape, 0, 2**32 - 1)
    return words.astype(np.uint32).reshape(-1)


def _check_shape(x, argument, shape):
    """Raise ValueError unless an array has a shape, as in `check_array`."""
    names = [str(n) for n in shape if n is not ...]
    any_leading = bool(shape) and shape[0] is ...
    tail = shape[1:] if any_leading else shape
    found = x.shape[x.ndim - len(tail) :] if any_leading else x.shape
    fits = len(found) == len(tail) and all(
        n == m if isinstance(n, int | np.integer) else m > 0
        for n, m in zip(tail, found, strict=True)
    )
    if not fits:
        lead = ["..."] if any_leading else []
        comma = "," if len(names) == 1 and not lead else ""
        expected = f"({', '.join(lead + names)}{comma})"
        what = f"shape {expected}" if shape else "no dimension: one number"
        raise ValueError(f"{argument} must have {what}, got {x.shape}")


def said(value):
    """Return a number of an array in all its digits; for NaN, with the way out.

    Examples
    --------
    >>> said(np.float64(0.9999999)), said(np.int8(-1)), said(2.0)
    ('0.9999999', '-1', '2')
    """
    value = value.item() if isinstance(value, np.generic) else value
    if value != value:
        return f"nan; {WAY_OUT}"
    return f"{value!r}".removesuffix(".0")


def check_samples(x, unit, n_units, argument, one="sample"):
    """Return x as at least one configuration of a layer, or raise ValueError.

    Parameters
    ----------
    x : array_like, shape (n_samples, n_units)
        A SciPy sparse array is made dense, up to 1 GiB.
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
        No numbers, no matrix, no row, or a value that is no state of the unit.
    """
    x = as_numbers(x, argument, unit.dtype)
    if x.ndim != 2 or len(x) == 0 or (n_units is None and x.shape[1] == 0):
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
    value = np.array(as_numbers(value, argument), np.float64)
    finite = np.isfinite(value)
    if not finite.all():
        bad = value[~finite][0]
        raise ValueError(f"{argument} must hold finite numbers, got {bad}")
    value.flags.writeable = False
    return value


def check_symmetric(value, argument, n):
    """Return a symmetric matrix of finite numbers as float64 in C order, or refuse it.

    Parameters
    ----------
    value : array_like, shape (n, n)
    argument : str
    n : int, or str for any length

    Raises
    ------
    ValueError
        As `check_array`; no square; two entries that differ by more than 1e-12 of the
        largest, which is more than the rounding of a product.

    Examples
    --------
    >>> check_symmetric([[1, 0.5], [0.25, 1]], "covariance", 2)
    Traceback (most recent call last):
    ...
    ValueError: covariance must be symmetric, got 0.5 at (0, 1) and 0.25 at (1, 0)
    """
    x = check_array(value, argument, (n, n))
    if x.shape[0] != x.shape[1]:
        raise ValueError(f"{argument} must have shape ({n}, {n}), got {x.shape}")
    bad = np.argwhere(np.abs(x - x.T) > 1e-12 * np.abs(x).max())
    if len(bad):
        i, j = bad[0].tolist()
        raise ValueError(
            f"{argument} must be symmetric, got {said(x[i, j])} at ({i}, {j}) and "
            f"{said(x[j, i])} at ({j}, {i})"
        )
    return x
