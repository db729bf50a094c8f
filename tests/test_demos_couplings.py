"""The demo "couplings appear": its core in V8 against rbmlib; its graph in a page."""

import json
from itertools import combinations

import numpy as np
import pytest

from demo_pages import TOOLS, open_body
from engine import Engine
from rbmlib import effective_couplings, enumeration, interactions
from rbmlib.demos import Couplings
from rbmlib.demos.couplings import RATES, SAMPLE_SWEEPS, SPINS, drawn
from rbmlib.rbm import RBM
from rbmlib.units import SPIN

PAIRS = list(combinations(range(SPINS), 2))


@pytest.fixture(scope="module")
def v8():
    engine = Engine(Couplings)
    yield engine
    engine.v8.close()


@pytest.fixture(scope="module", params=[0, 2**53 - 1])
def demo(request):
    signs = drawn(2, s01=1, s12=-1, s45=1), drawn(3, s023=1, s245=-1)
    pairs, triples = signs
    return Couplings(
        pairs=pairs, triples=triples, pair=0.3, n_samples=200, seed=request.param
    )


def plant(v8, demo):
    """Make the page's samples as `states`; return the states of the library's."""
    v8.run(
        f"var J = plant({SPINS}, [{demo.pairs}, {demo.triples}], "
        f"[{demo.pair}, {demo.triple}]), "
        f"states = sampleStates(J, {SPINS}, {demo.n_samples}, {SAMPLE_SWEEPS}, "
        f"{demo.seed});"
    )
    samples = demo.planted().samples
    return ((samples > 0) @ (1 << np.arange(SPINS)[::-1])).astype(int)


def test_law_and_samples_are_those_of_the_library(v8, demo):
    states = plant(v8, demo)
    assert v8("[...states]") == states.tolist()
    every = enumeration.all_states(SPIN, SPINS)
    p = np.exp(demo.planted().log_probability(every))
    assert np.allclose(v8("[...lawOf(logWeights(J))]"), p, rtol=1e-12, atol=0)
    found = v8(f"divergence(lawOf(logWeights(J)), Array({2**SPINS}).fill(1 / 64))")
    assert found == pytest.approx(np.sum(p * np.log(64 * p)), rel=1e-12)


def test_the_page_learns_as_the_library(v8, demo):
    """The same bits, over a change of the learning rate; couplings to rounding."""
    plant(v8, demo)
    settings = {"nVisible": SPINS, "nHidden": 4, "bias": 0.5, "batchSize": 200, "k": 10}
    v8.run(
        "var t = new SpinTrainer({"
        f"states, ...{json.dumps(settings)}, seed: {demo.seed}}});"
        "for (const [end, rate] of [[12, 0.1], [16, 0.03]]) {"
        "t.learningRate = rate; while (t.age < end) t.update(); }"
    )
    run = interactions.learn(
        demo.planted().samples,
        4,
        seed=demo.seed,
        rates=[(12, 0.1), (16, 0.03)],
        k=10,
    )
    for name in "Wab":
        assert v8(f"[...t.{name}]") == run.state[name].ravel().tolist()
    chains = (run.chains > 0) @ (1 << np.arange(SPINS)[::-1])
    assert v8("[...t.chains]") == chains.tolist()
    machine = RBM(*(run.state[name] for name in "Wab"), SPIN, SPIN)
    expected = effective_couplings.all_couplings(machine)
    found = v8("[...t.couplings()]")
    assert np.allclose(found[1:], expected[1:], rtol=0, atol=1e-12)


def test_a_machine_without_biases_starts_so(demo):
    free = Couplings(**{x: getattr(demo, x) for x in demo.shared} | {"bias": 0})
    assert not free.learn(1)[0].b.any() and demo.learn(1)[0].b.all()
    ages = demo.learn(1001, checkpoints=[10]).ages.tolist()
    assert ages == [0, 10, 1000, 1001] and RATES["falling"][0] == [1000, 0.1]


def test_the_pair_model_is_the_pseudo_likelihood(v8, demo):
    """The library stops at a slope of 1e-9, which curvatures above 0.01 make 1e-7."""
    plant(v8, demo)
    J = v8(f"[...pairModel(states, {SPINS})]")
    model = demo.pair_model()
    bit = [1 << (SPINS - 1 - i) for i in range(SPINS)]
    assert np.allclose([J[b] for b in bit], model.a, rtol=0, atol=1e-6)
    found = [J[bit[i] | bit[j]] for i, j in PAIRS]
    assert np.allclose(found, [model.J[pair] for pair in PAIRS], rtol=0, atol=1e-6)
    assert max(map(abs, found)) > 0.2


def test_sets_stand_in_the_order_of_itertools(v8):
    for order in (1, 2, 3):
        expected = [list(x) for x in combinations(range(SPINS), order)]
        assert v8(f"setsOf({SPINS}, {order})") == expected


def test_spins_in_the_graph_change_their_coupling(browser, tmp_path):
    visit = open_body(browser, tmp_path, Couplings(running=False).html(), TOOLS)
    page = visit.page
    graph = page.get_by_role("group", name="Planted couplings")

    def choose(*spins):
        for spin in spins:
            page.get_by_role("button", name=f"spin {spin}", exact=True).press("Enter")

    first = "Planted couplings: 12 +, 23 −, 45 +, 56 +, 134 +"
    assert graph.get_attribute("aria-label") == first
    choose(6, 1)  # none, +, −, none
    assert "16 +" in graph.get_attribute("aria-label")
    assert page.locator(".rbm-said").text_content() == "16: +"
    assert "16 0.0" in page.locator(".rbm-readout").text_content()
    choose(1, 6)
    assert "16 −" in graph.get_attribute("aria-label")
    choose(1, 6)
    assert graph.get_attribute("aria-label") == first
    choose(2, 2, 4)  # a second press takes the choice back
    unit = page.get_by_role("button", name="spin 4", exact=True)
    assert unit.get_attribute("aria-pressed") == "true"
    page.locator("[data-trait=order]").select_option("triples")
    assert unit.get_attribute("aria-pressed") == "false"
    choose(6, 2, 4)
    assert "246 +" in graph.get_attribute("aria-label")
    page.get_by_role("button", name="Copy link", exact=True).click()
    link = page.evaluate("decodeURIComponent(location.hash)")
    triples = json.loads(link.partition("=")[2])["triples"]
    assert triples == drawn(3, s023=1, s135=1)
    assert visit.faults == []
