"""A run under way: brought from age to age, stored, looked at, saved and ended."""

import numpy as np

from rbmlib.checks import check_flag, check_number, check_positive
from rbmlib.training import schedule
from rbmlib.training.autosave import Autosave
from rbmlib.training.history import Recorder
from rbmlib.training.progress import Progress
from rbmlib.training.regularisation import check_decay
from rbmlib.training.run import Run
from rbmlib.training.settings import check_ages, check_updates
from rbmlib.training.signals import Signals, Terminated
from rbmlib.training.watch import Watch


def continue_run(
    trajectory,
    data,
    given,
    n_updates,
    checkpoints,
    progress,
    autosave,
    every,
    n_threads,
):
    """Continue a run to a number of updates, and return its trajectory.

    Parameters
    ----------
    trajectory : Trajectory
        Checked, with a state.
    data : rbmlib.training.held.Held
        What it began with.
    given : Given
    n_updates, checkpoints, progress, autosave, every, n_threads
        As in `rbmlib.training.train`.

    Raises
    ------
    ValueError, TypeError
        One of the last six that does not fit, or learning rates.
    """
    done = int(trajectory.ages[-1])
    n_updates = check_updates(n_updates, trajectory.settings)
    if n_updates < done:
        raise ValueError(
            f"n_updates must be at least {done}, the age of the trajectory, "
            f"got {n_updates}"
        )
    ages = check_ages(checkpoints, n_updates)
    rates = _rates(trajectory, given, n_updates)
    progress, every = check_flag(progress, "progress"), check_number(every, "every")
    n_threads = check_positive(n_threads, "n_threads")
    file = None if autosave is None else Autosave(autosave, every, trajectory)
    how = trajectory.settings
    rows = how.get("k", 1) * how.get("n_chains", 1) + how.get("batch_size", len(data))
    bar = Progress(progress, n_updates, done, rows)
    run = Run(trajectory, data, given.sample_weight, rates, n_threads)
    recorder = Recorder(run, given)
    owed = [done] if recorder.owes_a_row(run, ages) else []
    return carry_out(run, [*owed, *ages[ages > done].tolist()], bar, file, recorder)


def _rates(trajectory, given, n_updates):
    """Return the learning rate of each update; None where it is one number."""
    settings = trajectory.settings
    if given.learning_rate is None:
        return None
    rates = schedule.rates(given.learning_rate, n_updates)
    check_decay(rates.max(), settings.get("l2", 0.0))
    if trajectory.history is not None:
        schedule.check_again(rates, trajectory.history)
    return rates


def carry_out(run, ages, progress, autosave, recorder):
    """Bring a run to the last of some ages, and return its trajectory.

    Interrupted, it returns what was reached; any other error has that as its
    attribute ``trajectory``.

    Parameters
    ----------
    run : Run
    ages : sequence of int
        Increasing, those to store.
    progress : Progress
    autosave : Autosave or None
    recorder : Recorder

    Returns
    -------
    Trajectory

    Raises
    ------
    Diverged
        As `Run.update`.
    """
    signals = Signals(terminate=autosave is not None)
    end = run, progress, autosave, signals
    try:
        try:
            signals.install()
            with np.errstate(all="ignore"):  # what is not finite is an error below
                _advance(run, ages, progress, autosave, recorder, signals)
        except (KeyboardInterrupt, Terminated):
            progress.say(f"stopped at update {run.age}")
        except BaseException as error:
            error.trajectory = _finish(*end)
            error.add_note(f"What was reached, update {run.age}, is error.trajectory.")
            raise
        return _finish(*end)
    except KeyboardInterrupt:  # one that came while the run was finished
        return _finish(*end)


def _advance(run, ages, progress, autosave, recorder, signals):
    watch = Watch(run)
    if autosave is not None:
        autosave.save(run.trajectory())
    for age in ages:
        while run.age < age:
            with signals:
                run.update()
            progress.step()
            if autosave is not None and autosave.is_due():
                autosave.save(run.trajectory())
        run.store()
        with signals:
            recorder.record(run)
        if autosave is not None:
            autosave.save(run.trajectory())
        with signals:
            progress.say_likelihood(run.machine(), run.data, recorder.note)
            watch.look(run)
            if recorder.stops(run):
                progress.say(f"stopped at update {run.age}: {recorder.reason}")
                return


def _finish(run, progress, autosave, signals):
    kept = run.trajectory()
    try:
        if autosave is not None:
            autosave.save(kept)
        progress.close()
    except Exception as error:  # a warning that was made an error
        error.trajectory = kept
        raise
    finally:
        signals.restore()
    return kept
