"""Checkerboard updates with 64 spins in a word, each with random bits of its own.

A coin that falls heads with probability p, from fair coins: toss until the first tail;
if that was toss k, answer with the k-th binary digit of p.  Here a word of random bits
is one toss for 64 spins at once.  The spins whose first tail is toss k take digit k of
their threshold: an "and" and an "or" for each threshold, whatever its value.  Twelve
tosses leave one spin in 4096 without a tail; those few are tossed one by one, 32 times.
So every probability is exact to 44 bits, and no two spins share a random bit: codes
that do share them simulate copies of one system (monotone coupling).
"""

from typing import NamedTuple

import numba
import numpy as np

from rbmlib.ising.lattice import BELOW, HORIZONTAL, RIGHT, VERTICAL
from rbmlib.randomness import GOLDEN, absorb, draw, draw_at

TOSSES = 12  # for all spins of a word together
BITS = TOSSES + 32

# numba widens small integers when it combines them: each result is cast back.
_U, _L, _P = np.uint32, np.uint64, np.uintp
_ALL = _U(0xFFFFFFFF)
_GOLDEN = _U(GOLDEN)


class BitTable(NamedTuple):
    """A FlipTable of 44 bits for `run`; rows of `digits`: down m=0…4, up m=0…4."""

    digits: np.ndarray  # uint32, shape (10, TOSSES): all bits set, or none
    rest: np.ndarray  # uint32, shape (10,): the last 32 digits
    inverse: np.ndarray  # uint32, shape (10,): all bits set, or none
    in_field: bool


def bit_table(table):
    """Return a FlipTable of 44 bits as words of binary digits."""
    t = table.threshold.ravel()
    places = np.arange(BITS - 1, 31, -1, dtype=_L)
    digits = ((t[:, None] >> places) & _L(1)).astype(_U) * _ALL
    inverse = table.inverse.ravel() * _ALL
    return BitTable(digits, t.astype(_U), inverse, table.in_field)


@numba.njit(cache=True, nogil=True)
def run(words, where, table, key, chain, first_sweep, interval, unlike, up):
    """Sweep 64 lanes; count unlike bonds and up spins every `interval` sweeps.

    Parameters
    ----------
    words : ndarray of uint64, shape (n_cells,)
        One spin of each lane in a word, in the given layout; changed in place.
    where : Layout
    table : BitTable
    key : pair of uint32
        From `stream_key`.
    chain, first_sweep, interval : int
    unlike, up : ndarray of int64, shape (n_records, 64)
        Filled with the counts of each lane.
    """
    halves = words.view(_U)  # random words have 32 bits
    ties = np.zeros(2 * where.size, _U)
    even = where.rows % 2 == 0
    for c in range(4 * even):
        _fill_border(_sublattice(words, c, where), where)
    for record in range(len(unlike)):
        for i in range(interval):
            sweep = _U(first_sweep + record * interval + i)
            k0, k1 = absorb(key[0], key[1], sweep)
            k0, k1 = absorb(k0, k1, _U(chain))
            if even:
                _sweep(words, halves, where, table, k0, k1, ties)
            else:
                _sweep_in_order(halves, where, table, k0, k1)
        _count(words, where, unlike[record], up[record])


@numba.njit(cache=True, nogil=True)
def _sweep(words, halves, where, table, k0, k1, ties):
    size, step = 2 * where.size, 2 * where.width
    lo, hi = _P(step + 2), _P(where.rows // 2 * step + where.cols + 2)
    for c in range(4):
        new = halves[c * size : (c + 1) * size]
        v = halves[VERTICAL[c] * size : (VERTICAL[c] + 1) * size]
        h = halves[HORIZONTAL[c] * size : (HORIZONTAL[c] + 1) * size]
        dv, dh = _P(BELOW[c] * step), _P(2 * RIGHT[c])
        first, stride = _U(c * size), _U(4 * size)
        x = _U(k0 + _U(_U(first + lo) * _GOLDEN))
        toss = _U(stride * _GOLDEN)
        if table.in_field:
            _update_in_field(new, v, dv, h, dh, lo, hi, x, k1, toss, table, ties)
        else:
            _update(new, v, dv, h, dh, lo, hi, x, k1, toss, table, ties)
        _settle(new, v, dv, h, dh, hi, first, stride, k0, k1, table, ties)
        _fill_border(_sublattice(words, c, where), where)


@numba.njit(cache=True, nogil=True)
def _update(new, v, dv, h, dh, lo, hi, x, k1, toss, table, ties):
    """Flip the half words lo … hi - 1 in zero field; write the ties.

    Here m and 4 - m unlike neighbours share a threshold, and 2 needs one toss at most.
    """
    d0, d1 = table.digits[5], table.digits[6]
    even_odds, always = table.digits[7, 0], table.inverse[7]
    for q in range(lo, hi):
        s = new[q]
        one, two, four = _unlike(s, v[q], v[q + dv], h[q], h[q + dh])
        tie, f0, f1, y = _ALL, _U(0), _U(0), x
        for k in range(TOSSES):
            heads = draw_at(y, k1)
            tail = _U(tie & _U(~heads))
            tie = _U(tie & heads)
            f0, f1 = _U(f0 | _U(tail & d0[k])), _U(f1 | _U(tail & d1[k]))
            y = _U(y + toss)
        half = _U(two & _U(~one))
        more = _U(_U(one & two) | four)
        f = _U(_select(one, f1, f0) ^ more)
        f = _select(half, _U(_U(~draw_at(x, k1)) & even_odds), f)
        f = _U(f | _U(always & _U(half | more)))
        new[q] = _U(s ^ _U(f & _U(~tie)))
        ties[q] = tie
        x = _U(x + _GOLDEN)


@numba.njit(cache=True, nogil=True)
def _update_in_field(new, v, dv, h, dh, lo, hi, x, k1, toss, table, ties):
    """The same where every class of spins has a threshold of its own."""
    for q in range(lo, hi):
        flip, ties[q] = _flips(
            new[q], v[q], v[q + dv], h[q], h[q + dh], x, k1, toss, table
        )
        new[q] = _U(new[q] ^ flip)
        x = _U(x + _GOLDEN)


@numba.njit(cache=True, nogil=True)
def _flips(s, n0, n1, n2, n3, x, k1, toss, table):
    """Return the flips and the ties of a half word, for any table."""
    d, z = table.digits, _U(0)
    tie, f = _ALL, (z, z, z, z, z, z, z, z, z, z)
    for k in range(TOSSES):
        heads = draw_at(x, k1)
        tail = _U(tie & _U(~heads))
        tie = _U(tie & heads)
        f = (
            _U(f[0] | _U(tail & d[0, k])),
            _U(f[1] | _U(tail & d[1, k])),
            _U(f[2] | _U(tail & d[2, k])),
            _U(f[3] | _U(tail & d[3, k])),
            _U(f[4] | _U(tail & d[4, k])),
            _U(f[5] | _U(tail & d[5, k])),
            _U(f[6] | _U(tail & d[6, k])),
            _U(f[7] | _U(tail & d[7, k])),
            _U(f[8] | _U(tail & d[8, k])),
            _U(f[9] | _U(tail & d[9, k])),
        )
        x = _U(x + toss)
    i = table.inverse
    one, two, four = _unlike(s, n0, n1, n2, n3)
    down = _by_class(one, two, four, f[0] ^ i[0], f[1] ^ i[1], f[2] ^ i[2], f[3] ^ i[3], f[4] ^ i[4])
    up = _by_class(one, two, four, f[5] ^ i[5], f[6] ^ i[6], f[7] ^ i[7], f[8] ^ i[8], f[9] ^ i[9])
    return _U(_select(s, up, down) & _U(~tie)), tie


@numba.njit(cache=True, nogil=True)
def _settle(new, v, dv, h, dh, hi, first, stride, k0, k1, table, ties):
    """Toss for the spins without a tail; blocks without any are skipped at once."""
    for block in range(_P(0), hi, _P(64)):
        end = min(block + _P(64), hi)
        some = _U(0)
        for q in range(block, end):
            some = _U(some | ties[q])
        if some:
            for q in range(block, end):
                if ties[q]:
                    n = (v[q], v[q + dv], h[q], h[q + dh])
                    unit = _U(_U(stride * _U(TOSSES)) + _U(_U(first + q) * _U(32)))
                    new[q] = _settle_half(new[q], n, ties[q], unit, k0, k1, table)


@numba.njit(cache=True, nogil=True)
def _settle_half(s, n, tie, unit, k0, k1, table):
    """Return a half word after 32 more tosses for each of its ties."""
    one, two, four = _unlike(s, n[0], n[1], n[2], n[3])
    for lane in range(_U(32)):
        if tie >> lane & 1:
            m = (one >> lane & 1) + 2 * (two >> lane & 1) + 4 * (four >> lane & 1)
            row = 5 * (s >> lane & 1) + m
            heads, digits = draw(k0, k1, _U(unit + lane)), table.rest[row]
            # Toss by toss: where the first tail stands, this is the digit's place.
            below = _U(digits ^ _U(~heads)) < digits
            flip = _U(below) ^ _U(table.inverse[row] & _U(1))
            s = _U(s ^ _U(flip << lane))
    return s


@numba.njit(cache=True, nogil=True)
def _sweep_in_order(halves, where, table, k0, k1):
    """Update the sites of an odd lattice one after another, row by row."""
    L = where.rows
    stride = _U(2 * where.n_cells)
    toss = _U(stride * _GOLDEN)
    for site in range(L * L):
        i, j = site // L, site % L
        above, below = (i - 1) % L * L + j, (i + 1) % L * L + j
        left, right = i * L + (j - 1) % L, i * L + (j + 1) % L
        for half in range(2):
            q = 2 * site + half
            n = (
                halves[2 * above + half],
                halves[2 * below + half],
                halves[2 * left + half],
                halves[2 * right + half],
            )
            x = _U(k0 + _U(_U(q) * _GOLDEN))
            flip, tie = _flips(halves[q], n[0], n[1], n[2], n[3], x, k1, toss, table)
            new = _U(halves[q] ^ flip)
            if tie:
                unit = _U(_U(stride * _U(TOSSES)) + _U(_U(q) * _U(32)))
                new = _settle_half(new, n, tie, unit, k0, k1, table)
            halves[q] = new


@numba.njit(cache=True, nogil=True)
def _count(words, where, unlike, up):
    """Count unlike bonds and up spins of each lane, in binary with one word a digit."""
    bonds, spins = np.zeros(32, _L), np.zeros(32, _L)
    L = where.rows
    if L % 2:
        for i in range(L):
            for j in range(L):
                s = words[i * L + j]
                _add(spins, s, 0)
                _add(bonds, s ^ words[(i + 1) % L * L + j], 0)
                _add(bonds, s ^ words[i * L + (j + 1) % L], 0)
    else:
        for c in range(4):
            _count_sublattice(words, c, where, bonds, spins)
    for lane in range(64):
        unlike[lane], up[lane] = _lane(bonds, lane), _lane(spins, lane)


@numba.njit(cache=True, nogil=True)
def _count_sublattice(words, c, where, bonds, spins):
    s, width = _sublattice(words, c, where), where.width
    v = _sublattice(words, VERTICAL[c], where)
    h = _sublattice(words, HORIZONTAL[c], where)
    dv, dh = BELOW[c] * width, RIGHT[c]
    for row in range(1, where.rows // 2 + 1):
        for p in range(row * width + 1, row * width + 1 + where.cols // 2):
            _add(spins, s[p], 0)
            if c < 2:  # each bond has one end on a black square
                one, two, four = _unlike(s[p], v[p], v[p + dv], h[p], h[p + dh])
                _add(bonds, one, 0)
                _add(bonds, two, 1)
                _add(bonds, four, 2)


@numba.njit(cache=True, nogil=True)
def _add(counter, carry, place):
    while carry:
        digit = counter[place]
        counter[place] = digit ^ carry
        carry &= digit
        place += 1


@numba.njit(cache=True, nogil=True)
def _lane(counter, lane):
    total = 0
    for place in range(32):
        total += np.int64(counter[place] >> _L(lane) & _L(1)) << place
    return total


@numba.njit(cache=True, nogil=True)
def _fill_border(words, where):
    """Repeat each side outside the opposite one; between strips, turn by one bit."""
    rows, cols, width = where.rows // 2, where.cols // 2, where.width
    turn, back = _L(where.turn), _L(64 - where.turn)
    for q in range(width):
        above, below = words[q + rows * width], words[q + width]
        if where.turn:
            above, below = above << turn | above >> back, below >> turn | below << back
        words[q], words[q + (rows + 1) * width] = above, below
    for q in range(0, (rows + 2) * width, width):
        words[q], words[q + cols + 1] = words[q + cols], words[q + 1]


@numba.njit
def _sublattice(words, c, where):
    return words[c * where.size : (c + 1) * where.size]


@numba.njit
def _unlike(s, n0, n1, n2, n3):
    """Return the binary digits 1, 2, 4 of the number of unlike neighbours."""
    a, b, c, d = s ^ n0, s ^ n1, s ^ n2, s ^ n3
    ab, cd = a ^ b, c ^ d
    both_ab, both_cd = a & b, c & d
    return ab ^ cd, both_ab ^ both_cd ^ (ab & cd), both_ab & both_cd


@numba.njit
def _by_class(one, two, four, f0, f1, f2, f3, f4):
    low, high = _select(one, _U(f1), _U(f0)), _select(one, _U(f3), _U(f2))
    return _select(four, _U(f4), _select(two, high, low))


@numba.njit
def _select(mask, yes, no):
    return _U(_U(mask & yes) | _U(_U(~mask) & no))
