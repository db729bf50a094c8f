"""The population of `method="weighted"`: chains with weights, which no barrier biases.

Chains that follow a machine through its updates are late.  Weights make good what they
miss.  Before an update's sweeps the machine has changed from p_t ∝ exp(-F_t) to
p_{t+1}, and a chain at v multiplies its weight by

    exp(-[F_{t+1}(v) - F_t(v)]),

as it stands; then it makes k sweeps of the new machine, which leave p_{t+1} as it is.
In this order the weighted chains are fair samples of every machine, however few the
sweeps: for each f, E[Σ w f] = (Z_t / Z_0) E_{p_t}[f].  This is C. Jarzynski's equality
(1997), doi:10.1103/PhysRevLett.78.2690, along training: D. Carbone and others (2023),
arXiv:2305.19414.  The mean weight is an estimate of Z_t / Z_0 whose mean is right.

Weights spread.  When the effective sample size (Σw)²/Σw² falls below `LEAST` of the
chains they are drawn again in proportion to their weights, at evenly spaced places with
one random offset, and the mean weight goes into log Z: means stay as they are.  What no
chain has found no weight can bring back.

At age 0 the chains are independent samples of a machine without weights that has the
means of the data.  Weights become integers by a fixed sequence of operations, so
that each decision is the same on every machine.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rbmlib import randomness
from rbmlib.checks import check_instance
from rbmlib.likelihood.annealing import draw_independent, independent_log_z
from rbmlib.rbm import RBM
from rbmlib.tempering import swaps
from rbmlib.training.rungs import OnGrid, foot_of
from rbmlib.training.weights import BITS
from rbmlib.trajectories import Trajectory
from rbmlib.units.logistic import exp_abs

LEAST = 0.5  # effective share of the chains below which they are drawn again
COARSE = 20  # bits of a weight when chains are drawn again, and counted
ARRAYS = ("W", "a", "b", "log_w", "log_z")
NAMES = tuple(f"population_{name}" for name in ARRAYS)


class Weighted(NamedTuple):
    """Chains, their weights, and the machine that they belong to.

    Attributes
    ----------
    v : ndarray, shape (n_chains, n_visible)
    machine : RBM or OnGrid
        Of which they are samples, on its grid.
    log_w : ndarray of float64, shape (n_chains,)
        Since they were last drawn again.
    log_z : float
        Log Z of the machine without weights, and the mean weights before.
    """

    v: np.ndarray
    machine: object
    log_w: np.ndarray
    log_z: float


def first_chains(rbm, settings, data):
    """Return the population of age 0.

    Raises
    ------
    ValueError
        Units whose weights would not be exact.
    """
    foot = foot_of(rbm, data, "weighted")
    v = draw_independent(foot, settings["n_chains"], settings["seed"])
    log_z = independent_log_z(foot)
    at_foot = Weighted(v, foot, np.zeros(len(v)), log_z)
    return _carried(at_foot, rbm.on_grid())


def _carried(population, machine):
    """Return the population with the weights of the next machine."""
    work = swaps.work(population.machine, machine, population.v)
    return population._replace(machine=machine, log_w=population.log_w - work)


def advance(population, sampler, machine, k, age):
    """Return the population of the present machine, and its weights as integers.

    Parameters
    ----------
    population : Weighted
    sampler : rbmlib.sampling.sampler.Paths
        Of the present machine.
    machine : RBM
        The present machine, not rounded.
    k, age : int
        Sweeps, and the updates that were made.
    """
    present = OnGrid.of(sampler, (machine.visible, machine.hidden))
    moved = _carried(population, present)
    if effective(moved.log_w) < LEAST * len(moved.v):
        moved = _drawn_again(moved, sampler.seed, age)
    v, _ = sampler.run(moved.v, k, age * k)
    return moved._replace(v=v), integers(moved.log_w, BITS)


def integers(log_w, bits):
    """Return weights as float64 integers up to 2^bits, by fixed operations.

    Examples
    --------
    >>> integers(np.array([0.0, -0.6931472, -100.0]), 10).tolist()
    [1024.0, 512.0, 0.0]
    """
    below = (log_w.max() - log_w).astype(np.float32)
    return np.rint(2.0**bits / exp_abs(below).astype(np.float64))


def effective(log_w):
    """Return (Σw)²/Σw², from integers whose sums are exact.

    Examples
    --------
    >>> effective(np.array([0.0, 0.0, -100.0, -100.0]))
    2.0
    """
    q = integers(log_w, COARSE).astype(np.int64)
    return int(q.sum()) ** 2 / int((q * q).sum())


def _drawn_again(population, seed, age):
    """Return as many chains, of equal weights, drawn in proportion to the weights."""
    log_w, n = population.log_w, len(population.v)
    q = integers(log_w, COARSE).astype(np.int64)
    total = int(q.sum())
    word = int(randomness.draws(seed, randomness.POPULATION, age, [0], 1)[0, 0])
    places = (np.arange(n) * total + (word * total >> 32)) // n
    which = np.searchsorted(np.cumsum(q), places, side="right")
    mean = total / n / 2**COARSE
    log_z = population.log_z + float(log_w.max()) + math.log(mean)
    return population._replace(v=population.v[which], log_w=np.zeros(n), log_z=log_z)


# ---------------------------------------------------------------- the file


def stored(population):
    """Return the chains, and the rest as arrays by the `NAMES`."""
    machine = population.machine
    parameters = (np.asarray(x, np.float64) for x in (machine.W, machine.a, machine.b))
    arrays = *parameters, population.log_w, np.array([population.log_z])
    return population.v, dict(zip(NAMES, arrays, strict=True))


def restored(trajectory):
    """Return the `Weighted` chains of a run, or refuse what are none."""
    last = trajectory[-1]
    W, a, b, log_w, log_z = (trajectory.state[name] for name in NAMES)
    shapes = last.W.shape, last.a.shape, last.b.shape, (len(trajectory.chains),), (1,)
    for name, value, shape in zip(NAMES, (W, a, b, log_w, log_z), shapes, strict=True):
        if value.shape != shape or not np.isfinite(value).all():
            raise ValueError(
                f"trajectory.state[{name!r}] must hold finite numbers of shape "
                f"{shape}, got shape {value.shape}"
            )
    machine = RBM(W, a, b, last.visible, last.hidden)
    if machine != machine.on_grid():
        raise ValueError(
            f"trajectory.state['{NAMES[0]}'] must hold a machine on its grid, got "
            f"{machine!r} off its grid"
        )
    return Weighted(trajectory.chains, machine, log_w, float(log_z[0]))


@dataclass(frozen=True, eq=False)
class Population:
    """The weighted chains of a run by "weighted", as samples of its last machine.

    Attributes
    ----------
    v : ndarray of float32, shape (n_chains, n_visible)
    weights : ndarray, shape (n_chains,)
        Shares: they add up to 1.
    ess : float
        Effective sample size of the weights, between 1 and n_chains.  Chains that were
        drawn from one another are counted each: after a short run it is too large.
    log_z : float
        Estimate of log Z; the mean of its exponential is Z.
    """

    v: np.ndarray
    weights: np.ndarray
    ess: float
    log_z: float


def population_of(trajectory):
    """Return the weighted chains of a run by "weighted".

    Parameters
    ----------
    trajectory : Trajectory

    Returns
    -------
    Population

    Raises
    ------
    TypeError, ValueError
        No trajectory, or one without weights.

    Examples
    --------
    >>> from rbmlib.training import initial_machine, train
    >>> data = np.tile([[1, 1, 0, 0], [0, 0, 1, 1]], (50, 1))
    >>> start = initial_machine(data, 2, scale=0.01, seed=0)
    >>> run = train(start, data, method="weighted", k=1, n_updates=300, n_chains=1000,
    ...             learning_rate=0.2, seed=0, progress=False)
    >>> found = population_of(run)
    >>> bool(abs(found.log_z - run[-1].log_z()) < 0.1), found.ess >= 500
    (True, True)
    """
    check_instance(trajectory, "trajectory", Trajectory)
    if not set(NAMES) <= set(trajectory.state or ()):
        raise ValueError(
            "trajectory must be a run by method='weighted' with its state, got "
            f"settings {trajectory.settings}"
        )
    last = _carried(restored(trajectory), trajectory[-1])
    w = np.exp(last.log_w - last.log_w.max())
    log_z = last.log_z + float(last.log_w.max()) + math.log(w.mean())
    return Population(last.v, w / w.sum(), effective(last.log_w), log_z)
