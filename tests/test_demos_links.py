"""Whatever an address says, a demo lives, steps, and holds values that it has.

Each demo is opened once; then the address of its page changes, as when a reader follows
a link, and the demo takes its state from there.
"""

import json
from urllib.parse import quote, unquote

import pytest
import traitlets

from browser import Visit
from demo_pages import PAGE, TOOLS
from rbmlib.demos import DEMOS, Ising, Machine

# JSON that is right for some settings and wrong for the others.
VALUES = ["0", "1", "-1", "1.5", "0.123456789", "1e9", "1e999", "-0", "null", "true"]
VALUES += ['""', '"2"', '" 2 "', "[]", "{}", "[[1]]", "[[1, 2], [3]]"]
VALUES += ['"<b>&\\"\'</script>"', json.dumps("x" * 3000)]
BROKEN = ["", "{", "null", "[]", "5", '"a"', '{"seed": NaN}', "%", "%E0%A4%A", "{}{}"]
BROKEN += [json.dumps("0" * 30_000), quote('{"seed": 1')]
UNKNOWN = ["__proto__", "constructor", "toString", "running", "controls", "shared", ""]
FOLLOW = """async links => {
  const later = setTimeout;
  window.setTimeout = act => later(act, 0);
  const press = name =>
    [...document.querySelectorAll("button")].find(b => b.textContent === name).click();
  const text = name => document.querySelector(name).textContent;
  const found = [];
  for (const link of links) {
    const here = new Promise(done => {
      addEventListener("hashchange", done, { once: true });
    });
    location.hash = link;
    await here;
    press("Copy link"); // before the first frame
    const state = location.hash;
    await new Promise(done => later(done, 1));
    const notice = text(".rbm-notice");
    press("Step");
    const ends = [...document.querySelectorAll("select")].map(s => s.selectedIndex);
    const after = text(".rbm-notice");
    found.push({ notice, state, after, readout: text(".rbm-readout"), ends });
    history.replaceState(null, "", "#elsewhere");
  }
  return found;
}"""


@pytest.fixture(scope="module")
def window(browser, tmp_path_factory):
    """A watched page; what its console says is a fault."""
    page = browser.new_context(viewport={"width": 700, "height": 844}).new_page()
    page.add_init_script(TOOLS)
    return Visit(page, tmp_path_factory.mktemp("pages").as_uri())


def open_page(window, body, fragment=""):
    path = window.base.removeprefix("file://") + "/page.html"
    with open(path, "w", encoding="utf-8") as file:
        file.write(PAGE.format(theme="light", body=body))
    window.faults.clear()
    window.page.goto("about:blank")
    window.page.goto(f"{window.base}/page.html{fragment}")
    return window.page


def identity(html):
    return html.split('data-demo="')[1].split('"')[0]


def quick(demo, **settings):
    """Return a demo that runs, and shows itself without a warm-up where it has one."""
    fast = {"warm_up": 0} if "warm_up" in demo.class_trait_names() else {}
    return demo(running=True, **fast, **settings)


def takes(widget, name, value):
    """Whether a trait and its control have a value."""
    if json.dumps(value) == json.dumps(getattr(widget, name)):
        return True
    trait = widget.traits()[name]
    try:
        trait.validate(widget, value)
    except traitlets.TraitError:
        return False
    control = next((c for c in widget.controls if c["trait"] == name), {})
    if control.get("kind") == "select":
        options = [option for option, _ in control["options"]]
        return type(value) is not bool and value in options
    if control.get("kind") == "range":
        is_shown = round(value, control["digits"]) == value
        return control["min"] <= value <= control["max"] and is_shown
    return True


def javascript_number(text):
    """Return a number as JavaScript has it: 1e9 is an integer there."""
    number = float(text)
    return int(number) if number.is_integer() else number


def state_of(fragment):
    return json.loads(unquote(fragment.partition("=")[2]))


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.__name__)
def test_a_link_sets_what_can_be_set_and_says_the_rest(window, demo):
    widget = quick(demo)
    html = widget.html()
    cases = [(name, value) for name in widget.shared for value in VALUES]
    cases = cases[:: max(1, len(cases) // 18)]
    cases += [(name, VALUES[n]) for n, name in enumerate(UNKNOWN)]
    links = [
        f"#{identity(html)}={quote(f'{{{json.dumps(name)}: {value}}}')}"
        for name, value in cases
    ]
    page = open_page(window, html)
    for (name, text), found in zip(cases, page.evaluate(FOLLOW, links), strict=True):
        state = state_of(found["state"])
        value = json.loads(text, parse_float=javascript_number)
        held = {key: getattr(widget, key) for key in widget.shared}
        legal = name in held and takes(widget, name, value)
        if legal:
            held[name] = value
        assert state == held, (name, text)
        assert (found["notice"] == "") == legal, (name, text, found["notice"])
        assert legal or f"Ignored in the link: {name} = " in found["notice"]
        check_alive(found)
    assert window.faults == []


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.__name__)
def test_a_link_to_a_preset_says_what_to_look_for(window, demo):
    """The links of the lesson plans, which hold only what can be shared."""
    widget = quick(demo)
    for preset in widget.presets:
        kept = {key: x for key, x in preset["state"].items() if key in widget.shared}
        link = f"#{identity(widget.html())}={quote(json.dumps(kept))}"
        page = open_page(window, widget.html(), fragment=link)
        assert page.inner_text(".rbm-hint") == preset["look"]
    kept["seed"] += 1  # no preset any more
    link = f"#{identity(widget.html())}={quote(json.dumps(kept))}"
    page = open_page(window, widget.html(), fragment=link)
    assert page.inner_text(".rbm-hint").startswith("A preset sets the demo")
    assert window.faults == []


def check_alive(found):
    assert found["after"] == "" and min(found["ends"], default=0) >= 0, found
    words = ("NaN", "undefined", "Infinity", "null")
    assert found["readout"] and not any(word in found["readout"] for word in words)


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.__name__)
def test_a_link_that_cannot_be_read_is_said(window, demo):
    widget = quick(demo)
    html = widget.html()
    page = open_page(window, html)
    links = [f"#{identity(html)}={text}" for text in BROKEN]
    for text, found in zip(BROKEN, page.evaluate(FOLLOW, links), strict=True):
        assert found["notice"] == "The state in the link cannot be read.", text
        assert state_of(found["state"]) == {
            x: getattr(widget, x) for x in widget.shared
        }
        check_alive(found)
    assert window.faults == []


def test_a_setting_given_twice_is_not_guessed(window):
    html = quick(Ising).html()
    page = open_page(window, html)
    link = f"#{identity(html)}=" + quote('{"size":64,"seed":3,"size":128}')
    (found,) = page.evaluate(FOLLOW, [link])
    assert "size" in found["notice"] and "seed" not in found["notice"]
    assert state_of(found["state"])["seed"] == 3


def test_many_wrong_settings_make_one_short_sentence(window):
    html = quick(Ising).html()
    page = open_page(window, html)
    state = {f"<b>{n}": "y" * 50 for n in range(200)}
    (found,) = page.evaluate(FOLLOW, [f"#{identity(html)}={quote(json.dumps(state))}"])
    assert found["notice"].endswith("197 more.") and len(found["notice"]) < 400
    assert page.locator(".rbm-notice b").count() == 0


def test_the_sentence_is_announced_and_goes_with_the_next_press(window):
    html = quick(Ising).html()
    link = f"#{identity(html)}=" + quote('{"temperature": 99, "field": 0.5}')
    page = open_page(window, html, fragment=link)
    notice = page.get_by_role("status").first
    notice.get_by_text("temperature = 99").wait_for()
    assert notice.text_content() == (
        "Ignored in the link: temperature = 99 "
        "(expected: a number from 0.5 to 5 with 2 decimals)."
    )
    page.get_by_role("button", name="Reset", exact=True).click()
    assert notice.text_content() == ""
    assert page.locator("[data-trait=field]").input_value() == "0.5"
    assert window.faults == []


def test_a_link_of_an_earlier_edition_finds_the_demo(window):
    page = open_page(window, quick(Ising).html(), '#ising-012345={"field":0.25}')
    assert page.locator("[data-trait=field]").input_value() == "0.25"
    page = open_page(window, quick(Ising).html(), '#machine-012345={"seed":1}')
    assert page.locator(".rbm-notice").text_content() == ""


def test_a_machine_takes_only_numbers_of_its_own_shape(window):
    widget = Machine(running=True)
    html = widget.html()
    wrong = [[[0] * 3] * 3, [[0] * 4] * 3, [[0, 0, 0]] * 3 + [[0, 0]], [[9000] * 3] * 4]
    wrong += [[["0"] * 3] * 4, [[None] * 3] * 4, {"length": 4}, [[1e308] * 3] * 4]
    states = [{"W": W} for W in wrong] + [{"v": [0, 1, 2, 0]}, {"h": [0.5, 0, 0]}]
    links = [f"#{identity(html)}={quote(json.dumps(state))}" for state in states]
    for found in open_page(window, html).evaluate(FOLLOW, links):
        assert state_of(found["state"])["W"] == widget.W and found["notice"]
        check_alive(found)
    right = {"W": [[8192] * 3] * 4, "a": [-8192] * 4, "b": [8192] * 3}
    link = f"#{identity(html)}={quote(json.dumps(right))}"
    (found,) = window.page.evaluate(FOLLOW, [link])
    assert state_of(found["state"])["W"] == right["W"] and not found["notice"]
    assert window.faults == []
