"""The demos' JavaScript in an embedded engine, against rbmlib: the same bits."""

import base64
import json
import re
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
import traitlets
from py_mini_racer import MiniRacer

from rbmlib import (
    demos,
    effective_couplings,
    enumeration,
    likelihood,
    logistic,
    randomness,
    sampling,
)
from rbmlib.demos import Ising, Machine, Training
from rbmlib.grid import grid_exponent
from rbmlib.ising import heat_bath, wolff
from rbmlib.ising.byte_kernel import byte_table
from rbmlib.ising.rates import bond_threshold, heat_bath_table
from rbmlib.rbm import RBM
from rbmlib.units import GAUSSIAN

DEMOS = (Ising, Machine, Training)
SCRIPTS = sorted(Path(demos.__file__).parent.glob("*.js"))
MAX_BYTES = 60_000


class Engine:
    """A demo's program in V8, without a page."""

    def __init__(self, demo):
        self.v8 = MiniRacer()
        self.v8.eval(demo.program)

    def __call__(self, expression):
        return json.loads(self.v8.eval(f"JSON.stringify({expression})"))

    def run(self, statements):
        self.v8.eval(statements)


def engine_of(demo):
    @pytest.fixture(scope="module")
    def fixture():
        engine = Engine(demo)
        yield engine
        engine.v8.close()  # else its threads outlive the tests

    return fixture


machine_js, training_js, ising_js = map(engine_of, (Machine, Training, Ising))


def js_array(values, kind="Float64Array"):
    return f"{kind}.from({json.dumps(np.ravel(values).tolist())})"


def random_bits(n, seed=0):
    return randomness.draws(seed, randomness.REFERENCE, 0, [0], n)[0]


def fields(n):
    """Fields between about -20 and 20, dense around zero."""
    return (randomness.bell(3, randomness.REFERENCE, (n,)) ** 3).astype(np.float32)


# Draws and decisions


@pytest.mark.parametrize("seed", [0, 1, 2**32 + 7, 2**53 - 1])
def test_draws(machine_js, seed):
    for stream, sweep, chain in ((0, 0, 0), (1, 2**32 - 1, 5), (10, 77, 2**31)):
        expected = randomness.draws(seed, stream, sweep, [chain], 50)[0]
        found = machine_js(
            f"[...Array(50).keys()].map((i) => "
            f"draw(...keyOf({seed}, {stream}, {sweep}, {chain}), i))"
        )
        assert found == expected.tolist()


def test_permutation_and_bell(machine_js):
    assert machine_js("[...permutation(5, 3, 1000)]") == (
        randomness.permutation(5, 3, 1000).tolist()
    )
    assert machine_js("[...bell(5, 4, 200)]") == randomness.bell(5, 4, (200,)).tolist()


@pytest.mark.parametrize("gain", [1, 2])
def test_decisions(machine_js, gain):
    n = 50_000
    x, word = fields(n), random_bits(n)
    machine_js.run(
        f"var x = {js_array(x)}, word = {js_array(word, 'Uint32Array')}, "
        f"gain = {gain} * LOG2_E;"
    )
    on = machine_js("[...x.keys()].map((i) => isOn(x[i], word[i], gain))")
    assert (np.array(on) == logistic.is_on(x, word, gain)).all()
    power = machine_js("[...x].map((y) => expAbs(y, gain))")
    assert (np.float32(power) == logistic.exp_abs(x, gain)).all()
    for bits in (8, 15, 20):
        p = machine_js(f"[...x].map((y) => gridProbability(y, {2**bits}, gain))")
        assert (np.float32(p) == logistic.grid_probability(x, bits, gain)).all()


def test_grid(machine_js):
    for scale in (1e-6, 0.1, 1.0, 30.0):
        rbm = RBM.random(20, 7, scale=scale, bias_scale=scale, seed=2)
        arrays = ", ".join(js_array(x) for x in (rbm.W, rbm.a, rbm.b))
        assert machine_js(f"gridExponent({arrays})") == grid_exponent(
            rbm.W, rbm.a, rbm.b
        )


# The machine


def js_machine(rbm):
    return json.dumps({x: getattr(rbm, x).tolist() for x in "Wab"})


def test_gibbs_chain(machine_js):
    rbm = RBM.random(6, 4, scale=2.0, bias_scale=1.0, seed=4)
    arrays = ", ".join(js_array(x) for x in (rbm.W, rbm.a, rbm.b))
    machine_js.run(
        f"var grid = new GridMachine({arrays}), v = new Uint8Array(60), "
        "h = new Uint8Array(40);"
        "for (let sweep = 0; sweep < 2000; sweep++) grid.sweep(v, h, 9, sweep);"
    )
    v, h = sampling.gibbs(rbm, np.zeros((10, 6)), 2000, seed=9)
    assert machine_js("[...v]") == v.ravel().tolist()
    assert machine_js("[...h]") == h.ravel().tolist()


@pytest.mark.parametrize("rbm", [Machine().rbm, RBM.random(6, 5, scale=3.0, seed=1)])
def test_law_in_both_units(machine_js, rbm):
    _, p = enumeration.visible_probabilities(rbm)
    machine_js.run(f"var machine = {js_machine(rbm)};")
    binary = machine_js("exactLaw(machine, 0)")
    spin = machine_js("exactLaw(toSpin(machine), -1)")
    assert np.allclose(binary["p"], p, rtol=1e-12, atol=0)
    assert np.allclose(spin["p"], p, rtol=1e-12, atol=0)
    assert np.isclose(binary["logZ"], rbm.log_z(), rtol=1e-13)
    there_and_back = machine_js("toBinary(toSpin(machine))")
    assert np.allclose(there_and_back["W"], rbm.W, rtol=1e-14)
    assert np.allclose(there_and_back["a"], rbm.a, atol=1e-13)


def test_couplings(machine_js):
    rbm = RBM.random(6, 3, scale=2.0, bias_scale=1.0, seed=8)
    found = machine_js(f"effectiveCouplings({js_machine(rbm)})")
    expected = effective_couplings.all_couplings(rbm.to_spin()[0])
    assert np.allclose(found, expected, atol=1e-13)


def preset(demo, label):
    return next(p["state"] for p in demo().presets if p["label"] == label)


def couplings_of(state):
    spin, _ = RBM(state["W"], state["a"], state["b"]).to_spin()
    return [effective_couplings.couplings(spin, order) for order in range(1, 4)]


def test_presets_of_the_machine_show_what_they_say():
    two = preset(Machine, "two patterns")
    _, p = enumeration.visible_probabilities(RBM(two["W"], two["a"], two["b"]))
    assert set(np.argsort(p)[-2:]) == {0b1100, 0b0011} and p[0b1100] > 0.4
    three = preset(Machine, "three-body coupling")
    signs = []
    for theta in (-1.0, 1.0):  # W and a of the ±1 form stay; b = 2θ - 2Σw
        spin, _ = RBM(three["W"], three["a"], three["b"]).to_spin()
        moved = RBM(spin.W, spin.a, [theta, 0, 0], spin.visible, spin.hidden)
        pair, triple = (effective_couplings.couplings(moved, n) for n in (2, 3))
        signs.append((np.sign(pair[0, 1]), np.sign(triple[0, 1, 2])))
    assert signs == [(1, 1), (1, -1)]
    one, two, three = couplings_of(preset(Machine, "no field"))
    assert np.abs(one).max() < 1e-14 and np.abs(three).max() < 1e-14
    assert np.abs(two).max() > 0.3
    one, two, three = couplings_of(preset(Machine, "no weights"))
    assert np.abs(two).max() < 1e-14 and np.abs(three).max() < 1e-14


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


# Training


def train(training_js, demo, n_updates):
    settings = {
        "nVisible": 64, "nHidden": demo.n_hidden, "method": demo.method, "k": demo.k,
        "learningRate": demo.learning_rate, "batchSize": demo.batch_size,
        "seed": demo.seed,
    }  # fmt: skip
    data = js_array(demo.samples(), "Uint8Array")
    training_js.run(
        f"var t = new Trainer({{data: {data}, ...{json.dumps(settings)}}});"
        f"for (let i = 0; i < {n_updates}; i++) t.update();"
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"method": "pcd", "n_hidden": 16},
        {"method": "cd", "n_hidden": 16, "k": 2, "learning_rate": 0.1},
        {"method": "rdm", "n_hidden": 8, "k": 5, "data": "two clusters", "seed": 3},
        {"method": "pcd", "n_hidden": 33, "batch_size": 50, "data": "zeros and ones"},
    ],
)
def test_trained_machine(training_js, settings):
    demo = Training(**settings)
    train(training_js, demo, 250)
    run = demo.train(250)
    for name in "Wab":
        assert training_js(f"[...t.{name}]") == run.state[name].ravel().tolist()
    training_js.run("var grid = new GridMachine(t.W, t.a, t.b);")
    on_grid = training_js("[...grid.toHidden.W].map((w) => w * grid.step)")
    assert on_grid == run[-1].W.ravel().tolist()
    if demo.method == "pcd":
        assert training_js("[...t.v]") == run.chains.ravel().tolist()


def pseudo_log_likelihood(rbm, v):
    """Return the mean of Σ_i log p(v_i | others), each flip made in full."""
    total = np.zeros(len(v))
    for i in range(rbm.n_visible):
        flipped = v.copy()
        flipped[:, i] = 1 - v[:, i]
        gap = rbm.free_energy(flipped) - rbm.free_energy(v)
        total -= np.logaddexp(0, -gap)
    return total.mean()


def test_what_training_shows(training_js):
    demo = Training(n_hidden=8, learning_rate=0.1)
    train(training_js, demo, 600)
    state = demo.train(600).state
    rbm = RBM(state["W"], state["a"], state["b"])
    samples = demo.samples().astype(float)
    exact = likelihood.log_likelihood(rbm, samples)
    assert np.isclose(training_js("logLikelihood(t)"), exact, rtol=1e-11)
    pseudo = pseudo_log_likelihood(rbm, samples[::20])
    assert np.isclose(training_js("pseudoLogLikelihood(t, 20)"), pseudo, rtol=1e-11)
    values = np.linalg.svd(rbm.W, compute_uv=False)
    assert values[0] > 1  # a mode is learned: the check is not one of noise
    found = training_js("singularValues(t.W, 64, 8)")
    assert np.allclose(found, values, rtol=1e-8)


def test_page_carries_the_data():
    demo = Training()
    packed = np.frombuffer(base64.b64decode(demo.images), np.uint8).reshape(-1, 8)
    for name, (first, last) in demo.rows.items():
        rows = np.unpackbits(packed[first:last], axis=1)
        assert (rows == Training(data=name).samples()).all()


# The Ising magnet


def test_heat_bath_table(ising_js):
    for T in np.arange(0.5, 5.0, 0.13).round(2).tolist():
        for h in (0.0, 0.01, -0.37, 1.0):
            table = heat_bath_table(T, h, 48)
            expected = byte_table(table)
            found = ising_js(
                f"Object.fromEntries(Object.entries(heatBathTable({T}, {h}))"
                ".map(([name, values]) => [name, [...values]]))"
            )
            for name in ("first", "second", "rest"):
                assert found[name] == getattr(expected, name).ravel().tolist()
            assert found["inverse"] == table.inverse.ravel().tolist()
            x = abs(h)
            assert ising_js(f"bondThreshold({x}, {T})") == bond_threshold(x, T)


@pytest.mark.parametrize(
    ("L", "T", "h"), [(32, 2.27, 0.0), (30, 1.7, 0.13), (64, 3.1, -0.4)]
)
def test_heat_bath(ising_js, L, T, h):
    ising_js.run(
        f"var lattice = new Lattice({L}, randomStart(1, {L * L}, 5)), "
        f"table = heatBathTable({T}, {h});"
        "for (let sweep = 0; sweep < 1000; sweep++) lattice.sweep(table, 5, sweep);"
    )
    compare_lattice(ising_js, heat_bath(L, T, 1000, 5, h=h), h)


@pytest.mark.parametrize(
    ("L", "T", "h"), [(32, 2.27, 0.0), (16, 1.5, -0.1), (30, 3.0, 0.5)]
)
def test_wolff(ising_js, L, T, h):
    ising_js.run(
        f"var lattice = new Lattice({L}, randomStart(1, {L * L}, 5)), links = "
        f"{{bond: bondThreshold(1, {T}), ghost: bondThreshold({abs(h)}, {T}), "
        f"ghostSpin: {int(h > 0)}}};"
        "for (let n = 0; n < 1000; n++) lattice.wolff(links, 5, n);"
    )
    compare_lattice(ising_js, wolff(L, T, 1000, 5, h=h), h)


def compare_lattice(ising_js, run, h):
    assert ising_js("[...lattice.spins()].map((s) => 2 * s - 1)") == (
        run.spins[0].ravel().tolist()
    )
    now = ising_js("lattice.measure()")
    assert now["m"] == run.magnetization[0, -1]
    assert np.isclose(now["e"] - h * now["m"], run.energy[0, -1], rtol=1e-14)


def test_spins_of_the_demo():
    assert (Ising(size=32).spins(20) == heat_bath(32, 2.27, 20, 0).spins[0]).all()
    cold = Ising(size=32, start="cold", algorithm="wolff", temperature=1.0)
    assert abs(cold.spins(20).mean()) > 0.9


# What Jupyter and the book display


@pytest.mark.parametrize("demo", DEMOS)
def test_bundle(demo):
    data, _ = demo()._repr_mimebundle_()
    assert set(data) == {
        "application/vnd.jupyter.widget-view+json", "image/png", "text/html",
        "text/plain",
    }  # fmt: skip
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert re.search(r"\d", data["text/plain"]) and "0x" not in data["text/plain"]
    html = data["text/html"]
    assert html.count("</script>") == 1 and "export " not in html
    # The one address is the name of a file format, which is never fetched.
    assert set(re.findall(r"https?://[^\"' ]+", html)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\b(src|href)=|@import|\burl\(|\bimport\b", html)


@pytest.mark.parametrize("demo", DEMOS)
def test_bundle_is_a_function_of_the_settings(demo):
    first, second = demo(), demo()
    assert first.html() == second.html() and first.png() == second.png()
    assert demo(seed=1).html() != first.html()


@pytest.mark.parametrize("demo", DEMOS)
def test_widget_runs_the_same_program(demo):
    widget = demo()
    assert widget._esm.startswith(demo.program) and demo.program in widget.html()


@pytest.mark.parametrize("demo", DEMOS)
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
        (Training, {"method": "ml"}),
        (Machine, {"units": "potts"}),
        (Machine, {"seed": -1}),
    ],
)
def test_bad_settings_are_refused(demo, traits):
    with pytest.raises(traitlets.TraitError, match=next(iter(traits))):
        demo(**traits)


def test_a_slider_of_the_reader_is_linked():
    demo, slider = Ising(), ipywidgets.FloatSlider(min=1, max=4, value=3)
    ipywidgets.link((slider, "value"), (demo, "temperature"))
    slider.value = 2.0
    assert demo.temperature == 2.0
    demo.temperature = 2.5
    assert slider.value == 2.5


def test_scripts_are_light():
    assert sum(script.stat().st_size for script in SCRIPTS) <= MAX_BYTES


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_script_can_be_read_in_one_sitting(script):
    text = script.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 250 and not re.search(r"^(import|export)\b", text)
