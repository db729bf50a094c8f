"""Small arrays of MNIST that take long to measure, stored with the library.

Mixing times along training, scores and class histograms against the sampling time, and
the fixed classifier that counts classes.  Made from the stored machines by
``python -m rbmlib.trained.make mixing``.
"""

import numpy as np

from rbmlib.trained.record import Stored, pack_npz, read_npz

DIGITS = 3  # significant, of measured numbers: the last bits of sums may differ


def load():
    """Return {name: array}; names are like "mnist-rdm-10/tau".

    Raises
    ------
    ValueError
        A file that is damaged, or whose content does not have the recorded sha256.

    Examples
    --------
    >>> load()["classifier"].shape
    (785, 10)
    """
    return STORED.load()


def parts(arrays):
    """Return what is hashed: sorted arrays, a number as an array of one; no text."""
    return {name: np.atleast_1d(arrays[name]) for name in sorted(arrays)}, ""


STORED = Stored("mixing", "mixing.npz", read_npz, pack_npz, parts)


def rounded(x):
    """Return numbers rounded to three significant digits; NaN stays.

    Examples
    --------
    >>> rounded([0.0, 1.23456, np.nan, -98765.0]).tolist()
    [0.0, 1.23, nan, -98800.0]
    """
    return np.array([float(f"{value:.{DIGITS}g}") for value in np.ravel(x)]).reshape(
        np.shape(x)
    )
