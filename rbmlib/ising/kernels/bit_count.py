"""Counts of unlike bonds and up spins in each of 64 lanes.

A word holds one binary digit of 64 numbers.  Adding words up, lane by lane, is binary
arithmetic on whole words: a full adder turns three words of the same place into one of
that place and one of the next.  Sixteen half words run side by side.
"""

import numba
import numpy as np

from rbmlib import compiled
from rbmlib.ising.kernels.sublattice import sublattice

_U, _P = np.uint32, np.uintp
_PLACES = 26  # counts below 2 * 4096²
_WIDE = _P(32)


@compiled.kernel(nogil=True)
def count(halves, where, unlike, up):
    """Write the number of unlike bonds and of up spins of each of the 64 lanes."""
    bonds, spins = _zero(), _zero()
    if where.rows % 2:
        _add_odd(halves, where, bonds, spins)
    else:
        for c in range(4):
            _add_sublattice(halves, c, where, bonds, spins)
    _read(*bonds, unlike)
    _read(*spins, up)


@compiled.kernel(nogil=True)
def _add_sublattice(halves, c, where, bonds, spins):
    s, v, dv, h, dh = sublattice(halves, c, where, 2)
    n, width = where.cols, 2 * where.width
    n_words = where.rows // 2 * n
    up, one = _blank(n_words), _blank(n_words)
    two, four = _blank(n_words), _blank(n_words)
    for row in range(where.rows // 2):
        first, out = _P((row + 1) * width + 2), _P(row * n)
        for q in range(_P(n)):
            p = first + q
            up[out + q] = s[p]
            digits = unlike_digits(s[p], v[p], v[p + dv], h[p], h[p + dh])
            one[out + q], two[out + q], four[out + q] = digits
    _add(*spins, up, 0)
    if c < 2:  # each bond has one end on a black square
        _add(*bonds, one, 0)
        _add(*bonds, two, 1)
        _add(*bonds, four, 2)


@compiled.kernel(nogil=True)
def _add_odd(halves, where, bonds, spins):
    L = where.rows
    right, down, up = _blank(2 * L * L), _blank(2 * L * L), _blank(2 * L * L)
    for i in range(L):
        for j in range(L):
            p, q = 2 * (i * L + j), 2 * (i * L + (j + 1) % L)
            r = 2 * ((i + 1) % L * L + j)
            for half in range(2):
                s = up[p + half] = halves[p + half]
                right[p + half] = s ^ halves[q + half]
                down[p + half] = s ^ halves[r + half]
    _add(*spins, up, 0)
    _add(*bonds, right, 0)
    _add(*bonds, down, 0)


@numba.njit
def _blank(n_words):
    return np.zeros((n_words + 31) // 32 * 32, _U)


@numba.njit
def _zero():
    return np.zeros(2 * _PLACES * 32, _U), np.zeros(_PLACES, np.bool_)


@compiled.kernel(nogil=True)
def _add(number, waits, words, place):
    """Add words, all of one place, to a number.

    A number has two words at each place: the sum so far, and one that waits until a
    third word comes; then a full adder sends their carry to the next place.
    """
    for block in range(_P(0), _P(words.size), _WIDE):
        k = _P(place)
        while waits[k]:
            _full_adder(number, _P(2) * k * _WIDE, words, block)
            waits[k] = False
            k += _P(1)
        start = _P(2) * k * _WIDE + _WIDE
        for i in range(_WIDE):
            number[start + i] = words[block + i]
        waits[k] = True


@compiled.kernel(nogil=True)
def _full_adder(number, sums, words, block):
    """Leave the sum of three blocks in the first; the carry replaces the words."""
    for i in range(_WIDE):
        p, q, r = sums + i, sums + _WIDE + i, block + i
        a, b, c = number[p], number[q], words[r]
        number[p] = a ^ b ^ c
        words[r] = (a & b) | (c & (a ^ b))


@compiled.kernel(nogil=True)
def _read(number, waits, out):
    """Write the number of each lane; odd half words hold lanes 32 to 63."""
    total = np.zeros(64, _U)
    for i in range(_P(number.size)):
        word, place = number[i], i // _WIDE
        k, waiting = place >> _P(1), place & _P(1)
        if word and (waits[k] or not waiting):
            half = (i & _P(1)) << _P(5)
            for lane in range(_P(32)):
                bit = _U(word >> _U(lane)) & _U(1)
                total[half + lane] += _U(_U(bit) << _U(k))
    for lane in range(64):
        out[lane] = total[lane]


@numba.njit(forceinline=True)
def unlike_digits(s, n0, n1, n2, n3):
    """Return the binary digits 1, 2, 4 of the number of unlike neighbours."""
    a, b, c, d = _U(s ^ n0), _U(s ^ n1), _U(s ^ n2), _U(s ^ n3)
    ab, cd = _U(a ^ b), _U(c ^ d)
    both_ab, both_cd = _U(a & b), _U(c & d)
    two = _U(_U(both_ab ^ both_cd) ^ _U(ab & cd))
    return _U(ab ^ cd), two, _U(both_ab & both_cd)
