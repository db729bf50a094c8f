"""Marks of machines that learned planted interactions, measured once and stored."""

import json

import numpy as np

from rbmlib.interactions import Marks
from rbmlib.interactions.experiment import CHECKPOINTS, N_TRIPLES, SIZE
from rbmlib.interactions.learning import RATES
from rbmlib.trained.record import Stored, pack_npz, read_npz

DIGITS = 6  # after the decimal point, of results
AGES = (0, *CHECKPOINTS, *(age for age, _ in RATES))  # then the pseudo-likelihood

# What is planted and how it is learned, and the seeds, each of a graph and its machine.
GRAPHS = (
    ({"n_samples": 20_000}, range(0, 20, 2)),
    ({"n_samples": 20_000, "n_triples": 0}, (0, 2, 4)),
    ({"n_samples": 5000}, (0, 2, 4)),
    ({"n_samples": 2000}, (0, 2, 4)),
    ({"n_samples": 1000}, (0, 2, 4)),
    ({"n_samples": 1000, "l1": 0.01}, (0, 2)),
    ({"n_samples": 1000, "l2": 0.01}, (0, 2)),
    ({"n_samples": 20_000, "size": 0.6}, (0, 2)),
    ({"n_samples": 20_000, "size": 0.9}, (0, 2)),
)
USUAL = {"n_triples": N_TRIPLES, "size": SIZE, "l1": 0.0, "l2": 0.0}


def settings():
    """Return the settings of every experiment, as the maker measures it.

    Returns
    -------
    list of dict

    Examples
    --------
    >>> settings()[0]["n_samples"], settings()[0]["n_triples"], len(settings())
    (20000, 12, 30)
    """
    return [USUAL | kind | {"seed": seed} for kind, seeds in GRAPHS for seed in seeds]


def load():
    """Return the stored marks, shape (n_settings, n_fields, n_ages + 1).

    In the order of `settings`, of the fields of `rbmlib.interactions.Marks`, and of
    `AGES`; the last column is that of the pseudo-likelihood, NaN where it has none.

    Raises
    ------
    ValueError
        A file that is damaged, or that does not have, with these settings, the
        recorded sha256.

    Examples
    --------
    >>> load().shape
    (30, 6, 11)
    """
    return STORED.load()


def marks(n_samples, n_triples=N_TRIPLES, **options):
    """Return the `Marks` of all graphs of a kind, each field (n_graphs, n_ages + 1).

    Parameters
    ----------
    n_samples, n_triples : int
    **options
        ``size`` of the couplings; ``l1`` and ``l2``, penalties of the learning.

    Raises
    ------
    ValueError
        A kind that is not in `GRAPHS`.

    Examples
    --------
    >>> marks(20_000).n_first[:, -2].min() >= 11  # at the last age, of 12
    np.True_
    """
    asked = USUAL | {"n_samples": n_samples, "n_triples": n_triples} | options
    mine = [{k: x[k] for k in x if k != "seed"} == asked for x in settings()]
    if not any(mine):
        raise ValueError(
            f"the kind must be one of {[kind for kind, _ in GRAPHS]}, got {asked}"
        )
    return Marks(*load()[mine].swapaxes(0, 1))


def parts(results):
    """Return what is hashed: the rounded results, and settings as a text."""
    return {"marks": np.round(results, DIGITS)}, json.dumps([settings(), AGES])


def read(path):
    """Return the results of a file of `pack`."""
    return read_npz(path)["marks"]


def pack(results):
    """Return the bytes of the file."""
    return pack_npz({"marks": np.round(results, DIGITS)})


STORED = Stored("interactions", "interactions.npz", read, pack, parts)
