"""Mean field on lattices: which theory orders where, and Bethe against a tree."""

import numpy as np
import pytest

from rbmlib.ising import curie_weiss, exact
from rbmlib.ising.lattice_mean_field import (
    bethe_critical_temperature,
    bethe_magnetization,
    naive_critical_temperature,
    tap_stability,
)
from rbmlib.ising.mean_field import free_energy, naive, tap
from rbmlib.ising.pair_couplings import square_lattice_couplings


@pytest.mark.parametrize("T, ordered", [(3.9, True), (4.1, False)])
def test_naive_mean_field_orders_the_square_lattice_below_four(T, ordered):
    found = naive(square_lattice_couplings(6, T), 0.0, np.full(36, 0.01), damping=0.3)
    assert found.converged.all()
    expected = curie_weiss.magnetization(T / naive_critical_temperature())
    assert (expected > 0.1) == ordered
    np.testing.assert_allclose(found.m, expected, atol=1e-7)


@pytest.mark.parametrize("T", [3.0, 2.2, 1.5])
def test_tap_never_orders_the_square_lattice(T):
    J = square_lattice_couplings(6, T)
    found = tap(J, 0.0, np.full(36, 0.01), damping=0.8)
    assert found.converged.all() and np.abs(found.m).max() < 1e-6
    assert naive(J, 0.0, np.full(36, 0.01), damping=0.8).m.min() > 0.5


@pytest.mark.parametrize("T", [4.0, 2.5, 2.0, 1.0])
def test_tap_stability_is_the_curvature_of_its_free_energy(T):
    J, h = square_lattice_couplings(4, T), 1e-3
    f = free_energy(J, 0.0, np.outer([h, 0, -h], np.ones(16)), order=2) / 16
    # The fourth derivative is of order 10 and leaves h² times that.
    assert (f[0] - 2 * f[1] + f[2]) / h**2 == pytest.approx(tap_stability(T), abs=1e-4)


def test_temperatures_of_the_theories():
    assert bethe_critical_temperature() == pytest.approx(2 / np.log(2))
    for T in np.linspace(0.05, 6, 100):
        assert tap_stability(T) >= 0
    assert tap_stability(4.0, n_neighbours=6) < 0  # the cubic lattice does order
    assert (
        exact.CRITICAL_TEMPERATURE
        < bethe_critical_temperature()
        < naive_critical_temperature()
    )


@pytest.mark.parametrize("z", [3, 4, 6])
def test_bethe_magnetization_is_that_of_the_inside_of_a_tree(z):
    # Up spins on the boundary, then inwards generation by generation.
    K = 1 / (np.array([0.05, 0.5, 0.9, 0.999]) * bethe_critical_temperature(z))
    log_ratio = (z - 1) * 2 * K  # of p(up)/p(down), one generation inside
    for _ in range(40_000):  # a generation keeps up to 0.998 of what is missing
        log_ratio = (z - 1) * _through_bond(log_ratio, K)
    expected = np.tanh(z * _through_bond(log_ratio, K) / 2)
    found = [bethe_magnetization(1 / k, z) for k in K]
    assert found == pytest.approx(expected, abs=1e-9)


def _through_bond(log_ratio, K):
    """Return log p(up)/p(down) of a site that sees a neighbour of the given ratio."""
    return np.logaddexp(2 * K + log_ratio, 0) - np.logaddexp(2 * K, log_ratio)


def test_bethe_magnetization_vanishes_as_a_root_at_the_critical_temperature():
    T_c = bethe_critical_temperature()
    assert bethe_magnetization(T_c) == bethe_magnetization(T_c * 1.001) == 0
    m = np.array([bethe_magnetization(T_c * (1 - d)) for d in (1e-6, 1e-8, 1e-10)])
    np.testing.assert_allclose(m[:-1] / m[1:], 10, rtol=1e-3)


@pytest.mark.parametrize("z", [2, 3.5])
def test_a_bad_number_of_neighbours_is_refused(z):
    for f in (bethe_critical_temperature, naive_critical_temperature):
        with pytest.raises(
            (TypeError, ValueError), match=f"n_neighbours must be .* got .*{z}"
        ):
            f(z)
