"""A sublattice in memory beside the two that hold its neighbours (even L)."""

from typing import NamedTuple

import numba
import numpy as np

from rbmlib.ising.lattice import BELOW, HORIZONTAL, RIGHT, VERTICAL

_P = np.uintp


class Sublattice(NamedTuple):
    """Cells s; the neighbours of s[p] are v[p], v[p + dv], h[p] and h[p + dh].

    Attributes
    ----------
    s, v, h : ndarray, shape (size,)
        Views: the cells, the vertical and the horizontal neighbours, with borders.
    dv, dh : uintp
        Steps to the second neighbours, modulo 2^64 where they go back.
    """

    s: np.ndarray
    v: np.ndarray
    dv: np.uintp
    h: np.ndarray
    dh: np.uintp


@numba.njit(cache=True, nogil=True)
def sublattice(cells, c, where, n_items):
    """Return sublattice c, 0 to 3, of a lattice whose cells are n_items items each."""
    size, v, h = n_items * where.size, VERTICAL[c], HORIZONTAL[c]
    return Sublattice(
        cells[c * size : (c + 1) * size],
        cells[v * size : (v + 1) * size],
        _P(BELOW[c] * n_items * where.width),
        cells[h * size : (h + 1) * size],
        _P(n_items * RIGHT[c]),
    )
