"""``info``, ``report`` and ``tree``: what a run holds, and whether to believe it."""

import os
import sys
import textwrap
from pathlib import Path

import numpy as np

from rbmlib.command import runs
from rbmlib.command.writing import write_table
from rbmlib.files.whole import write_whole
from rbmlib.mode_tracking import track
from rbmlib.report import judge, measure, page
from rbmlib.report.measuring import grown, without_gaps

COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb")
TITLE = "label"


def info(options):
    """Print what a run holds."""
    run, about = runs.load(options.file)
    ages = run.ages.tolist()
    print(f"{options.file}: {run!r}")
    print(f"  ages        {', '.join(map(str, ages))}")
    for name, value in run.settings.items():
        if name != runs.SETTING:
            print(f"  {name:<11} {value}")
    print(f"  table       {about.path}, sha256 {about.sha256}")
    for name, value in about.options.items():
        print(f"    {name:<13} {value}")
    for column in about.units:
        states = textwrap.shorten(", ".join(column.states), 60, placeholder=" …")
        print(f"  {column.kind:<11} {column.name}  {states}")
    if run.history is not None:
        gaps = np.isnan(run.history["train"]).all()
        which = "test rows" if gaps else "training rows and of test rows"
        print(f"  log-likelihood in nats a row, of {which}")
        for row in run.history.rows:
            train = "" if gaps else f"{row['train']:>9.2f} "
            numbers = f"{train}{row['validation']:>9.2f}"
            print(f"  {row['age']:>11} {numbers}  {row['verdict']}")


def report(options):
    """Write the page of a run, and print its verdicts; or refuse."""
    run, about = runs.load(options.file)
    table = runs.table_of(options.file, about, options.table)
    out = Path(options.output or Path(options.file).with_suffix(".html"))
    if not out.resolve().parent.is_dir():  # measuring takes minutes: asked before
        raise FileNotFoundError(f"--output must be in a folder that exists, got {out}")
    book = _book_from(out, options.book)
    run = runs.up_to(run, options.age)
    print("measured are likelihoods, samples, mixing, modes: minutes", file=sys.stderr)
    found = measure(run, table, seed=options.seed)
    text = page(found, f"The run {Path(options.file).name}", book)
    write_whole(out, text.encode())
    word, verdicts = judge(found)
    print(f"{word}; the page is {out}")
    for verdict in verdicts:
        print(f"  {verdict.subject:<11} {verdict.grade:<9} {verdict.text}")


def _book_from(out, book):
    """Return where the book is, from the page at ``out``; refuse dead links."""
    if not book or "://" in book:
        return book
    if Path(book, "06_mixing_time.html").is_file():  # the folder of its chapters
        book = Path(book).resolve().parent
    if not Path(book, "book", "06_mixing_time.html").is_file():
        raise FileNotFoundError(
            "--book must be an address, or the folder of the built book with the page "
            f"book/06_mixing_time.html in it, got {book}"
        )
    try:
        near = os.path.relpath(Path(book).resolve(), out.resolve().parent)
    except ValueError:  # another drive
        return Path(book).resolve().as_uri()
    return Path(near).as_posix()


def tree(options):
    """Write the tree of modes of the training rows that miss nothing, or refuse."""
    run, about = runs.load(options.file)
    table = runs.table_of(options.file, about, options.table)
    whole = without_gaps(table.train)
    run = runs.up_to(run, options.age)
    if options.order:
        found = track(run, table.train[whole], order=options.order)
    else:
        found, why = grown(run, table.train[whole])
        if found is None:
            raise ValueError(f"{options.file} has no tree of modes: {why}")
        if why:
            print(f"mean field of order {found.order}, as {why}", file=sys.stderr)
    sizes = np.bincount(found.leaf_of[found.leaf_of >= 0], minlength=found.n_leaves)
    names = [f"mode {k} ({size})" for k, size in enumerate(sizes.tolist(), 1)]
    print(f"{found!r}; {(~whole).sum()} rows with gaps left out", file=sys.stderr)
    text = found.newick(names)
    if options.output:
        with open(options.output, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    else:
        print(text)
    labels = None if table.train_labels is None else table.train_labels[whole]
    if options.members:
        words = [""] * len(found.leaf_of)
        if labels is not None:
            words = [table.label_names[label] for label in labels]
        rows = (table.train_rows[whole] + 1).tolist()
        modes = [names[k] if k >= 0 else "" for k in found.leaf_of.tolist()]
        write_table(
            options.members,
            ["row", "label", "mode"],
            zip(rows, words, modes, strict=True),
        )
    if options.itol:
        _write_colours(options.itol, found, names, labels, table.label_names)


def _write_colours(path, found, names, labels, label_names):
    """Write a strip of colours for iTOL: the most frequent label of each mode."""
    if labels is None:
        raise ValueError("--itol must have labels to colour by, got a table without")
    lines = ["DATASET_COLORSTRIP", "SEPARATOR TAB", f"DATASET_LABEL\t{TITLE}"]
    lines += ["COLOR\t#000000", "DATA"]
    for name, label in zip(names, found.leaf_labels(labels).tolist(), strict=True):
        colour = COLOURS[label % len(COLOURS)] if label >= 0 else "#ffffff"
        lines.append(f"{name}\t{colour}\t{label_names[label] if label >= 0 else ''}")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
