"""What a column is: states of a unit, a label, or nothing a machine can take.

The rules are few, and each column says which of them it met.  Nothing is cut into
classes, filled or joined: what needs a decision of the reader is dropped with its
reason, or refused where it looks like a mistake.
"""

import datetime
import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from rbmlib.checks import as_numbers, check_sequence, said
from rbmlib.datasets.tables.entries import Entries
from rbmlib.datasets.tables.text import NUMBER

MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?")
NOTHING = {"NoneType", "NAType", "NaTType"}
DATES = (datetime.date, datetime.time, np.datetime64)
MOST_STATES = 256  # of a categorical unit
WHOLE = re.compile(r"([+-]?[0-9]+)\.0*")  # 3.0 is the state 3
DATE = re.compile(
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([T ].*)?"
    r"|[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{4}|[0-9]{2})([T ].*)?"
)


class Column(NamedTuple):
    """One column of a table and what was made of it.

    Attributes
    ----------
    name : str
    kind : "binary", "categorical", "label" or "dropped"
    states : tuple of str
        Names of the states 0, 1, …; empty for a dropped column.
    n_missing : int
        Rows without an entry.
    note : str
        Why it was dropped, or what is worth a look.
    """

    name: str
    kind: str
    states: tuple
    n_missing: int
    note: str = ""


class Rules(NamedTuple):
    """What the reader asked for, checked."""

    label: str | None
    drop: tuple
    categorical: tuple
    missing: tuple
    max_states: int


class Kept(NamedTuple):
    """Entries of a column that are there, in the order of their states."""

    names: list  # of each state
    state: np.ndarray  # of each entry of `Entries.values`; -1: missing
    numbers: list  # of each state: a number, or None
    dates: set  # types of entries that are dates


def treat(entries, rules, where):
    """Return the `Column` of entries, and the state of each row, -1 where missing.

    Parameters
    ----------
    entries : Entries
    rules : Rules
    where : callable
        Position of a row to words for a message.

    Raises
    ------
    ValueError
        Texts among numbers; a label without any entry.
    """
    types = tuple(map(type, entries.values))
    kept = _keep(types, tuple(entries.values), rules.missing)
    state = kept.state[entries.codes]
    n_missing = int((state < 0).sum())
    if entries.name == rules.label:
        if not kept.names:
            raise ValueError(
                f"label must name a column with entries, got {rules.label!r}"
            )
        return Column(entries.name, "label", tuple(kept.names), n_missing), state
    asked = entries.name in rules.categorical
    reason = _reason(entries.name, kept, len(state) - n_missing, rules, asked)
    if reason is None and not asked:
        _check_alike(entries, kept, where)
    if reason:
        return Column(entries.name, "dropped", (), n_missing, reason), None
    kind = "binary" if len(kept.names) == 2 else "categorical"
    return Column(entries.name, kind, tuple(kept.names), n_missing, _look(kept)), state


@lru_cache(maxsize=256)  # the columns of a large table have few sets of entries
def _keep(types, values, missing):
    """Return the states of a column: numbers by size, then texts by the alphabet."""
    keys = [key_of(value, missing) for value in values]
    names = {}
    for key, value in zip(keys, values, strict=True):
        if key is not None:
            names.setdefault(key, []).append(_text(value))
    order = sorted(names)
    small = np.min_scalar_type(-max(1, len(order)))
    number = {key: k for k, key in enumerate(order)} | {None: -1}
    return Kept(
        [min(names[key], key=lambda name: (len(name), name)) for key in order],
        np.array([number[key] for key in keys], small),
        [key[1] if key[0] == 0 else None for key in order],
        {kind for kind in types if issubclass(kind, DATES)},
    )


def key_of(value, missing):
    """Return by what an entry is sorted and equal to others, None if it is missing."""
    name = _text(value)
    if name is None or (isinstance(value, str) and value.strip() in missing):
        return None
    number = _number(value)
    return (1, 0.0, name) if number is None else (0, number, "")


def _text(value):
    """Return the name of an entry, None if there is none."""
    if type(value).__name__ in NOTHING or (isinstance(value, float) and value != value):
        return None
    name = str(value)
    return WHOLE.sub(r"\1", name) if WHOLE.fullmatch(name) else name


def _number(value):
    """Return the number that an entry is, None for a text."""
    if isinstance(value, bool):
        return None  # False and True, in this order
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        return float(value)
    return None


def _reason(name, kept, n_there, rules, asked):
    """Return why a column cannot be units, None if it can."""
    n = len(kept.names)
    if name in rules.drop:
        return "as asked"
    if n == 0:
        return "no entry"
    if n == 1:
        return f"always {kept.names[0]!r:.40}"
    if n > MOST_STATES and asked:
        return f"{n} different entries, more than {MOST_STATES}"
    if asked or n == 2:
        return None
    if _are_dates(kept):
        return "dates"
    if n == n_there:
        return "every row has its own"
    texts = kept.numbers.count(None)
    if n > rules.max_states:
        what = f"{n} different " + ("texts" if texts > n / 2 else "numbers")
        return what if texts else f"{what}: cut them into classes"
    if n > n_there / 2:
        return f"{n} different entries in {n_there} rows: too few of each"
    return None


def _are_dates(kept):
    return bool(kept.dates) or all(map(DATE.fullmatch, kept.names))


def _check_alike(entries: Entries, kept, where):
    """Refuse texts among numbers: one of the two is a mistake."""
    texts = [k for k, number in enumerate(kept.numbers) if number is None]
    if not texts or len(texts) == len(kept.numbers):
        return
    text = texts[0]
    codes = np.flatnonzero(kept.state == text)
    row = where(int(np.flatnonzero(np.isin(entries.codes, codes))[0]))
    raise ValueError(
        f"{row}, column {entries.name!r} must be numbers, as "
        f"{len(kept.numbers) - len(texts)} of its {len(kept.numbers)} different "
        f"entries, got {kept.names[text]!r:.40}; say missing=[…, "
        f"{kept.names[text]!r:.40}] if it stands for no entry, or categorical=["
        f"{entries.name!r}] if all of them are names"
    )


def _look(kept):
    """Return what is worth a look: states that differ in case or blanks alone."""
    seen = {}
    for name in kept.names:
        other = seen.setdefault(" ".join(name.split()).casefold(), name)
        if other != name:
            return f"two states, {other!r:.20} and {name!r:.20}: one word?"
    return ""


def decode(columns, v):
    """Return states of units as the entries of the table that they stand for.

    Parameters
    ----------
    columns : sequence of Column
        One for each unit, as `Table.units`.
    v : array_like, shape (n_samples, n_units)
        States; NaN for what is missing.

    Returns
    -------
    dict of str to list of str
        Column by column, None where missing; ``pandas.DataFrame(...)`` takes it.

    Raises
    ------
    ValueError
        Another number of columns, or numbers that are no states.

    Examples
    --------
    >>> smokes = Column("smokes", "binary", ("no", "yes"), 0)
    >>> decode([smokes], [[1], [0], [np.nan]])
    {'smokes': ['yes', 'no', None]}
    """
    columns = check_sequence(columns, "columns", Column, "a Column")
    v = as_numbers(v, "v")
    if v.ndim != 2 or v.shape[1] != len(columns) or len(v) == 0:
        raise ValueError(
            f"v must have shape (n_samples, {len(columns)}) with at least one sample, "
            f"got {v.shape}"
        )
    out = {}
    for column, states in zip(columns, v.T, strict=True):
        gaps = np.isnan(states.astype(float, copy=False))
        good = gaps | np.isin(states, np.arange(len(column.states)))
        if not good.all():
            raise ValueError(
                f"v must hold states of column {column.name!r}, 0 to "
                f"{len(column.states) - 1}, got {said(states[~good][0])}"
            )
        out[column.name] = [
            None if gap else column.states[int(state)]
            for state, gap in zip(states.tolist(), gaps.tolist(), strict=True)
        ]
    return out
