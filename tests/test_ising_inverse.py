"""The inverse problem on models whose couplings are known."""

import numpy as np
import pytest
from scipy.optimize import root

from rbmlib.enumeration import all_states
from rbmlib.ising.inverse import naive_mean_field, pseudo_likelihood, tap
from rbmlib.ising.pair_couplings import exact_marginals
from rbmlib.units import SPIN

N = 6
STATES = all_states(SPIN, N)
PAIRS = np.triu_indices(N, 1)
METHODS = [naive_mean_field, tap, pseudo_likelihood]


def model(seed, g):
    """Return couplings of variance g²/N and fields of order 0.3."""
    rng = np.random.default_rng(seed)
    J = np.triu(rng.normal(size=(N, N)), 1) * g / np.sqrt(N)
    return J + J.T, 0.3 * rng.normal(size=N)


def probabilities(J, a):
    logs = ((STATES @ J / 2 + a) * STATES).sum(1)
    return np.exp(logs - exact_marginals(J, a).log_z)


def exact_counts(J, a):
    """Return counts without sampling noise: 10¹² samples, rounded."""
    return np.round(1e12 * probabilities(J, a))


def error(found, J, a):
    """Return the r.m.s. errors of couplings and fields."""
    differences = (found.J - J)[PAIRS], found.a - a
    return [np.sqrt(np.mean(d**2)) for d in differences]


def noiseless_errors(method, g):
    """Return the errors of couplings and fields, averaged over 30 models."""
    models = [model(seed, g) for seed in range(30)]
    found = [error(method(STATES, exact_counts(J, a)), J, a) for J, a in models]
    return np.mean(found, axis=0)


def sampled_errors(method, g, n_samples, n_repeats):
    """Return the r.m.s. error of the couplings over models and samples."""
    squares = []
    for seed in range(n_repeats):
        J, a = model(seed, g)
        rng = np.random.default_rng([seed, n_samples])
        counts = rng.multinomial(n_samples, probabilities(J, a))
        squares.append(error(method(STATES, counts), J, a)[0] ** 2)
    return np.sqrt(np.mean(squares))


@pytest.mark.parametrize("seed", range(10))
def test_pseudo_likelihood_is_exact_without_noise(seed):
    J, a = model(seed, 1.0)
    found = pseudo_likelihood(STATES, exact_counts(J, a))
    # The gradient is below 1e-9, the curvature above 1e-2.
    np.testing.assert_allclose(found.J, J, atol=1e-6)
    np.testing.assert_allclose(found.a, a, atol=1e-6)


@pytest.mark.parametrize("method, order", [(naive_mean_field, 2), (tap, 3)])
def test_mean_field_errors_have_their_order_in_the_coupling(method, order):
    ratio = noiseless_errors(method, 0.05) / noiseless_errors(method, 0.025)
    # The next order changes the ratio 2^order by a factor 1 + O(g).
    np.testing.assert_allclose(np.log2(ratio), order, atol=0.25)


def test_more_theory_is_better_at_weak_coupling():
    naive, second, best = (noiseless_errors(method, 0.1) for method in METHODS)
    assert np.all(naive > 2 * second) and np.all(second > 1000 * best)


@pytest.mark.parametrize("method", METHODS)
def test_errors_shrink_as_the_root_of_the_number_of_samples(method):
    # At this coupling the errors of the theories are below 1e-3.
    few, many = (sampled_errors(method, 0.1, n, 40) for n in (500, 8000))
    # 40 · 15 couplings: each r.m.s. is known to 1/√1200 = 3 %, the ratio to 4 %.
    assert few / many == pytest.approx(4, rel=4 * 0.041 + 0.05)
    # Independent spins have the standard error 1/√n_samples.
    assert few == pytest.approx(500**-0.5, rel=0.25)


def test_mean_field_keeps_an_error_that_pseudo_likelihood_loses():
    naive, best = (
        sampled_errors(method, 1.0, 10**6, 10)
        for method in (naive_mean_field, pseudo_likelihood)
    )
    assert naive > 20 * best


@pytest.mark.parametrize("method", METHODS)
def test_counts_stand_for_repeated_rows(method):
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 20, len(STATES))
    by_counts = method(STATES, counts)
    by_rows = method(rng.permutation(np.repeat(STATES, counts, axis=0)))
    np.testing.assert_allclose(by_counts.J, by_rows.J, atol=1e-7)
    np.testing.assert_allclose(by_counts.a, by_rows.a, atol=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_couplings_are_symmetric_without_a_diagonal(method):
    samples = np.random.default_rng(1).choice([-1, 1], (200, N))
    J = method(samples).J
    assert np.array_equal(J, J.T) and not J.diagonal().any()


def test_a_penalty_shrinks_couplings_and_leaves_the_fields():
    counts = exact_counts(*model(2, 1.0))
    m = counts @ STATES / counts.sum()
    sizes = [
        np.linalg.norm(pseudo_likelihood(STATES, counts, l2).J)
        for l2 in (0.0, 0.1, 1.0, 1e4)
    ]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] < 1e-3
    fields = pseudo_likelihood(STATES, counts, 1e4).a
    np.testing.assert_allclose(fields, np.arctanh(m), atol=1e-3)


@pytest.mark.parametrize("l2", [0.0, 0.2])
def test_pseudo_likelihood_solves_its_moment_equations(l2):
    # ⟨s - tanh x⟩ = 0 and ⟨t (s - tanh x)⟩ = l2 J with x = a + J t, for both spins.
    samples = np.random.default_rng(3).choice([-1.0, 1.0], (300, 2), p=[0.3, 0.7])
    samples[:100, 1] = samples[:100, 0]

    def moments(theta, s, t):
        rest = s - np.tanh(theta[0] + theta[1] * t)
        return np.mean(rest), np.mean(t * rest) - l2 * theta[1]

    s, t = samples.T
    both = [root(moments, [0, 0], pair, tol=1e-12).x for pair in ((s, t), (t, s))]
    (a, J), found = np.transpose(both), pseudo_likelihood(samples, l2=l2)
    assert found.J[0, 1] == pytest.approx(J.mean(), abs=1e-7)
    np.testing.assert_allclose(found.a, a, atol=1e-7)


RANDOM = np.random.default_rng(4).choice([-1, 1], (50, 3))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "samples, counts, message",
    [
        ([1, -1], None, r"shape \(n_samples, n_visible\) .*, got \(2,\)"),
        ((RANDOM + 1) // 2, None, "samples must hold states of spin units.* got 0"),
        (RANDOM * np.nan, None, "samples must hold states of spin units.* got nan"),
        (RANDOM * [1, 1, 0] - [0, 0, 1], None, "spin 2, which is always -1"),
        (RANDOM[:3], None, "more than the 3 spins, got 3"),
        (RANDOM, np.ones(49, int), r"counts must have shape \(50,\), got \(49,\)"),
        (RANDOM, np.full(50, 0.5), "counts must hold whole numbers, got 0.5"),
        (RANDOM, np.full(50, -1), r"counts must hold finite numbers >= 0, got -1"),
    ],
)
def test_bad_samples_are_refused(method, samples, counts, message):
    with pytest.raises(ValueError, match=message):
        method(samples, counts)


def test_a_spin_that_is_the_copy_of_another_is_refused():
    twins = RANDOM[:, [0, 1, 1]]
    for method in (naive_mean_field, tap):
        with pytest.raises(ValueError, match="depend linearly .* more samples"):
            method(twins)
    with pytest.raises(ValueError, match="determine the couplings of spin 0"):
        pseudo_likelihood(twins)
    assert np.isfinite(pseudo_likelihood(twins, l2=0.1).J).all()


def test_a_spin_known_from_the_others_is_refused():
    # Up if both others are: the regression grows without end; C is regular.
    samples = RANDOM.copy()
    samples[:, 2] = samples[:, :2].min(1)
    assert np.isfinite(naive_mean_field(samples).J).all()
    with pytest.raises(ValueError, match="determine .* standard error .* l2 > 0"):
        pseudo_likelihood(samples)
    assert np.isfinite(pseudo_likelihood(samples, l2=0.1).J).all()


def test_tap_refuses_a_pair_without_a_real_root():
    # Strong and antiferromagnetic, while both spins point up.
    samples, counts = [[1, 1], [1, -1], [-1, 1], [-1, -1]], [120, 40, 40, 1]
    with pytest.raises(ValueError, match=r"pair \(0, 1\).* use pseudo_likelihood"):
        tap(samples, counts)
    exact = np.log(120 * 1 / (40 * 40)) / 4
    assert pseudo_likelihood(samples, counts).J[0, 1] == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize("l2", [-1.0, np.nan, np.inf])
def test_a_bad_penalty_is_refused(l2):
    with pytest.raises(ValueError, match="l2 must be a finite number >= 0, got"):
        pseudo_likelihood(RANDOM, l2=l2)
