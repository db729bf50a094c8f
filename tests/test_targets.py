"""A link to a place in a chapter shows that place, however the page grows as it loads.

Motion is on, as most readers have it: the theme then scrolls smoothly.
"""

import re
from contextlib import closing
from html import unescape

from browser import SITE, Visit

SIZE = {"width": 1440, "height": 900}
LINK = re.compile(r'href="(\d\d_\w+\.html)(#[a-z]+-[0-9a-f]{6}=[^"]+)"')
TWELVE = (SITE / "book/course_twelve.html").read_text("utf-8")
DEMOS = {page: unescape(fragment) for page, fragment in LINK.findall(TWELVE)}
EARLIER = "#ising-012345=%7B%22field%22%3A0.25%7D"  # not the Ising demo's present name
TOP = """async target => {
  await document.fonts.ready;
  const top = () => document.querySelector(target).getBoundingClientRect().top;
  let last;
  while (top() !== last) {
    last = top();
    await new Promise(done => setTimeout(done, 200));
  }
  return last;
}"""


def top(browser, name, fragment, target):
    """Open a page at a fragment; return where a target then is in the window."""
    motion = "no-preference"
    with closing(browser.new_context(viewport=SIZE, reduced_motion=motion)) as context:
        window = Visit(context.new_page(), SITE.as_uri())
        page = window.goto(f"book/{name}{fragment}")
        found = page.evaluate(TOP, target)
        assert window.faults == []
        return found


def test_a_link_to_a_demo_shows_the_demo(browser):
    name = "05_phase_diagram.html"  # without care it is furthest off
    demo = DEMOS[name][1:].partition("=")[0]
    assert 0 <= top(browser, name, DEMOS[name], f'[data-demo="{demo}"]') <= 300


def test_every_chapter_has_such_a_link():
    assert len(DEMOS) == 7


def test_a_link_of_an_earlier_edition_shows_the_demo(browser):
    name = "01_ising.html"
    assert 0 <= top(browser, name, EARLIER, '[data-demo^="ising-"]') <= 300


def test_a_link_to_a_place_far_down_shows_it(browser):
    text = (SITE / "book/01_ising.html").read_text("utf-8")
    last = re.findall(r'id="(ex-[a-z-]+)"', text)[-1]
    assert 0 <= top(browser, "01_ising.html", f"#{last}", f"#{last}") <= 300
