"""What every sampler of the lattice takes and returns."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from rbmlib.checks import check_positive, check_word
from rbmlib.ising.exact import check_side
from rbmlib.randomness import START, draws


@dataclass(frozen=True)
class Run:
    """The chains of a run: their last states, and observables along the way.

    Attributes
    ----------
    spins : ndarray of int8, shape (n_chains, L, L)
        ±1, after the last sweep.
    energy : ndarray of float64, shape (n_chains, n_records)
        Per site, -Σ_<ij> s_i s_j / L² - h m, after every `interval` sweeps.
    magnetization : ndarray of float64, shape (n_chains, n_records)
        m = Σ_i s_i / L².
    next_sweep : int
        Where to continue: the `first_sweep` of a run that starts from `spins`.
    """

    spins: np.ndarray
    energy: np.ndarray
    magnetization: np.ndarray
    next_sweep: int

    @classmethod
    def from_counts(cls, spins, unlike, up, h, next_sweep):
        """Make a Run from 0/1 spins and the counts of unlike bonds and up spins."""
        sites = spins.shape[-1] ** 2
        m = (2 * up - sites) / sites
        energy = (2 * unlike - 2 * sites) / sites - h * m
        return cls((2 * spins.astype(np.int8) - 1), energy, m, next_sweep)


@dataclass(frozen=True)
class Plan:
    """The checked arguments of a sampler."""

    L: int
    n_chains: int
    n_records: int
    interval: int
    first_sweep: int
    first_chain: int
    n_threads: int
    spins: np.ndarray  # 0/1, uint8, shape (n_chains, L, L)
    next_sweep: int

    def each(self, task, indices):
        """Call ``task(i)`` for each index, on several threads if asked for.

        The kernels release the interpreter's lock; a result depends on i alone.
        """
        if self.n_threads == 1:
            return [task(i) for i in indices]
        with ThreadPoolExecutor(self.n_threads) as pool:
            return list(pool.map(task, indices))


def plan(
    L, n_sweeps, seed, n_chains, start, first_sweep, first_chain, interval, n_threads
):
    """Check the arguments that all samplers share.

    Raises
    ------
    ValueError, TypeError
        Naming the argument, its value and what was expected.
    """
    L = check_side(L)
    n_sweeps, interval = (
        check_positive(n_sweeps, "n_sweeps"),
        check_positive(interval, "interval"),
    )
    if n_sweeps % interval:
        raise ValueError(
            f"n_sweeps must be a multiple of interval = {interval}, got {n_sweeps}"
        )
    n_chains = check_positive(n_chains, "n_chains")
    first_sweep = check_word(first_sweep, "first_sweep")
    check_word(first_sweep + n_sweeps - 1, "first_sweep + n_sweeps - 1")
    first_chain = check_word(first_chain, "first_chain")
    check_word(first_chain + n_chains - 1, "first_chain + n_chains - 1")
    return Plan(
        L=L,
        n_chains=n_chains,
        n_records=n_sweeps // interval,
        interval=interval,
        first_sweep=first_sweep,
        first_chain=first_chain,
        n_threads=check_positive(n_threads, "n_threads"),
        spins=_start(L, n_chains, start, seed, first_chain),
        next_sweep=first_sweep + n_sweeps,
    )


def _start(L, n_chains, start, seed, first_chain):
    """Return the 0/1 spins from which the chains start."""
    shape = (n_chains, L, L)
    if isinstance(start, str):
        if start == "up":
            return np.ones(shape, np.uint8)
        if start != "random":
            raise ValueError(
                f"start must be 'random', 'up' or an array of ±1, got {start!r}"
            )
        words = draws(seed, START, 0, first_chain + np.arange(n_chains), L * L)
        return (words >> np.uint32(31)).astype(np.uint8).reshape(shape)
    spins = np.asarray(start)
    if spins.shape not in (shape, shape[1:]):
        raise ValueError(
            f"start must have shape {shape} or {shape[1:]}, got {spins.shape}"
        )
    if not np.isin(spins, (-1, 1)).all():
        raise ValueError("start must hold only -1 and 1")
    return np.broadcast_to(spins > 0, shape).astype(np.uint8)
