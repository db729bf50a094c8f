"""Scores of images: how far they compress, and how fine their detail is."""

import bz2

import numpy as np

from rbmlib.checks import check_positive


def compressed_size(samples):
    """Return the bytes per sample after compression (bzip2), a bound on the entropy.

    Parameters
    ----------
    samples : array_like, shape (n, n_visible)
        States that are whole numbers from 0 to 255; each takes a byte before.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        Other states, no matrix, or no sample.
    """
    x = _check_matrix(samples, "samples")
    wrong = x[~((x >= 0) & (x <= 255) & (x == np.floor(x)))]
    if wrong.size:
        raise ValueError(
            "samples must be states that are whole numbers from 0 to 255, got "
            f"{wrong[0].item()!r}"
        )
    x = np.ascontiguousarray(x, np.uint8)
    return len(bz2.compress(x.tobytes(), 9)) / len(x)


def power_spectrum(samples, shape):
    """Return the mean power |FFT|² of images, averaged over rings of wave numbers.

    Parameters
    ----------
    samples : array_like, shape (n, n_visible)
        Real numbers.
    shape : (int, int)
        Of an image; their product is n_visible.

    Returns
    -------
    ndarray, shape (min(shape) // 2 + 1,)
        Entry r: power per pixel at wave numbers between r - ½ and r + ½.

    Raises
    ------
    ValueError, TypeError
        A shape that is not that of a sample, or numbers that are not finite.
    """
    return _power(samples, shape, "samples")


def spectral_distance(x, y, shape):
    """Return the mean squared difference of the logarithms of two power spectra.

    A ring without power in one of them alone makes it infinite.

    Raises
    ------
    ValueError, TypeError
        As in `power_spectrum`.
    """
    p, q = _power(x, shape, "x"), _power(y, shape, "y")
    empty = (p == 0) | (q == 0)
    if (empty & (p != q)).any():
        return float("inf")
    ratio = np.log(np.where(empty, 1.0, p) / np.where(empty, 1.0, q))
    return float(np.mean(ratio**2))


def _power(samples, shape, argument):
    x = _check_matrix(samples, argument).astype(np.float64)
    if np.ndim(shape) != 1 or len(shape) != 2:
        raise ValueError(f"shape must be (height, width) of an image, got {shape!r}")
    shape = tuple(check_positive(side, "each of shape") for side in shape)
    if x.shape[1] != shape[0] * shape[1]:
        raise ValueError(
            f"shape must have a product of {x.shape[1]}, the units of {argument}; got "
            f"{shape}"
        )
    if not np.isfinite(x).all():
        bad = x[~np.isfinite(x)][0].item()
        raise ValueError(f"{argument} must hold finite numbers, got {bad!r}")
    x = x.reshape(-1, *shape)
    power = (np.abs(np.fft.fft2(x)) ** 2).mean(0) / x[0].size
    ky, kx = (np.fft.fftfreq(side, 1 / side) for side in shape)
    ring = np.rint(np.hypot(ky[:, None], kx)).astype(int)
    return np.array([power[ring == r].mean() for r in range(min(shape) // 2 + 1)])


def _check_matrix(samples, argument):
    if np.ma.isMaskedArray(samples):
        raise ValueError(f"{argument} must have no masked entries; fill or drop them")
    x = np.asarray(samples)
    if x.ndim != 2 or not x.size or x.dtype.kind not in "biuf":
        raise ValueError(
            f"{argument} must be real numbers of shape (n_samples, n_visible) with at "
            f"least one sample, got {x.dtype} of shape {x.shape}"
        )
    return x
