"""Two-state units with small weights: growth against exact gradients and training."""

import numpy as np
import pytest

from rbmlib import datasets, enumeration, trained, training
from rbmlib import linear_regime as lr
from rbmlib.rbm import RBM
from rbmlib.training import gradient
from rbmlib.trajectories import Trajectory
from rbmlib.units import BINARY, GAUSSIAN, SPIN

TOY = datasets.clusters(400, 12, n_clusters=4, flip=0.05, seed=3).samples


def exact_step(rbm, data, centred):
    """dW/dt by enumeration."""
    W, a, b = rbm.W.copy(), rbm.a.copy(), rbm.b.copy()
    terms = gradient.exact_statistics(rbm, data), gradient.exact_statistics(rbm)
    gradient.ascend(W, a, b, *terms, 1.0, centred)
    return W - rbm.W


def relative_error(scale, unit, centred, theory_centred):
    low, high = unit.states
    data = low + (high - low) * TOY
    rbm = training.initial_machine(
        data, 5, scale=scale, seed=2, visible=unit, hidden=unit
    )
    C = np.cov(data.T, bias=True)
    theory = lr.leading_gradient(rbm, C, centred=theory_centred)
    found = exact_step(rbm, data, centred)
    return np.linalg.norm(found - theory) / np.linalg.norm(theory)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("unit", [BINARY, SPIN], ids=["binary", "spin"])
def test_leading_gradient_is_exact_to_first_order(unit, centred):
    """The error falls with |W|, so that nothing of first order is missing."""
    errors = [relative_error(scale, unit, centred, centred) for scale in (4e-3, 1e-3)]
    assert errors[1] < 0.01 and errors[0] / errors[1] > 3


def test_uncentred_gradient_does_not_follow_pca():
    assert relative_error(1e-3, BINARY, False, True) > 0.05
    assert relative_error(1e-3, BINARY, True, True) < 0.005


def projections(run, directions):
    """Norm of the weights along each direction at each age."""
    return np.array([np.linalg.norm(directions.T @ m.W, axis=1) for m in run])


@pytest.mark.parametrize("unit", [BINARY, SPIN], ids=["binary", "spin"])
def test_growth_rates_in_exact_training(unit):
    low, high = unit.states
    data = low + (high - low) * TOY
    start = training.initial_machine(
        data, 5, scale=1e-3, seed=2, visible=unit, hidden=unit
    )
    growth = lr.growth(start, np.cov(data.T, bias=True))
    rate = 0.1 / (high - low) ** 4  # variances of both layers are 4 times larger
    run = training.train(
        start,
        data,
        method="exact",
        n_updates=150,
        learning_rate=rate,
        seed=0,
        checkpoints=[75],
        progress=False,
    )
    length = projections(run, growth.directions[:, :3])
    _, slopes = lr.log_slopes(run.ages, length)
    assert np.abs(slopes / growth.per_update(rate)[:3] - 1).max() < 0.02
    assert np.abs(run[-1].W).max() < 0.2  # it has grown, and is still small


def test_growth_rates_fail_without_centring():
    start = training.initial_machine(TOY, 5, scale=1e-3, seed=2)
    growth = lr.growth(start, np.cov(TOY.T, bias=True))
    run = training.train(
        start,
        TOY,
        method="exact",
        n_updates=75,
        learning_rate=0.1,
        seed=0,
        checkpoints=1,
        centred=False,
        progress=False,
    )
    length = projections(run, growth.directions[:, :3])
    _, slopes = lr.log_slopes(run.ages, length)
    assert np.abs(slopes[0] / growth.per_update(0.1)[:3] - 1).max() > 0.05
    # What is lost is the part common to all hidden units, and nothing else.
    rest = [growth.directions[:, :3].T @ (m.W - m.W.mean(1)[:, None]) for m in run]
    _, slopes = lr.log_slopes(run.ages, [np.linalg.norm(x, axis=1) for x in rest])
    assert np.abs(slopes / growth.per_update(0.1)[:3] - 1).max() < 0.02


def test_growth_matrix():
    """Traceless; PCA if all sites vary equally; {0, 1} hidden units give a quarter."""
    start = training.initial_machine(TOY, 2, seed=0)
    C = np.cov(TOY.T, bias=True)
    growth = lr.growth(start, C)
    assert growth.eigenvalues.sum() == pytest.approx(0, abs=1e-6)  # grid of the biases
    G = growth.directions @ np.diag(growth.eigenvalues) @ growth.directions.T
    assert np.abs(G - C + np.diag(np.diag(C))).max() < 1e-6
    assert growth.rates == pytest.approx(growth.eigenvalues / 4, rel=1e-14)
    mirrored = np.concatenate([2 * TOY - 1, 1 - 2 * TOY])  # mean 0: D = 1
    C = np.cov(mirrored.T, bias=True)
    start = training.initial_machine(mirrored, 2, seed=0, visible=SPIN, hidden=SPIN)
    growth = lr.growth(start, C)
    assert growth.rates == pytest.approx(np.linalg.eigvalsh(C)[::-1] - 1, abs=1e-12)


def test_growth_carries_weights_forward():
    start = training.initial_machine(TOY, 3, scale=1e-3, seed=4)
    growth = lr.growth(start, np.cov(TOY.T, bias=True))
    W = start.W.copy()
    for _ in range(7):
        step = lr.leading_gradient(RBM(W, start.a, start.b), np.cov(TOY.T, bias=True))
        W += 0.1 * step
    found = growth.weights(start.W, [0, 7], 0.1)
    assert found[0] == pytest.approx(start.W, abs=1e-16)
    assert found[1] == pytest.approx(W, abs=1e-15)


def test_unequal_hidden_units_are_refused():
    rbm = RBM(np.zeros((12, 2)), np.zeros(12), [0, 3])
    with pytest.raises(ValueError, match="equal variance"):
        lr.growth(rbm, np.eye(12))
    with pytest.raises(ValueError, match=r"covariance must have shape \(12, 12\)"):
        lr.growth(rbm, np.eye(7))


def test_layer_susceptibility_at_the_symmetric_points():
    """1 at w = 1 for ±1 units and at W = 4 for {0, 1} units, by the exact map."""
    u = np.full((6, 1), 6**-0.5)
    for w in (0.5, 1.0, 1.5):
        spin = RBM(w * u @ u.T, np.zeros(6), np.zeros(6), SPIN, SPIN)
        binary, _ = spin.to_binary()
        assert lr.layer_susceptibility(spin, np.zeros(6)) == pytest.approx(w)
        assert lr.layer_susceptibility(binary, np.full(6, 0.5)) == pytest.approx(w)
        assert np.linalg.norm(binary.W, 2) == pytest.approx(4 * w)
    with pytest.raises(ValueError, match="mean_v"):
        lr.layer_susceptibility(spin, np.zeros(5))
    with pytest.raises(ValueError, match=r"mean_v .* in \[-1, 1\], got 1.5"):
        lr.layer_susceptibility(spin, np.full(6, 1.5))


def test_fluctuations():
    """Exact for Gaussian units; right to second order in W for units of two states."""
    W = RBM.random(4, 3, scale=0.2, seed=2).W
    gaussian = RBM(W, np.zeros(4), np.zeros(3), GAUSSIAN, GAUSSIAN)
    found = lr.fluctuations(gaussian, np.zeros(4))
    assert found == pytest.approx(np.linalg.inv(np.eye(4) - W @ W.T), abs=1e-14)
    errors = []
    for scale in (0.2, 0.1):
        rbm = RBM(scale * W, np.zeros(4), np.zeros(3), SPIN, SPIN)
        v, p = enumeration.visible_probabilities(rbm)
        exact = v.T @ (p[:, None] * v)
        errors.append(np.abs(lr.fluctuations(rbm, np.zeros(4)) - exact)[0, 1:].max())
    assert errors[1] < 2e-5 and errors[0] / errors[1] > 12  # of order W⁴
    strong = RBM(W / np.linalg.norm(W, 2), np.zeros(4), np.zeros(3), SPIN, SPIN)
    with pytest.raises(ValueError, match="layer susceptibility below 1"):
        lr.fluctuations(strong + 0.1 * strong, np.zeros(4))


def test_spectrum_and_its_readings():
    machines = [RBM.random(6, 4, seed=s) for s in (1, 2)]
    run = Trajectory(np.array([0, 5]), machines)
    modes = lr.spectrum(run)
    again = np.einsum("tik,tk,tjk->tij", modes.u, modes.w, modes.v)
    assert np.abs(again - [m.W for m in machines]).max() < 1e-13
    assert (np.abs(modes.u).max(1) == modes.u.max(1)).all()  # the sign convention
    with pytest.raises(ValueError, match="n_modes"):
        lr.spectrum(run, 5)
    with pytest.raises(ValueError, match="w must hold finite numbers > 0, got 0"):
        lr.log_slopes([0, 1], [0.0, 1.0])
    # Safe against signs, and as a subspace against order and rotation.
    u = modes.u[0][:, :3]
    turned = u @ np.linalg.qr(machines[1].W[:3, :3])[0]
    assert lr.overlaps(-u, u) == pytest.approx(np.ones(3))
    assert lr.overlaps(turned, u).min() < 0.9
    assert lr.subspace_overlap(turned, u) == pytest.approx(1)
    assert lr.subspace_overlap(u, np.eye(6)[:, :3]) < 0.9
    gaussian = np.linalg.svd(RBM.random(3000, 2, seed=3).W, full_matrices=False)[0]
    # 1/Σu⁴ = n/3 up to a relative √(96/9n) ... of the fourth moment: 4 of these.
    ratio = lr.participation_ratio(gaussian) / 1000
    assert np.abs(ratio - 1).max() < 4 * np.sqrt(96 / 9 / 3000)


FIRST_TRANSITION = {"digits": (1873, 2371), "mnist": (524, 655)}


@pytest.mark.parametrize("name", FIRST_TRANSITION)
def test_stored_runs_follow_the_theory(name):
    """Rates, directions and the end of the linear regime on real data."""
    stored = trained.load(name)
    run, rate = stored.trajectory, stored.settings["learning_rate"]
    growth = lr.growth(run[0], stored.covariance)
    modes = lr.spectrum(run, 3)
    _, slopes = lr.log_slopes(run.ages, modes.w)
    ratio = slopes / growth.per_update(rate)[:3]
    end = np.flatnonzero(ratio[:, 0] > 0.9)[-1] + 1
    assert run.ages[end] == FIRST_TRANSITION[name][0]
    assert np.abs(ratio[end - 1] - 1).max() < 0.1
    assert lr.overlaps(modes.u[end], growth.directions)[0] >= 0.95
    assert lr.subspace_overlap(modes.u[end], growth.directions[:, :3]) >= 0.9
    susceptibility = lr.layer_susceptibility(run[end], stored.mean)
    after = lr.layer_susceptibility(run[end + 2], stored.mean)
    assert susceptibility < 1 < after
