"""Samples of ±1 spins with planted pairs and triples: which of them interact is known.

p(s) = 1/Z exp(Σ J_ij s_i s_j + Σ K_ijk s_i s_j s_k), the sums over the planted sets.
A model of pairs alone cannot have the triples, a machine with hidden units can.

Couplings are multiples of 2^-20, so that the field on a spin is an exact sum, and the
spin is decided by a fixed sequence of operations: the bits are the same everywhere.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rbmlib import enumeration, randomness
from rbmlib.checks import check_integer, check_positive, check_real
from rbmlib.datasets.planting import shuffled
from rbmlib.randomness import SPIN_SETS, SPIN_SIGNS, SPIN_STATES
from rbmlib.units import SPIN
from rbmlib.units.logistic import is_on

STEPS = 2**20  # of the grid of couplings, in one
MOST = 10.0  # of a coupling: sums of thousands stay exact
MOST_SPINS = 256  # which have 2.8 million triples to choose from


class Interactions(NamedTuple):
    """Planted sets of spins, all of one order, and their couplings.

    Attributes
    ----------
    sets : ndarray of int64, shape (n_sets, order)
        Increasing along each row, in the order of the rows; no set twice.
    couplings : ndarray of float64, shape (n_sets,)
    """

    sets: np.ndarray
    couplings: np.ndarray


@dataclass(frozen=True, eq=False)
class PlantedSpins:
    """Samples of spins that interact in planted pairs and triples.

    Attributes
    ----------
    samples : ndarray of float32, shape (n_samples, n_spins)
        Of ±1, as units of type `rbmlib.units.SPIN` take them.
    pairs, triples : Interactions
    """

    samples: np.ndarray
    pairs: Interactions
    triples: Interactions

    def log_weight(self, v):
        """Return Σ J_ij v_i v_j + Σ K_ijk v_i v_j v_k, which is log p(v) + log Z.

        Parameters
        ----------
        v : array_like, shape (..., n_spins)
            Of ±1.

        Returns
        -------
        ndarray of float64, shape (...)

        Raises
        ------
        ValueError
            Values that are no states.

        Examples
        --------
        >>> data = planted_spins(2, 5, n_pairs=3, n_triples=1, pair=0.5, triple=0.25,
        ...                      seed=0)
        >>> data.pairs.couplings.tolist(), data.triples.couplings.tolist()
        ([0.5, -0.5, 0.5], [-0.25])
        >>> float(data.log_weight([1, 1, 1, 1, 1]))
        0.25
        """
        v = SPIN.check(v, self.samples.shape[1], "v").astype(np.float64)
        both = (self.pairs, self.triples)
        return sum(v[..., sets].prod(-1) @ x for sets, x in both)

    def log_probability(self, v):
        """Return log p(v) of a model of at most 25 spins.

        Parameters
        ----------
        v : array_like, shape (..., n_spins)
            Of ±1.

        Returns
        -------
        ndarray of float64, shape (...)

        Raises
        ------
        ValueError
            Values that are no states, or too many spins to enumerate.

        Examples
        --------
        >>> data = planted_spins(2, 5, n_pairs=3, n_triples=1, pair=0.5, triple=0.25,
        ...                      seed=0)
        >>> data.log_probability([[1, 1, 1, 1, 1], [1, 1, 1, 1, -1]]).round(3).tolist()
        [-3.607, -4.607]
        """
        blocks = enumeration.blocks(SPIN, self.samples.shape[1])
        logs = [np.logaddexp.reduce(self.log_weight(x)) for x in blocks]
        return self.log_weight(v) - np.logaddexp.reduce(logs)


def planted_spins(
    n_samples, n_spins, n_pairs, n_triples, pair, triple, seed, n_sweeps=100
):
    """Draw samples of spins that interact in random pairs and triples.

    Each sample is the end of a chain of its own: uniform states, then `n_sweeps` of
    Gibbs sampling, in which each spin in turn is drawn given all others.  Strong
    couplings need more sweeps than weak ones; if twice as many change a statistic,
    there are too few.

    Parameters
    ----------
    n_samples, n_spins : int
        From 3 to 256 spins.
    n_pairs, n_triples : int
        How many of all pairs and of all triples interact; no set is chosen twice.
    pair, triple : float
        In [0, 10]: size of the couplings, whose signs are random; rounded to the grid.
    seed : int
        In [0, 2^64).
    n_sweeps : int
        At least 1.

    Returns
    -------
    PlantedSpins

    Raises
    ------
    TypeError, ValueError
        An argument out of its range; the message names it.

    Examples
    --------
    >>> data = planted_spins(4, 5, n_pairs=3, n_triples=1, pair=0.5, triple=0.25,
    ...                      seed=0)
    >>> data.samples.shape, data.pairs.sets.shape
    ((4, 5), (3, 2))
    >>> data.triples.sets.tolist(), data.triples.couplings.tolist()
    ([[1, 2, 3]], [-0.25])
    """
    n_samples = check_positive(n_samples, "n_samples")
    n_spins = check_positive(n_spins, "n_spins", least=3, most=MOST_SPINS)
    n_sweeps = check_positive(n_sweeps, "n_sweeps")
    pairs, triples = (
        _plant(n_spins, order, n_sets, size, seed, names)
        for order, n_sets, size, names in (
            (2, n_pairs, pair, ("n_pairs", "pair")),
            (3, n_triples, triple, ("n_triples", "triple")),
        )
    )
    samples = sample_of(n_samples, n_spins, (pairs, triples), n_sweeps, seed)
    return PlantedSpins(samples, pairs, triples)


def _plant(n_spins, order, n_sets, size, seed, names):
    """Return random sets of one order with couplings of a size and random signs."""
    n_sets, most = check_integer(n_sets, names[0]), math.comb(n_spins, order)
    if not 0 <= n_sets <= most:
        raise ValueError(
            f"{names[0]} must be from 0 to {most}, the number of sets of {order} of "
            f"{n_spins} spins; got {n_sets}"
        )
    size = check_real(size, names[1], 0, MOST)
    ranked = shuffled(seed, SPIN_SETS, order, most)
    every = np.argwhere(_increasing(n_spins, order))
    signs = randomness.draws(seed, SPIN_SIGNS, order, [0], most)[0] >> np.uint32(31)
    chosen = np.sort(ranked[:n_sets])
    size = np.rint(size * STEPS) / STEPS
    return Interactions(every[chosen], size * (1.0 - 2.0 * signs[chosen]))


def _increasing(n_spins, order):
    """Return which tuples of spins are increasing: True once for each set."""
    index = np.indices((n_spins,) * order, sparse=True)
    kept = True
    for one, other in zip(index, index[1:], strict=False):
        kept = kept & (one < other)
    return kept


def sample_of(n_samples, n_spins, interactions, n_sweeps, seed):
    """Return samples of spins with these `Interactions`, of arguments known to fit.

    The last states of independent chains, which start at uniform states.
    """
    of_spin = [[] for _ in range(n_spins)]
    for sets, couplings in interactions:
        for members, coupling in zip(sets, couplings, strict=True):
            for i in members:
                of_spin[i].append((members[members != i], coupling))
    chains = np.arange(n_samples)
    free = np.zeros((n_samples, n_spins), np.float32)
    s = SPIN.draw(free, seed, SPIN_STATES, 0, chains).T.astype(np.float64)
    for sweep in range(1, n_sweeps + 1):
        words = randomness.draws(seed, SPIN_STATES, sweep, chains, n_spins)
        for i, terms in enumerate(of_spin):
            x = np.zeros(n_samples)
            for others, coupling in terms:
                x += coupling * s[others].prod(0)
            on = is_on(x.astype(np.float32), words[:, i], SPIN.bits.gain)
            s[i] = np.where(on, 1.0, -1.0)
    return np.ascontiguousarray(s.T, np.float32)
