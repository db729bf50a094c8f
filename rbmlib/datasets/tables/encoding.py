"""Other rows of a table whose columns are known: their states, and back."""

import numpy as np

from rbmlib.checks import check_flag, check_sequence, check_texts
from rbmlib.datasets.tables.kinds import MISSING, Column, key_of
from rbmlib.datasets.tables.reading import read

MOST_NAMED = 12  # columns in a message


def encode(columns, table, *, missing=MISSING, separator=None, partly=False):
    """Return the rows of a table as states of known columns, the reverse of `decode`.

    Parameters
    ----------
    columns : sequence of Column
        One for each unit, as `Table.units`.
    table : path, frame or mapping
        As in `from_table`; its other columns are not looked at.
    missing, separator
        As in `from_table`.
    partly : bool
        A column that the table has not is missing in each row, not refused.

    Returns
    -------
    ndarray of float32, shape (n_rows, n_units)
        NaN where an entry is missing.

    Raises
    ------
    TypeError, ValueError
        What `from_table` refuses; a column that is not there, or an entry that is no
        state of its column, with its row.

    Examples
    --------
    >>> smokes = Column("smokes", "binary", ("no", "yes"), 0)
    >>> encode([smokes], {"smokes": ["yes", "NA", "no"]}).tolist()
    [[1.0], [nan], [0.0]]
    """
    columns = check_sequence(columns, "columns", Column, "a Column")
    missing, partly = check_texts(missing, "missing"), check_flag(partly, "partly")
    source, _ = read(table, separator)
    there = {entries.name: entries for entries in source.columns}
    v = np.full((source.n_rows, len(columns)), np.nan, np.float32)
    for k, column in enumerate(columns):
        if column.name in there:
            v[:, k] = _states(column, there[column.name], missing, source)
        elif not partly:
            raise ValueError(
                f"table must have the column {column.name!r}, got {source.name} with "
                f"{', '.join(list(there)[:8])}"
            )
    unknown = [name for name in there if name not in {x.name for x in columns}]
    if partly and unknown:
        more = ", …" * (len(columns) > MOST_NAMED)
        raise ValueError(
            f"table must have columns of the machine, got {unknown[0]!r}; there are "
            f"{', '.join(column.name for column in columns[:MOST_NAMED])}{more}"
        )
    return v


def _states(column, entries, missing, source):
    number = {key_of(name, ()): k for k, name in enumerate(column.states)}
    states = []
    for k, value in enumerate(entries.values):
        key = key_of(value, missing)
        if key is not None and key not in number:
            row = source.row(int(np.argmax(entries.codes == k)))
            raise ValueError(
                f"{source.name}, {row}, column {column.name!r} must be one of "
                f"{', '.join(column.states[:9])}, got {value!r:.40}"
            )
        states.append(np.nan if key is None else number[key])
    return np.array(states, np.float32)[entries.codes]
