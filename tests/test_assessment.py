"""Bounds hold where the truth is known, and a hidden mode refutes an estimate."""

import numpy as np
import pytest

from rbmlib import likelihood
from rbmlib.rbm import RBM
from rbmlib.trajectories import Trajectory
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Categorical, ReLU

PAIRS = [
    (BINARY, BINARY),
    (SPIN, SPIN),
    (BINARY, SPIN),
    (SPIN, GAUSSIAN),
    (BINARY, ReLU()),
    (GAUSSIAN, BINARY),
]


@pytest.mark.parametrize(
    "units", PAIRS, ids=lambda pair: "-".join(u.name for u in pair)
)
@pytest.mark.parametrize("seed", range(5))
def test_mean_field_is_below_the_exact_log_z(units, seed):
    # Rounding errors of the sums are below 1e-12 of their size, which is below 100.
    machine = RBM.random(
        8, 5, scale=0.3 * (1 + seed), bias_scale=0.5, seed=seed, visible=units[0]
    )
    machine = RBM(machine.W / 2, machine.a, machine.b, *units).on_grid()
    bound, m_v = likelihood.mean_field_bound(machine)
    assert bound <= machine.log_z() + 1e-9
    assert m_v.shape == (8,)


def test_mean_field_is_below_the_exact_log_z_of_categories():
    rng = np.random.default_rng(0)
    for _ in range(5):
        W, a = rng.normal(size=(4, 3, 5)), rng.normal(size=(4, 3))
        machine = RBM(W, a, rng.normal(size=5), Categorical(3)).on_grid()
        assert likelihood.mean_field_bound(machine)[0] <= machine.log_z() + 1e-9


def test_mean_field_is_exact_without_weights():
    machine = RBM(np.zeros((3, 2)), [0.5, -1.0, 2.0], [0.25, -0.75])
    assert likelihood.mean_field_bound(machine)[0] == pytest.approx(
        machine.log_z(), abs=1e-12
    )


def hidden_mode():
    """A machine of which nearly all weight is where every unit is on, far from data.

    A hidden unit prefers to be on from 18 visible units of 30 on; without hidden units
    a visible one is on with probability σ(-2) = .12, so that chains from there stay.
    All on, -E = .6 (360 - 216) - 60 = 26.4; the mode near the data has
    log Z = 30 log(1 + e^-2) = 3.8.
    """
    return RBM(np.full((30, 12), 0.6), np.full(30, -2.0), np.full(12, -10.8))


def test_a_mode_that_chains_miss_refutes_the_estimate():
    machine = hidden_mode().on_grid()
    data = np.zeros((50, 30))
    data[:, ::7] = np.arange(50)[:, None] % 2
    run = Trajectory([0], [machine])
    for seed in range(5):
        (row,) = likelihood.assess(run, data, n_temperatures=50, seed=seed)
        assert row.log_z < machine.log_z() - 10
        assert row.bound <= machine.log_z() + 1e-9
        assert row.verdict.startswith("refuted: log Z is at least")
        assert row.train_at_most < row.train - 10
        assert row.verdict in str(likelihood.assessment.Assessment([row]))


def test_a_machine_that_mixes_is_trusted():
    run = Trajectory([0, 1], [RBM.random(12, 8, scale=s, seed=1) for s in (0.1, 0.4)])
    data = np.random.default_rng(0).integers(0, 2, (40, 12))
    rows = likelihood.assess(run, data[:20], data[20:], n_temperatures=200, seed=0)
    for row, machine in zip(rows, run, strict=True):
        assert row.verdict == "trusted"
        exact = likelihood.log_likelihood(machine.on_grid(), data[20:])
        # A normal error exceeds 5 standard errors in one of a million cases.
        assert abs(row.test - exact) < 5 * row.error + 1e-9
        assert row.test_at_most <= row.test
