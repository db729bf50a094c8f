"""Parameters on their grid, arranged for the kernels: `rbmlib.grid` in two passes.

The grid does not depend on the order in which fields are added up, as it is the finest
one on which all fit (`grid.grid_exponent`).  So sums may be vector code here.
"""

import numba
import numpy as np

from rbmlib import compiled
from rbmlib.grid import MAX_EXPONENT, MAX_STEPS, MIN_EXPONENT

_P, _F = np.uintp, np.float32
_TILE = _P(16)  # rows and columns of W that are transposed at once
NOT_KNOWN = MIN_EXPONENT - 1  # an exponent that none has


@compiled.kernel(error_model="numpy", nogil=True)
def write_layers(W, a, b, felt, to_h, to_v):
    """Call `round_layers`."""
    return round_layers(W, a, b, felt, to_h, to_v)


@numba.njit(inline="always")
def round_layers(W, a, b, felt, to_h, to_v):
    """Write the parameters on their grid; return its exponent, or `NOT_KNOWN`.

    Parameters
    ----------
    W, a, b : ndarray of float64
    felt : ndarray of float64, shape (n_hidden,)
        Working memory.
    to_h, to_v : Layer
        Of `layers`: their W, of which one is the transpose of the other, and their
        biases.  What pads them is not touched.
    """
    exponent = exponent_of(_largest_felt(W, a, b, felt), max(W.shape[0], W.shape[1]))
    if exponent != NOT_KNOWN:
        scale, step = 2.0**exponent, 2.0**-exponent
        _round_bias(a, scale, step, to_v.bias)
        _round_bias(b, scale, step, to_h.bias)
        _round_weights(W, scale, step, to_h.W, to_v.W)
    return exponent


@numba.njit(inline="always")
def exponent_of(largest, n):
    """Return the exponent where it is certain without rounding each value."""
    slack = 0.5 * (n + 1) + 1  # as in `grid.grid_exponent`
    exponent = MAX_EXPONENT
    while exponent >= MIN_EXPONENT and largest * 2.0**exponent - slack > MAX_STEPS:
        exponent -= 1
    surely = largest * 2.0**exponent + slack <= MAX_STEPS
    return exponent if surely and exponent >= MIN_EXPONENT else NOT_KNOWN


@numba.njit(nogil=True, fastmath={"reassoc"})
def _largest_felt(W, a, b, felt):
    """Return the largest |bias| + Σ|W| of a unit."""
    for j in range(b.size):
        felt[j] = abs(b[j])
    largest = 0.0
    for i in range(a.size):
        total = abs(a[i])
        for j in range(b.size):
            size = abs(W[i, j])
            total += size
            felt[j] += size
        largest = max(largest, total)
    for j in range(b.size):
        largest = max(largest, felt[j])
    return largest


@numba.njit(inline="always")
def _on_grid(x, scale, step):
    return _F(np.rint(x * scale) * step)


@numba.njit(inline="always")
def _round_bias(bias, scale, step, out):
    for i in range(bias.size):
        out[i] = _on_grid(bias[i], scale, step)


@numba.njit(inline="always")
def _round_weights(W, scale, step, out, transposed):
    """Round some rows of W, and transpose them while they are in cache."""
    n_rows, n_columns = _P(W.shape[0]), _P(W.shape[1])
    for first in range(_P(0), n_rows, _TILE):
        end = min(first + _TILE, n_rows)
        for i in range(first, end):
            for j in range(n_columns):
                out[i, j] = _on_grid(W[i, j], scale, step)
        for column in range(_P(0), n_columns, _TILE):
            for i in range(first, end):
                for j in range(column, min(column + _TILE, n_columns)):
                    transposed[j, i] = out[i, j]
