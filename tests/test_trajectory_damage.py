"""Damaged and hostile files: a ValueError that names the file, and nothing else."""

import threading
import tracemalloc

import h5py
import numpy as np
import pytest

from check_rbms import run_of
from rbmlib.files import layout
from rbmlib.trajectories import Trajectory
from written import same, set_value, without_ours, written


def test_a_damaged_file_gives_the_same_or_a_valueerror(tmp_path):
    run, path = written(tmp_path)
    whole, rng = path.read_bytes(), np.random.default_rng(0)

    def loads(data):
        path.write_bytes(data)
        try:
            return same(Trajectory.load(path), run)
        except ValueError as error:
            assert str(path) in str(error)
            return False

    assert loads(whole)
    refused = 0
    for start in range(0, len(whole), 512):  # a sector is lost
        zeros = bytes(len(whole[start : start + 512]))
        refused += not loads(whole[:start] + zeros + whole[start + 512 :])
    for _ in range(200):  # a byte is another
        data, place = bytearray(whole), rng.integers(len(whole))
        data[place] ^= rng.integers(1, 256)
        refused += not loads(bytes(data))
    assert refused > 50


def test_other_numbers_are_noticed(tmp_path):
    def edit(file):
        file["update_10/params/hbias"][2] = 7

    _, path = written(tmp_path, edit=edit)
    with pytest.raises(ValueError, match="not those that were saved") as caught:
        Trajectory.load(path)
    assert str(path) in str(caught.value)
    with h5py.File(path, "r+") as file:
        del file["rbmlib/sha256"]
    assert Trajectory.load(path)[0].b[2] == 7


@pytest.mark.parametrize(
    "name, value",
    [
        ("rbmlib/settings/k", 11),
        ("rbmlib/settings/k", 10.0),
        ("rbmlib/settings/more", 1),
        ("parallel_chains", np.zeros((5, 20))),
        ("model_type", "IIRBM"),
        ("rbmlib/state/W", np.zeros(3)),
    ],
)
def test_the_checksum_covers_all_that_is_read(tmp_path, name, value):
    def edit(file):
        set_value("parallel_chains", np.ones((5, 20)))(file)
        del file["rbmlib/sha256"]

    _, path = written(tmp_path, edit=edit)
    Trajectory.load(path).save(path)
    with h5py.File(path, "r+") as file:
        set_value(name, value)(file)
    with pytest.raises(ValueError, match="not those that were saved"):
        Trajectory.load(path)


def test_a_compressed_file_keeps_its_checksum(tmp_path):
    def edit(file):
        chains = file["parallel_chains"][()]
        del file["parallel_chains"]
        file.create_dataset("parallel_chains", data=chains, compression="gzip")

    run, path = written(tmp_path, edit=edit)
    assert same(Trajectory.load(path), run)


W = "update_10/params/weight_matrix"


def link_outside(place, target):
    def edit(file):
        del file[place]
        file[place] = h5py.ExternalLink("other.h5", target)

    return edit


def link_through_the_outside(file):
    del file[W]
    file["elsewhere"] = h5py.ExternalLink("other.h5", "/")
    file[W] = h5py.SoftLink("/elsewhere/W")


def numbers_outside(file):
    del file[W]
    file.create_dataset(W, (20, 6), "f4", external=[("numbers.bin", 0, 480)])


def view_of_the_outside(file):
    del file[W]
    layout = h5py.VirtualLayout((20, 6), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "W", (20, 6))
    file.create_virtual_dataset(W, layout)


@pytest.mark.parametrize(
    "edit, message",
    [
        (link_outside(W, "/W"), "must not link to another file, got other.h5"),
        (link_outside("rbmlib", "/rbmlib"), "must not link to another file"),
        (link_outside("update_10", "/update_10"), "must not link to another file"),
        (link_outside("model_type", "/model_type"), "must not link to another file"),
        (link_through_the_outside, "must not link to another file"),
        (numbers_outside, "must hold its own numbers"),
        (view_of_the_outside, "must hold its own numbers"),
    ],
)
def test_nothing_outside_the_file_is_read(tmp_path, edit, message):
    _, path = written(tmp_path, edit=edit)
    with pytest.raises(ValueError, match=message) as caught:
        Trajectory.load(path)
    assert str(path) in str(caught.value)


def test_a_link_inside_the_file_is_followed(tmp_path):
    def edit(file):
        file.move(W, "update_10/W")
        file[W] = h5py.SoftLink("/update_10/W")

    run, path = written(tmp_path, edit=edit)
    assert same(Trajectory.load(path), run)


def never_written(place, shape, **layout):
    def edit(file):
        del file[place]
        file.create_dataset(place, shape, "f4", **layout)

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        never_written("parallel_chains", (10**9, 20), chunks=(64, 20)),
        never_written("parallel_chains", (10**17, 10**17), chunks=(1, 1)),
        never_written(W, (20_000, 20_000)),
        never_written("rbmlib/settings/k", (10**10,), chunks=(8,)),
    ],
)
def test_a_shape_that_the_file_does_not_hold_is_not_allocated(tmp_path, edit):
    _, path = written(tmp_path, edit=edit)
    tracemalloc.start()
    with pytest.raises(ValueError, match="must hold the array that it declares"):
        Trajectory.load(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**24


def test_a_small_shape_of_zeros_is_read(tmp_path):
    def edit(file):
        never_written("parallel_chains", (3, 20))(file)
        without_ours(file)

    _, path = written(tmp_path, edit=edit)
    assert not Trajectory.load(path).chains.any()


def no_group(file):
    del file["rbmlib/settings"]
    file["rbmlib/settings"] = 1


def group_for_a_number(file):
    file.create_group("rbmlib/settings/more")


def link_to_nothing(file):
    file["rbmlib/settings/more"] = h5py.SoftLink("/nowhere")


def link_to_itself(file):
    file["rbmlib/settings/more"] = h5py.SoftLink("/rbmlib/settings/more")


def foreign_without_groups(file):
    without_ours(file)
    set_value("hyperparameters", 1.0)(file)


def nothing_in_it(file):
    del file["parallel_chains"]
    file["parallel_chains"] = h5py.Empty("f4")


@pytest.mark.parametrize(
    "edit, message",
    [
        (no_group, "rbmlib/settings must be a group"),
        (group_for_a_number, "must hold the array more"),
        (link_to_nothing, "must hold the array more"),
        (link_to_itself, "damaged"),
        (nothing_in_it, "got an empty dataset"),
        (set_value("update_10", 1.0), "must hold the array weight_matrix, got an arr"),
        (foreign_without_groups, "hyperparameters must be a group"),
    ],
)
def test_what_is_no_trajectory_is_refused_by_name(tmp_path, edit, message):
    _, path = written(tmp_path, edit=edit)
    with pytest.raises(ValueError, match=message) as caught:
        Trajectory.load(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("error", [MemoryError, AttributeError, KeyError, OSError])
def test_any_error_of_reading_is_a_valueerror(tmp_path, monkeypatch, error):
    _, path = written(tmp_path)

    def fail(*_):
        raise error("reason")

    monkeypatch.setattr(layout.reading, "array", fail)
    with pytest.raises(ValueError, match="damaged or no HDF5.*reason") as caught:
        Trajectory.load(path)
    assert str(path) in str(caught.value)


def test_ages_beyond_64_bits_are_refused(tmp_path):
    _, path = written(tmp_path, edit=lambda f: f.move("update_10", f"epoch_{2**63}"))
    with pytest.raises(ValueError, match="got 9223372036854775808"):
        Trajectory.load(path)


def test_threads_save_side_by_side(tmp_path):
    run, errors = run_of("BBRBM", np.random.default_rng(0)), []

    def save(i):
        try:
            for _ in range(10):
                run.save(tmp_path / f"{i}.h5")
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=save, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert all(same(Trajectory.load(tmp_path / f"{i}.h5"), run) for i in range(4))
