"""The built book in a browser with the network cut: what a reader gets.

Nothing is built here: `make book` comes first, or BOOK_HTML names a built folder.

A page is opened twice: from a server in light colours, and from a file in dark ones.
What is seen there is kept, and the tests judge it.  Widths are for test_layout.py.
"""

import functools
import gzip
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest
from fontTools.ttLib import TTFont

from browser import SITE, Visit, built_pages, is_one_of_many, serve

# Of the pages that are made alike: the picture of all rooms, a room, exercises.
ALIKE = (
    "book/reference/architecture.html",
    "book/reference/ground.html",
    "book/exercises_5.html",
)
PAGES = [name for name in built_pages() if name in ALIKE or not is_one_of_many(name)]
COLOURS = {"http": "light", "file": "dark"}
# The same page in other colours: only these rules can judge it otherwise, and all that
# has colours of its own stands on these pages.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
IN_THE_DARK = (
    *("book/01_ising.html", "book/05_phase_diagram.html", "book/07_mode_tracking.html"),
    *("book/index.html", "book/glossary.html", "book/course_six.html"),
    *("book/problems.html", "book/checked.html", *ALIKE),
)
FIRST_LOAD = 700_000  # bytes, compressed as servers do
# Tests of one page run in one process, which has opened it.
GROUPS = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in PAGES]
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
    def open_window(scheme="http", theme="light", width=1200):
        size = {"width": width, "height": 844}
        with closing(browser.new_context(color_scheme=theme, viewport=size)) as context:
            yield Visit(context.new_page(), addresses[scheme])

    return open_window


@pytest.fixture(scope="module", params=GROUPS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def seen(visit, name):
    """Return a function that tells what a page shows, opened at the first question."""

    @functools.cache
    def look(scheme):
        with visit(scheme, COLOURS[scheme]) as window:
            found = observe(window, name)
            if scheme == "http":
                found["violations"] = window.violations()
            elif name in IN_THE_DARK:
                found["violations"] = window.violations(OF_COLOURS)
            return found

    return look


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
        "theme": page.evaluate("document.documentElement.dataset.theme"),
        "violations": [],  # of pages that axe does not look at
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
    assert set(IN_THE_DARK) <= set(PAGES)


@each_scheme
def test_page_needs_nothing_from_elsewhere(seen, scheme):
    assert seen(scheme)["faults"] == []


def test_icons_are_drawn(seen):
    # The icon set draws an animated question mark for an icon that it lacks.
    assert seen("http")["unknown icons"] == 0
    assert seen("http")["undrawn icons"] == 0


def test_icons_of_styles_are_in_their_fonts(seen):
    folder = SITE / "_static/vendor/fontawesome/webfonts"
    kept = set().union(*(TTFont(path).getBestCmap() for path in folder.glob("*.woff2")))
    shown = seen("http")["icons of styles"]
    assert shown or not seen("http")["admonitions"]
    assert {ord(character) for character in shown} <= kept


def test_first_load_is_light(seen):
    assert seen("http")["bytes"] <= FIRST_LOAD


@each_scheme
def test_page_is_accessible(seen, scheme):
    assert seen(scheme)["theme"] in (COLOURS[scheme], None)
    grave = [
        f"{v['id']}: {node['html'][:200]} | {node['failureSummary'][:300]}"
        for v in seen(scheme)["violations"]
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]
    assert grave == []


def test_images_say_what_they_show(seen):
    alts = seen("http")["alts"]
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
