"""Relaxation times: against brute force, theory, and measurement against exact."""

import numpy as np
import pytest
from scipy import stats
from scipy.signal import lfilter

from calibration import assert_calibrated
from rbmlib import enumeration, mixing_time, sampling
from rbmlib.mixing_time import (
    exact_relaxation_time,
    exact_strengths,
    measure,
    measured,
    mode_strengths,
    uniform_machine,
    uniform_relaxation_time,
)
from rbmlib.rbm import RBM
from rbmlib.units import BINARY, GAUSSIAN, SPIN


def full_kernel_time(rbm):
    """τ from the eigenvalues of the whole kernel p(v'|v), built state by state."""
    v, h = (
        enumeration.all_states(unit, n)
        for unit, n in ((rbm.visible, rbm.n_visible), (rbm.hidden, rbm.n_hidden))
    )

    def law(mean, states, unit):
        low, high = unit.states
        p = (mean - low) / (high - low)
        on = states == high
        return np.array([np.prod(np.where(on, row, 1 - row), axis=1) for row in p])

    kernel = law(rbm.mean_h(v), h, rbm.hidden) @ law(rbm.mean_v(h), v, rbm.visible)
    assert np.allclose(kernel.sum(1), 1)
    return -1 / np.log(np.sort(np.linalg.eigvals(kernel).real)[-2])


@pytest.mark.parametrize("units", [(BINARY, BINARY), (SPIN, SPIN), (SPIN, BINARY)])
@pytest.mark.parametrize("sizes", [(5, 3), (3, 5), (4, 4)])
def test_gap_through_the_smaller_layer(units, sizes):
    rbm = RBM.random(
        *sizes, scale=1.0, bias_scale=0.5, seed=3, visible=units[0], hidden=units[1]
    )
    expected = full_kernel_time(rbm)
    assert exact_relaxation_time(rbm) == pytest.approx(expected, rel=1e-9)


def test_same_machine_in_both_units():
    rbm = RBM.random(6, 4, scale=2.0, bias_scale=0.5, seed=5)
    spin, _ = rbm.to_spin()
    expected = exact_relaxation_time(rbm)
    assert exact_relaxation_time(spin) == pytest.approx(expected, rel=1e-9)


def test_independent_units_forget_at_once():
    assert exact_relaxation_time(RBM(np.zeros((4, 3)), np.ones(4), np.ones(3))) < 0.04


@pytest.mark.parametrize(("n", "m", "w"), [(5, 4, 1.1), (6, 4, 0.7), (7, 7, 1.3)])
def test_uniform_machine_by_its_total(n, m, w):
    expected = exact_relaxation_time(uniform_machine(n, m, w))
    assert uniform_relaxation_time(n, m, w) == pytest.approx(expected, rel=1e-8)


def test_three_regimes():
    # Below: -1/(2 ln w); at the transition: √N; above: exponential, by the barrier.
    assert -0.5 / np.log(0.9) == pytest.approx(4.746, abs=5e-4)  # eq-mix-linear
    times = [uniform_relaxation_time(n, n, 0.9) for n in (50, 200, 800)]
    errors = np.abs(np.array(times) + 0.5 / np.log(0.9))
    assert errors[-1] < 0.24 and (errors[1:] < 0.5 * errors[:-1]).all()  # O(1/N)
    assert uniform_relaxation_time(100, 100, 1.0) == pytest.approx(9.392, abs=5e-4)
    assert uniform_relaxation_time(400, 400, 1.0) == pytest.approx(18.334, abs=5e-4)
    tunnel = [uniform_relaxation_time(n, n, 1.2) for n in (100, 200)]
    assert tunnel[0] == pytest.approx(1028, abs=0.5)
    # eq-mix-barrier: the slope of ln τ, up to its algebraic prefactor.
    assert np.log(tunnel[1] / tunnel[0]) / 100 == pytest.approx(0.0482, rel=0.02)


@pytest.mark.parametrize(("n", "w"), [(100, 1.0), (200, 0.9)])
def test_measured_times_agree(n, w):
    found = measure(uniform_machine(n, n, w), n_chains=60, max_sweeps=4000, seed=1)
    exact = uniform_relaxation_time(n, n, w)
    assert found.known
    assert abs(found.tau_exp - exact) < 3 * found.tau_exp_error
    assert found.tau_exp_error < 0.25 * exact
    assert found.strengths[0] == pytest.approx(w, abs=0.01)


def test_the_error_of_a_measured_time_is_its_scatter(monkeypatch):
    monkeypatch.setattr(measured, "FIRST_LENGTH", 250)  # enough for 1.5 sweeps
    machine, exact = uniform_machine(6, 6, 0.8), uniform_relaxation_time(6, 6, 0.8)
    results = [measure(machine, n_chains=60, seed=seed) for seed in range(160)]
    # A jackknife over twenty groups of three chains.
    z = [(r.tau_exp - exact) / r.tau_exp_error for r in results]
    assert_calibrated(z, stats.t(19))


@pytest.mark.parametrize(("tau", "known"), [(30, True), (65, False)])
def test_a_record_is_long_enough_in_sweeps(tau, known):
    """500 frames are ten times 30 of them, not ten times 65, however far apart."""
    rng, a = np.random.default_rng(0), np.exp(-1 / tau)
    noise = rng.normal(size=(200, 500, 1))
    noise[:, 0] /= np.sqrt(1 - a * a)
    frames = lfilter([1.0], [1.0, -a], noise, axis=1)
    one = RBM([[1.0]], [0.0], [0.0])
    for every in (1, 4, 16):
        means = np.array([0.5]), np.array([0.5])
        found = measured._analyse(one, frames, means, every, 500 * every)
        assert found.tau_exp == pytest.approx(tau * every, rel=0.25)
        assert found.known == known


def test_measured_time_of_a_machine_with_biases():
    rbm = RBM.random(10, 6, scale=1.5, bias_scale=0.5, seed=2)
    found = measure(rbm, n_chains=300, seed=4)
    exact = exact_relaxation_time(rbm)
    # Three projections see the slowest motion only up to what other modes mix in.
    assert abs(found.tau_exp - exact) < 3 * found.tau_exp_error + 0.1 * exact
    assert np.allclose(found.strengths, exact_strengths(rbm)[:3], atol=0.03)


def test_own_means_hide_the_slow_motion():
    from rbmlib.autocorrelation import integrated_time

    rbm = uniform_machine(60, 60, 1.2)  # τ = 140 sweeps
    exact = uniform_relaxation_time(60, 60, 1.2)
    v = sampling.random_start(rbm, 100, 0)
    v, _ = sampling.gibbs(rbm, v, 2000, 0)
    run = sampling.record(rbm, v, range(1, 3001), 1, lambda v, h: v.mean(1))
    m = np.transpose([x for _, x in run]).astype(float)
    right = integrated_time(m, mean=0.0)
    assert abs(right - exact) < 0.3 * exact
    short = m[:, :300]
    wrong = integrated_time(short - short.mean(axis=1, keepdims=True), mean=0.0)
    assert wrong < 0.5 * right


def test_a_machine_that_does_not_mix_is_refused():
    frozen = uniform_machine(200, 200, 1.5)
    start = np.where(np.arange(20)[:, None] < 10, -1.0, 1.0) * np.ones(200)
    found = measure(frozen, n_chains=20, max_sweeps=1000, seed=0, start=start)
    assert not found.known and np.isnan(found.tau_exp) and found.n_sweeps == 1000


def test_along_is_measure_at_each_age():
    machines = [uniform_machine(20, 20, w) for w in (0.3, 0.8)]
    found = mixing_time.along(machines, n_chains=20, max_sweeps=500, seed=3)
    alone = measure(machines[1], n_chains=20, max_sweeps=500, seed=3)
    assert found[1].tau_int == alone.tau_int and found[1].tau_exp == alone.tau_exp
    assert found[0].tau_int < found[1].tau_int


def test_strengths_are_the_linear_response():
    rbm = RBM.random(7, 5, scale=1.0, bias_scale=0.5, seed=8)
    mean_v, mean_h, _ = enumeration.moments(rbm)
    Dv, Dh = (np.diag(m * (1 - m)) for m in (mean_v, mean_h))
    s, projections = mode_strengths(rbm, np.diag(Dv), np.diag(Dh))
    response = Dv @ rbm.W @ Dh @ rbm.W.T
    values = np.sort(np.linalg.eigvals(response).real)[::-1][:5]
    assert np.allclose(values, s**2)
    for mode in range(5):  # left eigenvectors: y·δv' = s² y·δv
        y = projections[:, mode]
        assert np.allclose(y @ response, s[mode] ** 2 * y)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: exact_relaxation_time(RBM.random(30, 8, seed=0)), "at most 12 units"),
        (
            lambda: exact_relaxation_time(RBM([[0.1]], [0], [0], GAUSSIAN, BINARY)),
            "gaussian",
        ),
        (lambda: measure(RBM.random(3, 2, seed=0), n_chains=1, seed=0), "at least 2"),
        (
            lambda: mode_strengths(RBM.random(3, 2, seed=0), [1, 1], [1, 1]),
            "variance_v",
        ),
        (
            lambda: mode_strengths(RBM.random(2, 2, seed=0), [1, -1], [1, 1]),
            "variance_v must hold .* got -1",
        ),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("visible", "hidden"), [(GAUSSIAN, GAUSSIAN), (SPIN, GAUSSIAN)]
)
def test_continuous_units_are_measured(visible, hidden):
    # A sweep multiplies the mean of a Gaussian mode by w²; with ±1 visible units and a
    # small w the linear law holds to w⁴.
    w = 0.9 if visible == GAUSSIAN else 0.3
    u, v = np.linalg.qr(np.vander([1.0, 2, 3, 4], 2))[0][:, 0], np.array([0.6, 0.8])
    rbm = RBM(w * np.outer(u, v), np.zeros(4), np.zeros(2), visible, hidden)
    found = measure(rbm, n_chains=200, seed=0)
    assert found.known and found.strengths[0] == pytest.approx(w, abs=0.02)
    if visible == GAUSSIAN:
        exact = -0.5 / np.log(w)
        assert abs(found.tau_exp - exact) < 4 * found.tau_exp_error
    else:
        assert np.isnan(found.tau_exp)  # shorter than a sweep
