"""Write into each notebook the cell that installs the library where Colab runs it.

    python tools/colab.py

Colab opens one notebook and has neither this library nor a way to tell a notebook
which repository it came from. So the address stands in the cell. It is that of
``[project.urls]`` in pyproject.toml: a fork puts its own there and calls this tool.

The cell comes before all other code. Pages do not show it, and it is no part of the
record: elsewhere it does nothing, so it is not executed when a notebook is stored.
"""

import sys
import tomllib
from pathlib import Path

import nbformat

from normalise import cell_id, notebooks, store

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
TAGS = ["remove-cell", "skip-execution"]
CELL = """\
# For Google Colab, which must install the book's library; idle elsewhere.
import sys

REPOSITORY = "{repository}"
if "google.colab" in sys.modules:
    if not REPOSITORY:
        raise ValueError(
            "write the address of this book's repository into REPOSITORY "
            "(https://github.com/someone/book), and run this cell again"
        )
    get_ipython().run_line_magic(
        "pip", f"install --quiet git+{{REPOSITORY}} myst-nb"
    )"""


def repository(project=ROOT / "pyproject.toml"):
    """Return the address that the project's metadata name, or ""."""
    urls = tomllib.loads(project.read_text(encoding="utf-8"))["project"].get("urls", {})
    return urls.get("Repository", "").removesuffix("/").removesuffix(".git")


def is_colab(cell):
    """Tell whether a cell is the one that this tool writes."""
    return cell["metadata"].get("tags") == TAGS


def insert(notebook, address):
    """Put the cell before the first other cell of code, in place of an older one."""
    cells = [cell for cell in notebook.cells if not is_colab(cell)]
    first = next(i for i, cell in enumerate(cells) if cell.cell_type == "code")
    source = CELL.format(repository=address)
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": TAGS})
    cell.id = cell_id(source, {cell.id for cell in cells})
    notebook.cells = [*cells[:first], cell, *cells[first:]]


def main():
    address = repository()
    for path in notebooks([BOOK]):
        notebook = nbformat.read(path, as_version=4)
        insert(notebook, address)
        changed = store(notebook, path)[1]
        print(path.name, "changed" if changed else "unchanged")


if __name__ == "__main__":
    sys.exit(main())
