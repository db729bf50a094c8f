"""The few spins that the common tosses of a word left without a tail.

`bit_kernel` tosses a coin for 64 spins at once, TOSSES times.  The spins that had heads
throughout are looked up here and tossed on one by one, with the random bits that more
words for all would have given them: TOSSES changes no result, only the time.
"""

import numpy as np

from rbmlib import compiled
from rbmlib.ising.kernels.bit_count import unlike_digits
from rbmlib.randomness import GOLDEN, draw_at

TOSSES = 12  # of every word
BITS = 44  # at most
BLOCK = 16  # half words of a wide register

_U, _L, _P = np.uint32, np.uint64, np.uintp
_GOLDEN, _WIDTH = _U(GOLDEN), _P(BLOCK)


@compiled.kernel(nogil=True)
def find_ties(ties, hi, places):
    """Write the places below hi of words that are not zero; return their number.

    `ties` ends with a block of zeros, and `places` is twice as long.  Nothing here
    branches on a word: a wrong guess costs more than a whole block.
    """
    n_blocks, back = _P(0), _P(places.size - 1)
    for block in range(_P(0), hi, _WIDTH):
        some = _U(0)
        for q in range(block, block + _WIDTH):
            some = _U(some | ties[q])
        places[back - n_blocks] = block  # from the end; the places do not reach it
        n_blocks += _P(some != 0)
    n_found = _P(0)
    for i in range(n_blocks):
        block = _P(places[back - i])
        for q in range(block, block + _WIDTH):
            places[n_found] = q
            n_found += _P(ties[q] != 0)
    return n_found


@compiled.kernel(nogil=True)
def settle(part, x, k1, toss, table, ties, places):
    """Toss on for the spins without a tail, in the half words at the given places."""
    new, v, dv, h, dh = part
    for place in places:
        q = _P(place)
        n = v[q], v[q + dv], h[q], h[q + dh]
        y = _U(x + _U(_U(q) * _GOLDEN))
        new[q] = _U(new[q] ^ toss_on(new[q], n, ties[q], y, k1, toss, table))


@compiled.kernel(nogil=True)
def toss_on(s, n, tie, x, k1, toss, table):
    """Return the flips of the ties of a half word, after tosses TOSSES to BITS."""
    one, two, four = unlike_digits(s, n[0], n[1], n[2], n[3])
    x = _U(x + _U(_U(TOSSES) * toss))
    flips = _U(0)
    while tie:
        spin = _U(tie & _U(-tie))
        tie = _U(tie ^ spin)
        m = bool(one & spin) + 2 * bool(two & spin) + 4 * bool(four & spin)
        c = _P(m + 5 * bool(s & spin))
        # What is left of the threshold, its next digit in front; zero after the last.
        digits, y = table.threshold[c] << _L(64 - BITS + TOSSES), x
        while digits and draw_at(y, k1) & spin:
            digits, y = digits << _L(1), _U(y + toss)
        if digits >> _L(63) != table.inverse[c]:
            flips = _U(flips | spin)
    return flips
