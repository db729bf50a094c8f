"""``sample``, ``impute`` and ``couplings``: what the machine of a run answers."""

import sys

import numpy as np

from rbmlib import datasets, sampling
from rbmlib.checks import check_positive
from rbmlib.command import runs
from rbmlib.command.filming import film
from rbmlib.command.writing import write_table
from rbmlib.datasets.tables.reading import read
from rbmlib.report.pairs import named, strongest_pairs


def sample(options):
    """Draw rows, from noise or given some columns, as in `sampling.conditional`."""
    run, about = runs.load(options.file)
    machine = runs.machine_of(run, options.age)
    n = check_positive(options.n, "-n")
    known = _given(options.given)
    if known:
        if (label := about.options["label"]) in known:
            raise ValueError(
                f"--given must be columns of the machine, got {label}, the label: "
                "the machine does not learn it"
            )
        v = _encoded(about.units, known, n)
    else:
        v = sampling.random_start(machine, n, options.seed)
    mask = ~np.isnan(v) & bool(known)
    if options.gif:
        v = film(machine, v, mask, options)
    elif known:
        v, _ = sampling.conditional(machine, v, mask, options.sweeps, options.seed)
    else:
        v = sampling.sample(machine, n, options.sweeps, options.seed)
    entries = datasets.decode(about.units, v)
    write_table(options.output, list(entries), zip(*entries.values(), strict=True))


def _given(texts):
    """Return {column: entry} of texts COLUMN=ENTRY."""
    found = {}
    for text in texts:
        name, sign, entry = text.partition("=")
        if not sign or name in found:
            raise ValueError(f"--given must be COLUMN=ENTRY, each once, got {text!r}")
        found[name] = entry
    return found


def _encoded(units, known, n):
    """Return n rows of which the entries given are known."""
    rows = {name: [entry] * n for name, entry in known.items()}
    v = datasets.encode(units, rows, partly=True)
    if np.isnan(v[0]).sum() > len(units) - len(known):
        raise ValueError(
            "--given must be entries of the columns, none that stands for a missing "
            f"one, got {' '.join(f'{name}={entry}' for name, entry in known.items())}"
        )
    return v


def impute(options):
    """Fill what is missing with the most probable entries, given the known ones.

    All else stays as the table has it, columns that the machine does not know too.
    """
    run, about = runs.load(options.file)
    machine = runs.machine_of(run, options.age)
    v = datasets.encode(
        about.units,
        options.table,
        missing=about.options["missing"],
        separator=options.separator,
    )
    known = ~np.isnan(v)
    _, mean = sampling.conditional(machine, v, known, options.sweeps, options.seed)
    best, p = _most_probable(machine, mean)
    filled = np.where(known, v, best)
    entries = datasets.decode(about.units, filled)
    columns = _with_filled(
        options.table, options.separator, about.units, known, entries
    )
    write_table(options.output, list(columns), zip(*columns.values(), strict=True))
    if options.cells:
        cells = np.argwhere(~known)
        rows = (
            (
                i + 1,
                about.units[j].name,
                entries[about.units[j].name][i],
                f"{p[i, j]:.3f}",
            )
            for i, j in cells.tolist()
        )
        write_table(options.cells, ["row", "column", "entry", "probability"], rows)
    print(
        f"{(~known).sum()} entries of {known.size} filled, {(~known).any(1).sum()} of "
        f"{len(known)} rows",
        file=sys.stderr,
    )


def _with_filled(path, separator, units, known, entries):
    """Return the columns of a table, {name: entries}, with its gaps filled."""
    place, columns = {column.name: k for k, column in enumerate(units)}, {}
    for column in read(path, separator)[0].columns:
        texts = ["" if x is None else x for x in column.values]
        cells = [texts[code] for code in column.codes.tolist()]
        if column.name in place:
            there = known[:, place[column.name]].tolist()
            filled = zip(cells, entries[column.name], there, strict=True)
            cells = [old if kept else new for old, new, kept in filled]
        columns[column.name] = cells
    return columns


def _most_probable(machine, mean):
    """Return the most probable state of each unit, and its probability."""
    widths = machine.visible.widths(machine.n_visible)
    if widths is None:
        return (mean > 0.5).astype(float), np.maximum(mean, 1 - mean)
    ends = np.cumsum(widths)
    parts = np.split(mean, ends[:-1], axis=1)
    best = np.stack([part.argmax(1) for part in parts], axis=1)
    return best.astype(float), np.stack([part.max(1) for part in parts], axis=1)


def couplings(options):
    """List pairs of columns by their coupling, as in `effective_couplings`."""
    run, about = runs.load(options.file)
    n = check_positive(options.n, "-n", 0)
    machine = runs.machine_of(run, options.age)
    pairs = strongest_pairs(machine, n or None)
    header, rows = named(machine, about.units, pairs)
    write_table(options.output, header, ([*r[:2], f"{r[2]:.4g}", *r[3:]] for r in rows))
