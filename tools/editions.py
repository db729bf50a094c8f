"""Two editions of a chapter out of its one notebook.

The section "Exercises" holds, for each exercise, a question, a solution with code that
runs, and a self-check: a cell tagged ``self-check`` whose metadata ``stub`` say, one
line a name, what the student is to define.  The instructor's edition has all of it.
The student's has no solution: after each question stand the stub and the self-check.
Both run with the library alone, and read well without the book's tools.
"""

import copy
import json
import re
import textwrap
from dataclasses import dataclass, field

import plain_markdown

GATE = re.compile(
    r"```\{(exercise-start|exercise-end|solution-start|solution-end)\} *([^\n]*)\n"
    r"((?::[^\n]*\n)*)```\n?"
)
LABEL = re.compile(r":label: *(\S+)")
GLUE_IMPORT = re.compile(r"^from myst_nb import glue\n", re.MULTILINE)
STUB_WIDTH = 74


@dataclass
class Exercise:
    """One exercise of a chapter: its question, solution and self-check."""

    label: str
    title: str
    question: str = ""
    solution: list = field(default_factory=list)  # its code cells
    check: dict | None = None

    @property
    def asked(self):
        """Pairs (name, what it is to be) of what the self-check looks at."""
        lines = self.check["metadata"].get("stub", []) if self.check else []
        return [tuple(re.split(r": +", line, maxsplit=1)) for line in lines]

    @property
    def stub(self):
        """The code in which the student puts the answers."""
        return stub(self.asked)


def stub(asked):
    """Return code that names what is asked for, with `...` in place of each answer.

    >>> print(stub([("tau", "the relaxation time, in sweeps")]))
    # Your answer. Put it in place of the dots.
    <BLANKLINE>
    # tau: the relaxation time, in sweeps
    tau = ...
    """
    blocks = ["# Your answer. Put it in place of the dots."]
    for name, wanted in asked:
        comment = textwrap.fill(
            f"{name}: {wanted}",
            STUB_WIDTH,
            initial_indent="# ",
            subsequent_indent="# ",
            break_long_words=False,
        )
        blocks.append(f"{comment}\n{name} = ...")
    return "\n\n".join(blocks)


def source(cell):
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def tags(cell):
    return cell["metadata"].get("tags", [])


def pieces(notebook):
    """Yield (exercise, part, cell) in order, a markdown cell cut at the gates.

    `exercise` is None outside of the exercises; `part` is "text", "question",
    "solution", "check" or, once and last for each exercise, "end".
    """
    exercise, part = None, "text"
    for cell in notebook["cells"]:
        if cell["cell_type"] != "markdown":
            checks = part == "solution" and "self-check" in tags(cell)
            yield exercise, "check" if checks else part, cell
            continue
        text, place = source(cell), 0
        for gate in GATE.finditer(text):
            yield exercise, part, cell | {"source": text[place : gate.start()].strip()}
            place = gate.end()
            kind, title, options = gate.groups()
            if kind == "exercise-start":
                exercise = Exercise(LABEL.search(options)[1], title.strip())
                part = "question"
            elif kind == "solution-start":
                part = "solution"
            elif kind == "solution-end":
                yield exercise, "end", cell | {"source": ""}
                exercise, part = None, "text"
            else:
                part = "text"
        yield exercise, part, cell | {"source": text[place:].strip()}


def exercises(notebook):
    """Return the exercises of a chapter, in order."""
    found = []
    for exercise, part, cell in pieces(notebook):
        if part == "question":
            exercise.question += source(cell)
        elif part == "solution" and cell["cell_type"] == "code":
            exercise.solution.append(cell)
        elif part == "check":
            exercise.check = cell
        elif part == "end":
            found.append(exercise)
    return found


def student(notebook, plain=lambda text: text):
    """Return the notebook without solutions, with a stub and a check in their place.

    `plain` rewrites the text of markdown cells.
    """
    cells = []
    for exercise, part, cell in pieces(notebook):
        if part in ("question", "text"):
            cells += shown(exercise, part, cell, plain)
        elif part == "check":
            exercise.check = cell
            cells += [code_cell(exercise.stub, "stub"), code_cell(source(cell))]
    return finished(notebook, cells)


def instructor(notebook, plain=lambda text: text):
    """Return the notebook with everything that a reader of the book sees."""
    cells, opened = [], None
    for exercise, part, cell in pieces(notebook):
        if part == "solution" and source(cell) and exercise is not opened:
            opened = exercise
            cells.append(cell | {"source": plain(f"**Solution.** {source(cell)}")})
        else:
            cells += shown(exercise, part, cell, plain)
    return finished(notebook, cells)


def shown(exercise, part, cell, plain):
    """Return the cell as both editions show it, or nothing.

    What hands numbers to the text is for the book alone.
    """
    text = source(cell)
    if not text or "remove-cell" in tags(cell):
        return []
    if cell["cell_type"] == "code":
        return [cell | {"source": GLUE_IMPORT.sub("", text)}]
    if part == "question":
        text = f"### {{ref}}`{exercise.label}`: {exercise.title}\n\n{text}"
    return [cell | {"source": plain(text)}]


def code_cell(text, *kinds):
    """Return a code cell that has not been run."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": list(kinds)} if kinds else {},
        "outputs": [],
        "source": text,
    }


def finished(notebook, cells):
    """Return a copy with other cells, numbered: one cut in two gave its id twice."""
    cells = [cell | {"id": f"cell-{place}"} for place, cell in enumerate(cells)]
    return copy.deepcopy(notebook | {"cells": cells})


def chapters(book):
    """Yield (number, path, notebook) of the chapters in a folder."""
    for path in sorted(book.glob("0*_*.ipynb")):
        yield int(path.name[:2]), path, json.loads(path.read_text(encoding="utf-8"))


def both(book):
    """Return {edition: {file name: notebook}} of the chapters in a folder."""
    calls = plain_markdown.titles(book)
    for number, _, notebook in chapters(book):
        calls |= plain_markdown.numbered(number, notebook)
    found = {"student": {}, "instructor": {}}
    for _, path, notebook in chapters(book):
        plain = plain_markdown.Plain(notebook, calls, book / "references.bib")
        found["student"][path.name] = student(notebook, plain)
        found["instructor"][path.name] = instructor(notebook, plain)
    return found
