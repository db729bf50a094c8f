"""Tables of answers: what is in a file, a frame or a mapping, checked cell by cell."""

import csv
import difflib
import io
import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from rbmlib.checks import check_path, shown
from rbmlib.course.bank import BY_LABEL
from rbmlib.course.students import check_name, read_text

COLUMNS = ("student", "label", "answer")
MOST_SHOWN = 10
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


class Entry(NamedTuple):
    """One answer as it was handed in; None if the cell is empty."""

    student: str
    label: str
    answer: float | None


def entries_of(answers):
    """Return the entries of a mapping, a file or a frame, as a list.

    Raises
    ------
    ValueError, TypeError
        Whatever is wrong in the table, each with file, row and column.
    """
    if isinstance(answers, Mapping):
        rows = [(f"answers[{label!r}]", "", label, x) for label, x in answers.items()]
        return _checked(rows)
    if hasattr(answers, "to_dict") and hasattr(answers, "columns"):
        _check_columns(list(answers.columns), "answers")
        cells = answers[list(COLUMNS)].to_dict("records")
        return _checked(
            [
                (f"answers, row {row}", *(x[name] for name in COLUMNS))
                for row, x in enumerate(cells)
            ]
        )
    if not isinstance(answers, str) and not hasattr(answers, "__fspath__"):
        raise TypeError(
            "answers must be a mapping of labels, the path of a CSV file, or a frame "
            f"with the columns {', '.join(COLUMNS)}, got {shown(answers)}"
        )
    return _checked(_rows_of_file(check_path(answers, "answers")))


def _rows_of_file(path):
    """Return (where, student, label, answer) of each row that is not empty."""
    text = read_text(path)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text), delimiter=delimiter)
    header = [name.strip().lower() for name in next(lines, [])]
    _check_columns(header, f"{path}, row 1")
    places, rows = [header.index(name) for name in COLUMNS], []
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{path}, row {lines.line_num}"
        if len(cells) != len(header):
            raise ValueError(
                f"{where}: expected {len(header)} cells, as in row 1, got {len(cells)}"
            )
        rows.append((where, *(cells[place] for place in places)))
    return rows


def _check_columns(names, where):
    if missing := [name for name in COLUMNS if names.count(name) != 1]:
        raise ValueError(
            f"{where} must have the columns {', '.join(COLUMNS)}, each once, got "
            f"{shown(names)}: {', '.join(missing)} not once"
        )


def _checked(rows):
    """Return the entries of rows, or raise one error that lists what is wrong."""
    faults, entries, seen = [], [], {}
    for where, student, label, answer in rows:
        try:
            entry = Entry(_student(student, where), _label(label, where), None)
            entry = entry._replace(answer=_number(answer, entry.label, where))
            key = entry.student.casefold(), entry.label
            if key in seen:
                raise ValueError(
                    f"{where}: each student must answer a problem once, got "
                    f"{entry.label} of {entry.student!r} as in {seen[key]}"
                )
            seen[key] = where
            entries.append(entry)
        except (ValueError, TypeError) as error:
            faults.append(str(error))
    if faults:
        more = len(faults) - MOST_SHOWN
        tail = [f"and {more} more"] if more > 0 else []
        raise ValueError("\n".join([*faults[:MOST_SHOWN], *tail]))
    if not entries:
        raise ValueError("answers must hold at least one answer, got none")
    return entries


def _student(student, where):
    return (
        ""
        if student == "" and "[" in where
        else check_name(student, f"{where}, column student")
    )


def _label(label, where):
    text = label.strip().upper() if isinstance(label, str) else label
    if not isinstance(text, str) or text not in BY_LABEL:
        near = difflib.get_close_matches(str(text), BY_LABEL, 3, 0.3)
        raise ValueError(
            f"{where}, column label: expected a problem, for example "
            f"{', '.join(near) or 'P1.1'}, got {shown(label)}"
        )
    return text


def _number(answer, label, where):
    """Return an answer as a float, or None if there is none; 0,5 is 0.5.

    The unit that the problem names may follow, and no other.
    """
    unit = BY_LABEL[label].unit
    if isinstance(answer, str):
        text = " ".join(answer.split()).replace("−", "-")
        if not text:
            return None
        if unit and text.casefold().endswith(unit):
            text = text[: -len(unit)].rstrip()
        if "," in text and "." not in text:
            text = text.replace(",", ".", 1)
        if NUMBER.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
    elif answer is None or answer != answer:  # NaN is how frames write an empty cell
        return None
    else:
        try:
            return float(answer)
        except (ValueError, TypeError):
            pass
    may = f", alone or in {unit}" if unit else " without a unit"
    raise ValueError(
        f"{where}, column answer: expected a number{may}, got {shown(answer)}"
    )
