"""A word's meaning on the page: at the pointer and at the keyboard's focus."""

from contextlib import contextmanager

import pytest

from browser import SITE, Visit

PAGE = "book/05_phase_diagram.html"
PHONE = {"width": 390, "height": 844}
SHOWN, FIRST = ".term-tip:not([hidden])", "a.glossary-term >> nth=0"


@pytest.fixture(scope="module")
def opened(browser):
    @contextmanager
    def open_page(**settings):
        context = browser.new_context(**settings)
        window = Visit(context.new_page(), SITE.as_uri())
        yield window.goto(PAGE)
        context.close()
        assert window.faults == []

    return open_page


def meaning(page, word):
    tip = page.locator(word).get_attribute("aria-describedby")
    return page.locator(f"#{tip}").text_content()


def test_pointer_and_keyboard_show_the_meaning_and_escape_hides_it(opened):
    with opened() as page:
        page.hover(FIRST)
        assert page.text_content(SHOWN) == meaning(page, FIRST)
        page.hover(".term-tip")  # one may go to the tip, to read or to copy it
        page.wait_for_timeout(300)
        assert page.locator(SHOWN).count() == 1
        page.keyboard.press("Escape")
        assert page.locator(SHOWN).count() == 0
        page.mouse.move(0, 0)
        page.locator(FIRST).focus()
        assert page.text_content(SHOWN) == meaning(page, FIRST)
        page.keyboard.press("Tab")
        assert meaning(page, FIRST) not in page.locator(SHOWN).all_text_contents()


def test_every_tip_stands_inside_a_narrow_window(opened):
    with opened(viewport={"width": 390, "height": 600}) as page:
        for word in page.locator("a.glossary-term").all()[:12]:
            word.scroll_into_view_if_needed()
            word.focus()
            box = page.locator(".term-tip").bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= 390
            assert box["y"] >= 0 and box["y"] + box["height"] <= 600


def test_a_tap_goes_to_the_glossary(opened):
    with opened(viewport=PHONE, has_touch=True, is_mobile=True) as page:
        page.tap(FIRST)
        page.wait_for_url("**/glossary.html#term-*")
        assert page.locator(".term-tip:not([hidden])").count() == 0
