"""The methods: where the chains of an update start, and what it keeps of them.

A method is a row of `METHODS`.  Its function is given the `Run`, and returns the two
terms of the gradient and the chains.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rbmlib import sampling
from rbmlib.sampling.sampler import Paths
from rbmlib.training.gradient import exact_statistics, statistics
from rbmlib.training.missing import exact_data_term


class Method(NamedTuple):
    """One way to estimate the model term.

    Attributes
    ----------
    terms : callable
        Given a `Run` before an update, returns the `Statistics` of the data and those
        of the model, and the chains that the run keeps, or None.  The run is left as
        it is.
    first_chains : callable
        Given the machine and the settings, returns the chains of age 0, or None.
    keeps_chains : bool
        Chains go on from one update to the next.
    """

    terms: Callable
    first_chains: Callable
    keeps_chains: bool = False


def _from_batch(run):
    batch = run.batch()
    data_term, model_term, _ = _sampled(run, batch, start=batch)
    return data_term, model_term, None


def _from_last(run):
    return _sampled(run, run.batch(), start=run.state.chains)


def _from_noise(run):
    start = _noise(run.machine(), run.settings, run.age)
    data_term, model_term, _ = _sampled(run, run.batch(), start)
    return data_term, model_term, None


def _exact(run):
    machine, data = run.machine(), run.data.rows(slice(None))
    gaps = isinstance(data, np.ma.MaskedArray)
    of_data = exact_data_term if gaps else exact_statistics
    return of_data(machine, data), exact_statistics(machine), None


def _sampled(run, batch, start):
    """Return both terms, and where the chains are after k sweeps."""
    k, seed = run.settings["k"], run.settings["seed"]
    parameters = run.state.parameters
    sampler = Paths(run.visible, run.hidden, *parameters, seed)
    v, _ = sampler.run(start, k, run.age * k)
    return statistics(sampler, batch), statistics(sampler, v), v


def _noise(rbm, settings, age=0):
    return sampling.random_start(rbm, settings["n_chains"], settings["seed"], age)


def _no_chains(rbm, settings):
    return None


METHODS = {
    "pcd": Method(_from_last, first_chains=_noise, keeps_chains=True),
    "cd": Method(_from_batch, first_chains=_no_chains),
    "rdm": Method(_from_noise, first_chains=_no_chains),
    "exact": Method(_exact, first_chains=_no_chains),
}
