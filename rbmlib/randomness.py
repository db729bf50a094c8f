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

Two uses of random numbers stay apart by their stream (`Stream`), or share the streams
of the units and stay apart by their sweeps (`SWEEPS`).  Both are registered here, and
nowhere else.
"""

import enum

import numba
import numpy as np
from scipy.special import ndtri

from rbmlib import compiled
from rbmlib.checks import check_word


@enum.global_enum  # HIDDEN, VISIBLE … are names of this module too
@enum.unique
class Stream(enum.IntEnum):
    """One stream for each use of random numbers: no two uses ever share a draw."""

    HIDDEN = 0
    VISIBLE = 1
    START = 2
    SHUFFLE = 3
    WEIGHTS = 4
    ISING = 5
    REFERENCE = 6
    SWAP = 7
    ISING_STRIPS = 8
    ISING_REPLICAS = 9
    ISING_CLUSTERS = 10
    MODES = 11
    NOISE = 12
    PROTOTYPES = 64
    CHOICES = 65
    FLIPS = 66
    MODE_STARTS = 67
    POTTS_CONTACTS = 68
    POTTS_COUPLINGS = 69
    POTTS_FIELDS = 70
    POTTS_STATES = 71


# Who uses which sweeps of the streams HIDDEN and VISIBLE: chains that are annealed, or
# exchanged, with the seed that made their start do not meet its random numbers again.
SWEEPS = {
    "runs": range(2**30),
    "exchange": range(2**30, 3 * 2**29),
    "annealing start": range(2**31 - 1, 2**31),
    "annealing": range(2**31, 3 * 2**30),
    "reverse annealing": range(3 * 2**30, 2**32),
}

GOLDEN = 0x9E3779B9  # 2^32 / golden ratio, odd: the step between units
MULTIPLY_1 = 0x7FEB352D
MULTIPLY_2 = 0x846CA68B
KEY_START = (0x243F6A88, 0x85A308D3)  # digits of pi

_U = np.uint32
_GOLDEN, _M1, _M2 = _U(GOLDEN), _U(MULTIPLY_1), _U(MULTIPLY_2)
_S15, _S16 = _U(15), _U(16)


def check_seed(seed, argument="seed"):
    """Return ``seed`` as an int in [0, 2^64), or raise ValueError or TypeError."""
    return check_word(seed, argument, 2**64)


def address_of(sweeps, first_sweep, n_sweeps):
    """Return where the first of n_sweeps sweeps stands among all addresses.

    Parameters
    ----------
    sweeps : str
        One of the ranges in `SWEEPS`.
    first_sweep, n_sweeps : int
        Counted from the beginning of that range.

    Raises
    ------
    ValueError, TypeError
        Sweeps that leave the range: they would meet the numbers of another use.

    Examples
    --------
    >>> address_of("annealing", 5, 10) - 2**31
    5
    """
    room = SWEEPS[sweeps]
    first_sweep = check_word(first_sweep, "first_sweep")
    check_word(first_sweep + n_sweeps - 1, "last sweep", len(room))
    return room.start + first_sweep


def mix(x):
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
        A `Stream`.
    sweep : int
        In [0, 2^32).
    chains : array_like of int, shape (n_chains,)
        Global indices of the chains, in [0, 2^32).

    Returns
    -------
    ndarray of uint32, shape (n_chains, 2)

    Raises
    ------
    ValueError, TypeError
        A seed outside [0, 2^64) or a sweep outside [0, 2^32).

    Examples
    --------
    >>> keys(1, Stream.HIDDEN, 0, [0, 1]).tolist()
    [[2726241227, 1754506269], [1919145142, 3888242649]]
    """
    seed = check_seed(seed)
    sweep = check_word(sweep, "sweep")
    chains = np.atleast_1d(chains).astype(_U)
    k0 = np.full(chains.shape, KEY_START[0], _U)
    k1 = np.full(chains.shape, KEY_START[1], _U)
    for word in (_U(seed & 0xFFFFFFFF), _U(seed >> 32), _U(stream), _U(sweep), chains):
        k0 = mix(k0 ^ word)
        k1 = mix((k1 + k0) ^ ((word << _S16) | (word >> _S16)))
    return np.stack([k0, k1], axis=-1)


def stream_key(seed, stream):
    """Return the two uint32 of `keys` before sweep and chain are absorbed.

    Raises
    ------
    ValueError, TypeError
        A seed outside [0, 2^64).
    """
    seed = check_seed(seed)
    return _stream_key(_U(seed & 0xFFFFFFFF), _U(seed >> 32), _U(stream))


def sweep_key(seed, stream, sweep):
    """Return the two uint32 of `keys` before the chain is absorbed, for kernels.

    Raises
    ------
    ValueError, TypeError
        A seed outside [0, 2^64) or a sweep outside [0, 2^32).
    """
    seed = check_seed(seed)
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

    Returns
    -------
    ndarray of uint32, shape (n_chains, n_units)

    Examples
    --------
    >>> draws(1, Stream.HIDDEN, 0, [0], 3).tolist()
    [[2392356986, 730633392, 4178837216]]
    """
    key = keys(seed, stream, sweep, chains)
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

    Returns
    -------
    ndarray of float64, shape (n_chains, n_units)
    """
    words = draws(seed, stream, sweep, chains, 2 * n_units).astype(np.uint64)
    bits = (words[:, :n_units] << np.uint64(21)) ^ (words[:, n_units:] >> np.uint64(11))
    return (bits.astype(np.float64) + 0.5) * 2.0**-53


def normals(seed, stream, sweep, chains, n_units):
    """Return standard normal numbers (float64) by inversion of `uniforms`.

    The inverse error function is not a fixed sequence of IEEE operations: the last bits
    may differ between machines.

    Returns
    -------
    ndarray of float64, shape (n_chains, n_units)
    """
    return ndtri(uniforms(seed, stream, sweep, chains, n_units))


def bell(seed, stream, shape):
    """Return approximately normal numbers whose bits are the same everywhere.

    Sum of twelve uniform numbers minus six: mean 0, variance 1, range (-6, 6).  Only
    exact integer sums, so it can start a training run that must be reproducible.

    Returns
    -------
    ndarray of float64, of the given shape
    """
    size = int(np.prod(shape))
    words = draws(seed, stream, 0, np.arange(12), size).astype(np.uint64)
    total = words.sum(axis=0).astype(np.float64) + 6.0  # 12 half steps
    return (total * 2.0**-32 - 6.0).reshape(shape)


def permutation(seed, epoch, n):
    """Return a permutation of range(n), int64, as a function of (seed, epoch)."""
    order = draws(seed, Stream.SHUFFLE, epoch, [0], n)[0].astype(np.uint64)
    # The index breaks ties, so that the order does not depend on the sort.
    return np.argsort((order << np.uint64(32)) | np.arange(n, dtype=np.uint64))
