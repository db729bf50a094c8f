"""The file that a run writes while it is under way, and what a signal leaves of it."""

import os
import random
import signal
import time

import numpy as np
import pytest

import check_interrupts
from rbmlib.trajectories import Trajectory
from test_training_interrupted import assert_same, begun, resumed

fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def test_the_file_is_the_run(tmp_path):
    path = tmp_path / "run.h5"
    run = resumed(begun(), autosave=path)
    found = Trajectory.load(path)
    assert found.ages.tolist() == run.ages.tolist() == [0, 2, 4, 6]
    assert_same(found, run)
    again = resumed(found, n_updates=9, autosave=path)
    assert_same(again, resumed(begun(), n_updates=9))
    assert Trajectory.load(path).ages[-1] == 9


def written(monkeypatch, every, clock):
    """Return the last ages of the files that a run writes."""
    ages = []
    monkeypatch.setattr(Trajectory, "save", lambda run, path: ages.append(run.ages[-1]))
    monkeypatch.setattr("rbmlib.training.autosave.time.monotonic", clock)
    resumed(begun(), 8, autosave="run.h5", every=every)
    return ages


def test_it_is_written_at_stored_ages_and_in_time(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert written(monkeypatch, 60, lambda: 0.0) == [0, 2, 4, 8]
    assert written(monkeypatch, 0, lambda: 0.0) == list(range(9))
    ticks = iter(range(1000))  # a second passes at every look
    assert written(monkeypatch, 3, lambda: next(ticks)) == [0, 2, 4, 7, 8]


def test_a_full_disk_is_a_warning_and_the_old_file_stays(monkeypatch, tmp_path):
    path, first = tmp_path / "run.h5", begun()
    part = resumed(first, n_updates=2, checkpoints=[2], autosave=path)
    before, full = path.read_bytes(), [True]
    fsync = os.fsync

    def fails(number):
        if full:
            raise OSError(28, "No space left on device")
        fsync(number)

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.warns(RuntimeWarning, match=f"{path}: .*No space left") as caught:
        run = resumed(part, autosave=path, every=0)
    assert len(caught) == 8  # the start, four updates, two stored ages, the end
    assert_same(run, resumed(first))
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
    full.clear()
    assert_same(resumed(part, autosave=path), run)
    assert_same(Trajectory.load(path), run)


def test_only_the_file_of_this_run_is_written_over(tmp_path):
    path = tmp_path / "run.h5"
    run = resumed(begun(), autosave=path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match="up to update 6, and .* from 0"):
        resumed(begun(), autosave=path)
    with pytest.raises(FileExistsError, match="the file of another run"):
        resumed(begun(learning_rate=0.2), autosave=path)
    assert path.read_bytes() == before
    path.write_text("a letter")
    with pytest.raises(FileExistsError, match="is something else"):
        resumed(run, n_updates=9, autosave=path)
    assert path.read_text() == "a letter"
    with pytest.raises(FileNotFoundError, match="in a folder that exists"):
        resumed(run, n_updates=9, autosave=tmp_path / "none" / "run.h5")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"autosave": 3}, TypeError, "autosave must be a path, .* got 3"),
        ({"every": -1}, ValueError, "every must be a finite number >= 0, got -1"),
        ({"every": np.inf}, ValueError, "every must be a finite number >= 0, got inf"),
        ({"every": np.nan}, ValueError, "every must be a finite number >= 0, got nan"),
    ],
)
def test_bad_arguments_are_refused(options, error, message, tmp_path):
    with pytest.raises(error, match=message):
        resumed(begun(), **({"autosave": tmp_path / "run.h5"} | options))
    assert not list(tmp_path.iterdir())


# Processes


@pytest.fixture(scope="module")
def small():
    """Return a setting and its undisturbed run."""
    setting = check_interrupts.setting(40, 20, 200, batch_size=20)
    begun = time.monotonic()
    whole = check_interrupts.train(setting, 400)
    return setting, whole, time.monotonic() - begun


@fork
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_a_signal_costs_no_bit(number, small, tmp_path):
    setting, whole, longest = small
    chance = random.Random(int(number))
    delays = [chance.uniform(0, longest) for _ in range(5)]
    found = check_interrupts.campaign(setting, number, delays, tmp_path, whole, 400)
    assert set(found) <= set(check_interrupts.FINE)
    assert found["same bits"] == 5


@fork
def test_sigterm_is_obeyed_after_one_more_file(small, tmp_path):
    setting, *_ = small
    path = tmp_path / "run.h5"
    how = check_interrupts.disturbed(setting, path, signal.SIGTERM, 0.1, 10**6)
    assert how == "SIGTERM"
    reached = Trajectory.load(path)
    assert reached.ages[-1] < 10**6


def test_damage_is_never_silent(tmp_path):
    run = resumed(begun())
    found = check_interrupts.damaged(run, tmp_path / "run.h5", 60, seed=1)
    good = "same", "refused"
    assert set(found) == {f"{x}: {y}" for x in ("flip", "sector") for y in good}
