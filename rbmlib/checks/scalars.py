"""Checks of single values: counts, numbers, flags, words and objects."""

import numbers
import operator
import os
from math import prod
from pathlib import Path

import numpy as np

LONGEST = 80


def shown(value):
    """Return a value as a message shows it: in full, or what it is if it is large.

    Examples
    --------
    >>> shown(np.float64(0.9999999)), shown(np.zeros((3, 2)))
    ('0.9999999', 'an array of float64 of shape (3, 2)')
    """
    if isinstance(value, np.ndarray) and value.size != 1:
        return f"an array of {value.dtype} of shape {value.shape}"
    if isinstance(value, np.generic | np.ndarray):
        value = value.item()
    try:
        text = repr(value)
    except Exception:  # the repr of a foreign object is not ours to trust
        text = f"a {type(value).__name__}"
    if len(text) > LONGEST or "\n" in text:
        text = f"{' '.join(text[:LONGEST].split())}… of type {type(value).__name__}"
    return text


def check_integer(value, argument):
    """Return ``value`` as an int, or raise TypeError: no rounding, no parsing.

    Examples
    --------
    >>> check_integer(2.0, "k")
    Traceback (most recent call last):
    ...
    TypeError: k must be an integer, got float 2.0
    """
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(
            f"{argument} must be an integer, got {type(value).__name__} {shown(value)}"
        ) from None


def check_positive(value, argument, least=1, most=None):
    """Return ``value`` as an int from ``least`` to ``most``, or raise an error.

    Raises
    ------
    TypeError, ValueError
        No integer, or one outside the range.
    """
    number = check_integer(value, argument)
    if number < least:
        raise ValueError(f"{argument} must be at least {least}, got {number}")
    if most is not None and number > most:
        raise ValueError(f"{argument} must be at most {most}, got {number}")
    return number


def check_word(value, argument, end=2**32):
    """Return ``value`` as an int in [0, end), or raise ValueError or TypeError."""
    number = check_integer(value, argument)
    if not 0 <= number < end:
        bits = end.bit_length() - 1
        raise ValueError(f"{argument} must be in [0, 2^{bits}), got {number}")
    return number


def check_real(value, argument, low=-np.inf, high=np.inf, *, open_low=False):
    """Return ``value`` as a finite float in [low, high], or raise an error.

    Parameters
    ----------
    value : real number, or array without dimensions
    argument : str
    low, high : float
    open_low : bool
        Whether ``low`` itself is refused.

    Raises
    ------
    TypeError
        Not a real number: a complex one, a text, an array.
    ValueError
        NaN, infinite or outside.

    Examples
    --------
    >>> check_real(0, "T", low=0, open_low=True)
    Traceback (most recent call last):
    ...
    ValueError: T must be a finite number > 0, got 0
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    expected = f"{argument} must be a finite number{_range(low, high, open_low)}"
    # A masked number is an array without dimensions whose mask [()] keeps.
    if not isinstance(value, numbers.Real | np.bool_) or np.ma.is_masked(value):
        raise TypeError(f"{expected}, got {shown(value)}")
    try:
        number = float(value)
    except OverflowError:  # an integer beyond all floats
        number = np.inf
    above = number > low if open_low else number >= low
    if not (np.isfinite(number) and above and number <= high):
        raise ValueError(f"{expected}, got {shown(value)}")
    return number


def _range(low, high, open_low=False):
    """Return a range in words: " in [0, 1]", " >= 0", " > 0" or nothing."""
    if low == -np.inf and high == np.inf:
        return ""
    if high == np.inf:
        return f" {'>' if open_low else '>='} {low:g}"
    if low == -np.inf:
        return f" <= {high:g}"
    return f" in {'(' if open_low else '['}{low:g}, {high:g}]"


def check_number(value, argument):
    """Return ``value`` as a finite float >= 0, or raise TypeError or ValueError."""
    return check_real(value, argument, low=0)


def check_flag(value, argument):
    """Return ``value`` as a bool, or raise TypeError: "no" and 2 are no flags."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{argument} must be True or False, got {shown(value)}")
    return bool(value)


def check_choice(value, argument, choices):
    """Return ``value`` if it is one of the choices, or raise ValueError.

    Examples
    --------
    >>> check_choice("cd1", "method", ("pcd", "cd"))
    Traceback (most recent call last):
    ...
    ValueError: method must be one of 'pcd', 'cd', got 'cd1'
    """
    alike = [x for x in choices if type(x) is type(value) and x == value]
    if not alike:
        raise ValueError(
            f"{argument} must be one of {', '.join(map(repr, choices))}, got "
            f"{shown(value)}"
        )
    return alike[0]


def check_instance(value, argument, kind, expected=None):
    """Return ``value`` if it is an object of a class, or raise TypeError.

    Parameters
    ----------
    value : object
    argument : str
    kind : type or tuple of type
    expected : str, optional
        The class in words.  Default: its name.
    """
    if not isinstance(value, kind):
        expected = expected or f"a {kind.__name__}"
        raise TypeError(f"{argument} must be {expected}, got {shown(value)}")
    return value


def check_text(value, argument):
    """Return ``value`` if it is a str, or raise TypeError."""
    return check_instance(value, argument, str, "a str")


def check_path(value, argument="path"):
    """Return a `pathlib.Path`, or raise TypeError or ValueError.

    Raises
    ------
    TypeError, ValueError
        No str and no path; an empty one; one with a null character.
    """
    check_instance(value, argument, str | os.PathLike, "a path, as str or Path")
    text = os.fspath(value)
    if not isinstance(text, str):
        raise TypeError(f"{argument} must be a path of str, got {shown(text)}")
    if not text or "\0" in text:
        raise ValueError(
            f"{argument} must be a path, not empty and without null characters, got "
            f"{shown(text)}"
        )
    return Path(text)


def check_sequence(value, argument, kind, expected, least=1):
    """Return a sequence of objects of one class as a tuple, or raise an error.

    Parameters
    ----------
    value : iterable
    argument : str
    kind : type
    expected : str
        One of the objects in words: "an RBM".
    least : int
        Smallest number of them.

    Raises
    ------
    TypeError, ValueError
        Not iterable, too few, or an object of another class.
    """
    try:
        objects = tuple(value)
    except TypeError:
        raise TypeError(
            f"{argument} must be a sequence, each of it {expected}, got {shown(value)}"
        ) from None
    for i, one in enumerate(objects):
        check_instance(one, f"{argument}[{i}]", kind, expected)
    if len(objects) < least:
        raise ValueError(
            f"{argument} must hold at least {least}, each of it {expected}, got "
            f"{len(objects)}"
        )
    return objects


def check_shape(shape):
    """Return a shape as a tuple of int, or raise ValueError or TypeError."""
    sizes = shape if isinstance(shape, list | tuple) else (shape,)
    sizes = tuple(check_word(size, f"shape[{i}]") for i, size in enumerate(sizes))
    if prod(sizes) > 2**32:
        raise ValueError(f"shape must have at most 2^32 numbers, got {shape!r}")
    return sizes
