"""Functions of the temperature from 1e-3 to 1e12 and at the ends of what a float holds.

The truth is a sum over states in decimal arithmetic.
"""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest

from rbmlib import ising
from rbmlib.ising import curie_weiss, exact, rates, series
from rbmlib.ising import lattice_mean_field as lattice
from rbmlib.ising import mean_field as field
from rbmlib.ising import pair_couplings as pairs

TEMPERATURES = [*np.logspace(-2, 12, 29), 0.72, 0.73, 15.9, 16.1]
DIGITS = 60


def decimal_averages(energy, count, T):
    """Return log Z, ⟨E⟩ and Var E/T² of levels, each an exact rational or Decimal."""
    with localcontext() as context:
        context.prec = DIGITS
        T = Decimal(float(T))
        E = [Decimal(e) for e in energy]
        lowest = min(E)
        w = [c * ((lowest - e) / T).exp() for e, c in zip(E, count, strict=True)]
        z = sum(w)
        mean = sum(x * e for x, e in zip(w, E, strict=True)) / z
        square = sum(x * (e - mean) ** 2 for x, e in zip(w, E, strict=True)) / z
        return float(z.ln() - lowest / T), float(mean), float(square / T / T)


@pytest.fixture(scope="module", params=[(4, 4), (3, 4), (2, 5)], ids=str)
def torus(request):
    return request.param, ising.density_of_states(*request.param)


def test_the_torus_at_all_temperatures(torus):
    sides, table = torus
    n = table.n_sites
    for T in TEMPERATURES:
        log_z, E, heat = decimal_averages(
            table.energy.tolist(), table.count.tolist(), T
        )
        expected = log_z, E / n, heat / n
        found = exact.kaufman(*sides, T)
        counted = table.log_z(T), table.energy_per_site(T), table.specific_heat(T)
        assert found == pytest.approx(expected, rel=2e-12, abs=0)
        assert counted == pytest.approx(expected, rel=2e-12, abs=0)


@pytest.mark.parametrize("h", [1e-9, -0.3, 7.0])
def test_the_torus_in_a_field(h):
    table = ising.density_of_states(3, 3)
    exactly = Decimal(h)
    with localcontext() as context:
        context.prec = DIGITS
        levels = zip(table.energy.tolist(), table.magnetization.tolist(), strict=True)
        levels = [e - exactly * m for e, m in levels]
    for T in (1e-2, 1e-1, 1.0, 30.0, 1e5, 1e12):
        log_z, E, heat = decimal_averages(levels, table.count.tolist(), T)
        found = (
            table.log_z(T, h),
            table.energy_per_site(T, h),
            table.specific_heat(T, h),
        )
        assert found == pytest.approx((log_z, E / 9, heat / 9), rel=1e-11, abs=0)


@pytest.mark.parametrize("sides", [(16, 16), (64, 48), (7, 1024)])
def test_series_and_products_meet(monkeypatch, sides):
    for T in (0.71, 16.5):
        on_series = exact.kaufman(*sides, T)
        monkeypatch.setattr(series, "LARGEST", 0.0)
        assert exact.kaufman(*sides, T) == pytest.approx(on_series, rel=2e-12)
        monkeypatch.undo()


def test_the_infinite_lattice_at_all_temperatures(monkeypatch):
    for T in TEMPERATURES:
        if not 1.6 < T < 4:  # a torus of 64 sites a side is infinite here
            large = exact.kaufman(64, 64, T)
            found = exact.onsager_energy(T), exact.onsager_specific_heat(T)
            assert found == pytest.approx(large[1:], rel=1e-11, abs=0)
    for T in (0.71, 16.5):
        found = exact.onsager_energy(T), exact.onsager_specific_heat(T)
        monkeypatch.setattr(series, "LARGEST", 0.0)
        closed = exact.onsager_energy(T), exact.onsager_specific_heat(T)
        assert closed == pytest.approx(found, rel=1e-11)
        monkeypatch.undo()


def test_the_known_series():
    # C. Domb (1960), doi:10.1080/00018736000101189: log Z of the square lattice.
    known = [1, 2, Fraction(9, 2), 12, Fraction(112, 3), 130, Fraction(1961, 4)]
    assert series._coefficients(0, 0, True)[4:17:2].tolist() == [
        float(x) for x in known
    ]


@pytest.mark.parametrize("N", [1, 2, 31])
@pytest.mark.parametrize("h", [0.0, 1e-9, -0.3])
def test_the_finite_magnet_at_all_temperatures(N, h):
    M = range(-N, N + 1, 2)
    count = [math.comb(N, (N + m) // 2) for m in M]
    with localcontext() as context:
        context.prec = DIGITS
        levels = [-Decimal(m * m) / (2 * N) - Decimal(h) * m for m in M]
        for T in (1e-2, 0.1, 0.9, 3.0, 1e4, 1e12):
            log_z, E, _ = decimal_averages(levels, count, T)
            beta = 1 / Decimal(T)
            low = min(levels)
            logs = [(low - e) * beta for e in levels]
            w = [c * x.exp() for c, x in zip(count, logs, strict=True)]
            z = sum(w)
            m1 = sum(x * m for x, m in zip(w, M, strict=True)) / z
            m2 = sum(x * (m - m1) ** 2 for x, m in zip(w, M, strict=True)) / z
            found = curie_weiss.exact(N, T, h)
            assert found.log_z == pytest.approx(log_z, rel=1e-12)
            assert found.energy == pytest.approx(E / N, rel=1e-11, abs=0)
            mean, chi = float(m1 / N) if h else 0.0, float(m2 / N * beta)
            assert found.magnetization == pytest.approx(mean, rel=1e-11, abs=1e-300)
            assert found.susceptibility == pytest.approx(chi, rel=1e-11, abs=0)


def test_small_magnetisations_have_all_their_digits():
    for T, h in ((1e12, 1e-3), (2.0, 1e-200), (1e300, 1.0)):
        assert curie_weiss.magnetization(T, h) == pytest.approx(h / (T - 1), rel=1e-12)
    for d in (1e-6, 1e-9, 1e-12):  # T is known to 1e-16, and 1 - T to 1e-16/d
        expected = math.sqrt(3 * d) * (1 - 0.4 * d)
        found = curie_weiss.magnetization(1 - d)
        assert found == pytest.approx(expected, rel=d + 1e-16 / d)
    T_c = lattice.bethe_critical_temperature()
    found = [lattice.bethe_magnetization(T_c * (1 - d)) for d in (1e-14, 1e-8, 1e-7)]
    assert 0.8 < found[0] / math.sqrt(1e-6) / found[1] < 1.2
    assert found[2] / found[1] == pytest.approx(math.sqrt(10), rel=1e-6)


SMALLEST, LARGEST = 5e-324, 1.7e308
EXTREMES = (SMALLEST, 1e-300, 1e-3, 1e9, 1e300, LARGEST)
OF_T = {
    "kaufman": lambda T: exact.kaufman(4, 6, T),
    "energy": exact.onsager_energy,
    "heat": exact.onsager_specific_heat,
    "magnetization": exact.onsager_magnetization,
    "bethe": lattice.bethe_magnetization,
    "tap": lattice.tap_stability,
    "curie": lambda T: curie_weiss.magnetization(T, 1e-3),
    "magnet": lambda T: curie_weiss.exact(9, T, 1e-3),
    "landscape": lambda T: curie_weiss.free_energy([0.0, 1.0], T),
    "hopfield": lambda T: pairs.hopfield_couplings([[1, -1, 1]], T),
    "square": lambda T: pairs.square_lattice_couplings(3, T),
    "heat bath": lambda T: rates.heat_bath_table(T, 0.1, 32).inverse,
    "metropolis": lambda T: rates.metropolis_table(T, 0.1, 32).inverse,
    "bonds": lambda T: rates.bond_threshold(1.0, T),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", OF_T)
def test_any_temperature_gives_numbers_or_is_refused(name):
    for T in EXTREMES:
        try:
            found = OF_T[name](T)
        except ValueError as error:
            assert str(error).startswith("T ") and repr(T) in str(error)
        else:
            assert np.isfinite(np.asarray(found, float)).all()
            if name == "kaufman":
                assert found.specific_heat >= 0 >= found.energy >= -2
    for T in (np.nan, np.inf, -1.0, "2", None, 1j):
        with pytest.raises((TypeError, ValueError), match="T must be"):
            OF_T[name](T)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: curie_weiss.exact(np.nan, 1.0), "N must be an integer"),
        (lambda: curie_weiss.exact(10**9, 1.0), "N must be .* got 1000000000"),
        (lambda: curie_weiss.exact(9, 1.0, np.nan), "h must be a .*, got nan"),
        (lambda: curie_weiss.magnetization(1.0, np.inf), "h must be a .*, got inf"),
        (lambda: curie_weiss.free_energy([0, 1.0000001], 1), "got 1.0000001"),
        (lambda: ising.density_of_states(2, 2).log_z(1.0, 1e308), "T and h must"),
        (lambda: rates.heat_bath_table(1.0, 0.0, 65), "bits must be .* got 65"),
        (lambda: rates.bond_threshold(-1.0, 1.0), "x must be .* got -1.0"),
        (lambda: lattice.naive_critical_temperature(np.nan), "n_neighbours .* nan"),
        (lambda: field.tap([[0, 1e160], [1e160, 0]], 0, [0, 0]), "J must .* 1e.160"),
        (lambda: field.naive([[0, 1], [1, 0]], 0, [0, 1.0000001]), "got 1.0000001"),
        (
            lambda: field.tap([[0, 9], [9, 0]], 0, [0, 1], max_iterations=np.inf),
            "max_iterations must be an integer",
        ),
        (
            lambda: pairs.exact_marginals([[0, 1e12], [1e12, 0]], 0),
            "J and a must have energies",
        ),
    ],
)
def test_limits_are_refused(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
