"""Warnings of a run: on planted cases, and not on good ones."""

import warnings

import numpy as np
import pytest

from rbmlib import datasets, randomness, training
from rbmlib.rbm import RBM
from rbmlib.training import watch
from rbmlib.training.held import Held
from rbmlib.units import BINARY, SPIN, Gaussian


def trained(x, n_hidden, n_updates, **options):
    """Return the warnings of a run, by their reasons."""
    chosen = {"learning_rate": 0.1, "seed": 0, "progress": False} | options
    start = training.initial_machine(x, n_hidden, scale=0.01, seed=0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        training.train(start, x, n_updates=n_updates, **chosen)
    assert all(w.category is RuntimeWarning for w in caught)
    assert all(w.filename == __file__ for w in caught)
    return [str(w.message).split(":")[1].strip().split()[-1] for w in caught]


def clusters(flip):
    """Four patterns that differ by half of 64 units, in shares .4, .3, .2 and .1."""
    which = np.searchsorted([0.4, 0.7, 0.9], np.arange(500) / 500, side="right")
    patterns = randomness.draws(1, 0, 0, np.arange(4), 64) >> 31
    flips = randomness.draws(2, 0, 0, np.arange(500), 64) < flip * 2**32
    return (patterns[which] ^ flips).astype(float)


@pytest.fixture(scope="module")
def digits():
    return datasets.load("digits").train


@pytest.mark.parametrize("options", [{}, {"k": 1}, {"method": "cd", "k": 1}])
def test_good_runs_are_silent(options, digits):
    assert trained(digits, 32, 400, **options) == []


def test_mixing_clusters_are_silent():
    assert trained(clusters(0.25), 10, 400) == []


def test_too_large_steps_saturate_and_diverge(digits):
    found = trained(digits, 32, 220, learning_rate=20.0, centred=False, k=1)
    assert sorted(found) == ["diverges", "saturates"]


def test_chains_that_stay_in_their_clusters_fall_behind():
    assert trained(clusters(0.02), 10, 400, k=1) == ["behind"]


def test_each_reason_is_said_once(digits):
    ages = list(range(50, 400, 10))
    found = trained(
        digits, 16, 400, learning_rate=20.0, centred=False, k=1, checkpoints=ages
    )
    assert len(found) == len(set(found)) > 0


def test_looks_are_rare(digits, monkeypatch):
    ages = []

    def looked(run, before, chains):
        ages.append(run.age)

    monkeypatch.setattr(watch, "lag", looked)
    assert trained(digits, 4, 500, k=1, checkpoints=list(range(500))) == []
    assert ages == [50, 100, 200, 400]


class Stub:
    """What `divergence` and `lag` ask of a run."""

    def __init__(self, x, time=100.0):
        self.visible = BINARY
        self.data, self.time, self.age, self.settings = Held(x), time, 200, {"k": 2}


def test_the_gap_is_that_of_the_means():
    x = np.tile([[0.0, 1.0], [1.0, 0.0]], (100, 1))
    gone = np.ones((200, 2))  # both means off by ½, which is the data's spread
    assert "differ by 1 of" in watch.divergence(Stub(x), x, gone)
    assert watch.divergence(Stub(x), x, gone[:4]) is None  # too few to tell
    assert watch.divergence(Stub(x, time=10.0), x, gone) is None  # too early
    assert watch.divergence(Stub(x), x, x) is None


def test_the_time_of_the_chains_is_in_sweeps():
    rng = np.random.default_rng(0)
    old = np.outer(rng.choice([-1.0, 1.0], 200), np.ones(10))
    kept = rng.random((200, 1)) < 0.8  # the others are drawn anew: rho is near .8
    new = np.where(kept, old, np.outer(rng.choice([-1.0, 1.0], 200), np.ones(10)))
    text = watch.lag(Stub(old), (100, old), new)
    rho = np.corrcoef(old[:, 0], new[:, 0])[0, 1]
    assert f"correlate by {rho:.2f}" in text and "k * updates were 200" in text
    assert f"about {-200 / np.log(rho):.2g} sweeps" in text
    assert watch.lag(Stub(old), (100, old), rng.permutation(new)) is None
    assert watch.lag(Stub(old), None, new) is None
    assert watch.correlation(old, np.ones_like(old)) == 0.0


@pytest.mark.parametrize("unit", [BINARY, SPIN])
def test_dead_and_frozen_units_are_told_from_sure_ones(unit):
    x = np.where(np.arange(200)[:, None] % 2 > np.zeros(4), 1.0, unit.states[0])
    middle = np.full(4, -8.0) if unit is BINARY else np.zeros(4)

    def found(W, a, b):
        return watch.saturation(RBM(W, a, b, unit, unit), x)

    strong = np.full((4, 4), 16.0 if unit is BINARY else 4.0)
    # Sure of either of two modes, and visible units that are free: nothing is wrong.
    shift = np.full(4, -32.0) if unit is BINARY else np.zeros(4)
    assert found(strong * [1, 0, 0, 0], np.zeros(4), shift * [1, 0, 0, 0]) is None
    assert "a unit of the other" in found(strong, 4 * middle, shift)
    assert "75 % of its hidden" in found(0 * strong, middle, [0.0, 9.0, 9.0, -9.0])


def test_only_units_of_two_states_saturate():
    machine = RBM(np.zeros((2, 1)), np.zeros(2), np.zeros(1), hidden=Gaussian(1e-9))
    assert watch.saturation(machine, np.zeros((1, 2))) is None
