"""Annealing to and from an independent machine: the exact log Z, the exact bits."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp

from annealed import PAIRS, exact_samples, machine, z_scores
from calibration import assert_calibrated, is_calibrated
from rbmlib import randomness
from rbmlib.grid import round_to_grid
from rbmlib.likelihood import (
    Estimate,
    ais,
    independent_machine,
    path,
    reverse_ais,
    trajectory_ais,
)
from rbmlib.likelihood.annealing import draw_independent, independent_log_z
from rbmlib.randomness import HIDDEN, SWEEPS, VISIBLE
from rbmlib.rbm import RBM
from rbmlib.sampling import gibbs
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Gaussian
from rbmlib.units.logistic import is_on


def test_ais_agrees_with_exact_log_z_on_twenty_machines():
    def estimate(rbm, seed):
        return ais(rbm, n_chains=800, n_temperatures=60, seed=seed)

    assert_calibrated(z_scores(estimate))


def test_ais_from_the_mean_of_data_agrees_with_exact_log_z():
    def estimate(rbm, seed):
        data = exact_samples(rbm, 50, seed)
        return ais(rbm, n_chains=800, n_temperatures=60, seed=seed, data=data)

    assert_calibrated(z_scores(estimate))


def test_reverse_ais_agrees_with_exact_log_z_on_twenty_machines():
    def estimate(rbm, seed):
        v = exact_samples(rbm, 800, seed)
        return reverse_ais(rbm, v, n_temperatures=60, seed=seed)

    assert_calibrated(z_scores(estimate, sign=-1))


def reference_weights(rbm, start, betas, v, seed, weigh_first=True):
    """Log-weights along the straight line, plainly; the wrong order on request."""
    grid = round_to_grid(rbm.W, rbm.a, rbm.b)
    a0, b0 = np.float32(start.a), np.float32(start.b)
    chains, log_w = np.arange(len(v)), np.zeros(len(v))

    def field(s, W, bias, bias0, beta):
        return np.float32(beta) * (s @ W + bias) + np.float32(1 - beta) * bias0

    def draw(x, unit, stream, sweep):
        low, high = np.float32(unit.states)
        words = randomness.draws(seed, stream, sweep, chains, x.shape[1])
        return np.where(is_on(x, words, gain=high - low), high, low)

    def increment(v, old, new):
        def minus_f(beta):
            return -((1 - beta) * start + beta * rbm.on_grid()).free_energy(v)

        return minus_f(new) - minus_f(old)

    v = v.astype(np.float32)
    for k, (old, new) in zip(SWEEPS["annealing"], pairwise(betas), strict=False):
        if weigh_first:
            log_w += increment(v, old, new)
        h = draw(field(v, grid.W, grid.b, b0, new), rbm.hidden, HIDDEN, k)
        v = draw(field(h, grid.W.T, grid.a, a0, new), rbm.visible, VISIBLE, k)
        if not weigh_first:
            log_w += increment(v, old, new)
    return log_w


def reference_ais(rbm, n_chains, n_temperatures, seed, start=None, weigh_first=True):
    start = (start or independent_machine(rbm.on_grid())).on_grid()
    v = draw_independent(start, n_chains, seed)
    betas = np.arange(n_temperatures + 1) / n_temperatures
    log_w = reference_weights(rbm, start, betas, v, seed, weigh_first)
    return Estimate.from_weights(log_w, independent_log_z(start))


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("kind", ["default", "data", "reference"])
def test_the_fast_path_is_the_definition(pair, kind):
    rbm = machine(40, 33, 1, *pair, scale=0.6)
    data = gibbs(rbm, np.ones((20, 40)), 5, seed=9)[0]
    start = {
        "default": independent_machine(rbm.on_grid()),
        "data": independent_machine(rbm.on_grid(), data),
        "reference": RBM(0 * rbm.W, -rbm.a, -rbm.b, *pair),
    }[kind]
    options = {"data": data} if kind == "data" else {}
    if kind == "reference":
        options = {"reference": start}
    expected = reference_ais(rbm, 300, 32, 4, start).log_weights
    result = ais(rbm, n_chains=300, n_temperatures=32, seed=4, **options)
    # One other decision moves a weight by about field/32; rounding: float32's 2^-24 of
    # a Γ of size 10, times 33 units and 32 steps, at random.
    np.testing.assert_allclose(result.log_weights, expected, rtol=0, atol=1e-4)


def test_weights_taken_after_the_transition_are_caught():
    """The classic mistake passes neither the reference nor the exact log Z."""

    def wrong(rbm, seed):
        return reference_ais(rbm, 800, 20, seed, weigh_first=False)

    def right(rbm, seed):
        return reference_ais(rbm, 800, 20, seed)

    assert is_calibrated(z_scores(right, range(4)))
    assert not is_calibrated(z_scores(wrong, range(4)))


@pytest.mark.parametrize("pair", PAIRS)
def test_the_mean_weight_is_unbiased_at_any_number_of_temperatures(pair):
    rbm = machine(6, 4, 3, *pair, scale=0.5)
    for n_temperatures in (1, 2, 5):
        result = ais(rbm, n_chains=20_000, n_temperatures=n_temperatures, seed=0)
        assert result.ess > 500
        w = np.exp(result.log_weights - result.log_weights.max())
        log_start = result.log_z - (logsumexp(result.log_weights) - np.log(len(w)))
        expected = np.exp(rbm.log_z() - log_start - result.log_weights.max())
        assert abs(w.mean() - expected) < 4 * stats.sem(w)


def test_few_chains_bracket_log_z():
    """Log of a mean of few weights: low going forwards, high going backwards."""
    rbm, n = machine(12, 8, 5), 5
    exact = rbm.log_z()
    forward = ais(rbm, n_chains=4000, n_temperatures=4, seed=0)
    v = exact_samples(rbm, 4000, 0)
    backward = reverse_ais(rbm, v, n_temperatures=4, seed=0)
    for result, sign in ((forward, 1), (backward, -1)):
        w = result.log_weights.reshape(-1, n)
        start = independent_log_z(independent_machine(rbm.on_grid()))
        groups = start + sign * (logsumexp(w, axis=1) - np.log(n))
        # Far beyond chance, on the predicted side of the exact value.
        assert sign * (exact - groups.mean()) > 6 * stats.sem(groups)


def test_more_temperatures_use_the_chains_better():
    rbm = machine(14, 8, 2)
    ess = [ais(rbm, n_chains=500, n_temperatures=k, seed=0).ess for k in (3, 30, 300)]
    assert ess[0] < ess[1] < ess[2] and ess[2] > 450


@pytest.mark.parametrize("unit", [BINARY, SPIN])
@pytest.mark.parametrize("b", [0.0, 1e-3, -0.5, 3.0, -20.0, 59.0, -70.0, 300.0])
def test_the_change_of_gamma_is_exact_for_fields_of_any_size(unit, b):
    """Without weights every chain has the weight Γ(b) - Γ(0), in any steps."""
    rbm = RBM([[0.0], [0.0]], [0.2, -0.4], [b], hidden=unit)
    # A few roundings in float32, of a sum that telescopes over the steps; the
    # exponential and the series of the logarithm are good to 1e-7 each.
    change = unit.log_partition(b) - unit.log_partition(0.0)
    tolerance = 2e-7 + 2.0**-22 * abs(change)
    for n_temperatures in (1, 7, 1000):
        result = ais(rbm, n_chains=2, n_temperatures=n_temperatures, seed=0)
        assert abs(result.log_z - rbm.on_grid().log_z()) < tolerance
        assert result.error < 1e-12 and result.ess == pytest.approx(2)


def test_strong_machines_do_not_overflow():
    rbm = RBM(np.full((4, 2), 300.0), np.full(4, -100.0), np.full(2, -500.0))
    result = ais(rbm, n_chains=50, n_temperatures=5, seed=0)
    assert np.isfinite(result.log_weights).all() and 1 <= result.ess <= 50


def test_a_chain_depends_neither_on_its_neighbours_nor_on_the_batch(monkeypatch):
    rbm = machine(30, 20, 0, scale=0.5)
    runs = {
        "ais": lambda n: ais(rbm, n_chains=n, n_temperatures=10, seed=7),
        "trajectory": lambda n: trajectory_ais([rbm * 0.5, rbm], n_chains=n, seed=7),
    }
    for run in runs.values():
        full = run(600).log_weights
        assert np.array_equal(run(10).log_weights, full[..., :10])
        monkeypatch.setattr(path, "_BLOCK", 7)
        monkeypatch.setattr("rbmlib.sampling.sampler._BLOCK", 7)
        assert np.array_equal(run(600).log_weights, full)
        monkeypatch.undo()


def test_the_seed_decides():
    rbm = machine(10, 5, 0)
    first, again, other = (
        ais(rbm, n_chains=50, n_temperatures=10, seed=seed) for seed in (1, 1, 2)
    )
    assert np.array_equal(first.log_weights, again.log_weights)
    assert not np.any(first.log_weights == other.log_weights)


@pytest.mark.parametrize(
    "visible, hidden",
    [(BINARY, GAUSSIAN), (Gaussian(0.5), SPIN), (GAUSSIAN, Gaussian(0.5))],
)
def test_gaussian_units_anneal_in_double_precision(visible, hidden):
    rbm = machine(8, 5, 1, visible, hidden, scale=0.2)
    result = ais(rbm, n_chains=1000, n_temperatures=40, seed=0)
    assert result.ess > 500
    assert abs(result.log_z - rbm.log_z()) < 4 * result.error
    v = gibbs(rbm, np.ones((1000, 8)), 100, seed=3)[0]
    back = reverse_ais(rbm, v, n_temperatures=40, seed=0)
    assert back.ess > 500 and abs(back.log_z - rbm.log_z()) < 4 * back.error
