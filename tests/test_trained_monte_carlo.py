"""The stored Monte Carlo points: they are those of the settings, and of no others."""

import json
import re
import shutil

import numpy as np
import pytest

from rbmlib import sweeps
from rbmlib.phase_diagram import measure_point
from rbmlib.sweeps.identity import identify
from rbmlib.sweeps.store import Store
from rbmlib.trained import make_monte_carlo, monte_carlo, record


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with a copy of the points and the record, which is read."""
    for name in (monte_carlo.FILE.name, record.HASHES):
        shutil.copy(record.FOLDER / name, tmp_path)
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    return tmp_path


def test_record_belongs_to_the_settings():
    results = monte_carlo.load()
    every = monte_carlo.settings()
    assert len({setting["seed"] for setting in every}) == len(every) == len(results)
    for index in (0, 14 * 48, 14 * 48 + 7 * 96 + 1):
        again = np.round(measure_point(every[index]), 6)
        assert again.tolist() == results[index].tolist()


def test_record_is_refused_if_it_was_changed(folder):
    path = folder / monte_carlo.FILE.name
    stored = json.loads(path.read_text())
    stored["results"][0][0] += 1e-3
    path.write_text(json.dumps(stored))
    with pytest.raises(ValueError, match=r"monte_carlo\.json must have the recorded"):
        monte_carlo.load()


def test_record_is_refused_for_other_settings(monkeypatch):
    law, w, *rest = monte_carlo.POINTS[0]
    others = ((law, w + 0.1, *rest), *monte_carlo.POINTS[1:])
    monkeypatch.setattr(monte_carlo, "POINTS", others)
    with pytest.raises(ValueError, match=r"monte_carlo\.json must have the recorded"):
        monte_carlo.load()


def test_unknown_sizes_are_refused():
    message = re.escape("size must be one of [400, 100], got 50")
    with pytest.raises(ValueError, match=message):
        monte_carlo.averages(50)


def test_an_interrupted_maker_goes_on(tmp_path):
    """All machines but two are in the work folder; the maker measures those two."""
    names = [json.dumps(x, sort_keys=True) for x in monte_carlo.settings()]
    work = tmp_path / "monte_carlo.jsonl"
    kept = Store(work, *identify(measure_point))
    for name, result in zip(names[:-2], monte_carlo.load().tolist()[:-2], strict=True):
        kept.add(name, json.dumps(result))
    with work.open("a") as file:
        file.write('{"setting"')
    found = make_monte_carlo.make(tmp_path, n_jobs=1)
    monte_carlo.STORED.verify(found)
    assert len(work.read_text().splitlines()) == 1 + len(names)


def test_the_maker_runs_on_so_many_processes(monkeypatch, tmp_path):
    asked = []

    def run(task, settings, **options):
        asked.append(options)
        return monte_carlo.load()

    monkeypatch.setattr(sweeps, "run", run)
    make_monte_carlo.make(tmp_path, n_jobs=3)
    make_monte_carlo.make()
    assert asked == [
        {"store": tmp_path / "monte_carlo.jsonl", "n_jobs": 3},
        {"store": None, "n_jobs": -1},
    ]
