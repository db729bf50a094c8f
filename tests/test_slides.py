"""Decks of slides: self-contained, whole on every slide, and alive where a demo is.

One deck is gone through in a browser, slide after slide; of all decks, the demos.
"""

import re

import pytest
from lessons import data, deck

from browser import Visit

WATCHED = "05_phase_diagram"
SIZE = {"width": 1280, "height": 720}
FRAME = {"width": 1100, "height": 564}  # of deck.css
FURTHEST = {"title": 100, "words": 140}  # letters

ASIDE = """() => {
  const slide = Reveal.getCurrentSlide(), all = "h2, .words, .body, .body *";
  const edge = slide.getBoundingClientRect(), faults = [];
  for (const part of slide.querySelectorAll(all)) {
    const { left, top, right, bottom } = part.getBoundingClientRect();
    const isSmall = right - left < 2; // what only readers of the screen meet
    if (isSmall || part.matches(".paper, mjx-assistive-mml *")) continue;
    const isIn = left >= edge.left - 1 && top >= edge.top - 1
      && right <= edge.right + 1 && bottom <= edge.bottom + 1;
    if (!isIn) faults.push(`${part.tagName} ${part.className}`);
  }
  const broken = [...slide.querySelectorAll("img")].filter(i => !i.naturalWidth);
  const wrong = slide.querySelectorAll("mjx-merror").length;
  return { faults, broken: broken.length, wrong };
}"""
DRAWN = """() => [...Reveal.getCurrentSlide().querySelectorAll("img")]
  .every(image => image.complete)"""
# Letters of all texts but those of a demo, whose frame is enlarged, and of figures.
LETTERS = """() => {
  const texts = [...Reveal.getCurrentSlide().querySelectorAll("h2, .words, li, .fit")];
  return Math.min(...texts.map(text => parseFloat(getComputedStyle(text).fontSize)));
}"""


@pytest.fixture(scope="module")
def lessons():
    return data.load()


@pytest.fixture(scope="module")
def folder(lessons, tmp_path_factory):
    target = tmp_path_factory.mktemp("slides")
    deck.build(lessons, target)
    return target


@pytest.fixture(scope="module")
def watched(browser, folder):
    page = browser.new_context(viewport=SIZE).new_page()
    visit = Visit(page, folder.as_uri())
    page.goto(f"{visit.base}/{WATCHED}.html")
    page.wait_for_function("window.Reveal?.isReady()")
    return visit


def show(page, number):
    page.evaluate(f"Reveal.slide({number}); 0")


def shown_demo(page):
    return page.frame_locator("section.present iframe")


def test_no_slide_is_cut_or_too_small_to_read(watched, lessons):
    slides = lessons.chapters[WATCHED].slides
    assert watched.page.evaluate("Reveal.getTotalSlides()") == len(slides) + 1
    for number, slide in enumerate(slides, start=1):
        show(watched.page, number)
        watched.page.wait_for_function(DRAWN)
        if "demo" in slide:
            shown_demo(watched.page).locator("[data-live]").wait_for()
        found = watched.page.evaluate(ASIDE)
        assert found == {"faults": [], "broken": 0, "wrong": 0}, slide
        assert watched.page.evaluate(LETTERS) >= 20, slide
    assert watched.faults == []


def test_a_demo_on_a_slide_follows_the_pointer(watched, lessons):
    slides = lessons.chapters[WATCHED].slides
    number = next(n for n, slide in enumerate(slides, start=1) if "demo" in slide)
    show(watched.page, number)
    frame = shown_demo(watched.page)
    readout = frame.locator(".rbm-readout")
    readout.get_by_text("theory: ferromagnet").wait_for()
    # Noise above 1, at a weak mode: the upper left of the plane.
    plane = frame.locator("canvas").first
    box = plane.bounding_box()
    watched.page.mouse.click(
        box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"]
    )
    readout.get_by_text("theory: spin glass").wait_for()
    watched.page.keyboard.press("PageDown")
    watched.page.wait_for_function(f"Reveal.getIndices().h === {number + 1}")
    assert watched.faults == []


def test_every_demo_fits_its_frame_and_starts(browser, folder, lessons):
    page = browser.new_context(viewport=FRAME).new_page()
    visit = Visit(page, folder.as_uri())
    for lesson in lessons.chapters.values():
        for slide in lesson.slides:
            if "demo" not in slide:
                continue
            name = f"{lesson.chapter.name}-{slide['demo']}.html"
            page.goto("about:blank")
            page.goto(f"{visit.base}/demos/{name}#{slide.get('preset', '')}")
            if preset := slide.get("preset"):
                look = lesson.chapter.demos[slide["demo"]].presets[preset]["look"]
                page.get_by_text(look).wait_for()
                page.wait_for_function(
                    "document.querySelector('.rbm-readout').textContent !== ''"
                )
            assert page.locator("[data-live]").count() == 1
            height = page.evaluate("document.documentElement.scrollHeight")
            assert height <= FRAME["height"], name
    assert visit.faults == []


def test_paper_has_words_where_the_picture_is_of_another_state(watched, lessons):
    page = watched.page.context.new_page()
    page.goto(f"{watched.base}/{WATCHED}.html?print-pdf")
    page.wait_for_function("window.Reveal?.isReady()")
    words = page.locator(".demo .instead:visible")
    words.first.wait_for()
    slides = lessons.chapters[WATCHED].slides
    assert words.count() == sum("preset" in slide for slide in slides)
    assert page.locator(".demo .paper:visible").count() == 0
    page.close()


def test_decks_hold_all_that_they_need(folder):
    pages = [path for path in folder.glob("**/*.html")]
    assert len(pages) > 10
    for path in pages:
        text = path.read_text(encoding="utf-8")
        for address in re.findall(r'(?:src|href)="([^"#]+)', text):
            assert (path.parent / address).exists(), (path.name, address)


def test_a_slide_says_little(lessons):
    for lesson in lessons.chapters.values():
        for slide in lesson.slides:
            for part, most in FURTHEST.items():
                assert len(slide.get(part, "")) <= most, slide
            assert len(slide.get("words", "").split()) <= 25, slide
            assert slide.get("say"), slide
