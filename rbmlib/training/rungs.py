"""Rungs of a ladder, and how one is built up to a machine that is far away."""

from typing import NamedTuple

import numpy as np

from rbmlib import randomness
from rbmlib.likelihood.annealing import independent_machine
from rbmlib.rbm import RBM
from rbmlib.sampling.sampler import Paths
from rbmlib.tempering import swaps

TARGET = 0.3  # share of accepted exchanges below which there is a new rung
SETTLED = 0.4  # the same, of chains that may not have left those of the rung below
SETTLE = 20  # sweeps of a new rung's chains, which come from the rung below
FIRST_CHAIN = 2**31  # of those sweeps: the chains of the rungs have smaller indices
SMALLEST = 2**-10  # of the way from one rung to the present machine


class OnGrid(NamedTuple):
    """What an exchange asks of a machine on its grid."""

    W: np.ndarray
    a: np.ndarray
    b: np.ndarray
    visible: object
    hidden: object

    @classmethod
    def of(cls, sampler, units):
        """Return the machine of a `Paths`."""
        grid = sampler.grid
        return cls(grid.W, grid.a.astype(np.float64), grid.b, *units)


class Rung(NamedTuple):
    """A machine below the present one, on its grid, and its chains."""

    age: int
    machine: RBM
    sampler: Paths
    v: np.ndarray

    @classmethod
    def of(cls, age, machine, seed, v):
        """Return the rung of a machine on its grid."""
        return cls(age, machine, Paths.of(machine, seed, "ladder"), v)


def foot_of(rbm, data, method):
    """Return the machine without weights, with the means of the data, on its grid.

    Raises
    ------
    ValueError
        Units whose exchanges and weights would not be exact.
    """
    if not (rbm.visible.bits and rbm.hidden.bits):
        raise ValueError(
            f"rbm must have {{0, 1}} or ±1 units for method='{method}', got {rbm!r}"
        )
    # A start has the means of what is known of data with gaps.
    gaps = isinstance(data, np.ma.MaskedArray)
    return independent_machine(rbm, None if gaps else data).on_grid()


def exchange_neighbours(machines, states, words, age):
    """Exchange the states of every second pair in place; yield (pair, which did).

    Parameters
    ----------
    machines : list of RBM or OnGrid
    states : list of ndarray of float32, shape (n_chains, n_visible)
    words : ndarray of uint32, shape (n_pairs, n_chains)
    age : int
        Pairs (0, 1), (2, 3) … if it is even, else the others.
    """
    for p in range(age % 2, len(machines) - 1, 2):
        yes = exchanged(machines[p : p + 2], states[p : p + 2], words[p])
        states[p][yes], states[p + 1][yes] = states[p + 1][yes], states[p][yes]
        yield p, yes


def exchanged(machines, states, words):
    """Return which chains of two neighbours exchange their states.

    Parameters
    ----------
    machines : pair of RBM or OnGrid
    states : pair of ndarray of float32, shape (n_chains, n_visible)
    words : ndarray of uint32, shape (n_chains,)
    """
    below, above = np.split(swaps.work(*machines, np.concatenate(states)), 2)
    return swaps.accepted(above - below, words)


def trial_words(seed, age, pairs, n_chains):
    """Return the random words of exchanges, shape (n_pairs, n_chains)."""
    return randomness.draws(seed, randomness.LADDER, age, pairs, n_chains)


def climb(last, top, age, sweep):
    """Return rungs from one rung towards a machine, and chains of that machine.

    The machines stand on the straight line between the two.  A step is halved until
    `SETTLED` of the exchanges are accepted; the next one is tried half as long again.

    Parameters
    ----------
    last : Rung
    top : RBM
        On its grid.
    age, sweep : int
        Of the run, and the address of its sweep.

    Returns
    -------
    rungs : tuple of Rung
        The first is `last`.
    v : ndarray, shape (n_chains, n_visible)
    """
    first, seed, rungs = last.machine, last.sampler.seed, [_settled(last, sweep, 0)]
    x, step, tries = 0.0, 1.0, 0
    while True:
        last, tries, step = rungs[-1], tries + 1, min(step, 1.0 - x)
        machine = top if x + step == 1.0 else _between(first, top, x + step)
        rung = _settled(Rung.of(age, machine, seed, last.v), sweep, tries)
        words = trial_words(seed, age, [FIRST_CHAIN + tries], len(rung.v))[0]
        yes = exchanged((last.machine, machine), (last.v, rung.v), words)
        if yes.mean() < SETTLED and step > SMALLEST:
            step /= 2
        elif machine is top:
            return tuple(rungs), rung.v
        else:
            rungs.append(rung)
            x, step = x + step, 1.5 * step


def _between(first, last, x):
    return ((1.0 - x) * first + x * last).on_grid()


def _settled(rung, sweep, tries):
    """Return a rung whose chains are those of its own machine, and not of another."""
    # No pair begins with equal replicas: each takes the state of another.
    v, n_chains = np.roll(rung.v, 1, axis=0), len(rung.v)
    for n in range(tries * SETTLE, (tries + 1) * SETTLE):
        v, _ = rung.sampler.run(v, 1, sweep, FIRST_CHAIN + n * n_chains)
    return rung._replace(v=v)
