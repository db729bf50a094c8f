"""The run of a table: a trajectory that knows its columns and where they came from."""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

from rbmlib import datasets
from rbmlib.trajectories import Trajectory

SETTING = "table"  # among the settings of a trajectory
READING = (
    "label", "drop", "categorical", "missing", "max_states", "separator",
    "test_fraction", "seed",
)  # fmt: skip


class Described(NamedTuple):
    """What a run says of its table."""

    units: tuple  # of `datasets.Column`
    label_names: tuple
    path: str  # from the folder of the run
    sha256: str
    options: dict  # of `datasets.from_table`


def describe(table, path, run_path, options):
    """Return the setting by which a run knows its table, as text.

    Parameters
    ----------
    table : Table
    path, run_path : path
        Of the table's file, and of the run's.
    options : dict
        With which `datasets.from_table` made it.
    """
    folder = Path(run_path).resolve().parent
    try:
        near = os.path.relpath(Path(path).resolve(), folder)
    except ValueError:  # another drive
        near = str(Path(path).resolve())
    return json.dumps(
        {
            "units": [list(column) for column in table.units],
            "label_names": list(table.label_names),
            "path": Path(near).as_posix(),
            "sha256": sha256(path),
            "options": {name: options[name] for name in READING},
        }
    )


def load(path):
    """Return a run, and what it says of its table.

    Raises
    ------
    ValueError
        A run that was not made from a table.
    """
    run = Trajectory.load(path)
    if SETTING not in run.settings:
        raise ValueError(
            f"{path} must be a run that 'rbmlib train' wrote, with the columns of its "
            f"table, got one with the settings {', '.join(run.settings)}"
        )
    return run, described(run)


def described(run):
    """Return what a run says of its table, as `Described`."""
    found = json.loads(run.settings[SETTING])
    units = tuple(
        datasets.Column(name, kind, tuple(states), n_missing, note)
        for name, kind, states, n_missing, note in found.pop("units")
    )
    return Described(units, tuple(found.pop("label_names")), **found)


def table_of(run_path, about, path=None):
    """Return the table of a run, read again, and refuse another.

    Parameters
    ----------
    run_path : path
    about : Described
    path : path, optional
        Where the table is now.

    Raises
    ------
    FileNotFoundError, ValueError
        No table there, or one with other contents.
    """
    if path is None:
        path = Path(run_path).resolve().parent / about.path
        if not path.is_file():
            raise FileNotFoundError(
                f"the table of {run_path} must be at {path}; say --table where it is"
            )
    if (found := sha256(path)) != about.sha256:
        raise ValueError(
            f"{path} must be the table that the run was trained on, sha256 "
            f"{about.sha256[:12]}…, got {found[:12]}…"
        )
    return datasets.from_table(path, show=False, **about.options)


def sha256(path):
    """Return the checksum of a file, in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def up_to(run, age=None):
    """Return a run without what came after an age, by default all of it."""
    if age is None:
        return run
    run.at(age)  # refuses one that is not stored
    return run.until(age)


def machine_of(run, age=None):
    """Return the machine of an age, by default the last; say if another was better."""
    if age is not None:
        return run.at(age)
    history = run.history
    if history is not None and history.best_row not in (None, history.n_rows - 1):
        last, best = history.rows[-1], history.rows[history.best_row]
        print(
            f"the machine of age {last['age']}, the last: {last['validation']:.2f} "
            f"nats a row on the test rows; the largest is {best['validation']:.2f}, "
            f"at age {best['age']}: --age {best['age']}",
            file=sys.stderr,
        )
    return run[-1]
