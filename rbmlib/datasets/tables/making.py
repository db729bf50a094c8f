"""From a file or a frame to a `Table`, with every step stated."""

import hashlib
from pathlib import Path

import numpy as np

from rbmlib import randomness
from rbmlib.checks import (
    check_flag,
    check_positive,
    check_real,
    check_text,
    check_texts,
)
from rbmlib.datasets.dataset import stratified_split
from rbmlib.datasets.tables.kinds import MISSING, MOST_STATES, Rules, treat
from rbmlib.datasets.tables.reading import read
from rbmlib.datasets.tables.table import Table


def from_table(
    table,
    label=None,
    *,
    drop=(),
    categorical=(),
    missing=MISSING,
    max_states=21,
    separator=None,
    test_fraction=0.2,
    seed=0,
    show=True,
):
    """Read a table of one's own: columns become units, and each says how.

    A column of two different entries is a binary unit, one of 3 to ``max_states`` a
    categorical one; states are in the order of their numbers, or of the alphabet.
    Columns that are constant, empty, dates, or of too many different entries are
    dropped with the reason.  Missing entries stay missing: NaN in ``train`` and
    ``test``.  A number among texts, a text among numbers, a line with too few fields
    and the like are refused with their place.

    Parameters
    ----------
    table : path, frame, mapping or matrix
        A file: CSV, TSV (UTF-8, names in the first line), Parquet, NPY, NPZ (one
        matrix, SciPy sparse ones too), aligned FASTA, HDF5 with ``samples`` as `rbms`
        has it.  A frame of pandas, or with ``to_pandas``; names and columns; a matrix.
    label : str, optional
        Column that is not learned, but kept beside the samples.  Rows without it are
        left out.
    drop : sequence of str
        Columns to leave out.
    categorical : sequence of str
        Columns whose entries are names of states, whatever they look like.
    missing : sequence of str
        Texts that stand for no entry, blanks around them aside.
    max_states : int
        A column with more different entries is dropped, from 2 to 256.
    separator : str, optional
        Of fields in a text; default: comma in .csv, tab in .tsv and .txt.
    test_fraction : float
        Share of the rows that are kept for the test, of each label the same.
    seed : int
        Of the split.
    show : bool
        Print `Table.summary`.

    Returns
    -------
    Table

    Raises
    ------
    FileNotFoundError, IsADirectoryError, ImportError
        No such file; Parquet without pandas.
    TypeError, ValueError
        An argument that does not fit, a file that is damaged or no table, or entries
        that contradict each other: the message has file, row and column.

    Examples
    --------
    >>> answers = {
    ...     "smokes": ["no", "yes", "no", None, "no", "yes"],
    ...     "city": ["Rome", "Oslo", "Rome", "Oslo", "Bonn", "Bonn"],
    ...     "id": [11, 12, 13, 14, 15, 16],
    ...     "ill": ["no", "yes", "no", "yes", "no", "yes"],
    ... }
    >>> table = from_table(answers, label="ill", test_fraction=0.3)
    a dict: 6 rows (4 train, 2 test), 4 columns, 2 units
      label        ill  no, yes
      binary       smokes  no, yes; 1 missing
      categorical  city  Bonn, Oslo, Rome
      dropped      id  every row has its own
    >>> table.decode(table.test)
    {'smokes': ['no', 'yes'], 'city': ['Bonn', 'Bonn']}
    """
    rules = _check_rules(label, drop, categorical, missing, max_states)
    fraction = check_real(test_fraction, "test_fraction", 0, 1, open_low=True)
    seed, show = randomness.check_seed(seed), check_flag(show, "show")
    source, origin = read(table, separator)
    _check_named(source, rules)
    columns, states = _treat_all(source, rules)
    kinds = [column.kind for column in columns]
    labels = states[kinds.index("label")] if "label" in kinds else None
    used = [k for k, kind in enumerate(kinds) if kind in ("binary", "categorical")]
    if not used:
        reasons = [f"{c.name!r} ({c.note})" for c in columns if c.kind == "dropped"]
        raise ValueError(
            f"table must have a column with two entries or more, each often enough, "
            f"got {source.name}: {', '.join(reasons[:6])}"
        )
    x, notes = _matrix([states[k] for k in used]), list(source.notes)
    del states
    rows, notes = _rows_to_use(x, labels, notes)
    is_test = _split(rows, labels, fraction, seed)
    found = Table(
        name=Path(origin).stem if origin else "table",
        train=x[rows[~is_test]],
        test=x[rows[is_test]],
        train_labels=None if labels is None else labels[rows[~is_test]],
        test_labels=None if labels is None else labels[rows[is_test]],
        label_names=() if labels is None else columns[kinds.index("label")].states,
        shape=None,
        source=origin or f"a {type(table).__name__}",
        columns=columns,
        train_rows=rows[~is_test],
        test_rows=rows[is_test],
        notes=(*notes, *_twins(x, [columns[k] for k in used])),
    )
    if show:
        print(found.summary)
    return found


def _check_rules(label, drop, categorical, missing, max_states):
    if label is not None:
        check_text(label, "label")
    named = {"drop": drop, "categorical": categorical, "missing": missing}
    for name, texts in named.items():
        named[name] = check_texts(texts, name)
    max_states = check_positive(max_states, "max_states", 2, MOST_STATES)
    return Rules(label, *named.values(), max_states)


def _check_named(source, rules):
    """Refuse names of columns that the table does not have."""
    names = [column.name for column in source.columns]
    label = () if rules.label is None else (rules.label,)
    for argument, asked in (
        ("label", label),
        ("drop", rules.drop),
        ("categorical", rules.categorical),
    ):
        for name in asked:
            if name not in names:
                some = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
                raise ValueError(
                    f"{argument} must name a column of {source.name}, got {name!r}; "
                    f"there are {some}"
                )


def _treat_all(source, rules):
    def where(row):
        return f"{source.name}, {source.row(row)}"

    pairs = [treat(entries, rules, where) for entries in source.columns]
    return [column for column, _ in pairs], [states for _, states in pairs]


def _matrix(states):
    """Return states as a matrix: bytes, or float32 with NaN where one is missing."""
    gaps = any(column.min() < 0 for column in states)
    x = np.empty((len(states[0]), len(states)), np.float32 if gaps else np.uint8)
    for k, column in enumerate(states):
        x[:, k] = np.where(column < 0, np.nan, column) if gaps else column
    return x


def _rows_to_use(x, labels, notes):
    """Return the rows with an entry and a label, and what is to be said of others."""
    empty = np.zeros(len(x), bool)
    if x.dtype.kind == "f":
        empty = np.isnan(x).all(1)
    unlabelled = np.zeros(len(x), bool) if labels is None else labels < 0
    for what, rows in (("any entry", empty), ("a label", unlabelled)):
        if rows.any():
            some = ", ".join(str(k + 1) for k in np.flatnonzero(rows)[:5].tolist())
            some += ", …" if rows.sum() > 5 else ""
            notes = [*notes, f"rows without {what} left out: {rows.sum()} ({some})"]
    return np.flatnonzero(~empty & ~unlabelled), notes


def _split(rows, labels, fraction, seed):
    groups = np.zeros(len(rows), int) if labels is None else labels[rows]
    is_test = stratified_split(groups, fraction, seed)
    if not 0 < is_test.sum() < len(rows):
        raise ValueError(
            f"table must have rows to train and rows to test, at test_fraction="
            f"{fraction:g} of each label; got {len(rows)} rows"
        )
    return is_test


def _twins(x, columns):
    """Return a note of the columns with the same states as an earlier one."""
    first, twins = {}, []
    for column, states in zip(columns, x.T, strict=True):
        other = first.setdefault(hashlib.sha256(states.tobytes()).digest(), column.name)
        if other != column.name:
            twins.append(f"{column.name!r} as {other!r}")
    if not twins:
        return []
    some = ", ".join(twins[:4]) + (", …" if len(twins) > 4 else "")
    return [f"columns with the states of an earlier one: {len(twins)} ({some})"]
