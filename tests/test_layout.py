"""Nothing on a page is cut: every box is as wide as what it holds, at four widths.

The pages of the reference are made alike from docstrings: two widths are enough.

Code, printed results and figures may scroll in their own box on a screen that is
narrower than a tablet; the box then says so, and the keyboard reaches it.
"""

import re

import pytest

from browser import SITE, Visit, built_pages, is_one_of_many, serve

PAGES = built_pages()
PHONE, TABLET = 390, 768
SETTLED = 300  # ms: formulas are set again 200 ms after the last change of width
WIDTHS = (PHONE, TABLET, 1280, 1440)
OF_MANY = (PHONE, 1280)  # the narrowest, and the article between two side bars
GROUPS = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in PAGES]

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


@pytest.fixture(scope="module")
def address():
    with serve(SITE) as running:
        yield running


@pytest.fixture(scope="module", params=GROUPS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def page(name, browser, address):
    """A page as on a phone, where long code is folded; then all of it unfolded."""
    page = browser.new_page(viewport={"width": PHONE, "height": 844})
    window = Visit(page, address)
    window.goto(name)
    window.unfold()
    yield page
    page.close()


def test_no_markup_is_left(page):
    assert [text for text in page.evaluate(TEXTS) if RAW.search(text)] == []


def test_nothing_is_cut(page, name):
    faults = {}
    for width in OF_MANY if is_one_of_many(name) else WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_timeout(SETTLED)
        faults[width] = page.evaluate(CUT, TABLET)
    assert {width: found for width, found in faults.items() if found} == {}


LEFT = ["a $ b", r"\langle m", "{eq}`x`", "[a](b)", "``m``", ":ref:`a`"]


@pytest.mark.parametrize("text", LEFT)
def test_left_markup_is_found(text):
    assert RAW.search(text)
