"""Files are written whole or not at all, and read or refused by name."""

import copy
import os
import pickle
import stat
import subprocess
import sys

import h5py
import numpy as np
import pytest

from rbmlib import trained
from rbmlib.files import whole
from rbmlib.files.whole import explained, write_whole
from rbmlib.rbm import RBM
from rbmlib.trained import record, runs
from rbmlib.trajectories import Trajectory

posix = pytest.mark.skipif(os.name != "posix", reason="links and modes of POSIX")


def a_run():
    machine = RBM.random(4, 3, seed=0).on_grid()
    state = {name: getattr(machine, name) for name in "Wab"}
    return Trajectory([0], [machine], np.ones((2, 4)), {"k": 1}, state)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_a_link_stays_and_its_target_is_written(tmp_path):
    (tmp_path / "disk").mkdir()
    target, link = tmp_path / "disk" / "run.h5", tmp_path / "link.h5"
    link.symlink_to(target)
    for data in (b"new", b"old"):  # first through a link to nothing
        write_whole(link, data)
        assert link.is_symlink() and target.read_bytes() == data
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(OSError, match="link.h5"):
        write_whole(link, b"")
    assert link.is_symlink()


@posix
def test_the_mode_stays_and_a_new_file_has_that_of_the_umask(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"")
    for one in (0o600, 0o640, 0o664):
        old.chmod(one)
        write_whole(old, b"data")
        assert mode(old) == one
    before = os.umask(0o027)
    try:
        write_whole(new, b"data")
    finally:
        os.umask(before)
    assert mode(new) == 0o640


@pytest.mark.parametrize("name", ["n" * 240 + ".h5", "ü" * 120])
def test_names_may_be_as_long_as_names_can_be(name, tmp_path):
    write_whole(tmp_path / name, b"data")
    assert [x.name for x in tmp_path.iterdir()] == [name]


@posix
def test_what_is_no_file_is_left_alone(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "pipe", "/dev/null"):
        with pytest.raises(OSError):
            write_whole(place, b"data")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert len(list(tmp_path.iterdir())) == 1


@posix
def test_the_folder_is_synchronised_after_the_new_name(tmp_path, monkeypatch):
    done = []
    kinds = {True: "folder", False: "file"}

    def fsync(number):
        done.append(kinds[stat.S_ISDIR(os.fstat(number).st_mode)])

    replace = os.replace
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", lambda *a: (done.append("name"), replace(*a)))
    write_whole(tmp_path / "a", b"data")
    assert done == ["file", "name", "folder"]


KILLED = """
import os, signal, sys
from rbmlib.files import whole
os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
whole.write_whole(sys.argv[1], b"of the killed")
"""


@posix
def test_the_parts_of_killed_writers_are_removed_and_no_others(tmp_path):
    path = tmp_path / "run.h5"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", KILLED, path])
    assert len(list(tmp_path.glob(".*.part"))) == 1  # the second removed the first
    begin = whole._parts(path.name)
    others = [
        f"{begin}{os.getpid()}.abcd.part",  # of a writer that lives
        f"{begin}1.abcd.part",
        f"{begin}x.abcd.part",
        f"{whole._parts('other.h5')}999999999.abcd.part",
        ".run.h5.part",
    ]
    for name in others:
        (tmp_path / name).write_bytes(b"")
    write_whole(path, b"data")
    assert {x.name for x in tmp_path.iterdir()} == {"run.h5", *others}


@pytest.mark.parametrize(
    "error",
    [
        KeyError,
        AttributeError,
        MemoryError,
        EOFError,
        ZeroDivisionError,
        RecursionError,
    ],
)
def test_every_error_of_reading_is_a_valueerror_with_the_name(error, tmp_path):
    with pytest.raises(
        ValueError, match=f"{tmp_path} must be a whole .*{error.__name__}"
    ):
        with explained(tmp_path):
            raise error("reason")


@pytest.mark.parametrize("error", [FileNotFoundError, PermissionError, BlockingIOError])
def test_what_is_not_damaged_is_what_it_is(error, tmp_path):
    with pytest.raises(error, match=str(tmp_path)):
        with explained(tmp_path):
            raise error(11, "without a name")


def test_a_file_that_another_program_writes_is_called_locked(tmp_path):
    path = tmp_path / "run.h5"
    a_run().save(path)
    code = (
        "import h5py, sys; f = h5py.File(sys.argv[1], 'r+'); print(flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=-1, stdout=-1, text=True
    ) as writer:
        writer.stdout.readline()
        with pytest.raises(BlockingIOError, match=str(path)):
            Trajectory.load(path)
        writer.communicate("\n")
    Trajectory.load(path)


# Stored runs


def test_a_saved_run_has_a_checksum(tmp_path):
    path = tmp_path / "digits.h5"
    run = trained.load("digits-4x4").until(10)
    run.save(path)
    assert runs.read(path).sha256() == run.sha256()
    with h5py.File(path, "r+") as file:
        file["b"][0, 0] += 1
    with pytest.raises(ValueError, match=f"{path}: damaged: the numbers are not"):
        runs.read(path)
    with h5py.File(path, "r+") as file:
        del file.attrs["sha256"]
    runs.read(path)  # as those of older versions
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match=f"{path} must be a whole file of a stored"):
        runs.read(path)


def test_flipped_bytes_of_stored_arrays_are_refused(tmp_path, monkeypatch):
    path, rng = tmp_path / "arrays.npz", np.random.default_rng(0)
    arrays = {"x": rng.integers(0, 9, 500), "name": np.array("{}"), "y": rng.random(3)}
    packed = record.pack_npz(arrays)
    for _ in range(300):
        data = bytearray(packed)
        data[rng.integers(len(data))] ^= rng.integers(1, 256)
        path.write_bytes(data)
        try:
            with explained(path):
                found = record.read_npz(path)
        except ValueError as error:
            assert str(path) in str(error)
        else:  # the record hashes names and numbers
            assert set(found) != set(arrays) or record.sha256(found) == record.sha256(
                {name: arrays[name] for name in found}
            )


# Copies


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_copies_are_frozen_too(copied):
    run = a_run()
    found = copied(run)
    assert found[0] == run[0] and copied(run[0]) == run[0]
    arrays = found.ages, found.chains, found.state["W"], found[0].a, copied(run[0]).W
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
