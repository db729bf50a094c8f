"""Grading: each answer is computed again, and a wrong one compared with mistakes."""

import csv
import difflib
import html
import io
from collections.abc import Mapping
from typing import NamedTuple

from rbmlib.addresses import check_seed
from rbmlib.checks import check_path
from rbmlib.course.bank import BY_LABEL, answer_of
from rbmlib.course.problem import in_digits
from rbmlib.course.reading import entries_of
from rbmlib.course.students import check_names, student_seed

# Asked only of an answer that none of the problem's own mistakes gives.
FACTORS = {"the sign reversed": -1, "a factor of 2": 2, "a factor of ½": 0.5}


class Grade(NamedTuple):
    """One graded answer; `off` is the answer less the right value."""

    student: str
    label: str
    answer: float | None
    right: bool
    value: float
    unit: str
    off: float | None
    tolerance: float
    looks_like: str  # of a wrong answer: the mistakes that give it

    @property
    def verdict(self):
        """One of "right", "wrong" and "empty"."""
        if self.answer is None:
            return "empty"
        return "right" if self.right else "wrong"

    def cells(self):
        """Return what a table shows of it, as {column: text}."""
        off = "" if self.off is None else in_digits(self.off, 3, "+")
        return {
            "student": self.student,
            "label": self.label,
            "answer": "" if self.answer is None else in_digits(self.answer, 6),
            "verdict": self.verdict,
            "right value": in_digits(self.value, 5),
            "off by": off,
            "looks like": self.looks_like,
        }


class Grades(tuple):
    """A `Grade` for each answer; printed as a table, in a notebook as HTML."""

    def __str__(self):
        cells = [grade.cells() for grade in self]
        rows = [tuple(cells[0]), *(tuple(one.values()) for one in cells)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self):
        def row(cells, tag):
            inner = "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells)
            return f"<tr>{inner}</tr>"

        body = "".join(row(grade.cells().values(), "td") for grade in self)
        return f"<table>{row(self[0].cells(), 'th')}{body}</table>"

    def points(self):
        """Return {student: (right answers, answers)}.

        Examples
        --------
        >>> grade({"P4.1": 2.096, "P4.2": 9.9}, seed=7).points()
        {'': (1, 2)}
        """
        found = {}
        for one in self:
            right, n = found.get(one.student, (0, 0))
            found[one.student] = right + one.right, n + 1
        return found

    def save(self, path):
        """Write all fields to a CSV file, numbers in full.

        Raises
        ------
        ValueError, TypeError
            No path.
        OSError
            The file cannot be written.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     table = pathlib.Path(folder, "graded.csv")
        ...     grade({"P4.1": 2.096}, seed=7).save(table)
        ...     print(table.read_text().splitlines()[0])
        student,label,answer,verdict,value,unit,off,tolerance,looks_like
        """
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(["verdict" if x == "right" else x for x in Grade._fields])
        for one in self:
            rows.writerow(map(_whole, one._replace(right=one.verdict)))
        check_path(path).write_text(text.getvalue(), encoding="utf-8")


def grade(answers, *, seed, students=None):
    """Grade answers: right or wrong, how far off, and which mistake it looks like.

    Parameters
    ----------
    answers : mapping, str, path or frame
        {label: answer}, of the numbers of `problems` with this ``seed``.  Or a CSV file
        or a frame with the columns student, label and answer, where each student has
        the numbers of ``student_seed(seed, student)``.  Cells may be empty.
    seed : int
    students : sequence of str, optional
        All names.  One that is not among them is refused: a name with a misprint has
        other numbers.

    Returns
    -------
    Grades

    Raises
    ------
    ValueError, TypeError
        What is wrong in the table, with file, row and column of each cell; a seed that
        is none; a student who is not among ``students``.
    OSError
        The file cannot be read.

    Examples
    --------
    >>> print(grade({"P4.1": 2.096, "P6.4": 1}, seed=7).points())
    {'': (1, 2)}
    """
    check_seed(seed)
    names = None if students is None else check_names(students)
    entries = entries_of(answers)
    whole = isinstance(answers, Mapping)
    if names is not None and not whole:
        _check_known(entries, names)
    return Grades(
        _graded(entry, seed if whole else student_seed(seed, entry.student))
        for entry in entries
    )


def _check_known(entries, names):
    """Refuse a student who got no sheet."""
    known = {name.casefold(): name for name in names}
    for student in dict.fromkeys(entry.student for entry in entries):
        if student.casefold() in known:
            continue
        near = difflib.get_close_matches(student.casefold(), known, 1)
        hint = f"; did you mean {known[near[0]]!r}?" if near else ""
        raise ValueError(
            f"column student of answers must have names of students, got {student!r}"
            f"{hint}"
        )


def _graded(entry, seed):
    """Return the `Grade` of one entry."""
    key = answer_of(BY_LABEL[entry.label], seed)
    if entry.answer is None:
        right, off, words = False, None, ""
    else:
        off = entry.answer - key.value
        right = abs(off) <= key.tolerance
        words = "" if right else _looks_like(entry.answer, key)
    found = entry.student, entry.label, entry.answer, right
    return Grade(*found, key.value, key.unit, off, key.tolerance, words)


def _whole(cell):
    """Return a cell of a table; a number that is whole without a point."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _looks_like(answer, key):
    """Return the mistakes that give an answer, in words."""
    relative = key.tolerance / abs(key.value) if key.value else 0.0

    def near(x):
        return abs(answer - x) <= max(key.tolerance, relative * abs(x))

    found = [words for words, x in key.mistakes.items() if near(x)]
    if not found and key.value:
        found = [words for words, x in FACTORS.items() if near(x * key.value)]
    return ", or ".join(found)
