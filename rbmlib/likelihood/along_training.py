"""Annealing along training: log Z at every age from one set of chains.

Training itself is a path from independent units to the trained machine, and a better
one than scaling the weights: each machine on it is close to the next, and none of them
has lost its modes.  N. Béreux et al. (2024), arXiv:2405.15376.
"""

import itertools

import numpy as np

from rbmlib.checks import check_positive
from rbmlib.likelihood.annealing import (
    MOST_CHAINS,
    MOST_TEMPERATURES,
    draw_independent,
    independent_log_z,
    independent_machine,
)
from rbmlib.likelihood.estimate import Estimate, check_machines
from rbmlib.likelihood.path import along_machines


def trajectory_ais(trajectory, *, n_chains=500, n_temperatures=1, seed):
    """Estimate log Z of every machine of a trajectory.

    The chains start from the visible biases of the first machine, with all weights
    zero, and visit the machines in order.

    Parameters
    ----------
    trajectory : Trajectory, or sequence of RBM
        Machines of one size, for instance the ages of a training run.
    n_chains : int
        At least 2.
    n_temperatures : int
        Steps from each machine to the next; between them parameters are interpolated.
        One is enough where the ages are dense; where the effective sample size falls
        from one age to the next, more are needed.
    seed : int
        In [0, 2^64).

    Returns
    -------
    Estimate
        Arrays with one entry, or row, for each age; each is biased low.

    Raises
    ------
    ValueError, TypeError
        No machine, machines of different sizes or units, numbers out of range.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> end = RBM.random(12, 6, scale=0.8, seed=1)
    >>> ages = [beta * end for beta in (0.25, 0.5, 0.75, 1.0)]
    >>> result = trajectory_ais(ages, n_chains=500, seed=0)
    >>> exact = np.array([machine.log_z() for machine in ages])
    >>> bool(np.all(abs(result.log_z - exact) < 4 * result.error))
    True
    """
    machines = check_machines(trajectory)
    check_positive(n_chains, "n_chains", 2, MOST_CHAINS)
    n = check_positive(n_temperatures, "n_temperatures", most=MOST_TEMPERATURES)
    start = independent_machine(machines[0].on_grid()).on_grid()
    v = draw_independent(start, n_chains, seed)
    log_w = along_machines(_path(start, machines, n), v, seed, "annealing")
    at_ages = np.array(list(itertools.islice(log_w, n - 1, None, n)))
    return Estimate.from_weights(at_ages, independent_log_z(start))


def _path(start, machines, n):
    """Yield the start, then n machines up to and with each given one."""
    yield start
    for old, new in itertools.pairwise([start, *machines]):
        for step in range(1, n):
            yield ((1 - step / n) * old + step / n * new).on_grid()
        yield new.on_grid()
