"""Train the stored machines again, from age to age.

A run is written to the work folder at each age, so that an interrupted one continues
where it stood.
"""

from pathlib import Path

from rbmlib import training
from rbmlib.trained.recipes import RECIPES
from rbmlib.trained.record import one_of
from rbmlib.trained.runs import Trained
from rbmlib.trajectories import Trajectory


def make(name, work=None, *, until=None, progress=True, **options):
    """Train a run from its recipe.

    Parameters
    ----------
    name : str
        A key of `RECIPES`.
    work : str or path, optional
        Folder for the unfinished run, which is continued if it is there.
    until : int, optional
        Stop at the last stored age up to this one.  Default: the whole run.
    progress : bool
        Show a bar from each age to the next.
    **options
        Of `rbmlib.datasets.load`, for instance ``path``.

    Returns
    -------
    Trained

    Raises
    ------
    ValueError
        Unknown name, or an unfinished run that was begun with other settings.
    ConnectionError
        The data are neither here nor to be downloaded.
    KeyboardInterrupt
        The run was interrupted; the ages it reached are in the work folder.
    """
    recipe = one_of(RECIPES, name)
    data = recipe.data(**options)
    partial = None if work is None else Path(work) / f"{name}.h5"
    run = recipe.start(data)
    if partial is not None and partial.exists():
        run = _continued(partial, run, recipe)
    last = recipe.n_updates if until is None else until
    for age in recipe.ages[(recipe.ages > run.ages[-1]) & (recipe.ages <= last)]:
        run = training.resume(
            recipe.with_rate(run),
            data,
            n_updates=int(age),
            checkpoints=[int(age)],
            progress=progress,
        )
        if run.ages[-1] < age:  # resume returns what it has when interrupted
            raise KeyboardInterrupt(f"{name} stopped; stored up to an earlier age")
        if partial is not None:
            partial.parent.mkdir(parents=True, exist_ok=True)
            run.save(partial)
    return Trained.of(name, run, data, recipe.max_steps, recipe.max_exponent)


def _continued(partial, start, recipe):
    """Return the unfinished run of a file, if it began as this recipe says."""
    run = Trajectory.load(partial)
    rates = [recipe.learning_rate, *(rate for _, rate in recipe.later_rates)]
    found = run.settings | {"learning_rate": recipe.learning_rate}
    if found != start.settings or run.settings["learning_rate"] not in rates:
        raise ValueError(
            f"{partial} must be a run with the recipe's settings {start.settings}, "
            f"got {run.settings}; remove it to begin again"
        )
    return run
