"""The stored runs: what is in the files, and the same bits when they are made again."""

import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import celeba_archive as archive
from rbmlib import datasets, trained, training
from rbmlib.rbm import RBM
from rbmlib.trained import make as making
from rbmlib.trained import make_runs, record, runs
from rbmlib.trained.recipes import RECIPES
from rbmlib.trajectories import Trajectory

ROOT = Path(__file__).resolve().parents[1]
SHORT = {"digits": 27, "mnist": 6}
MNIST_HERE = bool(os.environ.get("RBMLIB_DATA"))
names = pytest.mark.parametrize(
    "name",
    [
        "digits",
        pytest.param(
            "mnist",
            marks=pytest.mark.skipif(
                not MNIST_HERE, reason="RBMLIB_DATA does not name a folder with MNIST"
            ),
        ),
    ],
)


def recorded(name):
    return trained.load(name).until(SHORT[name]).sha256()


@pytest.mark.parametrize("name", runs.RUNS)
def test_stored_run_is_complete(name):
    run, recipe = trained.load(name), RECIPES[name]
    assert run.ages.tolist() == recipe.ages.tolist()
    assert len(run.ages) >= (30 if name in SHORT else 10)
    assert run.trajectory.n_hidden == recipe.n_hidden
    assert run.sha256() == record.hashes()[name]
    eigenvalues = np.linalg.eigvalsh(run.covariance)
    assert eigenvalues[0] > -1e-12 and ((0 <= run.mean) & (run.mean <= 1)).all()


def test_stored_files_are_light():
    def size(names):
        return sum((record.FOLDER / f"{name}.h5").stat().st_size for name in names)

    assert size(["digits", "mnist"]) <= 8_000_000
    images = [name for name in runs.RUNS if "haplotypes" not in name]
    assert size(["faces"]) <= 6_000_000
    assert size(images) <= 25_000_000 and size(runs.RUNS) <= 31_000_000


def test_moments_are_those_of_the_data():
    data, run = datasets.load("digits").train, trained.load("digits")
    assert run.n_samples == len(data)
    assert run.mean == pytest.approx(data.mean(0, dtype=float), abs=1e-15)
    assert run.covariance == pytest.approx(np.cov(data.T, bias=True), abs=1e-13)


@names
def test_first_ages_are_reproduced(name):
    assert making.make(name, until=SHORT[name], progress=False).sha256() == (
        recorded(name)
    )


@pytest.mark.thorough
@names
def test_first_ages_are_reproduced_elsewhere(name):
    """Another BLAS kernel, one thread, a fresh process."""
    code = (
        "from rbmlib.trained.make import make\n"
        f"print(make({name!r}, until={SHORT[name]}, progress=False).sha256())"
    )
    other = {
        "OPENBLAS_CORETYPE": "Haswell",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "NUMBA_NUM_THREADS": "1",
    }
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | other,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert run.stdout.strip() == recorded(name)


def test_one_changed_bit_changes_the_hash():
    run = trained.load("digits").until(27)
    before = run.sha256()
    run.W[-1, 0, 0] += 1
    assert run.sha256() != before


def test_rounding_is_half_a_step():
    rbm = RBM.random(20, 10, scale=0.7, bias_scale=1.0, seed=3)
    run = Trajectory(np.zeros(1, np.int64), (rbm,), settings={})
    packed = runs.Trained.of("random", run, np.eye(20))
    half = 2.0 ** -int(packed.exponents[0]) / 2
    assert half <= np.abs(rbm.W).max() / runs.MAX_STEPS
    for name in "Wab":
        found, true = (getattr(m, name) for m in (packed.trajectory[0], rbm))
        assert half / 2 < np.abs(found - true).max() <= half


def test_an_interrupted_run_continues(tmp_path):
    making.make("digits", tmp_path, until=5, progress=False)
    assert (tmp_path / "digits.h5").is_file()
    found = making.make("digits", tmp_path, until=SHORT["digits"], progress=False)
    assert found.sha256() == recorded("digits")


def test_an_interruption_stores_no_age_between(tmp_path, monkeypatch):
    real = training.resume

    def interrupted(run, data, *, n_updates, **options):
        stop = n_updates - (n_updates > 20)
        return real(run, data, **(options | dict(n_updates=stop, checkpoints=[stop])))

    monkeypatch.setattr(make_runs.training, "resume", interrupted)
    with pytest.raises(KeyboardInterrupt):
        making.make("digits", tmp_path, until=27, progress=False)
    monkeypatch.undo()
    found = making.make("digits", tmp_path, until=27, progress=False)
    assert found.sha256() == recorded("digits")


def test_another_run_is_not_continued(tmp_path):
    data = datasets.load("digits").train
    start = training.initial_machine(data, 100, seed=1)
    training.begin(
        start, data, k=10, batch_size=500, n_chains=500, learning_rate=0.5, seed=1
    ).save(tmp_path / "digits.h5")
    with pytest.raises(ValueError, match="must be a run with the recipe's settings"):
        making.make("digits", tmp_path, until=5, progress=False)


def test_unknown_names_are_refused():
    for call in (trained.load, making.make, make_runs.make):
        with pytest.raises(ValueError, match="'digits', 'mnist'"):
            call("cats")


def test_a_file_with_other_content_is_refused(tmp_path, monkeypatch):
    trained.load("digits").until(100).save(tmp_path / "digits.h5")
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    (tmp_path / "sha256.json").write_text('{"digits": "0"}')
    with pytest.raises(ValueError, match="recorded sha256"):
        trained.load("digits")


def test_begin_is_the_start_of_train():
    data = datasets.load("digits").train[:200]
    start = training.initial_machine(data, 5, seed=0)
    options = dict(k=1, batch_size=50, learning_rate=0.1, seed=3)
    whole = training.train(
        start, data, n_updates=6, checkpoints=[3], progress=False, **options
    )
    pieces = training.begin(start, data, **options)
    for age in (3, 6):
        pieces = training.resume(
            pieces, data, n_updates=age, checkpoints=[age], progress=False
        )
    assert pieces.ages.tolist() == whole.ages.tolist() == [0, 3, 6]
    assert all((x.W == y.W).all() for x, y in zip(pieces, whole, strict=True))


def test_the_data_of_a_recipe_are_what_its_run_has_counted():
    """Also where the samples are no images."""
    name = "simulated_haplotypes"
    data, run = RECIPES[name].data(), trained.load(name)
    assert data.shape == (run.n_samples, run.trajectory.n_visible)
    assert (data.sum(0) == np.diag(run.pair_counts)).all()


def test_a_run_that_is_not_stored_says_how_it_is_made():
    assert runs.UNSTORED == ["celeba-bw"] and "celeba-bw" not in making.ITEMS
    with pytest.raises(ValueError, match=r"rbmlib\.trained\.make celeba-bw"):
        trained.load("celeba-bw")


@pytest.fixture
def celeba_here(tmp_path, monkeypatch):
    """Let a small archive of the official layout be there, and a recipe as small."""
    recipe = replace(
        RECIPES["celeba-bw"], n_hidden=6, batch_size=10, n_chains=10, n_updates=4
    )
    monkeypatch.setitem(RECIPES, "celeba-bw", recipe)
    archive.Archive().write(tmp_path / "data")
    return {"path": tmp_path / "data", "official": False, "progress": False}


def test_a_run_that_is_not_stored_is_trained_and_continued(celeba_here, tmp_path):
    whole = making.make("celeba-bw", **celeba_here)
    assert whole.ages.tolist() == [0, 1, 2, 3, 4] and whole.n_samples == 20
    assert whole.W.shape == (5, 32 * 32, 6)
    making.make("celeba-bw", tmp_path, until=2, **celeba_here)
    assert Trajectory.load(tmp_path / "celeba-bw.h5").ages.tolist() == [0, 1, 2]
    again = making.make("celeba-bw", tmp_path, **celeba_here)
    assert again.sha256() == whole.sha256()


def test_the_command_leaves_such_a_run_in_the_work_folder(
    celeba_here, tmp_path, monkeypatch, capsys
):
    load = partial(datasets.load, path=celeba_here["path"], official=False)
    monkeypatch.setattr("rbmlib.trained.recipes.datasets.load", load)
    work = str(tmp_path / "work")
    monkeypatch.setattr(sys, "argv", ["make", "celeba-bw", "--work", work])
    making.main()
    assert f"celeba-bw: 4 updates, in {work}/celeba-bw.h5" in capsys.readouterr().out
    assert Trajectory.load(f"{work}/celeba-bw.h5").ages[-1] == 4
