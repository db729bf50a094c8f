"""Linear response: the matrix against finite differences of a sweep of means."""

import numpy as np
import pytest

from rbmlib.mean_field.response import response_matrix, signs
from rbmlib.units import BINARY, GAUSSIAN, SPIN


@pytest.mark.parametrize("unit", [BINARY, SPIN, GAUSSIAN], ids=lambda unit: unit.name)
def test_squares_of_the_singular_values_damp_a_sweep_of_means(unit):
    rng = np.random.default_rng(3)
    W, a, b = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=3)

    def sweep(m_v):
        return unit.mean(a + unit.mean(b + m_v @ W) @ W.T)

    m_v, h = rng.uniform(0.2, 0.8, 5), 1e-5 * np.eye(5)
    slopes = (sweep(m_v + h) - sweep(m_v - h)) / 2e-5
    m_h = unit.mean(b + m_v @ W)
    X = response_matrix(W, unit.variance(a + W @ m_h), unit.variance(b + m_v @ W))
    found = np.sort(np.linalg.eigvals(slopes).real)[:1:-1]
    assert found == pytest.approx(np.linalg.svd(X)[1] ** 2, abs=1e-8)


def test_signs_do_not_depend_on_those_of_the_library():
    u = np.linalg.qr(np.random.default_rng(4).normal(size=(6, 4)))[0]
    flips = np.array([1, -1, -1, 1])
    assert np.array_equal(u * signs(u), u * flips * signs(u * flips))
    assert (np.abs(u * signs(u)).max(0) == (u * signs(u)).max(0)).all()


@pytest.mark.parametrize(
    ("variance_v", "variance_h", "message"),
    [
        ([1.0], [1, 1, 1], r"variance_v must hold 2 variances >= 0, got shape \(1,\)"),
        ([1, 1], [1, -0.5, 1], "variance_h must hold .* >= 0, got -0.5"),
        ([1, np.nan], [1, 1, 1], "variance_v must hold .* >= 0, got nan"),
        ([1, 1], [], r"variance_h must hold 3 variances >= 0, got shape \(0,\)"),
    ],
)
def test_variances_that_do_not_fit_are_refused(variance_v, variance_h, message):
    with pytest.raises(ValueError, match=message):
        response_matrix(np.ones((2, 3)), variance_v, variance_h)
