"""Flip tables: the physics of the probabilities, and their exactness as integers."""

import math
from fractions import Fraction

import numpy as np
import pytest

from rbmlib.ising.rates import (
    DOWN,
    UP,
    bond_threshold,
    heat_bath_table,
    metropolis_table,
)

RULES = {"heat bath": heat_bath_table, "metropolis": metropolis_table}


def _probability(table):
    p = table.threshold / 2.0**table.bits
    return np.where(table.inverse == 1, 1 - p, p)


def _gain(h):
    """Return ΔE of a flip, rows down and up, columns 0 to 4 unlike neighbours."""
    m = np.arange(5)
    return np.stack([2 * (4 - 2 * m) - 2 * h, 2 * (4 - 2 * m) + 2 * h])


@pytest.mark.parametrize("h", [0.0, 0.3, -2.0, 5.0])
@pytest.mark.parametrize("T", [0.4, 2.27, 50.0])
def test_probabilities(T, h):
    gain = _gain(h)
    bath = 1 / (1 + np.exp(gain / T))
    assert np.allclose(_probability(heat_bath_table(T, h, 48)), bath, atol=2.0**-47)
    accept = np.minimum(1, np.exp(-gain / T))
    assert np.allclose(_probability(metropolis_table(T, h, 48)), accept, atol=2.0**-47)


@pytest.mark.parametrize("name", RULES)
def test_detailed_balance_of_a_single_spin(name):
    # Flipping back: the other sign, and 4 - m unlike neighbours.
    p = _probability(RULES[name](1.7, 0.4, 48))
    ratio = p[UP] / p[DOWN][::-1]
    assert np.allclose(ratio, np.exp(-_gain(0.4)[UP] / 1.7), rtol=1e-9)


def test_thresholds_are_the_floor_of_the_exact_value():
    # exp(-8/T) as a sum of exact fractions; the rest of the series is below 10⁻⁴⁰.
    for T in (1.0, 2.27, 3.7):
        x, term, total = Fraction(8) / Fraction(T), Fraction(1), Fraction(0)
        for n in range(1, 120):
            total += term
            term *= -x / n
        table = metropolis_table(T, 0.0, 48)
        assert int(table.threshold[UP, 0]) == math.floor(total * 2**48)


def test_zero_temperature_is_a_limit():
    bath, accept = heat_bath_table(0.0, 0.0, 48), metropolis_table(0.0, 0.0, 48)
    assert _probability(bath)[UP].tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert _probability(accept)[UP].tolist() == [0.0, 0.0, 1.0, 1.0, 1.0]
    cold = _probability(heat_bath_table(0.0, 2.0, 48))
    assert cold[DOWN].tolist() == [0.0, 0.5, 1.0, 1.0, 1.0]
    assert cold[UP].tolist() == [0.0, 0.0, 0.0, 0.5, 1.0]


def test_certainty_at_huge_temperature_stays_inside_the_bits():
    table = metropolis_table(1e300, 0.0, 48)
    assert table.threshold.max() == 2**48 - 1


def test_bonds():
    assert bond_threshold(1.0, 0.0) == 2**32
    assert bond_threshold(0.0, 0.0) == bond_threshold(0.0, 1.0) == 0
    assert abs(bond_threshold(1.0, 2.0) / 2**32 - (1 - math.exp(-1))) < 2.0**-31


@pytest.mark.parametrize("T", [-1.0, math.nan, math.inf])
def test_bad_temperature_is_refused(T):
    with pytest.raises(ValueError, match="T must be a finite number >= 0"):
        heat_bath_table(T, 0.0, 48)


def test_bad_field_is_refused():
    with pytest.raises(ValueError, match="h must be a finite number, got nan"):
        metropolis_table(1.0, math.nan, 48)
