"""Random numbers as a function, not as a stream.

A draw is computed from its address ``(seed, stream, sweep, chain, unit)`` and from
nothing else.  A chain's path therefore does not depend on how many chains run beside
it, on the number of threads, or on where a run was interrupted.  All arithmetic is on
unsigned 32-bit integers, so that NumPy, numba and JavaScript (``Math.imul``) give the
same bits.

Two steps.  The address without the unit is absorbed word by word into a key of two
32-bit words; the unit's index is then hashed under that key.  The mixing rounds are
xor-shift-multiply with the constants of C. Wellons' "lowbias32" (2018).  Counter-based
generators: J. Salmon et al. (2011), doi:10.1145/2063384.2063405.

The streams and sweeps by which two uses of random numbers stay apart are registered in
`rbmlib.addresses`, and nowhere else.
"""

from math import prod

import numba
import numpy as np
from scipy.special import ndtri

from rbmlib import compiled
from rbmlib.addresses import *  # noqa: F403 (the streams, and what checks them)
from rbmlib.addresses import Stream, check_seed
from rbmlib.checks import check_positive, check_shape, check_word, check_words

GOLDEN = 0x9E3779B9  # 2^32 / golden ratio, odd: the step between units
MULTIPLY_1 = 0x7FEB352D
MULTIPLY_2 = 0x846CA68B
KEY_START = (0x243F6A88, 0x85A308D3)  # digits of pi

_U = np.uint32
_GOLDEN, _M1, _M2, _S15, _S16 = map(_U, (GOLDEN, MULTIPLY_1, MULTIPLY_2, 15, 16))


def _mix(x):
    """Mix the bits of ``x``, a uint32 array: a bijection of the 32-bit words."""
    x = x ^ (x >> _S16)
    x = x * _M1
    x = x ^ (x >> _S15)
    x = x * _M2
    return x ^ (x >> _S16)


def keys(seed, stream, sweep, chains):
    """Return the keys of one stream at one sweep, one key for each chain.

    Parameters
    ----------
    seed : int
        In [0, 2^64).
    stream : int
        A `Stream`; in [0, 2^32).
    sweep : int
        In [0, 2^32).
    chains : int, or array_like of int, shape (n_chains,)
        Global indices of the chains, in [0, 2^32).

    Returns
    -------
    ndarray of uint32, shape (n_chains, 2)

    Raises
    ------
    ValueError, TypeError
        A part of the address that is no integer, or outside its range.

    Examples
    --------
    >>> keys(1, Stream.HIDDEN, 0, [0, 1]).tolist()
    [[2726241227, 1754506269], [1919145142, 3888242649]]
    """
    seed, stream = check_seed(seed), check_word(stream, "stream")
    return _keys(
        seed, stream, check_word(sweep, "sweep"), check_words(chains, "chains")
    )


def _keys(seed, stream, sweep, chains):
    """Return `keys` of an address that was checked, chains as uint32."""
    k0 = np.full(chains.shape, KEY_START[0], _U)
    k1 = np.full(chains.shape, KEY_START[1], _U)
    for word in (_U(seed & 0xFFFFFFFF), _U(seed >> 32), _U(stream), _U(sweep), chains):
        k0 = _mix(k0 ^ word)
        k1 = _mix((k1 + k0) ^ ((word << _S16) | (word >> _S16)))
    return np.stack([k0, k1], axis=-1)


def stream_key(seed, stream):
    """Return the two words of `keys` without sweep and chain; arguments as in `keys`.

    Examples
    --------
    >>> [int(word) for word in stream_key(1, Stream.HIDDEN)]
    [2278917052, 2244617574]
    """
    seed, stream = check_seed(seed), check_word(stream, "stream")
    return _stream_key(_U(seed & 0xFFFFFFFF), _U(seed >> 32), _U(stream))


def sweep_key(seed, stream, sweep):
    """Return the two words of `keys` without the chain; arguments as in `keys`.

    Examples
    --------
    >>> [int(word) for word in sweep_key(1, Stream.HIDDEN, 0)]
    [2504231195, 3148063920]
    """
    seed, stream = check_seed(seed), check_word(stream, "stream")
    sweep = check_word(sweep, "sweep")
    return _sweep_key(_U(seed & 0xFFFFFFFF), _U(seed >> 32), _U(stream), _U(sweep))


@compiled.kernel()
def _stream_key(seed_low, seed_high, stream):
    k0, k1 = _U(KEY_START[0]), _U(KEY_START[1])
    for word in (seed_low, seed_high, stream):
        k0, k1 = absorb(k0, k1, word)
    return k0, k1


@compiled.kernel()
def _sweep_key(seed_low, seed_high, stream, sweep):
    k0, k1 = _stream_key(seed_low, seed_high, stream)
    return absorb(k0, k1, sweep)


@numba.njit(inline="always")
def absorb(k0, k1, word):
    """Return the key after one more word of the address; all uint32, for kernels."""
    k0 = _kernel_mix(_U(k0 ^ word))
    turned = _U(_U(word << _S16) | _U(word >> _S16))
    return k0, _kernel_mix(_U(_U(k1 + k0) ^ turned))


@numba.njit(inline="always")
def _kernel_mix(x):
    # numba widens uint32 arithmetic to 64 bits: each step is cast back.
    x = _U(_U(x ^ _U(x >> _S16)) * _M1)
    x = _U(_U(x ^ _U(x >> _S15)) * _M2)
    return _U(x ^ _U(x >> _S16))


def draws(seed, stream, sweep, chains, n_units):
    """Return uniform 32-bit integers, one for each chain and unit.

    This is the definition; `draw` is the same function for one unit inside a kernel.

    Parameters
    ----------
    seed, stream, sweep, chains
        As in `keys`.
    n_units : int
        From 1 to 2^32.

    Returns
    -------
    ndarray of uint32, shape (n_chains, n_units)

    Raises
    ------
    ValueError, TypeError
        A part of the address that is no integer, or outside its range.

    Examples
    --------
    >>> draws(1, Stream.HIDDEN, 0, [0], 3).tolist()
    [[2392356986, 730633392, 4178837216]]
    """
    seed, stream = check_seed(seed), check_word(stream, "stream")
    sweep, chains = check_word(sweep, "sweep"), check_words(chains, "chains")
    n_units = check_positive(n_units, "n_units", most=2**32)
    return _draws_of(seed, stream, sweep, chains, n_units)


def _draws_of(seed, stream, sweep, chains, n_units):
    """Return `draws` of an address that was checked, chains as uint32."""
    key = _keys(seed, stream, sweep, chains)
    x = key[:, :1] + np.arange(n_units, dtype=_U) * _GOLDEN
    x = (x ^ (x >> _S16)) * _M1 + key[:, 1:]
    x = (x ^ (x >> _S15)) * _M2
    return x ^ (x >> _S16)


@numba.njit(inline="always")
def draw(k0, k1, unit):
    """Return the draw of `unit` under the key (k0, k1); all uint32, for kernels."""
    return draw_at(_U(k0 + _U(unit * _GOLDEN)), k1)


@numba.njit(inline="always")
def draw_at(x, k1):
    """Return the draw at the counter ``x = k0 + unit * GOLDEN``, for kernels.

    A loop over neighbouring units that keeps its own counter, and adds GOLDEN to it at
    each step, saves a multiplication for each draw.
    """
    x = _U(_U(_U(x ^ _U(x >> _S16)) * _M1) + k1)
    x = _U(_U(x ^ _U(x >> _S15)) * _M2)
    return _U(x ^ _U(x >> _S16))


def uniforms(seed, stream, sweep, chains, n_units):
    """Return numbers (float64) in (0, 1), made of two `draws` each: 53 bits.

    Parameters, errors
        As in `draws`; n_units at most 2^31.

    Examples
    --------
    >>> uniforms(1, Stream.NOISE, 0, [0], 3).round(4).tolist()
    [[0.2604, 0.1969, 0.5621]]
    """
    n_units = check_positive(n_units, "n_units", most=2**31)
    words = draws(seed, stream, sweep, chains, 2 * n_units).astype(np.uint64)
    bits = (words[:, :n_units] << np.uint64(21)) ^ (words[:, n_units:] >> np.uint64(11))
    return (bits.astype(np.float64) + 0.5) * 2.0**-53


def normals(seed, stream, sweep, chains, n_units):
    """Return standard normal numbers (float64) by inversion of `uniforms`.

    The inverse error function is not a fixed sequence of IEEE operations: the last bits
    may differ between machines.

    Parameters, errors
        As in `uniforms`.

    Examples
    --------
    >>> normals(1, Stream.NOISE, 0, [0], 3).round(4).tolist()
    [[-0.642, -0.8528, 0.1562]]
    """
    return ndtri(uniforms(seed, stream, sweep, chains, n_units))


def bell(seed, stream, shape):
    """Return approximately normal numbers whose bits are the same everywhere.

    Sum of twelve uniform numbers minus six: mean 0, variance 1, range (-6, 6).  Only
    exact integer sums, so it can start a training run that must be reproducible.

    Parameters
    ----------
    seed, stream : int
        As in `keys`.
    shape : int or tuple of int
        Of at most 2^32 numbers.

    Returns
    -------
    ndarray of float64, of the given shape

    Raises
    ------
    ValueError, TypeError
        A bad seed or stream, or a shape that is none.

    Examples
    --------
    >>> bell(1, Stream.NOISE, (2, 2)).round(4).tolist()
    [[-1.3045, 0.0132], [-0.5223, 0.2928]]
    """
    seed, stream = check_seed(seed), check_word(stream, "stream")
    shape = check_shape(shape)
    words = _draws_of(seed, stream, 0, np.arange(12, dtype=np.uint32), prod(shape))
    total = words.astype(np.uint64).sum(axis=0).astype(np.float64)
    return ((total + 6.0) * 2.0**-32 - 6.0).reshape(shape)  # 6.0 is 12 half steps


def permutation(seed, epoch, n):
    """Return a permutation of range(n), int64, as a function of (seed, epoch).

    Parameters
    ----------
    seed, epoch, n : int

    Raises
    ------
    ValueError, TypeError
        A seed outside [0, 2^64), an epoch or n outside [0, 2^32), or no integers.

    Examples
    --------
    >>> permutation(1, 0, 5).tolist()
    [1, 2, 0, 4, 3]
    """
    order = np.empty(check_word(n, "n"), np.uint64)
    _write_order(*sweep_key(seed, Stream.SHUFFLE, check_word(epoch, "epoch")), order)
    # The index breaks ties, so that the order does not depend on the sort.
    return (np.sort(order) & np.uint64(0xFFFFFFFF)).astype(np.int64)


@compiled.kernel()
def _write_order(s0, s1, order):
    k0, k1 = absorb(s0, s1, _U(0))  # of chain 0
    for i in range(order.size):
        order[i] = np.uint64(draw(k0, k1, _U(i))) << np.uint64(32) | np.uint64(i)
