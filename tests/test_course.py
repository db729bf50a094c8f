"""The exercises' two editions: self-checks that can fail, no solution for students."""

import ast
import contextlib
import functools
import io
import re
from pathlib import Path

import pytest

import editions
import slices
from notebook_rules import source, tags

BOOK = Path(__file__).parent.parent / "book"
CHAPTERS = {path.stem: notebook for _, path, notebook in editions.chapters(BOOK)}
EXERCISES = {
    one.label: (name, one)
    for name, notebook in CHAPTERS.items()
    for one in editions.exercises(notebook)
    if one.check
}
SLOW = set()
# What `pip install jupyterlab` and the wheel bring.
INSTALLED = {"rbmlib", "numpy", "scipy", "sklearn", "matplotlib", "IPython"}
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS)
each_exercise = pytest.mark.parametrize(
    "label",
    [
        pytest.param(label, marks=pytest.mark.xdist_group(chapter))
        for label, (chapter, _) in EXERCISES.items()
    ],
)


def run(scope, *codes):
    """Run pieces of code in a namespace, and return what they print."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for code in codes:
            exec(code, scope)
    return printed.getvalue()


@functools.cache
def imported(chapter):
    """Return the namespace that the imports of a chapter make."""
    cells = [source(c) for c in CHAPTERS[chapter]["cells"] if c["cell_type"] == "code"]
    body = [node for cell in cells for node in ast.parse(cell).body]
    kept = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    scope = {}
    run(scope, "\n".join(map(ast.unparse, kept)))
    return scope


@each_exercise
def test_self_check_fails_on_its_stub(label):
    chapter, exercise = EXERCISES[label]
    scope = dict(imported(chapter))
    for name, _ in exercise.asked:
        with pytest.raises(
            AssertionError, match=f"^{label}: .*`{name}`.* not there yet"
        ):
            run(scope, exercise.stub, source(exercise.check))


def code_before(chapter, exercise):
    """Return the chapter's code, up to an exercise, that its solution needs."""
    earlier = []
    for one, part, cell in editions.pieces(CHAPTERS[chapter]):
        if one and one.label == exercise.label:
            break
        code = cell["cell_type"] == "code" and "remove-cell" not in tags(cell)
        if code and part != "check":
            earlier.append(source(cell))
    solution = [source(cell) for cell in exercise.solution]
    return slices.before(earlier, [*solution, source(exercise.check)]), solution


@each_exercise
def test_self_check_fails_on_a_wrong_answer(label):
    chapter, exercise = EXERCISES[label]
    wrong = exercise.check["metadata"]["wrong"]
    assert {re.match(r"\w+", answer)[0] for answer in wrong} <= dict(
        exercise.asked
    ).keys()
    if label in SLOW:
        pytest.skip("the solution takes long; tools/try_answers.py runs it")
    scope = dict(imported(chapter))
    needed, solution = code_before(chapter, exercise)
    run(scope, *needed, *solution)
    assert run(dict(scope), source(exercise.check)) == f"{label}: right\n"
    for answer in wrong:
        with pytest.raises(AssertionError, match=f"^{label}: ") as stopped:
            run(dict(scope), answer, source(exercise.check))
        assert "the check stopped" not in str(stopped.value), answer
