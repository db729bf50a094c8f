"""The methods: where the chains of an update start, and what it keeps of them.

A method is a row of `METHODS`.  Its function is given the `Run`, and returns the two
terms of the gradient and the chains.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rbmlib import sampling
from rbmlib.sampling.sampler import Paths
from rbmlib.training import ladder, population, tempered
from rbmlib.training.gradient import exact_statistics, statistics
from rbmlib.training.missing import exact_data_term
from rbmlib.training.weights import weighted_statistics


def _only_chains(chains):
    return chains, {}


def _chains_of(trajectory):
    return trajectory.chains


class Method(NamedTuple):
    """One way to estimate the model term.

    Attributes
    ----------
    terms : callable
        Given a `Run` before an update, returns the `Statistics` of the data and those
        of the model, and the chains that the run keeps, or None.  The run is left as
        it is.
    first_chains : callable
        Given the machine, the settings and the data, returns what the run keeps at age
        0: chains, or None.
    keeps_chains : bool
        Chains go on from one update to the next.
    sweeps : str
        Whose sweeps bound the length of a run, of `rbmlib.randomness.SWEEPS`.
    arrays : tuple of str
        What the state of a run holds beside W, a and b.
    stored : callable
        Given what the run keeps, returns its chains and a dict of those arrays.
    restored : callable
        Given a trajectory, returns what a run keeps, or refuses it.
    acceptance : callable, optional
        Given what the run keeps, returns the share of its exchanges that was accepted.
    """

    terms: Callable
    first_chains: Callable
    keeps_chains: bool = False
    sweeps: str = "runs"
    arrays: tuple = ()
    stored: Callable = _only_chains
    restored: Callable = _chains_of
    acceptance: Callable | None = None


def _from_batch(run):
    batch = run.batch()
    data_term, model_term, _ = _sampled(run, batch, start=batch, paired=True)
    return data_term, model_term, None


def _from_last(run):
    return _sampled(run, run.batch(), start=run.state.chains)


def _from_noise(run):
    start = _noise(run.machine(), run.settings, run.age)
    data_term, model_term, _ = _sampled(run, run.batch(), start)
    return data_term, model_term, None


def _on_ladder(run):
    return _exchanging(run, ladder.advance)


def _on_line(run):
    return _exchanging(run, tempered.advance)


def _sampler(run):
    parameters, seed = run.state.parameters, run.settings["seed"]
    return Paths(run.visible, run.hidden, *parameters, seed)


def _exchanging(run, advance):
    sampler, k = _sampler(run), run.settings["k"]
    kept = advance(run.state.chains, sampler, run.machine(), k, run.age)
    return run.weighted(sampler, run.batch()), statistics(sampler, kept.v), kept


def _of_population(run):
    sampler, k = _sampler(run), run.settings["k"]
    kept, weights = population.advance(
        run.state.chains, sampler, run.machine(), k, run.age
    )
    model_term = weighted_statistics(sampler, run.visible, kept.v, weights)
    return run.weighted(sampler, run.batch()), model_term, kept


def _exact(run):
    machine, data = run.machine(), run.data.rows(slice(None))
    gaps = isinstance(data, np.ma.MaskedArray)
    of_data = exact_data_term if gaps else exact_statistics
    return of_data(machine, data, run.weights), exact_statistics(machine), None


def _sampled(run, batch, start, paired=False):
    """Return both terms, and where the chains are after k sweeps.

    Chains that are paired with the samples of the batch have their weights.
    """
    sampler, k = _sampler(run), run.settings["k"]
    v, _ = sampler.run(start, k, run.age * k)
    model_term = run.weighted(sampler, v) if paired else statistics(sampler, v)
    return run.weighted(sampler, batch), model_term, v


def _noise(rbm, settings, age=0):
    return sampling.random_start(rbm, settings["n_chains"], settings["seed"], age)


def _first_noise(rbm, settings, data):
    return _noise(rbm, settings)


def _no_chains(rbm, settings, data):
    return None


METHODS = {
    "pcd": Method(_from_last, first_chains=_first_noise, keeps_chains=True),
    "ptt": Method(
        _on_ladder,
        first_chains=ladder.first_replicas,
        keeps_chains=True,
        sweeps="ladder",
        arrays=ladder.NAMES,
        stored=ladder.stored,
        restored=ladder.restored,
        acceptance=ladder.acceptance,
    ),
    "tempered": Method(
        _on_line,
        first_chains=tempered.first_chains,
        keeps_chains=True,
        sweeps="ladder",
        arrays=tempered.NAMES,
        stored=tempered.stored,
        restored=tempered.restored,
        acceptance=tempered.acceptance,
    ),
    "weighted": Method(
        _of_population,
        first_chains=population.first_chains,
        keeps_chains=True,
        arrays=population.NAMES,
        stored=population.stored,
        restored=population.restored,
    ),
    "cd": Method(_from_batch, first_chains=_no_chains),
    "rdm": Method(_from_noise, first_chains=_no_chains),
    "exact": Method(_exact, first_chains=_no_chains),
}
