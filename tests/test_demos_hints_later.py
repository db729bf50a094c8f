"""The hints of the presets of chapters 4 to 7 and of the live machine of MNIST."""

import base64
import json

import numpy as np
import pytest

from preset_hints import Hints, state
from rbmlib import datasets, mean_field
from rbmlib.demos import Linear, Live, Mixing, Modes, Phases
from rbmlib.demos.modes import machines
from rbmlib.scores import LinearClassifier
from rbmlib.trained import mixing

hint = Hints(Linear, Phases, Mixing, Modes, Live)
N = 256  # units of a layer of the planted machine


@pytest.fixture(scope="module", autouse=True)
def engines():
    yield
    hint.close()


# The linear regime

TIMES = np.linspace(0, 30, 301)


def half_times(w):
    """Return when each mode has half its last strength."""
    return TIMES[(w > w[-1] / 2).argmax(0)]


@hint(Linear, "staircase")
def _(demo):
    half = half_times(demo.modes(TIMES).w)
    assert (np.diff(half) > 0).all() and half[3] > half[:3].sum()


@hint(Linear, "below the noise")
def _(demo):
    assert (demo.modes(TIMES).w[-1] < [1, 1, 0.01, 0.01]).all()
    demo.variance_3 = 1.55
    assert demo.modes(TIMES).w[-1, 2] > 0.5


@hint(Linear, "twins")
def _(demo):
    twins = demo.modes(TIMES)
    first, second = half_times(twins.w)[:2]
    settled = TIMES[np.flatnonzero(np.abs(twins.u[:, 0, 0]) < 0.9)[-1]]
    assert second < first + 1 < settled


@hint(Linear, "too much noise")
def _(demo):
    assert demo.noise == 2 and (demo.modes(TIMES).w[-1] > 0.01).sum() == 2
    demo.noise = 1
    w = demo.modes(TIMES).w
    assert (np.diff(half_times(w)) > 0).all() and w[-1].min() > 0.3


# The phase diagram


def history(demo, n_sweeps=100):
    """Return m, q and the share of spins that stay, after each sweep."""
    phases_js = hint.engine(Phases)
    rows = phases_js(
        f"""(() => {{
          const p = new Planted({N}, "{demo.law}", {demo.seed}), rows = [];
          p.setStrengths({demo.w}, {demo.sigma});
          p.start(2, {json.dumps(demo.start == "planted")}, {demo.seed});
          for (let t = 0; t < {n_sweeps}; t++) {{
            const v = p.v.slice();
            p.sweep({demo.seed}, t);
            const {{ m, q }} = p.measure();
            rows.push([m, q, p.v.filter((s, k) => s === v[k]).length / v.length]);
          }}
          return rows;
        }})()"""
    )
    return np.array(rows).T


def heights(demo, **changes):
    """Return the landscape at m = 0, 0.05, …, 1, from its value at 0."""
    w = changes.get("w", demo.w)
    m = np.linspace(0, 1, 21).tolist()
    f = hint.engine(Phases)(f"landscape('{demo.law}', {w}, {demo.sigma}, {m})")
    return np.array(f) - f[0]


def seeds(demo, label):
    """Return the preset's demo, and those of other seeds."""
    return [demo(**state(demo, label) | {"seed": seed}) for seed in range(5)]


@hint(Phases, "paramagnet")
def _(demo):
    for one in seeds(Phases, "paramagnet"):
        m, q, kept = history(one)[:, 20:]
        assert np.abs(m).max() < 0.4 and np.abs(q).max() < 0.4
        assert 0.55 < kept.mean() < 0.65
    assert (np.diff(heights(demo)) > 0).all()


@hint(Phases, "ferromagnet")
def _(demo):
    theory = hint.engine(Phases)(f"solveEqual('{demo.law}', {demo.w}, {demo.sigma})")
    for one in seeds(Phases, "ferromagnet"):
        m, q, _ = history(one)[:, 5:]
        assert np.abs(m - theory["m"]).max() < 0.35
        assert np.abs(q - theory["q"]).max() < 0.35
    assert heights(demo).min() < -0.05 and (np.diff(heights(demo, w=0.95)) > 0).all()


@hint(Phases, "spin glass")
def _(demo):
    for one in seeds(Phases, "spin glass"):
        m, q, kept = history(one)[:, 20:]
        assert np.abs(m).max() < 0.4 and kept.min() > 0.8
        assert np.ptp(q) > 0.1


@hint(Phases, "the triple point")
def _(demo):
    near_zero = 1  # m = 0.05
    steep = heights(Phases(**state(Phases, "paramagnet")))[near_zero]
    assert 0 < heights(demo)[near_zero] < steep / 5
    for one in seeds(Phases, "the triple point"):
        assert np.ptp(history(one)[1, 20:]) > 0.2


# Out of equilibrium


@hint(Mixing, "the memory")
def _(demo):
    times, errors = demo.curves["times"], np.array(demo.curves["second"][demo.age])
    assert times[int(errors.argmin())] == 10 and errors[-1] > 3 * errors.min()
    assert (demo.classes(10) > 0).all()


@hint(Mixing, "at its best")
def _(demo):
    assert demo.start == 10 and not demo.running
    assert (demo.classes(10) > 0).all()
    assert demo.classes(5)[1] == 0 and demo.classes(20)[2] == 0


@hint(Mixing, "long after")
def _(demo):
    ones = [Mixing(age=demo.age, seed=seed).classes(400)[1] for seed in range(4)]
    assert demo.start == 400 and min(ones) > 49 / 2


@hint(Mixing, "a younger machine")
def _(demo):
    errors = np.array(demo.curves["second"][demo.age])
    assert errors.max() < 1.4 * errors.min()
    assert errors.min() > 4 * demo.curves["baseline"]


# Following the modes


def nearest(demo, v, level):
    text = demo.tree[level]["modes"]
    modes = np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, v.size) / 255
    distance = np.sqrt(((modes - v) ** 2).mean(1))
    assert distance.min() < 0.05
    return int(distance.argmin())


@hint(Modes, "down the tree")
def _(demo):
    v, mode = demo.start_image(), None
    for level in range(demo.level, -1, -1):
        found = mean_field.fixed_points(machines()[level], v, order=demo.order)
        v = found.m_v[0]
        here = nearest(demo, v, level)
        assert mode is None or demo.tree[level + 1]["up"][mode] == here
        mode = here
    assert len(demo.tree[0]["up"]) == 1
    average = datasets.load("digits").train.mean(0)
    assert np.sqrt(((v - average) ** 2).mean()) < 0.02


@hint(Modes, "from noise")
def _(demo):
    tries = [Modes(**state(Modes, "from noise") | {"seed": seed}) for seed in range(6)]
    found = [one.fixed_point() for one in tries]
    steps = [int(one.n_iterations[0]) for one in found]
    assert all(one.is_mode.all() for one in found)
    assert min(steps) < 60 and 150 < max(steps) < 200


@hint(Modes, "critical slowing")
def _(demo):
    steps = demo.fixed_point().n_iterations[0]
    demo.level = demo.ages.index(12323)
    assert steps > 100 and steps > 2 * demo.fixed_point().n_iterations[0]


@hint(Modes, "the reaction term")
def _(demo):
    assert len(demo.tap_tree[-1]["up"]) == 8 and len(demo.tree[-1]["up"]) == 21
    steps = demo.fixed_point().n_iterations[0]
    demo.order = 1
    assert steps > 200 and demo.fixed_point().n_iterations[0] < 100


# MNIST, live


@hint(Live, "out of noise")
def _(demo):
    assert demo.start == "noise"
    early, late = demo.classes(10), demo.classes(100)
    assert (early > 0).sum() == 9 and early[1] == late[1] == 0


@hint(Live, "out of the mean")
def _(demo):
    assert demo.start == "mean" and demo.seed == Live().seed
    early = demo.classes(10)
    assert early.min() > 0 and early[1] > 0


@hint(Live, "where training ended")
def _(demo):
    classify = LinearClassifier(mixing.load()["classifier"])
    before, after = (classify(demo.samples(t)) for t in (0, 100))
    assert demo.start == "training" and 0.5 < (before == after).mean() < 0.7


@hint(Live, "a thousand sweeps")
def _(demo):
    assert demo.speed == 4
    assert demo.classes(300)[1] == 0 < demo.classes(1000)[1]


# All of them


@pytest.mark.parametrize(("demo", "label"), hint.presets, ids=hint.names)
def test_a_hint_says_what_is_seen(demo, label):
    hint.check(demo, label)


def test_every_preset_has_a_check():
    assert set(hint.checks) == set(hint.presets)
