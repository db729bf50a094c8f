"""Write into each chapter the box that recalls its symbols, from the notation page.

    python tools/symbols.py

The box is the second cell of a chapter: the symbols whose row names the chapter in its
last column.
"""

import re
import sys
from pathlib import Path

import nbformat

from normalise import cell_id, store

BOOK = Path(__file__).parent.parent / "book"
OPENING = "```{admonition} Symbols of this chapter"


def table_rows(page):
    """Return the cells of each row of the tables of symbols."""
    symbols = page.partition("## Symbols")[2].partition("\n(notation-map)=")[0]
    lines = [line for line in symbols.splitlines() if line.startswith("| ")]
    rows = [re.split(r"\s*\|\s*", line.strip("| ")) for line in lines]
    return [row for row in rows if row[0] not in ("Symbol", ":--")]


def chapters(text):
    """Return the set of chapters that the last column of a row names.

    >>> sorted(chapters("1, 3–5"))
    [1, 3, 4, 5]
    """
    found = set()
    for first, last in re.findall(r"(\d+)(?:–(\d+))?", text):
        found |= set(range(int(first), int(last or first) + 1))
    return found


def box(page, chapter):
    """Return the box of one chapter."""
    rows = [row for row in table_rows(page) if chapter in chapters(row[-1])]
    body = "\n".join(f"- {symbol}: {meaning}" for symbol, meaning, *_ in rows)
    return (
        f"{OPENING}\n:class: note dropdown\n\n{body}\n\n"
        "All symbols, and where they change their meaning: [](notation.md).\n```"
    )


def write(path, page):
    """Put the box into one notebook; return whether it changed."""
    notebook = nbformat.read(path, as_version=4)
    cells = [c for c in notebook.cells if not c.source.startswith(OPENING)]
    recalled = nbformat.v4.new_markdown_cell(box(page, int(path.name[:2])))
    recalled.id = cell_id(recalled.source, {cell.id for cell in cells})
    notebook.cells = [cells[0], recalled, *cells[1:]]
    return store(notebook, path)[1]


def main():
    page = (BOOK / "notation.md").read_text(encoding="utf-8")
    for path in sorted(BOOK.glob("0*.ipynb")):
        print(path.name, "changed" if write(path, page) else "unchanged")


if __name__ == "__main__":
    sys.exit(main())
