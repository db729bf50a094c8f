"""Small arrays that take hours of sampling to make, stored with the library.

What chapter 6 shows of MNIST: mixing times along training, scores and class histograms
against the sampling time, and the fixed classifier that counts classes.  Made from the
stored machines by ``python -m rbmlib.trained.make_mixing``.
"""

import io

import numpy as np

from rbmlib.trained import array_hash
from rbmlib.trained.store import FOLDER

NAME, HASH = "chapter6.npz", "chapter6.sha256"
DIGITS = 3  # significant, of measured numbers: the last bits of sums may differ


def load():
    """Return {name: array} of chapter 6; names are like "mnist-rdm-10/tau_int".

    Raises
    ------
    ValueError
        If the file's content does not have the recorded sha256.

    Examples
    --------
    >>> load()["classifier"].shape
    (785, 10)
    """
    with np.load(io.BytesIO((FOLDER / NAME).read_bytes())) as file:
        arrays = {name: file[name] for name in file.files}
    expected = (FOLDER / HASH).read_text().strip()
    if sha256(arrays) != expected:
        found = sha256(arrays)
        raise ValueError(f"{NAME} must have the sha256 {expected}, got {found}")
    return arrays


def sha256(arrays):
    """Return the hash of {name: array}; a number counts as an array of one."""
    return array_hash.digest(
        {name: np.atleast_1d(array) for name, array in arrays.items()}
    ).hexdigest()


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


def save(arrays):
    """Store the arrays and their hash in the library."""
    memory = io.BytesIO()
    np.savez_compressed(memory, **arrays)
    FOLDER.joinpath(NAME).write_bytes(memory.getvalue())
    FOLDER.joinpath(HASH).write_text(sha256(arrays) + "\n")
