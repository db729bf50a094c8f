"""The history of a run: what it measures, and what stops it."""

import copy
import pickle

import numpy as np
import pytest

from rbmlib import likelihood, randomness, sampling, training
from rbmlib.linear_regime import layer_susceptibility
from rbmlib.rbm import RBM
from rbmlib.training import history as recording
from rbmlib.training import progress
from rbmlib.trajectories import History, Trajectory
from rbmlib.units import Categorical, Gaussian
from test_training_options import data, start, train


def test_a_row_is_what_the_stored_machine_is():
    validation = 1 - data(20)
    run = train(k=1, validation=validation, checkpoints=[3, 9])
    assert run.history["age"].tolist() == run.ages.tolist() == [0, 3, 9, 20]
    for machine, row in zip(run, run.history.rows, strict=True):
        assert row["train"] == likelihood.log_likelihood(machine, data())
        assert row["validation"] == likelihood.log_likelihood(machine, validation)
        assert (row["error"], row["verdict"]) == (0.0, "trusted")
        assert np.isclose(row["norm"] ** 2, (machine.W**2).sum())
        assert np.isclose(row["singular_value"], np.linalg.svd(machine.W)[1][0])
        chi = layer_susceptibility(machine, data().mean(0))
        assert np.isclose(row["susceptibility"], chi)
        assert np.isclose(row["time"], 0.2 * row["age"])
        assert row["learning_rate"] == 0.2 and np.isnan(row["acceptance"])


def test_weighted_data_have_a_weighted_likelihood():
    w = np.arange(60) % 3
    run = train(k=1, validation=data(20), sample_weight=w)
    often = np.repeat(data(), w, axis=0)
    exact = likelihood.log_likelihood(run[-1], often)
    assert abs(run.history["train"][-1] - exact) < 1e-12


@pytest.mark.parametrize("units", [(Categorical(3), None), (None, Gaussian(0.1))])
def test_every_unit_has_a_history(units, monkeypatch):
    monkeypatch.setitem(recording.ANNEALING, "n_temperatures", 50)
    visible, hidden = (x or RBM([[0.0]], [0.0], [0.0]).visible for x in units)
    shape = visible.bias_shape(20)
    machine = RBM(np.zeros((*shape, 4)), np.zeros(shape), np.zeros(4), visible, hidden)
    x = sampling.random_start(machine, 50, seed=2)
    begun = training.initial_machine(
        x, 4, scale=0.1, seed=0, visible=visible, hidden=hidden
    )
    run = train(x, start=begun, k=1, n_updates=3, checkpoints=[], validation=x)
    assert np.isfinite(run.history["susceptibility"]).all()
    assert np.isfinite(run.history["validation"]).all()


def test_a_large_machine_is_annealed_and_judged(monkeypatch):
    monkeypatch.setattr(recording, "MOST_STATES", 1)
    monkeypatch.setitem(recording.ANNEALING, "n_temperatures", 200)
    estimate = likelihood.ais
    x = data(60, 10)
    first = start(8, x=x)
    run = train(x, start=first, k=1, n_updates=2, checkpoints=[], validation=x)
    exact = [likelihood.log_likelihood(machine, x) for machine in run]
    assert np.abs(run.history["train"] - exact).max() < 0.1
    assert run.history["verdict"].tolist() == ["trusted"] * 2
    assert (run.history["error"] > 0).all()

    def too_low(*arguments, **options):
        found = estimate(*arguments, **options)
        return likelihood.Estimate.from_weights(found.log_weights - 50.0, 0.0)

    monkeypatch.setattr(likelihood, "ais", too_low)
    run = train(x, start=first, k=1, n_updates=2, checkpoints=[], validation=x)
    verdicts = run.history["verdict"].tolist()
    assert all(text.startswith("refuted: log Z is at least") for text in verdicts)
    # What is left is an upper bound: mean field is within a nat here.
    assert (run.history["train"] > exact).all()
    assert np.abs(run.history["train"] - exact).max() < 1


def test_the_callback_sees_the_run_and_stops_it():
    seen = []

    def callback(run, age, row):
        seen.append((run.ages.tolist(), age, row["age"]))
        assert isinstance(run, Trajectory) and run.history["norm"][-1] == row["norm"]
        return age == 9

    run = train(k=1, checkpoints=[3, 9], callback=callback)
    assert seen == [([0], 0, 0), ([0, 3], 3, 3), ([0, 3, 9], 9, 9)]
    assert run.ages.tolist() == [0, 3, 9]
    whole = training.resume(run, data(), n_updates=20, progress=False, checkpoints=[])
    other = train(k=1, checkpoints=[3, 9], callback=lambda *_: None)
    assert whole[-1] == other[-1] and whole.history == other.history


def test_a_callback_that_fails_loses_nothing():
    def fails(run, age, row):
        if age == 3:
            raise OSError("no disk")

    with pytest.raises(OSError, match="no disk") as caught:
        train(k=1, checkpoints=[3, 9], callback=fails)
    assert caught.value.trajectory.ages.tolist() == [0, 3]
    assert caught.value.trajectory.history["age"].tolist() == [0, 3]


def noisy(n_samples, seed):
    flips = randomness.draws(seed, 1, 0, np.arange(n_samples), 6) < 2**32 // 8
    return np.abs(data(n_samples, seed=seed) - flips)


def test_patience_stops_after_the_best_age():
    few = noisy(40, seed=4)  # enough to learn from, and to learn by heart
    how = {"method": "exact", "n_updates": 400, "checkpoints": list(range(0, 400, 20))}
    first = start(4, x=noisy(200, seed=5))
    how |= {"start": first, "validation": noisy(200, seed=2), "learning_rate": 0.5}
    run, whole = train(few, patience=4, **how), train(few, **how)
    values = run.history["validation"]
    assert values.argmax() == len(values) - 1 - 4 and 5 < len(values) < len(whole)
    assert run.history == whole.history.until(run.ages[-1])
    best = run.until(run.history.best_age)
    assert best.ages[-1] == run.ages[values.argmax()] and best.state is None
    assert best.history["age"].tolist() == best.ages.tolist()
    assert run.until(run.ages[-1]) is run


def test_the_best_age_is_among_what_is_known():
    table = {"age": [0, 1, 2, 3], "validation": [-4.0, -3.0, -1.0, -2.0]}
    table["verdict"] = ["trusted", "trusted", "not to be trusted: …", "refuted: …"]
    assert History(table).best_age == 3
    table["verdict"] = ["not known: …"] * 4
    with pytest.raises(ValueError, match="history must have a row .* got 4 without"):
        _ = History(table).best_age


def test_a_history_is_stored_whole(tmp_path):
    run = train(k=1, validation=data(20))
    run.save(tmp_path / "run.h5")
    found = Trajectory.load(tmp_path / "run.h5")
    assert found.history == run.history and list(found.history) == list(run.history)
    assert str(found.history) == str(run.history) and "age" in str(run.history)
    found.save(tmp_path / "again.h5")
    one, other = (tmp_path / x for x in ("run.h5", "again.h5"))
    assert one.read_bytes() == other.read_bytes()
    for other in (copy.deepcopy(run), pickle.loads(pickle.dumps(run))):
        assert other.history == run.history
    with pytest.raises(ValueError, match="read-only"):
        run.history["norm"][0] = 1


def test_a_changed_history_is_damage(tmp_path):
    import h5py

    train(k=1, validation=data(20)).save(tmp_path / "run.h5")
    with h5py.File(tmp_path / "run.h5", "a") as file:
        file["rbmlib/history/train"][0] += 1e-9
    with pytest.raises(ValueError, match="damaged"):
        Trajectory.load(tmp_path / "run.h5")


def test_other_programs_find_a_rate_and_the_penalties(tmp_path):
    import h5py

    options = {"learning_rate": lambda age: 0.1 / (age + 1), "l1": 0.5, "l2": 0.25}
    train(k=1, n_updates=2, checkpoints=[], **options).save(tmp_path / "run.h5")
    with h5py.File(tmp_path / "run.h5") as file:
        found = {k: v[()] for k, v in file["hyperparameters"].items()}
    assert found["learning_rate"] == 0.05
    assert (found["L1"], found["L2"]) == (0.5, 0.125)


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ({"norm": [1.0]}, "columns must have the column 'age', got"),
        ({"age": [1, 1]}, r"columns\['age'\] must be strictly increasing, got \[1, 1"),
        ({"age": [0], "b": [1.0, 2.0]}, r"columns\['b'\] must have shape \(1,\), got"),
        ({"age": [0], "b": [1j]}, r"columns\['b'\] must be real numbers"),
        ({"age": [0], "a b": [1]}, "identifiers as names, got 'a b'"),
    ],
)
def test_what_is_no_table_is_refused(history, message):
    with pytest.raises((TypeError, ValueError), match=message):
        History(history)


def test_a_history_belongs_to_its_run():
    machine = RBM.random(4, 2, seed=0).on_grid()
    with pytest.raises(ValueError, match=r"history must have rows of the ages \[0\]"):
        Trajectory([0], [machine], history=History({"age": [1]}))


def test_the_bar_shows_what_the_history_knows(capsys, monkeypatch):
    monkeypatch.setattr(progress, "SHARE", np.inf)
    train(k=1, validation=data(20), progress=True)
    shown = capsys.readouterr().err
    assert "validation -" in shown and "(exact)" not in shown
    calls = []
    train(k=1, progress=True, callback=lambda run, age, row: bool(calls.append(age)))
    assert calls == [0, 7, 20]
