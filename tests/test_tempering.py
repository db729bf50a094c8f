"""Replica exchange: stationarity, robust decisions, log Z, and modes found again."""

import re
from importlib import import_module

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln, logsumexp

from calibration import assert_calibrated
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
    error = np.sqrt(p * (1 - p) / n)
    return np.abs((found - p) / error)[n * p > 20].max()  # the others are not normal


def start_from_law(machines, n_chains, seed):
    rng = np.random.default_rng(seed)
    laws = [enumeration.visible_probabilities(m) for m in machines]
    return np.stack([v[rng.choice(len(v), n_chains, p=p)] for v, p in laws])


@pytest.fixture(scope="module")
def small_ladder():
    machine = RBM.random(4, 3, scale=2.0, bias_scale=0.5, seed=6)
    return [m.on_grid() for m in in_beta(machine, 3)]


def worst_deviation(machines, n=10_000):
    """Return the largest of up to 64 deviations after six rounds, and the run."""
    start = start_from_law(machines, n, 0)
    run = exchange(machines, start, 6, seed=1, skip=4)
    laws = [enumeration.visible_probabilities(m)[1] for m in machines]
    return max(chi(law(v), p, n) for v, p in zip(run.v, laws, strict=True)), run


def test_exchange_keeps_every_law(small_ladder):
    worst, run = worst_deviation(small_ladder)
    assert worst < 4.5
    assert (run.acceptance > 0.1).all() and (run.acceptance < 0.95).all()


def test_a_wrong_acceptance_would_be_noticed(small_ladder, monkeypatch):
    # Half the exponent: no detailed balance.
    right = swaps.accepted
    monkeypatch.setattr(swaps, "accepted", lambda delta, word: right(delta / 2, word))
    assert worst_deviation(small_ladder)[0] > 8


def test_log_z_and_its_error(monkeypatch):
    """200 runs of ten chains: chains do not meet, so they run side by side."""
    module = import_module("rbmlib.tempering.exchange")
    machine = RBM.random(8, 5, scale=1.5, bias_scale=0.5, seed=3)
    ladder = [m.on_grid() for m in in_beta(machine, 2)]
    works, right = [], module._ladder
    monkeypatch.setattr(
        module, "_ladder", lambda *both: works.append(both) or right(*both)
    )
    run = exchange(ladder, start_from_law(ladder, 2000, 0), 40, seed=0)
    exact = np.array([m.log_z() for m in ladder])
    assert run.log_z[0] == pytest.approx(exact[0], abs=1e-9) and not run.log_z_error[0]
    assert np.abs(run.log_z - exact).max() < 4 * run.log_z_error[-1] < 0.05
    z = []
    for few in np.arange(2000).reshape(200, 10):
        log_z, error = right(*(w[..., few] for w in works[0]))
        z.append((log_z + exact[0] - exact)[1:] / error[1:])
    for of_machine in np.transpose(z):  # a jackknife over ten chains
        assert_calibrated(of_machine, stats.t(9))


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
        ladder, up, 400, seed=3, skip=390, observe=lambda v: (v[-1].mean(1) > 0).mean()
    )
    share = np.array(run.records[100:])
    blocks = share.reshape(10, -1).mean(1)
    assert abs(share.mean() - exact) < 4 * blocks.std(ddof=1) / np.sqrt(10) + 0.01
    assert run.round_trips.sum() > n


def round_trips(n_machines, n_rounds):
    """Count, by hand, the replicas that were at the bottom, the top, the bottom."""
    replicas, seen = list(range(n_machines)), [""] * n_machines
    for round_ in range(n_rounds):
        for t in range(round_ % 2, n_machines - 1, 2):
            replicas[t], replicas[t + 1] = replicas[t + 1], replicas[t]
        seen[replicas[0]] += "b"
        seen[replicas[-1]] += "t"
    return sum(len(re.findall("(?=bt+b)", visits)) for visits in seen)


@pytest.mark.parametrize("n_machines", [2, 3, 4])
def test_round_trips_of_a_free_ladder(n_machines):
    # Equal machines: each exchange is accepted, and labels walk without turning back.
    machine = RBM.random(6, 4, seed=0)
    start, trips = sampling.random_start(machine, 3, 0), []
    for n_rounds in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 40):
        run = exchange([machine] * n_machines, start, n_rounds, seed=0)
        assert (run.acceptance[: n_rounds - 1] == 1).all()
        trips.append(round_trips(n_machines, n_rounds))
        assert (run.round_trips == trips[-1]).all()
    # Period 2n rounds: n replicas, each back at the bottom once in it.
    assert trips[0] == 0 and abs(trips[-1] - 40 / 2) <= n_machines


def test_ladders_do_not_depend_on_how_many_there_are():
    ladder = in_beta(RBM.random(8, 5, scale=1.0, seed=1), 3)
    start = sampling.random_start(ladder[0], 5, seed=2)
    few, many = (
        exchange(ladder, start[:n], 20, n_sweeps=2, seed=4, observe=np.copy)
        for n in (3, 5)
    )
    for one, other in zip(few.records, many.records, strict=True):
        assert np.array_equal(one, other[:, :3])
    assert np.array_equal(few.v, many.v[:, :3])
    assert np.array_equal(few.round_trips, many.round_trips[:3])
    assert 0 < many.acceptance.min() and many.acceptance.max() < 1
    again = exchange(ladder, start, 20, n_sweeps=2, seed=4)
    assert (again.v == many.v).all() and (again.log_z == many.log_z).all()
    # Machines draw apart: equal chains at two machines of one law do not stay equal.
    twins = exchange(ladder[:1] * 2, start, 1, seed=4).v
    assert not np.array_equal(twins[0], twins[1])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_sweeps": 0}, ValueError, "n_sweeps must be at least 1, got 0"),
        ({"n_sweeps": -1}, ValueError, "n_sweeps must be at least 1, got -1"),
        ({"n_sweeps": 1.5}, TypeError, "n_sweeps must be an integer, got float"),
        ({"n_rounds": 2.0}, TypeError, "n_rounds must be an integer, got float"),
        ({"n_rounds": 0}, ValueError, "n_rounds must be at least 1, got 0"),
        ({"skip": 2}, ValueError, r"skip must be in \[0, n_rounds = 2\), got 2"),
        ({"skip": -1}, ValueError, r"skip must be in \[0, n_rounds = 2\), got -1"),
    ],
)
def test_runs_without_a_round_or_a_sweep_are_refused(options, error, message):
    machines = [RBM.random(3, 2, seed=0)] * 2
    with pytest.raises(error, match=message):
        exchange(machines, np.zeros((2, 3)), **{"n_rounds": 2, "seed": 0} | options)


@pytest.mark.parametrize(
    ("machines", "v", "message"),
    [
        ([RBM.random(3, 2, seed=0)], np.zeros((2, 3)), "machines must hold at least 2"),
        ([RBM([[0.1]], [0], [0], GAUSSIAN)] * 2, np.zeros((2, 1)), "gaussian"),
        (
            [RBM.random(3, 2, seed=0), RBM.random(3, 3, seed=0)],
            np.zeros((2, 3)),
            "units and sizes",
        ),
        ([RBM.random(3, 2, seed=0)] * 2, np.zeros((3, 2, 3)), "with 2 machines, got"),
    ],
)
def test_refusals(machines, v, message):
    with pytest.raises(ValueError, match=message):
        exchange(machines, v, 2, seed=0)


def test_ladders():
    machine = RBM.random(4, 3, bias_scale=0.5, seed=2)
    ladder = in_beta(machine, 4)
    assert len(ladder) == 5 and not ladder[0].W.any() and ladder[-1] == machine
    ages = between_ages([machine, 2 * machine], 3)
    assert len(ages) == 7 and ages[3] == machine and ages[-1] == 2 * machine
    assert tempering.between(machine, 2 * machine, 2)[0] == 1.5 * machine
