"""Training: the right gradient, the right chains, and honest refusals."""

import numpy as np
import pytest

from derivatives import assert_gradient_is_the_slope
from rbmlib import enumeration, likelihood, randomness, sampling, training
from rbmlib.rbm import RBM
from rbmlib.training import gradient, progress
from rbmlib.training.held import Held
from rbmlib.training.methods import METHODS
from rbmlib.training.run import Run
from rbmlib.training.settings import fingerprint
from rbmlib.units import BINARY, SPIN, Gaussian

PAIRS = [
    (BINARY, BINARY),
    (SPIN, SPIN),
    (SPIN, BINARY),
    (BINARY, Gaussian(0.5)),
    (Gaussian(0.5), SPIN),
]


def _data(unit, n_samples=60, n_visible=6, seed=0):
    words = randomness.draws(seed, 0, 0, np.arange(n_samples), n_visible)
    if unit.states is None:
        return words / 2.0**31 - 1.0
    low, high = unit.states
    # The second half copies the first, so that there is something to learn.
    upper = words < 2**32 // 3
    upper[:, n_visible // 2 :] = upper[:, : n_visible // 2]
    return np.where(upper, high, low)


def _two_modes(n_samples=400, flip=0.1):
    label = np.arange(n_samples)[:, None] % 2
    noise = randomness.draws(3, 0, 0, np.arange(n_samples), 8) < flip * 2**32
    return (label ^ noise).astype(float)


@pytest.mark.parametrize(("visible", "hidden"), PAIRS)
def test_exact_gradient_is_the_derivative_of_the_likelihood(visible, hidden):
    machine = RBM.random(
        6, 4, scale=0.3, bias_scale=0.3, seed=5, visible=visible, hidden=hidden
    )
    data = _data(visible)
    assert_gradient_is_the_slope(machine, data)


def test_centred_and_plain_gradient_have_the_same_fixed_points():
    machine = RBM.random(6, 3, scale=0.8, bias_scale=0.5, seed=1)
    own = gradient.exact_statistics(machine)
    for centred in (True, False):
        W, a, b = machine.W.copy(), machine.a.copy(), machine.b.copy()
        gradient.ascend(W, a, b, own, own, 1.0, centred)
        assert machine == RBM(W, a, b)


def test_centred_gradient_does_not_care_which_state_is_called_one():
    # v -> 1 - v, h -> 1 - h leaves the law, and must leave the step.
    machine = RBM.random(6, 3, scale=0.8, bias_scale=0.5, seed=1)
    flipped = RBM(
        machine.W, -machine.a - machine.W.sum(1), -machine.b - machine.W.sum(0)
    )
    data = _data(BINARY)
    steps = []
    for m, x in ((machine, data), (flipped, 1 - data)):
        W, a, b = m.W.copy(), m.a.copy(), m.b.copy()
        terms = gradient.exact_statistics(m, x), gradient.exact_statistics(m)
        gradient.ascend(W, a, b, *terms, 0.1, True)
        steps.append(RBM(W, a, b))
    back = RBM(
        steps[1].W, -steps[1].a - steps[1].W.sum(1), -steps[1].b - steps[1].W.sum(0)
    )
    for x, y in zip(("W", "a", "b"), ("W", "a", "b"), strict=True):
        assert np.allclose(getattr(steps[0], x), getattr(back, y), atol=1e-12)


def test_statistics_on_the_grid_are_the_exact_means():
    machine = RBM.random(20, 10, scale=0.5, bias_scale=0.5, seed=2).on_grid()
    data = (randomness.draws(0, 0, 0, np.arange(500), 20) < 2**30).astype(np.float32)
    sampler = sampling.Sampler(BINARY, BINARY, machine.W, machine.a, machine.b, 0)
    found = gradient.statistics(sampler, data)
    exact = gradient.exact_statistics(machine, data)
    half_step = 2.0 ** -(gradient.mean_bits(500) + 1)
    assert np.array_equal(found.v, exact.v)
    assert np.abs(found.h - exact.h).max() < half_step
    assert np.abs(found.vh - exact.vh).max() < half_step


ALL = ["cd", "pcd", "ptt", "weighted", "rdm", "exact"]


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("centred", [True, False])
def test_every_method_learns_two_modes(method, centred):
    data = _two_modes()
    start = training.initial_machine(data, 2, scale=0.01, seed=0)
    chain = {} if method == "exact" else {"k": 10, "batch_size": 200}
    run = training.train(
        start,
        data,
        method=method,
        n_updates=600,
        learning_rate=0.2,
        seed=1,
        centred=centred,
        progress=False,
        checkpoints=3,
        **chain,
    )
    # The law of the data: one of two patterns, each unit flipped with p = 0.1.
    kl = _divergence(run[-1])
    assert kl < 0.1 < _divergence(run[0])


def _divergence(machine, flip=0.1):
    v, p = enumeration.visible_probabilities(machine)
    on = v.sum(1)
    law = 0.5 * (
        (1 - flip) ** on * flip ** (8 - on) + flip**on * (1 - flip) ** (8 - on)
    )
    return (law * np.log(law / p)).sum()


def test_chains_start_where_the_method_says():
    data = _two_modes()
    start = training.initial_machine(data, 2, scale=0.01, seed=0)
    common = {
        "k": 1,
        "batch_size": 50,
        "learning_rate": 0.1,
        "seed": 1,
        "progress": False,
    }
    pcd = training.train(start, data, method="pcd", n_updates=1, **common)
    noise = sampling.random_start(start, 50, 1)
    assert np.array_equal(pcd.chains, sampling.gibbs(start, noise, 1, 1)[0])
    again = training.resume(pcd, data, n_updates=2, progress=False)
    expected = sampling.gibbs(pcd[-1], pcd.chains, 1, 1, first_sweep=1)[0]
    assert np.array_equal(again.chains, expected)
    for method in ("cd", "rdm"):
        run = training.train(start, data, method=method, n_updates=2, **common)
        assert run.chains is None


def test_initial_machine_has_the_mean_of_the_data():
    for unit in (BINARY, SPIN, Gaussian(0.5)):
        data = _data(unit, 300)
        machine = training.initial_machine(data, 3, seed=0, visible=unit, scale=0)
        mean = machine.mean_v(np.zeros((1, 3)))
        assert np.abs(mean - data.mean(0)).max() < 1e-6
    dead = training.initial_machine(np.zeros((5, 1)), 2, seed=0, clip=1e-3)
    assert np.isclose(dead.mean_v(np.zeros((1, 2)))[0, 0], 1e-3)


def test_log_ages_are_increasing_and_end_at_the_end():
    ages = training.log_ages(10_000, 30)
    assert ages[0] == 0 and ages[1] == 1 and ages[-1] == 10_000
    assert np.all(np.diff(ages) > 0)
    assert training.log_ages(500, 1).tolist() == [0, 1, 500]


GOOD = {
    "method": "pcd",
    "k": 2,
    "n_updates": 3,
    "batch_size": 10,
    "learning_rate": 0.1,
    "seed": 0,
    "progress": False,
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "sgd"}, "method must be one of .* got 'sgd'"),
        ({"k": 0}, "k must be at least 1, got 0"),
        ({"batch_size": 61}, "at most the number of samples, 60, got 61"),
        ({"n_chains": 0}, "n_chains must be at least 1, got 0"),
        ({"method": "cd", "n_chains": 5}, "n_chains must equal batch_size"),
        ({"learning_rate": 0.0}, "learning_rate must be a finite number > 0"),
        ({"learning_rate": np.inf}, "learning_rate must be a finite number > 0"),
        ({"n_updates": 0}, "n_updates must be at least 1"),
        ({"checkpoints": [5]}, r"checkpoints must hold integers in \[0, 3\]"),
        ({"checkpoints": [0.5]}, "checkpoints must hold integers"),
        ({"method": "exact"}, "k must be left out for method='exact'"),
        ({"seed": -1}, "seed must be in"),
    ],
)
def test_bad_arguments_are_refused(change, message):
    machine = RBM.random(6, 2, seed=0)
    with pytest.raises((TypeError, ValueError), match=message):
        training.train(machine, _data(BINARY), **{**GOOD, **change})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (_data(SPIN), "states of binary units, 0 or 1; got -1"),
        (np.zeros((0, 6)), "at least one sample"),
        (np.zeros((60, 5)), r"data must have shape \(\.\.\., 6\), got \(60, 5\)"),
        (np.full((60, 6), np.nan), "got nan"),
        (np.full((60, 6), 0.3), "got 0.3"),
    ],
)
def test_bad_data_are_refused(data, message):
    with pytest.raises(ValueError, match=message):
        training.train(RBM.random(6, 2, seed=0), data, **GOOD)


def test_resuming_with_other_data_is_refused():
    data = _data(BINARY)
    run = training.train(RBM.random(6, 2, seed=0), data, **GOOD)
    with pytest.raises(ValueError, match="sha256 differs"):
        training.resume(run, 1 - data, n_updates=5)
    with pytest.raises(ValueError, match="n_updates must be at least 3"):
        training.resume(run, data, n_updates=2)


def test_the_data_are_hashed_once(monkeypatch):
    """A hash of MNIST takes a fifth of a second; `resume` must check, `train` knows."""
    counted = []

    def watched(data):
        counted.append(len(data))
        return fingerprint(data)

    for module in ("course", "settings"):
        monkeypatch.setattr(f"rbmlib.training.{module}.fingerprint", watched)
    data = _data(BINARY)
    run = training.train(RBM.random(6, 2, seed=0), data, **GOOD)
    assert counted == [60]
    assert run.settings["data_sha256"] == fingerprint(data.astype(np.float32))
    training.resume(run, data, n_updates=5, progress=False)
    assert counted == [60, 60]


def test_a_method_is_a_row_of_the_table():
    assert set(METHODS) == {*ALL, "tempered"}  # slow: its law is in test_ladder
    names = ", ".join(map(repr, METHODS))
    with pytest.raises(ValueError, match=f"method must be one of {names}, got"):
        training.train(RBM.random(6, 2, seed=0), _data(BINARY), **GOOD | {"method": ""})


def test_an_interrupted_run_returns_what_it_reached(monkeypatch):
    data = _data(BINARY)
    update = Run.update

    def interrupted(self):
        if self.age == 2:
            raise KeyboardInterrupt
        update(self)

    monkeypatch.setattr(Run, "update", interrupted)
    run = training.train(
        RBM.random(6, 2, seed=0), data, **{**GOOD, "n_updates": 9, "checkpoints": [9]}
    )
    monkeypatch.undo()
    assert run.ages.tolist() == [0, 2]
    whole = training.train(
        RBM.random(6, 2, seed=0), data, **{**GOOD, "n_updates": 9, "checkpoints": [9]}
    )
    assert training.resume(run, data, n_updates=9, progress=False)[-1] == whole[-1]


@pytest.fixture
def at_any_cost(monkeypatch):
    monkeypatch.setattr(progress, "SHARE", np.inf)


def test_the_progress_bar_shows_the_likelihood(capsys, at_any_cost):
    data = _data(BINARY)
    run = training.train(
        RBM.random(6, 2, seed=0), data, **{**GOOD, "progress": True, "checkpoints": [3]}
    )
    value = likelihood.log_likelihood(run[-1], data)
    shown = capsys.readouterr().err
    assert f"log-likelihood {value:.3f} (exact)" in shown and "updates/s" in shown


def test_the_progress_bar_estimates_where_it_cannot_enumerate(capsys, at_any_cost):
    data = _data(BINARY, 60, 20)
    training.train(RBM.random(20, 15, seed=0), data, **{**GOOD, "progress": True})
    assert "(AIS)" in capsys.readouterr().err


def test_likelihoods_for_the_bar_take_little_of_the_time(monkeypatch):
    clock, asked = [0.0], []
    monkeypatch.setattr(progress.time, "perf_counter", lambda: clock[0])

    def note(rbm, data):
        asked.append(clock[0])
        clock[0] += 30.0
        return "a likelihood"

    monkeypatch.setattr(progress, "_likelihood_note", note)
    large, rows = RBM.random(20, 15, seed=0), 100 * 200 + 1000
    bar = progress.Progress(True, 10_000, 0, rows)
    for _ in range(10_000):  # of one second each, as expected of the first likelihood
        clock[0] += 1.0
        bar.step()
        bar.say_likelihood(large, Held(_data(BINARY, 60, 20)))
    bar.close()
    # The first after 1 / .04 s; then each 30 s in 750 s of training.
    assert asked[0] == 25.0 and len(asked) == 13
    assert np.all(np.diff(asked)[1:] == 30.0 + 750.0)
