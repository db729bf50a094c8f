"""Nothing on a page is cut: every box is as wide as what it holds, at four widths.

Code, printed results and figures may scroll in their own box on a screen that is
narrower than a tablet; the box then says so, and the keyboard reaches it.
"""

import re

import pytest
from bs4 import BeautifulSoup

from browser import SITE, Visit, built_pages, launched, serve

PAGES = built_pages()
PHONE, TABLET = 390, 768
SETTLED = 600  # ms: formulas are set again 200 ms after the last change of width
WIDTHS = (PHONE, TABLET, 1280, 1440)
GROUPS = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in PAGES]

# Boxes that hide or scroll what does not fit, and all that ends right of its box.
CUT = """mayScroll => {
  const article = document.querySelector("article");
  if (!article) return [];
  const shown = element => element.clientWidth > 1 && element.clientHeight > 1;
  const quiet = ".headerlink, mjx-assistive-mml, mjx-container *, svg, svg *";
  const said = element => {
    const name = element.id || element.className || element.tagName;
    const text = element.textContent.trim().slice(0, 50);
    return `${element.tagName} ${name}: ${element.scrollWidth} in `
      + `${element.clientWidth}: ${text.replace(/\\s+/g, ' ')}`;
  };
  const faults = [];
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
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) faults.push(said(page));
  return faults;
}"""
RAW = re.compile(r"\$|\\[a-zA-Z]+|\{[a-z:]+\}`?|``|\]\(")
# Where such signs are what is meant.
QUOTED = "pre, code, script, style, span.math, div.math, template, .rbmlib-demo"


@pytest.fixture(scope="module")
def browser():
    with launched() as running:
        yield running


@pytest.fixture(scope="module")
def address():
    with serve(SITE) as running:
        yield running


@pytest.mark.parametrize("name", GROUPS)
def test_nothing_is_cut(browser, address, name):
    # Opened as on a phone, where long code is folded, then made wider.
    page = browser.new_page(viewport={"width": PHONE, "height": 844})
    window = Visit(page, address)
    window.goto(name)
    window.unfold()
    faults = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate(
            "window.MathJax?.startup.document.rerenderPromise().then(() => 0)"
        )
        faults[width] = page.evaluate(CUT, TABLET)
    page.close()
    assert {width: found for width, found in faults.items() if found} == {}


@pytest.mark.parametrize("name", PAGES)
def test_no_markup_is_left(name):
    page = BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")
    article = page.select_one("article")
    if article is None:
        return
    for quoted in article.select(QUOTED):
        quoted.extract()
    left = [text for text in article.stripped_strings if RAW.search(text)]
    assert left == []
