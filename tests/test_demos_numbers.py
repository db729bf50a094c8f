"""The demos' JavaScript in an embedded engine, against rbmlib: the same bits."""

import base64
import json

import numpy as np
import pytest

from engine import Engine
from pseudo_likelihood import pseudo_log_likelihood
from rbmlib import effective_couplings, enumeration, likelihood, randomness, sampling
from rbmlib.demos import Ising, Linear, Machine, Mixing, Phases, Training
from rbmlib.grid import grid_exponent
from rbmlib.ising import heat_bath, wolff
from rbmlib.ising.kernels.byte_kernel import byte_table
from rbmlib.ising.rates import bond_threshold, heat_bath_table
from rbmlib.linear_regime.gaussian import flow_rate, mode_rates
from rbmlib.phase_diagram import solve
from rbmlib.rbm import RBM
from rbmlib.units import logistic


def engine_of(demo):
    @pytest.fixture(scope="module")
    def fixture():
        engine = Engine(demo)
        yield engine
        engine.v8.close()  # else its threads outlive the tests

    return fixture


machine_js, training_js, ising_js = map(engine_of, (Machine, Training, Ising))
linear_js, phases_js = map(engine_of, (Linear, Phases))
mixing_js = engine_of(Mixing)


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
        f"var x = {js_array(x)}, drawn = {js_array(word, 'Uint32Array')}, "
        f"gain = {gain} * LOG2_E;"
    )
    on = machine_js("[...x.keys()].map((i) => isOn(x[i], drawn[i], gain))")
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


# Training


def train(training_js, demo, n_updates):
    settings = {
        "nVisible": 64,
        "nHidden": demo.n_hidden,
        "method": demo.method,
        "k": demo.k,
        "learningRate": demo.learning_rate,
        "batchSize": demo.batch_size,
        "seed": demo.seed,
    }
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


# The linear regime


LINEAR = [
    {},
    {"noise": 0.5, "variance_1": 5.0},
    {"noise": 1.5, "variance_2": 0.3, "seed": 5},
    {"variance_1": 2.5, "variance_2": 2.4, "variance_4": 0.4, "seed": 3},
]


def numbers(demo):
    return f"{demo.variances().tolist()}, {demo.noise}"


@pytest.mark.parametrize("settings", LINEAR, ids=str)
def test_rates_of_the_flow_and_of_the_modes(linear_js, settings):
    demo = Linear(start=0.1, **settings)
    W, C, sigma_v = demo.weights(), np.diag(demo.variances()), demo.noise**0.5
    assert linear_js(f"[...bell({demo.seed}, WEIGHTS, 16).map((x) => 0.1 * x)]") == (
        W.ravel().tolist()
    )
    found = linear_js(f"[...flowRate({js_array(W)}, {numbers(demo)})]")
    assert np.allclose(found, flow_rate(W, C, sigma_v).ravel(), rtol=0, atol=1e-12)
    u, w, vt = np.linalg.svd(W)
    state = np.concatenate([w, u.ravel(), vt.T.ravel()])
    found = linear_js(f"[...modeRate({js_array(state)}, {numbers(demo)})]")
    expected = mode_rates(w, u, vt.T, C, sigma_v)
    expected = np.concatenate([x.ravel() for x in expected])
    assert np.allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_decomposition(linear_js):
    W = Linear().weights()
    linear_js.run(f"var state = decompose({js_array(W)});")
    assert np.allclose(linear_js("[...compose(state)]"), W.ravel(), atol=1e-16)
    w, u, v = (np.array(x) for x in linear_js("parts(state).map((x) => [...x])"))
    assert np.allclose(w, np.linalg.svd(W)[1], rtol=1e-13)
    for x in (u, v):
        assert np.allclose(x.reshape(4, 4).T @ x.reshape(4, 4), np.eye(4), atol=1e-14)


def python_rk4(rate, y, h, n):
    for _ in range(n):
        k1 = rate(y)
        k2 = rate(y + h / 2 * k1)
        k3 = rate(y + h / 2 * k2)
        k4 = rate(y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y


@pytest.mark.parametrize("settings", LINEAR, ids=str)
def test_page_follows_the_flow(linear_js, settings):
    """The same steps in Python, to 1e-12, and the true flow to what the steps allow."""
    demo = Linear(**settings)
    linear_js.run(
        f"var W = bell({demo.seed}, WEIGHTS, 16).map((x) => {demo.start} * x), "
        f"state = decompose(W), early;"
        "for (let n = 0; n < 2000; n++) {"
        f"  W = rk4((W) => flowRate(W, {numbers(demo)}), W, 1 / 250);"
        f"  state = rk4((s) => modeRate(s, {numbers(demo)}), state, 1 / 250);"
        "  if (n === 249) early = W;"
        "}"
    )
    C, sigma_v = np.diag(demo.variances()), demo.noise**0.5
    steps = python_rk4(lambda W: flow_rate(W, C, sigma_v), demo.weights(), 1 / 250, 250)
    assert np.allclose(linear_js("[...early]"), steps.ravel(), rtol=0, atol=1e-12)
    end = demo.flow([0, 8])[-1].ravel()
    assert np.abs(np.array(linear_js("[...W]")) - end).max() < 1e-6
    assert np.abs(np.array(linear_js("[...compose(state)]")) - end).max() < 1e-6


# The phase diagram


def planted(phases_js, demo, n_sweeps, n=256):
    phases_js.run(
        f"var p = new Planted({n}, '{demo.law}', {demo.seed});"
        f"p.setStrengths({demo.w}, {demo.sigma});"
        f"p.start(2, {json.dumps(demo.start == 'planted')}, {demo.seed});"
        f"for (let t = 0; t < {n_sweeps}; t++) p.sweep({demo.seed}, t);"
    )


@pytest.mark.parametrize(
    "traits",
    [
        {"w": 1.8, "sigma": 0.6},
        {"w": 0.5, "sigma": 2.0, "seed": 5, "start": "random"},
        {"w": 1.0, "sigma": 1.0, "law": "rademacher", "seed": 2**40 + 3},
        {"w": 1.35, "sigma": 0.0, "law": "rademacher", "start": "random"},
    ],
)
def test_planted_machine_and_its_spins(phases_js, traits):
    demo = Phases(**traits)
    planted(phases_js, demo, 120)
    machine = demo.machine()
    assert phases_js("[...p.u]") == machine.u[:, 0].tolist()
    assert phases_js("[...p.uBar]") == machine.u_bar[:, 0].tolist()
    grid = machine.rbm.on_grid().W
    on_page = phases_js("[...p.machine.toHidden.W].map((w) => w * p.machine.step)")
    assert on_page == grid.ravel().tolist()
    spins = demo.spins(120)
    assert phases_js("[...p.v]") == spins.ravel().tolist()
    now = phases_js("p.measure()")
    assert now["q"] == (spins[0] * spins[1]).mean()
    assert abs(now["m"] - (spins @ machine.u[:, 0]).mean() / 16) < 1e-12


@pytest.mark.parametrize("law", ["gaussian", "rademacher"])
def test_theory_of_the_page(phases_js, law):
    for w in (0.5, 1.3, 1.8, 3.0):
        for sigma in (0.0, 0.6, 1.1, 2.0, 3.0):
            phase = solve(w, sigma, 1.0, law)
            found = phases_js(f"solveEqual('{law}', {w}, {sigma})")
            assert abs(found["m"] - phase.m[0]) < 2e-4
            assert abs(found["q"] - phase.q) < 2e-4
            values = [float(phase.m[0]) + step for step in (-0.01, 0.0, 0.01)]
            f = phases_js(f"landscape('{law}', {w}, {sigma}, {values})")
            assert abs(f[1] - phase.free_energy) < 1e-5
            assert f[1] < max(f[0], f[2]) and abs(f[0] - f[2]) < 2e-4


def test_spins_of_the_page_are_not_those_of_another_machine(phases_js):
    planted(phases_js, Phases(w=1.0, sigma=1.0), 50)
    other = Phases(w=1.0, sigma=1.05).spins(50)
    assert phases_js("[...p.v]") != other.ravel().tolist()


# Out of equilibrium


@pytest.mark.parametrize("age", [0, 2])
def test_chains_of_the_stored_machine(mixing_js, age):
    demo = Mixing(age=age, seed=3)
    mixing_js.run(
        f"var stored = {json.dumps(demo.machines[age])};"
        f"var classifier = unpackClassifier({json.dumps(demo.classifier)}, 196);"
        "var chains = new Chains(unpackMachine(stored), 49, stored.b.length, 3);"
    )
    for sweeps in (0, 1, 10, 60):
        v = demo.samples(sweeps)
        assert mixing_js(f"[...chains.at({sweeps})]") == v.ravel().tolist()
        found = mixing_js(f"classCounts(classifier, chains.at({sweeps}))")
        assert found == demo.classes(sweeps).tolist()
    assert mixing_js("[...chains.at(1)]") == demo.samples(1).ravel().tolist()
