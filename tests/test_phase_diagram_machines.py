"""Finite machines against the theory: planted, measured, projected."""

import functools
import hashlib
import re

import numpy as np
import pytest
from scipy import stats

import dense
from rbmlib import phase_diagram, trained
from rbmlib.ising import mean_field
from rbmlib.phase_diagram import (
    instability,
    laws,
    measure,
    place,
    planted,
    project,
    sample_machine,
    solve,
    top_singular_value,
)
from rbmlib.rbm import RBM
from rbmlib.trained import monte_carlo as recorded
from rbmlib.units import GAUSSIAN


def theory(law, w, sigma, kappa):
    phase = solve(w, sigma, kappa, law)
    return np.array([phase.m[0], phase.m_bar[0], phase.q, phase.q_bar])


# Laws of the entries: exact bits, right moments


@functools.cache
def many_entries(law):
    return planted.entries(laws.get(law), (400_000,), seed=3)


@pytest.mark.parametrize(
    ("law", "kurtosis"),
    [("gaussian", 3), ("laplace", 6), ("rademacher", 1), (("sparse", 0.25), 4)],
)
def test_entries(law, kurtosis):
    square = many_entries(law) ** 2
    fourth, n = square**2, square.size
    assert laws.get(law).kurtosis == kurtosis
    for mean, expected, spread in (
        (many_entries(law).mean(), 0, 1),
        (square.mean(), 1, kurtosis - 1),
        (fourth.mean(), kurtosis, np.mean(fourth**2) - kurtosis**2),
    ):
        assert abs(mean - expected) <= 4.5 * np.sqrt(max(spread, 0) / n)


def test_shape_of_the_continuous_laws():
    wide = stats.laplace(scale=0.5**0.5)
    for law, expected in (("gaussian", stats.norm), ("laplace", wide)):
        assert stats.kstest(many_entries(law), expected.cdf).pvalue > 1e-3
    assert stats.kstest(many_entries("gaussian"), wide.cdf).pvalue < 1e-6


def test_same_bits_everywhere():
    digest = hashlib.sha256()
    for law in ("gaussian", "laplace", "rademacher", ("sparse", 0.3)):
        machine = sample_machine([1.5, 0.7], 0.6, 37, 20, law, seed=9, eta=0.1)
        for x in (machine.rbm.W, machine.rbm.a, machine.u, machine.u_bar):
            digest.update(np.ascontiguousarray(x + 0.0).tobytes())
    assert digest.hexdigest()[:16] == SAME_BITS


SAME_BITS = "742994bdb8378ec2"


def test_variance_of_the_noise():
    machine = sample_machine(0.0, 0.8, 300, 100, seed=1)
    expected = 0.8**2 / np.sqrt(300 * 100)
    assert abs(machine.rbm.W.var() / expected - 1) < 4.5 * np.sqrt(2 / 30_000)


# Monte Carlo


def deviations(size):
    """Return (simulation - theory)/error, shape (n_points, 4)."""
    pairs = zip(recorded.POINTS, recorded.averages(size), strict=True)
    return np.array(
        [
            (np.array(average.mean) - theory(*point)) / average.error
            for point, average in pairs
        ]
    )


def test_theory_agrees_with_machines():  # eq-phase-machine, eq-phase-mag
    points = recorded.POINTS
    assert len(points) >= 12 and {p[3] for p in points} == {0.25, 1.0, 4.0}
    phases = [solve(w, sigma, kappa, law).phase for law, w, sigma, kappa in points]
    assert phases.count("paramagnet") >= 3 and phases.count("ferromagnet") >= 9
    assert np.abs(deviations(400)).max() < 3


def test_finite_size_trend():
    """Deviations are O(1/N): a quarter at four times the size."""
    difference = {}
    for size in recorded.MACHINES:
        difference[size] = np.array(
            [
                np.array(average.mean) - theory(*point)
                for point, average in zip(
                    recorded.POINTS, recorded.averages(size), strict=True
                )
            ]
        )
    ferro = [solve(w, s, k, law).m[0] > 0 for law, w, s, k in recorded.POINTS]
    sizes = [np.abs(difference[n][ferro]).mean() for n in (400, 100)]
    assert sizes[0] < 0.6 * sizes[1]


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (4, {"exponent": -1}),
        (4, {"one_variance": True}),
        (7, {"stein": True}),
        (11, {"exponent": -1}),
        (11, {"one_variance": True}),
        (12, {"stein": True}),
    ],
)
def test_machines_exclude_planted_errors(number, error):
    law, w, sigma, kappa = recorded.POINTS[number]
    average = recorded.averages(400)[number]
    wrong = dense.iterate(w, sigma, kappa, law, **error)
    assert np.abs((np.array(average.mean) - wrong) / average.error).max() > 6


def test_overlap_of_a_chain_with_itself_would_be_wrong():
    machine = sample_machine(0.5, 0.4, 200, 200, seed=5)
    found = measure(machine, n_chains=4, n_burn=20, n_sweeps=20)
    assert abs(found.q) < 0.02  # itself: ⟨s⟩² of 20 sweeps is about 1/20


def test_an_overlap_in_the_glass_decays():
    """Replica symmetry is broken there: no stationary value to compare with."""
    q = np.zeros(2)
    for seed in (6, 7):
        machine = sample_machine(0.5, 1.5, 400, 400, seed=seed)
        for k, n_burn in enumerate((1, 400)):
            q[k] += measure(machine, n_burn=n_burn, n_sweeps=20, n_chains=16).q / 2
    assert q[0] > 0.1 and q[1] < q[0] / 2 < solve(0.5, 1.5).q / 2


# Mean field of one machine


def test_instability_of_naive_and_tap():  # eq-phase-sv, eq-phase-tap
    n, sigma, strengths = 100, 0.4, []
    for seed in range(8):
        found = phase_diagram.critical_strengths(sigma, n, n, seed=seed)
        planted_once = sample_machine(1.0, sigma, n, n, seed=seed)
        norms = [np.linalg.norm(x) for x in (planted_once.u, planted_once.u_bar)]
        strengths.append(np.array(found) * np.prod(norms))  # w |u| |ū| is the mode's
    mean, error = np.mean(strengths, 0), np.std(strengths, 0, ddof=1) / np.sqrt(8)
    # Naive: w² - w + σ² = 0.  TAP: w = 1; a mode of Gaussian entries adds Σ u⁴ = 3/n to
    # the reaction, and the eigenvalue w + σ²/w - … grows by 1 - σ² for each unit of w.
    expected = np.array([0.8, 1 + 3 / n / (1 - sigma**2)])
    assert (np.abs(mean - expected) < 4 * error + 2 / n).all()
    assert (np.diff(strengths) > 0.1).all()
    with pytest.raises(ValueError, match="sigma must leave m = 0 stable"):
        phase_diagram.critical_strengths(0.8, 100, 100, seed=0)


def test_growth_is_that_of_the_iterations():
    machine = sample_machine(0.9, 0.4, 60, 40, seed=2)
    J = phase_diagram.couplings(machine.rbm.W)
    growth = instability(machine.rbm.W)
    assert growth.naive > 1 > growth.tap
    start = 0.01 * np.r_[machine.u[:, 0], machine.u_bar[:, 0]]
    naive = mean_field.naive(J, 0.0, start)
    tap = mean_field.tap(J, 0.0, start, damping=0.5)
    assert np.abs(naive.m).max() > 0.01 and np.abs(tap.m).max() < 1e-6


# Where a machine sits


def test_singular_value_and_strength_are_inverse():
    for kappa in (0.25, 1, 3):
        for w, sigma in ((1.0, 0.5), (2.0, 1.3)):
            s = top_singular_value(w, sigma, kappa)
            assert s > phase_diagram.bulk_edge(sigma, kappa)
            assert abs(phase_diagram.strength(s, sigma, kappa) - w) < 1e-12
    assert top_singular_value(1.0, 0.5) == 1.25
    tap = (1 + 0.25 * np.sqrt(3)) * (1 + 0.25 / np.sqrt(3))
    assert abs(top_singular_value(1.0, 0.5, 3) ** 2 - tap) < 1e-12


@pytest.mark.parametrize(
    ("w", "sigma", "shape"),
    [(1.5, 0.5, (400, 200)), ([2.0, 1.4], 0.6, (300, 300)), (0.9, 0.5, (250, 500)),
     (0.3, 0.5, (300, 300))],
)  # fmt: skip
def test_place_of_planted_machines(w, sigma, shape):
    found = [place(sample_machine(w, sigma, *shape, seed=s).rbm.W) for s in range(12)]
    expected = [x for x in np.atleast_1d(w) if x > sigma]
    assert {len(p.w) for p in found} == {len(expected)}
    size = np.sqrt(shape[0] * shape[1])
    sigmas = np.array([p.sigma for p in found])
    # Σ r² has a relative scatter of √(2/N_vN_h), the modes a bias of order 1/size.
    assert abs(sigmas.mean() / sigma - 1) < 4 / (size * np.sqrt(2 * 12)) + 1 / size
    if expected:  # |u||ū| scatters by √((1/2N_v + 1/2N_h)) for each machine
        strengths = np.array([p.w for p in found]).mean(0)
        scatter = np.sqrt((1 / shape[0] + 1 / shape[1]) / 2 / 12)
        split = 0.03 if len(expected) > 1 else 0  # two modes repel each other
        bound = 4 * scatter + 2 / size + split
        assert np.abs(strengths / expected - 1).max() < bound


def test_the_measured_singular_value_is_not_w():
    machine = sample_machine(1.0, 0.5, 500, 500, seed=1)
    s = np.linalg.norm(machine.rbm.W, 2)
    assert abs(s - 1.25) < 0.1 and abs(place(machine.rbm.W).w[0] - 1) < 0.15


def test_projection_of_binary_machines_is_that_of_their_spins():
    spin = sample_machine(1.4, 0.5, 120, 80, seed=4).rbm
    binary, _ = spin.to_binary()
    (found,) = project([binary], n_chains=2000, n_sweeps=30)
    expected = place(spin.W)
    # D is measured: 1 - ⟨s⟩² is too small by 1/n_chains, and scatters.
    assert abs(found.w[0] / expected.w[0] - 1) < 0.01
    assert abs(found.sigma / expected.sigma - 1) < 0.01
    assert abs(place(binary.W / 4).w[0] - expected.w[0]) < 1e-12


def test_projection_sees_through_biases():
    """Units pinned by biases hardly move: W/4 overrates the machine, D does not."""
    known = sample_machine(0.4, 0.15, 400, 300, seed=7).rbm.W
    a, b = (1.2 * planted.entries(laws.GAUSSIAN, (n,), seed=8) for n in (400, 300))
    sd_v, sd_h = (np.sqrt(1 / (2 + 2 * np.cosh(x))) for x in (a, b))
    W = known / sd_v[:, None] / sd_h
    mean_v, mean_h = (1 / (1 + np.exp(-x)) for x in (a, b))
    pinned = RBM(W, a - W @ mean_h, b - mean_v @ W)  # units see a and b on average
    (found,) = project([pinned], n_chains=1000, n_sweeps=60)
    expected = place(known)
    assert abs(found.w[0] / expected.w[0] - 1) < 0.06
    assert abs(found.sigma / expected.sigma - 1) < 0.06
    assert place(pinned.W / 4).sigma > 1.3 * expected.sigma


def test_trained_machine_starts_as_a_paramagnet():
    run = trained.load("digits").trajectory
    first, last = project([run[0], run[-1]], n_chains=200, n_sweeps=50)
    assert first.singular_values[0] < 0.1
    assert last.w[0] > 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sample_machine(1, 0.5, 0, 5, seed=1), "n_visible must be at least 1"),
        (lambda: sample_machine(-1, 0.5, 5, 5, seed=1), "w must hold finite"),
        (lambda: measure(sample_machine(1, 0.5, 5, 5, seed=1), n_chains=1), "n_chains"),
        (lambda: measure(sample_machine(1, 0.5, 5, 5, seed=1), mode=1), "mode must be"),
        (lambda: phase_diagram.average([[1, 2, 3, 4]]), "two machines or more"),
        (lambda: top_singular_value(0.4, 0.5), "w must be above sigma"),
        (
            lambda: phase_diagram.susceptible(
                RBM([[1.0]], [0], [0], GAUSSIAN), [0], [0]
            ),
            "rbm must have units with two states",
        ),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
