"""The exercises' two editions: self-checks that can fail, no solution for students."""

import ast
import contextlib
import functools
import io
import os
import re
import subprocess
import sys
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
}
# In place of simulations and trainings that these solutions take long for.
STAND_INS = {
    "ex-ising-heatbath": "slower, another_z = {8: 3.0, 16: 3.2}, False",
    "ex-train-flip": """
toy = datasets.clusters(2000, 12, n_clusters=4, flip=0.05, seed=3)
def exchanged(m):
    return RBM(-m.W, -m.a, m.b + m.W.sum(0))
def centred_step_flipped(dW):
    return -dW
def plain_step_flipped(dW, db):
    return db - dW
""",
    "ex-train-jensen": """
exact, few = 0.0, np.random.default_rng(0).normal(-0.5, 1, 300)
mean_log, log_mean = few.mean(), np.log(np.exp(few).mean())
""",
    "ex-train-collapse": """
counts = {10: np.full(10, 50), 100: 500 * np.eye(10)[0]}
entropies, without_labels = {10: np.log(10), 100: 0.0}, "b"
""",
}
each_exercise = pytest.mark.parametrize("label", EXERCISES)


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


def test_notebook_shows_the_hint_alone(tmp_path):
    asked = "with check('ex-root', root=root): assert root == 2, 'Not its square.'"
    load = "from rbmlib.course import check"
    cells = [f"{load}\nroot = {answer}\n{asked}" for answer in ("...", 3)]
    code = "\n".join(f"_ = get_ipython().run_cell({cell!r})" for cell in cells)
    command = [sys.executable, "-m", "IPython", "--colors=NoColor", "-c", code]
    env = os.environ | {"IPYTHONDIR": str(tmp_path)}
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    missing, wrong = done.stdout.strip().splitlines()
    assert missing.startswith("ex-root: `root` is not there yet.")
    assert wrong == "ex-root: Not its square."


def code_up_to_the_check(chapter, exercise):
    """Return the solution's code, after what it needs of the chapter's."""
    earlier = []
    for one, part, cell in editions.pieces(CHAPTERS[chapter]):
        if one and one.label == exercise.label:
            break
        code = cell["cell_type"] == "code" and "remove-cell" not in tags(cell)
        if code and part != "check":
            earlier.append(source(cell))
    solution = [source(cell) for cell in exercise.solution]
    solution = [code for code in solution if "glue(" not in code]
    needed = slices.before(earlier, [*solution, source(exercise.check)])
    return needed + solution


@each_exercise
def test_self_check_fails_on_a_wrong_answer(label):
    chapter, exercise = EXERCISES[label]
    wrong = exercise.check["metadata"]["wrong"]
    assert {re.match(r"\w+", answer)[0] for answer in wrong} <= dict(
        exercise.asked
    ).keys()
    scope = dict(imported(chapter))
    if label in STAND_INS:
        run(scope, STAND_INS[label])
    else:
        run(scope, *code_up_to_the_check(chapter, exercise))
    assert run(dict(scope), source(exercise.check)) == f"{label}: right\n"
    for answer in wrong:
        with pytest.raises(AssertionError, match=f"^{label}: ") as stopped:
            run(dict(scope), answer, source(exercise.check))
        assert "the check stopped" not in str(stopped.value), answer
