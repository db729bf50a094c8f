"""Categorical units: sums by the letter of the definition, and all that is built on."""

from itertools import product
from math import exp, log

import h5py
import numpy as np
import pytest

from derivatives import assert_gradient_is_the_slope
from rbmlib import effective_couplings, enumeration, likelihood, randomness, sampling
from rbmlib.effective_couplings import potts
from rbmlib.linear_regime import spectrum
from rbmlib.mean_field import (
    coupling_ratio,
    fixed_points,
    free_energy,
    jacobian,
    update,
)
from rbmlib.mixing_time import exact_relaxation_time, measure
from rbmlib.mode_tracking import purity, start_in_modes, track
from rbmlib.rbm import RBM
from rbmlib.training import gradient, initial_machine, resume, train
from rbmlib.trajectories import Trajectory
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Categorical, ReLU, choice, zero_sum

KINDS = (2, 3, 5, (2, 3, 5), (4, 2))
HIDDEN = (BINARY, SPIN, GAUSSIAN)


def machine(q, n_visible=3, n_hidden=3, hidden=BINARY, scale=0.8, seed=0):
    n_visible = n_visible if np.ndim(q) == 0 else len(q)
    unit, rng = Categorical(q), np.random.default_rng(seed)
    shape = unit.bias_shape(n_visible)
    if hidden == GAUSSIAN:
        scale = 0.3
    W = rng.normal(scale=scale, size=(*shape, n_hidden))
    return RBM(W, rng.normal(size=shape), rng.normal(size=n_hidden), unit, hidden)


def states_of(rbm):
    return list(product(*(range(q) for q in rbm.visible.widths(rbm.n_visible))))


def column(rbm, i, k):
    return int(sum(rbm.visible.widths(rbm.n_visible)[:i])) + k


def energy(rbm, v, h):
    """-a - b - W of the chosen columns, term by term."""
    W, a = rbm.W.reshape(-1, rbm.n_hidden), rbm.a.ravel()
    total = -sum(rbm.b[j] * h[j] for j in range(rbm.n_hidden))
    for i, k in enumerate(v):
        total -= a[column(rbm, i, k)]
        total -= sum(W[column(rbm, i, k), j] * h[j] for j in range(rbm.n_hidden))
    return total


def marginal(rbm, v):
    """Σ_h exp(-E), or the Gaussian integral in closed form, term by term."""
    if rbm.hidden == GAUSSIAN:
        W, weight = rbm.W.reshape(-1, rbm.n_hidden), 1.0
        for j in range(rbm.n_hidden):
            x = rbm.b[j] + sum(W[column(rbm, i, k), j] for i, k in enumerate(v))
            weight *= (2 * np.pi) ** 0.5 * exp(x * x / 2)
        return weight * exp(
            sum(rbm.a.ravel()[column(rbm, i, k)] for i, k in enumerate(v))
        )
    states = product(rbm.hidden.states, repeat=rbm.n_hidden)
    return sum(exp(-energy(rbm, v, h)) for h in states)


@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda unit: unit.name)
@pytest.mark.parametrize("q", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_sums_by_the_letter(q, hidden, seed):  # 45 machines
    rbm = machine(q, hidden=hidden, seed=seed)
    v = states_of(rbm)
    p = np.array([marginal(rbm, x) for x in v])
    assert rbm.log_z() == pytest.approx(log(p.sum()), abs=1e-10)
    np.testing.assert_allclose(-rbm.free_energy(v), np.log(p), atol=1e-10)
    found, q_v = enumeration.visible_probabilities(rbm)
    assert found.tolist() == [list(x) for x in v]
    np.testing.assert_allclose(q_v, p / p.sum(), atol=1e-10)
    one_hot = np.zeros((len(v), rbm.a.size))
    for row, x in enumerate(v):
        one_hot[row, [column(rbm, i, k) for i, k in enumerate(x)]] = 1
    mean_v, mean_h, mean_vh = enumeration.moments(rbm)
    h = rbm.mean_h(v)
    np.testing.assert_allclose(mean_v.ravel(), p @ one_hot / p.sum(), atol=1e-10)
    np.testing.assert_allclose(mean_h, p @ h / p.sum(), atol=1e-10)
    expected = (one_hot * (p / p.sum())[:, None]).T @ h
    np.testing.assert_allclose(mean_vh.reshape(expected.shape), expected, atol=1e-10)
    if hidden != GAUSSIAN:
        h = np.array(hidden.states)[[1] * rbm.n_hidden]
        assert rbm.energy(v[-1], h) == pytest.approx(energy(rbm, v[-1], h), abs=1e-12)
        total = sum(exp(-energy(rbm, x, h)) for x in v)
        assert -rbm.hidden_free_energy(h) == pytest.approx(log(total), abs=1e-10)


@pytest.mark.parametrize("hidden", [BINARY, SPIN, ReLU()], ids=lambda unit: unit.name)
def test_two_states_are_the_binary_machine(hidden):
    potts = machine(2, n_visible=5, hidden=hidden, seed=4)
    # State 1 against state 0; what state 0 alone gives goes to the hidden biases.
    W, a = potts.W[:, 1] - potts.W[:, 0], potts.a[:, 1] - potts.a[:, 0]
    b, constant = potts.b + potts.W[:, 0].sum(0), potts.a[:, 0].sum()
    binary = RBM(W, a, b, BINARY, hidden)
    v = enumeration.all_states(BINARY, 5).astype(int)
    assert potts.log_z() == pytest.approx(binary.log_z() + constant, abs=1e-12)
    np.testing.assert_allclose(
        potts.free_energy(v), binary.free_energy(v) - constant, atol=1e-12
    )
    moments, expected = (enumeration.moments(rbm) for rbm in (potts, binary))
    np.testing.assert_allclose(moments[0][:, 1], expected[0], atol=1e-12)
    np.testing.assert_allclose(moments[1], expected[1], atol=1e-12)
    np.testing.assert_allclose(moments[2][:, 1], expected[2], atol=1e-12)
    gradients = (gradient.exact_gradient(rbm, v[::3]) for rbm in (potts, binary))
    for own, other in zip(*gradients, strict=True):
        np.testing.assert_allclose(
            own[:, 1] if own.ndim > 1 else own, other, atol=1e-12
        )
    assert gradient.exact_gradient(potts, v[::3])[1].sum() == pytest.approx(
        0, abs=1e-12
    )
    if hidden == ReLU():
        return
    assert exact_relaxation_time(potts) == pytest.approx(exact_relaxation_time(binary))
    for order in (1, 2):
        settings = {"order": order, "tol": 1e-12, "damping": 0.5}
        a = fixed_points(potts, np.full((5, 2), 0.5), **settings)
        b = fixed_points(binary, np.full(5, 0.5), **settings)
        assert a.converged[0] and b.converged[0]
        np.testing.assert_allclose(a.m_v[0].reshape(5, 2)[:, 1], b.m_v[0], atol=1e-10)
        np.testing.assert_allclose(a.m_h, b.m_h, atol=1e-10)
        np.testing.assert_allclose(a.free_energy, b.free_energy - constant, atol=1e-10)
        ratio = coupling_ratio(potts, a.m_v[0], a.m_h[0], order)
        assert ratio == pytest.approx(coupling_ratio(binary, b.m_v[0], b.m_h[0], order))
    J = effective_couplings.couplings(binary.to_spin()[0], 2)
    found = effective_couplings.potts_couplings(potts)
    np.testing.assert_allclose(found.norm, 2 * np.abs(J), atol=1e-12)
    np.testing.assert_allclose(found.J[:, 1, :, 1], J, atol=1e-12)


# ---------------------------------------------------------------- sampling


def moment_scores(rbm, v, h):
    """Deviations of ⟨v⟩, ⟨h⟩ and ⟨vh⟩ from the exact ones in standard errors."""
    columns = rbm.visible.encode(v)
    pairs = (columns[:, :, None] * h[:, None, :]).reshape(len(v), -1)
    found = np.hstack([columns, h, pairs])
    exact = np.concatenate([x.ravel() for x in enumeration.moments(rbm)])
    return (found.mean(0) - exact) / (found.std(0) / np.sqrt(len(v)))


def equilibrium(rbm, n, seed):
    states, p = enumeration.visible_probabilities(rbm)
    return states[np.random.default_rng(seed).choice(len(p), n, p=p)]


@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda unit: unit.name)
@pytest.mark.parametrize("q", [3, (2, 3, 5)])
@pytest.mark.parametrize("n_sweeps", [1, 4, 16])
def test_the_law_stays(q, hidden, n_sweeps):
    rbm = machine(q, hidden=hidden).on_grid()
    v, h = sampling.gibbs(rbm, equilibrium(rbm, 20_000, 1), n_sweeps, seed=2)
    # At most 43 numbers: beyond 4 standard errors for one seed in 400.
    assert np.abs(moment_scores(rbm, v, h)).max() < 4


def test_a_wrong_law_is_caught(monkeypatch):
    rbm = machine(3).on_grid()
    right = choice.weights
    # The mistake of taking each state against state 0 alone, one after another.
    monkeypatch.setattr(choice, "weights", lambda x: right(0.8 * x))
    v = equilibrium(rbm, 20_000, 1)
    v, h = sampling.reference_gibbs(rbm, v, 1, seed=2)
    assert np.abs(moment_scores(rbm, v, h)).max() > 10


@pytest.mark.parametrize("q", KINDS)
def test_the_fast_paths_follow_the_definition(q):
    rbm = machine(q, n_visible=7, n_hidden=19, hidden=SPIN, seed=5)
    start = sampling.random_start(rbm, 40, seed=3)
    v, h = sampling.reference_gibbs(rbm, start, 12, seed=1, first_sweep=5)
    for n_threads in (1, 2):
        fast = sampling.gibbs(
            rbm, start, 12, seed=1, first_sweep=5, n_threads=n_threads
        )
        assert fast[0].dtype == np.int32 and np.array_equal(v, fast[0])
        assert np.array_equal(h, fast[1])
    alone = sampling.gibbs(rbm, start[7:8], 12, seed=1, first_sweep=5, first_chain=7)
    assert np.array_equal(alone[0], v[7:8])


def test_chosen_states_have_the_probabilities_of_softmax():
    x = np.float32([[0.0, 1.5, -2.0, 0.3, 12.0, 11.0, -9.0]])
    words = (np.arange(2**16, dtype=np.uint32) << np.uint32(16)) + np.uint32(2**15)
    found = choice.choose(np.repeat(x, len(words), 0), np.stack([words] * 2, 1), [4, 3])
    for unit, fields in enumerate((x[0, :4], x[0, 4:])):
        p = np.exp(fields.astype(float))
        share = np.bincount(found[:, unit], minlength=len(p)) / len(words)
        # A grid of words misses the ends of an interval by at most one of its steps.
        np.testing.assert_allclose(share, p / p.sum(), atol=2.0**-16 + 3e-6)


def test_states_of_given_means():
    rbm = machine((3, 2, 5))
    m = enumeration.moments(rbm)[0]
    draws = rbm.visible.draw_at(np.tile(m, (20_000, 1)), 1, 0, 0, np.arange(20_000))
    share = rbm.visible.encode(draws).mean(0)
    # 10 numbers: beyond 4 standard errors for one seed in 1500.
    assert np.abs((share - m) / np.sqrt(m * (1 - m) / 20_000)).max() < 4


# ---------------------------------------------------------------- training


@pytest.mark.parametrize("q", [3, (2, 3, 5)])
@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda unit: unit.name)
def test_the_gradient_is_that_of_the_likelihood(q, hidden):
    data = equilibrium(machine(q, seed=9), 40, 0)
    assert_gradient_is_the_slope(machine(q, hidden=hidden), data)


def test_a_step_takes_the_exact_sums():
    rbm = machine((2, 3, 5), n_hidden=20).on_grid()
    sampler = sampling.Sampler(rbm.visible, rbm.hidden, rbm.W, rbm.a, rbm.b, 0)
    for n in (3, 400):
        v = equilibrium(rbm, n, 2)
        found, bits = gradient.statistics(sampler, v), gradient.mean_bits(n)
        exact = gradient.exact_statistics(rbm, v)
        for name in ("vh", "v", "h"):
            one, other = getattr(found, name), getattr(exact, name)
            assert one.shape == other.shape
            np.testing.assert_allclose(one, other, atol=2.0**-bits)


@pytest.mark.parametrize("method", ["pcd", "cd", "rdm", "exact"])
def test_every_method_learns(method):
    # Four copies of one of three states, each other with probability 0.1.
    words = randomness.draws(1, 0, 0, np.arange(500), 8)
    copies = np.repeat(words[:, :1] % 3, 4, axis=1)
    noise = (words[:, 1:5] < 2**32 // 10) * (1 + words[:, 4:] % 2)
    data = (copies + noise) % 3
    start = initial_machine(data, 3, scale=0.05, seed=1, visible=Categorical(3))
    chain = {} if method == "exact" else {"k": 5, "batch_size": 100}
    settings = dict(method=method, learning_rate=0.2, seed=0, progress=False, **chain)
    run = train(start, data, n_updates=1000, **settings)
    independent, learned = (
        likelihood.log_likelihood(m, data) for m in (run[0], run[-1])
    )
    # Independent units know log 3 each; the law of the data has this entropy.
    entropy = np.log(3) - 4 * (0.9 * np.log(0.9) + 0.1 * np.log(0.05))
    assert independent == pytest.approx(-4 * np.log(3), abs=0.02)
    assert -entropy - 0.25 < learned < -entropy + 0.15
    half = train(start, data, n_updates=500, **settings)
    again = resume(half, data, n_updates=1000, progress=False)
    assert again[-1] == run[-1]


def test_annealing_agrees_with_the_exact_sum():
    for seed, q in enumerate((2, 3, 5, (2, 3, 5, 4), 3, (6, 2))):
        rbm = machine(q, n_visible=4, n_hidden=5, seed=seed)
        samples = equilibrium(rbm.on_grid(), 300, seed)
        found = likelihood.ais(
            rbm, n_chains=300, n_temperatures=100, seed=seed, data=samples
        )
        back = likelihood.reverse_ais(rbm, samples, n_temperatures=100, seed=seed)
        exact = rbm.on_grid().log_z()
        # Twelve estimates: one beyond 3.5 standard errors for one seed in 180.
        assert abs(found.log_z - exact) < 3.5 * found.error
        assert abs(back.log_z - exact) < 3.5 * back.error


# ---------------------------------------------------------------- mean field


@pytest.mark.parametrize("q", [3, (2, 3, 5)])
def test_plefka_terms_are_the_taylor_series_of_log_z(q):
    # At the means of the machine without weights, -F is log Z up to third order in W.
    rbm = machine(q, seed=1)
    small = [1e-2, 5e-3]
    rest = {1: [], 2: []}
    for factor in small:
        weak = RBM(factor * rbm.W, rbm.a, rbm.b, rbm.visible, rbm.hidden)
        for order in rest:
            found = fixed_points(weak, rbm.visible.mean(rbm.a), order=order, tol=1e-14)
            rest[order].append(abs(-found.free_energy[0] - weak.log_z()))
    # What is left falls as W² at first order, and as W³ at second.
    assert rest[1][0] / rest[1][1] == pytest.approx(4, rel=0.05)
    assert rest[2][0] / rest[2][1] == pytest.approx(8, rel=0.1)


@pytest.mark.parametrize("q", [3, (2, 3, 5)])
@pytest.mark.parametrize("order", [1, 2])
def test_fixed_points_are_stationary_and_classified(q, order):
    rbm = machine(q, seed=2)
    found = fixed_points(rbm, states_of(rbm), order=order, tol=1e-12)
    assert found.converged.all()
    exact = enumeration.moments(rbm)[0].ravel()
    errors = np.abs(found.m_v[found.is_mode] - exact).max(1)
    assert errors.min() < (0.1 if order == 1 else 0.05)
    m_v, m_h = found.m_v[0], found.m_h[0]
    # The derivative of an update, by differences along changes that keep Σ p = 1.
    J, step, e = jacobian(rbm, m_v, m_h, order), 1e-6, np.zeros(m_v.size)
    e[:2] = 1, -1
    ends = (update(rbm, m_v + sign * step * e, m_h, order) for sign in (1, -1))
    slope = (np.concatenate(next(ends)) - np.concatenate(next(ends))) / (2 * step)
    np.testing.assert_allclose(J @ np.append(e, np.zeros(m_h.size)), slope, atol=1e-8)
    # F is a minimum: it rises in every such direction.
    ratio = coupling_ratio(rbm, m_v, m_h, order)
    assert (ratio < 1) == bool(found.is_mode[0])
    rise = [
        free_energy(rbm, m_v + s * 1e-3 * e, m_h, order) - found.free_energy[0]
        for s in (1, -1)
    ]
    assert min(rise) > 0


def test_tap_is_nearer_than_naive_mean_field():
    errors = {1: [], 2: []}
    for seed in range(6):
        rbm = machine(3, n_visible=5, n_hidden=4, scale=0.4, seed=seed)
        exact = enumeration.moments(rbm)[0].ravel()
        for order, found in errors.items():
            ends = fixed_points(rbm, rbm.visible.mean(rbm.a), order=order)
            found.append(np.abs(ends.m_v[0] - exact).max())
    assert np.mean(errors[2]) < np.mean(errors[1]) / 3


@pytest.mark.filterwarnings("ignore:.* chains fall behind:RuntimeWarning")
def test_the_tree_of_three_sequences():
    words = randomness.draws(5, randomness.START, 0, np.arange(300), 40)
    prototypes = randomness.draws(6, randomness.START, 0, np.arange(3), 20) % 4
    label = np.arange(300) % 3
    noisy = words[:, :20] < 2**32 // 10
    data = np.where(noisy, words[:, 20:] % 4, prototypes[label]).astype(np.int32)
    unit = Categorical(4)
    start = initial_machine(data, 6, scale=0.01, seed=0, visible=unit, hidden=SPIN)
    run = train(
        start,
        data,
        k=5,
        n_updates=600,
        batch_size=100,
        learning_rate=0.05,
        seed=0,
        checkpoints=20,
        progress=False,
    )
    tree = track(run, data)
    assert [len(level) for level in tree.levels] == [3, 2, 1]
    assert purity(tree, label)[0].purity == 1
    leaves = tree.levels[0].m_v.reshape(3, 20, 4).argmax(-1)
    assert sorted(leaves.tolist()) == sorted(prototypes.tolist())
    starts = start_in_modes(tree, 300, seed=1, unit=unit)
    share = unit.encode(starts).mean(0)
    expected = tree.levels[0].m_v[tree.leaf_of].mean(0)
    # 80 shares of 300: one is beyond 5 standard errors for one seed in 20 000.
    assert np.abs(share - expected).max() < 5 * np.sqrt(0.25 / 300)


# ---------------------------------------------------------------- gauge, couplings


@pytest.mark.parametrize("q", KINDS)
def test_the_zero_sum_gauge_changes_nothing_but_numbers(q):
    rbm = machine(q)
    fixed, constant = zero_sum(rbm)
    v = states_of(rbm)
    np.testing.assert_allclose(
        fixed.free_energy(v), rbm.free_energy(v) + constant, atol=1e-12
    )
    assert rbm.log_z() == pytest.approx(fixed.log_z() + constant, abs=1e-12)
    for i, width in enumerate(rbm.visible.widths(rbm.n_visible)):
        rows = slice(column(rbm, i, 0), column(rbm, i, 0) + width)
        assert np.abs(fixed.columns.W[rows].sum(0)).max() < 1e-14
        assert abs(fixed.columns.a[rows].sum()) < 1e-14
    again, nothing = zero_sum(fixed)
    assert np.allclose(again.W, fixed.W) and abs(nothing) < 1e-14


def test_exact_couplings_rebuild_a_machine_of_pairs():
    # Gaussian hidden units induce pairs and single fields, and nothing else.
    rbm = machine((2, 3, 4), hidden=GAUSSIAN)
    fixed, _ = zero_sum(rbm)
    W = fixed.columns.W
    expected = W @ W.T
    found = effective_couplings.potts_couplings(rbm)
    first = [0, 2, 5, 9]
    for i in range(3):
        block = slice(first[i], first[i + 1])
        expected[block, block] = 0
    np.testing.assert_allclose(found.J, expected, atol=1e-12)
    gaussian = effective_couplings.potts_couplings(rbm, "gaussian")
    np.testing.assert_allclose(gaussian.J, expected, atol=1e-10)
    assert found.norm[0, 1] == pytest.approx(np.linalg.norm(expected[:2, 2:5]))


@pytest.mark.parametrize("hidden", [BINARY, SPIN])
@pytest.mark.parametrize("q", [3, (2, 3, 4, 2, 5)])
@pytest.mark.parametrize("scale", [0.2, 2.0, 8.0])
def test_a_product_gives_the_sum_over_all_states(q, scale, hidden):
    n = 5
    rbm = machine(q, n_visible=n, n_hidden=4, scale=scale, seed=2, hidden=hidden)
    expected = effective_couplings.potts_couplings(rbm).J.reshape(rbm.a.size, -1)
    found = potts._by_product(rbm)
    bound = 1e-13 * (1 + np.abs(rbm.columns.W).sum())
    np.testing.assert_allclose(found, expected, rtol=0, atol=bound)


def test_couplings_of_more_states_than_can_be_summed_are_exact():
    """Units without weights change nothing, and bring a machine over the limit."""
    small = machine(3, n_visible=4, n_hidden=3, scale=1.0, seed=0)
    W = np.concatenate([small.W, np.zeros((14, 3, 3))])
    a = np.concatenate([small.a, np.zeros((14, 3))])
    large = RBM(W, a, small.b, Categorical(3))
    found = effective_couplings.potts_couplings(large)
    expected = effective_couplings.potts_couplings(small)
    np.testing.assert_allclose(found.J[:4, :, :4], expected.J, atol=1e-12)
    assert np.abs(found.norm[4:]).max() < 1e-12
    strong = RBM(1e5 * (W + 1 - np.eye(3)), a, small.b, Categorical(3))
    with pytest.raises(ValueError, match=r"fields up to 1.* more than 2\^25 states"):
        effective_couplings.potts_couplings(strong)


def test_gaussian_couplings_come_near_for_many_units():
    errors = []
    for n in (4, 10):
        rbm = machine(3, n_visible=n, n_hidden=6, scale=0.6 / np.sqrt(n), seed=1)
        exact = effective_couplings.potts_couplings(rbm)
        large_n = effective_couplings.potts_couplings(rbm, "gaussian")
        assert large_n.J.shape == (n, 3, n, 3)
        errors.append(np.linalg.norm(large_n.J - exact.J) / np.linalg.norm(exact.J))
    assert errors[1] < errors[0] < 0.1


# ---------------------------------------------------------------- bad input


def test_measured_mixing_agrees_with_the_spectrum():
    # Each hidden unit holds one state of five units: two slow directions, by symmetry.
    W, a, b = 2.2 * np.tile(np.eye(3), (5, 1, 1)), np.zeros((5, 3)), -4.4 * np.ones(3)
    rbm = RBM(W, a, b, Categorical(3)).on_grid()
    exact, found = exact_relaxation_time(rbm), measure(rbm, n_chains=200, seed=0)
    assert exact > 6 and found.known
    assert abs(found.tau_exp - exact) < 4 * found.tau_exp_error < 0.5 * exact


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Categorical(1), ValueError, "q must be at least 2, got 1"),
        (lambda: Categorical(2.0), TypeError, "q must be an integer, got float 2.0"),
        (
            lambda: Categorical([3, 1]),
            ValueError,
            "q must hold integers .*got 1",
        ),
        (
            lambda: RBM(np.zeros((2, 3, 1)), np.zeros((2, 4)), [0], Categorical(3)),
            ValueError,
            r"a must have the shape \(n_visible, 3\).* got \(2, 4\)",
        ),
        (
            lambda: RBM(np.zeros((4, 1)), np.zeros(4), [0], Categorical((3, 2))),
            ValueError,
            r"a must have the shape \(5,\)",
        ),
        (
            lambda: RBM(np.zeros((1, 3)), [0], np.zeros(3), BINARY, Categorical(3)),
            ValueError,
            "hidden must be units of one column",
        ),
        (lambda: machine(3).energy([0, 1, 3], [0, 0, 0]), ValueError, "q = 3; got 3"),
        (lambda: machine(3).free_energy([0, 1, 0.5]), ValueError, "got 0.5"),
        (
            lambda: machine((2, 3, 5)).free_energy([2, 0, 0]),
            ValueError,
            r"q = \(2, 3, 5\); got 2",
        ),
        (
            lambda: fixed_points(machine(3), np.full((3, 3), 0.5)),
            ValueError,
            "probabilities of the states of each unit, whose sum is 1",
        ),
        (
            lambda: fixed_points(machine(3), np.full((3, 3), 1 / 3), order=3),
            ValueError,
            "for categorical units, got 3",
        ),
        (
            lambda: effective_couplings.couplings(machine(3), 2),
            ValueError,
            "must have ±1 visible units, got categorical",
        ),
        (
            lambda: effective_couplings.potts_couplings(RBM([[0]], [0], [0])),
            TypeError,
            "rbm must have categorical visible units",
        ),
        (lambda: zero_sum(RBM([[0]], [0], [0])), TypeError, "categorical visible"),
        (
            lambda: enumeration.all_states(Categorical(3), 16),
            ValueError,
            r"limited to 2\^25 states, got 16 units of up to 3 states",
        ),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("q", "hidden", "name"),
    [
        (3, BINARY, "PBRBM"),
        ((2, 3, 5), BINARY, "rbmlib:PBRBM"),
        (3, ReLU(2.0), "PRRBM"),
    ],
)
def test_a_run_keeps_its_units_and_states(tmp_path, q, hidden, name):
    rbm, path = machine(q, hidden=hidden).on_grid(), tmp_path / "run.h5"
    run = Trajectory([0], [rbm], chains=sampling.random_start(rbm, 5, seed=0))
    run.save(path)
    with h5py.File(path) as file:
        assert file["model_type"][()].decode() == name
    again = Trajectory.load(path)
    assert again[0] == rbm and again.n_visible == 3
    assert again.chains.dtype == np.int32 and np.array_equal(again.chains, run.chains)


def test_singular_vectors_do_not_see_the_gauge():
    rbm, rng = machine((2, 3, 5), n_hidden=4), np.random.default_rng(1)
    moved = rbm.W.copy()
    for i, width in enumerate((2, 3, 5)):
        rows = slice(column(rbm, i, 0), column(rbm, i, 0) + width)
        moved[rows] += rng.normal(size=4)
    other = RBM(moved, rbm.a, rbm.b, rbm.visible, rbm.hidden)
    one, two = (spectrum(Trajectory([0], [m])) for m in (rbm, other))
    np.testing.assert_allclose(one.w, two.w, atol=1e-12)
    np.testing.assert_allclose(one.u, two.u, atol=1e-10)
    assert one.u.shape == (1, 10, 4)
