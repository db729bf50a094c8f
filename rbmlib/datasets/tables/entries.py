"""Columns of entries: what is different in a column, and a number for each row."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np

BLOCK = 4096  # rows of a text that are numbered at once


class Entries(NamedTuple):
    """A column as it came."""

    name: str
    values: list  # different entries, in the order in which they appear
    codes: np.ndarray  # of each row: index into `values`


class Source(NamedTuple):
    """A table as it came."""

    name: str  # for messages: the file, or "the table"
    columns: list  # of `Entries`
    notes: list  # what was done to whole rows
    row: object  # callable: position of a row to where it stands, in words

    @property
    def n_rows(self):
        """Number of rows."""
        return len(self.columns[0].codes)


class Numbering:
    """Numbers the entries of one column, block by block of rows."""

    def __init__(self):
        self.table = defaultdict()
        self.table.default_factory = self.table.__len__
        self.blocks = []

    def add(self, values):
        """Number the entries of some rows."""
        codes = np.fromiter(map(self.table.__getitem__, values), np.int32, len(values))
        small = np.min_scalar_type(len(self.table))  # a byte for each, mostly
        self.blocks.append(codes.astype(small))

    def entries(self, name):
        """Return the column."""
        blocks = self.blocks or [np.zeros(0, np.uint8)]
        return Entries(name, list(self.table), np.concatenate(blocks))


def of_objects(name, values):
    """Return a column of Python objects; equal ones of other types stay apart.

    Raises
    ------
    TypeError
        An entry without a hash; the message has its row.
    """
    numbering, different = Numbering(), []
    try:
        numbering.add([(type(x).__name__, x) for x in values])
    except TypeError:
        for row, x in enumerate(values, 1):
            if getattr(x, "__hash__", None) is None:
                raise TypeError(
                    f"column {name!r}, row {row} must be a number or a text, got "
                    f"{x!r:.60} of {type(x).__name__}"
                ) from None
        raise
    found = numbering.entries(name)
    different = [x for _, x in found.values]
    return found._replace(values=different)


def of_array(name, x):
    """Return a column of an array of numbers, bools or texts."""
    x = x.astype(x.dtype.newbyteorder("="), copy=False)
    if x.dtype.kind in "iu" and x.size and 0 <= x.min() and x.max() < 256:
        x = x.astype(np.uint8)  # a byte is sorted by counting
        counts = np.bincount(x, minlength=256)
        values = np.flatnonzero(counts)
        numbers = np.zeros(256, np.uint8)
        numbers[values] = np.arange(len(values))
        return Entries(name, values.tolist(), numbers[x])
    if x.dtype.kind == "b":
        found = of_array(name, x.view(np.uint8))
        return found._replace(values=[bool(value) for value in found.values])
    values, codes = np.unique(x, return_inverse=True)
    small = np.min_scalar_type(len(values))
    return Entries(name, values.tolist(), codes.ravel().astype(small))
