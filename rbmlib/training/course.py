"""Training from its beginning: what is given is checked, and age 0 is made of it."""

import numpy as np

from rbmlib.rbm import check_machine
from rbmlib.training import schedule
from rbmlib.training.carrying import continue_run
from rbmlib.training.given import check_given
from rbmlib.training.held import held_for
from rbmlib.training.methods import METHODS
from rbmlib.training.missing import first_values
from rbmlib.training.settings import (
    check_data,
    check_settings,
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
    l1=0.0,
    l2=0.0,
    sample_weight=None,
    seed,
    centred=True,
    missing=None,
    checkpoints=30,
    validation=None,
    patience=None,
    callback=None,
    progress=True,
    autosave=None,
    every=60,
    n_threads=1,
):
    """Train a machine and return it at increasing ages.

    Parameters
    ----------
    rbm : RBM
        Start, for instance `initial_machine`.
    data : array_like, shape (n_samples, n_visible)
        States of the visible units; with ``missing``, NaN or masked where unknown.
    method : "pcd", "ptt", "tempered", "weighted", "cd", "rdm" or "exact"
        See `rbmlib.training`.  "exact" takes no k, batch_size and n_chains, and uses
        all data at each update.
    k : int, optional
        Sweeps per update, at least 1.  Default: 10.
    n_updates : int
        Number of updates.
    batch_size : int, optional
        Samples per update, at most n_samples.  Default: 100, or all of fewer.  Batches
        run through a new permutation of the data in each epoch; what is left over is
        not used in that epoch.
    n_chains : int, optional
        Default: batch_size.  "cd" takes no other value.
    learning_rate : float or callable
        A function of the age, the number of updates made before, is asked for all ages
        before the first update; `resume` must be given it again.
    l1, l2 : float
        Penalties: what is climbed is ⟨log p⟩ - l2/2 Σ W² - l1 Σ |W|.  Weights that l1
        holds at zero are zero exactly (`rbmlib.training.regularisation`).
    sample_weight : array_like, shape (n_samples,), optional
        Weights w >= 0 of the data: what is climbed is then Σ w log p(v) / Σ w
        (`rbmlib.training.weights`).
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
    validation : array_like, shape (n_validation, n_visible), optional
        Data that are not learned.  At each stored age the log-likelihoods of them and
        of (at most 1000) training data go into the history, with a verdict whether to
        believe them (`rbmlib.training.history`).
    patience : int, optional
        Stop when that many stored ages in succession had no better log-likelihood of
        the validation data: ``run.until(run.history.best_age)`` is the best.
    callback : callable, optional
        Called at each stored age with the run so far (a `Trajectory`), the age, and the
        row of the history (a dict).  If it returns True the run stops there; else it
        must return False or None.
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
    n_threads : int
        Threads that share an update of units with two states, where it takes
        milliseconds; at least 1.  The result does not depend on it.

    Returns
    -------
    Trajectory
        Machines on their grids.  If interrupted from the keyboard, the ages reached so
        far; `resume` continues it to the same bits as an uninterrupted run.  It has a
        ``history`` if there is validation data, a callback, or a learning rate that is
        a function.

    Warns
    -----
    RuntimeWarning
        Once for each reason: the run diverges or saturates, or its chains fall behind
        (`rbmlib.training.watch`).

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
    how = method, k, batch_size, n_chains, learning_rate, seed, centred
    options = {"l1": l1, "l2": l2, "patience": patience}
    settings = check_settings(len(data), *how, **options) | _of_gaps(missing)
    given = check_given(
        len(data), rbm, sample_weight, validation, learning_rate, callback
    )
    start = _begin(rbm, data, settings, given)
    data = held_for(settings, data, rbm.visible)  # what it was made of is free again
    return continue_run(
        start, data, given, n_updates, checkpoints, progress, autosave, every, n_threads
    )


def begin(
    rbm,
    data,
    *,
    method="pcd",
    k=None,
    batch_size=None,
    n_chains=None,
    learning_rate,
    l1=0.0,
    l2=0.0,
    sample_weight=None,
    seed,
    centred=True,
    missing=None,
    validation=None,
    patience=None,
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
    how = method, k, batch_size, n_chains, learning_rate, seed, centred
    options = {"l1": l1, "l2": l2, "patience": patience}
    settings = check_settings(len(data), *how, **options) | _of_gaps(missing)
    given = check_given(len(data), rbm, sample_weight, validation, learning_rate)
    return _begin(rbm, data, settings, given)


def _check_data_of(rbm, data, missing):
    check_machine(rbm)
    return check_data(data, rbm.visible, rbm.n_visible, missing)


def _of_gaps(missing):
    """Return the setting, which runs without it do not have."""
    return {} if missing is None else {"missing": missing}


def _begin(rbm, data, settings, given):
    """Return the trajectory of age 0, of checked data."""
    if given.learning_rate is not None:
        schedule.rates(given.learning_rate, 1)
    if "patience" in settings and given.validation is None:
        raise ValueError(
            f"patience must be left out without validation data, got "
            f"{settings['patience']}"
        )
    method = METHODS[settings["method"]]
    chains, more = method.stored(method.first_chains(rbm, settings, data))
    more |= first_values(rbm, data, settings)
    return Trajectory(
        ages=np.zeros(1, np.int64),
        machines=(rbm.on_grid(),),
        chains=chains,
        settings=settings | {"data_sha256": fingerprint(data)} | given.settings(),
        state={"W": rbm.W, "a": rbm.a, "b": rbm.b} | more,
    )
