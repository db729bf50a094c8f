"""Log-likelihood: exact, and log Z by annealing against the exact sum."""

from itertools import product

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp

import brute_force
from rbmlib import randomness
from rbmlib.enumeration import visible_probabilities
from rbmlib.grid import round_to_grid
from rbmlib.likelihood import (
    Estimate,
    ais,
    independent_machine,
    log_likelihood,
    path,
    reverse_ais,
    trajectory_ais,
)
from rbmlib.likelihood.annealing import FORWARD, draw_independent, independent_log_z
from rbmlib.logistic import is_on
from rbmlib.randomness import HIDDEN, VISIBLE
from rbmlib.rbm import RBM
from rbmlib.sampling import gibbs
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Gaussian

PAIRS = list(product([BINARY, SPIN], repeat=2))


def machine(n_visible, n_hidden, seed, visible=BINARY, hidden=BINARY, scale=1.0):
    return RBM.random(
        n_visible, n_hidden, scale=scale, bias_scale=0.5, seed=seed,
        visible=visible, hidden=hidden,
    )  # fmt: skip


def exact_samples(rbm, n_samples, seed):
    """Independent samples of the enumerated law."""
    states, p = visible_probabilities(rbm)
    return states[np.random.default_rng(seed).choice(len(p), n_samples, p=p)]


# ------------------------------------------------------------------ exact likelihood


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("seed", range(3))
def test_exact_log_likelihood_agrees_with_brute_force(pair, seed):
    rbm = brute_force.random_machine(seed, *pair)
    joint = brute_force.weights(rbm)
    z = sum(joint.values())
    states = np.array([v for v, _ in joint])[:: rbm.n_hidden]
    marginals = [sum(w for (u, _), w in joint.items() if u == tuple(v)) for v in states]
    expected = np.mean(np.log(np.array(marginals) / z))
    assert log_likelihood(rbm, states) == pytest.approx(expected, abs=1e-10)
    shifted = log_likelihood(rbm, states, log_z=np.log(z) + 0.5)
    assert shifted == pytest.approx(expected - 0.5, abs=1e-10)


def test_log_likelihood_of_gaussian_data_is_that_of_the_density():
    """Without weights the visible units are independent Gaussian numbers."""
    rbm = RBM(np.zeros((2, 1)), [0.5, -1.0], [0.3], Gaussian(2.0), SPIN)
    x = np.random.default_rng(0).normal(size=(10, 2))
    density = stats.norm(loc=[1.0, -2.0], scale=np.sqrt(2.0)).logpdf(x).sum(1).mean()
    assert log_likelihood(rbm, x) == pytest.approx(density, abs=1e-10)


@pytest.mark.parametrize(
    "data, log_z, message",
    [
        ([1, 0, 1], None, r"data must have shape \(n_samples, 3\).*got \(3,\)"),
        (np.zeros((0, 3)), None, "at least one sample"),
        ([[1, 0]], None, r"data must have shape \(\.\.\., 3\), got \(1, 2\)"),
        ([[1, -1, 1]], None, "data must hold .* 0 or 1; got -1"),
        ([[1, 0, 1]], np.nan, "log_z must be a finite number, got nan"),
        ([[1, 0, 1]], [1.0], "log_z must be a finite number"),
    ],
)
def test_bad_data_and_log_z_are_refused(data, log_z, message):
    with pytest.raises(ValueError, match=message):
        log_likelihood(machine(3, 2, 0), data, log_z=log_z)


# -------------------------------------------------------------- weights to estimates


def test_estimate_of_known_weights():
    w = np.array([1.0, 2.0, 3.0, 6.0])
    result = Estimate.from_weights(np.log(w) + 800, 5.0)
    assert result.log_z == pytest.approx(5 + 800 + np.log(3))
    assert result.error == pytest.approx(w.std(ddof=1) / 2 / 3)
    assert result.ess == pytest.approx(144 / 50)
    reverse = Estimate.from_weights(np.log(w), 5.0, sign=-1)
    assert reverse.log_z == pytest.approx(5 - np.log(3))
    rows = Estimate.from_weights(np.log([w, w]) + 800, 5.0)
    assert rows.log_z == pytest.approx([result.log_z] * 2)
    assert rows.error == pytest.approx([result.error] * 2)
    assert rows.ess == pytest.approx([result.ess] * 2)


def z_scores(estimate, seeds=range(20)):
    """Deviations from the exact log Z in standard errors, over 20 machines."""
    scores = []
    for seed in seeds:
        pair = PAIRS[seed % 4]
        scale = 1.0 if pair == (BINARY, BINARY) else 0.4
        rbm = machine(12 + seed % 5, 8, seed, *pair, scale=scale)
        result = estimate(rbm, seed)
        assert result.ess > 50  # else the standard error means little
        scores.append((result.log_z - rbm.log_z()) / result.error)
    return np.array(scores)


def is_calibrated(z):
    """Whether 20 scores look standard normal: wrong errors fail on either side."""
    # Probability to refuse good scores: 0.2 % by the sum, 0.14 % by the count.
    low, high = stats.chi2(len(z)).ppf([1e-3, 1 - 1e-3])
    return low < np.square(z).sum() < high and (np.abs(z) > 3).sum() <= 1


def test_ais_agrees_with_exact_log_z_on_twenty_machines():
    z = z_scores(lambda rbm, seed: ais(rbm, n_chains=400, n_temperatures=60, seed=seed))
    assert is_calibrated(z)


def test_ais_from_the_mean_of_data_agrees_with_exact_log_z():
    def estimate(rbm, seed):
        data = exact_samples(rbm, 50, seed)
        return ais(rbm, n_chains=400, n_temperatures=60, seed=seed, data=data)

    assert is_calibrated(z_scores(estimate))


def test_reverse_ais_agrees_with_exact_log_z_on_twenty_machines():
    def estimate(rbm, seed):
        v = exact_samples(rbm, 400, seed)
        return reverse_ais(rbm, v, n_temperatures=60, seed=seed)

    assert is_calibrated(z_scores(estimate))


# --------------------------------------------------------- the definition, in NumPy


def reference_weights(rbm, start, betas, v, seed, weigh_first=True):
    """Log-weights along the straight line, plainly; the wrong order on request."""
    grid = round_to_grid(rbm.W, rbm.a, rbm.b)
    a0, b0 = np.float32(start.a), np.float32(start.b)
    chains, log_w = np.arange(len(v)), np.zeros(len(v))

    def field(s, W, bias, bias0, beta):
        return np.float32(beta) * (s @ W + bias) + np.float32(1 - beta) * bias0

    def draw(x, unit, stream, sweep):
        low, high = np.float32(unit.states)
        words = randomness.draws(seed, stream, sweep, chains, x.shape[1])
        return np.where(is_on(x, words, gain=high - low), high, low)

    def increment(v, old, new):
        def minus_f(beta):
            return -((1 - beta) * start + beta * rbm.on_grid()).free_energy(v)

        return minus_f(new) - minus_f(old)

    v = v.astype(np.float32)
    for k, (old, new) in enumerate(zip(betas, betas[1:], strict=False), FORWARD):
        if weigh_first:
            log_w += increment(v, old, new)
        h = draw(field(v, grid.W, grid.b, b0, new), rbm.hidden, HIDDEN, k)
        v = draw(field(h, grid.W.T, grid.a, a0, new), rbm.visible, VISIBLE, k)
        if not weigh_first:
            log_w += increment(v, old, new)
    return log_w


def reference_ais(rbm, n_chains, n_temperatures, seed, data=None, weigh_first=True):
    start = independent_machine(rbm.on_grid(), data).on_grid()
    v = draw_independent(start, n_chains, seed)
    betas = np.arange(n_temperatures + 1) / n_temperatures
    log_w = reference_weights(rbm, start, betas, v, seed, weigh_first)
    return Estimate.from_weights(log_w, independent_log_z(start))


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("with_data", [False, True])
def test_the_fast_path_is_the_definition(pair, with_data):
    rbm = machine(40, 33, 1, *pair, scale=0.6)
    data = gibbs(rbm, np.ones((20, 40)), 5, seed=9)[0] if with_data else None
    expected = reference_ais(rbm, 300, 32, seed=4, data=data).log_weights
    result = ais(rbm, n_chains=300, n_temperatures=32, seed=4, data=data)
    # One other decision moves a weight by about field/32; rounding: float32's 2^-24 of
    # a Γ of size 10, times 33 units and 32 steps, at random.
    np.testing.assert_allclose(result.log_weights, expected, rtol=0, atol=1e-4)


def test_weights_taken_after_the_transition_are_caught():
    """The classic mistake passes neither the reference nor the exact log Z."""

    def wrong(rbm, seed):
        return reference_ais(rbm, 400, 60, seed, weigh_first=False)

    def right(rbm, seed):
        return reference_ais(rbm, 400, 60, seed)

    assert is_calibrated(z_scores(right, range(20)))
    assert not is_calibrated(z_scores(wrong, range(20)))


def test_generic_path_weighs_before_it_moves(monkeypatch):
    """The same planted mistake in the path along any sequence of machines."""

    def late(machines, v, seed, first_sweep):
        machines = iter(machines)
        previous, log_w = next(machines), np.zeros(len(v))
        for sweep, new in enumerate(machines, first_sweep):
            v, _ = gibbs(new, v, 1, seed, first_sweep=sweep)
            log_w = log_w + previous.free_energy(v) - new.free_energy(v)
            yield log_w
            previous = new

    def estimate(rbm, seed):
        ages = [beta * rbm for beta in np.linspace(0.1, 1, 10)]
        result = trajectory_ais(ages, n_chains=400, n_temperatures=4, seed=seed)
        last = Estimate.from_weights(result.log_weights[-1], 0.0)
        return Estimate(result.log_z[-1], last.error, last.ess, last.log_weights)

    assert is_calibrated(z_scores(estimate))
    monkeypatch.setattr("rbmlib.likelihood.trajectory.along_machines", late)
    assert not is_calibrated(z_scores(estimate))


# ----------------------------------------------------------------- bias and brackets


@pytest.mark.parametrize("pair", PAIRS)
def test_the_mean_weight_is_unbiased_at_any_number_of_temperatures(pair):
    rbm = machine(6, 4, 3, *pair, scale=0.5)
    for n_temperatures in (1, 2, 5):
        result = ais(rbm, n_chains=20_000, n_temperatures=n_temperatures, seed=0)
        assert result.ess > 500
        w = np.exp(result.log_weights - result.log_weights.max())
        log_start = result.log_z - (logsumexp(result.log_weights) - np.log(len(w)))
        expected = np.exp(rbm.log_z() - log_start - result.log_weights.max())
        assert abs(w.mean() - expected) < 4 * stats.sem(w)


def test_few_chains_bracket_log_z():
    """Log of a mean of few weights: low going forwards, high going backwards."""
    rbm, n = machine(12, 8, 5), 5
    exact = rbm.log_z()
    forward = ais(rbm, n_chains=4000, n_temperatures=4, seed=0)
    v = exact_samples(rbm, 4000, 0)
    backward = reverse_ais(rbm, v, n_temperatures=4, seed=0)
    for result, sign in ((forward, 1), (backward, -1)):
        w = result.log_weights.reshape(-1, n)
        start = independent_log_z(independent_machine(rbm.on_grid()))
        groups = start + sign * (logsumexp(w, axis=1) - np.log(n))
        # Far beyond chance, on the predicted side of the exact value.
        assert sign * (exact - groups.mean()) > 6 * stats.sem(groups)


def test_more_temperatures_use_the_chains_better():
    rbm = machine(14, 8, 2)
    ess = [ais(rbm, n_chains=500, n_temperatures=k, seed=0).ess for k in (3, 30, 300)]
    assert ess[0] < ess[1] < ess[2] and ess[2] > 450


# ---------------------------------------------------------------- numbers and limits


@pytest.mark.parametrize("unit", [BINARY, SPIN])
@pytest.mark.parametrize("b", [0.0, 1e-3, -0.5, 3.0, -20.0, 59.0, -70.0, 300.0])
def test_the_change_of_gamma_is_exact_for_fields_of_any_size(unit, b):
    """Without weights every chain has the weight Γ(b) - Γ(0), in any steps."""
    rbm = RBM([[0.0], [0.0]], [0.2, -0.4], [b], hidden=unit)
    for n_temperatures in (1, 7, 1000):
        result = ais(rbm, n_chains=2, n_temperatures=n_temperatures, seed=0)
        # float32 fields and changes: 2^-24 of the field in each step, at random.
        tolerance = 1e-6 * max(1.0, abs(b))
        assert result.log_z == pytest.approx(rbm.log_z(), rel=0, abs=tolerance)
        assert result.error < 1e-12 and result.ess == pytest.approx(2)


def test_strong_machines_do_not_overflow():
    rbm = RBM(np.full((4, 2), 300.0), np.full(4, -100.0), np.full(2, -500.0))
    result = ais(rbm, n_chains=50, n_temperatures=5, seed=0)
    assert np.isfinite(result.log_weights).all() and 1 <= result.ess <= 50


def test_a_chain_depends_neither_on_its_neighbours_nor_on_the_batch(monkeypatch):
    rbm = machine(30, 20, 0, scale=0.5)
    runs = {
        "ais": lambda n: ais(rbm, n_chains=n, n_temperatures=10, seed=7),
        "trajectory": lambda n: trajectory_ais([rbm * 0.5, rbm], n_chains=n, seed=7),
    }
    for run in runs.values():
        full = run(600).log_weights
        assert np.array_equal(run(10).log_weights, full[..., :10])
        monkeypatch.setattr(path, "_BLOCK", 7)
        monkeypatch.setattr("rbmlib.sampling._BLOCK", 7)
        assert np.array_equal(run(600).log_weights, full)
        monkeypatch.undo()


def test_the_seed_decides():
    rbm = machine(10, 5, 0)
    first, again, other = (
        ais(rbm, n_chains=50, n_temperatures=10, seed=seed) for seed in (1, 1, 2)
    )
    assert np.array_equal(first.log_weights, again.log_weights)
    assert not np.any(first.log_weights == other.log_weights)


# ------------------------------------------------------------------- Gaussian layers


@pytest.mark.parametrize(
    "visible, hidden",
    [(BINARY, GAUSSIAN), (Gaussian(0.5), SPIN), (GAUSSIAN, Gaussian(0.5))],
)
def test_gaussian_units_anneal_in_double_precision(visible, hidden):
    rbm = machine(8, 5, 1, visible, hidden, scale=0.2)
    result = ais(rbm, n_chains=1000, n_temperatures=40, seed=0)
    assert result.ess > 500
    assert abs(result.log_z - rbm.log_z()) < 4 * result.error
    v = gibbs(rbm, np.ones((1000, 8)), 100, seed=3)[0]
    back = reverse_ais(rbm, v, n_temperatures=40, seed=0)
    assert back.ess > 500 and abs(back.log_z - rbm.log_z()) < 4 * back.error


# --------------------------------------------------------------------- along training


@pytest.fixture(scope="module")
def ages():
    """Machines that are no multiples of each other, as in training."""
    path = [machine(12, 6, seed, scale=0.25) for seed in range(8)]
    return [sum(path[1 : t + 1], path[0]) for t in range(8)]


@pytest.mark.parametrize("n_temperatures", [4, 10])
def test_trajectory_ais_agrees_with_exact_log_z_at_every_age(ages, n_temperatures):
    result = trajectory_ais(ages, n_chains=1000, n_temperatures=n_temperatures, seed=0)
    exact = np.array([rbm.log_z() for rbm in ages])
    assert np.ptp(exact) > 1  # the ages do differ
    assert result.log_weights.shape == (8, 1000) and (result.ess > 100).all()
    # 4.5 standard errors at each of 8 ages: 5e-5 for a false alarm.
    assert (np.abs(result.log_z - exact) < 4.5 * result.error).all()


def test_trajectory_ais_takes_a_trajectory_and_one_machine(ages):
    class Run:
        machines = tuple(ages)

    expected = trajectory_ais(ages, n_chains=20, seed=0).log_z
    assert np.array_equal(trajectory_ais(Run(), n_chains=20, seed=0).log_z, expected)
    first = trajectory_ais(ages[:1], n_chains=20, seed=0).log_z
    assert np.array_equal(first, expected[:1])


def test_trajectory_ais_goes_through_ages_of_gaussian_machines():
    end = machine(8, 5, 1, hidden=GAUSSIAN, scale=0.2)
    ages = [0.5 * end, end]
    result = trajectory_ais(ages, n_chains=1000, n_temperatures=10, seed=0)
    exact = np.array([rbm.log_z() for rbm in ages])
    assert (np.abs(result.log_z - exact) < 4 * result.error).all()


# -------------------------------------------------------------------------- refusals


def test_the_independent_machine_has_the_mean_of_the_data():
    data = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0], [1, 0, 0]])
    rbm = machine(3, 2, 0)
    # One sample of each state is added: (4 + 1)/6, (2 + 1)/6, (0 + 1)/6.
    mean = independent_machine(rbm, data).mean_v([0, 0])
    np.testing.assert_allclose(mean, [5 / 6, 1 / 2, 1 / 6], atol=2e-6)
    spin = independent_machine(rbm.to_spin()[0], 2 * data - 1).mean_v([-1, 1])
    np.testing.assert_allclose(spin, [2 / 3, 0, -2 / 3], atol=2e-6)
    gaussian = machine(3, 2, 0, Gaussian(2.0))
    x = np.random.default_rng(0).normal(size=(9, 3))
    mean = independent_machine(gaussian, x).mean_v([0, 1])
    np.testing.assert_allclose(mean, x.mean(0), atol=1e-12)


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"seed": -1}, ValueError, "seed must be in"),
        ({"seed": 0.5}, TypeError, "seed must be an integer"),
        ({"n_chains": 0}, ValueError, "n_chains must be at least 1, got 0"),
        ({"n_chains": 1}, ValueError, "n_chains must be at least 2 .*got 1"),
        ({"n_chains": 2.0}, TypeError, "n_chains must be an integer"),
        ({"n_temperatures": 0}, ValueError, "n_temperatures must be at least 1, got 0"),
        ({"reference": machine(4, 2, 0)}, ValueError, "reference must have W = 0"),
        (
            {"reference": RBM(np.zeros((3, 2)), np.zeros(3), np.zeros(2))},
            ValueError,
            "reference must have the units and sizes of RBM",
        ),
        (
            {"reference": RBM(np.zeros((4, 2)), np.zeros(4), np.zeros(2), SPIN)},
            ValueError,
            "reference must have the units and sizes of RBM",
        ),
        ({"reference": 0}, TypeError, "reference must be given as machines"),
        ({"data": [[1, 0, 1, -1]]}, ValueError, "data must hold"),
        ({"data": [1, 0, 1, 1]}, ValueError, "data must have shape"),
        ({"data": np.zeros((0, 4))}, ValueError, "at least one sample"),
        (
            {"data": [[1, 0, 1, 1]], "reference": machine(4, 2, 0)},
            ValueError,
            "reference or data, not both",
        ),
    ],
)
def test_ais_refuses_what_does_not_fit(arguments, error, message):
    with pytest.raises(error, match=message):
        ais(
            machine(4, 2, 1),
            **{"n_chains": 5, "n_temperatures": 2, "seed": 0} | arguments,
        )


def test_reverse_ais_refuses_samples_that_are_none():
    rbm = machine(4, 2, 1)
    for samples, message in (
        ([[1, 0, 1, -1]] * 2, "samples must hold .* 0 or 1; got -1"),
        (np.zeros((1, 4)), "n_chains must be at least 2"),
        (np.zeros((0, 4)), "samples must have shape .* at least one"),
        (np.zeros((5, 3)), r"samples must have shape \(\.\.\., 4\), got \(5, 3\)"),
    ):
        with pytest.raises(ValueError, match=message):
            reverse_ais(rbm, samples, n_temperatures=2, seed=0)


def test_trajectory_ais_refuses_what_is_no_sequence_of_alike_machines():
    good = machine(4, 2, 1)
    with pytest.raises(ValueError, match="at least one machine"):
        trajectory_ais([], seed=0)
    with pytest.raises(TypeError, match="trajectory must be given as machines"):
        trajectory_ais([good, None], seed=0)
    for other in (machine(4, 3, 1), machine(4, 2, 1, hidden=SPIN)):
        with pytest.raises(ValueError, match="trajectory must have the units"):
            trajectory_ais([good, other], seed=0)
    with pytest.raises(ValueError, match="n_temperatures must be at least 1"):
        trajectory_ais([good], n_temperatures=0, seed=0)
    with pytest.raises(ValueError, match="seed must be in"):
        trajectory_ais([good], seed=-1)
