"""The course of training: begun, continued, and brought to its last age."""

import numpy as np

from rbmlib.checks import check_flag, check_number
from rbmlib.rbm import check_machine
from rbmlib.training.autosave import Autosave
from rbmlib.training.held import held_for
from rbmlib.training.methods import METHODS
from rbmlib.training.missing import first_values
from rbmlib.training.progress import Progress
from rbmlib.training.run import Run, carry_out
from rbmlib.training.settings import (
    check_ages,
    check_data,
    check_resumable,
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
    missing=None,
    checkpoints=30,
    progress=True,
    autosave=None,
    every=60,
):
    """Train a machine and return it at increasing ages.

    Parameters
    ----------
    rbm : RBM
        Start, for instance `initial_machine`.
    data : array_like, shape (n_samples, n_visible)
        States of the visible units; with ``missing``, NaN or masked where unknown.
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
    missing : None or "sample"
        None refuses data with gaps.  "sample" follows the likelihood of what is known:
        unknown entries are drawn from the machine, given the known ones of their
        sample, by a chain for each sample that makes k sweeps at each of its turns;
        method "exact" sums over them (`likelihood.log_observed`).
    checkpoints : int or sequence of int
        Number of ages, evenly spaced in logarithm, or the ages themselves.  Age 0 and
        n_updates are always stored.
    progress : bool
        Show a bar with updates per second and, at checkpoints, the log-likelihood of
        (at most 1000) training data, as long as that takes less than 4 percent of the
        time; `likelihood.assess` judges the stored ages afterwards.
    autosave : str or path, optional
        File of the run so far, written whole at the beginning, at each stored age,
        every so many seconds, and at the end: ``resume(Trajectory.load(path), ...)``
        continues it to the same bits.  If the process is killed, the file is the last
        one written; SIGTERM is obeyed after one more.  A file that cannot be written,
        on a full disk for instance, is a warning, and is tried again.  What is already
        there must be this very run, up to the age from which it goes on.
    every : float
        Seconds between two files; 0: a file after each update.

    Returns
    -------
    Trajectory
        Machines on their grids.  If interrupted from the keyboard, the ages reached so
        far; `resume` continues it to the same bits as an uninterrupted run.

    Raises
    ------
    ValueError, TypeError
        An argument that does not fit; the message says which and what was expected.
    FileExistsError, FileNotFoundError
        A path for ``autosave`` with the file of something else, or with a later age of
        this run; or in a folder that does not exist.
    Diverged
        A ValueError: the parameters would no longer be finite, or too large to be
        sampled; the message names the update.  What was reached before is its attribute
        ``trajectory``, as that of any error in a run.

    Examples
    --------
    >>> from rbmlib import likelihood
    >>> from rbmlib.training import initial_machine
    >>> data = np.tile([[1, 1, 0, 0], [0, 0, 1, 1]], (50, 1))
    >>> start = initial_machine(data, 2, scale=0.01, seed=0)
    >>> run = train(start, data, method="exact", n_updates=400, learning_rate=0.5,
    ...             seed=0, checkpoints=[100], progress=False)
    >>> run.ages.tolist()
    [0, 100, 400]
    >>> likelihood.log_likelihood(run[-1], data) > -1.2  # two states: at most -log 2
    True

    Data with gaps:

    >>> gaps = np.where(np.arange(400).reshape(100, 4) % 7, data, np.nan)
    >>> run = train(initial_machine(gaps, 2, scale=0.01, seed=0), gaps, k=2,
    ...             n_updates=400, batch_size=50, learning_rate=0.2, seed=0,
    ...             missing="sample", progress=False)
    >>> likelihood.log_observed(run[-1], gaps).mean() > -1.2
    np.True_
    """
    data = _check_data_of(rbm, data, missing)
    settings = check_settings(
        len(data), method, k, batch_size, n_chains, learning_rate, seed, centred
    ) | _of_gaps(missing)
    start = _begin(rbm, data, settings)
    data = held_for(settings, data, rbm.visible)  # what it was made of is free again
    return _resume(start, data, n_updates, checkpoints, progress, autosave, every)


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
    missing=None,
):
    """Return the trajectory of age 0, which `resume` continues.

    For long runs: store it, resume it to the next age, store that, and an interruption
    costs no more than the last piece.  Arguments as in `train`.

    Returns
    -------
    Trajectory
        Of the single age 0, with the state that `resume` needs.

    Raises
    ------
    ValueError, TypeError
        An argument that does not fit; the message says which and what was expected.

    Examples
    --------
    >>> from rbmlib.training import initial_machine
    >>> data = np.tile([[1, 1, 0, 0], [0, 0, 1, 1]], (50, 1))
    >>> start = initial_machine(data, 2, scale=0.01, seed=0)
    >>> begin(start, data, k=1, batch_size=10, learning_rate=0.1, seed=0)
    Trajectory(1 ages from 0 to 0, RBM(4 binary visible, 2 binary hidden))
    """
    data = _check_data_of(rbm, data, missing)
    settings = check_settings(
        len(data), method, k, batch_size, n_chains, learning_rate, seed, centred
    ) | _of_gaps(missing)
    return _begin(rbm, data, settings)


def _check_data_of(rbm, data, missing):
    check_machine(rbm)
    return check_data(data, rbm.visible, rbm.n_visible, missing)


def _of_gaps(missing):
    """Return the setting, which runs without it do not have."""
    return {} if missing is None else {"missing": missing}


def _begin(rbm, data, settings):
    """Return the trajectory of age 0, of checked data."""
    return Trajectory(
        ages=np.zeros(1, np.int64),
        machines=(rbm.on_grid(),),
        chains=METHODS[settings["method"]].first_chains(rbm, settings),
        settings=settings | {"data_sha256": fingerprint(data)},
        state={"W": rbm.W, "a": rbm.a, "b": rbm.b} | first_values(rbm, data, settings),
    )


def resume(
    trajectory,
    data,
    *,
    n_updates,
    checkpoints=30,
    progress=True,
    autosave=None,
    every=60,
):
    """Continue a training run to a larger number of updates.

    Parameters
    ----------
    trajectory : Trajectory
        Made by `train`, with its state (a file written by `Trajectory.save` keeps it).
    data : array_like
        The same data; other data are refused.
    n_updates : int
        Total number of updates, counted from the start of the run.
    checkpoints, progress, autosave, every
        As in `train`; ages that are already stored stay.

    Returns
    -------
    Trajectory

    Raises
    ------
    ValueError, TypeError
        An argument that does not fit; other data; or a trajectory that is not what
        training returned: without its settings or chains, or whose state is not that
        of its last age.
    FileExistsError, FileNotFoundError, Diverged
        As in `train`.

    Examples
    --------
    >>> from rbmlib.training import initial_machine
    >>> data = np.tile([[1, 1, 0, 0], [0, 0, 1, 1]], (50, 1))
    >>> start = initial_machine(data, 2, scale=0.01, seed=0)
    >>> how = {"k": 1, "batch_size": 10, "learning_rate": 0.1, "seed": 0}
    >>> run = begin(start, data, **how)
    >>> run = resume(run, data, n_updates=20, checkpoints=1, progress=False)
    >>> run.ages.tolist()
    [0, 1, 20]
    >>> whole = train(start, data, n_updates=20, progress=False, **how)
    >>> run[-1] == whole[-1]
    True
    """
    data = check_resumable(trajectory, data)
    data = held_for(trajectory.settings, data, trajectory[-1].visible)
    return _resume(trajectory, data, n_updates, checkpoints, progress, autosave, every)


def _resume(trajectory, data, n_updates, checkpoints, progress, autosave, every):
    """Continue a run with the data that it began with, as a `Held`."""
    done = int(trajectory.ages[-1])
    n_updates = check_updates(n_updates, trajectory.settings)
    if n_updates < done:
        raise ValueError(
            f"n_updates must be at least {done}, the age of the trajectory, "
            f"got {n_updates}"
        )
    ages = check_ages(checkpoints, n_updates)
    progress, every = check_flag(progress, "progress"), check_number(every, "every")
    file = None if autosave is None else Autosave(autosave, every, trajectory)
    how = trajectory.settings
    rows = how.get("k", 1) * how.get("n_chains", 1) + how.get("batch_size", len(data))
    bar = Progress(progress, n_updates, done, rows)
    return carry_out(Run(trajectory, data), ages[ages > done], bar, file)
