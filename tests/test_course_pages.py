"""The built pages of exercises: no solution on them, and none on a student's paper."""

import functools
import re
from contextlib import closing

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

import course
import editions
import exercise_pages
import plain_markdown
from browser import ROOT, SITE, Visit

CHAPTERS = {n: (path, book) for n, path, book in editions.chapters(ROOT / "book")}
each_chapter = pytest.mark.parametrize("number", CHAPTERS)
SHOWN = """selector => [...document.querySelectorAll(selector)]
  .filter(box => box.getClientRects().length).length"""


@functools.cache
def built(name):
    """Return a page of the built book, parsed."""
    text = (SITE / "book" / name).read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


@functools.cache
def ids(path):
    return {
        tag["id"] for tag in built(path.relative_to(SITE / "book")).find_all(id=True)
    }


@each_chapter
def test_page_of_exercises_has_no_solution(number):
    path, notebook = CHAPTERS[number]
    page = built(f"exercises_{number}.html")
    labels = [one.label for one in editions.exercises(notebook)]
    assert [box["id"] for box in page.select("article .exercise")] == labels
    assert page.select(".solution, .cell, [class*=self-check]") == []
    solved = built(f"{path.stem}.html").select(".solution")
    assert len(solved) == len(labels)
    text = page.get_text()
    for solution in solved:
        first = solution.select_one("section p").get_text()
        assert first not in text


@each_chapter
def test_links_of_the_page_lead_somewhere(number):
    page = built(f"exercises_{number}.html")
    for link in page.select("article a[href]"):
        name, _, place = link["href"].partition("#")
        if not name.startswith("http"):
            target = (SITE / "book" / (name or f"exercises_{number}.html")).resolve()
            assert target.exists(), link
            if place:
                assert place in ids(target), link


@each_chapter
def test_numbers_are_those_of_the_book(number):
    path, notebook = CHAPTERS[number]
    page = built(f"{path.stem}.html")
    called = plain_markdown.numbered(number, notebook)
    for label, name in called.items():
        equation = page.find(id=f"equation-{label.lower()}")
        box = equation or page.find(id=label)
        if label.startswith(("eq-", "fig-", "tab-", "ex-")):
            shown = box.select_one(".eqno, .caption-number").get_text()
            assert re.search(r"\d+\.\d+", shown)[0] == re.search(r"\d+\.\d+", name)[0]


@each_chapter
def test_download_button_offers_the_notebook_without_solutions(number):
    path, _ = CHAPTERS[number]
    page = built(f"{path.stem}.html")
    links = page.select(".dropdown-download-buttons a[href]")
    addresses = [link["href"] for link in links]
    assert f"../_sources/book/{path.name}" in addresses
    assert f"../{exercise_pages.FILES}/student/{path.name}" in addresses
    for address in addresses:
        assert (SITE / "book" / address).resolve().exists()


def test_page_for_courses_offers_every_chapter():
    page = built("course.html")
    links = [link["href"] for link in page.select("#downloads a")]
    for number, (path, _) in CHAPTERS.items():
        assert f"exercises_{number}.html" in links
        assert f"../{exercise_pages.FILES}/student/{path.name}" in links
    for link in links:
        assert (SITE / "book" / link).resolve().exists()


@pytest.mark.parametrize("base", ["", "https://example.org/book/"])
def test_sheet_has_no_path_of_this_disk(browser, tmp_path, base):
    addresses = [f"{SITE.as_uri()}/", base]
    source, sheet = SITE / "book/exercises_2.html", tmp_path / "2.pdf"
    with closing(browser.new_context()) as context:
        course.print_page(context.new_page(), source, sheet, addresses)
    pdf = PdfReader(sheet)
    notes = [note.get_object() for p in pdf.pages for note in p.get("/Annots", [])]
    uris = [note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})]
    assert [uri for uri in uris if uri.startswith("file:")] == []
    assert any(uri.startswith(f"{base}book/02_rbm.html#") for uri in uris) == bool(base)
    text = pdf.pages[0].extract_text()
    assert "Name:" in text and "chapter 2" in text


def test_paper_has_the_solutions_that_were_opened(browser):
    with closing(browser.new_context()) as context:
        page = Visit(context.new_page(), SITE.as_uri()).goto("book/02_rbm.html")
        page.locator(".solution .toggle-button").first.wait_for()
        for opened in (0, 1):
            page.emulate_media(media="print")
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            assert page.evaluate(SHOWN, ".solution") == opened
            assert page.evaluate(SHOWN, ".solution .cell_input") >= opened
            assert page.evaluate(SHOWN, ".note.dropdown li") > 0  # the symbols
            page.evaluate("dispatchEvent(new Event('afterprint'))")
            page.emulate_media(media="screen")
            assert page.evaluate(SHOWN, ".solution.toggle-hidden") == 8 - opened
            page.locator(".solution .toggle-button").first.click()
