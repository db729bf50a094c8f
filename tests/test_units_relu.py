"""Rectified units: the integral over h ≥ 0 at any field, and everything built on it."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from derivatives import assert_gradient_is_the_slope
from rbmlib import effective_couplings, enumeration, likelihood, randomness, sampling
from rbmlib.mean_field import fixed_points, free_energy
from rbmlib.rbm import RBM
from rbmlib.training import initial_machine, train
from rbmlib.units import BINARY, GAUSSIAN, SPIN, ReLU

WIDE = ReLU(1.7)
FIELDS = np.array([-9.0, -4.1, -4.0, -3.9, -2.5, -0.3, 0.0, 0.8, 3.0, 12.0])
N = 4000


def machine(visible=BINARY, n_visible=6, n_hidden=3, scale=0.6, seed=2):
    return RBM.random(
        n_visible,
        n_hidden,
        scale=scale,
        bias_scale=0.5,
        seed=seed,
        visible=visible,
        hidden=WIDE,
    )


def integral(x, power=0):
    """∫ h^power exp(xh - h²/2σ²) over h ≥ 0, and the logarithm of its scale."""
    s2 = WIDE.variance_at_rest
    peak = max(s2 * x, 0.0)
    top = x * peak - peak**2 / (2 * s2)
    end = peak + min(14 * s2**0.5, 60 / abs(x) if x < 0 else np.inf)
    f = lambda h: h**power * np.exp(x * h - h * h / (2 * s2) - top)  # noqa: E731
    return quad(f, 0, end, epsabs=0, epsrel=1e-12, limit=200)[0], top


@pytest.mark.parametrize("x", FIELDS)
def test_moments_are_the_integrals(x):
    (z, top), (first, _), (second, _) = (integral(x, power) for power in range(3))
    assert WIDE.log_partition(x) == pytest.approx(np.log(z) + top, abs=1e-11)
    assert WIDE.mean(x) == pytest.approx(first / z, rel=1e-10)
    # The difference of the integrals cancels two digits at x = -9.
    variance = second / z - (first / z) ** 2
    assert WIDE.variance(x) == pytest.approx(variance, rel=1e-8)


def test_fields_of_ten_thousand_lose_no_digit():
    x = 1e4
    s2, t2 = WIDE.variance_at_rest, WIDE.variance_at_rest * 1e8
    far = np.log(1 - 1 / t2 + 3 / t2**2)  # Laplace's series; the next term is 1e-23
    assert WIDE.log_partition(-x) == pytest.approx(-np.log(x) + far, rel=1e-15)
    assert WIDE.mean(-x) == pytest.approx((1 - 2 / t2) / x, rel=1e-14)
    assert WIDE.variance(-x) == pytest.approx((1 - 6 / t2) / x**2, rel=1e-14)
    upper = s2 * x**2 / 2 + np.log(2 * np.pi * s2) / 2
    assert WIDE.log_partition(x) == pytest.approx(upper, rel=1e-15)
    assert WIDE.mean(x) == s2 * x and WIDE.variance(x) == s2


def test_the_branches_meet():
    x = np.linspace(-3.3, -2.9, 401)  # σx passes -4
    for function in (WIDE.log_partition, WIDE.mean, WIDE.variance):
        y = function(x)
        # Third differences of a smooth function on this grid are of order 1e-9.
        assert np.abs(np.diff(y, 3)).max() < 3e-9


@pytest.mark.parametrize("x", [-1e4, -30.0, -3.2, -3.0, 0.0, 2.0, 40.0])
def test_draws_follow_the_law(x):
    fields, chains = np.full((N, 1), x), np.arange(N)
    h = WIDE.draw(fields, 5, randomness.HIDDEN, 0, chains)[:, 0]
    law = stats.truncnorm(
        -(WIDE.variance_at_rest**0.5) * x,
        np.inf,
        loc=WIDE.variance_at_rest * x,
        scale=WIDE.variance_at_rest**0.5,
    )
    if x < -100:  # scipy's law loses its digits there; the unit is exponential
        law = stats.expon(scale=1 / -x)
    # Kolmogorov–Smirnov: a good draw is refused for one seed in a thousand.
    assert h.min() > 0 and stats.kstest(h, law.cdf).pvalue > 1e-3


def test_a_clipped_gaussian_is_no_rectified_unit():
    clipped = np.maximum(GAUSSIAN.draw(np.zeros((N, 1)), 5, 0, 0, np.arange(N)), 0)
    law = stats.truncnorm(0, np.inf)
    assert stats.kstest(clipped[:, 0], law.cdf).pvalue < 1e-12


def test_chains_do_not_depend_on_each_other():
    rbm, v0 = machine(), np.zeros((7, 6))
    v, h = sampling.gibbs(rbm, v0, 5, seed=1)
    alone = sampling.gibbs(rbm, v0[:1], 5, seed=1, first_chain=4)
    assert np.array_equal(v[4:5], alone[0]) and np.array_equal(h[4:5], alone[1])
    resumed = sampling.gibbs(rbm, sampling.gibbs(rbm, v0, 2, 1)[0], 3, 1, first_sweep=2)
    assert np.array_equal(h, resumed[1])
    reference = sampling.reference_gibbs(rbm, v0, 5, seed=1)
    assert np.array_equal(v, reference[0])


@pytest.mark.parametrize("n_sweeps", [1, 4, 16])
def test_the_law_of_the_machine_stays(n_sweeps):
    rbm = machine(n_visible=4)
    states, p = enumeration.visible_probabilities(rbm)
    start = states[np.random.default_rng(3).choice(len(p), 20_000, p=p)]
    v, h = sampling.gibbs(rbm, start, n_sweeps, seed=4)
    found = np.hstack([v, h, (v[:, :, None] * h[:, None, :]).reshape(len(v), -1)])
    exact = np.concatenate([np.ravel(x) for x in enumeration.moments(rbm)[:2]])
    exact = np.append(exact, enumeration.moments(rbm)[2].ravel())
    z = (found.mean(0) - exact) / (found.std(0) / np.sqrt(len(v)))
    # 19 numbers, each beyond 4 standard errors for one seed in 16 000.
    assert np.abs(z).max() < 4


def test_the_gradient_is_that_of_the_likelihood():
    assert_gradient_is_the_slope(machine(), np.tile(np.eye(6), (3, 1)))


def test_training_finds_two_patterns():
    words = randomness.draws(3, randomness.VISIBLE, 0, np.arange(400), 6)
    halves = (np.arange(400)[:, None] + np.arange(6) // 3) % 2
    data = (halves ^ (words < 2**32 // 10)).astype(float)
    start = initial_machine(data, 2, scale=0.1, seed=1, hidden=ReLU())
    settings = dict(learning_rate=0.05, seed=0, progress=False, n_updates=400)
    run = train(start, data, k=2, batch_size=50, **settings)
    exact = train(start, data, method="exact", **settings)
    # Independent pixels; then two patterns, a pixel of which is wrong with 0.1.
    entropy = np.log(2) - 6 * (0.9 * np.log(0.9) + 0.1 * np.log(0.1))
    independent, sampled, best = (
        likelihood.log_likelihood(m, data) for m in (run[0], run[-1], exact[-1])
    )
    assert independent == pytest.approx(-6 * np.log(2), abs=0.05)
    # Of 40 seeds the lowest is 0.21 below the entropy; without learning it is 1.5.
    assert -entropy - 0.5 < sampled < -entropy + 0.1 and sampled - 0.01 < best


def test_annealing_agrees_with_the_exact_sum():
    for seed in range(5):
        rbm = machine(n_visible=8, seed=seed)
        found = likelihood.ais(rbm, n_chains=300, n_temperatures=100, seed=seed)
        assert abs(found.log_z - rbm.log_z()) < 3.5 * found.error


def test_couplings_rebuild_the_free_energy():
    rbm = machine(SPIN, n_visible=7, scale=0.3)
    J = effective_couplings.all_couplings(rbm)
    states = enumeration.all_states(SPIN, 7)
    products = np.ones((len(states), 1))
    for i in range(7):  # ∏ s_i of every set, in the order of the states
        products = np.hstack([products, products])
        half = products.shape[1] // 2
        products[:, half:] *= states[:, 6 - i : 7 - i]
    np.testing.assert_allclose(products @ J, -rbm.free_energy(states), atol=1e-12)
    pairs = effective_couplings.couplings(rbm, 2, "gaussian")
    exact = effective_couplings.couplings(rbm, 2)
    assert np.abs(pairs - exact).max() < 0.1 * np.abs(exact).max()


def test_mean_field_knows_the_unit():
    x = np.linspace(-6, 6, 25)
    m, step = WIDE.mean(x), 1e-4
    np.testing.assert_allclose(WIDE.field_at(m), x, atol=1e-9)
    np.testing.assert_allclose(WIDE.variance_at(m), WIDE.variance(x), rtol=1e-9)
    np.testing.assert_allclose(
        WIDE.entropy(m), WIDE.log_partition(x) - x * m, atol=1e-9
    )
    h = step * m  # the means span three decades
    slope = (WIDE.variance_at(m + h) - WIDE.variance_at(m - h)) / (2 * h)
    # Rounding of V ≈ 1.7 over a step of 1e-3: 4e-13.
    np.testing.assert_allclose(WIDE.variance_slope(m), slope, rtol=1e-5, atol=1e-12)
    curvature = (WIDE.variance_slope(m + h) - WIDE.variance_slope(m - h)) / (2 * h)
    np.testing.assert_allclose(
        WIDE.variance_curvature(m), curvature, rtol=1e-4, atol=1e-6
    )


def test_tap_improves_on_naive_mean_field():
    errors = []
    for seed in range(6):
        rbm = machine(n_visible=8, scale=0.25, seed=seed)
        for order in (1, 2):
            found = fixed_points(rbm, np.full(8, 0.5), order=order, tol=1e-10)
            assert found.is_mode.all()
            errors.append(abs(-found.free_energy[0] - rbm.log_z()))
            if order == 1:  # Gibbs–Bogoliubov: naive mean field is a lower bound
                assert -free_energy(rbm, found.m_v[0], found.m_h[0], 1) < rbm.log_z()
    naive, tap = np.reshape(errors, (6, 2)).mean(0)
    assert tap < naive / 4


def test_refusals():
    with pytest.raises(ValueError, match="h must hold finite numbers >= 0; got -0.5"):
        machine().energy(np.zeros(6), [0.1, -0.5, 1.0])
    with pytest.raises(ValueError, match="variance_at_rest must be .* got 0"):
        ReLU(0)
    with pytest.raises(ValueError, match=r"order must be one of \(1, 2\) for relu"):
        fixed_points(machine(), np.full(6, 0.5), order=3)
    with pytest.raises(ValueError, match="top singular value below"):
        RBM(np.eye(2), np.zeros(2), np.zeros(2), GAUSSIAN, ReLU())
    with pytest.raises(ValueError, match="gaussian and relu, are continuous"):
        RBM(0.5 * np.eye(2), np.zeros(2), np.zeros(2), GAUSSIAN, ReLU()).log_z()
