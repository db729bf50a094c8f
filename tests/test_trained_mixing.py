"""Mixing times and scores of stored runs: remade, and what they must show."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from rbmlib import datasets, mixing_time, sampling, scores
from rbmlib.mixing_time import exact_relaxation_time, exact_strengths
from rbmlib.trained import RECIPES, load, make_mixing, record, runs
from rbmlib.trained import mixing as summaries

REMAKE = """
import json, sys
from rbmlib.trained.make import make
for name, until in json.loads(sys.argv[1]):
    print(make(name, until=until, progress=False).sha256())
"""


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("settings", "pieces_of_runs"),
    [
        # The ages up to the jump and beyond; other ways to add up, and threads.
        ({"OPENBLAS_CORETYPE": "Haswell"}, [("digits-4x4", 4860)]),
        (
            {"OPENBLAS_CORETYPE": "Prescott", "OPENBLAS_NUM_THREADS": "2"},
            [("digits-4x4", 2000), ("digits-rdm-3", 150)],
        ),
    ],
    ids=["Haswell", "Prescott"],
)
def test_remade_with_another_blas(settings, pieces_of_runs):
    done = subprocess.run(
        [sys.executable, "-c", REMAKE, json.dumps(pieces_of_runs)],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"} | settings,
        check=True,
        capture_output=True,
        text=True,
    )
    for found, (name, until) in zip(done.stdout.split(), pieces_of_runs, strict=True):
        run = load(name)
        assert found == run.until(until).sha256()


@pytest.mark.parametrize("name", [n for n in runs.RUNS if n not in ("digits", "mnist")])
def test_stored_run_is_its_recipe(name):
    run, recipe = load(name), RECIPES[name]
    assert (run.ages == recipe.ages).all()
    assert run.settings["k"] == recipe.k and run.settings["method"] == recipe.method
    assert run.trajectory.n_hidden == recipe.n_hidden


def test_enough_ages_of_the_main_runs():
    for name in ("mnist-rdm-10", "mnist-rdm-100", "mnist-pcd-100"):
        run = load(name)
        assert len(run.ages) - 1 >= 30 and run.trajectory.n_hidden >= 200
        # Far beyond the first transition, with several modes learned.
        s = np.linalg.svd(run.trajectory[-1].W, compute_uv=False)
        assert (s > 4).sum() > 10


def test_the_jump_is_where_the_strength_passes_one():
    run = load("digits-4x4").trajectory[1::4]  # enough to see the jump
    s = np.array([exact_strengths(m)[0] for m in run])
    tau = np.array([exact_relaxation_time(m) for m in run])
    below, above = s < 0.9, s > 1
    assert tau[below].max() < 1.5 < 1.9 < tau[above].min()
    # Linear response; closer to s = 1 sixteen pixels are too few for it.
    young = (s > 0.15) & (s < 0.6)
    assert young.any()
    assert np.allclose(tau[young], -0.5 / np.log(s[young]), rtol=0.1)


def test_rdm_remembers_k_on_digits():
    data = datasets.load("digits")
    times = [1, 2, 3, 4, 5, 7, 10, 14, 20, 30, 45, 70, 100]
    for k in (3, 10, 30):
        machine = load(f"digits-rdm-{k}").trajectory[-1]
        noise = sampling.random_start(machine, 1000, 1)
        error = [
            scores.second_moment_error(np.resize(v, data.train.shape), data.train)
            for _, v in sampling.record(machine, noise, times, 2, lambda v, h: v)
        ]
        assert k / 1.5 <= times[int(np.argmin(error))] <= 1.5 * k


def test_summaries_show_the_memory_and_the_drift():
    found = summaries.load()
    times, second = found["times"], scores.NAMES.index("second")
    for k in (10, 30, 100):
        error = found[f"mnist-rdm-{k}@1510/scores"][:, second]
        assert k / 1.5 <= times[int(np.argmin(error))] <= 1.5 * k
        at_k = found[f"mnist-rdm-{k}@1510/counts"][times == k][0]
        assert at_k.min() > 0 and at_k.sum() == 500


def test_the_memory_does_not_depend_on_the_run():
    found = summaries.load()
    times = found["memory_times"]
    for k in (3, 10, 30):
        best = times[found[f"digits-rdm-{k}/second"].argmin(1)]
        assert len(best) >= 5 and (best >= k / 1.5).all() and (best <= 1.5 * k).all()


def test_the_chains_of_pcd_lag_behind_their_machine():
    chains = summaries.load()["mnist-pcd-100/chains"]
    assert (chains.sum(1) == 500).all()
    before, after = chains[0, 1], chains[-1, 1]  # ones
    assert (after - before) / np.sqrt(before + after) > 3


def test_k_does_not_bound_the_time():
    found = summaries.load()
    ages = found["digits-rdm-3/ages"].tolist()
    tau = {k: found[f"digits-rdm-{k}/tau"][:, 2] for k in (1, 3, 10, 30)}
    # The jump belongs to the data; the runs part later, the smaller k the farther.
    at_jump = np.array([t[ages.index(490)] for t in tau.values()])
    assert at_jump.min() > 3 and at_jump.max() < 5
    assert tau[30][-1] < 2 * 30 and tau[10][-1] > 5 * 10 and tau[3][-1] > 100 * 3
    assert not found["digits-rdm-1/tau"][-3:, 4].any()  # lower bounds


@pytest.mark.parametrize(
    ("name", "age"), [("mnist-rdm-10", 122), ("digits-rdm-10", 490)]
)
def test_summaries_are_what_the_maker_measures(name, age):
    found = summaries.load()
    ages = found[f"{name}/ages"].tolist()
    fresh = make_mixing.mixing(name, age)
    stored = found[f"{name}/tau"][ages.index(age)]
    np.testing.assert_array_equal(summaries.rounded(fresh["tau"]), stored)


def test_summary_of_other_content_is_refused(tmp_path, monkeypatch):
    arrays = summaries.load()
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    summaries.STORED.record(arrays)
    assert summaries.load().keys() == arrays.keys()
    (tmp_path / record.HASHES).write_text(json.dumps({"mixing": "0" * 64}))
    with pytest.raises(ValueError, match="must have the recorded sha256"):
        summaries.load()


@pytest.fixture
def pieces(monkeypatch):
    """Let the maker find the stored numbers, not measure them; return what it asks."""
    stored, asked = summaries.load(), []

    def part(key):
        asked.append(key)
        inside = (name for name in stored if name.startswith(f"{key}/"))
        return {name.removeprefix(f"{key}/"): stored[name] for name in inside}

    def of_data():
        asked.append("data")
        return {x: stored[x] for x in ("classifier", "accuracy", "baseline", "counts")}

    def mixing(name, age):
        asked.append((name, age))
        place = f"{name}-tau" if name == make_mixing.SMALL else name
        row = stored[f"{place}/ages"].tolist().index(age)
        return {x: stored[f"{place}/{x}"][row] for x in ("tau", "strengths")}

    def chains(name, age):
        asked.append((name, "chains", age))
        return {"counts": stored[f"{name}/chains"]}

    def memory(name, seed):
        asked.append((name, "seed", seed))
        row = list(make_mixing.SEEDS).index(seed)
        return {"second": stored[f"{name}/second"][row]}

    monkeypatch.setattr(make_mixing, "_of_data", of_data)
    monkeypatch.setattr(make_mixing, "_small", lambda: part(make_mixing.SMALL))
    monkeypatch.setattr(make_mixing, "_scores", lambda name, age: part(f"{name}@{age}"))
    monkeypatch.setattr(make_mixing, "mixing", mixing)
    monkeypatch.setattr(make_mixing, "memory", memory)
    monkeypatch.setattr(make_mixing, "chains", chains)
    return asked


def test_an_interrupted_maker_goes_on(pieces, tmp_path, monkeypatch):
    arrays = make_mixing.make()
    summaries.STORED.verify(arrays)
    whole, pieces[:] = list(pieces), []
    assert len(whole) == len(set(whole)) == 145
    measure = make_mixing.mixing

    def interrupted(name, age):
        if len(pieces) == 20:
            raise KeyboardInterrupt
        return measure(name, age)

    monkeypatch.setattr(make_mixing, "mixing", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_mixing.make(tmp_path)
    monkeypatch.setattr(make_mixing, "mixing", measure)
    summaries.STORED.verify(make_mixing.make(tmp_path))
    assert pieces == whole  # none of the first twenty twice


def test_a_damaged_piece_is_named(pieces, tmp_path):
    (tmp_path / "mixing").mkdir()
    (tmp_path / "mixing" / "data.npz").write_bytes(b"PK")
    with pytest.raises(ValueError, match=r"data\.npz must be a whole file"):
        make_mixing.make(tmp_path)


def test_mixing_time_is_found_from_the_noise():
    machine = load("digits-rdm-10").trajectory[-1]
    found = mixing_time.measure(machine, n_chains=20, seed=1)
    assert not found.known or found.n_sweeps > 10 * found.tau_exp
