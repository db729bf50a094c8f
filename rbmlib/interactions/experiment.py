"""Planted pairs and triples, and what a machine finds of them while it learns.

48 spins; 72 pairs and 12 triples, chosen at random, of size 0.3 and random signs.  A
machine of 128 hidden units can learn them, a model of pairs learns the pairs only.
"""

from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_instance, check_real
from rbmlib.datasets import PlantedSpins, planted_potts, planted_spins
from rbmlib.effective_couplings import couplings
from rbmlib.interactions.recovery import pair_recovery, triple_recovery
from rbmlib.trajectories import Trajectory

N_SPINS, N_PAIRS, N_TRIPLES, SIZE = 48, 72, 12, 0.3
N_HIDDEN = 128
CHECKPOINTS = (100, 200, 400, 800, 1500)


class Marks(NamedTuple):
    """How well machines know what was planted, each an array over their ages.

    Attributes
    ----------
    pair_error, auc : ndarray
        As `rbmlib.interactions.PairRecovery`.
    triple_error, n_first, smallest_planted, largest_other : ndarray
        As `rbmlib.interactions.TripleRecovery`.
    """

    pair_error: np.ndarray
    auc: np.ndarray
    triple_error: np.ndarray
    n_first: np.ndarray
    smallest_planted: np.ndarray
    largest_other: np.ndarray


def plant(n_samples, seed, n_triples=N_TRIPLES, size=SIZE):
    """Return samples of 48 spins with 72 pairs and some triples, all of one size.

    Parameters
    ----------
    n_samples, seed, n_triples
        As in `rbmlib.datasets.planted_spins`.
    size : float
        Of every coupling, in [0, 10].

    Returns
    -------
    PlantedSpins

    Raises
    ------
    ValueError, TypeError
        A size out of its range; else as `rbmlib.datasets.planted_spins`.

    Examples
    --------
    >>> plant(10, seed=0).samples.shape
    (10, 48)
    """
    size = check_real(size, "size", 0, 10)
    return planted_spins(n_samples, N_SPINS, N_PAIRS, n_triples, size, size, seed)


def mark(run, planted):
    """Return the `Marks` of the machines of a run, from age 0 on.

    Parameters
    ----------
    run : rbmlib.trajectories.Trajectory
        Of machines of ±1 visible units.
    planted : PlantedSpins

    Returns
    -------
    Marks

    Raises
    ------
    ValueError, TypeError
        No run, no planted spins, or another number of spins.

    Examples
    --------
    >>> from rbmlib.interactions import learn
    >>> planted = plant(100, seed=0)
    >>> run = learn(planted.samples, 2, seed=0, rates=[(2, 0.1)])
    >>> mark(run, planted).n_first.tolist()
    [0.0, 0.0]
    """
    check_instance(run, "run", Trajectory)
    check_instance(planted, "planted", PlantedSpins)
    rows = []
    for machine in run:
        pairs = pair_recovery(couplings(machine, 2), planted)
        triples = triple_recovery(couplings(machine, 3), planted)
        rows.append((*pairs, *triples))
    return Marks(*np.array(rows, float).T)


def plant_contacts(n_triples, seed, n_samples=10_000):
    """Return samples of 20 sites of three states with 24 contacts, fields and triples.

    Contacts have the norm 1, fields 1.5 and triples 3.

    Parameters
    ----------
    n_triples, seed, n_samples
        As in `rbmlib.datasets.planted_potts`.

    Returns
    -------
    rbmlib.datasets.PlantedPotts

    Raises
    ------
    ValueError, TypeError
        As `rbmlib.datasets.planted_potts`.

    Examples
    --------
    >>> plant_contacts(8, seed=0, n_samples=10).samples.shape
    (10, 20)
    """
    return planted_potts(
        n_samples, 20, 3, 24, 1.0, 1.5, seed, 50, n_triples=n_triples, triple=3.0
    )
