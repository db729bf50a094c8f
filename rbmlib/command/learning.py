"""``train`` and ``resume``: from a table to a run in its file."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from rbmlib import datasets, training
from rbmlib.checks import check_path, check_positive
from rbmlib.command import runs
from rbmlib.report.measuring import without_gaps

MOST_HIDDEN, BATCH = 64, 100  # of the defaults
FIRST = 200  # ages begin at this part of the updates: before, hardly a mode has grown
SCALE = 0.01  # of the first weights: modes grow from it, age by age


def train(options):
    """Read the table, say what became of it, train, and keep the run; or refuse."""
    out = _free(options.output)
    reading = dict(
        label=options.label,
        drop=options.drop,
        categorical=options.categorical,
        missing=options.missing,
        max_states=options.max_states,
        separator=options.separator,
        test_fraction=options.test,
        seed=options.seed,
    )
    table = datasets.from_table(options.table, show=not options.quiet, **reading)
    n_rows, n_units = table.train.shape
    n_hidden = min(MOST_HIDDEN, max(2, n_units))
    if options.hidden is not None:
        n_hidden = check_positive(options.hidden, "--hidden")
    how = dict(
        method=options.method,
        k=options.k,
        batch_size=min(BATCH, n_rows) if options.batch is None else options.batch,
        learning_rate=options.rate,
        seed=options.seed,
    )
    if np.isnan(table.train).any():
        how["missing"] = "sample"
    start = training.initial_machine(
        table.train, n_hidden, seed=options.seed, visible=table.visible, scale=SCALE
    )
    validation = None if options.unvalidated else _validation(table)
    if options.patience is not None:
        how["patience"] = options.patience
    run = training.begin(start, table.train, validation=validation, **how)
    about = runs.describe(table, options.table, out, reading)
    run = replace(run, settings=run.settings | {runs.SETTING: about})
    if not options.quiet:
        said = ", ".join(f"{name} {value}" for name, value in how.items())
        print(f"{run[0]!r}: {said}, {options.updates} updates")
    return _go_on(run, table, validation, out, options)


def resume(options):
    """Continue a run, to the same bits as a longer one; as `training.resume`."""
    run, about = runs.load(options.file)
    table = runs.table_of(options.file, about, options.table)
    validated = "validation_sha256" in run.settings
    validation = _validation(table) if validated else None
    return _go_on(run, table, validation, check_path(options.file), options)


def _validation(table):
    """Return the test rows that miss nothing; None if there is none."""
    whole = without_gaps(table.test)
    return table.test[whole] if whole.any() else None


def _go_on(run, table, validation, out, options):
    updates = check_positive(options.updates, "--updates")
    found = training.resume(
        run,
        table.train,
        n_updates=updates,
        checkpoints=_ages(check_positive(options.ages, "--ages"), updates),
        validation=validation,
        progress=not options.quiet,
        autosave=out,
    )
    reached = int(found.ages[-1])
    if reached < updates and not _out_of_patience(found):
        print(
            f"stopped at update {reached}; {out} has all of it. To go on: "
            f"rbmlib resume {out} --updates {updates}"
        )
        return 130
    if not options.quiet:
        print(f"{out}: {found!r}")
        if validation is None:
            print("no likelihood of test rows was followed")
        else:
            print(_validated(found.history))
        print(f"Next: rbmlib report {out}")
    return 0


def _ages(n, updates):
    """Return ages to keep, evenly spaced in logarithm; age 0 is kept besides."""
    ages = np.rint(np.geomspace(max(1, updates / FIRST), updates, n))
    return np.unique(ages.astype(np.int64)).tolist()


def _out_of_patience(run):
    """Return whether a run ended because nothing better came for its patience."""
    patience, history = run.settings.get("patience"), run.history
    if patience is None or history is None or history.best_row is None:
        return False
    return history.n_rows - 1 - history.best_row >= patience


def _validated(history):
    """Return in words how good the last age is, and which was the best."""
    last = history.rows[-1]
    text = (
        f"log-likelihood of the test rows at age {last['age']}: "
        f"{last['validation']:.2f} nats a row ({last['verdict']})"
    )
    if (best := history.best_row) is None:
        return text
    best = history.rows[best]
    text = f"{text}; largest, {best['validation']:.2f}, at age {best['age']}"
    take = f": --age {best['age']} takes that machine"
    return text + take * (best["age"] != last["age"])


def _free(path):
    """Return a path at which nothing would be lost."""
    path = check_path(path, "--output")
    if path.exists():
        raise FileExistsError(
            f"--output must be a new file, got {path}, which is there; 'rbmlib resume' "
            "goes on with a run"
        )
    if not Path(path).resolve().parent.is_dir():
        raise FileNotFoundError(f"--output must be in a folder that exists, got {path}")
    return path
