"""Train again by every way past a barrier: a second or less for each run.

The low-rank start is a fit in double precision, whose last digits may differ between
computers; then its runs differ, too, and the record is that of the computer that made
it.  All others give the recorded bits everywhere.
"""

from dataclasses import replace

import numpy as np

from rbmlib import datasets, enumeration, likelihood, randomness, sweeps, training
from rbmlib.rbm import RBM
from rbmlib.trained.recipes import coarse
from rbmlib.trained.ways import (
    CLUSTERS,
    DIGITS,
    N_HIDDEN,
    SHARES,
    TASKS,
    UPDATES,
    WAYS,
    Ways,
    settings,
)

N_DRAWS = 20_000  # of the exact law of a machine, for its shares


def begin(data, way, seed, **how):
    """Return the run of age 0 by one of the `WAYS`.

    Parameters
    ----------
    data : ndarray, shape (n_samples, n_visible)
    way : str
    seed : int
    **how
        As in `rbmlib.training.begin`.
    """
    method, k, n_directions = WAYS[way]
    how |= {"method": method, "k": k, "seed": seed}
    if not n_directions:
        start = training.initial_machine(data, N_HIDDEN, seed=seed)
        return training.begin(start, data, **how)
    start = training.low_rank_start(
        data, N_HIDDEN, n_directions=n_directions, seed=seed
    )
    run = training.begin(start.machine, data, **how)
    return replace(run, chains=start.samples(len(run.chains), seed))


def data_of(task, seed):
    """Return training data, test data, and prototypes or None."""
    if task == "clusters":
        data, prototypes = clusters(seed)
        return data, clusters(seed, first=len(data))[0], prototypes
    found, block = datasets.load(task), TASKS[task]["block"]
    parts = found.train[: TASKS[task]["n_samples"]], found.test
    return *(coarse(x, found.shape, block) if block > 1 else x for x in parts), None


def clusters(seed, n_samples=CLUSTERS["n_samples"], first=0):
    """Return samples whose clusters have exactly the `SHARES`, and prototypes."""
    n = CLUSTERS["n_visible"]
    on = randomness.draws(seed, randomness.PROTOTYPES, 0, range(4), n) < 2**31
    labels = np.repeat(range(4), np.rint(np.multiply(SHARES, n_samples)).astype(int))
    rows = np.arange(first, first + n_samples)
    words = randomness.draws(seed, randomness.FLIPS, 0, rows, n)
    noise = words < round(CLUSTERS["flip"] * 2**32)
    order = randomness.permutation(seed, 0, n_samples)
    return (on[labels] ^ noise)[order].astype(np.float32), on


def shares(v, prototypes, weights=None):
    """Return the share of states that is nearest to each prototype."""
    nearest = (v[:, None, :] != prototypes).sum(-1).argmin(-1)
    found = np.bincount(nearest, weights, minlength=len(prototypes))
    return found / found.sum()


def draw(machine, seed):
    """Return independent states of a machine with few hidden units."""
    turned = RBM(machine.W.T, machine.b, machine.a)
    h, p = enumeration.visible_probabilities(turned)
    u = randomness.uniforms(
        seed, randomness.NOISE, 1, np.arange(N_DRAWS), 1 + machine.n_visible
    )
    sure = np.cumsum(p)
    at = np.minimum(np.searchsorted(sure, u[:, 0] * sure[-1]), len(h) - 1)
    return (u[:, 1:] < machine.mean_v(h[at])).astype(float)


def measure(setting):
    """Return the fields of one run: a task for `rbmlib.sweeps.run`.

    Parameters
    ----------
    setting : dict
        ``task``, ``way`` and ``seed``.
    """
    task, way, seed = (setting[x] for x in ("task", "way", "seed"))
    data, test, prototypes = data_of(task, seed)
    how = {x: TASKS[task][x] for x in ("batch_size", "n_chains", "learning_rate")}
    run = begin(data, way, seed, **how)
    n = UPDATES[task][way]
    run = training.resume(run, data, n_updates=n, checkpoints=[], progress=False)
    log_z = run[-1].log_z()
    found = [likelihood.log_likelihood(run[-1], x, log_z) for x in (data, test)]
    if prototypes is None:
        return [*found, np.nan, np.nan]
    of_chains = None
    if WAYS[way][0] == "weighted":
        of_chains = training.population_of(run).weights
    laws = (
        shares(draw(run[-1], seed), prototypes),
        shares(run.chains, prototypes, of_chains),
    )
    return [*found, *(float(np.abs(law - SHARES).max()) for law in laws)]


def make(work=None, *, n_jobs=-1):
    """Return the fields of every run, as `ways.load` does.

    Parameters
    ----------
    work : path, optional
        Folder for the results so far: an interrupted run goes on from there.
    n_jobs : int
        Processes; -1 for all cores.

    Returns
    -------
    ndarray, shape (n_settings, n_fields)
    """
    store = None if work is None else work / "ways.jsonl"
    found = sweeps.run(measure, settings(), store=store, n_jobs=n_jobs)
    return np.round(np.reshape(found, (len(settings()), len(Ways._fields))), DIGITS)
