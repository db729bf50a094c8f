"""The built book in a browser with the network cut: what a reader gets.

Nothing is built here: `make book` comes first, or BOOK_HTML names a built folder.

A page is opened from a server in light colours. What is seen there is kept, and the
tests judge it.  From a file, in dark colours and at all widths: test_layout.py.
"""

import gzip
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest
from fontTools.ttLib import TTFont

from browser import (
    ALIKE,
    OF_COLOURS,
    SITE,
    THEME,
    Visit,
    built_pages,
    grave,
    is_one_of_many,
    serve,
)

PAGES = [name for name in built_pages() if name in ALIKE or not is_one_of_many(name)]
FIRST_LOAD = 700_000  # bytes, compressed as servers do
each_scheme = pytest.mark.parametrize("scheme", ["http", "file"])

SHOWN_BY_STYLES = """() => {
  const shown = new Set();
  for (const element of document.querySelectorAll(":not(svg, svg *)")) {
    for (const part of ["::before", "::after"]) {
      const { content } = getComputedStyle(element, part);
      (content.match(/[\\ue000-\\uf8ff]/g) ?? []).forEach(c => shown.add(c));
    }
  }
  return [...shown];
}"""
ALTS = "images => images.map(image => image.getAttribute('alt') ?? '')"


@pytest.fixture(scope="module")
def addresses():
    with serve(SITE) as address:
        yield {"http": address, "file": SITE.as_uri()}


@pytest.fixture(scope="module")
def visit(browser, addresses):
    """Return a context manager that opens a watched window on one of the addresses."""

    @contextmanager
    def open_window(scheme="http"):
        size = {"width": 1200, "height": 844}
        context = browser.new_context(color_scheme="light", viewport=size)
        with closing(context):
            yield Visit(context.new_page(), addresses[scheme])

    return open_window


@pytest.fixture(scope="module", params=PAGES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def seen(visit, name):
    """Return what a page shows, with what axe finds on it."""
    with visit() as window:
        return observe(window, name) | {"violations": window.violations()}


def observe(window, name):
    """Open a page; return what tests ask about, by short names."""
    asked = set()
    window.page.on("requestfinished", lambda request: asked.add(request.url))
    page = window.goto(name)
    page.wait_for_load_state("networkidle")
    page.wait_for_selector("svg.svg-inline--fa", state="attached")
    found = {
        "faults": list(window.faults),
        "bytes": sum(compressed(window, url) for url in asked),
        "unknown icons": page.locator("svg.svg-inline--fa animate").count(),
        "undrawn icons": page.locator("i.fas, i.fab, i.fa-solid").count(),
        "icons of styles": page.evaluate(SHOWN_BY_STYLES),
        "admonitions": page.locator("div.admonition > .admonition-title").count(),
        "alts": page.eval_on_selector_all("article img", ALTS),
        "theme": page.evaluate(THEME),
    }
    window.unfold()
    return found


def compressed(window, url):
    """Return how many bytes of the site's own a request costs."""
    path = urlsplit(url.removeprefix(window.base)).path
    if not url.startswith(window.base):  # data within the page
        return 0
    whole = (SITE / path.lstrip("/")).read_bytes()
    return min(len(whole), len(gzip.compress(whole, 6)))


def test_book_is_built():
    assert PAGES, f"no built book in {SITE}: run make book first"


def test_page_needs_nothing_from_elsewhere(seen):
    assert seen["faults"] == []


def test_icons_are_drawn(seen):
    # The icon set draws an animated question mark for an icon that it lacks.
    assert seen["unknown icons"] == 0
    assert seen["undrawn icons"] == 0


def test_icons_of_styles_are_in_their_fonts(seen):
    folder = SITE / "_static/vendor/fontawesome/webfonts"
    kept = set().union(*(TTFont(path).getBestCmap() for path in folder.glob("*.woff2")))
    shown = seen["icons of styles"]
    assert shown or not seen["admonitions"]
    assert {ord(character) for character in shown} <= kept


def test_first_load_is_light(seen):
    assert seen["bytes"] <= FIRST_LOAD


def test_page_is_accessible(seen):
    assert seen["theme"] in ("light", None)
    assert grave(seen["violations"]) == []


def test_images_say_what_they_show(seen):
    alts = seen["alts"]
    poor = [alt for alt in alts if len(alt) < 40 or alt.startswith(("_images", "../"))]
    assert poor == []


@each_scheme
def test_front_door_leads_to_the_book(visit, scheme):
    with visit(scheme) as window:
        window.page.goto(f"{window.base}/index.html")
        window.page.wait_for_selector("article h1")


@each_scheme
def test_search_finds_a_word_of_the_title(visit, scheme):
    with visit(scheme) as window:
        page = window.goto("search.html")
        page.keyboard.press("Control+k")
        page.keyboard.type("Boltzmann")
        page.keyboard.press("Enter")
        page.wait_for_selector("#search-results li a")
        assert page.locator("#search-results li a").count() >= 1
        page.wait_for_load_state("networkidle")
        assert window.faults == []


PALE = """count => {
  const article = document.querySelector("article");
  for (let i = 0; i < count; i++) {
    const text = document.createElement("p");
    text.textContent = `Paragraph ${i}`;
    if (i === count - 1) text.style.color = "#bbb";
    article.append(text);
  }
}"""


def test_one_pale_text_among_many_is_seen(visit):
    with visit() as window:
        window.goto("book/cite.html").evaluate(PALE, 40)
        (fault,) = window.violations(OF_COLOURS)
        (node,) = fault["nodes"]
        assert "Paragraph 39" in node["html"]
