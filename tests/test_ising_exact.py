"""Kaufman's torus against brute force, Onsager's plane against its derivatives."""

import itertools
import math

import numpy as np
import pytest

from rbmlib.ising import density_of_states, exact
from rbmlib.ising.exact import CRITICAL_TEMPERATURE as T_C

TEMPERATURES = (1.0, 2.0, T_C, 2.5, 4.0)

# Energies per site of L = 8, 16, 32, 64 and the specific heat of L = 16.
TABLE = {
    2.0: (-1.745683, -1.745531, -1.745565, -1.745565, 0.72551),
    T_C: (-1.491589, -1.453065, -1.433658, -1.423938, 1.49870),
    2.5: (-1.222321, -1.131318, -1.107292, -1.106083, 1.06498),
    3.0: (-0.841315, -0.817689, -0.817310, -0.817310, 0.40433),
}


def _all_states(L1, L2):
    """Return E and M of every state, straight from the definition."""
    s = np.array(list(itertools.product([-1, 1], repeat=L1 * L2)))
    s = s.reshape(-1, L1, L2)
    bonds = s * np.roll(s, 1, axis=1) + s * np.roll(s, 1, axis=2)
    return -bonds.sum(axis=(1, 2)), s.sum(axis=(1, 2))


@pytest.mark.parametrize("sides", [(3, 3), (3, 4), (4, 3), (4, 4), (2, 2), (2, 5)])
def test_kaufman_is_brute_force(sides):
    E, _ = _all_states(*sides)
    n = sides[0] * sides[1]
    for T in TEMPERATURES:
        w = np.exp(-(E - E.min()) / T)
        mean = w @ E / w.sum()
        torus = exact.kaufman(*sides, T)
        assert abs(torus.log_z - (np.log(w.sum()) - E.min() / T)) < 1e-9
        assert abs(torus.energy - mean / n) < 1e-9
        variance = w @ (E - mean) ** 2 / w.sum()
        assert abs(torus.specific_heat - variance / n / T**2) < 1e-9


def test_unsigned_gamma_zero_would_be_noticed(monkeypatch):
    true = exact.kaufman(4, 4, 3.0)
    signed = exact._gammas

    def unsigned(n, K, odd):
        gamma, first, second = signed(n, K, odd)
        sign = np.sign(gamma)
        return gamma * sign, first * sign, second * sign

    monkeypatch.setattr(exact, "_gammas", unsigned)
    wrong = exact.kaufman(4, 4, 3.0)
    assert abs(wrong.log_z - true.log_z) > 1e-2
    assert abs(wrong.energy - true.energy) > 1e-2


@pytest.mark.parametrize("T", TABLE)
def test_table_of_energies(T):
    *energies, heat = TABLE[T]
    for L, e in zip((8, 16, 32, 64), energies, strict=True):
        assert abs(exact.exact_energy(L, T) - e) < 6e-7
    assert abs(exact.exact_specific_heat(16, T) - heat) < 6e-6


def test_small_torus_values():
    cold, warm = exact.kaufman(4, 4, 2.0), density_of_states(4, 4)
    assert abs(cold.energy + 1.75538029) < 6e-9
    assert abs(cold.log_z - 17.10536712) < 6e-9
    for T, e, m in ((2.0, -1.75538029, 0.91894327), (2.5, -1.37911648, 0.76471239)):
        assert abs(warm.energy_per_site(T) - e) < 6e-9
        assert abs(warm.mean(lambda E, M: abs(M) / 16, T) - m) < 6e-9


def test_large_torus_is_the_plane():
    # Finite-size corrections off T_c fall as exp(-L/ξ): ξ is 1.8 at T = 3 (L/ξ = 35).
    for T in (1.5, 2.0, 3.0, 4.0):
        torus = exact.kaufman(64, 64, T)
        assert abs(torus.energy - exact.onsager_energy(T)) < 1e-9
        assert abs(torus.specific_heat - exact.onsager_specific_heat(T)) < 1e-6


def test_long_and_short_side_exchange():
    for T in TEMPERATURES:
        assert np.allclose(exact.kaufman(5, 12, T), exact.kaufman(12, 5, T), rtol=1e-11)


def test_any_temperature():
    for T in (1e-4, 1e-2, 0.1):
        cold = exact.kaufman(8, 8, T)
        # Two ground states; the next level is 8 above, e^-80 away at T = 0.1.
        assert abs(cold.log_z - (128 / T + math.log(2))) < 1e-9 * cold.log_z
        assert abs(cold.energy + 2) < 1e-12 and abs(cold.specific_heat) < 1e-9
        assert abs(exact.onsager_energy(T) + 2) < 1e-12
    hot = exact.kaufman(8, 8, 1e4)
    # e = -2/T + O(1/T³); the hyperbolic functions lose the digits of T.
    assert abs(hot.energy + 2e-4) < 1e-10
    assert abs(hot.log_z - 64 * math.log(2)) < 1e-5


def test_derivatives():
    h = 1e-5
    for T in (1.8, 2.2, 2.3, 3.0):
        slope = exact.onsager_energy(T + h) - exact.onsager_energy(T - h)
        assert abs(slope / 2 / h - exact.onsager_specific_heat(T)) < 1e-6
        slope = exact.exact_energy(12, T + h) - exact.exact_energy(12, T - h)
        assert abs(slope / 2 / h - exact.exact_specific_heat(12, T)) < 1e-6


def test_onsager_values():
    assert abs(T_C - 2.2691853142130216) < 1e-15
    assert abs(exact.onsager_energy(T_C) + math.sqrt(2)) < 1e-12
    assert exact.onsager_specific_heat(T_C) == math.inf
    for T, e in ((2.0, -1.745565), (2.5, -1.106079)):
        assert abs(exact.onsager_energy(T) - e) < 6e-7
    for T, m in ((2.0, 0.911319), (1.5, 0.986500)):
        assert abs(exact.onsager_magnetization(T) - m) < 6e-7
    assert exact.onsager_magnetization(T_C) == 0


@pytest.mark.parametrize("h", [0.0, 0.3, -1.0])
def test_density_of_states_counts_every_state(h):
    table, (E, M) = density_of_states(3, 4), _all_states(3, 4)
    assert table.count.sum() == 2**12
    w = np.exp(-(E - h * M) / 1.7)
    assert abs(table.log_z(1.7, h) - np.log(w.sum())) < 1e-12
    energy = w @ (E - h * M) / w.sum()
    assert abs(table.energy_per_site(1.7, h) - energy / 12) < 1e-12
    heat = w @ (E - h * M - energy) ** 2 / w.sum() / 12 / 1.7**2
    assert abs(table.specific_heat(1.7, h) - heat) < 1e-12


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: exact.kaufman(1, 4, 2.0), ValueError, "L1 must be at least 2, got 1"),
        (
            lambda: exact.kaufman(4, 4.0, 2.0),
            TypeError,
            "L2 must be an integer, got float 4.0",
        ),
        (lambda: exact.kaufman(4, 4, 0.0), ValueError, "T must be .* > 0, got 0.0"),
        (
            lambda: exact.onsager_energy(math.nan),
            ValueError,
            "T must be a finite number > 0, got nan",
        ),
        (lambda: exact.onsager_magnetization(-1.0), ValueError, "got -1.0"),
        (lambda: density_of_states(5, 6), ValueError, "at most 25 sites .* got 5 x 6"),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
