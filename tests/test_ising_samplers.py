"""Every sampler against exact averages, with error bars that know the memory."""

import functools

import numpy as np
import pytest

from rbmlib.autocorrelation import mean_with_error
from rbmlib.ising import (
    CRITICAL_TEMPERATURE,
    density_of_states,
    exact_energy,
    exact_specific_heat,
    heat_bath,
    metropolis,
    swendsen_wang,
    wolff,
)

LOCAL, CLUSTERS = (heat_bath, metropolis), (wolff, swendsen_wang)
TEMPERATURES = (1.5, 2.0, CRITICAL_TEMPERATURE, 2.5, 3.0)


def _run(sampler, L, T, n_sweeps, burn_in, **options):
    """Return energies, shape (n_chains, n_steps), after a start from all spins up."""
    run = sampler(L, T, n_sweeps, seed=2, start="up", **options)
    return run.energy[:, burn_in:], run.magnetization[:, burn_in:]


def _z(x, exact):
    mean, error = mean_with_error(x)[:2]
    return (mean - exact) / error


@functools.cache
def _run_of_16_x_16(sampler, T):
    if sampler in LOCAL:
        options = {"n_chains": 64, "kernel": "replicas", "interval": 4}
        return _run(sampler, 16, T, 6000, 250, **options)
    return _run(sampler, 16, T, 2000, 200, n_chains=8)


@pytest.mark.parametrize("sampler", LOCAL + CLUSTERS)
def test_energy_and_specific_heat_of_16_x_16(sampler):
    scores = []
    for T in TEMPERATURES:
        e, _ = _run_of_16_x_16(sampler, T)
        exact = exact_energy(16, T)
        heat = exact_specific_heat(16, T)
        scores.append(_z(e, exact))
        scores.append(_z((e - exact) ** 2 * 256 / T**2, heat))
    # Three standard errors would fail one of the 40 numbers in one seed of ten; four,
    # in one of four hundred.  The squares say whether the errors have the right size.
    assert np.abs(scores).max() < 4
    assert np.mean(np.square(scores)) < 3


def test_all_samplers_agree_at_criticality():
    means, errors = [], []
    for sampler in LOCAL + CLUSTERS:
        _, m = _run_of_16_x_16(sampler, CRITICAL_TEMPERATURE)
        mean, error = mean_with_error(np.abs(m))[:2]
        means.append(mean)
        errors.append(error)
    weights = 1 / np.square(errors)
    common = np.average(means, weights=weights)
    # χ² with three degrees of freedom exceeds 16.3 once in a thousand.
    assert weights @ (means - common) ** 2 < 16.3


@pytest.mark.parametrize("T", [2.0, 3.0])
@pytest.mark.parametrize("sampler", LOCAL)
@pytest.mark.parametrize("kernel", ["strips", "bytes"])
def test_large_lattices(sampler, kernel, T):
    e, _ = _run(sampler, 128, T, 1500, 300, n_chains=2, kernel=kernel)
    assert abs(_z(e, exact_energy(128, T))) < 4


@pytest.mark.parametrize("sampler", LOCAL + CLUSTERS)
@pytest.mark.parametrize(("T", "h"), [(2.2, 0.2), (3.0, -0.5)])
@pytest.mark.parametrize("L", [3, 4])
def test_averages_in_a_field(sampler, T, h, L):
    options = {"n_chains": 32}
    if sampler in LOCAL:
        options = {"n_chains": 64, "kernel": "replicas"}
    e, m = _run(sampler, L, T, 4000, 200, h=h, interval=2, **options)
    table = density_of_states(L, L)
    assert abs(_z(e, table.energy_per_site(T, h))) < 4
    assert abs(_z(m, table.mean(lambda E, M: M / L**2, T, h))) < 4


def test_the_lanes_of_a_word_are_independent():
    # Lanes that shared random bits would have means that agree far too well.
    run = heat_bath(16, 2.3, 4000, 3, n_chains=640, kernel="replicas", interval=5)
    m = np.abs(run.magnetization)
    lanes = m[:, 100:].mean(axis=1).reshape(10, 64)
    within, between = lanes.var(axis=1, ddof=1).mean(), lanes.mean(axis=1).var(ddof=1)
    # The ratio of variances is F(9, 630) / 64: 3.2 is exceeded once in a thousand.
    assert 64 * between / within < 3.2
    assert abs(np.corrcoef(lanes.T[::2].ravel(), lanes.T[1::2].ravel())[0, 1]) < 0.25


@pytest.mark.parametrize("kernel", ["bytes", "replicas"])
def test_the_ground_state_is_kept_at_zero_temperature(kernel):
    for sampler in LOCAL:
        run = sampler(8, 0.0, 50, 0, start="up", kernel=kernel)
        assert (run.spins == 1).all() and (run.energy == -2).all()
        quench = sampler(16, 0.0, 100, 0, kernel=kernel)
        assert (np.diff(quench.energy) <= 0).all()


def test_a_cold_cluster_is_the_whole_domain():
    run = wolff(8, 0.0, 5, 0, start="up")
    assert np.abs(run.magnetization).tolist() == [[1.0] * 5]
    assert (np.diff(run.magnetization) != 0).all()
    held = wolff(8, 0.0, 5, 0, h=1.0, start="up")
    assert (held.magnetization == 1).all() and (held.energy == -3).all()
