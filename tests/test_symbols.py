"""Each chapter recalls its symbols as the notation page explains them."""

from pathlib import Path

import nbformat
import pytest

import symbols

CHAPTERS = sorted((Path(__file__).parent.parent / "book").glob("0*.ipynb"))


@pytest.fixture(scope="module")
def page():
    return (symbols.BOOK / "notation.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_box_is_that_of_the_notation_page(path, page):
    notebook = nbformat.read(path, as_version=4)
    assert notebook.cells[1].source == symbols.box(page, int(path.name[:2]))


def test_every_row_belongs_to_a_chapter(page):
    rows = symbols.table_rows(page)
    assert len(rows) > 50
    assert [row for row in rows if len(row) != 4 or not symbols.chapters(row[-1])] == []


def test_box_names_what_its_chapter_uses():
    page = "## Symbols\n| $W$ | weights | `W` | 2–4 |\n| $k$ | sweeps | | 3, 6 |\n"
    assert "- $W$: weights" in symbols.box(page, 2)
    assert "$k$" not in symbols.box(page, 2)
    assert "- $k$: sweeps" in symbols.box(page, 6)
