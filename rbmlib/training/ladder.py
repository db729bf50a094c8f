"""The ladder of `method="ptt"`: machines that the run has been, and their chains.

Parallel trajectory tempering (N. Béreux et al. (2024), arXiv:2405.15376) samples the
present machine together with machines that the same run was at earlier ages.  At its
foot stands a machine without weights and with the means of the data, whose every sweep
is an independent sample.  An
update makes k sweeps of each machine's chains; then neighbours 1 and 2, holding v and
v', exchange them with probability

    min(1, exp([F_2(v') - F_1(v')] - [F_2(v) - F_1(v)])),

pairs (0, 1), (2, 3) … in updates of even age and the others in those of odd age
(`rbmlib.tempering.swaps`).  While the machines stay, each keeps its own law.

The present machine becomes a rung when fewer than `TARGET` of its exchanges with the
last rung are accepted.  Rungs above one with which it can exchange directly are dropped
then: the ladder stays short.  Where it has moved too far, as between the foot and a
start that is already trained, machines on the straight line stand in between (`climb`).

A mode that some rung hardly has is reached slowly, and acceptances do not tell: chains
then follow the data while the machine does not.  Training from small weights makes no
such rung; the line to a start that lacks a mode does.  The shares of modes in
`ladder_of`, rung by rung, show it.

With R rungs an update costs (R + 1) k sweeps and 2 R products for exchanges, in the
place of the k sweeps (2 k products) of "pcd".
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rbmlib import sampling
from rbmlib.checks import check_instance, check_samples
from rbmlib.rbm import RBM
from rbmlib.training.rungs import (
    TARGET,
    OnGrid,
    Rung,
    climb,
    exchange_neighbours,
    exchanged,
    foot_of,
    trial_words,
)
from rbmlib.trajectories import Trajectory

LEAST = 0.1  # accepted share below which the present machine is too far for a rung
MOST = 0.5  # accepted share above which rungs between are not needed
ARRAYS = ("W", "a", "b", "ages", "chains", "accepted", "proposed")
NAMES = tuple(f"ladder_{name}" for name in ARRAYS)


class Replicas(NamedTuple):
    """Chains of the present machine, the rungs, and how often neighbours exchanged.

    Attributes
    ----------
    v : ndarray, shape (n_chains, n_visible)
    rungs : tuple of Rung
        From the foot up; the present machine stands on the last.
    accepted, proposed : ndarray of int64, shape (n_rungs,)
        Exchanges of each rung with the machine above it, since they are neighbours.
    """

    v: np.ndarray
    rungs: tuple
    accepted: np.ndarray
    proposed: np.ndarray


def first_replicas(rbm, settings, data):
    """Return the ladder of age 0, from the means of the data to the start.

    Raises
    ------
    ValueError
        Units whose exchanges would not be exact.
    """
    foot = foot_of(rbm, data, "ptt")
    noise = sampling.random_start(rbm, settings["n_chains"], settings["seed"])
    rungs, v = climb(Rung.of(0, foot, settings["seed"], noise), rbm.on_grid(), 0, 0)
    return _of_rungs(v, rungs)


def _of_rungs(v, rungs, kept=0, replicas=None):
    """Return `Replicas` that keep the counts of some lower pairs."""
    counts = np.zeros((2, len(rungs)), np.int64)
    if kept:
        counts[:, :kept] = replicas.accepted[:kept], replicas.proposed[:kept]
    return Replicas(v, tuple(rungs), *counts)


def advance(replicas, sampler, machine, k, age):
    """Return the replicas after k sweeps, a round of exchanges and, if need be, growth.

    Parameters
    ----------
    replicas : Replicas
    sampler : rbmlib.sampling.sampler.Paths
        Of the present machine.
    machine : RBM
        The present machine, not rounded.
    k, age : int
        Sweeps, and the updates that were made.
    """
    rungs, n_chains = replicas.rungs, len(replicas.v)
    states = [
        rung.sampler.run(rung.v, k, age * k, p * n_chains)[0]
        for p, rung in enumerate(rungs)
    ]
    states.append(sampler.run(replicas.v, k, age * k)[0])
    present = OnGrid.of(sampler, (machine.visible, machine.hidden))
    machines = [*(rung.machine for rung in rungs), present]
    words = trial_words(sampler.seed, age, range(len(rungs)), n_chains)
    accepted, proposed = replicas.accepted.copy(), replicas.proposed.copy()
    share = 1.0
    for p, yes in exchange_neighbours(machines, states, words, age):
        accepted[p] += yes.sum()
        proposed[p] += n_chains
        if p == len(rungs) - 1:
            share = yes.mean()
    *below, v = states
    moved = tuple(rung._replace(v=x) for rung, x in zip(rungs, below, strict=True))
    found = Replicas(v, moved, accepted, proposed)
    if share >= TARGET:
        return found
    return _grown(found, machine.on_grid(), share, age * k, age)


def _grown(replicas, machine, share, sweep, age):
    """Return the replicas with rungs that lead to the present machine again."""
    v, rungs, *_ = replicas
    seed, last = rungs[-1].sampler.seed, len(rungs) - 1
    words = trial_words(seed, age, range(len(rungs), 2 * len(rungs)), len(v))
    for p, rung in enumerate(rungs[:-1]):
        pair = (rung.machine, machine), (rung.v, v)
        if exchanged(*pair, words[p]).mean() >= MOST:
            return _of_rungs(v, rungs[: p + 1], p, replicas)
    if share < LEAST:
        reached, _ = climb(rungs[-1], machine, age, sweep)
        return _of_rungs(v, rungs[:-1] + tuple(reached), last, replicas)
    # No pair begins with equal replicas: each takes the state of another.
    rung = Rung.of(age, machine, seed, np.roll(v, 1, axis=0))
    return _of_rungs(v, (*rungs, rung), last, replicas)


def acceptance(replicas):
    """Return the share of exchanges that was accepted; NaN before the first."""
    proposed = replicas.proposed.sum()
    return float(replicas.accepted.sum() / proposed) if proposed else np.nan


# ---------------------------------------------------------------- the file


def stored(replicas):
    """Return the present machine's chains, and the rungs as arrays by the `NAMES`."""
    rungs = replicas.rungs
    of_machines = [
        np.stack([getattr(rung.machine, name) for rung in rungs]).astype(np.float32)
        for name in "Wab"
    ]
    ages = np.array([rung.age for rung in rungs], np.int64)
    chains = np.stack([rung.v for rung in rungs]).astype(np.int8)
    arrays = *of_machines, ages, chains, replicas.accepted, replicas.proposed
    return replicas.v, dict(zip(NAMES, arrays, strict=True))


def restored(trajectory):
    """Return the `Replicas` of a run, or refuse what is none."""
    machines, ages, chains, accepted, proposed = _checked(trajectory)
    seed = trajectory.settings["seed"]
    rungs = [
        Rung.of(int(age), machine, seed, v)
        for age, machine, v in zip(ages, machines, chains, strict=True)
    ]
    return Replicas(trajectory.chains, tuple(rungs), accepted, proposed)


def _checked(trajectory):
    """Return machines, ages, chains and counts of a stored ladder, or refuse them."""
    W, a, b, ages, chains, accepted, proposed = (trajectory.state[x] for x in NAMES)
    last, n = trajectory[-1], len(W)
    shapes = {
        "W": (n, *last.W.shape),
        "a": (n, *last.a.shape),
        "b": (n, *last.b.shape),
        "ages": (n,),
        "chains": (n, *np.shape(trajectory.chains)),
        "accepted": (n,),
        "proposed": (n,),
    }
    for name, shape in shapes.items():
        found = trajectory.state[f"ladder_{name}"].shape
        if found != shape or not n:
            raise ValueError(
                f"trajectory.state['ladder_{name}'] must have shape {shape}, one entry "
                f"for each rung, got {found}"
            )
    whole = {
        "ages": (ages, 0),
        "accepted": (accepted, 0),
        "proposed": (proposed, accepted),
    }
    for name, (values, low) in whole.items():
        if values.dtype != np.int64 or (values < low).any():
            raise ValueError(
                f"trajectory.state['ladder_{name}'] must hold counts (int64, at least "
                f"{low}), got {values.dtype} {values.tolist()}"
            )
    machines = [RBM(*x, last.visible, last.hidden) for x in zip(W, a, b, strict=True)]
    for machine in machines:
        if machine != machine.on_grid():
            raise ValueError(
                f"trajectory.state['ladder_W'] must hold machines on their grids, got "
                f"{machine!r} off its grid"
            )
    name = "trajectory.state['ladder_chains']"
    chains = [
        check_samples(v, last.visible, last.n_visible, name, "chain") for v in chains
    ]
    return machines, ages, chains, accepted, proposed


@dataclass(frozen=True, eq=False)
class Ladder:
    """The ladder of a run by "ptt", from its foot up to the present machine.

    Attributes
    ----------
    ages : ndarray of int64, shape (n_machines,)
        When each was the present machine; 0 for those before the first update.
    machines : tuple of RBM
        On their grids; the first has no weights, the last is the present one.
    v : ndarray of float32, shape (n_machines, n_chains, n_visible)
        The chains.
    acceptance : ndarray, shape (n_machines - 1,)
        Share of accepted exchanges of neighbours, NaN before the first.
    """

    ages: np.ndarray
    machines: tuple
    v: np.ndarray
    acceptance: np.ndarray


def ladder_of(trajectory):
    """Return the ladder of a run by "ptt": for `rbmlib.tempering.exchange`.

    Parameters
    ----------
    trajectory : Trajectory

    Returns
    -------
    Ladder

    Raises
    ------
    TypeError, ValueError
        No trajectory, or one without a ladder.

    Examples
    --------
    >>> from rbmlib.tempering import exchange
    >>> from rbmlib.training import initial_machine, train
    >>> data = np.tile([[1, 1, 0, 0], [0, 0, 1, 1]], (50, 1))
    >>> start = initial_machine(data, 2, scale=0.01, seed=0)
    >>> run = train(start, data, method="ptt", k=1, batch_size=50, learning_rate=0.3,
    ...             n_updates=300, seed=0, progress=False)
    >>> ladder = ladder_of(run)
    >>> ladder.machines[-1] == run[-1], len(ladder.machines) > 2
    (True, True)
    >>> found = exchange(ladder.machines, ladder.v, 200, seed=1, skip=20)
    >>> bool(abs(found.log_z[-1] - run[-1].log_z()) < 4 * found.log_z_error[-1])
    True
    """
    check_instance(trajectory, "trajectory", Trajectory)
    if not set(NAMES) <= set(trajectory.state or ()):
        raise ValueError(
            "trajectory must be a run by method='ptt' with its state, got settings "
            f"{trajectory.settings}"
        )
    machines, ages, chains, accepted, proposed = _checked(trajectory)
    with np.errstate(invalid="ignore"):
        acceptance = accepted / proposed
    return Ladder(
        np.append(ages, trajectory.ages[-1]),
        (*machines, trajectory[-1]),
        np.stack([*chains, trajectory.chains]),
        acceptance,
    )
