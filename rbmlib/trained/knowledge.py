"""What chapter 8 measures over seeds beside planted spins: once, and stored.

The magnet's couplings, contacts of Potts models, pixels filled in, and labels.
"""

import json

import numpy as np

from rbmlib.trained.record import Stored, one_of, pack_npz, read_npz

DIGITS = 5  # after the decimal point, of results
SLOW = ((6000, 0.02), (8000, 0.007), (9000, 0.002))  # rates that are small throughout
FAST = ((4000, 0.1), (8000, 0.04), (10_000, 0.015), (12_000, 0.005))
SEEDS = (0, 1, 2)
SHARES = (1.0, 0.3)  # of digits with a label

# The settings of each experiment: arguments of the function in `make_knowledge`.
SETTINGS = {
    "magnet": [{"rates": r, "seed": s} for r in (SLOW, FAST) for s in SEEDS],
    "contacts": [{"n_triples": n, "seed": s} for n in (0, 8) for s in SEEDS],
    "filling": [{"seed": s} for s in SEEDS],
    "labels": [{"share": x, "seed": s} for x in SHARES for s in SEEDS[:2]],
}


def load(name):
    """Return the results of an experiment, an array with a row for each setting.

    Parameters
    ----------
    name : str
        A key of `SETTINGS`; "magnet": mean and scatter of the neighbours' couplings,
        root mean square and largest size of all others.  "contacts": precision at each
        rank (last axis) of pseudo-likelihood, the same corrected, machine, and the same
        corrected.  "filling": root mean square error and share of right pixels (last
        axis) of means, regression, nearest rows and machine, with half of the pixels
        unknown and with the lower half unknown (first axis).  "labels": accuracy of a
        machine that learned from all digits, one from those with a label, logistic
        regression; log-likelihood of test pixels of the first, and of a machine of the
        pixels alone.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another name, or a damaged file.

    Examples
    --------
    >>> load("magnet").shape, load("labels").shape
    ((6, 4), (4, 5))
    """
    one_of(SETTINGS, name)
    return STORED.load()[name]


def parts(results):
    """Return what is hashed: the rounded results, and settings as a text."""
    rounded = {name: np.round(results[name], DIGITS) for name in SETTINGS}
    return rounded, json.dumps(SETTINGS)


def read(path):
    """Return the results of a file of `pack`."""
    return read_npz(path)


def pack(results):
    """Return the bytes of the file."""
    return pack_npz(parts(results)[0])


STORED = Stored("knowledge", "knowledge.npz", read, pack, parts)
