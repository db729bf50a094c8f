"""The run itself: updates from age to age, stored, interrupted and continued."""

from dataclasses import replace

import numpy as np
from tqdm.auto import tqdm

from rbmlib import likelihood, randomness
from rbmlib.rbm import RBM
from rbmlib.training.gradient import ascend
from rbmlib.training.methods import METHODS
from rbmlib.training.settings import (
    check_ages,
    check_data,
    check_settings,
    check_updates,
    fingerprint,
)
from rbmlib.trajectories import Trajectory


def train(
    rbm,
    data,
    *,
    method="pcd",
    k=None,
    n_updates,
    batch_size=None,
    n_chains=None,
    learning_rate,
    seed,
    centred=True,
    checkpoints=30,
    progress=True,
):
    """Train a machine and return it at increasing ages.

    Parameters
    ----------
    rbm : RBM
        Start, for instance `initial_machine`.
    data : array_like, shape (n_samples, n_visible)
        States of the visible units.
    method : "pcd", "cd", "rdm" or "exact"
        See `rbmlib.training`.  "exact" takes no k, batch_size and n_chains, and uses
        all data at each update.
    k : int
        Sweeps per update, at least 1.
    n_updates : int
        Number of updates.
    batch_size : int
        Samples per update, at most n_samples.  Batches run through a new permutation
        of the data in each epoch; what is left over is not used in that epoch.
    n_chains : int, optional
        Default: batch_size.  "cd" takes no other value.
    learning_rate : float
    seed : int
    centred : bool
        Centred gradient.
    checkpoints : int or sequence of int
        Number of ages, evenly spaced in logarithm, or the ages themselves.  Age 0 and
        n_updates are always stored.
    progress : bool
        Show a bar with updates per second and, at each checkpoint, the log-likelihood
        of (at most 1000) training data.

    Returns
    -------
    Trajectory
        Machines on their grids.  If interrupted from the keyboard, the ages reached so
        far; `resume` continues it to the same bits as an uninterrupted run.

    Raises
    ------
    ValueError, TypeError
        An argument that does not fit; the message says which and what was expected.

    Examples
    --------
    >>> from rbmlib.training import initial_machine
    >>> data = np.tile([[1, 1, 0, 0], [0, 0, 1, 1]], (50, 1))
    >>> start = initial_machine(data, 2, scale=0.01, seed=0)
    >>> run = train(start, data, method="exact", n_updates=400, learning_rate=0.5,
    ...             seed=0, checkpoints=[100], progress=False)
    >>> run.ages.tolist()
    [0, 100, 400]
    >>> likelihood.log_likelihood(run[-1], data) > -1.2  # two states: at most -log 2
    True
    """
    data = check_data(data, rbm.visible, rbm.n_visible)
    settings = check_settings(
        len(data), method, k, batch_size, n_chains, learning_rate, seed, centred
    )
    start = _begin(rbm, data, settings)
    return _resume(start, data, n_updates, checkpoints, progress)


def begin(
    rbm,
    data,
    *,
    method="pcd",
    k=None,
    batch_size=None,
    n_chains=None,
    learning_rate,
    seed,
    centred=True,
):
    """Return the trajectory of age 0, which `resume` continues.

    For long runs: store it, resume it to the next age, store that, and an interruption
    costs no more than the last piece.  Arguments as in `train`.

    Returns
    -------
    Trajectory
        Of the single age 0, with the state that `resume` needs.
    """
    data = check_data(data, rbm.visible, rbm.n_visible)
    settings = check_settings(
        len(data), method, k, batch_size, n_chains, learning_rate, seed, centred
    )
    return _begin(rbm, data, settings)


def _begin(rbm, data, settings):
    """Return the trajectory of age 0, of checked data."""
    return Trajectory(
        ages=np.zeros(1, np.int64),
        machines=(rbm.on_grid(),),
        chains=METHODS[settings["method"]].first_chains(rbm, settings),
        settings=settings | {"data_sha256": fingerprint(data)},
        state={"W": rbm.W, "a": rbm.a, "b": rbm.b},
    )


def resume(trajectory, data, *, n_updates, checkpoints=30, progress=True):
    """Continue a training run to a larger number of updates.

    Parameters
    ----------
    trajectory : Trajectory
        Made by `train`, with its state (a file written by `Trajectory.save` keeps it).
    data : array_like
        The same data; other data are refused.
    n_updates : int
        Total number of updates, counted from the start of the run.
    checkpoints, progress
        As in `train`; ages that are already stored stay.

    Returns
    -------
    Trajectory
    """
    if trajectory.state is None:
        raise ValueError(
            "trajectory must hold the full-precision state of its last update to be "
            "resumed, got state=None (a run of another program, or a compact file)"
        )
    data = check_data(data, trajectory[-1].visible, trajectory.n_visible)
    if fingerprint(data) != trajectory.settings["data_sha256"]:
        raise ValueError("data must be the data the run began with; sha256 differs")
    return _resume(trajectory, data, n_updates, checkpoints, progress)


def _resume(trajectory, data, n_updates, checkpoints, progress):
    """Continue a run with the data that it began with."""
    done = int(trajectory.ages[-1])
    n_updates = check_updates(n_updates, trajectory.settings)
    if n_updates < done:
        raise ValueError(
            f"n_updates must be at least {done}, the age of the trajectory, "
            f"got {n_updates}"
        )
    ages = check_ages(checkpoints, n_updates)
    run = Run(trajectory, data)
    bar = tqdm(
        total=n_updates,
        initial=done,
        disable=not progress,
        unit=" updates",
        smoothing=0.1,
    )
    with bar:
        try:
            for age in ages[ages > done]:
                run.advance_to(age, bar)
                if progress:
                    bar.set_postfix_str(_likelihood_note(run.machine(), data))
        except KeyboardInterrupt:
            run.store()
            bar.set_postfix_str(f"stopped at update {run.age}")
    return run.trajectory()


class Run:
    """The state of a run between two updates."""

    def __init__(self, trajectory, data):
        self.first, self.data = trajectory, data
        self.settings = trajectory.settings
        self.visible, self.hidden = trajectory[-1].visible, trajectory[-1].hidden
        self.W, self.a, self.b = (trajectory.state[x].copy() for x in "Wab")
        self.chains, self.age = trajectory.chains, int(trajectory.ages[-1])
        self.ages, self.machines = [], []
        self.epoch = None

    def machine(self):
        return RBM(self.W, self.a, self.b, self.visible, self.hidden)

    def advance_to(self, age, bar):
        while self.age < age:
            self.update()
            bar.update()
        self.store()

    def store(self):
        if self.age > max([int(self.first.ages[-1]), *self.ages]):
            self.ages.append(self.age)
            self.machines.append(self.machine().on_grid())

    def update(self):
        s = self.settings
        data_term, model_term = METHODS[s["method"]].terms(self)
        ascend(
            self.W,
            self.a,
            self.b,
            data_term,
            model_term,
            s["learning_rate"],
            s["centred"],
        )
        self.age += 1

    def batch(self):
        size = self.settings["batch_size"]
        epoch, position = divmod(self.age, len(self.data) // size)
        if epoch != self.epoch:
            seed, n_samples = self.settings["seed"], len(self.data)
            self.epoch, self.order = (
                epoch,
                randomness.permutation(seed, epoch, n_samples),
            )
        return self.data[self.order[position * size : (position + 1) * size]]

    def trajectory(self):
        return replace(
            self.first,
            ages=np.concatenate([self.first.ages, np.array(self.ages, np.int64)]),
            machines=self.first.machines + tuple(self.machines),
            chains=self.chains,
            state={"W": self.W, "a": self.a, "b": self.b},
        )


def _likelihood_note(rbm, data):
    """Return the log-likelihood of the first data, for the progress bar."""
    sample = data[:1000]
    if min(rbm.n_visible, rbm.n_hidden) <= 12:
        return f"log-likelihood {likelihood.log_likelihood(rbm, sample):.3f} (exact)"
    log_z = likelihood.ais(
        rbm, n_chains=100, n_temperatures=200, seed=0, data=sample
    ).log_z
    value = likelihood.log_likelihood(rbm, sample, log_z=log_z)
    return f"log-likelihood {value:.2f} (AIS)"
