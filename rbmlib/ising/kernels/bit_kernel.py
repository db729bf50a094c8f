"""Checkerboard updates with 64 spins in a word, each with random bits of its own.

A coin that falls heads with probability p, from fair coins: toss until the first tail;
if that was toss k, answer with the k-th binary digit of p.  Here a word of random bits
is one toss for 64 spins at once.  The spins whose first tail is toss k take digit k of
their threshold.  Run backwards, from the last toss to the first, that is one operation
for each threshold: heads keep what the later tosses said, a tail puts digit k there.
Twelve tosses leave one spin in 4096 without a tail; those few are tossed on one by one,
up to 44 times in all.  So every probability is exact to 44 bits, and no two spins share
a random bit: codes that do share them simulate copies of one system (monotone
coupling).
"""

from typing import NamedTuple

import numba
import numpy as np

from rbmlib import compiled
from rbmlib.ising.kernels.bit_count import count, unlike_digits
from rbmlib.ising.kernels.bit_ties import (
    BITS,
    BLOCK,
    TOSSES,
    find_ties,
    settle,
    toss_on,
)
from rbmlib.ising.kernels.chain import sweep_key
from rbmlib.ising.kernels.sublattice import cells_of, sublattice
from rbmlib.randomness import GOLDEN, draw_at

# numba widens small integers when it combines them: each result is cast back.
_U, _L, _P = np.uint32, np.uint64, np.uintp
_ALL = _U(0xFFFFFFFF)
_GOLDEN = _U(GOLDEN)


class BitTable(NamedTuple):
    """A FlipTable of 44 bits by class: down with m = 0…4, up with m = 0…4."""

    threshold: np.ndarray  # uint64, shape (10,)
    inverse: np.ndarray  # uint64, shape (10,): 0 or 1
    first: np.ndarray  # uint32, shape (10,): the first digit, in all bits
    changes: np.ndarray  # uint32, shape (TOSSES, 2): see _toss_for_two
    in_field: bool


def bit_table(table):
    """Return a FlipTable of 44 bits as `run` takes it."""
    threshold, inverse = table.threshold.ravel(), table.inverse.ravel().astype(_L)
    places = np.arange(BITS - 1, BITS - 1 - TOSSES, -1, dtype=_L)
    digits = (threshold >> places[:, None] & _L(1)).astype(_U) * _ALL
    changes = digits[:, 5:7].copy()  # spin up, no or one unlike neighbour
    changes[:-1] ^= digits[1:, 5:7]
    return BitTable(threshold, inverse, digits[0], changes, table.in_field)


@compiled.kernel(nogil=True)
def run(words, where, table, course, counts):
    """Sweep 64 lanes; count unlike bonds and up spins every `interval` sweeps.

    Parameters
    ----------
    words : ndarray of uint64, shape (n_cells,)
        One spin of each lane in a word, in the given layout; changed in place.
    where : Layout
    table : BitTable
    course : Course
    counts : Counts, shape (n_records, 64)
        Filled with the counts of each lane.
    """
    halves = words.view(_U)  # random words have 32 bits
    ties = np.zeros(2 * where.size + BLOCK, _U)
    places = np.zeros(2 * ties.size, _U)
    even = where.rows % 2 == 0
    for c in range(4 * even):
        _fill_border(cells_of(words, c, where), where)
    for record in range(len(counts.up)):
        for i in range(course.interval):
            k0, k1 = sweep_key(course, record, i)
            if even:
                _sweep(words, halves, where, table, k0, k1, ties, places)
            else:
                _sweep_in_order(halves, where, table, k0, k1)
        count(halves, where, counts.unlike[record], counts.up[record])


@compiled.kernel(nogil=True)
def _sweep(words, halves, where, table, k0, k1, ties, places):
    size, step = 2 * where.size, 2 * where.width
    lo, hi = _P(step + 2), _P(where.rows // 2 * step + where.cols + 2)
    for c in range(4):
        part = sublattice(halves, c, where, 2)
        x = _U(k0 + _U(_U(c * size) * _GOLDEN))  # of the first half word
        toss = _U(_U(4 * size) * _GOLDEN)
        if table.in_field:
            _update_in_field(part, lo, hi, x, k1, toss, table, ties)
        else:
            _update(part, lo, hi, x, k1, toss, table, ties)
        n_ties = find_ties(ties, hi, places)
        settle(part, x, k1, toss, table, ties, places[:n_ties])
        _fill_border(cells_of(words, c, where), where)


@compiled.kernel(nogil=True)
def _update(part, lo, hi, x, k1, toss, table, ties):
    """Flip the half words lo … hi - 1 in zero field; write the ties.

    Here m and 4 - m unlike neighbours share a threshold, and 2 needs one toss at most.
    """
    new, v, dv, h, dh = part
    first, always = table.first, _everywhere(table.inverse[7])
    x = _U(x + _U(_U(lo) * _GOLDEN))
    last = _U(_U(TOSSES - 1) * toss)
    for q in range(lo, hi):
        s = new[q]
        one, two, four = unlike_digits(s, v[q], v[q + dv], h[q], h[q + dh])
        tie, f0, f1, heads, y = _ALL, _U(0), _U(0), _U(0), _U(x + last)
        # Short loops are unrolled; LLVM vectorises no loop around another.
        for k in range(0, 6):
            tie, f0, f1, heads, y = _toss_for_two(tie, f0, f1, y, k1, toss, table, k)
        for k in range(6, TOSSES):
            tie, f0, f1, heads, y = _toss_for_two(tie, f0, f1, y, k1, toss, table, k)
        half = _U(two & _U(~one))
        more = _U(_U(one & two) | four)
        f = _U(_select(one, _U(f1 ^ first[6]), _U(f0 ^ first[5])) ^ more)
        f = _select(half, _U(_U(~heads) & first[7]), f)
        f = _U(f | _U(always & _U(half | more)))
        new[q] = _U(s ^ _U(f & _U(~tie)))
        ties[q] = tie
        x = _U(x + _GOLDEN)


@numba.njit(forceinline=True)
def _toss_for_two(tie, f0, f1, x, k1, toss, table, k):
    """Toss number TOSSES - 1 - k, for the thresholds of no and one unlike neighbour.

    The answer d after a tail, and that of the later tosses after heads, is kept as its
    difference f from d: then heads & (f ^ change of d) is a single instruction.
    """
    heads, change = draw_at(x, k1), table.changes[TOSSES - 1 - k]
    f0, f1 = _U(heads & _U(f0 ^ change[0])), _U(heads & _U(f1 ^ change[1]))
    return _U(tie & heads), f0, f1, heads, _U(x - toss)


@compiled.kernel(nogil=True)
def _update_in_field(part, lo, hi, x, k1, toss, table, ties):
    """The same where every class of spins has a threshold of its own."""
    new, v, dv, h, dh = part
    t, inverse = _ten(table.threshold), _ten(table.inverse)
    x = _U(x + _U(_U(lo) * _GOLDEN))
    for q in range(lo, hi):
        n = v[q], v[q + dv], h[q], h[q + dh]
        flip, tie = _flips(new[q], n, x, k1, toss, t, inverse)
        new[q] = _U(new[q] ^ flip)
        ties[q] = tie
        x = _U(x + _GOLDEN)


@numba.njit(forceinline=True)
def _flips(s, n, x, k1, toss, t, inverse):
    """Return the flips and the ties of a half word, for any table."""
    state = s, *unlike_digits(s, n[0], n[1], n[2], n[3])
    tie, f = _ALL, _U(0)
    for k in range(0, 4):
        tie, f, x = _toss_once(tie, f, x, k1, toss, state, t, k)
    for k in range(4, 8):
        tie, f, x = _toss_once(tie, f, x, k1, toss, state, t, k)
    for k in range(8, TOSSES):
        tie, f, x = _toss_once(tie, f, x, k1, toss, state, t, k)
    f = _U(f ^ _by_class(state, inverse, BITS - 1))
    return _U(f & _U(~tie)), tie


@numba.njit(forceinline=True)
def _toss_once(tie, f, x, k1, toss, state, t, k):
    heads = draw_at(x, k1)
    f = _U(f | _U(_U(tie & _U(~heads)) & _by_class(state, t, k)))
    return _U(tie & heads), f, _U(x + toss)


@compiled.kernel(nogil=True)
def _sweep_in_order(halves, where, table, k0, k1):
    """Update the sites of an odd lattice one after another, row by row."""
    L = where.rows
    toss = _U(_U(2 * where.n_cells) * _GOLDEN)
    t, inverse = _ten(table.threshold), _ten(table.inverse)
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
            flip, tie = _flips(halves[q], n, x, k1, toss, t, inverse)
            if tie:
                flip |= toss_on(halves[q], n, tie, x, k1, toss, table)
            halves[q] = _U(halves[q] ^ flip)


@compiled.kernel(nogil=True)
def _fill_border(words, where):
    """Repeat each side outside the opposite one; between strips, turn by one bit."""
    rows, cols, width = _P(where.rows // 2), _P(where.cols // 2), _P(where.width)
    turn, back = _L(where.turn), _L(-where.turn & 63)
    last, outside = rows * width, (rows + _P(1)) * width
    for q in range(width):
        above, below = words[q + last], words[q + width]
        words[q] = above << turn | above >> back
        words[q + outside] = below >> turn | below << back
    for q in range(_P(0), outside + width, width):
        words[q], words[q + cols + _P(1)] = words[q + cols], words[q + _P(1)]


@numba.njit(forceinline=True)
def _by_class(state, t, k):
    """Return, for each spin, binary digit k of the number that t gives its class."""
    s, one, two, four = state
    down = _by_number(one, two, four, t[:5], k)
    up = _by_number(one, two, four, t[5:], k)
    return _select(s, up, down)


@numba.njit(forceinline=True)
def _by_number(one, two, four, t, k):
    low = _select(one, _digit(t[1], k), _digit(t[0], k))
    high = _select(one, _digit(t[3], k), _digit(t[2], k))
    return _select(four, _digit(t[4], k), _select(two, high, low))


@numba.njit(forceinline=True)
def _digit(t, k):
    """Return binary digit k of the BITS digits of t, in every bit of a word."""
    return _everywhere(t >> _L(BITS - 1 - k) & _L(1))


@numba.njit(forceinline=True)
def _everywhere(bit):
    return _U(_U(0) - _U(bit))


@numba.njit(forceinline=True)
def _select(mask, yes, no):
    return _U(_U(mask & yes) | _U(_U(~mask) & no))


@numba.njit(forceinline=True)
def _ten(t):
    return t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9]
