"""Trajectories, and the round trip of their files; a run of rbms 0.5.0."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from rbmlib.rbm import RBM
from rbmlib.trajectories import Trajectory
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Gaussian

DATA = Path(__file__).parent / "data"
TINY = DATA / "rbms_tiny.h5"
NUMBERS = json.loads((DATA / "rbms_tiny_numbers.json").read_text())
UPDATES = [1, 2, 5, 12, 27, 63, 144, 332, 761, 1745, 4000]
PAIRS = [
    (visible, hidden)
    for visible in (BINARY, SPIN, Gaussian(0.5))
    for hidden in (BINARY, SPIN, Gaussian(0.25))
]


def a_run(visible=BINARY, hidden=BINARY, **changes):
    machine = RBM.random(
        5, 3, scale=0.2, bias_scale=0.3, seed=3, visible=visible, hidden=hidden
    )
    arguments = {
        "ages": [0, 1, 10, 200],
        "machines": [(x * machine).on_grid() for x in (0.1, 0.2, 0.5, 1.0)],
        "chains": np.ones((7, 5)),
        "settings": {
            "method": "pcd",
            "k": 10,
            "batch_size": 20,
            "n_chains": 7,
            "learning_rate": 0.1,
            "seed": 2**64 - 1,
            "centred": True,
        },
        "state": {"W": machine.W, "a": machine.a, "b": machine.b},
    }
    return Trajectory(**(arguments | changes))


def save(tmp_path, run):
    path = tmp_path / "run.h5"
    run.save(path)
    return path


def same(first, second):
    assert first.ages.tolist() == second.ages.tolist()
    assert first.machines == second.machines
    for x, y in zip(first, second, strict=True):
        assert (x.visible, x.hidden) == (y.visible, y.hidden)
    for name in ("chains", "state"):
        x, y = getattr(first, name), getattr(second, name)
        assert (x is None) == (y is None)
        if x is not None and name == "chains":
            assert x.dtype == y.dtype and np.array_equal(x, y)
        elif x is not None:
            assert x.keys() == y.keys()
            assert all(
                x[k].dtype == y[k].dtype and np.array_equal(x[k], y[k]) for k in x
            )
    assert first.settings == second.settings
    assert {k: type(v) for k, v in first.settings.items()} == {
        k: type(v) for k, v in second.settings.items()
    }


# The object


def test_access_by_position_and_by_age():
    run = a_run()
    assert len(run) == 4 and (run.n_visible, run.n_hidden) == (5, 3)
    assert run.at(10) == run[2] and run[-1] == run.machines[3]
    assert list(run) == list(run.machines)
    with pytest.raises(ValueError, match=r"got 12; the nearest is 10"):
        run.at(12)
    with pytest.raises(TypeError, match=r"age must be an integer, got float 10.5"):
        run.at(10.5)


def test_it_owns_frozen_copies():
    chains, ages = np.ones((2, 5)), np.array([0, 1, 10, 200])
    run = a_run(chains=chains, ages=ages)
    chains[0, 0] = ages[0] = -9
    assert run.chains[0, 0] == 1 and run.ages[0] == 0
    for array in (run.ages, run.chains, run.state["W"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize(
    "error, message, changes",
    [
        (
            ValueError,
            r"strictly increasing, got \[0, 10, 10, 20\]",
            {"ages": [0, 10, 10, 20]},
        ),
        (ValueError, r"integers in \[0, .* got -1", {"ages": [-1, 1, 2, 3]}),
        (ValueError, r"ages must have shape \(4,\), got \(2,\)", {"ages": [0, 1]}),
        (TypeError, "ages must hold integers", {"ages": [0.0, 1.0, 2.0, 3.0]}),
        (ValueError, "machines must hold at least 1", {"machines": [], "ages": []}),
        (TypeError, r"machines\[0\] must be an RBM", {"machines": [1, 2, 3, 4]}),
        (
            ValueError,
            "same sizes and unit types",
            {"machines": [RBM.random(5, n, seed=0) for n in (3, 3, 2, 3)]},
        ),
        (
            ValueError,
            "same sizes and unit types",
            {
                "machines": [
                    RBM.random(5, 3, seed=0, hidden=u)
                    for u in (SPIN, SPIN, SPIN, GAUSSIAN)
                ]
            },
        ),
        (ValueError, "chains must hold states of binary", {"chains": -np.ones((2, 5))}),
        (ValueError, r"chains must have shape \(..., 5\)", {"chains": np.ones((2, 4))}),
        (ValueError, "at least one chain", {"chains": np.ones((0, 5))}),
        (ValueError, r"chains must have shape \(n_chains", {"chains": np.ones(5)}),
        (TypeError, r"settings\['k'\] must be .* got \[\]", {"settings": {"k": []}}),
        (ValueError, "settings must have identifiers", {"settings": {"a/b": 1}}),
        (
            ValueError,
            r"state\['W'\] must hold finite",
            {"state": {"W": np.array([np.nan])}},
        ),
    ],
)
def test_what_does_not_fit_is_refused(error, message, changes):
    with pytest.raises(error, match=message):
        a_run(**changes)


# The oracle: a run of rbms, and what rbms computes on it


def test_the_run_of_rbms_loads_with_all_its_ages():
    run = Trajectory.load(TINY)
    assert run.ages.tolist() == [update - 1 for update in UPDATES]
    assert (run.n_visible, run.n_hidden) == (20, 6)
    assert (run[0].visible, run[0].hidden) == (BINARY, BINARY)
    assert run.chains.shape == (64, 20) and run.chains.dtype == np.float32
    assert run.state is None
    assert run.settings == {
        "n_chains": 64, "batch_size": 200, "k": 10, "seed": 1, "learning_rate": 0.02,
        "train_size": 0.8, "L1": 0.0, "L2": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize("update", NUMBERS["per_update"])
def test_the_numbers_of_rbms_are_reproduced(update):
    expected = NUMBERS["per_update"][update]
    machine = Trajectory.load(TINY).at(int(update) - 1)
    v, h = NUMBERS["configs_v"], NUMBERS["configs_h"]
    independent = RBM(0 * machine.W, machine.a, 0 * machine.b)
    by_visible_units = RBM(machine.W.T, machine.b, machine.a)
    found = {
        "log_z_exact_hidden_enum": machine.log_z(),
        "ref_log_z": independent.log_z(),
        "free_energy_v": machine.free_energy(v),
        "free_energy_h": machine.hidden_free_energy(h),
        "energy_vh": machine.energy(v, h),
        "mean_h_given_v": machine.mean_h(v),
        "mean_v_given_h_beta0.5": (0.5 * machine).mean_v(h),
    }
    for name, value in found.items():
        # rbms sums in another order: some hundred roundings of 2^-53.
        np.testing.assert_allclose(
            value, expected[name], rtol=1e-13, atol=1e-13, err_msg=name
        )
    assert by_visible_units.log_z() == pytest.approx(
        expected["log_z_exact_visible_enum"], rel=1e-13
    )


# The round trip


@pytest.mark.parametrize("visible, hidden", PAIRS)
def test_what_is_saved_is_loaded_for_every_unit_pair(tmp_path, visible, hidden):
    run = a_run(visible, hidden)
    same(Trajectory.load(save(tmp_path, run)), run)


def test_a_trajectory_without_extras_is_saved_and_loaded(tmp_path):
    run = a_run(chains=None, state=None, settings={})
    same(Trajectory.load(save(tmp_path, run)), run)


def test_a_run_of_rbms_survives_the_round_trip(tmp_path):
    run = Trajectory.load(TINY)
    path = save(tmp_path, run)
    same(Trajectory.load(path), run)
    with h5py.File(path) as ours, h5py.File(TINY) as theirs:
        for update in UPDATES:
            for name in ("weight_matrix", "vbias", "hbias"):
                x, y = (f[f"update_{update}/params/{name}"] for f in (ours, theirs))
                assert x.dtype == y.dtype and np.array_equal(x[()], y[()])


def test_equal_trajectories_give_equal_bytes_in_another_process(tmp_path):
    path = save(tmp_path, a_run())
    here = hashlib.sha256(path.read_bytes()).hexdigest()
    code = (
        "import sys; from rbmlib.trajectories import Trajectory\n"
        "Trajectory.load(sys.argv[1]).save(sys.argv[2])"
    )
    again = tmp_path / "again.h5"
    subprocess.run([sys.executable, "-c", code, path, again], check=True)
    assert hashlib.sha256(again.read_bytes()).hexdigest() == here


# The layout, as rbms 0.5.0 writes it


def test_the_layout_is_that_of_rbms(tmp_path):
    """Every name, type and shape that the file of rbms has, ours has too."""
    run = Trajectory.load(TINY)
    path = save(tmp_path, run)
    randoms = ("rng", "filename")  # generator states, needed only by its --restore
    with h5py.File(path) as ours, h5py.File(TINY) as theirs:
        names = []
        theirs.visit(names.append)
        for name in names:
            if any(x in name for x in randoms) or name == "learning_rate":
                continue
            assert name in ours, name
            if isinstance(theirs[name], h5py.Dataset):
                assert ours[name].dtype == theirs[name].dtype, name
                assert ours[name].shape == theirs[name].shape, name
        group = ours["update_4000"]
        assert group["vbias"] == group["params/vbias"]  # a hard link, not a copy
        assert sorted(group["params"]) == ["hbias", "vbias", "weight_matrix"]


@pytest.mark.parametrize(
    "visible, hidden, model_type",
    [
        (BINARY, BINARY, "BBRBM"),
        (SPIN, SPIN, "IIRBM"),
        (BINARY, Gaussian(1 / 5), "BGRBM"),
        (SPIN, Gaussian(1 / 5), "IGRBM"),
        (SPIN, GAUSSIAN, "rbmlib:IGRBM"),
        (GAUSSIAN, BINARY, "GBRBM"),
    ],
)
def test_the_model_type_names_the_units(tmp_path, visible, hidden, model_type):
    with h5py.File(save(tmp_path, a_run(visible, hidden))) as file:
        assert file["model_type"][()] == model_type.encode()


# Files of other and older programs


def edited(tmp_path, edit):
    """Save a run, apply ``edit`` to the open file, return the path."""
    path = save(tmp_path, a_run())
    with h5py.File(path, "r+") as file:
        edit(file)
    return path


def make_old(file):
    del file["model_type"], file["rbmlib"], file["parallel_chains"]
    for name in [name for name in file if name.startswith("update")]:
        del file[name]["params"]
        file.move(name, name.replace("update", "epoch"))


def test_files_of_older_programs_load(tmp_path):
    path = edited(tmp_path, make_old)
    with pytest.raises(ValueError, match=r"model_type is missing.*model_type='BBRBM'"):
        Trajectory.load(path)
    run = Trajectory.load(path, model_type="BBRBM")
    assert run.machines == a_run().machines
    assert run.ages.tolist() == [1, 2, 11, 201]


def replace_dataset(name, value):
    def edit(file):
        del file[name]
        file[name] = value

    return edit


def delete(name):
    def edit(file):
        del file[name]

    return edit


def keep_nothing(file):
    for name in list(file):
        del file[name]
    file["samples"] = np.zeros((3, 2))


W = "update_2/params/weight_matrix"


@pytest.mark.parametrize(
    "edit, message",
    [
        (keep_nothing, r"not the file of a trained RBM.*got \['samples'\]"),
        (delete(W), r"/update_2/params must hold the array weight_matrix, got \["),
        (delete("update_11/params/vbias"), "must hold the array vbias"),
        (replace_dataset(W, np.ones((4, 3), "f4")), r"W must have shape.* \(4, 3\)"),
        (replace_dataset(W, np.ones(4, "f4")), "W must have 2 dimension"),
        (replace_dataset(W, np.full((5, 3), np.nan, "f4")), "finite numbers, got nan"),
        (replace_dataset("model_type", "BXRBM"), "model_type must be two letters"),
        (replace_dataset("model_type", "XYZ"), "model_type must be two letters"),
        (replace_dataset("model_type", 3), "model_type must be two letters"),
        (replace_dataset("model_type", "BGRBM"), "does not say the variance"),
        (replace_dataset("parallel_chains", np.full((2, 5), -1.0)), "chains must hold"),
        (replace_dataset("rbmlib/format", 2), "rbmlib/format must be 1, got 2"),
        (lambda file: file.move("update_2", "update_0"), "got update_0"),
        (lambda file: file.move("update_2", "epoch_0"), "each age once; got update_1"),
    ],
)
def test_damaged_and_foreign_files_are_refused(tmp_path, edit, message):
    path = edited(tmp_path, edit)
    with pytest.raises(ValueError, match=message) as caught:
        Trajectory.load(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("fraction", [0.0, 0.001, 0.1, 0.5, 0.9, 0.9999])
def test_a_truncated_file_is_refused(tmp_path, fraction):
    path = save(tmp_path, a_run())
    data = path.read_bytes()
    path.write_bytes(data[: int(fraction * len(data))])
    with pytest.raises(ValueError, match="truncated, damaged or no HDF5") as caught:
        Trajectory.load(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_no_hdf5_or_missing_is_refused(tmp_path):
    text = tmp_path / "text.h5"
    text.write_text("not HDF5 " * 1000)
    with pytest.raises(ValueError, match="no HDF5"):
        Trajectory.load(text)
    with pytest.raises(FileNotFoundError):
        Trajectory.load(tmp_path / "missing.h5")


# Saving


def test_parameters_that_are_no_float32_are_refused(tmp_path):
    machine = RBM([[0.1]], [0.0], [0.0])
    run = Trajectory([7], [machine])
    with pytest.raises(ValueError, match=r"W at age 7 must hold.*0\.1.*on_grid"):
        run.save(tmp_path / "run.h5")
    assert list(tmp_path.iterdir()) == []
    save(tmp_path, replace(run, machines=[machine.on_grid()]))


def raise_error(*_):
    raise OSError("No space left on device")


@pytest.mark.parametrize("where", ["_encode", "os.fsync", "os.replace"])
def test_a_failed_save_leaves_the_old_file_whole(tmp_path, monkeypatch, where):
    path = save(tmp_path, a_run())
    before = path.read_bytes()
    target = where if "." in where else f"rbmlib.files.layout.{where}"
    with monkeypatch.context() as patch:
        patch.setattr(target, raise_error)
        with pytest.raises(OSError, match="No space left"):
            Trajectory([0], [RBM.random(2, 2, seed=0).on_grid()]).save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]  # and no rubbish beside it
    Trajectory.load(path)
