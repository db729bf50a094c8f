"""Demos and film strips that stand twice, carry any text, fail, or run for long."""

import numpy as np
import pytest

from demo_pages import open_body
from rbmlib.demos import DEMOS, Ising, Live, Mixing, Modes, Training
from rbmlib.demos.base import checkbox, preset, select
from rbmlib.demos.filmstrip import Filmstrip

NASTY = "<b>&\"'</script><!--<script>{}%s\\"
# Every frame takes 20 ms by this clock, so that each makes the least that it may, and
# the next frame follows as soon as it can.
HURRY = """
let time = 0;
performance.now = () => (time += 20);
const channel = new MessageChannel(), due = new Map();
let last = 0;
channel.port1.onmessage = ({ data }) => {
  const call = due.get(data);
  due.delete(data);
  if (call) { window.frames_made++; call(time); }
};
window.frames_made = 0;
window.requestAnimationFrame = call => {
  due.set(++last, call);
  channel.port2.postMessage(last);
  return last;
};
window.running = () =>
  [...document.querySelectorAll("button")].some(b => b.textContent === "Pause");
window.cancelAnimationFrame = id => due.delete(id);
"""
YOUNG, OLD = 450, 650  # frames; no history is longer than 401
KINDS = ("Object", "Array", "ArrayBuffer", "Float64Array", "Uint8Array", "Map", "Set")


@pytest.fixture
def show(browser, tmp_path):
    """Return a function that opens a body of HTML, and the faults seen there."""

    def open_page(*how):
        visit = open_body(browser, tmp_path, *how)
        return visit.page, visit.faults

    yield open_page
    for context in browser.contexts:
        context.close()


each_demo = pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.__name__)


def press(page, name, which=0):
    page.get_by_role("button", name=name, exact=True).nth(which).click()


@each_demo
def test_two_equal_demos_live_on_their_own(show, demo):
    page, faults = show(demo(running=False).html() * 2)

    def looks():
        return page.locator(".rbm-demo").evaluate_all(
            """demos => demos.map(demo => [...demo.querySelectorAll("canvas")]
              .map(c => c.toDataURL()).join() + demo.querySelector(".rbm-readout")
              .textContent)"""
        )

    first = looks()
    assert len(first) == 2 and first[0] == first[1]
    press(page, "Step", 1)
    second = looks()
    assert second[0] == first[0] and second[1] != first[1]
    press(page, "Step", 0)
    assert looks() == [second[1], second[1]]
    assert faults == []


# Any text


def test_a_film_strip_shows_any_text_as_it_is(show):
    frames = np.linspace(0, 1, 24).reshape(2, 3, 4)
    strip = Filmstrip(frames, ["first", NASTY], NASTY, NASTY)
    page, faults = show(strip._repr_mimebundle_()["text/html"] + "<p id=end>end</p>")
    assert page.locator("output").text_content() == NASTY
    slider = page.locator("input")
    assert slider.get_attribute("aria-label") == NASTY
    assert slider.get_attribute("aria-valuetext") == NASTY
    assert page.locator("canvas").get_attribute("aria-label") == NASTY
    assert page.locator("#end").is_visible() and page.locator("b").count() == 0
    assert faults == []


class Named(Ising):
    """A demo with the same text wherever its author may put one."""

    def __init__(self):
        super().__init__(running=False, warm_up=0)
        words = [
            select("size", NASTY, [(32, NASTY), (128, "128")], NASTY),
            checkbox("drive", NASTY, NASTY),
        ]
        self.set_trait("controls", words)
        self.set_trait("presets", [preset(NASTY, NASTY, size=32)])


def test_a_demo_shows_any_text_as_it_is(show):
    page, faults = show(Named().html() + "<p id=end>end</p>")
    page.get_by_role("button", name=NASTY, exact=True).click()
    shown = {"label > span": 2, "option": 1, "dt": 2, "dd": 2, ".rbm-hint": 1}
    for place, count in shown.items():
        texts = page.locator(f".rbm-demo {place}").all_text_contents()
        assert texts.count(NASTY) == count, place
    assert page.locator("#end").is_visible() and page.locator("b").count() == 0
    assert faults == []


# What goes wrong


def before_start(html, code):
    """Return a demo's page with more code before the line that starts it."""
    start = html.rindex("start(Demo, ")
    return f"{html[:start]}{code}\n{html[start:]}"


FAILS = """() => { throw new Error("a fault"); };"""


@each_demo
def test_a_step_that_fails_stops_the_demo_and_says_so(show, demo):
    keep = "window.works = Demo.prototype.advance; window.Kind = Demo;"
    code = f"{keep} Demo.prototype.advance = {FAILS}"
    page, faults = show(before_start(demo(running=True).html(), code))
    notice = page.locator(".rbm-notice")
    notice.get_by_text("Stopped: a fault. Reset starts again.").wait_for()
    assert len(faults) == 1 and "a fault" in faults[0]  # for who looks at the console
    assert page.get_by_role("button", name="Run", exact=True).count() == 1
    page.evaluate("() => { Kind.prototype.advance = works; }")
    press(page, "Reset")
    assert notice.text_content() == ""
    press(page, "Step")
    assert notice.text_content() == "" and len(faults) == 1


def test_a_control_that_fails_says_so(show):
    html = Ising(running=False, warm_up=0).html()
    page, _ = show(before_start(html, f"Demo.prototype.prepare = {FAILS}"))
    words = page.locator(".rbm-notice").text_content()
    assert words == "This demo cannot start: a fault."
    page, _ = show(before_start(html, "window.Kind = Demo;"))
    page.evaluate(f"() => {{ Kind.prototype.prepare = {FAILS} }}")
    page.locator("[data-trait=temperature]").press("ArrowRight")
    assert page.locator(".rbm-notice").text_content().startswith("Stopped: a fault.")


@pytest.mark.parametrize(
    ("demo", "key"),
    [
        (Training, "images"),
        (Mixing, "classifier"),
        (Modes, "digits"),
        (Live, "weights"),
    ],
)
def test_data_that_did_not_arrive_whole_are_not_used(show, demo, key):
    widget = demo(running=False)
    whole = getattr(widget, key)
    page, faults = show(widget.html().replace(whole, whole[: len(whole) // 8 * 4]))
    words = page.locator(".rbm-demo").text_content()
    assert words.startswith("This demo cannot start: the page holds ")
    assert len(faults) == 1


def test_pictures_that_did_not_arrive_whole_are_not_shown(show):
    strip = Filmstrip(np.zeros((2, 3, 4)), ["a", "b"], "time", "two frames")
    html = strip._repr_mimebundle_()["text/html"]
    page, faults = show(html.replace('"////', '"'))
    words = page.locator("output").text_content()
    assert words == "These pictures have not arrived whole." and faults == []


# Long runs


@pytest.mark.thorough
@each_demo
def test_a_demo_left_running_does_not_grow(show, demo):
    fast = {
        Ising: {"size": 32, "warm_up": 0},
        Training: {"n_hidden": 16},
        Live: {"speed": 0.05},
    }
    page, faults = show(demo(running=True, **fast.get(demo, {})).html(), HURRY, 320)
    meter = page.context.new_cdp_session(page)

    def count(frames):
        """Return how many objects there are after so many frames, or at the end."""
        page.wait_for_function(
            f"frames_made >= {frames} || !running()", polling=20, timeout=60_000
        )
        total = 0
        for kind in KINDS:
            it = meter.send("Runtime.evaluate", {"expression": f"{kind}.prototype"})
            query = {"prototypeObjectId": it["result"]["objectId"], "objectGroup": "q"}
            found = meter.send("Runtime.queryObjects", query)["objects"]
            words = found["description"]  # "Array(1234)"
            total += int(words.partition("(")[2].rstrip(")"))
        meter.send("Runtime.releaseObjectGroup", {"objectGroup": "q"})
        return total, page.evaluate("frames_made")

    (young, first), (old, last) = count(YOUNG), count(OLD)
    # What keeps something of each frame adds an object a frame, at least; a hundred or
    # two come and go with the browser's own.
    assert old - young < max(100, 0.8 * (last - first)), (young, old, last - first)
    assert faults == []
