"""Pages made from other files agree with them: checks, citation, errata, previews."""

import json
import re
from datetime import date

import checks_page
import pytest
import social
import yaml
from PIL import Image

from browser import ROOT, SITE, built_pages
from chapter_rules import asserts
from notebook_rules import code_cells, tags

CHAPTERS = sorted((ROOT / "book").glob("0*.ipynb"))
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
PAGES = [name for name in built_pages() if name.startswith("book/")]


def read(name):
    return (ROOT / name).read_text("utf-8")


@pytest.fixture(scope="module")
def listing():
    return checks_page.listing(ROOT)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_comparison_of_a_chapter_is_listed(path, listing):
    notebook = json.loads(path.read_text("utf-8"))
    found = list(checks_page.checks(notebook))
    cells = [c for _, c in code_cells(notebook) if "self-check" not in tags(c)]
    expected = sum(map(asserts, cells))
    assert sum(len(check.comparisons) for check in found) == expected
    for check in found:
        assert all(compared in listing for compared in check.comparisons)
    for label in checks_page.labels(notebook):
        assert f"| Eq. {{eq}}`{label}` |" in listing


def test_most_checks_show_a_value(listing):
    assert listing.count("Last value:") > 0.9 * listing.count("```python")


def test_a_check_keeps_its_comment_and_names_what_it_is_about():
    figure = {"mystnb": {"figure": {"name": "fig-a"}}}
    code = {"cell_type": "code", "outputs": []}
    printed = [{"output_type": "stream", "text": ["x = 2\n"]}]
    cells = [
        {"cell_type": "markdown", "source": "## A section", "metadata": {}},
        {**code, "source": "draw()", "metadata": figure},
        {**code, "source": "print(x)", "metadata": {}, "outputs": printed},
        {**code, "source": "# two\nassert x == 2", "metadata": {"checks": ["eq-a"]}},
    ]
    (check,) = checks_page.checks({"cells": cells})
    assert check.section == "A section"
    assert check.subjects == ["Eq. {eq}`eq-a`", "{numref}`fig-a`"]
    assert check.comparisons == ["# two\nassert x == 2"]
    assert check.printed == "x = 2"


def entry(kind):
    """Return the fields of a BibTeX entry of the page, by name."""
    body = re.search(rf"@{kind}\{{.*?\n\}}", read("book/cite.md"), re.DOTALL)[0]
    fields = re.findall(r"(\w+) *= *\{(.*?)\}(?=,?\n)", body, re.DOTALL)
    return {name: " ".join(value.split()) for name, value in fields}


def test_the_citation_says_what_the_repository_says():
    book, library = entry("book"), entry("software")
    released = date.fromisoformat(CITATION["date-released"])
    for cited in (book, library):
        assert cited["author"] == f"{{{CITATION['authors'][0]['name']}}}"
        assert cited["year"] == str(released.year)
    assert book["title"] == CITATION["title"]
    assert CITATION["title"] in library["note"]
    assert book["edition"] == f"version {CITATION['version']}, {released}"
    assert (library["version"], library["date"]) == (CITATION["version"], str(released))
    for licence, cited in zip(CITATION["license"], (library, book), strict=True):
        assert licence.replace("-", " ").removesuffix(" 4.0") in str(cited)


def test_every_dated_correction_is_among_the_errata():
    errata = re.split(r"## Corrected on (\S+?),?\s", read("book/errata.md"))
    of_date = dict(zip(errata[1::2], errata[2::2], strict=True))
    corrections = re.findall(
        r"^- (\d{4}-\d\d-\d\d), chapter (\d):", read("CHANGELOG.md"), re.M
    )
    assert corrections
    for day, number in corrections:
        assert f"**[Chapter {number}](" in of_date[day], (day, number)
    assert list(of_date) == sorted(of_date, reverse=True)
    assert CITATION["date-released"] in errata[0] and CITATION["version"] in errata[0]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_it_is_and_shows_a_picture(name):
    head = (SITE / name).read_text("utf-8").partition("</head>")[0]
    tags = dict(
        re.findall(r'<meta (?:name|property)="([\w:]+)" content="([^"]*)"', head)
    )
    assert 20 <= len(tags["description"]) <= 230
    assert tags["description"] == tags["og:description"]
    assert tags["twitter:card"] == "summary_large_image"
    assert not re.search(r"[$\\]|\{\w+\}", tags["description"])
    picture = tags["og:image"]
    assert picture.startswith("http") or ((SITE / name).parent / picture).exists()


def test_the_picture_has_the_size_that_is_asked_for():
    path = ROOT / "book/static/social-card.png"
    assert path.stat().st_size <= 150_000
    with Image.open(path) as card:
        assert card.size == (1200, 630)


def test_addresses_are_absolute_where_the_book_knows_its_own(monkeypatch):
    for name in ("BOOK_BASE_URL", "READTHEDOCS_CANONICAL_URL"):
        monkeypatch.delenv(name, raising=False)
    assert social.base_url() == ""
    monkeypatch.setenv("BOOK_BASE_URL", "https://example.org/book")
    assert social.base_url("https://other.org/") == "https://example.org/book/"
