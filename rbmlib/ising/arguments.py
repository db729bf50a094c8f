"""Temperatures, fields and sides of a lattice, checked."""

from rbmlib.checks import check_positive, check_real


def check_temperature(T, zero_allowed=False):
    """Return T as a float, or raise an error unless it is finite and positive.

    Raises
    ------
    TypeError, ValueError
        Naming T, its value and what was expected.
    """
    return check_real(T, "T", 0, open_low=not zero_allowed)


def check_field(h):
    """Return h as a float, or raise an error unless it is a finite number.

    Raises
    ------
    TypeError, ValueError
        Naming h and its value.
    """
    return check_real(h, "h")


def check_side(L, argument="L", largest=4096):
    """Return a side length as an int in [2, largest], or refuse it.

    Raises
    ------
    TypeError, ValueError
        If L is no integer, or outside [2, largest].
    """
    return check_positive(L, argument, 2, largest)
