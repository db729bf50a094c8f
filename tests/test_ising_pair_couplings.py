"""Pair couplings: sums over states by hand, the solved torus, and refusals."""

from itertools import product

import numpy as np
import pytest

from rbmlib.ising import exact
from rbmlib.ising.pair_couplings import (
    exact_marginals,
    hopfield_couplings,
    square_lattice_couplings,
)


def random_model(seed, n):
    rng = np.random.default_rng(seed)
    J = np.triu(rng.normal(size=(n, n)), 1)
    return J + J.T, rng.normal(size=n)


@pytest.mark.parametrize("seed", range(5))
def test_exact_marginals_are_sums_over_states(seed):
    J, a = random_model(seed, 5)
    states = np.array(list(product((-1, 1), repeat=5)))
    pairs = [(i, j) for i in range(5) for j in range(i)]
    p = np.exp([sum(J[i, j] * s[i] * s[j] for i, j in pairs) + a @ s for s in states])
    z, p = p.sum(), p / p.sum()
    log_z, m, covariance = exact_marginals(J, a)
    assert log_z == pytest.approx(np.log(z), abs=1e-12)
    np.testing.assert_allclose(m, p @ states, atol=1e-12)
    second = np.einsum("s,si,sj", p, states, states)
    np.testing.assert_allclose(covariance, second - np.outer(m, m), atol=1e-12)


def test_exact_marginals_sum_several_blocks():
    n = 16  # four blocks
    J, a = np.zeros((n, n)), np.linspace(-1, 1, n)
    J[0, 1] = J[1, 0] = 0.7
    log_z, m, covariance = exact_marginals(J, a)
    pair = exact_marginals(J[:2, :2], a[:2])
    assert log_z == pytest.approx(pair.log_z + np.log(2 * np.cosh(a[2:])).sum())
    np.testing.assert_allclose(m, [*pair.m, *np.tanh(a[2:])], atol=1e-12)
    np.testing.assert_allclose(covariance[:2, :2], pair.covariance, atol=1e-12)
    rest = covariance[2:, 2:]
    np.testing.assert_allclose(rest, np.diag(1 - np.tanh(a[2:]) ** 2), atol=1e-12)


@pytest.mark.parametrize("L", [2, 3, 4])  # L = 2 has doubled bonds
@pytest.mark.parametrize("T", [1.5, 2.5])
def test_square_lattice_couplings_have_the_log_z_of_the_torus(L, T):
    found = exact_marginals(square_lattice_couplings(L, T), 0.0)
    assert found.log_z == pytest.approx(exact.kaufman(L, L, T).log_z, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_hopfield_couplings_are_sums_over_patterns(seed):
    rng = np.random.default_rng(seed)
    patterns, T = rng.choice([-1, 1], (3, 6)), 0.4
    J = hopfield_couplings(patterns, T)
    for i, j in product(range(6), repeat=2):
        overlap = sum(xi[i] * xi[j] for xi in patterns) / (6 * T)
        assert J[i, j] == pytest.approx(0 if i == j else overlap, abs=1e-14)


def test_what_is_refused():
    with pytest.raises(ValueError, match="J must be of at most 20 spins .* got 21"):
        exact_marginals(np.zeros((21, 21)), 0.0)
    with pytest.raises(ValueError, match="patterns .* got 0"):
        hopfield_couplings([[0, 1]])
    with pytest.raises(ValueError, match=r"\(n_patterns, n_visible\) .* got \(2,\)"):
        hopfield_couplings([1, -1])
    with pytest.raises(ValueError, match="T must be .* got 0"):
        hopfield_couplings([[1, -1]], T=0)
    with pytest.raises(ValueError, match="L must be at most 64, got 65"):
        square_lattice_couplings(65, 1.0)
