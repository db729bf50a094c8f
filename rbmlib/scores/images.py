"""Scores of images: how far they compress, and how fine their detail is."""

import bz2

import numpy as np

from rbmlib.checks import check_array, check_image_shape, said

LARGEST = 1e100  # value of a pixel, whose square is a number
EPS = np.finfo(np.float64).eps


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

    Examples
    --------
    >>> compressed_size(np.zeros((100, 64)))
    0.45
    """
    x = check_array(samples, "samples", ("n_samples", "n_visible"), 0, 255)
    wrong = x[x != np.floor(x)]
    if wrong.size:
        raise ValueError(
            "samples must be states that are whole numbers from 0 to 255, got "
            f"{said(wrong[0])}"
        )
    return len(bz2.compress(x.astype(np.uint8).tobytes(), 9)) / len(x)


def power_spectrum(samples, shape):
    """Return the mean power |FFT|² of images, averaged over rings of wave numbers.

    Parameters
    ----------
    samples : array_like, shape (n, n_visible)
        Real numbers, of absolute value up to 1e100.
    shape : (int, int)
        Of an image; their product is n_visible.

    Returns
    -------
    ndarray, shape (min(shape) // 2 + 1,)
        Entry r: power per pixel at wave numbers between r - ½ and r + ½; 0 where it is
        not above the rounding of the transform.

    Raises
    ------
    ValueError, TypeError
        A shape that is not that of a sample, or numbers that are not finite.

    Examples
    --------
    >>> power_spectrum([[1, 0, 0, 0], [0, 0, 0, 1]], shape=(2, 2))
    array([0.25, 0.25])
    """
    return _power(samples, shape, "samples")


def spectral_distance(x, y, shape):
    """Return the mean squared difference of the logarithms of two power spectra.

    A ring without power in one of them alone makes it infinite.

    Parameters
    ----------
    x, y : array_like, shape (n_samples, n_pixels)
    shape : tuple of int
        Height and width of an image.

    Raises
    ------
    ValueError, TypeError
        As in `power_spectrum`.

    Examples
    --------
    >>> spectral_distance([[1, 0, 0, 0]], [[0, 0, 0, 1]], shape=(2, 2))
    0.0
    >>> spectral_distance([[1, 0, 0, 0]], [[1, 1, 1, 1]], shape=(2, 2))
    inf
    """
    p, q = _power(x, shape, "x"), _power(y, shape, "y")
    empty = (p == 0) | (q == 0)
    if (empty & (p != q)).any():
        return float("inf")
    ratio = np.log(np.where(empty, 1.0, p) / np.where(empty, 1.0, q))
    return float(np.mean(ratio**2))


def _power(samples, shape, argument):
    x = check_array(samples, argument, ("n_samples", "n_visible"), -LARGEST, LARGEST)
    shape = check_image_shape(shape, x.shape[1], argument)
    x = x.reshape(-1, *shape)
    power = (np.abs(np.fft.fft2(x)) ** 2).mean(0) / x[0].size
    # A transform of n numbers rounds by some ε log2(n) of their root mean square.
    noise = (8 * EPS * max(1.0, np.log2(x[0].size))) ** 2 * np.square(x).mean()
    ky, kx = (np.fft.fftfreq(side, 1 / side) for side in shape)
    ring = np.rint(np.hypot(ky[:, None], kx)).astype(int)
    rings = np.array([power[ring == r].mean() for r in range(min(shape) // 2 + 1)])
    return np.where(rings > noise, rings, 0.0)
