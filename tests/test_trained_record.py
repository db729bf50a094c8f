"""One record and one maker for all that is stored: nothing left out or let through."""

import importlib
import json
import re
import shutil
import sys
from dataclasses import replace

import numpy as np
import pytest

from rbmlib import trained
from rbmlib.trained import make as making
from rbmlib.trained import mixing, monte_carlo, record, trees
from rbmlib.trained.make import ITEMS


def change_run(run):
    run.W[-1, 0, 0] += 1


def change_tree(arrays):
    arrays["up_0"][-1] += 1


def change_arrays(arrays):
    arrays["mnist-rdm-10/tau"][0, 0] *= 1.01


def change_points(results):
    results[0, 0] += 1e-6


# Of each kind: a name, its public loader, and a change of one number.
KINDS = {
    "run": ("digits-rdm-1", lambda: trained.load("digits-rdm-1"), change_run),
    "tree": ("mnist tree", lambda: trees.load("mnist"), change_tree),
    "arrays": ("mixing", mixing.load, change_arrays),
    "points": ("monte_carlo", monte_carlo.load, change_points),
}
each_kind = pytest.mark.parametrize(
    ("name", "load", "change"), KINDS.values(), ids=KINDS
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with a copy of the files of `KINDS`, which is read instead."""
    names = [ITEMS[name].stored.file for name, *_ in KINDS.values()]
    for name in (record.HASHES, *names):
        shutil.copy(record.FOLDER / name, tmp_path)
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    return tmp_path


# What is stored


def test_the_maker_knows_all_that_is_recorded_and_nothing_else():
    assert set(ITEMS) == set(record.hashes())
    files = {item.stored.file for item in ITEMS.values()}
    assert len(files) == len(ITEMS)
    found = {p.name for p in record.FOLDER.iterdir() if p.suffix in (".h5", ".npz")}
    assert found | {"monte_carlo.json"} == files
    assert all(name == item.stored.name for name, item in ITEMS.items())


@pytest.mark.parametrize("name", ITEMS)
def test_what_is_stored_is_what_is_recorded(name):
    stored = ITEMS[name].stored
    content = stored.load()
    assert stored.sha256(content) == record.hashes()[name]
    assert stored.differences(content) == []


def test_every_array_name_shape_and_type_is_hashed():
    arrays = {"a": np.arange(4), "b": np.zeros(2)}
    others = [
        {"b": arrays["b"], "a": arrays["a"]},  # order
        {"c": arrays["a"], "b": arrays["b"]},
        arrays | {"a": np.arange(4).reshape(2, 2)},
        arrays | {"a": np.arange(4, dtype=np.int32)},
        arrays | {"b": np.array([0.0, -0.0])},
    ]
    found = {record.sha256(x) for x in (arrays, *others)}
    assert len(found | {record.sha256(arrays, "text")}) == 7


# What is refused


@each_kind
def test_one_changed_number_is_refused(name, load, change, folder):
    stored = ITEMS[name].stored
    content = stored.load()
    change(content)
    (folder / stored.file).write_bytes(stored.pack(content))
    expected = record.hashes()[name]
    with pytest.raises(ValueError) as caught:
        load()
    for part in (stored.file, f"recorded sha256 {expected}", stored.sha256(content)):
        assert part in str(caught.value)


@each_kind
def test_one_changed_byte_is_refused(name, load, change, folder):
    path = folder / ITEMS[name].stored.file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match=path.name):
        load()


@each_kind
@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_truncated_file_is_named(name, load, change, share, folder):
    path = folder / ITEMS[name].stored.file
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(
        ValueError, match=f"{re.escape(str(path))} must be a whole file"
    ):
        load()


@each_kind
def test_a_file_of_other_parts_is_named(name, load, change, folder):
    path = folder / ITEMS[name].stored.file
    other = {".npz": "digits-rdm-1.h5", ".h5": "mixing.npz"}.get(path.suffix)
    path.write_bytes((folder / other).read_bytes() if other else b'{"points": []}')
    with pytest.raises(
        ValueError, match=f"{re.escape(str(path))} must be a whole file"
    ):
        load()


@each_kind
def test_a_missing_file_is_called_missing(name, load, change, folder):
    path = folder / ITEMS[name].stored.file
    path.unlink()
    with pytest.raises(FileNotFoundError, match=path.name):
        load()


def test_what_has_no_record_is_refused(folder):
    (folder / record.HASHES).write_text("{}")
    with pytest.raises(ValueError, match="the recorded sha256 None"):
        mixing.load()
    (folder / record.HASHES).write_text('{"mixing": ')
    with pytest.raises(ValueError, match=r"sha256\.json must be a whole file"):
        mixing.load()


# What is recorded


@each_kind
def test_a_recorded_change_is_the_new_record(name, load, change, folder):
    stored, before = ITEMS[name].stored, record.hashes()
    files = {path.name for path in folder.iterdir()}
    content = stored.load()
    change(content)
    stored.record(content)
    assert stored.sha256(load_again(stored)) == stored.sha256(content)
    assert record.hashes() == before | {name: stored.sha256(content)}
    assert {path.name for path in folder.iterdir()} == files
    load()


def load_again(stored):
    return stored.read(record.FOLDER / stored.file)


@pytest.mark.parametrize("where", ["os.fsync", "os.replace"])
def test_a_record_that_fails_leaves_the_old_one(where, folder, monkeypatch):
    def full(*args):
        raise OSError("no space left")

    stored = mixing.STORED
    content = mixing.load()
    change_arrays(content)
    files = {path.name for path in folder.iterdir()}
    with monkeypatch.context() as patch:
        patch.setattr(where, full)
        with pytest.raises(OSError, match="no space"):
            stored.record(content)
    assert {path.name for path in folder.iterdir()} == files
    assert stored.differences(content) == ["mnist-rdm-10/tau"]


def test_a_saved_run_takes_no_name_that_another_writer_uses(tmp_path):
    (tmp_path / "digits.part").write_text("of another writer")
    trained.load("digits-4x4").save(tmp_path / "digits.h5")
    assert (tmp_path / "digits.part").read_text() == "of another writer"


# The command


def command(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["make", *arguments])
    making.main()


def remade(monkeypatch, name, content):
    """Let the maker of a name return a content; return what it was called with."""
    asked = []

    def make(*args, **options):
        asked.append((args, options))
        return content

    monkeypatch.setitem(ITEMS, name, replace(ITEMS[name], make=make))
    return asked


@each_kind
def test_the_command_verifies_and_records(
    name, load, change, folder, monkeypatch, capsys
):
    monkeypatch.setattr("rbmlib.datasets.load", lambda name: None)
    stored = ITEMS[name].stored
    content = stored.load()
    asked = remade(monkeypatch, name, content)
    command(monkeypatch, name, "--work", str(folder / "work"), "--jobs", "3")
    options = {"n_jobs": 3} if name == "monte_carlo" else {}
    assert asked == [((folder / "work",), options)]
    shown = f"{name}: as recorded, sha256 {record.hashes()[name]}\n"
    assert capsys.readouterr().out == shown

    change(content)
    part = {"run": "W", "tree": "up_0", "arrays": "mnist-rdm-10/tau", "points": "text"}
    kind = next(kind for kind in KINDS if KINDS[kind][0] == name)
    with pytest.raises(SystemExit, match=f"differ: {part[kind]}$"):
        command(monkeypatch, name)
    command(monkeypatch, name, "--record")
    assert record.hashes()[name] == stored.sha256(content) in capsys.readouterr().out
    load()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("mnist", "mnist"),
        ("mnist tree", "mnist"),
        ("human haplotypes tree", "human haplotypes"),
        ("mixing", "mnist"),
    ],
)
def test_missing_data_are_named_before_any_work(name, data, monkeypatch):
    def offline(name):
        if name == data:
            raise ConnectionError(f"{name} neither here nor there; use digits")

    monkeypatch.setattr("rbmlib.datasets.load", offline)
    asked = remade(monkeypatch, "digits", None)
    with pytest.raises(SystemExit, match=f"{name}: {data} neither here nor there"):
        command(monkeypatch, "digits", name)
    assert asked == []


def test_the_command_names_what_it_knows(monkeypatch, capsys):
    with pytest.raises(SystemExit):
        command(monkeypatch, "digits", "cats")
    error = capsys.readouterr().err
    assert error.rstrip().endswith("got cats")
    assert all(name in error for name in ITEMS)


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="one of 'digits', 'mnist', .* got 'nope'"):
        trained.load("nope")
    with pytest.raises(ValueError, match="'knowledge', 'celeba-bw', got 'nope'"):
        making.make("nope")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mode_tracking.stored", "trees"),
        ("phase_diagram.make", "make_monte_carlo"),
        ("phase_diagram.recorded", "monte_carlo"),
        ("trained.make_chapter6", "make_mixing"),
        ("trained.store", "runs"),
        ("trained.summaries", "mixing"),
    ],
)
def test_names_of_the_first_edition_lead_here(old, new):
    found = importlib.import_module(f"rbmlib.{old}")
    assert found is importlib.import_module(f"rbmlib.trained.{new}")


def test_the_record_is_plain_text():
    text = (record.FOLDER / record.HASHES).read_text()
    assert text == json.dumps(record.hashes(), indent=2, sort_keys=True) + "\n"
