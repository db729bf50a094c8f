"""A table as states of units: split into training and test rows, and described."""

from dataclasses import dataclass

import numpy as np

from rbmlib.checks import check_integers, check_sequence, check_texts
from rbmlib.datasets.dataset import Dataset, check_states
from rbmlib.datasets.tables.kinds import Column, decode
from rbmlib.datasets.tables.summary import summary
from rbmlib.units import BINARY, Categorical


@dataclass(frozen=True, eq=False)
class Table(Dataset):
    """A `Dataset` whose units are columns of a table; `from_table` makes it.

    Parameters
    ----------
    name, train, test, train_labels, test_labels, label_names, shape, source
        As of `Dataset`; NaN in ``train`` and ``test`` is an entry that is missing.
    columns : sequence of Column
        All columns of the table; `units` are those that became units.
    train_rows, test_rows : array_like of int, shape (n_samples,)
        Position of each sample among the rows of the table, from 0.
    notes : sequence of str
        What was done to rows.

    Raises
    ------
    TypeError, ValueError
        As `Dataset`; no columns, or not one unit for each column of the samples; not
        one row for each sample.

    Examples
    --------
    >>> smokes = Column("smokes", "binary", ("no", "yes"), 0)
    >>> table = Table(
    ...     name="three", train=[[0], [1]], test=[[1]], train_labels=[0, 1],
    ...     test_labels=[1], label_names=("left", "right"), shape=None,
    ...     source="written by hand", columns=[smokes], train_rows=[0, 2],
    ...     test_rows=[1], notes=["three rows"],
    ... )
    >>> table.visible.name, table.units[0].states
    ('binary', ('no', 'yes'))
    """

    columns: tuple[Column, ...]
    train_rows: np.ndarray
    test_rows: np.ndarray
    notes: tuple[str, ...]

    def __post_init__(self):
        super().__post_init__()
        columns = check_sequence(self.columns, "columns", Column, "a Column")
        object.__setattr__(self, "columns", columns)
        if len(self.units) != self.train.shape[1]:
            raise ValueError(
                f"columns must hold {self.train.shape[1]} binary or categorical ones, "
                f"as train has columns, got {len(self.units)}"
            )
        for name in ("train", "test"):
            rows = check_integers(
                getattr(self, f"{name}_rows"),
                f"{name}_rows",
                (len(getattr(self, name)),),
                0,
                2**62,
            )
            rows.flags.writeable = False
            object.__setattr__(self, f"{name}_rows", rows)
        notes = check_texts(self.notes, "notes")
        object.__setattr__(self, "notes", notes)

    @staticmethod
    def _check_rows(rows, argument):
        return check_states(rows, argument)

    @property
    def units(self):
        """The columns that became visible units, in their order."""
        return tuple(x for x in self.columns if x.kind in ("binary", "categorical"))

    @property
    def visible(self):
        """The unit type: binary, or categorical with each column's number of states."""
        sizes = [len(column.states) for column in self.units]
        if set(sizes) == {2}:
            return BINARY
        return Categorical(sizes[0] if len(set(sizes)) == 1 else sizes)

    @property
    def summary(self):
        """What was done with each column, as text."""
        return summary(self)

    def __str__(self):
        return self.summary

    def decode(self, v):
        """Return states as entries of the table: `decode` with this table's units."""
        return decode(self.units, v)
