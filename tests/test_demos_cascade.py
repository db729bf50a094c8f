"""The demo "there and back" in V8, against rbmlib.

The page integrates with steps of an error of 1e-9, of which a run takes some hundreds;
rounding in sums of some hundred probabilities stays below 1e-12.
"""

import json

import numpy as np
import pytest
from scipy.special import ndtri

from engine import Engine
from rbmlib import cascade
from rbmlib.demos import Cascade
from rbmlib.demos.cascade import AGES, CHAINS
from rbmlib.ising import curie_weiss

FLOW, ROUNDING = 1e-6, 1e-12
SETTINGS = [
    {"n_spins": 20, "field": 0.85, "length": 50, "k": 4, "seed": 2**53 - 1},
    {"n_spins": 50, "field": 0.0, "length": 10, "k": 1, "seed": 3},
]


@pytest.fixture(scope="module")
def v8():
    engine = Engine(Cascade)
    yield engine
    engine.v8.close()


@pytest.fixture(scope="module", params=SETTINGS, ids=lambda s: f"N = {s['n_spins']}")
def demo(request):
    return Cascade(**request.param)


@pytest.fixture(scope="module")
def trained(v8, demo):
    """The engine after training and one loop: data, path and loops."""
    v8.run(
        f"var data = overlapLaw({demo.n_spins}, Math.sqrt({demo.beta}), "
        f"{demo.field} / {demo.n_spins}), "
        f"path = flow(data, {json.dumps(demo.field > 0)}, {demo.length}, {AGES}), "
        f"loops = new Loops({{path, N: {demo.n_spins}, k: {demo.k}, nChains: {CHAINS}, "
        f"seed: {demo.seed}, size: {json.dumps(demo.field == 0)}}}), areas = [];"
        "while (!loops.isDone) { loops.step(); areas.push(loops.area); }"
    )
    return v8


def test_normal_numbers(v8):
    u = np.r_[np.linspace(1e-6, 1 - 1e-6, 999), 1e-9, 1e-17, 1 - 2**-53]
    found = np.array(v8(f"{u.tolist()}.map(normalQuantile)"))
    assert np.abs(found - ndtri(u)).max() < 1e-14
    assert v8("uniform(2392356986, 730633392)") == (
        (2392356986 * 2**21 + (730633392 >> 11) + 0.5) * 2.0**-53
    )


def test_the_flow_of_training(trained, demo):
    assert np.abs(np.array(trained("[...data]")) - demo.data()).max() < ROUNDING
    w, a = np.transpose(trained("path"))
    path = demo.path()
    assert np.abs(w - path.w).max() < FLOW and np.abs(a - path.field).max() < FLOW


@pytest.mark.parametrize("beta", [1.1, 1.4, 2.0])
def test_the_flow_of_a_large_machine(v8, beta):
    order = curie_weiss.magnetization(1 / beta)
    w = v8(f"limitFlow({order}, 20, {AGES})")
    expected = cascade.limit_flow(np.linspace(0, 20, AGES), 0.3, beta)
    assert np.abs(np.square(w) - expected).max() < FLOW


@pytest.mark.parametrize("w", [0.5, 1.0, 1.05, 1.2, 1.6])
def test_phases(v8, w):
    for a in (0.0, 0.01, 0.1, 0.5):
        found = np.array(v8(f"phasesOf({w}, {a})"), float)  # NaN travels as null
        expected = np.array(cascade.phases(w, a))
        # At w = 1 a difference of 1e-16 in x decides m to a thousandth of a millionth.
        assert np.allclose(found, expected, rtol=0, atol=1e-7, equal_nan=True)


def test_laws_forwards_and_backwards(trained, demo):
    *ways, area = demo.loop()
    found = trained("loops.exact")
    assert np.abs(np.array(found[0]) - ways[0]).max() < ROUNDING
    assert np.abs(np.array(found[1][::-1]) - ways[1]).max() < ROUNDING
    assert trained("areas.at(-1)") == pytest.approx(area, abs=ROUNDING)
    assert area > 0.05 and trained("areas[40]") == 0
    end = demo.laws()[1][0]
    assert np.abs(np.array(trained("[...loops.ways[1].p]")) - end).max() < ROUNDING


def test_chains_forwards_and_backwards(trained, demo):
    N = demo.n_spins
    for backward in (False, True):
        m = demo.chains(backward)[:: -1 if backward else 1]
        found = trained(f"loops.ways[{int(backward)}].seen.map((M) => [...M])")
        assert np.array_equal(found, np.rint(m * N))
    m = np.array([demo.chains(way) for way in (False, True)])
    lower, upper = m[::-1] if demo.field else np.abs(m)
    grid = np.linspace(0, 1, AGES)
    areas = [
        cascade.loop_area(grid, *both) for both in zip(lower.T, upper.T, strict=True)
    ]
    measured = trained("loops.measured")
    assert measured["mean"] == pytest.approx(np.mean(areas), abs=ROUNDING)
    error = np.std(areas, ddof=1) / CHAINS**0.5
    assert measured["error"] == pytest.approx(error, rel=1e-9)
    assert abs(np.mean(areas) - demo.loop()[2]) < 4 * error


def test_a_second_loop_has_other_random_numbers(trained, demo):
    trained.run("var before = [...loops.ways[0].chains]; loops.step();")
    trained.run("while (!loops.isDone) loops.step();")
    assert trained("loops.round") == 1 and trained("loops.measured.n") == 2 * CHAINS
    assert trained("[...loops.ways[0].chains]") != trained("before")
    assert trained("loops.area") == pytest.approx(demo.loop()[2], abs=ROUNDING)


def test_work_that_takes_long_goes_on_in_the_next_frame(v8):
    v8.run(
        "var path = [[0.5, 0], [1, 0]], calls = 0;"
        "var settings = {path, N: 20, k: 8, nChains: 5, seed: 1, size: true};"
        "var whole = new Loops(settings), slow = new Loops(settings);"
        "while (!whole.isDone) whole.step();"
        "while (!slow.isDone) { slow.step(() => true); calls++; }"
    )
    assert v8("calls") == 2 * 2 * 8
    assert v8("[...slow.ways[1].chains]") == v8("[...whole.ways[1].chains]")
    assert v8("slow.area") == v8("whole.area")
