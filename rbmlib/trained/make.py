"""Make the stored runs again: ``python -m rbmlib.trained.make [names]``.

A run goes from age to age and is written to the work folder at each, so that an
interrupted one continues where it stood.  The finished run must have the recorded
sha256; ``--record`` replaces the record instead.
"""

import argparse
import json
from pathlib import Path

from rbmlib import training
from rbmlib.trained.recipes import RECIPES
from rbmlib.trained.store import FOLDER, HASHES, Trained, recorded_hashes
from rbmlib.trajectories import Trajectory


def make(name, work=None, *, until=None, progress=True):
    """Train one of the stored runs from its recipe.

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
    if name not in RECIPES:
        raise ValueError(f"name must be one of {', '.join(RECIPES)}; got {name!r}")
    recipe = RECIPES[name]
    data = recipe.data()
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


def main():
    """Make the named runs, or all, and compare them with the record."""
    parser = argparse.ArgumentParser(prog="rbmlib.trained.make", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"default: {' '.join(RECIPES)}")
    parser.add_argument("--work", default="build/trajectories", help="unfinished runs")
    parser.add_argument("--record", action="store_true", help="store what comes out")
    options = parser.parse_args()
    names = options.names or list(RECIPES)
    if unknown := set(names) - set(RECIPES):
        parser.error(f"names must be of {', '.join(RECIPES)}; got {', '.join(unknown)}")
    try:  # before hours of work, not after them
        for name in names:
            RECIPES[name].data()
    except OSError as error:
        raise SystemExit(f"{name}: {error}") from error
    for name in names:
        found = make(name, options.work)
        if options.record:
            record(found)
        expected = recorded_hashes().get(name)
        print(f"{name}: sha256 {found.sha256()}, recorded {expected}")
        if found.sha256() != expected:
            raise SystemExit(f"{name} differs from the recorded run")


def record(run):
    """Store a run and its hash in the library."""
    run.save(Path(str(FOLDER / f"{run.name}.h5")))
    path = Path(str(FOLDER / HASHES))
    hashes = json.loads(path.read_text()) if path.exists() else {}
    hashes[run.name] = run.sha256()
    path.write_text(json.dumps(hashes, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
