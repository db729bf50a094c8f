"""What Jupyter and the book display of a demo."""

import base64
import functools
import pkgutil
import re
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
import traitlets

from rbmlib import demos
from rbmlib.demos import (
    DEMOS,
    Cascade,
    Couplings,
    Ising,
    Linear,
    Live,
    Machine,
    Mixing,
    Modes,
    Phases,
    Training,
)
from rbmlib.rbm import RBM
from rbmlib.units import GAUSSIAN

FOLDER = Path(demos.__file__).parent
SCRIPTS = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.js")}
CALLED_BY_PYTHON = {"Demo", "start", "renderer", "startFilmstrip"}
MAX_BYTES = 54_000  # 2 % of a page's first load, which test_pages.py limits
each_demo = pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.__name__)


@functools.cache
def shown(demo):
    """Return a demo as a chapter makes it, and what Jupyter displays of it."""
    widget = demo()
    return widget, widget._repr_mimebundle_()[0]


def test_every_demo_is_in_the_list():
    scripts = {name for name, text in SCRIPTS.items() if "export class Demo" in text}
    assert scripts == {demo.script for demo in DEMOS}


@each_demo
def test_bundle(demo):
    _, data = shown(demo)
    assert set(data) == {
        "application/vnd.jupyter.widget-view+json",
        "image/png",
        "text/html",
        "text/plain",
    }
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert re.search(r"\d", data["text/plain"]) and "0x" not in data["text/plain"]
    html = data["text/html"]
    assert html.count("</script>") == 1 and "export " not in html
    # The one address is the name of a file format, which is never fetched.
    assert set(re.findall(r"https?://[^\"' ]+", html)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\b(src|href)=|@import|\burl\(|\bimport\b", html)


@each_demo
def test_bundle_is_a_function_of_the_settings(demo):
    _, first = shown(demo)
    second = demo()
    assert first["text/html"] == second.html()
    assert base64.b64decode(first["image/png"]) == second.png()
    assert demo(seed=1).html() != first["text/html"]


@each_demo
def test_widget_runs_the_same_program(demo):
    widget, data = shown(demo)
    assert widget._esm.startswith(demo.program) and demo.program in data["text/html"]


@each_demo
def test_presets_and_controls_name_traits(demo):
    widget = demo()
    values = widget.values()
    assert len(widget.presets) >= 3
    for one in widget.presets:
        assert set(one["state"]) <= set(values) and len(one["look"]) > 60
        demo(**one["state"])  # every value is accepted
    assert {c["trait"] for c in widget.controls} <= set(values)
    assert set(widget.shared) <= set(values)
    for control in widget.controls:
        for value, _ in control.get("options", []):
            setattr(widget, control["trait"], value)


@pytest.mark.parametrize(
    ("demo", "traits"),
    [
        (Ising, {"temperature": -1.0}),
        (Ising, {"size": 33}),
        (Linear, {"noise": 0.1}),
        (Mixing, {"age": 3}),
        (Live, {"chain": 100}),
        (Live, {"speed": 2}),
        (Training, {"method": "ml"}),
        (Modes, {"drawing": "01"}),
        (Machine, {"units": "potts"}),
        (Machine, {"seed": -1}),
        (Phases, {"w": 4.0}),
        (Phases, {"law": "laplace"}),
        (Couplings, {"pairs": [2] + [0] * 14}),
        (Cascade, {"k": 3}),
    ],
)
def test_bad_settings_are_refused(demo, traits):
    with pytest.raises(traitlets.TraitError, match=next(iter(traits))):
        demo(**traits)


def test_chains_before_the_noise_are_refused():
    with pytest.raises(ValueError, match=re.escape("sweeps must be in [0, 2^32)")):
        Mixing().samples(-1)


def test_a_slider_of_the_reader_is_linked():
    demo, slider = Ising(), ipywidgets.FloatSlider(min=1, max=4, value=3)
    ipywidgets.link((slider, "value"), (demo, "temperature"))
    slider.value = 2.0
    assert demo.temperature == 2.0
    demo.temperature = 2.5
    assert slider.value == 2.5


@each_demo
def test_program_is_light(demo):
    assert len(demo.program.encode()) <= MAX_BYTES


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_can_be_read_in_one_sitting(name):
    assert len(SCRIPTS[name].splitlines()) <= 250


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_cites_what_exists(name):
    for cited in re.findall(r"\brbmlib(?:[./]\w+)*", SCRIPTS[name]):
        pkgutil.resolve_name(cited)


def test_every_export_is_imported():
    declared = r"^export (?:async )?(?:function|class|const) (\w+)"
    text = "\n".join(SCRIPTS.values())
    exported = set(re.findall(declared, text, re.MULTILINE))
    imports = re.findall(r"^import \{([^}]*)\}", text, re.MULTILINE)
    imported = {name.strip() for names in imports for name in names.split(",")} - {""}
    assert exported == imported | CALLED_BY_PYTHON


@pytest.mark.parametrize(
    ("rbm", "message"),
    [
        (RBM(np.zeros((7, 2)), np.zeros(7), np.zeros(2)), "at most 6 units"),
        (RBM([[0.1]], [0], [0], GAUSSIAN), "must have {0, 1} or ±1 units"),
    ],
)
def test_machine_refuses(rbm, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Machine(rbm)
