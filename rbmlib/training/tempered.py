"""The chains of `method="tempered"`: the machine at ten easier strengths below it.

Parallel tempering (R. Swendsen, J.-S. Wang (1986), doi:10.1103/PhysRevLett.57.2607)
inside training: machines at β = 0, 0.1 … 0.9 on the straight line from independent
units with the means of the data to the present machine, which is at β = 1.  In an
update each makes k sweeps; then neighbours exchange as in `rbmlib.training.ladder`.
The line is drawn anew at each update, so nothing is remembered of younger ages.

An update costs 11 k sweeps, 20 products for exchanges, and ten machines to be put on
their grids, in the place of the k sweeps of "pcd".
"""

from typing import NamedTuple

import numpy as np

from rbmlib import sampling
from rbmlib.checks import check_samples
from rbmlib.rbm import RBM
from rbmlib.sampling.sampler import Paths
from rbmlib.training.rungs import OnGrid, exchange_neighbours, foot_of, trial_words

N_BELOW = 10  # machines below the present one
ARRAYS = ("a", "b", "chains", "accepted", "proposed")
NAMES = tuple(f"tempered_{name}" for name in ARRAYS)


class Line(NamedTuple):
    """The chains of the present machine and of those below it.

    Attributes
    ----------
    v : ndarray, shape (n_chains, n_visible)
        Of the present machine.
    below : ndarray, shape (N_BELOW, n_chains, n_visible)
    foot : RBM
        Without weights, on its grid.
    accepted, proposed : int
        Exchanges since the beginning.
    """

    v: np.ndarray
    below: np.ndarray
    foot: RBM
    accepted: int
    proposed: int


def first_chains(rbm, settings, data):
    """Return the chains of age 0, all at noise.

    Raises
    ------
    ValueError
        Units whose exchanges would not be exact.
    """
    foot = foot_of(rbm, data, "tempered")
    n, seed = settings["n_chains"], settings["seed"]
    v = sampling.random_start(rbm, (N_BELOW + 1) * n, seed)
    v = v.reshape(N_BELOW + 1, n, -1)
    return Line(v[-1], v[:-1], foot, 0, 0)


def advance(line, sampler, machine, k, age):
    """Return the chains after k sweeps and a round of exchanges.

    Parameters
    ----------
    line : Line
    sampler : rbmlib.sampling.sampler.Paths
        Of the present machine.
    machine : RBM
        The present machine, not rounded.
    k, age : int
        Sweeps, and the updates that were made.
    """
    n_chains, units = len(line.v), (machine.visible, machine.hidden)
    places = np.arange(N_BELOW) / N_BELOW
    below = [(1 - x) * line.foot + x * machine for x in places.tolist()]
    samplers = [*(Paths.of(m, sampler.seed, "ladder") for m in below), sampler]
    states = [
        one.run(v, k, age * k, 0 if one is sampler else p * n_chains)[0]
        for p, (one, v) in enumerate(zip(samplers, [*line.below, line.v], strict=True))
    ]
    machines = [OnGrid.of(one, units) for one in samplers]
    words = trial_words(sampler.seed, age, range(N_BELOW), n_chains)
    accepted, proposed = line.accepted, line.proposed
    for _, yes in exchange_neighbours(machines, states, words, age):
        accepted += int(yes.sum())
        proposed += n_chains
    *others, v = states
    return Line(v, np.stack(others), line.foot, accepted, proposed)


def acceptance(line):
    """Return the share of exchanges that was accepted; NaN before the first."""
    return line.accepted / line.proposed if line.proposed else np.nan


# ---------------------------------------------------------------- the file


def stored(line):
    """Return the present machine's chains, and the rest as arrays by the `NAMES`."""
    counts = (np.array([x], np.int64) for x in (line.accepted, line.proposed))
    foot = (np.asarray(x, np.float64) for x in (line.foot.a, line.foot.b))
    arrays = *foot, line.below.astype(np.int8), *counts
    return line.v, dict(zip(NAMES, arrays, strict=True))


def restored(trajectory):
    """Return the `Line` of a run, or refuse what is none."""
    last, v = trajectory[-1], trajectory.chains
    a, b, chains, *counts = (trajectory.state[name] for name in NAMES)
    shapes = last.a.shape, last.b.shape, (N_BELOW, *np.shape(v)), (1,), (1,)
    found = a, b, chains, *counts
    for name, value, shape in zip(NAMES, found, shapes, strict=True):
        if value.shape != shape:
            raise ValueError(
                f"trajectory.state[{name!r}] must have shape {shape}, got {value.shape}"
            )
    foot = RBM(np.zeros(last.W.shape), a, b, last.visible, last.hidden)
    below = [
        check_samples(x, last.visible, last.n_visible, NAMES[2], "chain")
        for x in chains
    ]
    return Line(v, np.stack(below), foot.on_grid(), *(int(x[0]) for x in counts))
