"""Marks of machines that learned planted interactions, measured once and stored."""

import json

import numpy as np

from rbmlib.interactions import Marks
from rbmlib.interactions.experiment import CHECKPOINTS, N_TRIPLES
from rbmlib.interactions.learning import RATES
from rbmlib.trained.record import Stored, pack_npz, read_npz

DIGITS = 6  # after the decimal point, of results
AGES = (0, *CHECKPOINTS, *(age for age, _ in RATES))  # then the pseudo-likelihood

# n_samples and n_triples, and the seeds, each of a graph and of its machine.
GRAPHS = {
    (20_000, N_TRIPLES): (0, 2, 4, 6, 8),
    (20_000, 0): (0, 2, 4),
    (5000, N_TRIPLES): (0, 2),
    (1000, N_TRIPLES): (0, 2),
}


def settings():
    """Return the settings of every experiment, as the maker measures it.

    Returns
    -------
    list of dict

    Examples
    --------
    >>> settings()[0], len(settings())
    ({'n_samples': 20000, 'n_triples': 12, 'seed': 0}, 12)
    """
    return [
        {"n_samples": n_samples, "n_triples": n_triples, "seed": seed}
        for (n_samples, n_triples), seeds in GRAPHS.items()
        for seed in seeds
    ]


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
    (12, 6, 11)
    """
    return STORED.load()


def marks(n_samples, n_triples=N_TRIPLES):
    """Return the `Marks` of all graphs of a kind, each field (n_graphs, n_ages + 1).

    Parameters
    ----------
    n_samples, n_triples : int
        A key of `GRAPHS`.

    Raises
    ------
    ValueError
        Another pair of numbers.

    Examples
    --------
    >>> marks(20_000).n_first[:, -2].min() >= 11  # at the last age, of 12
    np.True_
    """
    if (n_samples, n_triples) not in GRAPHS:
        raise ValueError(
            f"n_samples and n_triples must be one of {list(GRAPHS)}, got "
            f"{(n_samples, n_triples)!r}"
        )
    mine = [
        (x["n_samples"], x["n_triples"]) == (n_samples, n_triples) for x in settings()
    ]
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
