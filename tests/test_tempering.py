"""Replica exchange: stationarity, robust decisions, log Z, and modes found again."""

import numpy as np
import pytest

from rbmlib import enumeration, sampling, tempering
from rbmlib.rbm import RBM
from rbmlib.tempering import between_ages, exchange, in_beta, swaps
from rbmlib.trained import load
from rbmlib.units import GAUSSIAN, SPIN


@pytest.mark.parametrize("unit", [None, SPIN])
def test_work_is_a_difference_of_free_energies(unit):
    units = {} if unit is None else {"visible": unit, "hidden": unit}
    first, second = (
        RBM.random(40, 30, scale=s, bias_scale=0.5, seed=2, **units).on_grid()
        for s in (0.3, 0.5)
    )
    v = sampling.random_start(first, 50, 1)
    expected = second.free_energy(v) - first.free_energy(v)
    assert np.abs(swaps.work(first, second, v) - expected).max() < 30 * 2e-6


def test_decisions_have_their_probability():
    words = np.arange(0, 2**32, 2**12, dtype=np.uint64).astype(np.uint32)
    for delta in (-0.1, -1.0, -5.0):
        share = swaps.accepted(np.full(words.size, delta), words).mean()
        assert share == pytest.approx(np.exp(delta), abs=2e-6)
    assert swaps.accepted(np.array([0.0, 3.0]), words[-2:]).all()


def law(v):
    index = v.astype(int) @ (2 ** np.arange(v.shape[-1])[::-1])
    return np.bincount(index.ravel(), minlength=2 ** v.shape[-1]) / index.size


def chi(found, p, n):
    return np.abs((found - p) / np.sqrt(p * (1 - p) / n)).max()


def start_from_law(machines, n_chains, seed):
    rng = np.random.default_rng(seed)
    laws = [enumeration.visible_probabilities(m) for m in machines]
    return np.stack([v[rng.choice(len(v), n_chains, p=p)] for v, p in laws])


def test_exchange_keeps_every_law():
    machine = RBM.random(4, 3, scale=2.0, bias_scale=0.5, seed=6)
    machines = [m.on_grid() for m in in_beta(machine, 3)]
    n = 40_000
    run = exchange(machines, start_from_law(machines, n, 0), 6, seed=1)
    for v, m in zip(run.v, machines, strict=True):
        _, p = enumeration.visible_probabilities(m)
        assert chi(law(v), p, n) < 4.5  # largest of 64 deviations
    assert (run.acceptance > 0.1).all() and (run.acceptance < 0.95).all()


def test_a_wrong_acceptance_would_be_noticed(monkeypatch):
    # Half the exponent: no detailed balance.
    machine = RBM.random(4, 3, scale=2.0, bias_scale=0.5, seed=6)
    machines = [m.on_grid() for m in in_beta(machine, 3)]
    right = swaps.accepted
    monkeypatch.setattr(swaps, "accepted", lambda delta, word: right(delta / 2, word))
    n = 40_000
    run = exchange(machines, start_from_law(machines, n, 0), 6, seed=1)
    worst = max(
        chi(law(v), enumeration.visible_probabilities(m)[1], n)
        for v, m in zip(run.v, machines, strict=True)
    )
    assert worst > 8


def test_log_z_of_a_ladder():
    machine = RBM.random(10, 6, scale=1.5, bias_scale=0.5, seed=3)
    ladder = [m.on_grid() for m in in_beta(machine, 5)]
    start = sampling.random_start(machine, 60, seed=1)
    run = exchange(ladder, start, 400, seed=2, skip=40)
    exact = np.array([m.log_z() for m in ladder])
    assert run.log_z[0] == pytest.approx(exact[0], abs=1e-9)
    deviations = (run.log_z - exact)[1:] / run.log_z_error[1:]
    assert np.abs(deviations).max() < 3 and run.log_z_error[-1] < 0.05


def test_log_z_along_a_stored_trajectory():
    ages = load("digits-4x4").trajectory
    ladder = [m.on_grid() for m in between_ages(ages, first=len(ages) - 9)]
    start = sampling.random_start(ladder[0], 40, seed=5)
    run = exchange(ladder, start, 300, seed=7, skip=50)
    exact = np.array([m.log_z() for m in ladder])
    assert np.abs((run.log_z - exact)[1:] / run.log_z_error[1:]).max() < 3
    assert (run.acceptance > 0.25).all() and run.round_trips.sum() > 100


def two_valleys():
    """Return machines on the way to one whose chains do not leave their valley."""
    W = np.full((30, 30), 1.0 / 30)
    spin = RBM(W, np.full(30, 0.01), np.zeros(30), SPIN, SPIN)
    return [scale * spin for scale in np.linspace(0, 1.7, 12)]


def test_modes_are_found_again():
    ladder = two_valleys()
    last = ladder[-1].on_grid()
    up, n = np.ones((50, 30)), 50
    total = 2 * np.arange(31) - 30
    # Exact share of the upper valley: the law of the total magnetisation.
    from scipy.special import gammaln, logsumexp

    log_p = (
        gammaln(31)
        - gammaln(np.arange(31) + 1)
        - gammaln(31 - np.arange(31))
        + last.a[0] * total
        + 30 * np.log(2 * np.cosh(last.W[0, 0] * total))
    )
    p = np.exp(log_p - logsumexp(log_p))
    exact = p[total > 0].sum()
    stuck, _ = sampling.gibbs(last, up, 2000, seed=1)
    assert (stuck.mean(1) > 0).mean() > exact + 0.25
    run = exchange(
        ladder, up, 600, seed=3, skip=100, observe=lambda v: (v[-1].mean(1) > 0).mean()
    )
    share = np.array(run.records[100:])
    blocks = share.reshape(10, -1).mean(1)
    assert abs(share.mean() - exact) < 3 * blocks.std(ddof=1) / np.sqrt(10) + 0.01
    assert run.round_trips.sum() > n


def test_round_trips_of_a_free_ladder():
    # Equal machines: each exchange is accepted, and labels walk without turning back.
    machine = RBM.random(6, 4, seed=0)
    run = exchange([machine] * 4, sampling.random_start(machine, 3, 0), 40, seed=0)
    assert (run.acceptance == 1).all()
    # Period 2 × 4 rounds: 4 replicas, each back at the bottom after 8 rounds.
    assert (np.abs(run.round_trips - 4 * 40 // 8) <= 4).all()


def test_chains_are_independent_of_their_number():
    ladder = in_beta(RBM.random(8, 5, scale=1.0, seed=1), 3)
    start = sampling.random_start(ladder[0], 6, seed=2)
    run = exchange(ladder, start, 10, seed=4)
    again = exchange(ladder, start, 10, seed=4)
    assert (run.v == again.v).all() and (run.log_z == again.log_z).all()


@pytest.mark.parametrize(
    ("machines", "v", "rounds", "message"),
    [
        ([RBM.random(3, 2, seed=0)], np.zeros((2, 3)), 2, "at least two"),
        ([RBM([[0.1]], [0], [0], GAUSSIAN)] * 2, np.zeros((2, 1)), 2, "gaussian"),
        (
            [RBM.random(3, 2, seed=0), RBM.random(3, 3, seed=0)],
            np.zeros((2, 3)),
            2,
            "units and sizes",
        ),
        ([RBM.random(3, 2, seed=0)] * 2, np.zeros((3, 2, 3)), 2, "one for each"),
        ([RBM.random(3, 2, seed=0)] * 2, np.zeros((2, 3)), 0, "skip"),
    ],
)
def test_refusals(machines, v, rounds, message):
    with pytest.raises(ValueError, match=message):
        exchange(machines, v, rounds, seed=0)


def test_ladders():
    machine = RBM.random(4, 3, bias_scale=0.5, seed=2)
    ladder = in_beta(machine, 4)
    assert len(ladder) == 5 and not ladder[0].W.any() and ladder[-1] == machine
    ages = between_ages([machine, 2 * machine], 3)
    assert len(ages) == 7 and ages[3] == machine and ages[-1] == 2 * machine
    assert tempering.between(machine, 2 * machine, 2)[0] == 1.5 * machine
