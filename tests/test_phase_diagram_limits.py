"""The diagram at the ends of its domain: the promised digits, or a refusal."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from rbmlib import phase_diagram
from rbmlib.phase_diagram import averages, domain, laws, sweep
from rbmlib.phase_diagram.outliers import bulk_edge, strength
from rbmlib.phase_diagram.placing import place
from rbmlib.rbm import RBM
from rbmlib.units import Categorical


def fine_sech(r, power):
    """E sechⁿ(r y) on a grid ten times finer than the library's."""
    if r < 1:
        y = np.arange(-12, 12, 0.02)
        return (
            0.02
            * np.exp(-(y**2) / 2)
            / np.cosh(r * y) ** power
            @ np.ones(y.size)
            / (math.sqrt(2 * math.pi))
        )
    x = np.arange(-60, 60, 0.025)
    weight = np.exp(-((x / r) ** 2) / 2) / (r * math.sqrt(2 * math.pi))
    return 0.025 * (weight @ (1 / np.cosh(x) ** power))


def moments(r):
    out = np.empty(3)
    averages.scale_moments(float(r) ** 2, out)
    return out


def test_averages_keep_their_digits_in_strong_fields():
    for r in np.logspace(-3, 8, 120):
        expected = fine_sech(r, 2), fine_sech(r, 4)
        assert moments(r)[:2] == pytest.approx(expected, rel=1e-10, abs=0)


@pytest.mark.parametrize(("law_of", "digits"), [(1, 3e-9), (2, 1e-6)])
def test_the_exponential_rule_against_a_finer_one(law_of, digits):
    nodes, weights = laws.LAPLACE.product(law_of)
    V = nodes if law_of == 1 else nodes.sum(1)  # of two: the law of Erlang, V e^-V
    x = np.linspace(-4, 4.4, 2000)
    fine = np.exp(x - np.exp(-x))
    density = np.exp(-fine) * fine * (1 + np.exp(-x)) * fine ** (law_of - 1)
    for a in (0.1, 1.0, 10.0, 1e3, 1e6):
        found = sum(
            w * moments(a * math.sqrt(v))[0]
            for v, w in zip(V.ravel(), weights, strict=True)
        )
        expected = sum(
            w * moments(a * math.sqrt(v))[0]
            for v, w in zip(fine, density / density.sum(), strict=True)
        )
        assert found == pytest.approx(expected, rel=digits)


@pytest.mark.parametrize("sigma", [1.01, 1.5, 5.0, 100.0, 1e4, 1e6])
def test_the_critical_strength_in_strong_noise(sigma):
    # κ = 1: q = E tanh²(σ√q y) and w_c = 1/(1 - q), with x = σ√q as the unknown.
    def excess(log_x):
        x = math.exp(log_x)
        return 1 - fine_sech(x, 2) - (x / sigma) ** 2

    x = math.exp(brentq(excess, math.log(0.01), math.log(sigma), xtol=1e-14))
    expected = 1 / fine_sech(x, 2)
    found = float(phase_diagram.critical_w(sigma))
    assert found == pytest.approx(expected, rel=1e-9)
    if sigma > 1e3:  # w_c/σ → √(π/2)
        assert found / sigma == pytest.approx(math.sqrt(math.pi / 2), rel=1e-3)


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_the_place_of_a_machine_without_noise(scale):
    one = phase_diagram.sample_machine(2.0, 0.0, 100, 80, seed=1).rbm.W
    two = phase_diagram.sample_machine([3.0, 2.0], 0.0, 60, 80, seed=1).rbm.W
    for W in (one, two, 2 * np.ones((50, 50)) / 50, np.ones((1, 7))):
        found, s = place(scale * W), np.linalg.svd(W, compute_uv=False)
        n_modes = np.linalg.matrix_rank(W)
        assert found.sigma == found.edge == 0 or W.shape[0] == 1
        if W.shape[0] > 1:
            assert found.w == pytest.approx(scale * s[:n_modes], rel=1e-12)
    nothing = place(np.zeros((5, 4)))
    assert (len(nothing.w), nothing.sigma, nothing.edge) == (0, 0.0, 0.0)


def test_strength_is_the_inverse_of_the_top_singular_value():
    for kappa in (1e-3, 1.0, 4.0):
        for scale in (1e-200, 1.0, 1e200):
            w = scale * np.array([1.0, 1.001, 3.0, 1e5])
            s = phase_diagram.top_singular_value(w, 0.9 * scale, kappa)
            assert strength(s, 0.9 * scale, kappa) == pytest.approx(w, rel=1e-7)
    assert strength(bulk_edge(0.7, 2.0), 0.7, 2.0) == pytest.approx(0.7)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("law", ["gaussian", "laplace", "rademacher", ("sparse", 0.1)])
@pytest.mark.parametrize("size", [0.0, 1e-300, 1e-8, 1e3, 1e160, 1e308])
def test_solve_gives_numbers_or_refuses(law, size):
    for name in ("w", "sigma", "eta", "theta"):
        values = {"w": 1.5, "sigma": 0.5} | {name: size}
        try:
            found = phase_diagram.solve(law=law, **values)
        except ValueError as error:
            assert (
                size > 1e6 and str(error).startswith(name) and repr(size) in str(error)
            )
            continue
        numbers = [*found.m, *found.m_bar, found.q, found.q_bar, found.free_energy]
        assert np.isfinite([*numbers, found.growth, found.at]).all()
        assert found.converged and 0 <= found.q <= 1


def test_small_fields_do_not_count_and_strong_ones_freeze():
    assert phase_diagram.solve(0.5, 0.2, eta=1e-300).phase == "paramagnet"
    frozen = phase_diagram.solve(1e5, 0.5, law="rademacher")
    assert frozen.m == pytest.approx(1) and frozen.q == pytest.approx(1)


NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: phase_diagram.critical_w(1e160),
            "sigma must be at most .* got 1e.160",
        ),
        (lambda: phase_diagram.critical_w(NAN), "sigma must hold .* got nan"),
        (lambda: phase_diagram.at_sigma(1e160), "w must be at most .* got 1e.160"),
        (lambda: phase_diagram.at_sigma(NAN), "w must hold .* got nan"),
        (lambda: phase_diagram.at_sigma(1e5), "largest must be above .* got 50.0"),
        (lambda: phase_diagram.at_sigma(2.0, largest=1.2), "largest must be above"),
        (
            lambda: phase_diagram.at_sigma(2.0, largest=1e20),
            r"largest must be .* in \[1",
        ),
        (lambda: phase_diagram.at_sigma(2.0, largest=NAN), "largest must be"),
        (lambda: phase_diagram.solve(1.5, 0.5, kappa=1e-300), "kappa must be .* in"),
        (lambda: phase_diagram.solve(1.5, 0.5, kappa=-1.0), "kappa must be"),
        (lambda: phase_diagram.solve(1.5, 0.5, law=("sparse", 1e-300)), "w must be at"),
        (lambda: phase_diagram.solve_grid(1.0, [0.1, -2.0]), "sigma must .* got -2"),
        (lambda: phase_diagram.boundaries(largest_sigma=1e9), "largest_sigma must be"),
        (lambda: bulk_edge(1.0, -1), "kappa must be .* got -1"),
        (lambda: bulk_edge(1.0, 0), "kappa must be .* got 0"),
        (lambda: bulk_edge(-1.0), "sigma must be .* got -1.0"),
        (lambda: strength(1.0, 1.0), "s must be .* edge .* got 1"),
        (lambda: strength(NAN, 1.0), "s must hold finite numbers .* got nan"),
        (lambda: phase_diagram.top_singular_value(1.0, -2.0), "sigma must .* got -2"),
        (lambda: phase_diagram.top_singular_value(2.0, 1.0, -1.0), "kappa must be"),
        (lambda: place([[1.0, NAN]]), "matrix must hold finite numbers .* got nan"),
        (lambda: place([1.0, 2.0]), r"matrix must have shape .* got \(2,\)"),
        (lambda: phase_diagram.instability([[INF]]), "W must hold finite .* inf"),
        (lambda: phase_diagram.instability([[1e200]]), "W must hold .* got 1e.200"),
        (lambda: phase_diagram.instability([1.0]), "W must have shape"),
        (lambda: phase_diagram.couplings([1.0]), "W must have shape"),
        (
            lambda: phase_diagram.critical_strengths(0.3, 2, 2, seed=0),
            "unstable at w = 2",
        ),
        (lambda: phase_diagram.overlap(np.ones((1, 4))), "averages must be of two"),
        (lambda: phase_diagram.average([[1, 1, 1, 1], [1, 1, NAN, 1]]), "got nan"),
        (
            lambda: phase_diagram.susceptible(
                phase_diagram.sample_machine(1.0, 0.1, 2, 2, seed=0).rbm,
                [0, 2.5],
                [0, 0],
            ),
            "mean_v must hold .* got 2.5",
        ),
    ],
)
def test_limits_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


POINT = {"w": 2.0, "sigma": 0.3, "kappa": 0.5, "law": "rademacher", "seed": 1}
POINT |= {"n_visible": 20, "n_chains": 2, "n_burn": 1, "n_sweeps": 2}


@pytest.mark.parametrize("kappa", [0.333, 0.001, 1e300])
def test_a_machine_has_the_ratio_that_is_asked_for(kappa):
    with pytest.raises(
        ValueError, match=f"kappa must .* got {kappa!r}".replace("+", ".")
    ):
        phase_diagram.measure_point(POINT | {"kappa": kappa})


@pytest.mark.parametrize(("kappa", "n_visible"), [(1 / 3, 30), (0.1, 30), (7, 3)])
def test_a_ratio_may_be_rounded(kappa, n_visible):
    """0.1 times 30 is 3.0000000000000004."""
    point = POINT | {"kappa": kappa, "n_visible": n_visible}
    assert len(phase_diagram.measure_point(point)) == 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: phase_diagram.solve_grid([1, 2], [1, 2, 3]), "w and sigma must have"),
        (
            lambda: phase_diagram.solve_grid(np.ones(2**13), np.ones((2**13, 1))),
            "w and sigma must make at most",
        ),
        (lambda: phase_diagram.solve(1, 0.5, law=(np.zeros(3), 1)), "law must be one"),
        (
            lambda: phase_diagram.sample_machine(1, 1e61, 4, 4, seed=0),
            "sigma must be at most 1e.60",
        ),
        (
            lambda: phase_diagram.sample_machine(1, 1, 2**23, 2**23, seed=0),
            "n_visible and n_hidden must",
        ),
        (
            lambda: phase_diagram.sample_machine(1, 1, 4, 4, ("sparse", 1e-9), seed=0),
            "law must have a p of at least 1e-06",
        ),
        (
            lambda: phase_diagram.project(
                [RBM.random(3, 2, seed=0), RBM.random(4, 2, seed=0)]
            ),
            "machines must have the same visible units",
        ),
        (
            lambda: sweep.grid_row(
                {"w": [1.5], "sigma": 0.5, "kappa": 1.0, "law": "gaussian", "x": 1}
            ),
            "setting must have the keys",
        ),
        (lambda: sweep.run(dict, [], n_jobs=0), "n_jobs must be"),
    ],
)
def test_what_does_not_go_together_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_rows_of_a_grid_have_one_noise():
    setting = {"w": [1.5], "sigma": [0.5, 0.6], "kappa": 1.0, "law": "gaussian"}
    with pytest.raises(TypeError, match="sigma must be a finite number"):
        sweep.grid_row(setting)


def test_means_of_categorical_units_are_shares_of_their_states():
    machine = RBM(np.zeros((1, 3, 1)), [[0.0, 0.0, 200.0]], [0.0], Categorical(3))
    mean_v, _ = phase_diagram.sampled_means(machine, n_chains=5, n_sweeps=1)
    assert mean_v.tolist() == [0, 0, 1]


@pytest.mark.parametrize("law", ["gaussian", "laplace", "rademacher", ("sparse", 0.2)])
@pytest.mark.parametrize("kappa", [1.0, 1e6])
def test_lines_up_to_the_strongest_noise(law, kappa):
    share = 200.1 if laws.get(law).scale else 2.001
    end = min(5e5, domain.largest_strength(kappa, laws.get(law)) / share)
    lines = phase_diagram.boundaries(kappa, law, largest_sigma=end, n_points=4)
    assert lines.ferro_glass[-1].tolist() == [pytest.approx(1.2533 * end, rel=0.1), end]
    assert (np.diff(lines.at, axis=0) > -1e-8).all()
