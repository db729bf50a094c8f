"""The product of bits with numbers, by tables of partial sums.

Four bits select one of 16 subsets of four rows of numbers.  The 16 sums over these
subsets are computed once and looked up for each chain: one addition in the place of
four multiplications and additions.  Counting operations for matrices of bits is the
"method of four Russians" (V. L. Arlazarov, E. A. Dinic, M. A. Kronrod, I. A. Faradžev
(1970), Dokl. Akad. Nauk SSSR 194:487).

Sixteen groups of four rows and 32 columns fill 32 KB, the fastest cache of common
processors.  All chains pass through these tables before the next ones are made.
"""

import numba
import numpy as np

from rbmlib.sampling.kernels.vectors import lanes_of, load, store

LANES = 32  # columns of a tile; the last one may have 16
ROWS = 4  # of a group, whose bits choose an entry
_P, _L, _F = np.uintp, np.uint64, np.float32
_ALIGNMENT = 64  # a vector that straddles two cache lines costs twice


def aligned(size, dtype=np.float32):
    """Return an uninitialised array whose first byte starts a cache line."""
    itemsize = np.dtype(dtype).itemsize
    room = np.empty(size * itemsize + _ALIGNMENT, np.uint8)
    first = -room.ctypes.data % _ALIGNMENT
    return room[first : first + size * itemsize].view(dtype)


def table_space():
    """Return room for the tables of 64 rows."""
    return aligned(16 * 16 * LANES)


def padded_zeros(n_rows, n_columns):
    """Return float32 zeros of at least this shape, in groups of rows and of columns."""
    shape = -(-n_rows // ROWS) * ROWS, -(-n_columns // 16) * 16
    out = aligned(shape[0] * shape[1]).reshape(shape)
    out[:] = 0
    return out


@numba.njit(forceinline=True)
def sum_tile(words, W, column, signed, start, table, x, stride):
    """Write Σ_i s_i W_i of a tile of columns into x, for each chain.

    Parameters
    ----------
    words : ndarray of uint64, shape (n_words, n_chains)
        Bits of the states s.
    W : ndarray of float32
        Of padded sizes (`padded_zeros`).
    column : int
        First column of the tile.
    signed : bool
        States are ±1 instead of {0, 1}: the tables hold sums with signs.
    start : vector of float32
        What the sums start from; its number of lanes is the width of the tile.
    table, x : ndarray of float32
        Room of `table_space`, and for n_chains rows.
    stride : int
        From the tile of one chain in x to that of the next.
    """
    lanes = lanes_of(start)
    step = _P(16) * lanes  # from the table of a group to the next
    for k in range(words.shape[0]):
        row = 64 * k
        groups = _P(min(16, (W.shape[0] - row) // ROWS))
        for group in range(groups):
            first = _P(row) + _P(ROWS) * group
            _fill_table(W, first, column, signed, start, lanes, table, group * step)
        if groups == _P(16):  # a number that the compiler knows: it unrolls the loop
            _look_up(words, k, _P(16), start, table, x, stride)
        else:
            _look_up(words, k, groups, start, table, x, stride)


@numba.njit(forceinline=True)
def _look_up(words, k, groups, start, table, x, stride):
    """Add the sums that word k of each chain chooses, from so many groups' tables."""
    lanes = lanes_of(start)
    for c in range(_P(words.shape[1])):
        word = words[k, c]
        total = load(x, c * stride, start) if k else start
        for group in range(groups):
            index = (group * _P(16) + (word & _L(15))) * lanes
            total = total + load(table, index, start)
            word >>= _L(4)
        store(x, c * stride, total)


@numba.njit(forceinline=True)
def _fill_table(W, row, column, signed, like, lanes, table, place):
    """Write the 16 sums of four rows: over subsets, or with signs.

    A sum with one more row is a sum that is there already, plus that row; with signs,
    plus twice that row.  Doubling is exact, and so is the sum, as it is a partial sum
    of the field: on the grid all of these are (`rbmlib.grid`).
    """
    flat, step = W.reshape(-1), _P(W.shape[1])
    first = _P(row) * step + _P(column)
    scale, shift = (_F(2), _F(-1)) if signed else (_F(1), _F(0))
    w0, w1 = load(flat, first, like), load(flat, first + step, like)
    w2 = load(flat, first + _P(2) * step, like)
    w3 = load(flat, first + _P(3) * step, like)
    none = (w0 + w1 + w2 + w3) * shift
    w0, w1, w2, w3 = w0 * scale, w1 * scale, w2 * scale, w3 * scale
    # Rows and sums are values: they need not be read again from where they are stored.
    _store_4(table, place, none, w0, w1, lanes)
    _store_4(table, place + _P(4) * lanes, none + w2, w0, w1, lanes)
    _store_4(table, place + _P(8) * lanes, none + w3, w0, w1, lanes)
    _store_4(table, place + _P(12) * lanes, none + w2 + w3, w0, w1, lanes)


@numba.njit(forceinline=True)
def _store_4(table, place, base, w0, w1, lanes):
    """Write a sum, and it with one more row, with another one, and with both."""
    store(table, place, base)
    store(table, place + lanes, base + w0)
    store(table, place + _P(2) * lanes, base + w1)
    store(table, place + _P(3) * lanes, base + w0 + w1)
