"""Checkerboard updates with one spin in a byte: the textbook's loop, made wide.

For each cell: count the unlike neighbours m, draw a uniform integer u, flip if u lies
below the threshold of m.  Two things make it fast.  The cells of a sublattice do not
see each other, so one loop runs over all of them in any order.  And u, 48 bits long, is
drawn one byte at a time: its first two bytes decide, except for about one cell in
65536 where they equal those of the threshold; only such a tie looks at the rest of u.
The result is that of comparing all 48 bits, bit for bit.
"""

from typing import NamedTuple

import numba
import numpy as np

from rbmlib import compiled
from rbmlib.ising.kernels.chain import sweep_key
from rbmlib.ising.kernels.sublattice import cells_of, sublattice
from rbmlib.randomness import GOLDEN, draw, draw_at

BITS = 48  # of u: two bytes and a 32-bit word

# numba widens small integers when it combines them: each result is cast back.
_B, _U, _P = np.uint8, np.uint32, np.uintp
_TIE = _B(2)  # a mark beside the spin, 0 or 1, until the tie is settled
_BLOCK = 2048  # cells whose random bytes stay in the first-level cache
_GOLDEN = _U(GOLDEN)


class ByteTable(NamedTuple):
    """A FlipTable of 48 bits in digits; rows: spin down, spin up.

    The table is inverse where a spin has `inverse_from` unlike neighbours or more.
    """

    first: np.ndarray  # uint8, shape (2, 5)
    second: np.ndarray  # uint8, shape (2, 5)
    rest: np.ndarray  # uint32, shape (2, 5)
    inverse_from: np.ndarray  # uint8, shape (2,)
    in_field: bool


def byte_table(table):
    """Return a FlipTable of 48 bits as the digits that `run` compares."""
    t = table.threshold
    first, second = ((t >> np.uint64(shift)).astype(_B) for shift in (40, 32))
    inverse_from = (5 - table.inverse.sum(axis=1)).astype(_B)
    return ByteTable(first, second, t.astype(_U), inverse_from, table.in_field)


@compiled.kernel(nogil=True)
def run(cells, where, table, course, counts):
    """Sweep one lattice; count unlike bonds and up spins every `interval` sweeps.

    Parameters
    ----------
    cells : ndarray of uint8, shape (n_cells,)
        Spins 0/1 in the given layout; changed in place.
    where : Layout
    table : ByteTable
    course : Course
    counts : Counts, shape (n_records,)
        Filled.
    """
    words = np.empty(_BLOCK // 2, _U)
    for c in range(4 * (1 - where.rows % 2)):
        _fill_border(cells_of(cells, c, where), where)
    for record in range(counts.up.size):
        for i in range(course.interval):
            k0, k1 = sweep_key(course, record, i)
            if where.rows % 2:
                _sweep_in_order(cells, where, table, k0, k1)
            else:
                _sweep(cells, where, table, k0, k1, words)
        counts.unlike[record], counts.up[record] = _count(cells, where)


@compiled.kernel(nogil=True)
def _sweep(cells, where, table, k0, k1, words):
    for c in range(4):
        _update(cells, c, where, table, k0, k1, words)
        _fill_border(cells_of(cells, c, where), where)


@compiled.kernel(nogil=True)
def _update(cells, c, where, table, k0, k1, words):
    """Update sublattice c, block by block: draw, decide, settle the ties."""
    part = sublattice(cells, c, where)
    start = where.width + 1
    stop = where.rows // 2 * where.width + where.cols // 2 + 1
    r = words.view(np.uint8)
    for block in range(start - start % 4, stop, _BLOCK):
        lo, hi = _P(max(block, start)), _P(min(block + _BLOCK, stop))
        _draw_two_bytes(words, (c * where.size + block) // 4, where, k0, k1)
        if table.in_field:
            ties = _decide_in_field(part, r, lo, hi, _P(block), table)
        else:
            ties = _decide(part, r, lo, hi, _P(block), table)
        if ties:
            first = where.n_cells // 2 + c * where.size
            _settle(part, lo, hi, table, _U(first), k0, k1)


@compiled.kernel(nogil=True)
def _draw_two_bytes(words, quarter, where, k0, k1):
    """Fill a block with the first and, in its second half, the second byte of u."""
    x = _U(k0 + _U(_U(quarter) * _GOLDEN))
    y = _U(k0 + _U(_U(quarter + where.n_cells // 4) * _GOLDEN))
    half = _P(words.size // 2)
    for i in range(half):
        words[i] = draw_at(x, k1)
        x = _U(x + _GOLDEN)
    for i in range(half, _P(words.size)):
        words[i] = draw_at(y, k1)
        y = _U(y + _GOLDEN)


@compiled.kernel(nogil=True)
def _decide(part, r, lo, hi, block, table):
    """Flip the cells lo … hi - 1 in zero field; return whether any is a tie."""
    new, v, dv, h, dh = part
    a0, a1, a2, a3, a4 = _row(table.first, 1)
    b0, b1, b2, b3, b4 = _row(table.second, 1)
    inverse_from = table.inverse_from[1]
    ties = _B(0)
    for p in range(lo, hi):
        s = new[p]
        m = _unlike(s, v[p], v[p + dv], h[p], h[p + dh])
        a = _pick(m, a0, a1, a2, a3, a4)
        b = _pick(m, b0, b1, b2, b3, b4)
        q = p - block
        below, tie = _compare(r[q], r[q + _P(_BLOCK)], a, b)
        inverse = _B(m >= inverse_from)
        new[p] = _mark(s, below, inverse, tie)
        ties = _B(ties | tie)
    return ties


@compiled.kernel(nogil=True)
def _decide_in_field(part, r, lo, hi, block, table):
    """The same where up and down spins have thresholds of their own."""
    new, v, dv, h, dh = part
    a0, a1, a2, a3, a4 = _row(table.first, 0)
    b0, b1, b2, b3, b4 = _row(table.second, 0)
    c0, c1, c2, c3, c4 = _row(table.first, 1)
    d0, d1, d2, d3, d4 = _row(table.second, 1)
    from_down, from_up = table.inverse_from[0], table.inverse_from[1]
    ties = _B(0)
    for p in range(lo, hi):
        s = new[p]
        m = _unlike(s, v[p], v[p + dv], h[p], h[p + dh])
        a, c = _pick(m, a0, a1, a2, a3, a4), _pick(m, c0, c1, c2, c3, c4)
        b, d = _pick(m, b0, b1, b2, b3, b4), _pick(m, d0, d1, d2, d3, d4)
        a, b = (c, d) if s else (a, b)
        inverse = _B(m >= (from_up if s else from_down))
        q = p - block
        below, tie = _compare(r[q], r[q + _P(_BLOCK)], a, b)
        new[p] = _mark(s, below, inverse, tie)
        ties = _B(ties | tie)
    return ties


@compiled.kernel(nogil=True)
def _settle(part, lo, hi, table, first, k0, k1):
    """Flip or keep each tie of a block by the last 32 bits of its u."""
    new, v, dv, h, dh = part
    for p in range(lo, hi):
        if new[p] >= _TIE:
            s = _B(new[p] ^ _TIE)
            m = _unlike(s, v[p], v[p + dv], h[p], h[p + dh])
            below = _B(draw(k0, k1, _U(first + p)) < table.rest[s, m])
            new[p] = _B(s ^ below ^ _B(m >= table.inverse_from[s]))


@compiled.kernel(nogil=True)
def _sweep_in_order(cells, where, table, k0, k1):
    """Update the sites of an odd lattice one after another, row by row."""
    L = where.rows
    quarters = where.n_cells // 4
    for i in range(L):
        for j in range(L):
            p = i * L + j
            s = cells[p]
            m = _unlike(
                s,
                cells[(i - 1) % L * L + j],
                cells[(i + 1) % L * L + j],
                cells[i * L + (j - 1) % L],
                cells[i * L + (j + 1) % L],
            )
            shift = _U(8 * (p % 4))
            u0 = _B(draw(k0, k1, _U(p // 4)) >> shift)
            u1 = _B(draw(k0, k1, _U(quarters + p // 4)) >> shift)
            below, tie = _compare(u0, u1, table.first[s, m], table.second[s, m])
            if tie:
                below = _B(draw(k0, k1, _U(2 * quarters + p)) < table.rest[s, m])
            cells[p] = _B(s ^ below ^ _B(m >= table.inverse_from[s]))


@compiled.kernel(nogil=True)
def _count(cells, where):
    """Return the numbers of unlike bonds and of up spins of a lattice."""
    unlike = up = 0
    if where.rows % 2:
        L = where.rows
        for i in range(L):
            for j in range(L):
                s = cells[i * L + j]
                up += s
                unlike += s ^ cells[(i + 1) % L * L + j]
                unlike += s ^ cells[i * L + (j + 1) % L]
        return unlike, up
    for c in range(4):
        s, v, dv, h, dh = sublattice(cells, c, where)
        width = where.width
        for first in range(width + 1, (where.rows // 2 + 1) * width, width):
            for p in range(_P(first), _P(first + where.cols // 2)):
                up += s[p]
                if c < 2:  # each bond has one end on a black square
                    unlike += _unlike(s[p], v[p], v[p + dv], h[p], h[p + dh])
    return unlike, up


@compiled.kernel(nogil=True)
def _fill_border(cells, where):
    """Repeat each side of a sublattice outside the opposite one."""
    rows, cols, width = _P(where.rows // 2), _P(where.cols // 2), _P(where.width)
    for q in range(width):
        cells[q] = cells[q + rows * width]
        cells[q + (rows + _P(1)) * width] = cells[q + width]
    for q in range(_P(0), (rows + _P(2)) * width, width):
        cells[q] = cells[q + cols]
        cells[q + cols + _P(1)] = cells[q + _P(1)]


@numba.njit
def _unlike(s, n0, n1, n2, n3):
    return _B(_B(_B(s ^ n0) + _B(s ^ n1)) + _B(_B(s ^ n2) + _B(s ^ n3)))


@numba.njit
def _row(t, s):
    return t[s, 0], t[s, 1], t[s, 2], t[s, 3], t[s, 4]


@numba.njit
def _pick(m, t0, t1, t2, t3, t4):
    return t0 if m == 0 else t1 if m == 1 else t2 if m == 2 else t3 if m == 3 else t4


@numba.njit
def _compare(u0, u1, a, b):
    """Return whether u < t, and whether they tie, by their first two digits."""
    same = _B(u0 == a)
    below = _B(_B(u0 < a) | _B(same & _B(u1 < b)))
    return below, _B(same & _B(u1 == b))


@numba.njit
def _mark(s, below, inverse, tie):
    """Return the new spin, or the old one with the mark of a tie."""
    return _B(_B(s ^ _B(_B(below ^ inverse) & _B(tie ^ _B(1)))) | _B(tie << _B(1)))
