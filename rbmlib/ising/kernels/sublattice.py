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


# The functions are inlined: a view that crosses a call is counted, which shows in a
# sweep of six microseconds.
@numba.njit(forceinline=True)
def cells_of(cells, c, where, n_items=1):
    """Return the cells of sublattice c, 0 to 3, each of n_items items: a view."""
    size = n_items * where.size
    return cells[c * size : (c + 1) * size]


@numba.njit(forceinline=True)
def sublattice(cells, c, where, n_items=1):
    """Return sublattice c of a lattice whose cells are n_items items each."""
    return Sublattice(
        cells_of(cells, c, where, n_items),
        cells_of(cells, VERTICAL[c], where, n_items),
        _P(BELOW[c] * n_items * where.width),
        cells_of(cells, HORIZONTAL[c], where, n_items),
        _P(n_items * RIGHT[c]),
    )
