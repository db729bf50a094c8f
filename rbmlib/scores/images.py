"""Scores of images: how far they compress, and how fine their detail is."""

import bz2

import numpy as np


def compressed_size(samples):
    """Return the bytes per sample after compression (bzip2), a bound on the entropy."""
    x = np.ascontiguousarray(samples, np.uint8)
    return len(bz2.compress(x.tobytes(), 9)) / len(x)


def power_spectrum(samples, shape):
    """Return the mean power |FFT|² of images, averaged over rings of wave numbers.

    Parameters
    ----------
    samples : array_like, shape (n, n_visible)
    shape : (int, int)

    Returns
    -------
    ndarray, shape (min(shape) // 2 + 1,)
        Entry r: power per pixel at wave numbers between r - ½ and r + ½.
    """
    x = np.asarray(samples, float).reshape(-1, *shape)
    power = (np.abs(np.fft.fft2(x)) ** 2).mean(0) / x[0].size
    ky, kx = (np.fft.fftfreq(side, 1 / side) for side in shape)
    ring = np.rint(np.hypot(ky[:, None], kx)).astype(int)
    return np.array([power[ring == r].mean() for r in range(min(shape) // 2 + 1)])


def spectral_distance(x, y, shape):
    """Return the mean squared difference of the logarithms of two power spectra."""
    ratio = np.log(power_spectrum(x, shape) / power_spectrum(y, shape))
    return float(np.mean(ratio**2))
