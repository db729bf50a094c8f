"""Numbers and permutations made of random words."""

from math import prod

import numpy as np
from scipy.special import ndtri

from rbmlib.checks import check_positive, check_word
from rbmlib.randomness.addresses import Stream, check_seed
from rbmlib.randomness.words import draws, draws_of


def uniforms(seed, stream, sweep, chains, n_units):
    """Return numbers (float64) in (0, 1), made of two `draws` each: 53 bits.

    Parameters, errors
        As in `draws`; n_units at most 2^31.

    Returns
    -------
    ndarray of float64, shape (n_chains, n_units)

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

    Returns
    -------
    ndarray of float64, shape (n_chains, n_units)

    Examples
    --------
    >>> normals(1, Stream.NOISE, 0, [0], 3).round(4).tolist()
    [[-0.642, -0.8528, 0.1562]]
    """
    return ndtri(uniforms(seed, stream, sweep, chains, n_units))


def check_shape(shape):
    """Return a shape as a tuple of int, or raise ValueError or TypeError."""
    sizes = shape if isinstance(shape, list | tuple) else (shape,)
    sizes = tuple(check_word(size, f"shape[{i}]") for i, size in enumerate(sizes))
    if prod(sizes) > 2**32:
        raise ValueError(f"shape must have at most 2^32 numbers, got {shape!r}")
    return sizes


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
    words = draws_of(seed, stream, 0, np.arange(12, dtype=np.uint32), prod(shape))
    total = (
        words.astype(np.uint64).sum(axis=0).astype(np.float64) + 6.0
    )  # 12 half steps
    return (total * 2.0**-32 - 6.0).reshape(shape)


def permutation(seed, epoch, n):
    """Return a permutation of range(n), int64, as a function of (seed, epoch).

    Raises
    ------
    ValueError, TypeError
        A seed outside [0, 2^64), an epoch or n outside [0, 2^32), or no integers.

    Examples
    --------
    >>> permutation(1, 0, 5).tolist()
    [1, 2, 0, 4, 3]
    """
    seed, epoch = check_seed(seed), check_word(epoch, "epoch")
    n, first = check_word(n, "n"), np.zeros(1, np.uint32)
    order = draws_of(seed, Stream.SHUFFLE, epoch, first, n)[0].astype(np.uint64)
    # The index breaks ties, so that the order does not depend on the sort.
    return np.argsort((order << np.uint64(32)) | np.arange(n, dtype=np.uint64))
