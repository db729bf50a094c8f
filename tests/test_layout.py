"""The built book from files, in dark colours, at all widths: nothing on a page is cut.

Every box is as wide as what it holds, at four widths.

The pages of the reference are made alike from docstrings: two widths are enough.

Code, printed results and figures may scroll in their own box on a screen that is
narrower than a tablet; the box then says so, and the keyboard reaches it.
"""

import re
from contextlib import closing

import pytest

from browser import (
    ALIKE,
    OF_COLOURS,
    SITE,
    THEME,
    Visit,
    built_pages,
    grave,
    is_one_of_many,
)

PAGES = built_pages()
PHONE, TABLET = 390, 768
SETTLED = 300  # ms: formulas are set again 200 ms after the last change of width
WIDTHS = (PHONE, TABLET, 1280, 1440)
OF_MANY = (PHONE, 1280)  # the narrowest, and the article between two side bars
# All that has colours of its own stands on these.
IN_THE_DARK = (
    *("book/01_ising.html", "book/05_phase_diagram.html", "book/07_mode_tracking.html"),
    *("book/index.html", "book/glossary.html", "book/course_six.html"),
    *("book/problems.html", "book/checked.html", *ALIKE),
)

# Boxes that hide or scroll what does not fit, and all that ends right of its box.
CUT = """mayScroll => {
  const page = document.documentElement;
  const article = document.querySelector("article");
  const shown = element => element.clientWidth > 1 && element.clientHeight > 1;
  const quiet = ".headerlink, mjx-assistive-mml, mjx-container *, svg, svg *";
  const said = element => {
    const name = element.id || element.className || element.tagName;
    const text = element.textContent.trim().slice(0, 50);
    return `${element.tagName} ${name}: ${element.scrollWidth} in `
      + `${element.clientWidth}: ${text.replace(/\\s+/g, ' ')}`;
  };
  const faults = [];
  if (page.scrollWidth > page.clientWidth) faults.push(said(page));
  if (!article) return faults; // the page of the search
  for (const element of article.querySelectorAll("*")) {
    if (element.matches(quiet) || !shown(element)) continue;
    if (element.scrollWidth <= element.clientWidth + 1) continue;
    if (getComputedStyle(element).overflowX === "visible") continue;
    if (element.matches(".scrolls[tabindex='0']")) {
      if (innerWidth >= mayScroll) faults.push(`scrolls: ${said(element)}`);
    } else faults.push(`cut: ${said(element)}`);
  }
  for (const formula of article.querySelectorAll("mjx-math")) {
    const right = formula.getBoundingClientRect().right;
    if (formula.closest(".scrolls")) continue;
    const box = formula.closest("p, li, td, dd, div.math, figcaption") ?? article;
    if (shown(box) && right > box.getBoundingClientRect().right + 1) {
      faults.push(`formula: ${Math.round(right)} in ${said(box)}`);
    }
  }
  return faults;
}"""
# Text between the tags, but where such signs are what is meant.
TEXTS = """() => {
  const quoted =
    "pre, code, script, style, mjx-container, .rbm-demo-place, .line-block";
  const article = document.querySelector("article") ?? document.createElement("p");
  const texts = document.createTreeWalker(article, NodeFilter.SHOW_TEXT), found = [];
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (!parentElement.closest(quoted)) found.push(data);
  }
  return found;
}"""
RAW = re.compile(r"\$|\\[a-zA-Z]+|\{[a-z:]+\}`?|``|\]\(|:[a-z:]+:`")


@pytest.fixture(scope="module", params=PAGES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def window(name, browser):
    """A page as on a phone, where long code is folded; then all of it unfolded."""
    size = {"width": PHONE, "height": 844}
    with closing(browser.new_context(color_scheme="dark", viewport=size)) as context:
        window = Visit(context.new_page(), SITE.as_uri())
        window.goto(name)
        window.unfold()
        yield window


def test_pages_in_the_dark_exist():
    assert set(IN_THE_DARK) <= set(PAGES)


def test_no_markup_is_left(window):
    assert [text for text in window.page.evaluate(TEXTS) if RAW.search(text)] == []


def test_nothing_is_cut(window, name):
    faults, page = {}, window.page
    for width in OF_MANY if is_one_of_many(name) else WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_timeout(SETTLED)
        faults[width] = page.evaluate(CUT, TABLET)
    assert {width: found for width, found in faults.items() if found} == {}


def test_page_needs_no_server(window):
    assert window.faults == []
    assert window.page.evaluate(THEME) in ("dark", None)


# The last to look: axe leaves the page changed.
def test_page_is_accessible_in_the_dark(window, name):
    if name not in IN_THE_DARK:
        pytest.skip("its colours stand on another page")
    assert grave(window.violations(OF_COLOURS)) == []


LEFT = ["a $ b", r"\langle m", "{eq}`x`", "[a](b)", "``m``", ":ref:`a`"]


@pytest.mark.parametrize("text", LEFT)
def test_left_markup_is_found(text):
    assert RAW.search(text)
