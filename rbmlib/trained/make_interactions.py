"""Learn the planted interactions again, on all cores: half a minute for each."""

import numpy as np

from rbmlib import sweeps
from rbmlib.interactions import learn, mark, pair_recovery, plant
from rbmlib.interactions.experiment import CHECKPOINTS, N_HIDDEN
from rbmlib.ising.inverse import pseudo_likelihood
from rbmlib.trained.interactions import DIGITS, settings


def measure(setting):
    """Return the marks of one experiment: a task for `rbmlib.sweeps.run`.

    Parameters
    ----------
    setting : dict
        One of `rbmlib.trained.interactions.settings`.

    Returns
    -------
    list of list of float
        A row for each field of `rbmlib.interactions.Marks`: its values at the ages of
        the run, and last that of the pseudo-likelihood, NaN where it has none.
    """
    seed = setting["seed"]
    planted = plant(setting["n_samples"], seed, setting["n_triples"], setting["size"])
    run = learn(
        planted.samples,
        N_HIDDEN,
        seed=seed,
        checkpoints=CHECKPOINTS,
        l1=setting["l1"],
        l2=setting["l2"],
    )
    peer = pair_recovery(pseudo_likelihood(planted.samples).J, planted)
    beside = [*peer, *[np.nan] * 4]
    return [[*x.tolist(), y] for x, y in zip(mark(run, planted), beside, strict=True)]


def make(work=None, *, n_jobs=-1):
    """Return the marks of every experiment, as `interactions.load` does.

    Parameters
    ----------
    work : path, optional
        Folder for the results so far: an interrupted run goes on from there.
    n_jobs : int
        Processes; -1 for all cores.

    Returns
    -------
    ndarray, shape (n_settings, n_fields, n_ages + 1)
    """
    store = None if work is None else work / "interactions.jsonl"
    results = sweeps.run(measure, settings(), store=store, n_jobs=n_jobs)
    return np.round(results, DIGITS)
