"""Training that goes on: what a run was and what is given again are compared first."""

from rbmlib.training.carrying import continue_run
from rbmlib.training.given import check_given, check_given_again
from rbmlib.training.held import held_for
from rbmlib.training.settings import check_resumable


def resume(
    trajectory,
    data,
    *,
    n_updates,
    checkpoints=30,
    learning_rate=None,
    sample_weight=None,
    validation=None,
    callback=None,
    progress=True,
    autosave=None,
    every=60,
    n_threads=1,
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
    checkpoints, callback, progress, autosave, every, n_threads
        As in `train`; ages that are already stored stay.
    learning_rate : callable, optional
        The function that the run began with: one that differs in what it gave is
        refused.  A number is kept by the run, and is not given again.
    sample_weight, validation : array_like, optional
        The same as the run began with; others are refused.

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
    >>> import numpy as np
    >>> from rbmlib.training import begin, initial_machine, train
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
    given = check_given(
        len(data), trajectory[-1], sample_weight, validation, learning_rate, callback
    )
    check_given_again(given, trajectory.settings, learning_rate)
    data = held_for(trajectory.settings, data, trajectory[-1].visible)
    return continue_run(
        trajectory,
        data,
        given,
        n_updates,
        checkpoints,
        progress,
        autosave,
        every,
        n_threads,
    )
