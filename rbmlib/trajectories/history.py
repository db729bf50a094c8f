"""What was measured while a run was trained: a table, a row for some of its ages."""

from collections.abc import Mapping

import numpy as np

from rbmlib.checks import (
    as_numbers,
    check_instance,
    check_integers,
    check_positive,
    shown,
)

REFUTED = "refuted"  # how the verdict on an upper bound begins
TRUSTED = "trusted"


class History(Mapping):
    """A table of a run: a column for each name, a row for each age that was looked at.

    ``history["norm"]`` is a column, ``dict(history)`` a table for a data frame, and
    ``str(history)`` the table to read.  What training writes is in
    `rbmlib.training.history`.

    Parameters
    ----------
    columns : mapping of str to array_like, shape (n_rows,)
        "age", increasing integers >= 0, and others, of real numbers (NaN where there is
        none) or of texts.

    Raises
    ------
    TypeError, ValueError
        Names that are no identifiers; columns of other lengths or types; no column
        "age", or one that does not increase.

    Examples
    --------
    >>> history = History({"age": [0, 10, 30], "validation": [-4.0, -2.5, -3.0],
    ...                    "verdict": ["trusted"] * 3})
    >>> history["validation"].tolist(), history.best_age
    ([-4.0, -2.5, -3.0], 10)
    >>> len(history), history.n_rows, history.until(10)["age"].tolist()
    (3, 3, [0, 10])
    """

    def __init__(self, columns):
        check_instance(columns, "columns", Mapping, "a dict of columns")
        if "age" not in columns:
            raise ValueError(
                f"columns must have the column 'age', got {shown(list(columns))}"
            )
        ages = check_integers(columns["age"], "columns['age']", ("n_rows",), 0, 2**62)
        if np.any(ages[1:] <= ages[:-1]):
            raise ValueError(
                f"columns['age'] must be strictly increasing, got {ages.tolist()}"
            )
        self._columns = {
            name: _column(name, ages if name == "age" else values, len(ages))
            for name, values in columns.items()
        }

    def __getitem__(self, name):
        """Return a column, read-only."""
        return self._columns[name]

    def __iter__(self):
        return iter(self._columns)

    def __len__(self):
        """Return the number of columns, as of any mapping."""
        return len(self._columns)

    @property
    def n_rows(self):
        """Number of ages that were looked at."""
        return len(self["age"])

    @property
    def rows(self):
        """The rows, a dict each."""
        lists = (column.tolist() for column in self.values())
        return tuple(
            dict(zip(self, row, strict=True)) for row in zip(*lists, strict=True)
        )

    @property
    def best_age(self):
        """The age of the largest log-likelihood of the validation data.

        A refuted one counts as what it is at most.  Rows that are not to be trusted do
        not count: nothing is known of them.

        Raises
        ------
        ValueError
            No such row.
        """
        found = self.best_row
        if found is None:
            raise ValueError(
                "history must have a row with a log-likelihood of validation data that "
                f"can be trusted, got {self.n_rows} without: train(..., validation=…)"
            )
        return int(self["age"][found])

    @property
    def best_row(self):
        """The position of `best_age`, or None."""
        values = np.array(self.get("validation", np.full(self.n_rows, np.nan)))
        verdicts = self.get("verdict", [""] * self.n_rows)
        counts = [x == TRUSTED or x.startswith(REFUTED) for x in verdicts]
        values[~np.array(counts) | np.isnan(values)] = -np.inf
        best = int(values.argmax())
        return best if values[best] > -np.inf else None

    def until(self, age):
        """Return the rows up to an age; None if there are none.

        Raises
        ------
        TypeError, ValueError
            No integer >= 0.
        """
        age = check_positive(age, "age", least=0)
        return from_rows([row for row in self.rows if row["age"] <= age])

    def __eq__(self, other):
        """Two tables are equal if all their numbers are, NaN with NaN."""
        if not isinstance(other, History):
            return NotImplemented
        return list(self) == list(other) and all(
            column.dtype == other[name].dtype
            and column.tobytes() == other[name].tobytes()
            for name, column in self.items()
        )

    __hash__ = None

    def __reduce__(self):
        return History, (dict(self),)

    def __str__(self):
        lines = [list(self)] + [[_shown(x) for x in row.values()] for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(x.rjust(n) for x, n in zip(line, widths, strict=True))
            for line in lines
        )

    def __repr__(self):
        return f"History({self.n_rows} ages; {', '.join(self)})"


def from_rows(rows):
    """Return the `History` of some rows, dicts of the same names; None if none."""
    if not rows:
        return None
    return History({name: [row[name] for row in rows] for name in rows[0]})


def _column(name, values, n_rows):
    """Return a column, read-only: int64 ages, float64 or texts."""
    if not (isinstance(name, str) and name.isidentifier()):
        raise ValueError(f"columns must have identifiers as names, got {name!r}")
    try:
        texts = np.asarray(values)
    except ValueError:  # rows of unequal length
        texts = np.array(None)
    if texts.dtype.kind in "UO" and all(isinstance(x, str) for x in texts.flat):
        column = texts.astype(str)
    else:
        column = as_numbers(values, f"columns[{name!r}]").copy()
        column = column if name == "age" else column.astype(np.float64)
    if column.shape != (n_rows,):
        raise ValueError(
            f"columns[{name!r}] must have shape ({n_rows},), got {column.shape}"
        )
    column.flags.writeable = False
    return column


def _shown(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)
