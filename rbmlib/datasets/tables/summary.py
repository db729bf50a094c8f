"""What was done with each column of a table, in words."""

import textwrap

MOST_NAMES, MOST_STATES = 6, 8
WIDTH = 74


def summary(table):
    """Return a text: the rows, then the columns of a kind, then what was done to rows.

    Parameters
    ----------
    table : Table
    """
    n_train, n_test = len(table.train), len(table.test)
    lines = [
        f"{table.source}: {n_train + n_test} rows ({n_train} train, {n_test} test), "
        f"{_count(table.columns, 'column')}, {_count(table.units, 'unit')}"
    ]
    for group in _groups(table.columns):
        lines += textwrap.wrap(
            f"{group[0].kind:<11}  {_line(group)}",
            WIDTH,
            initial_indent="  ",
            subsequent_indent=" " * 15,
            break_long_words=False,
        )
    return "\n".join([*lines, *(f"  note: {note}" for note in table.notes)])


def _count(things, word):
    return f"{len(things)} {word}{'s' * (len(things) != 1)}"


def _groups(columns):
    """Return the columns that were treated alike, a kind after the other."""
    groups = {}
    for column in columns:
        alike = column.kind, column.states, column.note
        groups.setdefault(alike, []).append(column)
    order = ("label", "binary", "categorical", "dropped")
    return sorted(groups.values(), key=lambda group: order.index(group[0].kind))


def _line(group):
    """Return names, states and missing entries of columns that were treated alike."""
    names = [column.name for column in group]
    if len(names) > MOST_NAMES:
        names = [*names[:3], "…", names[-1]]
    first, text = group[0], ", ".join(names)
    if len(group) > MOST_NAMES:
        text += f" ({len(group)} columns)"
    if first.states:
        states = list(first.states)
        if len(states) > MOST_STATES:
            states = [*states[:3], "…", f"{states[-1]} ({len(states)} states)"]
        text += "  " + ", ".join(states)
    missing = sum(column.n_missing for column in group)
    if missing and first.kind != "dropped":
        text += f"; {missing} missing"
    if first.note:
        text += ("; " if first.states else "  ") + first.note
    return text
