"""Ways past a barrier, compared at equal processor time: measured once and stored.

A way is a method of `rbmlib.training` with its number of sweeps, and a start.  Each has
as many updates as one core makes of it in `SECONDS`: measured once, by processor time,
and kept here, so that a run gives the same bits everywhere.  The core was shared, so
that the times are good to about a fifth.  The machines have `N_HIDDEN` hidden units:
few, so that log Z is a sum and no likelihood is an estimate.
"""

import json
from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_choice
from rbmlib.trained.record import Stored, pack_npz, read_npz

DIGITS = 4  # after the decimal point, of results

# Method, sweeps an update, directions of a low-rank start.
WAYS = {
    "PCD-10": ("pcd", 10, 0),
    "PCD-100": ("pcd", 100, 0),
    "PTT-1": ("ptt", 1, 0),
    "tempered-1": ("tempered", 1, 0),
    "weighted-10": ("weighted", 10, 0),
    "low rank, PCD-10": ("pcd", 10, 2),
}
N_HIDDEN = 12
SHARES = (0.4, 0.3, 0.2, 0.1)  # of the clusters
CLUSTERS = {"n_visible": 64, "n_samples": 2000, "flip": 0.05}
TASKS = {
    "clusters": {"batch_size": 400, "n_chains": 400, "learning_rate": 0.1},
    "digits": {
        "block": 1,
        "n_samples": 1438,
        "batch_size": 400,
        "n_chains": 400,
        "learning_rate": 0.3,
    },
    "mnist": {
        "block": 2,
        "n_samples": 10_000,
        "batch_size": 400,
        "n_chains": 400,
        "learning_rate": 0.2,
    },
}
SECONDS = {"clusters": 3, "digits": 1.2, "mnist": 2}  # of one core, for each run
N_SEEDS = {"clusters": 5, "digits": 5, "mnist": 5}
UPDATES = {
    task: dict(zip(WAYS, updates, strict=True))
    for task, updates in {
        "clusters": (8300, 1180, 1200, 590, 2800, 2000),
        "digits": (3480, 465, 750, 225, 1170, 850),
        "mnist": (1930, 226, 750, 220, 980, 280),
    }.items()
}


class Ways(NamedTuple):
    """What became of the runs of a task; each field has shape (n_ways, n_seeds).

    Exact log-likelihoods of training and of test data, in nats per sample.  Of the
    clusters also the largest deviation of a share, of the machine and of the chains
    that training left; NaN for images.
    """

    train: np.ndarray
    test: np.ndarray
    off: np.ndarray
    chains_off: np.ndarray


def settings():
    """Return the settings of every run, as the maker makes it.

    Returns
    -------
    list of dict

    Examples
    --------
    >>> settings()[0], len(settings())
    ({'task': 'clusters', 'way': 'PCD-10', 'seed': 0}, 90)
    """
    return [
        {"task": task, "way": way, "seed": seed}
        for task in TASKS
        for way in WAYS
        for seed in range(N_SEEDS[task])
    ]


def load():
    """Return what is stored, shape (n_settings, n_fields).

    In the order of `settings`, and of the fields of `Ways`.

    Raises
    ------
    ValueError
        A file that is damaged, or that does not have, with these settings, the
        recorded sha256.

    Examples
    --------
    >>> load().shape
    (90, 4)
    """
    return STORED.load()


def results(task):
    """Return the `Ways` of a task.

    Parameters
    ----------
    task : str
        "clusters", "digits" or "mnist".

    Raises
    ------
    ValueError
        Another name.

    Examples
    --------
    >>> results("digits").test.shape
    (6, 5)
    """
    check_choice(task, "task", tuple(TASKS))
    mine = [x["task"] == task for x in settings()]
    table = load()[mine].reshape(len(WAYS), N_SEEDS[task], -1)
    return Ways(*np.moveaxis(table, -1, 0))


def parts(found):
    """Return what is hashed: the rounded results, and settings as a text."""
    text = json.dumps([settings(), WAYS, SHARES, CLUSTERS, TASKS, UPDATES])
    return {"ways": np.round(found, DIGITS)}, text


def read(path):
    """Return the results of a file of `pack`."""
    return read_npz(path)["ways"]


def pack(found):
    """Return the bytes of the file."""
    return pack_npz({"ways": np.round(found, DIGITS)})


STORED = Stored("ways", "ways.npz", read, pack, parts)
