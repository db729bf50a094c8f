"""Runs that are interrupted at any instant, diverge, or are resumed without ground."""

import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rbmlib import randomness, training
from rbmlib.rbm import RBM
from rbmlib.training import compiled_update, gradient, progress
from rbmlib.training import run as runs
from rbmlib.trajectories import Trajectory
from rbmlib.units import GAUSSIAN, Gaussian

TRAINING = str(Path(training.__file__).parent)
METHODS = {
    "pcd": {"k": 2, "batch_size": 10, "n_chains": 7},
    "ptt": {"k": 1, "batch_size": 10, "n_chains": 7},
    "cd": {"k": 1, "batch_size": 10},
    "rdm": {"k": 1, "batch_size": 10},
    "exact": {},
}
QUIET = {"progress": False}


def data(n_samples=30, n_visible=5):
    words = randomness.draws(0, 0, 0, np.arange(n_samples), n_visible)
    return (words < 2**31).astype(float)


def begun(method="pcd", **changes):
    options = METHODS[method] | {"learning_rate": 0.3, "seed": 1} | changes
    start = training.initial_machine(data(), 3, scale=0.3, seed=0)
    return training.begin(start, data(), method=method, **options)


def resumed(run, n_updates=6, **options):
    chosen = QUIET | {"n_updates": n_updates, "checkpoints": [2, 4]} | options
    return training.resume(run, data(), **chosen)


def assert_same(found, whole):
    assert np.isin(whole.ages, found.ages).all()
    assert all(found.at(age) == whole.at(age) for age in whole.ages)
    assert all(np.array_equal(found.state[x], whole.state[x]) for x in "Wab")
    assert np.array_equal(found.chains, whole.chains)


# Interrupted at every line


class AtLine:
    """Raises KeyboardInterrupt at the n-th line of `rbmlib.training` that is traced."""

    def __init__(self, n):
        self.left, self.reached = n, 0

    def __call__(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith(TRAINING):
            return None
        return self.line

    def line(self, frame, event, argument):
        if event == "line":
            self.left -= 1
            if self.left == 0:
                self.reached = age_of(frame)
                raise KeyboardInterrupt
        return self.line


def age_of(frame):
    """Return how many updates the run made that a frame belongs to, 0 if to none."""
    while frame is not None:
        run = frame.f_locals.get("run")
        if isinstance(run, runs.Run):
            return run.age
        frame = frame.f_back
    return 0


def traced(tracer, call):
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        return call()
    finally:
        sys.settrace(before)


def interrupted_at_lines(first, path, begin, step):
    """Interrupt a run at every step-th line; return how often nothing was reached."""
    file = {} if path is None else {"autosave": path}
    whole, counter, early = resumed(first), AtLine(10**9), 0
    traced(counter, lambda: resumed(first, **file))
    n_lines = 10**9 - counter.left
    handlers = [signal.getsignal(x) for x in (signal.SIGINT, signal.SIGTERM)]
    for n in range(begin, n_lines + 1, step):
        tracer = AtLine(n)
        if path is not None:
            path.unlink(missing_ok=True)
        try:
            part = traced(tracer, lambda: resumed(first, **file))
        except KeyboardInterrupt:
            # Before the first update there is nothing to keep.
            assert tracer.reached == 0
            early += 1
            continue
        assert part.ages[-1] >= tracer.reached
        assert_same(resumed(part), whole)
        if path is not None and tracer.left <= 0:
            assert Trajectory.load(path).ages[-1] == part.ages[-1]
        found = [signal.getsignal(x) for x in (signal.SIGINT, signal.SIGTERM)]
        assert found == handlers
    return early / (n_lines // step)


@pytest.mark.parametrize(("begin", "method"), list(enumerate(METHODS, 1)))
def test_an_interruption_at_any_line_keeps_what_was_reached(begin, method):
    # Four methods share most lines: together they meet each of them, as a step of 1
    # does for each alone.
    assert interrupted_at_lines(begun(method), None, begin, step=4) < 0.4


def test_an_interruption_at_any_line_leaves_a_file(tmp_path):
    assert interrupted_at_lines(begun(), tmp_path / "run.h5", 1, step=31) < 0.4


STEPS = {True: (compiled_update.kernel, "update"), False: (gradient, "_ascend")}


def by_the_general_path(monkeypatch):
    monkeypatch.setattr(runs, "compiled_update", lambda *_: None)


def test_an_interruption_at_any_line_of_the_general_path(monkeypatch):
    by_the_general_path(monkeypatch)
    assert interrupted_at_lines(begun(), None, 2, step=9) < 0.4


@pytest.mark.parametrize("fast", STEPS)
@pytest.mark.parametrize("place", ["after", "before"])
def test_an_interruption_beside_the_step_leaves_no_half_update(
    monkeypatch, place, fast
):
    module, name = STEPS[fast]
    step, calls = getattr(module, name), []

    def interrupted(*arrays):
        calls.append(1)
        if place == "before" and len(calls) == 4:
            raise KeyboardInterrupt
        result = step(*arrays)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return result

    if not fast:
        by_the_general_path(monkeypatch)
    monkeypatch.setattr(module, name, interrupted)
    part = resumed(begun())
    monkeypatch.undo()
    assert part.ages.tolist() == [0, 2, 3]
    assert_same(resumed(part), resumed(begun()))


@pytest.mark.parametrize("call", range(2, 6))
def test_an_interruption_of_storing_keeps_the_ages(monkeypatch, call):
    first, real, calls = begun(), RBM.on_grid, []

    def on_grid(self):
        calls.append(1)
        if len(calls) == call:
            raise KeyboardInterrupt
        return real(self)

    monkeypatch.setattr(RBM, "on_grid", on_grid)
    part = resumed(first)
    monkeypatch.undo()
    assert part.ages.tolist()[:2] == [0, 2]
    assert_same(resumed(part), resumed(first))


# Signals


def signalling(call):
    def signalled(self):
        signal.raise_signal(signal.SIGINT)
        call(self)

    return signalled


def test_a_signal_while_an_age_is_stored_waits(monkeypatch):
    first = begun()
    twice = signalling(signalling(runs.Run.store))  # as an impatient hand does
    monkeypatch.setattr(runs.Run, "store", twice)
    part = resumed(first)
    monkeypatch.undo()
    assert part.ages.tolist() == [0, 2]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert_same(resumed(part), resumed(first))


@pytest.mark.parametrize("fast", [True, False])
def test_a_long_update_is_stopped(monkeypatch, fast):
    if not fast:
        by_the_general_path(monkeypatch)
    first = begun(k=10**6)
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    part = resumed(first, n_updates=600, checkpoints=[600])
    timer.join()
    assert part.ages[-1] < 600


@pytest.mark.parametrize(("method", "n"), [("update", 6), ("store", 3)])
def test_another_handler_of_the_signal_is_called_and_stays(monkeypatch, method, n):
    heard = []

    def handler(*_):
        heard.append(1)

    monkeypatch.setattr(runs.Run, method, signalling(getattr(runs.Run, method)))
    before = signal.signal(signal.SIGINT, handler)
    try:
        whole = resumed(begun())
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(heard) == n and whole.ages[-1] == 6


def test_a_run_in_a_thread_has_the_same_bits():
    found = []
    thread = threading.Thread(target=lambda: found.append(resumed(begun())))
    thread.start()
    thread.join()
    assert_same(found[0], resumed(begun()))


# Errors


@pytest.mark.parametrize("rate", [1e6, 1e305])
@pytest.mark.parametrize("method", ["pcd", "exact"])
def test_a_run_that_diverges_keeps_its_ages(rate, method, tmp_path):
    first, path = begun(method, learning_rate=rate), tmp_path / "run.h5"
    with pytest.raises(training.Diverged) as caught:
        resumed(first, 2000, checkpoints=[1, 2000], autosave=path)
    kept = caught.value.trajectory
    update = int(kept.ages[-1]) + 1
    assert f"in update {update} at learning_rate={rate!r}: " in str(caught.value)
    assert any(f"|{name}| ≤ " in str(caught.value) for name in "Wab")
    assert Trajectory.load(path).ages.tolist() == kept.ages.tolist()
    with pytest.raises(training.Diverged, match=f"in update {update} "):
        resumed(kept, 2000)


def test_a_pair_that_cannot_be_normalised_is_not_reached():
    x = 3 * data() - 1.0
    start = RBM.random(5, 3, seed=0, visible=GAUSSIAN, hidden=Gaussian(1.0))
    with pytest.raises(training.Diverged, match="top singular value") as caught:
        training.train(
            start, x, k=1, batch_size=30, learning_rate=0.3, seed=0, n_updates=500,
            **QUIET,
        )  # fmt: skip
    assert caught.value.trajectory.ages[-1] > 0


def test_any_other_error_keeps_what_was_reached(monkeypatch):
    update = runs.Run.update

    def failing(self):
        if self.age == 3:
            raise MemoryError("of a test")
        update(self)

    monkeypatch.setattr(runs.Run, "update", failing)
    with pytest.raises(MemoryError, match="of a test") as caught:
        resumed(begun())
    monkeypatch.undo()
    assert caught.value.trajectory.ages.tolist() == [0, 2, 3]
    assert "update 3" in caught.value.__notes__[0]
    assert_same(resumed(caught.value.trajectory), resumed(begun()))


def test_an_error_of_the_note_or_the_bar_ends_no_run(monkeypatch, capsys):
    def fail(*_):
        raise ZeroDivisionError("no likelihood")

    monkeypatch.setattr(progress, "_likelihood_note", fail)
    monkeypatch.setattr(progress, "SHARE", np.inf)
    run = resumed(begun(), progress=True)
    assert run.ages[-1] == 6 and "not known: no likelihood" in capsys.readouterr().err
    monkeypatch.setattr(progress.tqdm, "update", fail)
    assert resumed(begun(), progress=True).ages[-1] == 6


# Resumed on false grounds


def change(run, what):
    state, settings = run.state, run.settings
    return {
        "zero": {"state": state | {"W": np.zeros_like(state["W"])}},
        "b missing": {"state": {"W": state["W"], "a": state["a"]}},
        "more": {"state": state | {"c": state["a"]}},
        "shape": {"state": state | {"a": state["a"][:-1]}},
        "single": {"state": state | {"a": state["a"].astype(np.float32)}},
        "large": {"state": state | {"a": 1e9 + state["a"]}},
        "cut": {"ages": run.ages[:-1], "machines": run.machines[:-1]},
        "method": {"settings": settings | {"method": "foo"}},
        "rate": {"settings": settings | {"learning_rate": -1.0}},
        "word": {"settings": settings | {"learning_rate": "0.5"}},
        "centred": {"settings": settings | {"centred": "no"}},
        "k": {"settings": settings | {"k": 1.5}},
        "batch": {"settings": settings | {"batch_size": 1000}},
        "seed": {"settings": {x: y for x, y in settings.items() if x != "seed"}},
        "empty": {"settings": {}},
        "no chains": {"chains": None},
        "chains": {"chains": run.chains[1:]},
        "other": {"settings": settings | {"method": "rdm"}},
    }[what]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("zero", r"state\['W'\] must be, rounded .* at \(0, 0\) it is 0.0 and that"),
        ("b missing", r"state must hold W, a and b, got \['W', 'a'\]"),
        ("more", "state must hold W, a and b"),
        (
            "shape",
            r"state\['a'\] must be float64 of shape \(5,\), got float64 of shape",
        ),
        ("single", r"state\['a'\] must be float64 .* got float32"),
        ("large", "trajectory.state: parameters too large"),
        ("cut", "must be, rounded to its grid, the machine of the last age, 4"),
        ("method", "trajectory.settings: method must be one of .* got 'foo'"),
        ("rate", "settings: learning_rate must be a finite number > 0, got -1.0"),
        ("word", "settings: learning_rate must be a finite number > 0, got '0.5'"),
        ("centred", "settings: centred must be True or False, got 'no'"),
        ("k", "settings: k must be an integer, got float"),
        ("batch", "settings: batch_size must be at most .* 30, got 1000"),
        ("seed", "settings must hold seed to be resumed"),
        ("empty", "settings must hold data_sha256, method, k"),
        ("no chains", "chains must be n_chains = 7 chains, got None"),
        ("chains", "chains must be n_chains = 7 chains, got 6"),
        ("other", "chains must be None for method='rdm'"),
    ],
)
def test_what_training_did_not_return_is_not_continued(what, message):
    run = resumed(begun())
    with pytest.raises(ValueError, match=message):
        resumed(replace(run, **change(run, what)), n_updates=9)


def test_what_is_no_trajectory_or_machine_is_named():
    with pytest.raises(TypeError, match=r"trajectory must be a Trajectory, got \[RBM"):
        resumed([RBM.random(5, 3, seed=0)])
    with pytest.raises(TypeError, match="rbm must be an RBM, got 'rbm'"):
        training.begin("rbm", data(), method="exact", learning_rate=1, seed=0)
    with pytest.raises(TypeError, match="centred must be True or False, got 1"):
        begun(centred=1)
    with pytest.raises(TypeError, match="n_updates must be an integer"):
        training.log_ages(np.nan, 3)
