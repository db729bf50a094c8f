"""The theory of the phase diagram against known values, dense quadrature and limits."""

import functools
import re

import numpy as np
import pytest

import dense
from rbmlib import phase_diagram
from rbmlib.phase_diagram import averages, domain, laws, solve, solve_grid
from rbmlib.phase_diagram.equations import (
    Model,
    free_energy,
    make_work,
    visible_then_hidden,
)
from rbmlib.phase_diagram.plane import FERROMAGNET, NAMES, SPIN_GLASS

# law, σ, w, κ, m, m̄, q, q̄, AT: found by quadrature of another program.
ROWS = [
    ("gaussian", 0.5, 0.7, 1, 0, 0, 0, 0, 0.0625),
    ("gaussian", 0.5, 1.2, 1, 0.36780, 0.36780, 0.16667, 0.16667, 0.033),
    ("gaussian", 0.5, 1.5, 1, 0.52832, 0.52832, 0.33333, 0.33333, 0.017),
    ("gaussian", 0.6, 1.4, 0.25, 0.46995, 0.40063, 0.16211, 0.39108, 0.044),
    ("gaussian", 1.2, 2.0, 1, 0.51669, 0.51669, 0.5, 0.5, 0.279),
    ("laplace", 0.5, 1.5, 1, 0.41938, 0.41938, 0.22502, 0.22502, 0.028),
    ("rademacher", 0.5, 1.5, 1, 0.78555, 0.78555, 0.64109, 0.64109, 0.002),
    ("rademacher", 0.6, 1.4, 0.25, 0.67864, 0.58482, 0.29611, 0.70674, 0.009),
    ("gaussian", 1.5, 0.5, 1, 0, 0, 0.35260, 0.35260, 1.30),
]
CRITICAL = {1.2: 1.20959, 1.5: 1.54464, 2: 2.12933, 3: 3.34000, 5: 5.81310}
LAWS = ("gaussian", "laplace", "rademacher", ("sparse", 0.2))


def order_parameters(phase):
    return np.array([phase.m[0], phase.m_bar[0], phase.q, phase.q_bar])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1:4]}")
def test_known_values(row):  # eq-phase-fields, eq-phase-order
    law, sigma, w, kappa, *expected, at = row
    phase = solve(w, sigma, kappa, law)
    assert phase.converged
    assert np.abs(order_parameters(phase) - expected).max() < 1e-4
    assert abs(phase.at - at) < (5e-3 if at > 1 else 1e-3)
    assert phase.at_stable == (at < 1)  # eq-phase-at


def test_exact_law_at_equal_layers():  # eq-phase-gaussian
    for w in (1.05, 1.3, 2.5):
        for sigma in (0.0, 0.4, 0.9):
            phase = solve(w, sigma)
            assert abs(phase.q - (1 - 1 / w)) < 1e-10
            assert abs(phase.q_bar - phase.q) < 1e-10


@pytest.mark.parametrize("law", ["gaussian", "laplace", "rademacher"])
@pytest.mark.parametrize(("w", "sigma", "kappa"), [(1.5, 0.5, 0.25), (1.9, 1.1, 4.0)])
def test_dense_quadrature(law, w, sigma, kappa):
    expected = dense.iterate(w, sigma, kappa, law)
    assert np.abs(order_parameters(solve(w, sigma, kappa, law)) - expected).max() < 1e-6


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (ROWS[3], {"exponent": -1}),
        (ROWS[3], {"one_variance": True}),
        (ROWS[7], {"exponent": -1}),
        (ROWS[7], {"one_variance": True}),
        (ROWS[5], {"stein": True}),
        (ROWS[6], {"stein": True}),
    ],
)
def test_known_values_exclude_planted_errors(row, error):
    law, sigma, w, kappa, *expected, _ = row
    wrong = dense.iterate(w, sigma, kappa, law, **error)
    assert np.abs(wrong - expected).max() > 0.03
    right = dense.iterate(w, sigma, kappa, law)
    assert np.abs(right - expected).max() < 1e-4


@pytest.mark.parametrize("law", LAWS)
def test_layers_can_be_exchanged(law):
    one, other = solve(1.7, 0.8, 0.3, law), solve(1.7, 0.8, 1 / 0.3, law)
    assert np.allclose(order_parameters(one), order_parameters(other)[[1, 0, 3, 2]])
    assert np.isclose(one.free_energy, other.free_energy)
    assert np.isclose(one.at, other.at)


def two_modes(law, second):
    """Return the model of two modes in fields, as the kernels take it."""
    law, w, eta = laws.get(law), np.array([1.5, second]), np.array([0.1, 0.0])
    return Model(w, 0.7, 0.5, eta, np.full(2, 0.02), law.scale, *law.product(2))


@pytest.mark.parametrize("law", LAWS)
def test_solutions_are_stationary_points_of_the_free_energy(law):  # eq-phase-free
    phase = solve([1.5, 1.3], 0.7, 0.5, law, eta=[0.1, 0.0], theta=0.02)
    x = np.r_[phase.m_bar, phase.q_bar]
    model, work = two_modes(law, 1.3), make_work(3)

    def f(x):  # with (m, q) the answer to (m̄, q̄): stationary in both, so in x
        visible_then_hidden(x, model, work)
        return free_energy(x, *model[:3], work)

    for k in range(3):
        step = 1e-4 * np.eye(3)[k]
        assert abs(f(x + step) - f(x - step)) / 2e-4 < 1e-7


def test_jacobian():
    for law in LAWS:
        model = two_modes(law, 1.2)
        x, work = np.array([0.4, 0.3, 0.5]), make_work(3)
        visible_then_hidden(x, model, work)
        jac = work.jac.copy()
        for k in range(3):
            step = 1e-5 * np.eye(3)[k]
            visible_then_hidden(x + step, model, work)
            up = work.hidden.order.copy()
            visible_then_hidden(x - step, model, work)
            slope = (up - work.hidden.order) / 2e-5
            assert np.allclose(slope, jac[:, k], atol=1e-8)


def test_averages():
    moments, three = np.empty(5), np.empty(3)
    for A in (0.0, 0.3, 2.0, -7.0):
        for B in (0.0, 0.1, 0.39, 0.41, 3.0, 12.0):
            averages.point_moments(A, B, moments)
            x = A + B * dense.Y
            t = np.tanh(x)
            expected = [
                t @ dense.P,
                (1 - t**2) @ dense.P,
                (t * (1 - t**2)) @ dense.P,
                (1 - t**2) ** 2 @ dense.P,
                np.logaddexp(x, -x) @ dense.P,
            ]
            assert np.abs(moments - expected).max() < 1e-9
            if A == 0:
                averages.scale_moments(B * B, three)
                assert np.abs(three - moments[[1, 3, 4]]).max() < 1e-9


def test_gauss_hermite_would_be_wrong():
    y, p = np.polynomial.hermite_e.hermegauss(101)
    p = p / p.sum()
    q = 0.5
    for _ in range(500):
        q = np.tanh(5 * np.sqrt(q) * y) ** 2 @ p
    assert abs(1 / (1 - q) - CRITICAL[5]) > 0.01
    assert abs(phase_diagram.critical_w(5.0) - CRITICAL[5]) < 1e-4


def test_critical_strengths():  # eq-phase-fsg
    found = phase_diagram.critical_w(list(CRITICAL))
    assert np.abs(found - list(CRITICAL.values())).max() < 1e-5
    assert abs(phase_diagram.critical_w(2.0, 0.25) / 2 - 1.06446) < 1e-5
    assert (phase_diagram.critical_w([0.3, 1.0], 4.0, "laplace") == 1).all()
    assert abs(phase_diagram.critical_w(200.0) / 200 - np.sqrt(np.pi / 2)) < 2e-2


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("kappa", [0.25, 1.0])
def test_phases_change_at_the_boundaries(law, kappa):
    for sigma in (0.5, 0.9, 1.3, 3.0):
        w_c = float(phase_diagram.critical_w(sigma, kappa, law))
        below = solve(w_c * (1 - 1e-3), sigma, kappa, law)
        above = solve(w_c * (1 + 1e-3), sigma, kappa, law)
        assert below.phase == ("spin glass" if sigma > 1 else "paramagnet")
        assert above.phase == "ferromagnet"
    assert solve(0.5, 0.999, kappa, law).phase == "paramagnet"
    assert solve(0.5, 1.001, kappa, law).phase == "spin glass"


def test_at_line():
    for nu, w, sigma in ((1, 1.65097, 1.46741), (4, 2.74169, 1.97661)):
        t = np.tanh(np.sqrt(nu) * dense.Y)
        assert abs(1 / (1 - t**2 @ dense.P) - w) < 1e-5
        assert abs(((1 - t**2) ** 2 @ dense.P) ** -0.5 - sigma) < 1e-5
        assert abs(phase_diagram.at_sigma(w) - sigma) < 2e-5
    assert phase_diagram.at_sigma(1.0) == pytest.approx(1.0, abs=1e-6)
    glass = solve_grid(0.5, np.linspace(1.05, 5, 20)).at[:, SPIN_GLASS]
    assert (glass > 1).all()
    lines = phase_diagram.boundaries(n_points=20)
    w, sigma = lines.at.T
    assert np.allclose(lines.reduced().at, np.stack([w / sigma, 1 / sigma], 1))


GRID = np.linspace(0, 6, 200), np.linspace(0, 5, 200)[:, None]


@functools.cache
def plane(kappa, law):
    """Return the solutions on a coarse grid that is dense about the modes' onset."""
    sigma = np.linspace(0, 5, 41)[:, None]
    onset = phase_diagram.critical_w(sigma, kappa, law)
    near = onset * (1 + np.array([-1e-2, -1e-3, -1e-4, 1e-4, 1e-3, 1e-2]))
    w = np.broadcast_to(np.linspace(0, 6, 41), (41, 41))
    return solve_grid(np.hstack([w, near]), sigma, kappa, law)


@pytest.mark.parametrize("kappa", [0.25, 1.0, 4.0])
def test_grid_holds_all_solutions_of_a_dense_scan(kappa):
    grid = plane(kappa, "gaussian")
    assert grid.converged
    rng = np.random.default_rng(1)
    places = rng.integers([0, 1], 41, (37, 2))  # w = 0 has no onset to look for
    places[25:, 1] = rng.integers(41, 47, 12)  # beside it
    for i, j in places:
        w, sigma = grid.w[i, j], grid.sigma[i, j]
        found = np.array(
            [x[i, j, FERROMAGNET] for x in (grid.m, grid.m_bar, grid.q, grid.q_bar)]
        )
        expected = dense.ferromagnets(w, sigma, kappa)
        assert len(expected) == np.isfinite(found[0])
        if len(expected):
            assert np.abs(expected[0] - found).max() < 1e-6
        if sigma > 1:
            q, q_bar = grid.q[i, j, SPIN_GLASS], grid.q_bar[i, j, SPIN_GLASS]
            noise = sigma**2 * np.array([np.sqrt(kappa) * q_bar, q / np.sqrt(kappa)])
            assert np.abs(dense.overlap(noise) - [q, q_bar]).max() < 1e-8
            assert grid.growth[i, j, SPIN_GLASS] != 1


@pytest.mark.parametrize("law", LAWS)
def test_grid_agrees_with_solve(law):
    grid = plane(0.25, law)
    assert grid.converged
    for i, j in np.random.default_rng(2).integers(0, [41, 47], (60, 2)):
        phase = solve(grid.w[i, j], grid.sigma[i, j], 0.25, law)
        assert NAMES[grid.phase[i, j]] == phase.phase
        assert len(phase.solutions) == np.isfinite(grid.m[i, j]).sum()
        for name in ("m", "q", "free_energy", "growth", "at"):
            value = np.ravel(getattr(phase, name))[0]
            assert abs(grid.stable(name)[i, j] - value) < 1e-6


def test_modes_mix_only_with_positive_excess_kurtosis():  # eq-phase-landau
    laplace = solve([1.5, 1.4], 0.3, 1, "laplace")
    assert np.abs(laplace.m - [0.386, 0.257]).max() < 1e-3
    assert sum(s.locally_stable for s in laplace.solutions) == 1
    gaussian = solve([1.5, 1.4], 0.3)
    assert np.abs(gaussian.m - [0.550, 0]).max() < 1e-3
    spins = solve([1.5, 1.4], 0.3, 1, "rademacher")
    stable = [s.m for s in spins.solutions if s.locally_stable]
    assert np.abs(np.array(stable) - [[0.833, 0], [0, 0.783]]).max() < 1e-3
    dilute, dense_law = (solve([1.3, 1.3], 0.3, 1, ("sparse", p)) for p in (0.2, 0.5))
    assert (dilute.m > 0.1).all() and (dense_law.m.min() < 1e-6)  # kurtosis 5 and 2


def test_fields():
    phase = solve(1.5, 0.5, eta=0.01)
    assert {np.sign(s.m[0]) for s in phase.solutions} == {-1, 1}
    assert phase.m[0] > 0
    for s in phase.solutions:  # Gaussian modes: m = (w m̄ + η)(1 - q)
        assert np.allclose(s.m, (1.5 * s.m_bar + 0.01) * (1 - s.q), atol=1e-9)
        assert np.allclose(s.m_bar, 1.5 * s.m * (1 - s.q_bar), atol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"w": -1}, "w must hold finite numbers >= 0, got -1"),
        ({"w": [[1.0]]}, "w must have shape"),
        ({"w": np.inf}, "w must hold finite numbers >= 0"),
        ({"sigma": -0.1}, "sigma must be a finite number >= 0, got -0.1"),
        ({"kappa": 0}, "kappa must be a finite number in [1e-06, 1e+06], got 0"),
        (
            {"kappa": 2e6},
            "kappa must be a finite number in [1e-06, 1e+06], got 2000000.0",
        ),
        ({"w": [1.0, 1e160]}, "w must be at most 1e+07 at kappa = 1 for the gaussian"),
        ({"sigma": 10000000.1}, "lost in rounding; got 10000000.1"),
        ({"eta": -1e160}, "eta must be at most 1e+07"),
        ({"theta": 1e8}, "theta must be at most 1e+07"),
        ({"law": "cauchy"}, "got 'cauchy'"),
        ({"law": ("sparse", 2)}, "p must be a finite number in (0, 1], got 2"),
        ({"eta": [1, 2]}, "eta must have shape (1,), got (2,)"),
        (
            {"w": [1.0] * 5, "law": "laplace"},
            "the size of w, must be at most 3 for the laplace",
        ),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        solve(**({"w": 1.0, "sigma": 0.5} | arguments))


def test_grid_and_lines_refuse():
    with pytest.raises(ValueError, match="w must hold finite numbers >= 0"):
        solve_grid([-1.0], 0.5)
    with pytest.raises(
        ValueError, match=r"largest_sigma must be .* in \(1, .* got 0.5"
    ):
        phase_diagram.boundaries(largest_sigma=0.5)
    with pytest.raises(ValueError, match="n_points must be at least 2, got 1"):
        phase_diagram.boundaries(n_points=1)
    with pytest.raises(ValueError, match="w must hold finite numbers >= 1, got 0.5"):
        phase_diagram.at_sigma(0.5)
    with pytest.raises(ValueError, match="w must be at most"):
        phase_diagram.at_sigma(1e160)
    with pytest.raises(ValueError, match="largest must be .* got 1e.160"):
        phase_diagram.at_sigma(2.0, largest=1e160)
    with pytest.raises(ValueError, match="sigma must be at most"):
        phase_diagram.critical_w([1.0, 1e160])


@pytest.mark.parametrize("law", ["gaussian", "laplace", "rademacher", ("sparse", 0.2)])
@pytest.mark.parametrize("kappa", [1e-6, 1.0, 1e6])
def test_the_largest_strengths_have_their_phases(law, kappa):
    """Beyond this range a ferromagnet or a glass is lost without a sign."""
    most = 0.999 * domain.largest_strength(kappa, laws.get(law))
    ferromagnet = solve(most, 0.5, kappa, law)
    assert ferromagnet.converged and ferromagnet.phase == "ferromagnet"
    glass = solve(0.5, most, kappa, law)
    assert glass.converged and glass.phase == "spin glass"
    # E sech⁴ = (4/3)/√(2π variance) up to 1/variance, below 1e-4 here; κ drops out.
    expected = 16 / (18 * np.pi) / np.sqrt(glass.q * glass.q_bar)
    assert glass.at / most**2 == pytest.approx(expected, rel=1e-4)


def test_averages_far_from_the_table():
    """tanh is a sign there; with NUMBA_BOUNDSCHECK=1, nothing is read outside."""
    out, few = np.empty(5), np.empty(3)
    for A, B in ((-100.0, 1.0), (-1e9, 2.0), (1e9, 2.0)):
        averages.point_moments(A, B, out)
        assert out.tolist() == [np.sign(A), 0, 0, 0, abs(A)]
    averages.scale_moments(np.inf, few)
    assert np.isnan(few).all()
