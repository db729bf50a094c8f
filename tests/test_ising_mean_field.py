"""Mean field against exact sums, its own free energy, and the orders it promises."""

import numpy as np
import pytest

from rbmlib.ising import curie_weiss
from rbmlib.ising.mean_field import free_energy, naive, tap
from rbmlib.ising.pair_couplings import exact_marginals, hopfield_couplings

ORDERS = {1: naive, 2: tap}
FERROMAGNET = 1.25 * (np.ones((6, 6)) - np.eye(6)) / 5
ANTIFERROMAGNET = [[0.0, -3.0], [-3.0, 0.0]]


def random_model(seed, n=12, g=1.0):
    """Return couplings of variance g²/n and fields of order 0.3."""
    rng = np.random.default_rng(seed)
    J = np.triu(rng.normal(size=(n, n)), 1) * g / np.sqrt(n)
    return J + J.T, 0.3 * rng.normal(size=n)


def errors(J, a, method):
    """Return the error of the means (r.m.s.) and of log Z."""
    truth, found = exact_marginals(J, a), method(J, a, np.zeros(len(J)))
    assert found.converged.all()
    error_m = np.sqrt(np.mean((found.m[0] - truth.m) ** 2))
    return error_m, abs(found.free_energy[0] + truth.log_z)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("seed", range(5))
def test_one_step_follows_the_gradient_of_the_free_energy(order, seed):
    # ∂F/∂m_i = artanh m_i - (what the step takes the tanh of): fixes every sign.
    J, a = random_model(seed)
    m = np.random.default_rng(seed).uniform(-0.9, 0.9, 12)
    step = ORDERS[order](J, a, m, max_iterations=1).m[0]
    h = 1e-5 * np.eye(12)
    f = [free_energy(J, a, m + sign * h, order) for sign in (1, -1)]
    gradient = (f[0] - f[1]) / 2e-5
    np.testing.assert_allclose(gradient, np.arctanh(m) - np.arctanh(step), atol=1e-6)


@pytest.mark.parametrize("order", [1, 2])
def test_a_fixed_point_is_stationary(order):
    J, a = random_model(1, g=0.3)
    found = ORDERS[order](J, a, np.zeros(12))
    h = 1e-4 * np.eye(12)
    up, down = (free_energy(J, a, found.m + s * h, order) for s in (1, -1))
    # F is flat to first order; its third derivative times h² is far below.
    np.testing.assert_allclose((up - down) / 2e-4, 0.0, atol=1e-6)
    assert np.all(up > found.free_energy) and np.all(down > found.free_energy)


@pytest.mark.parametrize("seed", range(20))
def test_tap_beats_naive_mean_field_at_weak_coupling(seed):
    J, a = random_model(seed, g=0.2)
    (naive_m, naive_f), (tap_m, tap_f) = (errors(J, a, f) for f in (naive, tap))
    # One order in g more: on average a factor 13 in m and 51 in log Z.
    assert tap_m < naive_m / 3 and tap_f < naive_f / 5
    assert naive_f > 0.03 and tap_f < 0.01


@pytest.mark.parametrize("method, order", [(naive, 2), (tap, 3)])
def test_errors_have_the_order_of_the_first_term_left_out(method, order):
    models = [random_model(seed, n=8) for seed in range(30)]
    strong, weak = (
        np.mean([errors(g * J, a, method) for J, a in models], axis=0)
        for g in (0.02, 0.01)
    )
    # The next order changes the ratio 2^order by a factor 1 + O(g).
    np.testing.assert_allclose(np.log2(strong / weak), order, atol=0.1)


def test_naive_free_energy_is_a_bound():
    for seed in range(20):
        J, a = random_model(seed, n=8)
        m = np.random.default_rng(seed).uniform(-1, 1, (50, 8))
        assert np.all(-free_energy(J, a, m, 1) < exact_marginals(J, a).log_z)


def test_a_fully_connected_magnet_has_the_curie_weiss_solution():
    found = naive(FERROMAGNET, 0.0, np.full(6, 0.3))
    np.testing.assert_allclose(found.m, curie_weiss.magnetization(0.8), atol=1e-9)


@pytest.mark.parametrize("order", [1, 2])
def test_many_starts_are_as_many_single_ones(order):
    J, a = random_model(3, g=0.5)
    starts = np.random.default_rng(3).uniform(-1, 1, (7, 12))
    together = ORDERS[order](J, a, starts, damping=0.3)
    for k, start in enumerate(starts):
        alone = ORDERS[order](J, a, start, damping=0.3)
        np.testing.assert_allclose(alone.m[0], together.m[k], atol=1e-9)
        assert abs(alone.n_iterations[0] - together.n_iterations[k]) <= 1


def test_a_start_that_does_not_converge_is_reported():
    starts = [[0.5, 0.5], [0.5, -0.5]]
    found = naive(ANTIFERROMAGNET, 0.0, starts, max_iterations=200)
    assert found.converged.tolist() == [False, True]
    assert found.n_iterations[0] == 200 > found.n_iterations[1]
    assert found.residual[0] > 1 and found.residual[1] <= 1e-10
    damped = naive(ANTIFERROMAGNET, 0.0, starts, damping=0.7)
    assert damped.converged.all()
    np.testing.assert_allclose(damped.m[1], found.m[1], atol=1e-9)


def test_the_residual_belongs_to_the_returned_means():
    J, a = random_model(5)
    for n in (1, 3, 10_000):
        found = naive(J, a, np.ones(12), damping=0.2, max_iterations=n)
        true = np.abs(found.m - np.tanh(found.m @ J + a)).max()
        assert found.residual[0] == pytest.approx(true, abs=1e-14)
        assert found.converged[0] == (true <= 1e-10)


def test_naive_mean_field_recalls_hopfield_patterns():
    rng = np.random.default_rng(0)
    patterns = rng.choice([-1, 1], (3, 300))
    J = hopfield_couplings(patterns, T=0.3)
    noisy = patterns * np.where(rng.random(patterns.shape) < 0.2, -1, 1)
    found = naive(J, 0.0, noisy)
    overlaps = found.m @ patterns.T / 300
    # One pattern alone has m = tanh(m / T); the two others tilt it by O(1/√300).
    single = curie_weiss.magnetization(0.3)
    assert found.converged.all()
    np.testing.assert_allclose(overlaps.diagonal(), single, atol=4 / np.sqrt(300))
    assert np.all(np.abs(overlaps - np.diag(overlaps.diagonal())) < 0.5)
    assert np.all(found.free_energy < free_energy(J, 0.0, np.zeros(300), 1))


@pytest.mark.parametrize(
    "J, a, m0, message",
    [
        ([[0.0, 1.0]], 0.0, [0.0], r"J must have shape \(N, N\), got \(1, 2\)"),
        (
            [[0.0, 1.0], [0.5, 0.0]],
            0.0,
            [0, 0],
            r"symmetric, got 1 at \(0, 1\) and 0.5 at",
        ),
        ([[1.0, 0.5], [0.5, 0.0]], 0.0, [0, 0], "zero diagonal"),
        ([[0.0, np.nan], [np.nan, 0.0]], 0.0, [0, 0], "finite"),
        (FERROMAGNET, [0.0, 1.0], np.zeros(6), r"shape \(6,\) or \(\), got \(2,\)"),
        (FERROMAGNET, 0.0, np.zeros(5), r"shape \(..., 6\), got \(5,\)"),
        (FERROMAGNET, 0.0, np.full(6, 1.5), r"m0 must .* in \[-1, 1\], got 1.5"),
        (FERROMAGNET, 0.0, np.full(6, np.nan), "m0 must hold finite .* got nan"),
        (FERROMAGNET, 0.0, np.zeros((0, 6)), r"\(n_starts, 6\)"),
    ],
)
@pytest.mark.parametrize("method", [naive, tap])
def test_bad_input_is_refused(method, J, a, m0, message):
    with pytest.raises(ValueError, match=message):
        method(J, a, m0)


@pytest.mark.parametrize(
    "setting",
    [{"damping": 1.0}, {"damping": -0.1}, {"tolerance": 0}, {"max_iterations": 0}],
)
def test_bad_settings_are_refused(setting):
    with pytest.raises(ValueError, match=f"{next(iter(setting))} must be"):
        naive(FERROMAGNET, 0.0, np.zeros(6), **setting)


def test_a_third_order_is_refused():
    with pytest.raises(ValueError, match="order must be 1"):
        free_energy(FERROMAGNET, 0.0, np.zeros(6), order=3)
