"""A table of one's own: each column has a stated treatment, each fault its place."""

import datetime
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from rbmlib import datasets
from rbmlib.datasets.sources import FOLDER_VARIABLE
from rbmlib.units import BINARY, Categorical

GOOD = "a,b\n" + "0,x\n1,y\n0,z\n1,x\n0,y\n1,z\n"
DATA = Path(os.environ.get(FOLDER_VARIABLE) or "/nowhere")


def rows(*values, header="a,b"):
    """A file of two columns: six good rows, then others."""
    return header + "\n" + "0,x\n1,y\n" * 3 + "".join(f"{row}\n" for row in values)


def read(tmp_path, content, name="t.csv", **options):
    path = tmp_path / name
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(content)
    return datasets.from_table(path, show=False, **options)


# What is refused: content, and words of the message.  {f} stands for the file.
REFUSED = {
    "empty": ("", "{f}, line 1 must name the columns, got []"),
    "blank header": (",\n1,2\n", "line 1 must name the columns"),
    "header alone": ("a,b\n", "{f} must have rows below the header, got none"),
    "one row": ("a,b\n1,x\n", "got {f}: 'a' (always '1'), 'b' (always 'x')"),
    "two rows": (
        "a\n0\n1\n",
        "rows to test, at test_fraction=0.2 of each label; got 2",
    ),
    "no header": ("1,0,1\n0,1,1\n", "line 1 must name the columns, got the numbers 1"),
    "names twice": ("a,b,a\n1,0,1\n", "line 1 must name each column once, got 'a' as "),
    "short row": (rows("1"), "{f}, line 8 must have 2 fields, as the header, got 1"),
    "long row": (rows("1,x,7"), "{f}, line 8 must have 2 fields, as the header, got 3"),
    "semicolons": ("a;b\n0;x\n", "got none, but ';': give separator=';'"),
    "tabs": ("a\tb\n0\tx\n", "got none, but a tab: give separator='\\t'"),
    "open quote": (rows('1,"x'), "{f}, line 8 must be fields between ','"),
    "text after a quote": (rows('1,"x"y'), "{f}, line 8 must be fields"),
    "Latin 1": (rows("1,x").encode() + b"0,\xe9\n", "must be UTF-8, got the byte 0xe9"),
    "UTF-16": (rows().encode("utf-16"), "{f} must be a table as text, got UTF-16"),
    "null characters": (rows("1,\0"), "{f} must be a table as text, got null"),
    "a spreadsheet": (b"PK\3\4....", "got a zip archive, as of a spreadsheet"),
    "compressed": (b"\x1f\x8b....", "got compressed: unpack it first"),
    "text among numbers": (
        rows("2,x", "5?,x"),
        "{f}, line 9, column 'a' must be numbers, as 3 of its 4 different entries, got "
        "'5?'; say missing=[…, '5?']",
    ),
    "infinite": (rows("2,x", "inf,y"), "line 9, column 'a' must be numbers"),
    "decimal comma": (
        "a;b\n" + '0;x\n1;y\n2;x\n"1,5";y\n' * 3,
        "line 5, column 'a' must be numbers",
    ),
    "all dropped": (
        "a,b\n" + "".join(f"{x / 7},2020-01-{x + 10}\n" for x in range(20)),
        "'a' (every row has its own), 'b' (dates)",
    ),
    "all missing": ("a,b\n" + "NA,\n" * 9, "'a' (no entry), 'b' (no entry)"),
    "constant": ("a\n" + "1\n" * 9, "'a' (always '1')"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_has_its_place(tmp_path, name):
    content, words = REFUSED[name]
    separator = ";" if name == "decimal comma" else None
    with pytest.raises(ValueError) as caught:
        read(tmp_path, content, separator=separator)
    assert words.replace("{f}", str(tmp_path / "t.csv")) in str(caught.value)


# What is treated: content, what is said of it, and the states of the first units.
TREATED = {
    "byte order mark": ("\ufeff" + GOOD, "binary       a  0, 1", 0),
    "Windows line ends": (GOOD.replace("\n", "\r\n"), "categorical  b  x, y, z", 1),
    "no last line end": (GOOD.rstrip(), "binary       a  0, 1", 0),
    "blank lines": (GOOD + "\n\n", "note: blank lines left out: 2", 0),
    "quoted fields": (GOOD.replace("x", '"x,\n1"'), "b  x, 1, y, z", 1),
    "missing": (rows("NA,x", ",y", "?,x"), "a  0, 1; 3 missing", 0),
    "row without entry": (rows("NA,"), "rows without any entry left out: 1 (7)", 0),
    "constant column": (
        "a,b,c\n" + "0,x,7\n1,y,7\n" * 4,
        "dropped      c  always '7'",
        0,
    ),
    "empty column": ("a,b,c\n" + "0,x,\n1,y,NA\n" * 4, "dropped      c  no entry", 0),
    "row names of R": (
        ",a\n" + "".join(f"{k},{k % 2}\n" for k in range(9)),
        "note: field 1 of the header is empty: named 'column 1'",
        0,
    ),
    "dates": (
        "a,b\n" + "0,2020-01-02\n1,2020-01-03\n0,2021-02-03\n" * 3,
        "b  dates",
        0,
    ),
    "free text": (
        "a,b\n" + "".join(f"{k % 2},word {k % 30}\n" for k in range(60)),
        "dropped      b  30 different texts",
        0,
    ),
    "fractions": (
        "a,b\n" + "".join(f"{k % 2},{k % 30 / 7}\n" for k in range(60)),
        "dropped      b  30 different numbers: cut them into classes",
        0,
    ),
    "equal numbers": (rows("0.0,x", "1.00,y"), "binary       a  0, 1", 0),
    "one word twice": (rows("0,X"), "two states, 'X' and 'x': one word?", 0),
    "the same column twice": (
        "a,b\n" + "0,0\n1,1\n" * 4,
        "note: columns with the states of an earlier one: 1 ('b' as 'a')",
        0,
    ),
    "order of numbers": ("a\n" + "10\n9\n-1\n" * 4, "categorical  a  -1, 9, 10", 0),
}


@pytest.mark.parametrize("name", TREATED)
def test_what_is_done_is_said(tmp_path, name):
    content, words, _ = TREATED[name]
    table = read(tmp_path, content)
    text = " ".join(table.summary.split())
    assert " ".join(words.split()) in text


@pytest.mark.parametrize("name", TREATED)
def test_nothing_is_changed_in_silence(tmp_path, name):
    """What is decoded is what the csv module and pandas read, entry by entry."""
    table = read(tmp_path, TREATED[name][0])
    frame = pd.read_csv(
        tmp_path / "t.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig"
    )
    frame = frame.rename(columns={"Unnamed: 0": "column 1"})
    for part, at in (("train", table.train_rows), ("test", table.test_rows)):
        for column, found in table.decode(getattr(table, part)).items():
            for entry, text in zip(found, frame[column].iloc[at], strict=True):
                if entry is None:
                    assert text in ("", "NA", "?")
                elif entry != text:  # an equal number
                    assert float(entry) == float(text)


def test_there_are_forty_odd_tables():
    assert len(REFUSED) + len(TREATED) >= 40


def test_a_hundred_thousand_columns(tmp_path):
    n = 100_000
    names = ",".join(f"x{k}" for k in range(n))
    bits = np.random.default_rng(0).integers(0, 2, (12, n))
    body = "\n".join(",".join(map(str, row)) for row in bits.tolist())
    table = read(tmp_path, f"{names}\n{body}\n")
    kept = [int(column.name[1:]) for column in table.units]
    assert len(kept) == np.sum(np.ptp(bits, axis=0) == 1)
    assert np.array_equal(table.train, bits[table.train_rows][:, kept])
    assert len(table.summary) < 1000


# Types, labels, missing entries and the split


def frame(n=60):
    k = np.arange(n)
    return pd.DataFrame(
        {
            "yes": k % 2 == 0,
            "three": np.array(["low", "middle", "high"])[k % 3],
            "party": np.where(k % 4 < 2, "left", "right"),
            "age": k * 1.5,
            "maybe": pd.array(np.where(k % 5 == 0, None, k % 2), "Int64"),
        }
    )


def test_columns_have_their_types():
    table = datasets.from_table(frame(), label="party", show=False)
    kinds = {column.name: (column.kind, column.states) for column in table.columns}
    assert kinds == {
        "yes": ("binary", ("False", "True")),
        "three": ("categorical", ("high", "low", "middle")),
        "party": ("label", ("left", "right")),
        "age": ("dropped", ()),
        "maybe": ("binary", ("0", "1")),
    }
    assert table.visible == Categorical([2, 3, 2])
    gaps = np.isnan(np.concatenate([table.train, table.test]))
    assert gaps.sum(0).tolist() == [0, 0, 12] == [x.n_missing for x in table.units]
    numbers = np.where(np.arange(60) % 4 < 2, 0, 1)
    assert np.array_equal(table.train_labels, numbers[table.train_rows])
    assert np.array_equal(table.test_labels, numbers[table.test_rows])
    assert table.label_names == ("left", "right")
    assert len(table.test) == 12 and np.bincount(table.test_labels).tolist() == [6, 6]


def test_the_split_follows_the_seed_and_keeps_every_row():
    one, same, other = (
        datasets.from_table(frame(), seed=seed, show=False) for seed in (1, 1, 2)
    )
    assert np.array_equal(one.test_rows, same.test_rows)
    assert not np.array_equal(one.test_rows, other.test_rows)
    both = np.concatenate([one.train_rows, one.test_rows])
    assert sorted(both) == list(range(60))


def test_a_column_can_be_dropped_or_called_categorical():
    table = datasets.from_table(
        frame(20), drop=["yes"], categorical=["age"], show=False
    )
    kinds = {column.name: column.kind for column in table.columns}
    assert (kinds["yes"], kinds["age"]) == ("dropped", "categorical")
    mixed = {"a": ["1", "2", "3+"] * 4}
    with pytest.raises(ValueError, match="row 3, column 'a' must be numbers"):
        datasets.from_table(mixed, show=False)
    found = datasets.from_table(mixed, categorical=["a"], show=False)
    assert found.units[0].states == ("1", "2", "3+")
    mixed["b"] = ["x", "y"] * 6
    words = datasets.from_table(mixed, missing=["3+"], show=False)
    assert words.visible == BINARY and np.isnan(words.train).any()


def test_rows_without_a_label_are_left_out_and_said():
    column = {"a": [0, 1] * 8, "l": [1, 2, None, 1] * 4}
    table = datasets.from_table(column, "l", show=False)
    assert table.notes == ("rows without a label left out: 4 (3, 7, 11, 15)",)
    rows = sorted([*table.train_rows, *table.test_rows])
    assert rows == [k for k in range(16) if k % 4 != 2]
    with pytest.raises(ValueError, match="label must name a column with entries"):
        datasets.from_table({"a": [0, 1] * 4, "l": [None] * 8}, "l")
    with pytest.raises(ValueError, match="label must name a column of .*got 'c'"):
        datasets.from_table({"a": [0, 1] * 4}, label="c")


def test_dates_of_a_frame_are_dates():
    days = [datetime.date(2020, 1, 1 + k % 4) for k in range(20)]
    stamps = pd.Series(pd.to_datetime(days))
    table = datasets.from_table({"a": [0, 1] * 10, "d": days, "s": stamps}, show=False)
    assert [x.note for x in table.columns] == ["", "dates", "dates"]


def test_what_cannot_be_an_entry_is_refused_by_its_row():
    with pytest.raises(TypeError, match=r"column 'a', row 2 must be .* got \[1\]"):
        datasets.from_table({"a": [0, [1]]})
    with pytest.raises(ValueError, match="columns of one length"):
        datasets.from_table({"a": [0, 1], "b": [0]})
    with pytest.raises(ValueError, match="name each column once"):
        datasets.from_table(pd.DataFrame([[0, 1]], columns=["a", "a"]))
    for bad in (
        np.zeros(3),
        np.zeros((2, 0)),
        [[0], [0, 1]],
        np.zeros((2, 2), complex),
    ):
        with pytest.raises(ValueError, match="the table must be a matrix"):
            datasets.from_table(bad)


# Files


def bits(n=30, m=5):
    return np.random.default_rng(1).integers(0, 2, (n, m))


def restored(table):
    x = np.zeros((len(table.train) + len(table.test), len(table.units)), int)
    x[table.train_rows], x[table.test_rows] = table.train, table.test
    return x


def test_every_kind_of_file_gives_the_same_states(tmp_path):
    x = bits()
    table = pd.DataFrame(x, columns=list("abcde"))
    table.to_csv(tmp_path / "t.csv", index=False)
    table.to_csv(tmp_path / "t.tsv", index=False, sep="\t")
    table.to_parquet(tmp_path / "t.parquet")
    np.save(tmp_path / "t.npy", x)
    np.savez(tmp_path / "t.npz", x=x.astype(bool))
    sparse.save_npz(tmp_path / "s.npz", sparse.csr_matrix(x))
    letters = np.array(list("AC"))[x]
    text = "".join(f">s{k}\n{''.join(r[:3])}\n{''.join(r[3:])}\n" for k, r in
                   enumerate(letters))  # fmt: skip
    (tmp_path / "t.fasta").write_text(text)
    with h5py.File(tmp_path / "t.h5", "w") as file:
        file["samples"], file["labels"] = x, np.arange(30) % 2
    found = [datasets.from_table(x, show=False)]
    for name in "t.csv t.tsv t.parquet t.npy t.npz s.npz t.fasta t.h5".split():
        label = "labels" if name == "t.h5" else None
        found.append(datasets.from_table(tmp_path / name, label, show=False))
    for table in found:
        assert np.array_equal(restored(table), x)
        assert table.train.dtype == np.uint8 and table.visible == BINARY
        named = "".join(column.name for column in table.units)
        assert named in ("abcde", "12345")
    masked = np.ma.masked_array(x, np.arange(150).reshape(30, 5) % 7 == 0)
    table = datasets.from_table(masked, show=False)
    assert np.isnan(table.train).sum() + np.isnan(table.test).sum() == masked.mask.sum()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.xlsx", b"", "must be a file .csv, .tsv"),
        ("t.npy", b"\x93NUMPY", "must be a whole file of arrays"),
        ("t.npz", b"PK\3\4", "must be a whole file of arrays"),
        ("t.parquet", b"PAR1", "must be a whole Parquet file"),
        ("t.h5", b"\x89HDF", "must be a whole HDF5 file"),
        ("t.fasta", b"ACD\n", "line 1 must be a name after '>'"),
        ("t.fasta", b">a\nACD\n>b\nAC\n", "line 3: aligned sequences must have one"),
        ("t.fasta", b"", "must hold sequences"),
    ],
)
def test_damaged_files_are_refused_by_name(tmp_path, name, content, words):
    with pytest.raises(ValueError) as caught:
        read(tmp_path, content, name)
    assert words in str(caught.value) and str(tmp_path / name) in str(caught.value)


def test_other_arrays_are_refused(tmp_path):
    np.savez(tmp_path / "t.npz", a=bits(), b=bits())
    with pytest.raises(ValueError, match="must hold one matrix, got the arrays a, b"):
        datasets.from_table(tmp_path / "t.npz")
    np.save(tmp_path / "o.npy", np.array([{}]), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle"):
        datasets.from_table(tmp_path / "o.npy")
    with h5py.File(tmp_path / "t.h5", "w") as file:
        file["x"] = bits()
    with pytest.raises(ValueError, match="must hold the array 'samples', got"):
        datasets.from_table(tmp_path / "t.h5")
    with pytest.raises(FileNotFoundError):
        datasets.from_table(tmp_path / "nothing.csv")


def test_parquet_without_pandas_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"rbmlib\[tables\]"):
        read(tmp_path, b"PAR1", "t.parquet")


MEMORY = """
import resource, sys
import numpy as np
from rbmlib import datasets, training

def peak_after(table):
    table = datasets.from_table(table, show=False)
    start = training.initial_machine(table.train, 20, seed=0, visible=table.visible)
    how = dict(k=1, batch_size=100, learning_rate=0.01, seed=0, progress=False)
    run = training.train(start, table.train, n_updates=20, checkpoints=1, **how)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

few = peak_after(np.random.default_rng(0).integers(0, 2, (200, 1000)))
print(peak_after(sys.argv[1]) - few)
"""


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in kB on Linux")
def test_a_large_parquet_file_is_read_in_little_memory(tmp_path):
    """At most 7 bytes an entry: as 100 000 rows of 1000 in 700 MB beside libraries."""
    x = np.random.default_rng(0).random((15_000, 1000)) < 0.3
    pd.DataFrame(x, columns=map(str, range(1000))).to_parquet(tmp_path / "t.parquet")
    path = os.pathsep.join(sys.path)
    found = subprocess.run(
        [sys.executable, "-c", MEMORY, tmp_path / "t.parquet"],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr
    assert int(found.stdout) < 7 * 15_000


@pytest.mark.skipif(not (DATA / "own").is_dir(), reason="own/ is not in RBMLIB_DATA")
def test_tables_of_others_are_read_without_an_option():
    answers = datasets.from_table(DATA / "own/questionnaire.csv", show=False)
    assert answers.visible == Categorical(6) and answers.train.shape[1] == 25
    missing = sum(column.n_missing for column in answers.units)
    gaps = np.isnan(answers.train).sum() + np.isnan(answers.test).sum()
    assert missing == gaps == 508
    words = datasets.from_table(DATA / "own/words.npz", show=False)
    assert words.visible == BINARY and words.train.shape == (606, 2000)
