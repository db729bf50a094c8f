"""Parameters on a dyadic grid, so that float32 sums are exact in any order.

A float32 holds every integer up to 2^24.  If all parameters are multiples of 2^-g, and
no unit's |b_j| + Σ_i |W_ij| exceeds 2^24 such steps, then every partial sum of a field
is exact whatever the order of addition: BLAS, vector width and threads cannot change
one bit.  The exponent g is the largest that keeps this bound; it follows from the
parameters alone.
"""

from dataclasses import dataclass

import numpy as np

MAX_STEPS = 2**24
MAX_EXPONENT = 40  # a machine that is nearly zero needs no finer grid
MIN_EXPONENT = 8


@dataclass(frozen=True)
class GridMachine:
    """The parameters of a machine, rounded to its grid, as float32.

    Attributes
    ----------
    W : ndarray of float32, shape (n_visible, n_hidden)
    a : ndarray of float32, shape (n_visible,)
    b : ndarray of float32, shape (n_hidden,)
    exponent : int
        g: all values are multiples of 2^-g.
    """

    W: np.ndarray
    a: np.ndarray
    b: np.ndarray
    exponent: int


def grid_exponent(W, a, b, widths=None):
    """Return the largest g for which every field is an exact float32 sum.

    Parameters as in `round_to_grid`.

    Raises
    ------
    ValueError
        If the parameters are so large that even g = 8 overflows.

    Examples
    --------
    >>> grid_exponent(np.array([[0.5, -2.0]]), np.array([1.0]), np.zeros(2))
    22
    """
    largest = _largest(np.abs(W), np.abs(a), np.abs(b), widths)
    if largest * 2.0**MAX_EXPONENT < 0.5:  # rounds to zero
        return MAX_EXPONENT
    # A first guess from above; rounding moves each value by at most half a step.
    guess = min(MAX_EXPONENT, int(np.floor(np.log2(MAX_STEPS / largest))) + 1)
    slack = 0.5 * (max(W.shape) + 1) + 1
    for g in range(guess, MIN_EXPONENT - 1, -1):
        steps = largest * 2.0**g
        if steps + slack <= MAX_STEPS:
            return g
        if steps - slack <= MAX_STEPS and _fits(W, a, b, widths, g):
            return g
    raise ValueError(
        f"parameters too large for exact float32 sums: a unit's |bias| + Σ|W| is "
        f"{largest:.4g}, expected at most {MAX_STEPS / 2**MIN_EXPONENT:g}"
    )


def _largest(W, a, b, widths):
    """Return the largest sum of a unit's bias and of the weights it can feel."""
    felt = W
    if widths is not None:  # a categorical unit shows one of its columns at a time
        felt = np.maximum.reduceat(W, np.cumsum(widths) - widths, axis=0)
    return max((felt.sum(0) + b).max(), (W.sum(1) + a).max())


def _fits(W, a, b, widths, g):
    """Return True if no unit's rounded parameters exceed the bound."""
    steps = (np.abs(np.rint(x * 2.0**g)) for x in (W, a, b))
    return _largest(*steps, widths) <= MAX_STEPS


def round_to_grid(W, a, b, widths=None):
    """Return a `GridMachine`: the parameters rounded to the nearest grid points.

    Parameters
    ----------
    W : ndarray of float64, shape (visible columns, n_hidden)
    a : ndarray of float64, shape (visible columns,)
    b : ndarray of float64, shape (n_hidden,)
    widths : ndarray of int, shape (n_visible,), optional
        Number of columns of each visible unit.  Default: each unit has one column.

    Raises
    ------
    ValueError
        As in `grid_exponent`.

    Examples
    --------
    >>> machine = round_to_grid(np.array([[0.3, 1.7]]), np.zeros(1), np.zeros(2))
    >>> machine.exponent, machine.W.dtype
    (23, dtype('float32'))
    >>> float(machine.W[0, 0]) * 2**23
    2516582.0
    """
    g = grid_exponent(W, a, b, widths)
    return GridMachine(*(_rounded(x, g) for x in (W, a, b)), g)


def _rounded(x, g):
    steps = x * 2.0**g
    np.rint(steps, out=steps)
    steps *= 2.0**-g
    return steps.astype(np.float32)
