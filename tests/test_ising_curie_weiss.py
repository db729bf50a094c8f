"""The Curie-Weiss magnet against its enumeration, its limit and its scaling."""

import itertools

import numpy as np
import pytest

from rbmlib.ising import curie_weiss


@pytest.mark.parametrize(
    ("T", "m"), [(0.5, 0.957504), (0.8, 0.710412), (0.9, 0.525430), (0.95, 0.379485)]
)
def test_magnetization_of_the_infinite_magnet(T, m):
    assert abs(curie_weiss.magnetization(T) - m) < 6e-7


@pytest.mark.parametrize(
    ("N", "T", "m"),
    [
        (100, 0.8, 0.664427),
        (100, 1.0, 0.286796),
        (1000, 0.8, 0.707290),
        (1000, 1.0, 0.161618),
    ],
)
def test_magnetization_of_the_finite_magnet(N, T, m):
    assert abs(curie_weiss.exact(N, T).abs_magnetization - m) < 6e-7


@pytest.mark.parametrize("h", [0.0, 0.2, -0.7])
def test_sum_over_m_is_the_sum_over_states(h):
    s = np.array(list(itertools.product([-1, 1], repeat=10)))
    M = s.sum(axis=1)
    E = -(M**2) / 20 - h * M
    w = np.exp(-E / 0.9)
    p = w / w.sum()
    found = curie_weiss.exact(10, 0.9, h)
    m = M / 10
    expected = (
        np.log(w.sum()),
        p @ E / 10,
        p @ m,
        p @ abs(m),
        10 * (p @ m**2 - (p @ m) ** 2) / 0.9,
        1 - p @ m**4 / (3 * (p @ m**2) ** 2),
    )
    assert np.allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("T", [0.3, 0.7, 0.99, 1.0, 1.5])
@pytest.mark.parametrize("h", [0.0, 0.01, -0.4])
def test_magnetization_is_the_lowest_minimum(T, h):
    m = curie_weiss.magnetization(T, h)
    assert abs(m - np.tanh((m + h) / T)) < 1e-12
    grid = np.linspace(-1, 1, 20_001)
    lowest = curie_weiss.free_energy(grid, T, h).min()
    # The grid's nearest point is 5·10⁻⁵ away; f'' = T/(1 - m²) - 1, doubled for safety.
    missed = 2 * T / (1 - m * m) * 25e-10 / 2
    assert lowest - missed - 1e-15 < curie_weiss.free_energy(m, T, h) <= lowest + 1e-15


def test_the_finite_landscape_tends_to_the_infinite_one():
    gaps = []
    for N in (200, 800, 3200):
        m, logs = curie_weiss.log_weights(N, 0.8, 0.1)
        f = -0.8 * logs / N
        inner = abs(m) < 0.9
        gaps.append(np.abs(f - curie_weiss.free_energy(m, 0.8, 0.1))[inner].max())
    # Stirling's correction is ln(N)/N.
    assert gaps[0] > 3 * gaps[1] > 9 * gaps[2]


def test_critical_magnetization_scales_as_the_fourth_root():
    scaled = [
        curie_weiss.exact(N, 1.0).abs_magnetization * N**0.25 for N in (10**4, 10**6)
    ]
    # p(m) ∝ exp(-N m⁴/12): ⟨|m|⟩ N^¼ = 12^¼ Γ(1/2)/Γ(1/4), with O(N^-½) corrections.
    assert abs(scaled[1] - 0.909891) < 1e-3
    assert abs(scaled[0] - 0.909891) < 1e-2


def test_zero_temperature():
    assert curie_weiss.magnetization(0.0) == 1.0
    assert curie_weiss.magnetization(0.0, -0.1) == -1.0
    assert curie_weiss.free_energy(0.5, 0.0) == -0.125


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: curie_weiss.exact(0, 1.0), "N must be at least 1, got 0"),
        (lambda: curie_weiss.exact(10, 0.0), "T must be a finite number > 0, got 0.0"),
        (
            lambda: curie_weiss.magnetization(-1.0),
            "T must be a finite number >= 0, got -1.0",
        ),
        (lambda: curie_weiss.free_energy(1.1, 1.0), r"m must .* in \[-1, 1\], got 1.1"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
