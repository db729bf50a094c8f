"""The built book in a browser with the network cut: what a reader gets.

Nothing is built here: `make book` comes first, or BOOK_HTML names a built folder.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from fontTools.ttLib import TTFont

from browser import SITE, Visit, built_pages, launched, serve

PAGES = built_pages()
each_page = pytest.mark.parametrize("name", PAGES)
each_scheme = pytest.mark.parametrize("scheme", ["http", "file"])


@pytest.fixture(scope="session")
def browser():
    with launched() as running:
        yield running


@pytest.fixture(scope="session")
def addresses():
    with serve(SITE) as address:
        yield {"http": address, "file": SITE.as_uri()}


@pytest.fixture
def visit(browser, addresses):
    """Return a function that opens a watched window on one of the addresses."""
    contexts = []

    def open_window(scheme="http", theme="light", width=1200):
        context = browser.new_context(
            color_scheme=theme,
            viewport={"width": width, "height": 844},
        )
        contexts.append(context)
        return Visit(context.new_page(), addresses[scheme])

    yield open_window
    for context in contexts:
        context.close()


def test_book_is_built():
    assert PAGES, f"no built book in {SITE}: run make book first"


@each_scheme
@each_page
def test_page_needs_nothing_from_elsewhere(visit, scheme, name):
    window = visit(scheme)
    window.goto(name).wait_for_load_state("networkidle")
    assert window.faults == []


@each_page
def test_icons_are_drawn(visit, name):
    page = visit().goto(name)
    page.wait_for_selector("svg.svg-inline--fa", state="attached")
    # The icon set draws an animated question mark for an icon that it lacks.
    assert page.locator("svg.svg-inline--fa animate").count() == 0
    assert page.locator("i.fas, i.fab, i.fa-solid").count() == 0


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


@each_page
def test_icons_of_styles_are_in_their_fonts(visit, name):
    page = visit().goto(name)
    page.wait_for_selector("svg.svg-inline--fa", state="attached")
    folder = SITE / "_static/vendor/fontawesome/webfonts"
    kept = set().union(*(TTFont(path).getBestCmap() for path in folder.glob("*.woff2")))
    shown = page.evaluate(SHOWN_BY_STYLES)
    assert shown or not page.locator(".admonition-title").count()
    assert {ord(character) for character in shown} <= kept


@each_page
def test_first_load_is_light(visit, name):
    window, sizes = visit(), []
    window.page.on("requestfinished", lambda request: sizes.append(request.sizes()))
    window.goto(name).wait_for_load_state("networkidle")
    assert sum(size["responseBodySize"] for size in sizes) <= 2_500_000


@pytest.mark.parametrize("theme", ["light", "dark"])
@each_page
def test_page_is_accessible(visit, theme, name):
    window = visit(theme=theme)
    page = window.goto(name)
    assert page.evaluate("document.documentElement.dataset.theme") in (theme, None)
    window.unfold()
    violations = Axe().run(page).response["violations"]
    grave = [
        f"{v['id']}: {node['html'][:200]} | {node['failureSummary'][:300]}"
        for v in violations
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]
    assert grave == []


@each_page
def test_page_fits_a_phone(visit, name):
    window = visit(width=390)
    page = window.goto(name)
    window.unfold()
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth") == page.evaluate(f"{root}.clientWidth")


@each_page
def test_images_say_what_they_show(visit, name):
    page = visit().goto(name)
    alts = page.eval_on_selector_all(
        "article img", "images => images.map(image => image.getAttribute('alt') ?? '')"
    )
    poor = [alt for alt in alts if len(alt) < 40 or alt.startswith(("_images", "../"))]
    assert poor == []


@each_scheme
def test_front_door_leads_to_the_book(visit, scheme):
    page = visit(scheme).page
    page.goto(f"{visit(scheme).base}/index.html")
    page.wait_for_selector("article h1")


@each_scheme
def test_search_finds_a_word_of_the_title(visit, scheme):
    window = visit(scheme)
    page = window.goto("search.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("Boltzmann")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    assert page.locator("#search-results li a").count() >= 1
    page.wait_for_load_state("networkidle")
    assert window.faults == []
