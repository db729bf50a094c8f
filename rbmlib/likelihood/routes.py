"""The routes to log Z of one machine, one after the other, and what they cost."""

import time
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from rbmlib.likelihood import regions
from rbmlib.likelihood.along_training import trajectory_ais
from rbmlib.likelihood.annealing import independent_machine
from rbmlib.likelihood.bound import SIGMAS, bound_by_modes
from rbmlib.likelihood.estimate import Estimate
from rbmlib.likelihood.modes import find_modes
from rbmlib.likelihood.rows import Spent
from rbmlib.likelihood.starts import kinds_of_start, run_chains, slowest_time
from rbmlib.likelihood.wagers import log_mean_at_least


@dataclass(frozen=True)
class Found:
    """What the routes found of one machine."""

    plain: Estimate  # annealing from the means of the data
    bound: float  # mean field
    joined: Estimate  # annealing inside the modes
    reverse: tuple  # an Estimate for data, noise and particles; log-weights end it
    backward: tuple  # log Z and its error by reverse annealing in all regions
    tau: float

    @property
    def reverse_log_z(self):
        """Log Z backwards from data, noise, particles, and modes."""
        return [*(x.log_z for x in self.reverse), self.backward[0]]

    @property
    def reverse_error(self):
        """The largest of their standard errors."""
        return max(*(x.error for x in self.reverse), self.backward[1])

    def at_most(self, level):
        """Return the largest upper bound, of chains in equilibrium."""
        bounds = [
            # log_z + log⟨w⟩ is log Z of the start.
            x.log_z + _log_mean(x.log_weights) - log_mean_at_least(x.log_weights, level)
            for x in self.reverse
        ]
        log_z, error = self.backward
        return max(*bounds, log_z + SIGMAS * error)


class Routes:
    """What is common to all ages of an assessment.

    Parameters
    ----------
    train : ndarray, shape (n_samples, n_visible)
    n_chains, n_temperatures, seed : int
        As in `rbmlib.likelihood.assess`.

    Attributes
    ----------
    spent : dict of str to Spent
        So far.
    """

    def __init__(self, train, n_chains, n_temperatures, seed):
        self.train, self.seed, self.spent = train, seed, {}
        self.n_chains, self.n_temperatures = n_chains, n_temperatures
        self.few = max(2, n_chains // 4)
        self.half, self.short = (max(1, n_temperatures // n) for n in (2, 4))
        self.n_sweeps = max(4, n_temperatures // 2)

    def along(self, run):
        """Return log Z of each machine, a value a chain, shape (n_ages, n_chains)."""
        n_chains, steps = self.n_chains // 2, max(1, self.n_temperatures // 20)
        with self._books("along the ages", n_chains * steps * len(run)):
            options = {"n_chains": n_chains, "seed": self.seed}
            found = trajectory_ais(run, n_temperatures=steps, **options)
        log_mean = np.array([_log_mean(x) for x in found.log_weights])
        return found.log_weights + (found.log_z - log_mean)[:, None]

    def found(self, rbm):
        """Return what all other routes find of a machine on its grid."""
        start = regions.start_of(independent_machine(rbm, self.train))
        with self._books("from the means", self.n_chains * self.n_temperatures):
            work = self.n_chains, self.n_temperatures, self.seed
            run = regions.forward(rbm, start, *work)
        kinds = kinds_of_start(rbm, self.train, *run, self.few, self.seed)
        v, series = self._chains(rbm, np.concatenate(list(kinds.values())))
        ends = dict(zip(kinds, np.split(v, len(kinds)), strict=True))
        with self._books("mean field", 0):
            # Not from the particles: regions must not depend on what they weigh.
            seen = np.concatenate([kinds["data"], ends["data"], ends["noise"]])
            modes = find_modes(rbm, seen, self.seed)
            bound = bound_by_modes(rbm, modes)
        starts = [start, *regions.starts_of(rbm, modes)]
        runs = [run, *self._in_modes(rbm, starts[1:])]
        inside = regions.kept(starts, runs, self.few // 3)
        if len(inside):
            more, more_series = self._chains(rbm, inside, len(v))
            v = np.concatenate([v, more])
            series = np.concatenate([series, more_series])
        return Found(
            Estimate.from_weights(run.log_terms, 0.0),
            bound,
            regions.joined(starts, runs),
            self._reverse(rbm, start, list(ends.values())),
            self._backward(rbm, starts, runs, v),
            slowest_time(series),
        )

    def _chains(self, rbm, v, first_chain=0):
        with self._books("chains", len(v) * self.n_sweeps):
            return run_chains(rbm, v, self.n_sweeps, self.seed, first_chain)

    def _in_modes(self, rbm, starts):
        with self._books("inside modes", len(starts) * self.few * self.short):
            work = self.few, self.short, self.seed
            return [
                regions.forward(rbm, start, *work, self.n_chains + k * self.few)
                for k, start in enumerate(starts)
            ]

    def _reverse(self, rbm, start, parts):
        v = np.concatenate(parts)
        with self._books("reverse", len(v) * self.half):
            log_w = regions.reverse(rbm, start, v, self.half, self.seed)
        return tuple(
            Estimate.from_weights(x, start.log_z, sign=-1)
            for x in np.split(log_w, len(parts))
        )

    def _backward(self, rbm, starts, runs, v):
        begin = time.perf_counter()
        work = self.few, self.short, self.seed
        *found, n_used = regions.joined_backward(rbm, starts, runs, v, *work)
        self._book("reverse inside modes", n_used * self.short, begin)
        return tuple(found)

    @contextmanager
    def _books(self, route, chain_sweeps):
        """Enter the time of a block, and its work, on the account of a route."""
        begin = time.perf_counter()
        yield
        self._book(route, chain_sweeps, begin)

    def _book(self, route, chain_sweeps, begin):
        seconds, before = self.spent.get(route, Spent(0.0, 0))
        seconds += time.perf_counter() - begin
        self.spent[route] = Spent(seconds, before + int(chain_sweeps))


def _log_mean(log_weights):
    return Estimate.from_weights(log_weights, 0.0).log_z
