"""The cell for Colab: in every notebook, idle elsewhere, and it installs in Colab."""

import sys
import types
from pathlib import Path

import nbformat
import pytest

import colab
from normalise import notebooks

NOTEBOOKS = list(notebooks([colab.BOOK]))


class Shell:
    """Stands for IPython, and keeps what it was asked to run."""

    def __init__(self):
        self.magics = []

    def run_line_magic(self, name, line):
        self.magics.append((name, line))


def run(source):
    """Run a cell; return the magics that it called."""
    shell = Shell()
    exec(source, {"get_ipython": lambda: shell})
    return shell.magics


@pytest.fixture
def in_colab(monkeypatch):
    for name in ("google", "google.colab"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_the_first_code_of_every_notebook(path):
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code[0].source == colab.CELL.format(repository=colab.repository())
    # nbclient, which stores outputs, executes no cell with this tag.
    skipped = [c for c in code if "skip-execution" in c.metadata.get("tags", [])]
    assert skipped == [code[0]] and colab.is_colab(code[0])
    assert code[0].outputs == [] and code[0].execution_count is None


def test_elsewhere_it_does_nothing():
    assert "google.colab" not in sys.modules
    assert run(colab.CELL.format(repository="")) == []


def test_in_colab_it_installs_the_library_from_its_repository(in_colab):
    source = colab.CELL.format(repository="https://github.com/someone/book")
    ((magic, line),) = run(source)
    assert magic == "pip"
    assert line == "install --quiet git+https://github.com/someone/book myst-nb"


def test_in_colab_without_an_address_it_says_what_to_do(in_colab):
    with pytest.raises(ValueError, match="into REPOSITORY"):
        run(colab.CELL.format(repository=""))


def test_a_second_call_replaces_the_cell():
    text, code = nbformat.v4.new_markdown_cell("# One"), nbformat.v4.new_code_cell("1")
    notebook = nbformat.v4.new_notebook(cells=[text, code])
    for address in ("", "https://github.com/someone/book"):
        colab.insert(notebook, address)
    assert [cell.source for cell in notebook.cells] == [
        "# One",
        colab.CELL.format(repository="https://github.com/someone/book"),
        "1",
    ]


@pytest.mark.parametrize(
    ("urls", "address"),
    [
        ("", ""),
        ('[project.urls]\nDocumentation = "https://someone.github.io/book"', ""),
        ('[project.urls]\nRepository = "https://x.org/a/b.git"', "https://x.org/a/b"),
        ('[project.urls]\nRepository = "https://x.org/a/b/"', "https://x.org/a/b"),
    ],
)
def test_the_address_stands_in_the_metadata(tmp_path, urls, address):
    project = Path(tmp_path, "pyproject.toml")
    project.write_text(f'[project]\nname = "book"\n{urls}\n', encoding="utf-8")
    assert colab.repository(project) == address
