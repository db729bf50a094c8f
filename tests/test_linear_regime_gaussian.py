"""The Gaussian machine: modes against the whole flow, and both against closed forms."""

import numpy as np
import pytest

from rbmlib import linear_regime as lr
from rbmlib import randomness
from rbmlib.linear_regime.gaussian import flow_rate, mode_rates

TIMES = np.linspace(0, 30, 31)
STEP = np.array([4, 2.5, 1.6, 1.2])


def normal(seed, *shape):
    return randomness.bell(seed, randomness.REFERENCE, shape)


def covariance(variances, seed=1):
    """A covariance of these variances along random axes, and the axes."""
    axes, _ = np.linalg.qr(normal(seed, len(variances), len(variances)))
    return axes @ np.diag(variances) @ axes.T, axes


CASES = {
    "square": (4, STEP),
    "more visible": (4, [4, 2.5, 1.6, 1.2, 0.8, 0.5]),
    "more hidden": (6, STEP),
    "nearly degenerate": (5, [2.5, 2.49, 1.6, 1.599, 0.7]),
}


def problem(case, sigma_v=1.0, sigma_h=1.0):
    """Return W, C_D and times of a case in any units.

    In natural units, σ_v σ_h W, C_D/σ_v² and σ_v² σ_h² t, all σ have one flow.
    """
    n_hidden, variances = CASES[case]
    C, _ = covariance(variances)
    W, scale = 0.05 * normal(3, len(variances), n_hidden), sigma_v * sigma_h
    return W / scale, sigma_v**2 * C, TIMES / scale**2


SIGMAS = {"sigma_v": 0.8, "sigma_h": 1.5}
SCALE = 0.8 * 1.5


@pytest.mark.parametrize("case", CASES)
def test_modes_follow_the_flow(case):
    """The modes in other units than the flow: they must scale alike, too."""
    flow = lr.full_flow(*problem(case))
    path = lr.mode_dynamics(*problem(case, **SIGMAS), **SIGMAS)
    assert np.abs(SCALE * path.weights() - flow).max() <= 1e-8
    for vectors in (path.u, path.v):
        gram = np.swapaxes(vectors, 1, 2) @ vectors
        assert np.abs(gram - np.eye(gram.shape[-1])).max() < 1e-10


def test_modes_follow_the_flow_in_the_same_units():
    flow = lr.full_flow(*problem("square"))
    path = lr.mode_dynamics(*problem("square"))
    assert np.abs(path.weights() - flow).max() <= 1e-8
    scaled = lr.full_flow(*problem("square", **SIGMAS), **SIGMAS)
    assert np.abs(SCALE * scaled - flow).max() <= 1e-8


def test_the_slides_rotation_fails():
    """A comparison at one instant sees the slide's factors, -2 for u and +2 for v."""
    C, _ = covariance(STEP)
    W = 0.2 * normal(2, 4, 4)
    u, w, vt = np.linalg.svd(W)
    dw, du, dv = mode_rates(w, u, vt.T, C)
    rate = flow_rate(W, C)

    def change(du, dv):
        return (du * w) @ vt + (u * dw) @ vt + (u * w) @ dv.T

    assert np.abs(change(du, dv) - rate).max() < 1e-14
    assert np.abs(change(-2 * du, 2 * dv) - rate).max() > 0.1
    assert np.abs(change(dv, du) - rate).max() > 0.01  # u and v exchanged


@pytest.mark.parametrize("sigma_h", [1.0, 1.3])
def test_rotations_are_the_derivatives_of_singular_vectors(sigma_h):
    """By finite differences of the singular vectors of W(t) itself."""
    C, _ = covariance(STEP)
    W = 0.15 * normal(3, 4, 4)
    u, w, vt = np.linalg.svd(W)
    step = 1e-5
    dW = step * flow_rate(W, C, 1.0, sigma_h)
    ends = [np.linalg.svd(W + sign * dW) for sign in (1, -1)]
    omega_u, omega_v = lr.rotations(w, u.T @ C @ u, sigma_h)
    for x, omega, old in ((0, omega_u, u), (2, omega_v, vt.T)):
        new = [(end[x] if x == 0 else end[x].T) for end in ends]
        new = [y * np.sign((y * old).sum(0)) for y in new]
        slope = (new[0] - new[1]) / (2 * step)
        assert np.abs(old @ omega.T - slope).max() < 1e-7 * np.abs(omega).max()


def test_flow_follows_the_gradient_of_the_likelihood():
    """dW/dt of a small machine is the derivative of its exact log-likelihood."""
    C, _ = covariance([2.0, 0.7, 1.1])
    W, sigma_v, sigma_h = 0.3 * normal(4, 3, 2), 0.9, 1.1

    def likelihood(W):  # mean log density of N(0, C_M) on data of covariance C
        precision = np.eye(3) / sigma_v**2 - sigma_h**2 * W @ W.T
        return 0.5 * np.linalg.slogdet(precision)[1] - 0.5 * np.trace(precision @ C)

    slopes = np.zeros_like(W)
    for at in np.ndindex(W.shape):
        bump = np.zeros_like(W)
        bump[at] = 1e-5
        slopes[at] = (likelihood(W + bump) - likelihood(W - bump)) / 2e-5
    assert np.abs(flow_rate(W, C, sigma_v, sigma_h) - slopes).max() < 1e-9


def test_stationary_modes_and_pca():
    expected = [0.866025, 0.774597, 0.612372, 0.408248]
    assert lr.stationary_modes(STEP) == pytest.approx(expected, abs=1e-6)
    assert lr.stationary_modes([1.0, 0.3]).tolist() == [0, 0]
    C, axes = covariance(STEP)
    path = lr.mode_dynamics(0.1 * normal(5, 4, 4), C, [0, 80])
    assert path.w[-1] == pytest.approx(lr.stationary_modes(STEP), abs=1e-9)
    assert lr.overlaps(path.u[-1], axes) == pytest.approx(np.ones(4), abs=1e-9)
    # An end of the flow with other noise, and the machine's own covariance there.
    ends = lr.stationary_modes(STEP, sigma_v=0.8, sigma_h=1.25)
    assert 1 / (1 / 0.8**2 - 1.25**2 * ends**2) == pytest.approx(STEP, rel=1e-12)


@pytest.mark.parametrize(
    ("variance", "time", "expected"),
    [
        (3.0, 2, 0.81620599),
        (1.5, 2, 0.13377230),
        (1.5, 6, 0.53284155),
        (0.6, 2, 0.02241054),
    ],
)
def test_closed_form_check_values(variance, time, expected):
    assert lr.mode_weight(time, 0.05, variance) == pytest.approx(expected, abs=6e-9)


@pytest.mark.parametrize("sigmas", [(1.0, 1.0), (0.7, 1.2)])
@pytest.mark.parametrize("variance", [0.3, 0.49, 1 - 1e-7, 1.0, 1 + 1e-7, 1.5, 4.0])
def test_closed_form_against_the_flow(variance, sigmas):
    """Three modes that do not see each other: a diagonal matrix stays diagonal."""
    settings = dict(zip(("sigma_v", "sigma_h"), sigmas, strict=True))
    times, w0 = np.linspace(0, 10, 21), (0.01, 0.3, 0.9)
    flow = lr.full_flow(np.diag(w0), variance * np.eye(3), times, **settings)
    exact = [lr.mode_weight(times, w, variance, **settings) for w in w0]
    assert np.abs(np.transpose(exact)[:, :, None] * np.eye(3) - flow).max() <= 1e-9


def test_closed_form_at_very_late_times():
    found = lr.mode_weight([1e4, 1e4], 0.5, 3.0)
    assert found == pytest.approx(lr.stationary_modes([3.0, 3.0]), abs=1e-12)
    assert 0 <= lr.mode_weight(1e3, 0.5, 0.5) < 1e-200
    assert lr.mode_weight(1e4, 0.9, 2.0) == pytest.approx(0.5**0.5, abs=1e-12)


def test_logistic_is_good_while_w_is_small():
    times = np.array([0, 1, 2, 3, 30])
    exact = lr.mode_weight(times, 0.01, 2.0)
    error = np.abs(lr.logistic_weight(times, 0.01, 2.0) / exact - 1)
    # The error of d log x/dt is 2x² at small x, against a growth of 2(λ - 1).
    assert (error[:4] < exact[:4] ** 4).all() and error[1] > 0
    assert error[4] == pytest.approx(np.sqrt(2.0) - 1, abs=1e-9)  # x = λ - 1: factor λ


def test_finite_steps():
    path = lr.stepped_weight(4000, 1e-3, 0.05, 3.0)
    flow = lr.mode_weight(np.arange(4001) * 1e-3, 0.05, 3.0)
    half = lr.stepped_weight(8000, 5e-4, 0.05, 3.0)[::2]
    worst, better = np.abs(path - flow).max(), np.abs(half - flow).max()
    assert worst < 5e-3 and worst / better == pytest.approx(2, abs=0.1)  # first order
    # Stable below ε = 1/(λ(λ - 1)) = 1/6, restless or divergent above.
    assert np.ptp(lr.stepped_weight(2000, 0.16, 0.3, 3.0)[-10:]) < 1e-9
    assert np.ptp(lr.stepped_weight(2000, 0.18, 0.3, 3.0)[-10:]) > 1e-3
    with pytest.raises(ArithmeticError, match="leaves the normalisable machines"):
        lr.stepped_weight(100, 1.0, 0.3, 3.0)


def test_rdm_stationary():
    found = [lr.rdm_stationary(4.0, k) for k in (1, 2, 5, 50)]
    assert found == pytest.approx([np.sqrt(3), 1, 0.876242, 0.866025], abs=1e-6)
    for k in (1, 3, 10):
        w = lr.rdm_stationary(2.5, k)
        assert lr.rdm_variance(w, k) == pytest.approx(2.5, abs=1e-12)
        assert lr.rdm_variance(w, k + 1) - 2.5 > 1e-5  # right after k sweeps only
    assert lr.rdm_stationary(0.9, 3) == 0


def test_rdm_variance_is_that_of_the_chain():
    """Push the variance through k sweeps by hand: h = w s + noise, s = w h + noise."""
    w, variance = 0.7, 0.0
    for k in range(1, 6):
        variance = w**2 * (w**2 * variance + 1) + 1
        assert lr.rdm_variance(w, k) == pytest.approx(variance, rel=1e-14)


I2, SMALL = np.eye(2), 0.1 * np.eye(2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lr.full_flow(I2, I2, [0, 1]), "σ_v σ_h w < 1"),
        (lambda: lr.full_flow(SMALL, [[1, 0.5], [0, 1]], [0, 1]), "symmetric"),
        (lambda: lr.full_flow(SMALL, np.eye(3), [0, 1]), r"covariance .* \(2, 2\)"),
        (lambda: lr.full_flow(SMALL, I2, [1, 0]), "increasing"),
        (lambda: lr.full_flow(SMALL, I2, [0, 1], sigma_v=-1), "sigma_v"),
        (lambda: lr.mode_dynamics(SMALL, I2, [0, 1]), "different singular values"),
        (lambda: lr.full_flow([[np.nan]], [[1.0]], [0, 1]), "finite"),
        (lambda: lr.stationary_modes([-1]), ">= 0, got -1"),
        (lambda: lr.mode_weight(1, 0, 2.0), "w0 must be .* > 0, got 0"),
        (lambda: lr.mode_weight(-1, 0.1, 2.0), "time must .* >= 0, got -1"),
        (lambda: lr.mode_weight(1, 1.5, 2.0), r"σ_v σ_h \|w\| < 1"),
        (lambda: lr.mode_rate(0.1, np.inf), "variance"),
        (lambda: lr.logistic_weight(1, 0.1, 1.0), "differ"),
        (lambda: lr.rdm_stationary(-1.0, 2), "variance"),
        (lambda: lr.rdm_variance(0.5, 0), "k"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "variance", [1e-300, 1e-8, 0.5, 1 - 1e-15, 1 + 1e-9, 2.0, 1e99]
)
def test_closed_forms_give_numbers_or_a_reason(variance):
    for time in (0.0, 1e-300, 1.0, 1e3, 1e100, 1e308):
        for w0 in (1e-300, 1e-100, 0.5, 1 - 1e-16):
            for weight in (lr.mode_weight, lr.logistic_weight):
                try:
                    found = weight([time], w0, variance)
                except ValueError as error:
                    assert "must" in str(error)
                else:
                    assert np.isfinite(found).all() and (found >= 0).all()
    assert lr.rdm_stationary(variance, 3) >= 0


def test_a_decaying_mode_decays_at_late_times_too():
    assert lr.logistic_weight([1e4], 0.1, 0.5).tolist() == [0.0]
    expected = lr.mode_weight([50.0], 1e-3, 0.5)
    assert lr.logistic_weight([50.0], 1e-3, 0.5) == pytest.approx(expected, rel=1e-5)
