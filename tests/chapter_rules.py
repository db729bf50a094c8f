"""What a chapter must keep beyond any notebook: exercises, checks, tested equations.

An exercise's title starts with its kind, "Concept", "Paper" or "Code". Its solution is
gated, folded, and holds a code cell, so that it is executed like everything else; the
last one is its self-check.
"""

import ast
import re

import editions
import slices
from notebook_rules import code_cells, compared_texts, source, tags

KINDS = ("Concept", "Paper", "Code")
LABEL = r"(?:\n:[^\n]*)*?\n:label: *(\S+)"
EXERCISE = re.compile(r"\{exercise(?:-start)?\} *([^\n]*)" + LABEL)
SOLUTION = re.compile(r"\{solution(-start)?\} *(\S+)((?:\n:[^\n]*)*)")
EQUATION = re.compile(r"\$\$ *\(([\w:-]+)\)|\{math\}[^\n]*" + LABEL)


def prose(notebook):
    cells = (cell for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    return "\n\n".join(source(cell) for cell in cells)


def enough_compared(notebook):
    count = sum(bool(compared_texts(cell)) for _, cell in code_cells(notebook))
    if count < 8:
        yield f"{count} cells store an output that nbval compares, expected 8 or more"


def enough_exercises(notebook):
    titles = [title for title, _ in EXERCISE.findall(prose(notebook))]
    if len(titles) < 6:
        yield f"{len(titles)} exercises, expected 6 or more"
    for kind in KINDS:
        if not any(title.startswith(kind) for title in titles):
            yield f"no exercise's title starts with {kind!r}"
    for title in titles:
        if not title.startswith(KINDS):
            yield f"exercise {title!r} does not start with one of {KINDS}"


def solutions(notebook):
    """Yield (exercise, gated, options, holds code) for each solution, in order."""
    cells = notebook["cells"]
    for place, cell in enumerate(cells):
        if cell["cell_type"] != "markdown":
            continue
        for gated, exercise, options in SOLUTION.findall(source(cell)):
            inside = []
            for later in cells[place + 1 :]:
                if "{solution-end}" in source(later):
                    break
                if "self-check" not in tags(later):
                    inside.append(later["cell_type"])
            yield exercise, bool(gated), options, "code" in inside


def every_exercise_solved(notebook):
    found = list(solutions(notebook))
    solved = {exercise for exercise, *_ in found}
    for _, label in EXERCISE.findall(prose(notebook)):
        if label not in solved:
            yield f"exercise {label} has no solution"
    for exercise, gated, options, holds_code in found:
        if "dropdown" not in options:
            yield f"the solution of {exercise} is not folded: add :class: dropdown"
        if not (gated and holds_code):
            yield f"the solution of {exercise} holds no code cell that runs"


def every_exercise_checked(notebook):
    """A check asks for names, and stands on them and on the chapter's text alone."""
    text = made_by(notebook, {"text"})
    others = made_by(notebook, {"text", "solution"})
    for exercise in editions.exercises(notebook):
        label, check = exercise.label, exercise.check
        if "**Tools:**" not in exercise.question:
            yield f"exercise {label} names no tools"
        if check is None or not exercise.asked:
            yield f"exercise {label} has no self-check with a stub"
            continue
        if not check["metadata"].get("wrong"):
            yield f"the self-check of {label} names no wrong answer that it refuses"
        asked = {name for name, _ in exercise.asked}
        if not asserts(check) or f'course.check("{label}"' not in one_line(check):
            yield f"the self-check of {label} asserts nothing in its name"
        used, made = slices.names(source(check))
        if left := asked - used:
            yield f"the self-check of {label} never looks at {sorted(left)}"
        if foreign := used - asked - text:
            yield f"the self-check of {label} needs {sorted(foreign)} of a solution"
        if spoilt := (made & others) - {"_"}:
            yield f"the self-check of {label} replaces {sorted(spoilt)}"


def one_line(cell):
    """Return the code without the line breaks after an opening bracket."""
    return re.sub(r"\(\n *", "(", source(cell))


def made_by(notebook, parts):
    """Return the names that the code of some parts of a chapter makes."""
    made = set()
    for _, part, cell in editions.pieces(notebook):
        shown = cell["cell_type"] == "code" and "remove-cell" not in tags(cell)
        if shown and part in parts:
            made |= slices.names(source(cell))[1]
    return made


def asserts(cell):
    """Count the assert statements and numpy.testing calls of a code cell."""
    lines = source(cell).splitlines()
    python = [line for line in lines if not line.lstrip().startswith(("%", "!"))]
    tree = ast.parse("\n".join(python))
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    names = (getattr(f, "attr", getattr(f, "id", "")) for f in calls)
    plain = sum(isinstance(node, ast.Assert) for node in ast.walk(tree))
    return plain + sum(name.startswith("assert_") for name in names)


def checked_against_theory(notebook):
    count = sum(asserts(cell) for _, cell in code_cells(notebook))
    if count < 3:
        yield f"{count} assertions, expected 3 or more exact or limiting results"


def equations_tested(notebook, tests=""):
    """Compare the labelled equations with those that a check is about.

    `tests` is the text of the test files; a label counts as tested where it stands in
    them or in the metadata ``checks`` of a code cell that asserts.
    """
    labels = [a or b for a, b in EQUATION.findall(prose(notebook))]
    named = set(re.findall(r"[\w:-]+", tests))
    for place, cell in code_cells(notebook):
        said = cell["metadata"].get("checks", [])
        named.update(said)
        if said and not asserts(cell):
            yield f"cell {place} asserts nothing and claims to check {said}"
        if missing := set(said) - set(labels):
            yield f"cell {place} checks {missing}, which label no equation"
    untested = [label for label in labels if label not in named]
    if len(untested) > 0.1 * len(labels):
        yield f"no assertion names the equations {untested}, over 10% of {len(labels)}"


EVERY_CHAPTER = (
    enough_compared,
    enough_exercises,
    every_exercise_solved,
    every_exercise_checked,
    checked_against_theory,
)
