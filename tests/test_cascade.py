"""The solved transition: counts against enumeration, chains, and their limits."""

import numpy as np
import pytest

from rbmlib import cascade, enumeration, linear_regime, mixing_time, sampling, training
from rbmlib.ising import curie_weiss
from rbmlib.rbm import RBM
from rbmlib.units import SPIN

PATTERN = np.array([1, -1, -1, 1, 1, -1])


@pytest.mark.parametrize("n_hidden", [1, 4])
@pytest.mark.parametrize(("w", "field"), [(0.8, 0.0), (1.5, 0.2)])
def test_counts_are_what_enumeration_gives(n_hidden, w, field):
    rbm = cascade.machine(PATTERN, w, field, n_hidden)
    states, p = enumeration.visible_probabilities(rbm)
    up = np.rint((states @ PATTERN + 6) / 2).astype(int)
    np.testing.assert_allclose(
        np.bincount(up, p, 7), cascade.law(6, w, field, n_hidden), rtol=1e-12
    )
    assert np.isclose(
        mixing_time.exact_relaxation_time(rbm),
        cascade.relaxation_time(6, w, field, n_hidden),
        rtol=1e-6,
    )


def test_a_gaussian_unit_makes_a_curie_weiss_magnet():
    for N, beta, h in ((50, 0.7, 0.0), (200, 1.3, 0.01)):
        exact = curie_weiss.exact(N, 1 / beta, h / beta)
        found = cascade.moments(N, beta**0.5, h)
        assert np.isclose(found.overlap, exact.magnetization, atol=1e-12)
        assert np.isclose(found.abs_overlap, exact.abs_magnetization, rtol=1e-10)
        assert np.isclose(found.susceptibility * beta, exact.susceptibility, rtol=1e-9)


def test_the_gaussian_unit_is_the_limit_of_many_spins():
    goal = cascade.law(40, 1.1)
    gaps = [
        np.abs(cascade.law(40, 1.1, n_hidden=n) - goal).sum()
        for n in (1000, 10000, 100000)
    ]
    # The first correction, -x⁴/12 of each of N_h units, falls as 1/N_h.
    np.testing.assert_allclose(np.divide(gaps[:-1], gaps[1:]), 10, rtol=0.05)


@pytest.mark.parametrize("n_hidden", [None, 1, 30])
def test_the_gradient_is_that_of_the_likelihood(n_hidden):
    data, w, a, e = cascade.law(60, 1.2, 0.02), 0.7, 0.05, 1e-5

    def likelihood(w, a):
        return data @ np.log(cascade.law(60, w, a, n_hidden))

    by_w = (likelihood(w + e, a) - likelihood(w - e, a)) / (2 * e)
    by_a = (likelihood(w, a + e) - likelihood(w, a - e)) / (2 * e) / 60
    found = cascade.gradient(data, w, a, n_hidden)
    np.testing.assert_allclose(found, (by_w, by_a), rtol=1e-6)


def test_the_gradient_is_that_of_the_whole_matrix():
    rbm = cascade.machine(PATTERN, 0.9, 0.1, n_hidden=3)
    data = cascade.law(6, 1.3)
    states = enumeration.all_states(SPIN, 6)
    up = np.rint((states @ PATTERN + 6) / 2).astype(int)
    weights = data[up] / np.bincount(up, minlength=7)[up]
    _, p = enumeration.visible_probabilities(rbm)
    dW = (states * (weights - p)[:, None]).T @ rbm.mean_h(states)
    u, v = PATTERN / np.sqrt(6), np.full(3, 1 / np.sqrt(3))
    rate, bias = cascade.gradient(data, 0.9, 0.1, 3)
    np.testing.assert_allclose(dW, rate * np.outer(u, v), atol=1e-12)
    np.testing.assert_allclose((weights - p) @ states, bias * PATTERN, atol=1e-12)


def test_below_the_transition_the_flow_is_the_closed_form_of_the_linear_regime():
    beta, w0, times = 0.6, 0.1, np.linspace(0, 4, 9)
    goal = linear_regime.mode_weight(times, w0, 1 / (1 - beta))
    gaps = []
    for N in (500, 1000):
        path = cascade.flow(cascade.law(N, beta**0.5), w0, times)
        gaps.append(np.abs(path.w - goal).max())
    assert gaps[1] < 0.01
    assert 1.7 < gaps[0] / gaps[1] < 2.3  # corrections of order 1/N


def test_above_it_the_flow_tends_to_its_limit():
    beta, w0 = 1.5, 0.1
    theta = np.linspace(0, 12, 25)
    goal = cascade.limit_flow(theta, w0, beta)
    gaps = []
    for N in (200, 800, 3200):
        path = cascade.flow(cascade.law(N, beta**0.5), w0, theta / N)
        gaps.append(np.abs(path.w**2 - goal).max())
    assert gaps[0] > 1.5 * gaps[1] > 2 * gaps[2]
    assert gaps[2] < 0.02
    crossing = cascade.crossing_time(w0, beta)
    assert np.isclose(cascade.limit_flow([0, crossing], w0, beta)[-1], 1)


def test_critical_amplitudes_are_the_limits_of_finite_machines():
    for ratio in (None, 1.0):
        for z in (-2.0, 0.0, 1.0):
            goal = (
                *cascade.scaling_functions(z, ratio),
                cascade.critical_time(z, ratio),
            )
            found = []
            for N in (100, 400):
                w, n = (1 + z / N**0.5) ** 0.5, N if ratio else None
                m = cascade.moments(N, w, n_hidden=n)
                tau = cascade.relaxation_time(N, w, n_hidden=n)
                found.append((m.abs_overlap * N**0.25, m.square * N**0.5, tau / N**0.5))
            # Corrections of order 1/√N: half from one size to the next but one.
            extrapolated = 2 * np.array(found[1]) - found[0]
            np.testing.assert_allclose(extrapolated, goal, rtol=0.04)


def test_curves_collapse_with_mean_field_exponents_and_with_no_others():
    sizes = np.array([1000, 3000, 9000])
    x = np.linspace(-3, 3, 61) / np.sqrt(sizes)[:, None]  # 1 - 1/w²
    curves = np.array(
        [
            [cascade.moments(N, (1 - d) ** -0.5).abs_overlap for d in row]
            for N, row in zip(sizes.tolist(), x, strict=True)
        ]
    )
    right = cascade.collapse_spread(sizes, x, curves, 1 / 2, 1 / 4)
    assert right < 0.025
    for wrong in ((1 / 2, 1 / 8), (1, 1 / 4), (1 / 3, 1 / 4)):
        assert cascade.collapse_spread(sizes, x, curves, *wrong) > 8 * right


@pytest.mark.parametrize("w", [0.8, 1.0, 1.1])
@pytest.mark.parametrize("N", [50, 100, 200])
def test_chains_of_the_full_machine_have_the_exact_moments(N, w):
    pattern = np.where(np.arange(N) % 3, 1.0, -1.0)
    v = cascade.draw(cascade.law(N, w), pattern, 4000, seed=N)
    v, _ = sampling.gibbs(cascade.machine(pattern, w), v, 20, seed=N + 1)
    m, exact = v @ pattern / N, cascade.moments(N, w)
    for values, goal in ((np.abs(m), exact.abs_overlap), (m**2, exact.square)):
        assert abs(values.mean() - goal) < 4 * values.std() / len(m) ** 0.5


def test_the_measured_relaxation_time_is_the_exact_one():
    pattern = np.ones(100)
    found = mixing_time.measure(cascade.machine(pattern, 1.0), n_chains=60, seed=3)
    exact = cascade.relaxation_time(100, 1.0)
    assert abs(found.tau_exp - exact) < 4 * found.tau_exp_error


def test_pcd_with_many_sweeps_follows_the_exact_updates():
    N, n_updates = 30, 240
    pattern = np.where(np.arange(N) % 3, 1.0, -1.0)
    data = cascade.draw(cascade.law(N, 1.3**0.5), pattern, 10000, seed=1)
    data = np.vstack([data, -data])
    up = np.rint((data @ pattern + N) / 2).astype(int)
    empirical = np.bincount(up, minlength=N + 1) / len(data)
    rate = 0.02 / (N * cascade.moments_of(empirical).square)
    ages, w = np.arange(0, n_updates + 1, 20), [0.1]
    for _ in range(n_updates):
        w.append(w[-1] + rate * cascade.gradient(empirical, w[-1])[0])
    found = []
    for seed in range(4):
        run = training.train(
            cascade.machine(pattern, 0.1),
            data,
            k=10,
            n_updates=n_updates,
            batch_size=2000,
            n_chains=200,
            learning_rate=rate,
            seed=seed,
            centred=False,
            checkpoints=ages.tolist(),
            progress=False,
        )
        found.append([pattern @ m.W[:, 0] / np.sqrt(N) for m in run])
    error = np.std(found, axis=0, ddof=1) / 2
    gap = np.mean(found, axis=0) - np.array(w)[ages]
    # Four runs: their error is a guess, so that gaps follow Student's t.  Weights are
    # stored on a grid of 2^-20, and a lag of the chains costs less than 0.002.
    assert np.all(np.abs(gap[1:]) < 6 * error[1:] + 0.002)


def test_draws_have_the_law_and_no_other_structure():
    p = cascade.law(20, 1.2, 0.05)
    pattern = np.where(np.arange(20) % 2, 1.0, -1.0)
    s = cascade.draw(p, pattern, 20000, seed=4)
    up = np.rint((s @ pattern + 20) / 2).astype(int)
    counts = np.bincount(up, minlength=21)
    likely = p * len(s) > 5
    chi2 = ((counts - p * len(s)) ** 2 / (p * len(s)))[likely].sum()
    assert chi2 < 2.5 * likely.sum()
    each = (s * pattern).mean(0)
    assert np.abs(each - each.mean()).max() < 5 / np.sqrt(len(s))


TABLE = {
    -4.0: (1.719, 1.803, 1.856, 1.887),
    -5.0: (3.093, 3.558, 3.958, 4.264),
    None: (5.584, 7.748, 10.808, 15.135),
    -8.0: (34.2, 178.7, 3961, 1.96e6),
    4.0: (0.1975, 0.1958, 0.1950, 0.1946),
}


@pytest.mark.parametrize("c", TABLE)
def test_times_with_equal_weights(c):
    weight = cascade.negative_threshold() if c is None else c
    found = [
        cascade.binary_relaxation_time(n, n, weight / n) for n in (50, 100, 200, 400)
    ]
    np.testing.assert_allclose(found, TABLE[c], rtol=2e-3 if c == -8 else 4e-4)


def test_the_threshold_is_where_the_map_of_means_loses_stability():
    c = cascade.negative_threshold()
    assert np.isclose(c, -5.869586, atol=1e-6)
    m, _ = cascade.layer_means(c)
    assert np.isclose(-c * m * (1 - m), 1)
    high, low = cascade.layer_means(c - 0.01)
    assert high > low
    assert len(set(cascade.layer_means(c + 0.01))) == 1


def test_times_of_counts_are_those_of_enumeration():
    rbm = RBM(np.full((6, 5), -1.2), np.full(6, 0.3), np.full(5, -0.2))
    assert np.isclose(
        mixing_time.exact_relaxation_time(rbm),
        cascade.binary_relaxation_time(6, 5, -1.2, 0.3, -0.2),
        rtol=1e-6,
    )
    slow = mixing_time.uniform_relaxation_time(30, 30, 1.6)
    assert np.isclose(cascade.relaxation_time(30, 1.6, n_hidden=30), slow, rtol=1e-6)
