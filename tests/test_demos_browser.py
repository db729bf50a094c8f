"""The demos in a real browser, opened from a file, with the network cut."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser import Visit, launched
from demo_pages import KERNEL, PAGE, TOOLS
from rbmlib.demos import Ising, Linear, Machine, Mixing, Modes, Phases, Training

DEMOS = (Ising, Linear, Machine, Mixing, Modes, Phases, Training)
each_demo = pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.__name__)
SLOW = 100  # milliseconds a control may take
TRIES = 5  # on a busy machine one slow answer proves nothing, five do


@pytest.fixture(scope="module")
def browser():
    with launched() as running:
        yield running


@pytest.fixture
def visit(browser, tmp_path):
    """Return a function that shows a body of HTML in a watched window."""
    contexts, windows = [], []

    def show(body, theme="light", width=900, fragment="", **options):
        html = PAGE.format(theme=theme, body=body)
        (tmp_path / "page.html").write_text(html, encoding="utf-8")
        size = {"width": width, "height": 844}
        contexts.append(browser.new_context(viewport=size, **options))
        windows.append(Visit(contexts[-1].new_page(), tmp_path.as_uri()))
        page = windows[-1].page
        page.add_init_script(TOOLS)
        page.goto(f"{tmp_path.as_uri()}/page.html{fragment}")
        return page

    yield show
    assert [fault for window in windows for fault in window.faults] == []
    for context in contexts:
        context.close()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def readout(page):
    return page.locator(".rbm-readout").text_content()


def steps(page):
    """Return the number of steps made, the first number of the readout."""
    return int("".join(c for c in readout(page).split("·")[0] if c.isdigit()))


@each_demo
def test_every_control_changes_the_picture_at_once(visit, demo):
    page = visit(demo(running=False).html())
    controls = page.locator("[data-trait], .rbm-presets button, [data-unit]")
    assert controls.count() >= len(demo().controls) + len(demo().presets)
    for index in range(controls.count()):
        control = controls.nth(index)
        if control.get_attribute("data-trait") in ("speed", "sweeps_per_frame"):
            continue  # seen only while it runs: see the next test
        times = []
        while len(times) < TRIES and min(times, default=SLOW) >= SLOW:
            press(page, "Step")  # away from the state that the control leads to
            times.append(answer(control))
        assert min(times) < SLOW, f"{control.evaluate('c => c.outerHTML')}: {times} ms"


def answer(control):
    """Move a control; return after how many milliseconds the page looks different."""
    return control.evaluate(
        """async control => {
          const before = look(), start = performance.now();
          if (control.tagName === "g") control.dispatchEvent(new Event("click"));
          else move(control);
          await frame();
          const time = performance.now() - start;
          const pause = [...document.querySelectorAll("button")]
            .find(b => b.textContent === "Pause");
          pause?.click();
          return look() === before ? Infinity : time;
        }"""
    )


@pytest.mark.parametrize(
    ("demo", "slow", "fast"),
    [
        (Ising, {"size": 32, "speed": 1}, {"size": 32, "speed": 4}),
        (Phases, {"speed": 1}, {"speed": 4}),
        (Machine, {"sweeps_per_frame": 1}, {"sweeps_per_frame": 20}),
    ],
)
def test_speed_counts_sweeps_in_a_frame(visit, demo, slow, fast):
    counts = []
    for settings in (slow, fast):
        page = visit(demo(running=True, **settings).html())
        counts.append(
            page.evaluate(
                """async () => {
              const count = () => Number(document.querySelector(".rbm-readout")
                .textContent.match(/(\\d+) sweeps/)?.[1] ?? 0);
              await frame(); await frame(); await frame();
              const start = count();
              for (let i = 0; i < 20; i++) await frame();
              return count() - start;
            }"""
            )
        )
    ratio = list(fast.values())[-1]
    assert counts[0] >= 18 and counts[1] >= (ratio - 1) * counts[0]


@each_demo
def test_run_pause_step_reset(visit, demo):
    page = visit(demo(running=False).html())
    first = page.evaluate("look()")
    press(page, "Step")
    assert page.evaluate("look()") != first
    press(page, "Run")
    page.wait_for_timeout(300)
    press(page, "Pause")
    later = page.evaluate("look()")
    page.wait_for_timeout(200)
    assert page.evaluate("look()") == later
    press(page, "Reset")
    assert page.evaluate("look()") != later


@each_demo
def test_reset_repeats_the_same_run(visit, demo):
    page = visit(demo(running=False).html())
    looks = []
    for _ in range(2):
        press(page, "Reset")
        for _ in range(3):
            press(page, "Step")
        looks.append(page.evaluate("look()"))
    assert looks[0] == looks[1]


@each_demo
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [900, 390])
def test_accessible(visit, demo, theme, width):
    page = visit(demo(running=False).html(), theme=theme, width=width)
    press(page, demo().presets[0]["label"])
    page.locator("details summary").click()
    violations = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"][:150] for n in v["nodes"]]) for v in violations] == []
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")


@each_demo
def test_keyboard_reaches_and_moves_everything(visit, demo):
    page = visit(demo(running=False).html())
    wanted = page.locator("input, select, button, summary, [role=button]").count()
    reached = set()
    for _ in range(wanted + 2):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "[...document.querySelectorAll('*')].indexOf(document.activeElement)"
            )
        )
    assert len(reached) >= wanted
    for control in page.locator("input[type=range]").all():
        control.focus()
        before = page.evaluate("look()")
        page.keyboard.press("ArrowRight")
        assert page.evaluate("look()") != before


def test_keyboard_flips_a_unit(visit):
    page = visit(Machine().html())
    unit = page.locator("[data-unit=v0]")
    unit.focus()
    page.keyboard.press("Enter")
    assert unit.get_attribute("aria-pressed") == "true"
    page.keyboard.press(" ")
    assert unit.get_attribute("aria-pressed") == "false"


def test_drag_a_weight(visit):
    page = visit(Machine().html())
    line = page.locator("[data-line='3 0']")
    x, y = line.evaluate(
        """line => {
          const point = line.getPointAtLength(line.getTotalLength() / 3);
          const { x, y } = point.matrixTransform(line.getScreenCTM());
          return [x, y];
        }"""
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 16)
    page.mouse.up()
    page.mouse.move(x, y - 80)
    # Four steps of 1/8 above the weight -4 of the first preset, and no further.
    assert page.locator("[data-trait=W]").input_value() == "-3.5"


def test_units_do_not_change_the_law(visit):
    page = visit(Machine().html())
    law = "document.querySelectorAll('canvas')[0].toDataURL()"
    p = readout(page).split("·")[0]
    page.locator("[data-trait=units]").select_option("±1")
    assert readout(page).split("·")[0] == p
    assert page.locator("[data-trait=W]").input_value() == "1"
    assert float(readout(page).split("|Δp| =")[1].split()[0]) < 1e-14
    assert page.evaluate(law)


@each_demo
def test_reduced_motion_starts_paused(visit, demo):
    page = visit(demo(running=True).html(), reduced_motion="reduce")
    assert page.get_by_role("button", name="Run", exact=True).count() == 1
    before = page.evaluate("look()")
    page.wait_for_timeout(300)
    assert page.evaluate("look()") == before


@each_demo
def test_out_of_sight_it_stands_still(visit, demo):
    page = visit(demo(running=True).html() + '<div style="height: 4000px"></div>')
    page.wait_for_timeout(300)
    page.evaluate("scrollTo(0, 3500)")
    page.wait_for_timeout(200)
    before = page.evaluate("look()")
    page.wait_for_timeout(300)
    assert page.evaluate("look()") == before
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(400)
    assert page.evaluate("look()") != before


@each_demo
def test_paper_shows_the_pictures_and_no_controls(visit, demo):
    page = visit(demo(running=False).html(), theme="dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert not page.locator(".rbm-controls").is_visible()
    inks = page.evaluate(
        """() => [...document.querySelectorAll("canvas")].map(canvas => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width,
            canvas.height);
          return data.filter((value, i) => i % 4 === 3 && value > 200).length;
        })"""
    )
    assert min(inks) > 300  # axes, numbers and a curve
    colour = "getComputedStyle(document.querySelector('.rbm-demo')).color"
    assert page.evaluate(colour) == "rgb(0, 0, 0)"


@each_demo
def test_address_carries_the_state(visit, demo):
    widget = demo(running=False)
    page = visit(widget.html())
    page.evaluate("move(document.querySelectorAll('[data-trait]')[1])")
    press(page, "Link")
    fragment = page.evaluate("location.hash")
    changed = widget.controls[1]["trait"]
    again = visit(widget.html(), fragment=fragment)
    states = [
        window.locator(f"[data-trait={changed}]").evaluate("c => [c.value, c.checked]")
        for window in (page, again)
    ]
    assert states[0] == states[1]
    assert states[0] != visit(widget.html()).locator(
        f"[data-trait={changed}]"
    ).evaluate("c => [c.value, c.checked]")


def test_two_of_the_same_demo_on_a_page(visit):
    page = visit(Machine().html() * 2)
    assert page.locator(".rbm-demo").count() == 2
    page.locator("[data-unit=v0]").nth(1).press("Enter")
    pressed = [
        unit.get_attribute("aria-pressed")
        for unit in page.locator("[data-unit=v0]").all()
    ]
    assert pressed == ["false", "true"]


@each_demo
def test_widget_follows_and_steers_its_model(visit, demo):
    widget = demo(running=False)
    values, source = json.dumps(widget.values()), json.dumps(widget._esm)
    page = visit(KERNEL.replace("VALUES", values).replace("SOURCE", source))
    page.wait_for_selector(".rbm-demo")
    assert page.get_by_role("button", name="Link", exact=True).count() == 0
    control = widget.controls[0]
    trait = control["trait"]
    value = 2.0 if control["kind"] == "range" else control["options"][-1][0]
    before = page.evaluate("look()")
    page.evaluate("([name, value]) => model.set(name, value)", [trait, value])
    assert page.evaluate("look()") != before  # Python moves the page
    page.evaluate(f"move(document.querySelector('[data-trait={trait}]'))")
    assert page.evaluate(f"model.get('{trait}')") != value  # the page moves Python
    assert page.evaluate("model.saved") > 0
    page.evaluate("stop()")
    assert page.evaluate("model.count()") == 0


@pytest.mark.parametrize(
    "settings",
    [
        (Ising, {"size": 256, "temperature": 2.27}),
        (Ising, {"size": 256, "temperature": 1.5, "algorithm": "wolff"}),
        (Linear, {"start": 0.02}),
        (Mixing, {"age": 2}),
        (Training, {"n_hidden": 64}),
        (Phases, {"speed": 16}),
        (Modes, {"order": 2, "start": "noise"}),
        (Machine, {"sweeps_per_frame": 400}),
    ],
    ids=lambda s: f"{s[0].__name__}-{list(s[1].values())[-1]}",
)
def test_fifty_frames_in_a_second(visit, settings):
    demo, traits = settings
    page = visit(demo(running=True, **traits).html())
    page.wait_for_timeout(500)
    best = 0
    for _ in range(10):  # one free second in ten is enough: others use the machine too
        best = max(
            best,
            page.evaluate(
                """async () => {
              const start = performance.now();
              let frames = 0;
              while (performance.now() - start < 1000) { await frame(); frames++; }
              return frames * 1000 / (performance.now() - start);
            }"""
            ),
        )
        if best >= 50:
            break
    assert best >= 50


def test_sliders_of_the_modes_show_ages_and_modes_that_exist(visit):
    page = visit(Modes(running=False).html())

    def shown(trait):
        slider = page.locator(f"[data-trait={trait}]")
        return slider.get_attribute("max"), slider.locator("..").locator(
            "output"
        ).text_content()

    assert shown("level")[1] == "12323" and shown("mode")[0] == "14"
    press(page, "Step")  # to the next younger machine
    assert shown("level")[1] == "9738" and shown("mode")[0] == "9"
    press(page, "critical slowing")
    assert shown("level")[1] == "2371" and shown("mode") == ("0", "0")
    assert "1 mode " in readout(page)
