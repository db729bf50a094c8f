"""Units: Γ is what the definition says, its derivatives are the mean and variance."""

from math import exp, log

import numpy as np
import pytest
from scipy.integrate import quad

from rbmlib.units import BINARY, GAUSSIAN, SPIN, Gaussian, check_unit

WIDE = Gaussian(2.5)
UNITS = [BINARY, SPIN, GAUSSIAN, WIDE]
FIELDS = np.linspace(-6, 6, 49)


@pytest.mark.parametrize("unit", [BINARY, SPIN])
def test_log_partition_is_the_log_of_the_sum_over_states(unit):
    expected = [log(sum(exp(x * s) for s in unit.states)) for x in FIELDS]
    np.testing.assert_allclose(unit.log_partition(FIELDS), expected, rtol=1e-13)


@pytest.mark.parametrize("unit", [GAUSSIAN, WIDE])
@pytest.mark.parametrize("x", [-1.3, 0.0, 2.0])
def test_log_partition_of_a_gaussian_unit_is_the_integral_over_its_states(unit, x):
    s2 = unit.variance_at_rest
    bounds = s2 * x - 14 * s2**0.5, s2 * x + 14 * s2**0.5
    z, _ = quad(lambda s: np.exp(x * s - unit.energy(s)), *bounds, epsrel=1e-12)
    assert unit.log_partition(x) == pytest.approx(log(z), abs=1e-10)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    "function, derivative", [("log_partition", "mean"), ("mean", "variance")]
)
def test_mean_and_variance_are_derivatives(unit, function, derivative):
    step = 1e-4
    f = getattr(unit, function)
    slope = (f(FIELDS + step) - f(FIELDS - step)) / (2 * step)
    # step²/6 max|f'''| <= 3e-9, and rounding: 1e-15 * 50 / step.
    np.testing.assert_allclose(getattr(unit, derivative)(FIELDS), slope, atol=4e-9)


@pytest.mark.parametrize("unit", [BINARY, SPIN])
def test_mean_and_variance_are_those_of_the_states(unit):
    weights = np.exp(np.multiply.outer(FIELDS, unit.states))
    p = weights / weights.sum(1, keepdims=True)
    mean = p @ np.array(unit.states)
    np.testing.assert_allclose(unit.mean(FIELDS), mean, atol=1e-14)
    variance = p @ np.square(unit.states) - mean**2
    np.testing.assert_allclose(unit.variance(FIELDS), variance, atol=1e-14)


def test_large_fields_neither_overflow_nor_lose_the_tail():
    x = np.array([-1e5, -800.0, 800.0, 1e5])
    assert BINARY.log_partition(x).tolist() == [0, 0, 800, 1e5]
    assert SPIN.log_partition(x).tolist() == [1e5, 800, 800, 1e5]
    assert BINARY.mean(x).tolist() == [0, 0, 1, 1]
    assert SPIN.mean(x).tolist() == [-1, -1, 1, 1]
    assert GAUSSIAN.log_partition(1e5) == pytest.approx(5e9)
    # Γ'' ≈ e^-|x| and 4 e^-2|x|: a difference such as 1 - tanh² would give 0.
    assert BINARY.variance(40.0) == pytest.approx(exp(-40.0), rel=1e-12, abs=0)
    assert SPIN.variance(-40.0) == pytest.approx(4 * exp(-80.0), rel=1e-12, abs=0)


def test_only_gaussian_units_have_an_energy_of_their_own():
    assert BINARY.energy(np.array([0.0, 1.0])).tolist() == [0, 0]
    assert SPIN.energy(np.array([-1.0, 1.0])).tolist() == [0, 0]
    assert WIDE.energy(np.array([5.0])).tolist() == [5.0]


@pytest.mark.parametrize("variance", [0, -1.0, np.nan, np.inf, [1.0]])
def test_a_variance_that_is_no_positive_number_is_refused(variance):
    with pytest.raises(
        (ValueError, TypeError), match="variance_at_rest must be .* got"
    ):
        Gaussian(variance)


def test_units_compare_by_value():
    assert Gaussian(1.0) == GAUSSIAN and Gaussian(2.0) != GAUSSIAN and BINARY != SPIN


@pytest.mark.parametrize("unit", ["binary", None, 1, type(BINARY)])
def test_what_is_no_unit_is_refused_by_name(unit):
    with pytest.raises(TypeError, match="hidden must be BINARY, SPIN"):
        check_unit(unit, "hidden")


@pytest.mark.parametrize(
    "x, unit, message",
    [
        ([[0, 1, 1]], BINARY, r"v must have shape \(\.\.\., 2\), got \(1, 3\)"),
        (1, BINARY, r"v must have shape"),
        ([["0", "1"]], BINARY, "v must be real numbers"),
        ([[0, 1j]], BINARY, "v must be real numbers"),
        ([[0, np.nan]], BINARY, "binary units, 0 or 1; got nan"),
        ([[1, -1]], BINARY, "binary units, 0 or 1; got -1"),
        ([[1, 0.5]], BINARY, "got 0.5"),
        ([[0, 1]], SPIN, "spin units, -1 or 1; got 0"),
        ([[0.0, np.inf]], GAUSSIAN, "v must hold finite numbers; got inf"),
    ],
)
def test_what_is_no_state_is_refused_with_its_value(x, unit, message):
    with pytest.raises(ValueError, match=message):
        unit.check(x, 2, "v")


def test_states_of_any_numeric_type_are_taken():
    for x in ([[True, False]], np.int8([[1, 0]]), np.float32([[1, 0]])):
        assert BINARY.check(x, 2, "v", np.float64).dtype == np.float64
        checked = BINARY.check(x, 2, "v")
        assert checked.dtype == np.float32 and checked.tolist() == [[1, 0]]
