"""Measure the stored Monte Carlo points again, on all cores."""

import numpy as np

from rbmlib import sweeps
from rbmlib.phase_diagram.measure import measure_point
from rbmlib.trained.monte_carlo import DIGITS, settings


def make(work=None, *, n_jobs=-1):
    """Return the results of every machine, as `monte_carlo.load` does.

    Parameters
    ----------
    work : path, optional
        Folder for the results so far: an interrupted run goes on from there.
    n_jobs : int
        Processes; -1 for all cores.

    Returns
    -------
    ndarray, shape (n_settings, 4)
    """
    store = None if work is None else work / "monte_carlo.jsonl"
    results = sweeps.run(measure_point, settings(), store=store, n_jobs=n_jobs)
    return np.round(results, DIGITS)
