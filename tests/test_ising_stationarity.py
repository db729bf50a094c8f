"""The Boltzmann law of a small torus stays as it is under every sampler.

Two ways.  Exactly: the flip tables act on the vector of all probabilities (512 states
of the 3 x 3 torus, 65536 of the 4 x 4).  Statistically: the compiled kernels move
chains drawn from the enumerated law, and a χ² over the states looks for a change.
That the kernels follow the tables, bit for bit, is in test_ising_kernels.
"""

import numpy as np
import pytest
from scipy import stats

from rbmlib.ising import heat_bath, metropolis, rates, swendsen_wang, wolff
from rbmlib.ising.lattice import neighbours, update_groups
from rbmlib.ising.rates import heat_bath_table, metropolis_table

TABLES = [heat_bath_table, metropolis_table]


def _states(L):
    """Return the 0/1 spins of every state, site i in bit i, shape (2^N, N)."""
    return np.arange(2 ** (L * L))[:, None] >> np.arange(L * L) & 1


def _law(L, T, h):
    s = 2 * _states(L) - 1
    right, _, down, _ = neighbours(L, L).T
    minus_E = (s * s[:, right] + s * s[:, down]).sum(axis=1) + h * s.sum(axis=1)
    w = np.exp((minus_E - minus_E.max()) / T)
    return w / w.sum()


def _flip_probability(table, L, site):
    """Return, for each state, the probability that `site` flips."""
    spins = _states(L)
    s = spins[:, site]
    m = (spins[:, neighbours(L, L)[site]] != s[:, None]).sum(axis=1)
    p = table.threshold[s, m] / 2.0**table.bits
    return np.where(table.inverse[s, m] == 1, 1 - p, p)


def _sweep(law, table, L):
    """Return the law, shape (..., n_states), after one sweep.

    Sites of a group do not see each other.
    """
    for site in np.concatenate(update_groups(L)):
        p = _flip_probability(table, L, site)
        other = np.arange(law.shape[-1]) ^ (1 << site)
        law = law * (1 - p) + law[..., other] * p[other]
    return law


@pytest.mark.parametrize("rule", TABLES)
@pytest.mark.parametrize(
    ("L", "T", "h"), [(3, 2.0, 0.0), (3, 1.2, -0.3), (4, 2.3, 0.2)]
)
def test_a_sweep_keeps_the_law(rule, L, T, h):
    law = _law(L, T, h)
    assert np.abs(_sweep(law, rule(T, h, 44), L) - law).max() < 1e-11 * law.max()


@pytest.mark.parametrize("rule", TABLES)
def test_each_flip_is_in_detailed_balance(rule):
    law, table = _law(3, 1.8, 0.3), rule(1.8, 0.3, 44)
    for site in range(9):
        flow = law * _flip_probability(table, 3, site)
        other = np.arange(512) ^ (1 << site)
        assert np.abs(flow - flow[other]).max() < 1e-11 * flow.max()


@pytest.mark.parametrize("rule", TABLES)
def test_a_sweep_forgets_every_start(rule):
    law, table = _law(3, 4.0, 0.1), rule(4.0, 0.1, 44)
    sweep = _sweep(np.eye(512), table, 3)  # row by row, all starts at once
    assert np.abs(np.linalg.matrix_power(sweep, 128) - law).max() < 1e-9


def _wrong_metropolis(gain, T):
    """Accept a gain of energy a fifth too seldom."""
    p, inverse = rates._boltzmann(max(gain, 0), T), gain <= 0
    return (0, True) if inverse else (p * 8 / 10, False)


def test_the_exact_check_notices_a_wrong_acceptance(monkeypatch):
    monkeypatch.setattr(rates, "_metropolis", _wrong_metropolis)
    law = _law(3, 2.0, 0.0)
    assert np.abs(_sweep(law, metropolis_table(2.0, 0.0, 44), 3) - law).max() > 1e-4


N_CHAINS = 64 * 1500


def _p_value(sampler, T, h, n_chains=N_CHAINS, seed=1, **kernel):
    """Return the p-value of χ² between one sweep from the exact law and that law."""
    law = _law(3, T, h)
    cumulative = np.minimum(np.cumsum(law), 1.0)
    cumulative[-1] = 1.0
    state = np.searchsorted(cumulative, np.random.default_rng(seed).random(n_chains))
    start = (2 * _states(3)[state] - 1).reshape(n_chains, 3, 3)
    run = sampler(
        3, T, 1, seed, h=h, n_chains=n_chains, start=start, n_threads=1, **kernel
    )
    code = ((run.spins > 0).reshape(n_chains, 9) << np.arange(9)).sum(axis=1)
    counts, expected = np.bincount(code, minlength=512), law * n_chains
    rare = expected < 10
    counts = np.append(counts[~rare], counts[rare].sum())
    expected = np.append(expected[~rare], expected[rare].sum())
    return stats.chisquare(counts, expected).pvalue


KERNELS = [
    (heat_bath, {"kernel": "replicas"}),
    (metropolis, {"kernel": "replicas"}),
    (heat_bath, {"kernel": "bytes", "n_chains": 20_000}),
    (metropolis, {"kernel": "bytes", "n_chains": 20_000}),
    (wolff, {"n_chains": 20_000}),
    (swendsen_wang, {"n_chains": 20_000}),
]


@pytest.mark.parametrize("law", [(2.0, 0.0), (3.0, 0.4)])
@pytest.mark.parametrize("kernel", KERNELS)
def test_the_kernels_keep_the_law_of_the_3_x_3_torus(kernel, law):
    sampler, options = kernel
    # Twelve tests: one seed in a hundred would fail at 10⁻³, one in a thousand here.
    assert _p_value(sampler, *law, **options) > 1e-4


def test_the_kernels_move_under_a_wrong_acceptance(monkeypatch):
    monkeypatch.setattr(rates, "_metropolis", _wrong_metropolis)
    assert _p_value(metropolis, 2.0, 0.0, kernel="replicas") < 1e-6
    assert _p_value(metropolis, 2.0, 0.0, n_chains=20_000, kernel="bytes") < 1e-6


@pytest.mark.parametrize("sampler", [wolff, swendsen_wang])
def test_clusters_move_under_a_wrong_link(sampler, monkeypatch):
    monkeypatch.setattr(
        "rbmlib.ising.clusters.bond_threshold",
        lambda x, T: int(1.05 * rates.bond_threshold(x, T)),
    )
    assert _p_value(sampler, 2.0, 0.0, n_chains=20_000) < 1e-4
