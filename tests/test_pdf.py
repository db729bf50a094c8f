"""The book on paper: nothing of the pages is lost, renumbered, cut or left hanging.

Nothing is built here: `make book` comes first, or BOOK_HTML names a built folder.  The
document is that of the whole book; two pages of it are printed, for the print takes
long.  `make pdf` itself refuses a document with a fault that is looked for here.
"""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from browser import ROOT, SITE
from paper import document, front, links, press, site

NUMBERED = re.compile(
    r'<(?:figure|table|div)\b[^>]*\bid="([^"]+)"[^>]*>'
    r'(?:(?!<figure|<table|<div).)*?<span class="(?:caption-number|eqno)">([^<]+)<',
    re.DOTALL,
)
SECTION = re.compile(
    r'<section [^>]*id="([^"]+)">\s*<h1><span class="section-number">([^<]+)'
)
# What a reference to something numbered says.
SAYS_NUMBER = re.compile(r"(?:Fig\.|Table|Exercise) \d[\d.]*|\(\d+(?:\.\d+)?\)")
# Printing takes long.
pytestmark = pytest.mark.thorough
KEPT = {"reproducibility", "04_linear_regime"}
FACTS = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("paper")


@pytest.fixture(scope="module")
def book(folder):
    assert SITE.exists(), f"no built book in {SITE}: run make book first"
    return document.make_book(ROOT, SITE, folder)


@pytest.fixture(scope="module")
def at(book):
    """The element of each id of the document."""
    return {element["id"]: element for element in book.document.find_all(id=True)}


def pages():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [name for name, _ in site.page_names(toc)]


def html_of(name):
    """Return the article of a page as it was built."""
    html = (SITE / f"{name}.html").read_text(encoding="utf-8")
    return html[html.index("<article") : html.index("</article>")]


def number_of(element):
    own = element.select_one(".caption-number, .eqno, .section-number")
    return own.get_text(strip=True)


def test_every_page_is_in_the_book(book):
    articles = [article["id"] for article in book.document.select("article")]
    keys = [name.removeprefix("book/").replace("/", "-") for name in pages()]
    assert articles == [*keys, "solutions", "code"]


def test_numbers_are_those_of_the_pages(at):
    on_pages, on_paper = {}, {}
    for name in pages():
        for pattern in (NUMBERED, SECTION):
            for own_id, number in pattern.findall(html_of(name)):
                where = links.one_id(Path(name).name, own_id)
                on_pages[where] = number.strip()
                on_paper[where] = number_of(at[where])
    assert on_paper == on_pages
    kinds = Counter(re.sub(r"[\d.]", "", number) for number in on_pages.values())
    assert min(kinds["Exercise "], kinds["Fig "], kinds["()"]) > 40


def test_a_reference_says_the_number_of_what_it_leads_to(book, at):
    wrong, seen = [], 0
    for link in book.document.find_all("a", href=re.compile("^#")):
        said = link.get_text(strip=True)
        if SAYS_NUMBER.fullmatch(said):
            seen += 1
            number = number_of(at[link["href"][1:]])
            if number != said:
                wrong.append((said, link["href"], number))
    assert wrong == []
    assert seen > 250


def test_links_lead_somewhere_and_ids_are_unique(book):
    assert links.faults(book.document) == []


def test_every_exercise_has_its_solution_at_the_end(book):
    exercises = book.document.select("article:not(#solutions) .exercise")
    solutions = book.document.select("#solutions section.moved")
    built = sum(html_of(name).count('class="exercise ') for name in pages())
    assert len(exercises) == len(solutions) == built > 40
    for exercise, solution in zip(exercises, solutions, strict=True):
        there = exercise.select_one(".pointer a")["href"]
        back = solution.select_one(".moved-head a")["href"]
        assert (there, back) == (f"#{solution['id']}", f"#{exercise['id']}")
        assert solution.h3.get_text() == f"Solution of {number_of(exercise)}"
        assert len(solution.get_text()) > 100


def test_no_code_and_no_output_is_lost(book):
    built = sum(html_of(name).count("<pre") for name in pages())
    assert len(book.document.find_all("pre")) == built > 600


def test_nothing_is_folded_and_nothing_of_the_screen_is_left(book):
    gone = "details, summary, button, noscript, .dropdown, .headerlink, .rbm-demo-place"
    assert book.document.select(gone) == []
    assert book.document.select("article script, article style") == []


def test_every_demo_shows_its_first_frame(book):
    demos = book.document.select("figure.demo")
    placed = sum(
        len(re.findall(r'rbm-demo-place"|rbm-filmstrip"', html_of(name)))
        for name in pages()
    )
    assert len(demos) == placed >= 9
    for demo in demos:
        assert demo.img["src"].startswith("data:image/png;base64,iVBOR")
        assert len(demo.img["alt"]) >= 40
        assert ".html#" in demo.figcaption.get_text()


def test_contents_have_every_chapter_and_section(book):
    lines = book.document.select(".contents .line")
    headings = book.document.select("article :is(h1, h2)")
    assert len(lines) == len(headings) > 130
    for line, heading in zip(lines, headings, strict=True):
        assert line.a.get_text() == heading.get_text()
        assert line.a["href"] == "#" + front.place_of(heading)


def test_title_page_says_what_the_citation_says(book):
    first = book.document.select_one(".title-page").get_text(" ")
    for fact in (FACTS["version"], FACTS["date-released"], "CC BY 4.0", "MIT"):
        assert fact in first
    assert f"Cite as: {front.cite(book.facts)}" in first


def keep(book, kept):
    """Cut a document down to a few of its articles, without links to the others."""
    soup = book.document
    for article in soup.select("article"):
        if article["id"] not in kept:
            article.decompose()
    there = {element["id"] for element in soup.find_all(id=True)}
    for link in soup.select('a[href^="#"]'):
        if link["href"][1:] not in there:
            (link.find_parent(class_=["line", "pointer"]) or link).decompose()
    book.bookmarks[:] = [mark for mark in book.bookmarks if mark[2] in there]


@pytest.fixture(scope="module")
def window(book, folder, browser):
    """The two pages in a browser.  It comes last: the book is cut down for it."""
    keep(book, KEPT)
    book.write(folder / "book.html")
    page = press.open_document(browser, folder / "book.html")
    yield page
    page.close()


def test_nothing_is_wider_than_the_paper(window):
    assert press.too_wide(window) == []


def test_what_is_too_wide_is_found(window):
    window.evaluate("document.querySelector('pre').append('x'.repeat(120))")
    found = press.too_wide(window)
    window.evaluate("document.querySelector('pre').lastChild.remove()")
    assert any(text.startswith("PRE") for text in found)


@pytest.fixture(scope="module")
def pdf(window, book):
    return press.finish(press.print_with_numbers(window), book)


def test_every_formula_is_set(window, pdf):
    assert window.locator("mjx-merror").count() == 0
    unset = window.locator(".math:not(:has(mjx-container))").count()
    assert unset == 0 < window.locator("mjx-container").count()


@pytest.fixture(scope="module")
def texts(pdf):
    return [" ".join(page.extract_text().split()) for page in pdf.pages]


def test_contents_and_outline_give_the_pages_of_the_titles(pdf, texts, window, book):
    said = dict(
        window.evaluate(
            """() => [...document.querySelectorAll(".contents .line")].map(line => [
          line.querySelector("a").hash.slice(1),
          Number(line.querySelector(".page-number").textContent)])"""
        )
    )
    assert len(said) > 15
    places = pdf.named_destinations
    for _, title, name in book.bookmarks:
        number = pdf.get_destination_page_number(places[f"/{name}"])
        assert title in texts[number]
        assert said.get(name, number + 1) == number + 1


def test_pages_carry_their_number_and_the_title_of_their_chapter(pdf, texts, book):
    places, chapter = pdf.named_destinations, {}
    for level, title, name in book.bookmarks:
        if level == 1:
            chapter[pdf.get_destination_page_number(places[f"/{name}"])] = title
    head = ""
    for index, text in enumerate(texts):
        head = {**chapter, 1: ""}.get(index, head)
        if index:
            assert text.startswith(f"{head} {index + 1} ".lstrip())
    assert len(chapter) == 1 + len(KEPT)


def test_pdf_says_what_it_is(pdf):
    assert pdf.metadata.title == FACTS["title"]
    assert pdf.metadata.author == front.read_facts(ROOT)["authors"]
    assert f"{pdf.metadata.creation_date:%Y-%m-%d}" == FACTS["date-released"]
    root = pdf.root_object
    assert root["/Lang"] == "en" and root["/MarkInfo"]["/Marked"]
    assert len(root["/StructTreeRoot"]) > 0
    assert {round(float(side)) for side in pdf.pages[0].mediabox[2:]} == {595, 842}
