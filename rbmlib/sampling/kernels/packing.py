"""States of a layer as bits: 64 units in a word, and back.

The words of a set of chains are an array of shape (n_words, n_chains): word k of chain
c holds units 64 k … 64 k + 63, unit 64 k in its lowest bit.  A kernel that goes through
the chains with one k reads memory in order.  Bits beyond the last unit are zero in
`pack` and anything in the words that `layers` draws: the weights there are zero.
"""

import numba
import numpy as np

from rbmlib import compiled
from rbmlib.sampling.kernels.vectors import (
    load,
    load_mask,
    select,
    store,
    store_mask,
    zeros_16,
)

_P, _L, _F = np.uintp, np.uint64, np.float32


def n_words(n_units):
    """Return the number of words that hold n_units bits."""
    return -(-n_units // 64)


def pack(states):
    """Return the words of states (n_chains, n_units): a bit is on where state > 0.

    Examples
    --------
    >>> pack(np.array([[1, 0, 1], [-1, 1, 1]], np.float32)).tolist()
    [[5, 6]]
    """
    states = np.ascontiguousarray(states, np.float32)
    words = np.empty((n_words(states.shape[1]), len(states)), _L)
    pack_into(states, words)
    return words


def unpack(words, low, out):
    """Write states ``low`` and 1 into out, float32 of shape (n_chains, n_units)."""
    unpack_into(words, _F(low), out)


@compiled.kernel(nogil=True)
def pack_into(states, words):
    """Write `pack` of states, float32 in C order, into words."""
    n_units, states = states.shape[1], states.reshape(-1)
    flat, n_chains = words.reshape(-1), _P(words.shape[1])
    flat[:] = 0
    for c in range(n_chains):
        first = c * _P(n_units)
        for unit in range(_P(0), _P(n_units), _P(16)):
            word = unit // _P(64) * n_chains + c
            if unit + _P(16) <= _P(n_units):
                on = load(states, first + unit, zeros_16()) > _F(0)
                store_mask(flat, _P(4) * word + unit // _P(16) % _P(4), on)
            else:
                for i in range(unit, _P(n_units)):
                    flat[word] |= _L(states[first + i] > _F(0)) << i % _P(64)


@compiled.kernel(nogil=True)
def unpack_into(words, low, out):
    """As `unpack`; low is float32, and out in C order."""
    n_units, out = out.shape[1], out.reshape(-1)
    flat, n_chains = words.reshape(-1), _P(words.shape[1])
    upper = zeros_16() + _F(1)
    for c in range(n_chains):
        first = c * _P(n_units)
        for unit in range(_P(0), _P(n_units), _P(16)):
            word = unit // _P(64) * n_chains + c
            if unit + _P(16) <= _P(n_units):
                on = load_mask(flat, _P(4) * word + unit // _P(16) % _P(4))
                store(out, first + unit, select(on, upper, low))
            else:
                for i in range(unit, _P(n_units)):
                    on_last = flat[word] >> i % _P(64) & _L(1)
                    out[first + i] = _F(1) if on_last else low


@compiled.kernel(nogil=True)
def gather(rows, order, words):
    """Write the words of some rows of bytes, each with eight units, the first lowest.

    Parameters
    ----------
    rows : ndarray of uint8, shape (n_samples, ceil(n_units / 8))
    order : ndarray of int64, shape (n_chains,)
        The row of each chain.
    words : ndarray of uint64, shape (n_words, n_chains)
    """
    n_bytes = _P(rows.shape[1])
    for c in range(_P(words.shape[1])):
        row = _P(order[c])
        for k in range(_P(words.shape[0])):
            word = _L(0)
            for i in range(min(_P(8), n_bytes - _P(8) * k)):
                word |= _L(rows[row, _P(8) * k + i]) << _L(8) * i
            words[k, c] = word


@compiled.kernel(nogil=True)
def transpose(words, out):
    """Call `kernel_transpose`."""
    kernel_transpose(words, out)


@numba.njit(inline="always")
def kernel_transpose(words, out):
    """Exchange chains and units: bit c of row i of `out` is bit i of chain c.

    Parameters
    ----------
    words : ndarray of uint64, shape (n_words, n_chains)
    out : ndarray of uint64, shape (ceil(n_chains / 64), n_rows)
        Rows at most 64 n_words; chains that do not exist give zeros.
    """
    block = np.empty(64, _L)
    n_chains, n_rows = words.shape[1], out.shape[1]
    for k in range(words.shape[0]):
        for group in range(out.shape[0]):
            for c in range(64):
                chain = 64 * group + c
                block[c] = words[k, chain] if chain < n_chains else _L(0)
            _transpose_block(block)
            for i in range(min(64, n_rows - 64 * k)):
                out[group, 64 * k + i] = block[i]


@numba.njit(inline="always")
def _transpose_block(a):
    """Transpose 64 x 64 bits: exchange the off-diagonal halves, quarters, and so on.

    H. S. Warren, Hacker's Delight (2nd ed., 2012), section 7-3.
    """
    width, mask = _P(32), _L(0x00000000FFFFFFFF)
    while width:
        for first in range(_P(0), _P(64), _P(2) * width):
            for i in range(first, first + width):
                swap = (a[i] >> width ^ a[i + width]) & mask
                a[i + width] ^= swap
                a[i] ^= swap << width
        width >>= _P(1)
        mask ^= mask << width
