"""A demo at one look, its values at the pointer, and what a reader takes away."""

import itertools
import json
import re
from urllib.parse import unquote

import matplotlib.image
import numpy as np
import pytest

from demo_pages import TOOLS, open_body
from engine import Engine
from rbmlib.demos import DEMOS, Ising, Linear, Machine, Mixing, Modes, Phases, Training
from rbmlib.demos.filmstrip import Filmstrip

COLUMN = 688  # CSS pixels that the book leaves for a demo on a screen of 1280
ONE_LOOK = 800  # CSS pixels of height
HEIGHTS = """() => {
  const box = name => document.querySelector(name).getBoundingClientRect();
  const top = box(".rbm-demo").top;
  const rows = ["buttons", "presets", "hint", "controls", "screen", "readout"];
  return rows.map(name => box(".rbm-" + name)).map(b => [b.top - top, b.bottom - top]);
}"""
# The clipboard of a page that may use it, and of one that may not.
CLIPBOARD = """Object.defineProperty(navigator, "clipboard", { value: {
  async writeText(text) { if (window.refused) throw new Error(); window.copied = text; }
} });"""
NEW = ("speed", "until")  # settings that links of the first edition lack
each_demo = pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.__name__)


@pytest.fixture
def show(browser, tmp_path):
    """Return a function that opens a body of HTML; nothing may fail there."""
    visits = []

    def open_page(body, width=1280, **how):
        visits.append(
            open_body(browser, tmp_path, body, TOOLS + CLIPBOARD, width, **how)
        )
        return visits[-1].page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert [visit.faults for visit in visits] == [[]] * len(visits)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def readout(page):
    return page.locator(".rbm-readout").text_content()


# One look


@each_demo
def test_a_demo_fits_one_look_with_its_presets_on_top(show, demo):
    widget = demo(running=False)
    page = show(f'<div style="width: {COLUMN}px">{widget.html()}</div>')
    for one in widget.presets:
        press(page, one["label"])
        rows = page.evaluate(HEIGHTS)
        tops, bottoms = zip(*rows, strict=True)
        assert list(tops) == sorted(tops)  # each row below the one before
        assert max(bottoms) <= ONE_LOOK, one["label"]
        heads = page.locator(".rbm-demo figcaption").evaluate_all(
            "all => all.map(one => one.scrollWidth <= one.clientWidth)"
        )
        assert all(heads)


@each_demo
def test_on_a_phone_buttons_come_first_and_nothing_is_cut(show, demo):
    page = show(demo(running=False).html(), width=390)
    for one in demo().presets:
        press(page, one["label"])
        cut = page.locator(".rbm-demo, .rbm-demo *").evaluate_all(
            """all => all.filter(x => {
              const { left, right, width } = x.getBoundingClientRect();
              return width > 0 && (left < 0 || right > innerWidth + 0.5);
            }).map(x => x.outerHTML.slice(0, 80))"""
        )
        assert cut == []
    order = page.evaluate(
        """() => [".rbm-buttons", ".rbm-presets", ".rbm-hint", "canvas, svg",
          ".rbm-readout", ".rbm-controls"].map(name =>
          document.querySelector(".rbm-demo").querySelector(name)
            .getBoundingClientRect().top)"""
    )
    assert order == sorted(order)


# Values at the pointer


@each_demo
def test_each_picture_has_a_value_at_the_pointer(show, demo):
    page = show(demo(running=False).html())
    press(page, demo().presets[0]["label"])
    for _ in range(2):
        press(
            page, "Pause" if page.get_by_text("Pause", exact=True).count() else "Step"
        )
    canvases = page.locator(".rbm-demo canvas")
    for index in range(canvases.count()):
        canvas = canvases.nth(index)
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        words = set()
        for x in np.linspace(0.15, 0.9, 12):
            for y in (0.12, 0.3, 0.6):
                page.mouse.move(
                    box["x"] + x * box["width"], box["y"] + y * box["height"]
                )
                words.add(canvas.locator("..").locator(".rbm-value").text_content())
        told = [text for text in words if text]
        assert told, canvas.get_attribute("aria-label")
        assert all(re.search(r"\d", text) for text in told)
        assert not any(re.search("NaN|undefined|null", text) for text in told)
    page.mouse.move(1270, 5)
    assert page.locator(".rbm-value").all_text_contents() == [""] * canvases.count() + (
        [""] if demo is Machine else []
    )


def test_the_value_is_that_of_the_curve(show):
    page = show(Ising(running=False, size=32, warm_up=0, temperature=4.0).html())
    canvas = page.locator("canvas").nth(2)
    box = canvas.bounding_box()
    x, value = 0, ""
    while not value.startswith("T 2\n|m|") and x < box["width"]:
        page.mouse.move(box["x"] + x, box["y"] + 14)
        value = canvas.locator("..").locator(".rbm-value").text_content()
        x += 1
    assert value == "T 2\n|m| 0.911"  # Yang's


def test_a_line_of_the_machine_tells_its_weight(show):
    page = show(Machine().html())
    x, y = page.locator("[data-line='3 0']").evaluate(
        """line => {
          const point = line.getPointAtLength(line.getTotalLength() / 3);
          const { x, y } = point.matrixTransform(line.getScreenCTM());
          return [x, y];
        }"""
    )
    page.mouse.move(x, y)
    assert page.locator("svg + .rbm-value").text_content() == "W₄₁ -4.00"


# What is taken away


def test_seeds_follow_one_another_and_the_link_holds_the_last(show):
    html = Ising(running=False, size=32).html()
    page = show(html)
    looks = [page.evaluate("look()")]
    for seed in (1, 2):
        press(page, "New seed")
        assert page.locator(".rbm-said").text_content() == f"Seed {seed}."
        looks.append(page.evaluate("look()"))
    assert len(set(looks)) == 3
    press(page, "Copy link")
    fragment = page.evaluate("location.hash")
    assert json.loads(unquote(fragment.partition("=")[2]))["seed"] == 2
    again = show(html, fragment=fragment)
    for one in (page, again):
        press(one, "Reset")
        for _ in range(5):
            press(one, "Step")
    assert readout(page) == readout(again)


def test_after_the_last_seed_comes_the_first():
    engine = Engine(Linear)
    assert engine(f"[0, 41, {2**53 - 1}].map(nextSeed)") == [1, 42, 0]
    engine.v8.close()


@each_demo
def test_another_seed_shows_another_run(show, demo):
    page = show(demo(running=False).html())
    press(page, "Reset")
    press(page, "Step")
    before = page.evaluate("look()")
    press(page, "New seed")
    press(page, "Step")
    assert page.evaluate("look()") != before


def test_the_link_is_copied_or_shown(show):
    page = show(Phases(running=False, warm_up=0).html())
    press(page, "Copy link")
    page.get_by_text("Link copied.").wait_for()
    assert page.evaluate("copied === location.href")
    assert page.locator(".rbm-link").count() == 0
    page.evaluate("refused = true")
    press(page, "Copy link")
    page.get_by_text("Copy the link here.").wait_for()
    chosen = page.evaluate("getSelection().toString()")
    assert chosen == page.locator(".rbm-link").input_value() == page.url
    press(page, "Copy link")
    page.get_by_text("Copy the link here.").wait_for()
    assert page.locator(".rbm-link").count() == 1
    press(page, "Step")
    assert page.locator(".rbm-link").count() == 0


@pytest.mark.parametrize(
    ("demo", "theme"),
    list(
        zip(DEMOS, itertools.cycle(["light", "dark"]))
    ),  # the code of themes is shared
    ids=lambda part: getattr(part, "__name__", part),
)
def test_an_image_is_saved(show, tmp_path, demo, theme):
    page = show(demo(running=False, seed=7).html(), theme=theme)
    with page.expect_download() as download:
        press(page, "Save image")
    page.get_by_text("Image saved.").wait_for()
    assert download.value.suggested_filename.endswith("-seed-7.png")
    path = tmp_path / "image.png"
    download.value.save_as(path)
    pixels = matplotlib.image.imread(path)[:, :, :3]
    paper = np.array([[1, 1, 1], [20 / 255, 24 / 255, 30 / 255]][theme == "dark"])
    assert np.abs(pixels[0, 0] - paper).max() < 0.01
    drawn = (np.abs(pixels - paper).max(2) > 0.2).mean()
    assert drawn > 0.01 and min(pixels.shape[:2]) > 600
    if demo is Machine:  # the graph is there: the blue of a line that keeps apart
        left = pixels[: pixels.shape[0] // 2, : pixels.shape[1] // 2]
        blue = np.array([[11, 87, 164], [108, 182, 255]][theme == "dark"]) / 255
        assert (np.abs(left - blue).max(2) < 0.05).sum() > 200


# Single demos


def test_a_point_on_a_line_is_in_no_phase(show):
    page = show(Phases(running=False, warm_up=0).html())
    names = {}
    for w, sigma in [(1, 1), (1, 0.4), (0.4, 1), (0.9, 0.9), (1.1, 0.5), (0.6, 1.2)]:
        fragment = page.evaluate("document.querySelector('[data-demo]').dataset.demo")
        page.evaluate(f'location.hash = \'#{fragment}={{"w":{w},"sigma":{sigma}}}\'')
        page.wait_for_timeout(50)
        names[w, sigma] = (
            readout(page).split("theory: ")[1].split("\xa0")[0].split("  ")[0]
        )
    assert [name.strip() for name in names.values()] == [
        "on the border",
        "on the border",
        "on the border",
        "paramagnet",
        "ferromagnet",
        "spin glass",
    ]


def test_the_border_is_that_of_the_library():
    engine, demo = Engine(Phases), Phases()
    line = demo.lines["ferro_glass"]
    for w, sigma in line[::6]:
        found = engine(f"nearestBorder({w}, {sigma + 0.05}, {json.dumps([line])})")
        assert 0.01 < found < 0.051
        assert engine(f"nearestBorder({w}, {sigma}, {json.dumps([line])})") < 1e-12
    engine.v8.close()


def test_training_stops_at_its_age(show):
    page = show(Training(running=True, until=100, n_hidden=8, speed=5).html())
    page.get_by_role("button", name="Run", exact=True).wait_for()
    assert readout(page).startswith("age 100 updates")
    press(page, "Step")
    assert readout(page).startswith("age 101 updates")


def test_no_two_branches_of_the_tree_cross():
    engine, demo = Engine(Modes), Modes()
    for tree in (demo.tree, demo.tap_tree):
        places = engine(f"heights({json.dumps(tree)}.map(unpackLevel))")
        assert sorted(places[-1]) == list(range(len(places[-1])))
        for younger, older, level in zip(places, places[1:], tree[1:], strict=False):
            ends = sorted(zip(older, np.take(younger, level["up"]), strict=True))
            assert (np.diff([end for _, end in ends]) >= 0).all()
    engine.v8.close()


def test_the_tree_leads_to_an_age_and_a_mode(show):
    page = show(Modes(running=False).html())
    tree = page.get_by_label("The tree; red: the way of the image")
    box = tree.bounding_box()
    page.mouse.click(box["x"] + 12, box["y"] + box["height"] / 2 - 11)
    assert "age 2371" in readout(page) and "marked mode 0: 400 of 400" in readout(page)


def test_a_link_of_the_first_edition_still_sets_a_demo(show):
    old = {
        Ising: ("temperature", 1.5),
        Training: ("learning_rate", 0.03),
        Phases: ("sigma", 2.0),
        Mixing: ("sweeps", 10),
    }
    for demo, (name, value) in old.items():
        widget = demo(running=False)
        known = {n: getattr(widget, n) for n in widget.shared if n not in NEW}
        text = json.dumps(known | {name: value, "seed": 3})
        kind = demo.__name__.lower()
        page = show(widget.html(), fragment=f"#{kind}-000000={text}")
        assert page.locator(".rbm-notice").text_content() == ""
        press(page, "Copy link")
        state = json.loads(unquote(page.evaluate("location.hash").partition("=")[2]))
        assert state[name] == value and state["seed"] == 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_film_strip_looks_like_a_demo(show, theme):
    strip = Filmstrip(np.zeros((2, 3, 40)), ["a", "b"], "age", "two frames")
    html = strip._repr_mimebundle_()["text/html"]
    page = show(html + Linear(running=False).html(), theme=theme)
    style = """b => { const s = getComputedStyle(b);
      return [s.color, s.backgroundColor, s.borderRadius, s.fontSize, s.minHeight]; }"""
    play = page.get_by_role("button", name="Play", exact=True)
    run = page.get_by_role("button", name="Run", exact=True)
    assert play.evaluate(style) == run.evaluate(style)
