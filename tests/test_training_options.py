"""Penalties, weights, learning rates, validation and callbacks of `train`."""

import numpy as np
import pytest

from derivatives import STEP, assert_gradient_is_the_slope
from rbmlib import likelihood, randomness, sampling, training
from rbmlib.rbm import RBM
from rbmlib.training import gradient, regularisation, schedule, weights
from rbmlib.training.run import Run
from rbmlib.trajectories import Trajectory
from rbmlib.units import BINARY, SPIN, Categorical, Gaussian
from test_training_interrupted import AtLine, traced

QUIET = {"progress": False}


def data(n_samples=60, n_visible=6, seed=0):
    words = randomness.draws(seed, 0, 0, np.arange(n_samples), n_visible)
    upper = words < 2**32 // 3
    upper[:, n_visible // 2 :] = upper[:, : n_visible // 2]
    return upper.astype(float)


def start(n_hidden=3, scale=0.3, x=None):
    return training.initial_machine(
        data() if x is None else x, n_hidden, scale=scale, seed=0
    )


def train(x=None, **options):
    x = data() if x is None else x
    first = options.pop("start", None)
    chosen = {"learning_rate": 0.2, "seed": 1, "n_updates": 20, "checkpoints": [7]}
    first = start(x=x) if first is None else first
    return training.train(first, x, **chosen | QUIET | options)


def assert_same(one, other):
    assert one.ages.tolist() == other.ages.tolist()
    assert all(x == y for x, y in zip(one, other, strict=True))
    assert all(np.array_equal(one.state[x], other.state[x]) for x in "Wab")
    assert np.array_equal(one.chains, other.chains)
    assert one.settings == other.settings and one.history == other.history


# ------------------------------------------------------------------- penalties


@pytest.mark.parametrize("centred", [True, False])
def test_the_penalised_step_climbs_the_penalised_likelihood(centred):
    """In the limit of a small rate: by differences, where no weight is at zero.

    The centred gradient is the plain one of weights and biases of centred units.
    """
    machine, rate, l1, l2 = start(scale=0.5), 2.0**-20, 0.03, 0.2
    first = {"W": machine.W, "a": machine.a, "b": machine.b}
    own = gradient.exact_statistics(machine, data())
    mu, lam = (own.v, own.h) if centred else (np.zeros(6), np.zeros(3))

    def climbed(W, alpha, beta):  # alpha = a + W λ, beta = b + Wᵀ μ
        moved = RBM(W, alpha - W @ lam, beta - W.T @ mu)
        penalty = l2 / 2 * np.square(W).sum() + l1 * np.abs(W).sum()
        return likelihood.log_likelihood(moved, data()) - penalty

    places = [x.copy() for x in first.values()]
    model = gradient.exact_statistics(machine)
    gradient.ascend(*first.values(), own, model, rate, centred, places)
    means = (mu, lam) if centred else None
    regularisation.shrink(machine.W, places, means, rate, l1, l2)
    found = dict(zip(first, places, strict=True))
    slopes = {
        "W": (found["W"] - machine.W) / rate,
        "a": (found["a"] + found["W"] @ lam - machine.a - machine.W @ lam) / rate,
        "b": (found["b"] + found["W"].T @ mu - machine.b - machine.W.T @ mu) / rate,
    }
    point = {
        "W": machine.W,
        "a": machine.a + machine.W @ lam,
        "b": machine.b + machine.W.T @ mu,
    }
    for name, slope in slopes.items():
        for index in np.ndindex(slope.shape):
            ends = []
            for sign in (1, -1):
                moved = point[name].copy()
                moved[index] += sign * STEP
                ends.append(climbed(*(point | {name: moved}).values()))
            # Differences of 1e-16 are divided by rate, 2^20.
            assert abs((ends[0] - ends[1]) / (2 * STEP) - slope[index]) < 2e-8


def test_at_rest_the_plain_gradient_balances_the_penalties():
    l1, l2 = 0.01, 0.03
    options = {"n_updates": 600, "learning_rate": 1.0, "start": start(scale=1.0)}
    run = train(method="exact", l1=l1, l2=l2, **options)
    W, a, b = (run.state[x] for x in "Wab")
    G, dv, dh = gradient.exact_gradient(RBM(W, a, b), data())
    held = W == 0
    assert 0 < held.sum() < W.size and (run[-1].W[held] == 0).all()
    assert np.abs(G[held]).max() <= l1
    # Far from rest these are of order l1; the run is as near as its 600 updates take.
    assert np.abs(G - l2 * W - l1 * np.sign(W))[~held].max() < 1e-5
    assert max(np.abs(dv).max(), np.abs(dh).max()) < 1e-5


def test_the_penalised_step_does_not_care_which_state_is_called_one():
    # v -> 1 - v, h -> 1 - h leaves the law and W, and must leave the step.
    machine = RBM.random(6, 3, scale=0.8, bias_scale=0.5, seed=1)

    def flipped(W, a, b):
        return W, -a - W.sum(1), -b - W.sum(0)

    ends = []
    for parameters, x in (
        ((machine.W, machine.a, machine.b), data()),
        (flipped(machine.W, machine.a, machine.b), 1 - data()),
    ):
        m = RBM(*parameters)
        own = gradient.exact_statistics(m, x)
        places = [y.copy() for y in parameters]
        model = gradient.exact_statistics(m)
        gradient.ascend(*parameters, own, model, 0.1, True, places)
        regularisation.shrink(m.W, places, (own.v, own.h), 0.1, 0.5, 0.5)
        ends.append(places)
    for one, other in zip(ends[0], flipped(*ends[1]), strict=True):
        assert np.allclose(one, other, atol=1e-12)
    assert (ends[0][0] == 0).any()


# ------------------------------------------------------------------- weights


@pytest.mark.parametrize(
    ("visible", "hidden"), [(BINARY, BINARY), (SPIN, Gaussian(0.5))]
)
def test_the_weighted_gradient_is_the_slope_of_the_weighted_likelihood(visible, hidden):
    machine = RBM.random(
        6, 3, scale=0.3, bias_scale=0.3, seed=5, visible=visible, hidden=hidden
    )
    x = data() if visible is BINARY else 2 * data() - 1
    assert_gradient_is_the_slope(machine, x, np.arange(60.0))


def test_integer_weights_are_repeated_rows():
    counts = np.arange(60) % 4
    often = np.repeat(data(), counts, axis=0)
    options = {"method": "exact", "n_updates": 30, "start": start()}
    one = train(sample_weight=counts, **options)
    other = train(often, **options)
    # The order of the sums differs: some roundings in each of 30 updates.
    for x in "Wab":
        assert np.abs(one.state[x] - other.state[x]).max() < 1e-12


def machine_and_states(unit, n_rows=50):
    shape = unit.bias_shape(7)
    W = RBM.random(int(np.prod(shape)), 5, scale=0.5, seed=3).W.reshape(*shape, 5)
    machine = RBM(W, np.zeros(shape), np.zeros(5), unit)
    return machine, sampling.random_start(machine, n_rows, seed=1)


@pytest.mark.parametrize("unit", [BINARY, SPIN, Categorical(3)], ids=repr)
def test_weighted_sums_of_a_batch_are_exact(unit):
    machine, v = machine_and_states(unit)
    sampler, w = sampling.Sampler.of(machine, 0), np.arange(50) % 5
    found = weights.weighted_statistics(sampler, unit, v, weights.check_weights(w, 50))
    h = sampler.mean_h(v, gradient.mean_bits(50)).astype(float)
    columns = unit.encode(v).astype(float)
    vh = (columns.T @ (w[:, None] * h) / w.sum()).reshape(machine.W.shape)
    assert np.array_equal(found.vh, vh) and np.array_equal(found.h, w @ h / w.sum())
    assert np.array_equal(found.v, (w @ columns / w.sum()).reshape(machine.a.shape))
    equal = weights.weighted_statistics(sampler, unit, v, np.full(50, 2.0**29))
    plain = gradient.statistics(sampler, v)
    for x in ("vh", "v", "h"):
        assert np.array_equal(getattr(equal, x), getattr(plain, x))


def test_the_mean_over_batches_is_the_weighted_mean():
    machine, v = machine_and_states(BINARY)
    sampler, q = (
        sampling.Sampler.of(machine, 0),
        weights.check_weights(np.arange(50), 50),
    )
    shares, parts = [], []
    for rows in np.arange(50).reshape(5, 10):
        own = weights.weighted_statistics(sampler, BINARY, v[rows], q[rows])
        shares.append(weights.share_of(q[rows], q))
        parts.append(shares[-1] * own.vh)
    whole = gradient.exact_statistics(machine, v, np.arange(50))
    assert np.isclose(np.mean(shares), 1, atol=1e-15)
    half_step = 2.0 ** -(gradient.mean_bits(10) + 1)
    assert np.abs(np.mean(parts, 0) - whole.vh).max() < half_step


@pytest.mark.parametrize("method", ["pcd", "cd", "rdm", "exact"])
def test_samples_of_no_weight_do_nothing(method):
    w = (np.arange(60) % 3 > 0) * 1.0
    other = np.where(w[:, None] > 0, data(), 1 - data())
    chosen = {"method": method, "sample_weight": w, "start": start()}
    if method != "exact":
        chosen |= {"k": 1, "batch_size": 2}  # some batches have no weight at all
    one, two = train(**chosen), train(other, **chosen)
    assert all(np.array_equal(one.state[x], two.state[x]) for x in "Wab")
    assert one[-1] != one[0]


def test_equal_weights_change_no_bit():
    one, other = train(k=1), train(k=1, sample_weight=np.full(60, 0.7))
    assert all(np.array_equal(one.state[x], other.state[x]) for x in "Wab")


# ------------------------------------------------------------------- learning rates


def test_a_constant_function_is_its_number():
    one, other = train(k=1), train(k=1, learning_rate=lambda age: 0.2)
    assert all(np.array_equal(one.state[x], other.state[x]) for x in "Wab")
    assert other.settings["learning_rate"] == schedule.FUNCTION
    assert other.history["learning_rate"].tolist() == [0.2, 0.2, 0.2]


def test_each_update_has_its_rate():
    ages = []

    def rate(age):
        ages.append(age)
        return 0.1 * (age + 1)

    run = train(method="exact", learning_rate=rate, n_updates=3, checkpoints=[1, 2])
    assert ages == [0, *range(3)]  # asked where it enters, and before the updates
    assert np.allclose(run.history["learning_rate"], [0.1, 0.1, 0.2, 0.3])
    assert np.allclose(run.history["time"], [0, 0.1, 0.3, 0.6])
    W, a, b = (x.copy() for x in (start().W, start().a, start().b))
    for age in range(3):
        machine = RBM(W, a, b)
        own, model = (gradient.exact_statistics(machine, x) for x in (data(), None))
        gradient.ascend(W, a, b, own, model, rate(age), True)
    assert np.array_equal(run.state["W"], W)


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        (lambda age: 0.1 - 0.01 * age, r"learning_rate\(10\) must be .* > 0, got"),
        (lambda age: "fast", "learning_rate must be .* TypeError: .* got 'fast'"),
        (lambda age: 1 / (age - 5), "ValueError: .*got -0.2"),
        (lambda: 0.1, "learning_rate must be a finite number > 0, or a function"),
    ],
)
def test_a_bad_rate_is_refused_before_the_first_update(rate, message, monkeypatch):
    monkeypatch.setattr(Run, "update", None)
    with pytest.raises((TypeError, ValueError), match=message):
        train(k=1, learning_rate=rate)


# ------------------------------------------------------------------- resuming


def decaying(age):
    return 0.3 / (1 + age / 10)


EVERYTHING = {
    "l1": 0.01,
    "l2": 0.1,
    "sample_weight": np.arange(60) % 4,
    "learning_rate": decaying,
    "validation": 1 - data(20),
}
AGAIN = ("sample_weight", "learning_rate", "validation")


@pytest.mark.parametrize("method", ["pcd", "cd", "rdm", "exact"])
def test_a_run_with_everything_resumes_to_the_same_bits(method, tmp_path):
    chosen = EVERYTHING | {"method": method, "patience": 9}
    if method != "exact":
        chosen |= {"k": 2, "batch_size": 10}
    whole = train(**chosen)
    assert whole.ages.tolist() == whole.history["age"].tolist() == [0, 7, 20]
    again = {name: EVERYTHING[name] for name in AGAIN}
    for cut in (3, 7):
        part = train(**chosen | {"n_updates": cut, "checkpoints": []})
        part.save(tmp_path / "run.h5")
        part = Trajectory.load(tmp_path / "run.h5")
        found = training.resume(
            part, data(), n_updates=20, checkpoints=[7], **again, **QUIET
        )
        if cut == 7:
            assert_same(found, whole)
        assert all(np.array_equal(found.state[x], whole.state[x]) for x in "Wab")
        found.save(tmp_path / "found.h5")
        assert Trajectory.load(tmp_path / "found.h5").history == found.history


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sample_weight": None}, "sample_weight must be what .* got None"),
        ({"sample_weight": np.ones(60)}, "sample_weight must be what the run began"),
        ({"validation": data(20)}, "validation must be what .* got other numbers"),
        ({"learning_rate": None}, "learning_rate must be a function, .* got None"),
        ({"learning_rate": 0.1}, "learning_rate must be a function, .* got 0.1"),
        (
            {"learning_rate": lambda age: decaying(age) * (1 + 1e-9)},
            "learning_rate must be the function that the run began with: at age 0",
        ),
        (  # the same at all stored ages: 0, 7 and 20
            {"learning_rate": lambda age: decaying(age) + 1e-9 * (age == 3)},
            "at age 7 its time is",
        ),
    ],
)
def test_what_is_given_again_must_be_the_same(change, message):
    run = train(k=1, batch_size=10, **EVERYTHING)
    again = {name: EVERYTHING[name] for name in AGAIN} | change
    with pytest.raises((TypeError, ValueError), match=message):
        training.resume(run, data(), n_updates=30, **again, **QUIET)


def test_what_a_run_began_without_is_refused():
    run = train(k=1)
    for name, value in {k: EVERYTHING[k] for k in AGAIN}.items():
        with pytest.raises(ValueError, match=f"{name} must be left out"):
            training.resume(run, data(), n_updates=30, **{name: value}, **QUIET)


def test_interrupted_at_any_line_it_resumes_to_the_same_bits():
    chosen = {"k": 1, "batch_size": 10, "n_updates": 6, "checkpoints": [2, 4]}
    chosen |= EVERYTHING
    again = {name: EVERYTHING[name] for name in AGAIN} | QUIET
    again |= {"n_updates": 6, "checkpoints": [2, 4]}
    begun = {k: v for k, v in chosen.items() if k not in ("n_updates", "checkpoints")}
    first = training.begin(start(), data(), seed=1, **begun)
    whole, counter = training.resume(first, data(), **again), AtLine(10**9)
    traced(counter, lambda: training.resume(first, data(), **again))
    n_lines, returned = 10**9 - counter.left, 0
    for n in range(1, n_lines, n_lines // 40):
        tracer = AtLine(n)
        try:
            part = traced(tracer, lambda: training.resume(first, data(), **again))
        except KeyboardInterrupt:
            continue
        returned += 1
        found = training.resume(part, data(), **again)
        assert np.isin(whole.ages, found.ages).all()
        assert all(np.array_equal(found.state[x], whole.state[x]) for x in "Wab")
        assert found.history == whole.history
    assert returned > 20


# ------------------------------------------------------------------- defaults


def test_defaults_are_recorded():
    assert {k: train().settings[k] for k in ("k", "batch_size", "n_chains")} == {
        "k": 10, "batch_size": 60, "n_chains": 60
    }  # fmt: skip
    many = np.tile(data(), (3, 1))
    assert train(many, n_updates=1, checkpoints=[]).settings["batch_size"] == 100


def test_a_plain_run_is_what_it_was():
    run = train(k=1)
    assert run.history is None and set(run.settings) == {
        "method", "learning_rate", "seed", "centred", "k", "batch_size", "n_chains",
        "data_sha256",
    }  # fmt: skip
    assert train(k=1, l1=0, l2=0).settings == run.settings


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"l1": -1.0}, "l1 must be a finite number >= 0, got -1"),
        ({"l2": 6.0}, "l2 must be at most 1 / learning_rate = 5, got 6"),
        ({"sample_weight": np.ones(59)}, r"sample_weight must have shape \(60,\)"),
        ({"sample_weight": -np.ones(60)}, "sample_weight must hold .* got -1"),
        ({"sample_weight": np.zeros(60)}, "must have a weight > 0, got all 0"),
        ({"validation": data(3, 4)}, r"validation must have shape"),
        ({"patience": 2}, "patience must be left out without validation"),
        ({"patience": 0, "validation": data()}, "patience must be at least 1"),
        ({"callback": 3}, "callback must be a function or None, got 3"),
        ({"callback": lambda *_: 3}, "what callback returns must be True or False"),
    ],
)
def test_bad_options_are_refused(change, message):
    with pytest.raises((TypeError, ValueError), match=message):
        train(k=1, **change)
