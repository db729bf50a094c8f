"""The mean field of the demo "following the modes", in V8, against rbmlib.

Both run in double precision but add in another order: fields of 64 terms up to some
tens differ by less than 1e-13, and means by less.
"""

import base64
import json

import numpy as np
import pytest

from engine import Engine
from rbmlib import mean_field
from rbmlib.demos import Modes
from rbmlib.demos.modes import machines

TOLERANCE = 1e-12


@pytest.fixture(scope="module")
def demo():
    return Modes()


@pytest.fixture(scope="module")
def v8(demo):
    engine = Engine(demo)
    yield engine
    engine.v8.close()


def modes_of(level):
    bytes_ = np.frombuffer(base64.b64decode(level["modes"]), np.uint8)
    return bytes_.reshape(-1, 64) / 255


def unpacked(demo, level):
    return f"MeanField.unpack({json.dumps(demo.weights[level])})"


@pytest.mark.parametrize("level", range(7))
def test_the_page_has_the_machines_of_the_library(demo, v8, level):
    machine = machines()[level]
    page = unpacked(demo, level)
    found = v8(f"(({{ W, a, b }}) => [[...W], [...a], [...b]])({page})")
    for values, expected in zip(found, (machine.W, machine.a, machine.b), strict=True):
        assert values == expected.ravel().tolist()


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("level", [0, 3, 6])
def test_steps_are_those_of_the_library(demo, v8, level, order):
    machine = machines()[level]
    v = np.linspace(0.02, 0.98, 64)
    h = machine.hidden.mean(v @ machine.W + machine.b)
    found = v8(
        f"(() => {{ const m = {unpacked(demo, level)};"
        f"let v = Float64Array.from({v.tolist()}), h = m.hidden(v), change;"
        f"for (let n = 0; n < 3; n++) ({{ v, h, change }} = m.update(v, h, {order}));"
        f"return [[...v], [...h], change, m.freeEnergy(v, h, {order})]; }})()"
    )
    for _ in range(3):
        old = v, h
        v, h = mean_field.update(machine, v, h, order)
    change = max(np.abs(v - old[0]).max(), np.abs(h - old[1]).max())
    assert np.abs(found[0] - v).max() < TOLERANCE
    assert np.abs(found[1] - h).max() < TOLERANCE
    assert abs(found[2] - change) < TOLERANCE
    energy = mean_field.free_energy(machine, v, h, order)
    assert found[3] == pytest.approx(energy, rel=TOLERANCE)


def test_the_nearest_mode_of_a_mode_is_itself(demo, v8):
    modes = json.dumps(demo.tree[-1]["modes"])
    found = v8(
        f"(() => {{ const m = Uint8Array.from(atob({modes}), (c) => c.charCodeAt(0));"
        "return nearestMode(m.slice(128, 192).map((x) => x).reduce("
        "(v, x, i) => { v[i] = x / 255; return v; }, new Float64Array(64)), m); })()"
    )
    assert found == {"mode": 2, "distance": 0}


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("level", range(7))
def test_modes_of_the_page_are_fixed_points(demo, level, order):
    here = (demo.tree, demo.tap_tree)[order - 1][level]
    assert here["age"] == demo.ages[level]
    modes = modes_of(here)
    found = mean_field.fixed_points(machines()[level], modes, order=order)
    assert found.is_mode.all()
    assert np.abs(found.m_v - modes).max() < 0.02  # they travel as bytes


@pytest.mark.parametrize("name", ["tree", "tap_tree"])
def test_modes_of_the_page_flow_to_modes_of_the_next_age(demo, name):
    tree = getattr(demo, name)
    for younger, older in zip(tree, tree[1:], strict=False):
        assert len(older["up"]) == len(modes_of(older))
        assert set(older["up"]) == set(range(len(modes_of(younger))))


def test_the_reaction_leaves_fewer_modes(demo):
    assert len(modes_of(demo.tap_tree[-1])) < len(modes_of(demo.tree[-1])) / 2
    assert max(demo.tap_leaves) < len(modes_of(demo.tap_tree[-1]))


def test_the_page_and_python_start_from_the_same_image(demo):
    assert demo.fixed_point().is_mode.all()
    assert Modes(start="drawn", drawing="1" * 64).start_image().sum() == 64
    assert Modes(start="blank").start_image().sum() == 0
    assert set(Modes(start="noise", seed=3).start_image()) == {0, 1}
