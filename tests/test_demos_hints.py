"""Each preset runs with its own seed, and its hint is held to what is then seen.

The page and rbmlib draw the same bits (test_demos_numbers.py), so that most presets run
in Python; what only the page computes runs in the embedded engine.
"""

import numpy as np
import pytest

from preset_hints import Hints, state
from pseudo_likelihood import pseudo_log_likelihood
from rbmlib import effective_couplings, enumeration, ising, sampling
from rbmlib.demos import Ising, Machine, Training
from rbmlib.ising import exact
from rbmlib.rbm import RBM

hint = Hints(Ising, Machine, Training)


@pytest.fixture(scope="module", autouse=True)
def engines():
    yield
    hint.close()


# Ising


@hint(Ising, "quench")
def _(demo):
    run = ising.heat_bath(demo.size, demo.temperature, 300, demo.seed)
    e, m = run.energy[0], run.magnetization[0]
    assert e[0] > e[9] > e[99] > e[299] > exact.exact_energy(256, 1.5) + 0.05
    assert abs(m[299]) < 0.2 and demo.start == "hot"
    assert round(exact.onsager_magnetization(1.5), 2) == 0.99


@hint(Ising, "critical point")
def _(demo):
    assert (demo.algorithm, demo.start) == ("wolff", "cold")
    run = ising.wolff(demo.size, demo.temperature, 300, demo.seed, start="up")
    sizes = np.abs(np.diff(run.magnetization[0, 100:])) * demo.size**2 / 2
    counts, _ = np.histogram(sizes, [0, 10, 100, 1000, 10_000, demo.size**2])
    assert (counts > 0).all()


@hint(Ising, "hysteresis")
def _(demo):
    assert demo.drive and demo.field == 1 and demo.start == "cold"
    flips = hint.engine(Ising)(
        f"""(() => {{
          const lattice = new Lattice(64, new Uint8Array(4096).fill(1)), flips = [];
          let h = 1, step = -0.01, sign = 1;
          for (let age = 0; age < 600; age++) {{
            lattice.sweep(heatBathTable({demo.temperature}, h), {demo.seed}, age);
            if (lattice.measure().m * sign < 0) {{ flips.push(h); sign = -sign; }}
            if (Math.abs(h) >= 1) step = -Math.sign(h) / 100;
            h = Number((h + step).toFixed(2));
          }}
          return flips;
        }})()"""
    )
    assert len(flips) == 3 and (np.sign(flips) == [-1, 1, -1]).all()
    assert np.abs(flips).min() > 0.4


@hint(Ising, "above the critical point")
def _(demo):
    T = demo.temperature
    run = ising.heat_bath(demo.size, T, 300, demo.seed)
    assert np.abs(run.magnetization[0, 50:]).max() < 0.1
    spins = run.spins[-1].astype(float)
    apart = [(spins * np.roll(spins, 8, axis)).mean() for axis in (0, 1)]
    assert np.abs(apart).max() < 0.05
    m = np.linspace(-1, 1, 201)[1:-1]
    entropy = ((1 + m) * np.log1p(m) + (1 - m) * np.log1p(-m)) / 2
    free_energy = -2 * m**2 + T * entropy
    assert np.abs(m[free_energy.argmin()]) > 0.3 and free_energy[99] == 0


# Machine


def couplings_of(rbm):
    spin, _ = rbm.to_spin()
    return [effective_couplings.couplings(spin, order) for order in range(1, 4)]


@hint(Machine, "two patterns")
def _(demo):
    _, p = enumeration.visible_probabilities(demo.rbm)
    assert set(np.argsort(p)[-2:]) == {0b1100, 0b0011} and p[0b1100] > 0.4
    arrays = ", ".join(
        f"Float64Array.from({x.ravel().tolist()})" for x in _arrays(demo)
    )
    stay = hint.engine(Machine)(
        f"""(() => {{
          const grid = new GridMachine({arrays});
          const v = new Uint8Array(4), h = new Uint8Array(3), n = 20000;
          let last = "", crossings = 0;
          for (let sweep = 0; sweep < n; sweep++) {{
            grid.sweep(v, h, {demo.seed}, sweep);
            const now = v.join("");
            if (now !== "1100" && now !== "0011") continue;
            crossings += Number(last !== "" && now !== last);
            last = now;
          }}
          return n / crossings;
        }})()"""
    )
    assert 35 < stay < 50


def _arrays(demo):
    return demo.rbm.W, demo.rbm.a, demo.rbm.b


@hint(Machine, "three-body coupling")
def _(demo):
    spin, _ = demo.rbm.to_spin()
    signs = []
    for theta in (-1.0, 1.0):  # W and a of the ±1 form stay; b = 2θ - 2Σw
        moved = RBM(spin.W, spin.a, [theta, 0, 0], spin.visible, spin.hidden)
        pair, triple = (effective_couplings.couplings(moved, n) for n in (2, 3))
        signs.append((np.sign(pair[0, 1]), np.sign(triple[0, 1, 2])))
    assert signs == [(1, 1), (1, -1)] and demo.selected == "b 0"
    assert abs(couplings_of(demo.rbm)[2][0, 1, 2]) > 0.01


@hint(Machine, "no field")
def _(demo):
    one, two, three = couplings_of(demo.rbm)
    assert np.abs(one).max() < 1e-14 and np.abs(three).max() < 1e-14
    assert np.abs(two).max() > 0.3 and np.abs(demo.a).min() > 0.5
    spin, _ = demo.rbm.to_spin()
    assert not spin.a.any() and not spin.b.any() and demo.units == "spin"
    both = [enumeration.visible_probabilities(rbm)[1] for rbm in (demo.rbm, spin)]
    assert np.allclose(*both, rtol=1e-12)


@hint(Machine, "no weights")
def _(demo):
    _, two, three = couplings_of(demo.rbm)
    assert np.abs(two).max() < 1e-14 and np.abs(three).max() < 1e-14
    W = np.array(demo.W)
    W[:2, 0] = 2
    assert couplings_of(RBM(W, demo.a, demo.b))[1][0, 1] > 0.05


# Training


def above_one(run):
    values = np.array([np.linalg.svd(rbm.W, compute_uv=False) for rbm in run])
    return values, dict(
        zip(run.ages.tolist(), (values > 1).sum(1).tolist(), strict=True)
    )


@hint(Training, "mode after mode")
def _(demo):
    assert demo.until == 4000
    ages = [100, *range(1000, 4001, 50)]
    values, count = above_one(demo.train(4000, checkpoints=ages))
    assert values[1, 0] < 2 * np.median(values[1])
    assert count[2000] == 3 and count[4000] == 6
    crossed = (values[:, :6] > 1).argmax(0)
    assert (np.diff(crossed) > 0).all()


@hint(Training, "one mode")
def _(demo):
    W = demo.train(demo.until)[-1].W
    values = np.linalg.svd(W, compute_uv=False)
    assert values[0] > 9 and values[1] < 0.2
    filters = W / np.linalg.norm(W, axis=0)
    assert np.abs(filters.T @ filters).min() > 0.99


@hint(Training, "chains at the data")
def _(demo):
    samples = demo.samples().astype(float)
    v, _ = sampling.gibbs(demo.train(demo.until)[-1], samples, demo.k, seed=5)
    assert demo.k == 1 and np.abs(v - samples).sum(1).mean() < 10


@hint(Training, "chains from noise")
def _(demo):
    seen = demo.samples()[::20].astype(float)
    own, short = (
        pseudo_log_likelihood(x.train(demo.until)[-1], seen)
        for x in (demo, Training(**state(Training, "chains from noise") | {"k": 1}))
    )
    assert own > short + 1


# All of them


@pytest.mark.parametrize(("demo", "label"), hint.presets, ids=hint.names)
def test_a_hint_says_what_is_seen(demo, label):
    hint.check(demo, label)


def test_every_preset_has_a_check():
    assert set(hint.checks) == set(hint.presets)
