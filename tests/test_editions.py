"""The student's edition holds no solution, and runs and reads well elsewhere."""

import ast
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

import course
import editions
from notebook_rules import code_cells, source

ROOT = Path(__file__).parent.parent
CHAPTERS = {
    path.name: notebook for _, path, notebook in editions.chapters(ROOT / "book")
}
BOTH = editions.both(ROOT / "book")
# What the wheel and `pip install jupyterlab` bring.
INSTALLED = {"rbmlib", "numpy", "scipy", "sklearn", "matplotlib", "IPython"}
each_chapter = pytest.mark.parametrize("name", CHAPTERS)
each_edition = pytest.mark.parametrize("edition", BOTH)


def solutions(notebook):
    """Yield each piece of a chapter's solutions: a paragraph, or a cell of code."""
    for _, part, cell in editions.pieces(notebook):
        if part == "solution" and cell["cell_type"] == "code":
            yield source(cell)
        elif part == "solution":
            yield from filter(None, source(cell).split("\n\n"))


def told(notebook, text):
    """Return what of a chapter's solutions stands in a text, spaces aside."""
    found = " ".join(text.split())
    return [one for one in solutions(notebook) if " ".join(one.split()) in found]


def text_of(notebook):
    return "\n".join(source(cell) for cell in notebook["cells"])


@each_chapter
def test_student_edition_has_no_solution(name):
    assert len(list(solutions(CHAPTERS[name]))) >= 12
    assert told(CHAPTERS[name], text_of(BOTH["student"][name])) == []


@each_chapter
def test_a_solution_is_found(name):
    """The comparison sees solutions where they are, in code at least."""
    found = told(CHAPTERS[name], text_of(BOTH["instructor"][name]))
    assert len(found) >= len(editions.exercises(CHAPTERS[name]))


@each_chapter
def test_each_exercise_is_followed_by_a_stub_and_a_check(name):
    cells = BOTH["student"][name]["cells"]
    stubs = [n for n, c in enumerate(cells) if "stub" in editions.tags(c)]
    labels = [one.label for one in editions.exercises(CHAPTERS[name])]
    checked = [re.search(r'"(ex-[\w-]+)"', source(cells[n + 1]))[1] for n in stubs]
    assert checked == labels
    for place in stubs:
        assert source(cells[place - 1]).startswith("### Exercise ")
        assert cells[place]["outputs"] == cells[place + 1]["outputs"] == []


@each_edition
@each_chapter
def test_edition_is_a_notebook_without_tools_of_the_book(name, edition):
    notebook = BOTH[edition][name]
    nbformat.validate(nbformat.from_dict(notebook))
    text = "\n".join(
        source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    )
    assert re.findall(r"\{[\w:-]+\}`[^`]*`|^[`:]{3,}\{.*", text, re.MULTILINE) == []
    code = "\n".join(source(cell) for _, cell in code_cells(notebook))
    assert imported(code) - INSTALLED <= sys.stdlib_module_names


def imported(code):
    """Return the packages that code imports."""
    nodes = list(ast.walk(ast.parse(code)))
    plain = [
        n.name for node in nodes if isinstance(node, ast.Import) for n in node.names
    ]
    some = [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.split(".")[0] for name in plain + some}


def test_first_cells_run_outside_of_the_repository(tmp_path):
    cells = [source(c) for _, c in code_cells(BOTH["student"]["02_rbm.ipynb"])][:2]
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r})"
    code = "\n".join([start, *cells, "print(p.argmax())"])
    command = [sys.executable, "-I", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().isdigit()


@each_edition
def test_zip_holds_its_edition(tmp_path, edition):
    for kind, notebooks in BOTH.items():
        (tmp_path / kind).mkdir()
        for name, notebook in notebooks.items():
            (tmp_path / kind / name).write_text(json.dumps(notebook), encoding="utf-8")
    for kind in ("exercises", "solutions"):
        (tmp_path / "sheets" / kind).mkdir(parents=True)
        (tmp_path / "sheets" / kind / "1.pdf").touch()
    wheel = tmp_path / "rbmlib-1.whl"
    wheel.touch()
    course.pack(edition, wheel, tmp_path, tmp_path / "packed.zip")
    with zipfile.ZipFile(tmp_path / "packed.zip") as archive:
        names = archive.namelist()
        top = f"rbm-course-{edition}"
        readme = archive.read(f"{top}/README.txt").decode()
        packed = json.loads(archive.read(f"{top}/notebooks/02_rbm.ipynb"))
    assert packed == BOTH[edition]["02_rbm.ipynb"]
    assert {name.split("/")[0] for name in names} == {top}
    assert f"{top}/{wheel.name}" in names and wheel.name in readme
    assert (f"{top}/solutions/1.pdf" in names) == (edition == "instructor")
    assert len(re.findall(r"^\d\. ", readme, re.MULTILINE)) == 3
