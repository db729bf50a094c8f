"""Chains of one machine from several kinds of starts, and whether they agree.

Reverse annealing is an upper bound only from samples in equilibrium.  Whether chains
are there cannot be known, but chains from starts as different as data, noise and the
ends of annealing either forget them or contradict each other.
"""

import numpy as np

from rbmlib import autocorrelation
from rbmlib.sampling import random_start, record

N_DIRECTIONS = 3  # strongest singular directions of W that are observed


def kinds_of_start(rbm, train, log_weights, ends, n_chains, seed):
    """Return {kind: states}: samples of the data, noise, and particles of annealing.

    The particles are drawn from the ends of annealed chains by their weights; equal
    ones part in the sweeps that follow.
    """
    spaced = np.linspace(0, len(train) - 1, n_chains).astype(int)
    shares = np.cumsum(np.exp(log_weights - log_weights.max()))
    middles = (np.arange(n_chains) + 0.5) / n_chains * shares[-1]
    return {
        "data": train[spaced],
        "noise": random_start(rbm, n_chains, seed),
        "particles": ends[np.searchsorted(shares, middles)],
    }


def run_chains(rbm, v, n_sweeps, seed, first_chain=0):
    """Return where chains end, and a record of the second half of their way.

    Returns
    -------
    v : ndarray, shape (n_chains, n_visible)
    series : ndarray, shape (n_chains, n_sweeps // 2, n_directions)
        h along the strongest singular directions of W.
    """
    right = np.linalg.svd(rbm.columns.W, full_matrices=False)[2][:N_DIRECTIONS].T
    sweeps = range(n_sweeps - n_sweeps // 2 + 1, n_sweeps + 1)
    ends = np.array(v)

    def observe(v, h):
        ends[:] = v
        return h @ right

    steps = record(rbm, v, sweeps, seed, observe, first_chain=first_chain)
    return ends, np.stack([x for _, x in steps], axis=1)


def slowest_time(series):
    """Return the largest integrated time, in sweeps; NaN if one is not to be seen."""
    return float(np.max([_time(series[..., n]) for n in range(series.shape[-1])]))


def _time(x):
    try:
        return float(autocorrelation.integrated_time(x))
    except ValueError:
        return np.nan
