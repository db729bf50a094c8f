"""Random words of 32 bits from their address: the definition, and the same in kernels.

The address without the unit is absorbed word by word into a key of two 32-bit words;
the unit's index is then hashed under that key.
"""

import numba
import numpy as np

from rbmlib import compiled
from rbmlib.checks import as_numbers, check_integers, check_positive, check_word
from rbmlib.randomness.addresses import check_seed

GOLDEN = 0x9E3779B9  # 2^32 / golden ratio, odd: the step between units
MULTIPLY_1 = 0x7FEB352D
MULTIPLY_2 = 0x846CA68B
KEY_START = (0x243F6A88, 0x85A308D3)  # digits of pi

_U = np.uint32
_GOLDEN, _M1, _M2 = _U(GOLDEN), _U(MULTIPLY_1), _U(MULTIPLY_2)
_S15, _S16 = _U(15), _U(16)


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
    >>> from rbmlib.randomness import HIDDEN
    >>> keys(1, HIDDEN, 0, [0, 1]).tolist()
    [[2726241227, 1754506269], [1919145142, 3888242649]]
    """
    seed, stream = check_seed(seed), check_word(stream, "stream")
    return _keys(seed, stream, check_word(sweep, "sweep"), _check_chains(chains))


def _check_chains(chains):
    """Return indices of chains as uint32, shape (n_chains,), or refuse them."""
    chains = as_numbers(chains, "chains", np.int64)
    shape = ("n_chains",) if chains.ndim else ()
    return check_integers(chains, "chains", shape, 0, 2**32 - 1).astype(_U).reshape(-1)


def _keys(seed, stream, sweep, chains):
    """Return `keys` of an address that was checked, chains as uint32."""
    k0 = np.full(chains.shape, KEY_START[0], _U)
    k1 = np.full(chains.shape, KEY_START[1], _U)
    for word in (_U(seed & 0xFFFFFFFF), _U(seed >> 32), _U(stream), _U(sweep), chains):
        k0 = _mix(k0 ^ word)
        k1 = _mix((k1 + k0) ^ ((word << _S16) | (word >> _S16)))
    return np.stack([k0, k1], axis=-1)


def stream_key(seed, stream):
    """Return the two uint32 of `keys` before sweep and chain are absorbed.

    Parameters, errors
        As in `keys`.

    Examples
    --------
    >>> from rbmlib.randomness import HIDDEN
    >>> [int(word) for word in stream_key(1, HIDDEN)]
    [2278917052, 2244617574]
    """
    seed, stream = check_seed(seed), check_word(stream, "stream")
    return _stream_key(_U(seed & 0xFFFFFFFF), _U(seed >> 32), _U(stream))


def sweep_key(seed, stream, sweep):
    """Return the two uint32 of `keys` before the chain is absorbed, for kernels.

    Parameters, errors
        As in `keys`.

    Examples
    --------
    >>> from rbmlib.randomness import HIDDEN
    >>> [int(word) for word in sweep_key(1, HIDDEN, 0)]
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
    >>> from rbmlib.randomness import HIDDEN
    >>> draws(1, HIDDEN, 0, [0], 3).tolist()
    [[2392356986, 730633392, 4178837216]]
    """
    seed, stream = check_seed(seed), check_word(stream, "stream")
    sweep, chains = check_word(sweep, "sweep"), _check_chains(chains)
    n_units = check_positive(n_units, "n_units", most=2**32)
    return draws_of(seed, stream, sweep, chains, n_units)


def draws_of(seed, stream, sweep, chains, n_units):
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
