"""The command line on a small table of one's own, from the file to the page."""

import csv
import json
import re
import signal
import subprocess
import sys
import time
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rbmlib import datasets, likelihood
from rbmlib.command import main, runs
from rbmlib.mode_tracking import clades
from rbmlib.trajectories import Trajectory

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = [f"q{k}" for k in range(8)]


def votes(n=240, missing=0.05):
    """Two parties that answer eight questions in opposite ways, one flip in ten."""
    rng = np.random.default_rng(5)
    party = np.arange(n) % 2
    yes = (rng.random((n, 8)) < 0.1) ^ (party[:, None] == 1)
    gaps = rng.random(yes.shape) < missing
    answers = np.where(gaps, "", np.where(yes, "y", "n"))
    return [[("left", "right")[p], *row] for p, row in zip(party, answers, strict=True)]


def write(path, rows, header=("party", *COLUMNS)):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


TRAIN = ["--label", "party", "--hidden", "2", "--updates", "1500", "--rate", "0.2"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("votes")
    write(path / "votes.csv", votes())
    command = ["train", path / "votes.csv", "-o", path / "run.h5", *TRAIN]
    assert main([*map(str, command), "--ages", "6", "--quiet"]) == 0
    return path


def run(*words):
    return main([str(word) for word in words])


def test_a_run_knows_its_table(folder):
    found, about = runs.load(folder / "run.h5")
    assert [column.name for column in about.units] == COLUMNS
    assert all(column.states == ("n", "y") for column in about.units)
    assert (about.path, about.label_names) == ("votes.csv", ("left", "right"))
    assert found.settings["missing"] == "sample" and found.ages[-1] == 1500
    table = runs.table_of(folder / "run.h5", about)
    assert table.train.shape == (192, 8) and np.isnan(table.train).any()


def test_defaults_and_treatments_are_printed(tmp_path, capsys):
    write(tmp_path / "t.csv", votes(60))
    command = ["train", tmp_path / "t.csv", "-o", tmp_path / "r.h5", *TRAIN]
    assert run(*command, "--updates", 5) == 0
    text = capsys.readouterr().out
    assert "label        party  left, right" in text
    assert "binary       q0, q1, q2, …, q7 (8 columns)  n, y;" in text
    assert "method pcd, k 10, batch_size 48, learning_rate 0.2, seed 0" in text


def test_resumed_it_has_the_bits_of_a_long_run(folder, tmp_path):
    table = folder / "votes.csv"
    long, short = tmp_path / "long.h5", tmp_path / "short.h5"
    assert run("train", table, "-o", long, *TRAIN, "--updates", 40, "--quiet") == 0
    assert run("train", table, "-o", short, *TRAIN, "--updates", 20, "--quiet") == 0
    assert run("resume", short, "--updates", 40, "--table", table, "--quiet") == 0
    assert Trajectory.load(short)[-1] == Trajectory.load(long)[-1]


def test_the_test_rows_are_followed_and_end_a_run(folder, tmp_path, capsys):
    found = Trajectory.load(folder / "run.h5")
    again = datasets.from_table(folder / "votes.csv", label="party", show=False)
    whole = again.test[~np.isnan(again.test).any(1)]
    assert found.history["age"].tolist() == found.ages.tolist()
    exact = likelihood.log_likelihood(found[-1], whole)
    assert abs(found.history["validation"][-1] - exact) < 1e-9
    command = ["train", folder / "votes.csv", "-o", tmp_path / "r.h5", *TRAIN]
    assert run(*command, "--updates", 30000, "--ages", 40, "--patience", 2) == 0
    said = capsys.readouterr().out
    stopped = Trajectory.load(tmp_path / "r.h5")
    assert stopped.ages[-1] < 30000 and "Next: rbmlib report" in said
    best = stopped.history.best_age
    assert f"at age {best}: --age {best} takes that" in said and best < stopped.ages[-1]
    command[3] = tmp_path / "other.h5"
    assert run(*command, "--updates", 5, "--unvalidated", "--quiet") == 0
    assert Trajectory.load(tmp_path / "other.h5").history is None


def test_info_says_what_a_run_holds(folder, capsys):
    assert run("info", folder / "run.h5") == 0
    text = capsys.readouterr().out
    assert "RBM(8 binary visible, 2 binary hidden)" in text
    assert "binary      q7  n, y" in text and "votes.csv, sha256" in text
    assert re.search(r"\n +1500 +-\d\.\d\d +-\d\.\d\d  trusted\n", text)


def test_samples_are_rows_of_the_table(folder, tmp_path):
    out = tmp_path / "new.csv"
    command = ["sample", folder / "run.h5", "-n", 200, "--sweeps", 200, "-o", out]
    assert run(*command) == 0
    rows = read(out)
    assert len(rows) == 200 and list(rows[0]) == COLUMNS
    assert run(*command, "--given", "q0=y", "q1=y") == 0
    rows = read(out)
    assert {row["q0"] + row["q1"] for row in rows} == {"yy"}
    # A party answers alike in nine of ten: who said yes twice says it again.
    yes = np.mean([row[name] == "y" for row in rows for name in COLUMNS[2:]])
    assert yes > 0.75


@pytest.mark.parametrize("given", [[], ["--given", "q0=y"]], ids=["free", "given"])
def test_a_film_ends_with_the_rows_that_are_written(folder, tmp_path, given):
    plain, filmed, film = (tmp_path / x for x in ("a.csv", "b.csv", "film.gif"))
    command = ["sample", folder / "run.h5", "-n", 9, "--sweeps", 100, *given]
    assert run(*command, "-o", plain) == 0
    words = ["-o", filmed, "--gif", film, "--shape", 2, 4]
    assert run(*command, *words) == 0 and plain.read_text() == filmed.read_text()
    with Image.open(film) as image:
        times = np.unique(np.rint(np.geomspace(1, 100, 30)))
        assert image.n_frames <= len(times) and image.n_frames > 10
        image.seek(image.n_frames - 1)
        pixel = image.width // 14  # three images of four columns, and two gaps
        last = np.asarray(image.convert("L"))[pixel // 2 :: pixel, pixel // 2 :: pixel]
    tiles = last.reshape(-1)[: 8 * 14].reshape(8, 14)
    first = [[row[f"q{k}"] == "y" for k in range(8)] for row in read(plain)][0]
    assert (tiles[:2, :4].ravel() == np.where(first, 0, 255)).all()


def test_missing_entries_are_filled_with_what_their_party_says(folder, tmp_path):
    rows = votes(400, 0)
    hidden = np.random.default_rng(8).random((400, 8)) < 0.2
    holes = [
        [row[0], *("" if gap else x for x, gap in zip(row[1:], gaps, strict=True))]
        for row, gaps in zip(rows, hidden, strict=True)
    ]
    table = write(tmp_path / "holes.csv", holes)
    out, cells = tmp_path / "full.csv", tmp_path / "cells.csv"
    command = ["impute", folder / "run.h5", table, "-o", out, "--cells", cells]
    assert run(*command, "--sweeps", 200) == 0
    full = read(out)
    assert [row["party"] for row in full] == [row[0] for row in rows]  # it stays
    full = np.array([[row[name] for name in COLUMNS] for row in full])
    truth = np.array([row[1:] for row in rows])
    assert (full[~hidden] == truth[~hidden]).all()
    # The truth agrees with the party in .9 of the entries; 4.2 standard errors below.
    right = (full[hidden] == truth[hidden]).mean()
    assert right > 0.9 - 4.2 * np.sqrt(0.09 / hidden.sum())
    filled = read(cells)
    assert len(filled) == hidden.sum()
    where = np.array([(int(x["row"]) - 1, COLUMNS.index(x["column"])) for x in filled])
    assert np.array_equal(where, np.argwhere(hidden))
    assert all(0.5 <= float(x["probability"]) <= 1 for x in filled)


def test_couplings_are_listed_by_size(folder, tmp_path, capsys):
    assert run("couplings", folder / "run.h5", "-n", 5) == 0
    said = capsys.readouterr()
    rows = list(csv.DictReader(said.out.splitlines()))
    history = Trajectory.load(folder / "run.h5").history
    if history.best_row < history.n_rows - 1:  # another machine may be asked for
        assert f"at age {history.best_age}: --age {history.best_age}\n" in said.err
    sizes = [abs(float(row["coupling"])) for row in rows]
    assert len(rows) == 5 and sizes == sorted(sizes, reverse=True)
    assert all(float(row["coupling"]) > 0 for row in rows)  # they answer alike


def test_the_tree_has_the_parties(folder, tmp_path):
    out, members, itol = (tmp_path / name for name in ("t.nwk", "m.csv", "i.txt"))
    command = ["tree", folder / "run.h5", "-o", out, "--members", members]
    assert run(*command, "--itol", itol) == 0
    modes = {}
    for row in read(members):
        modes.setdefault(row["mode"], []).append(row["label"])
    assert len(modes) == 2 and len(clades(out.read_text().strip())) >= 0
    for labels in modes.values():
        assert max(labels.count(x) for x in ("left", "right")) > 0.9 * len(labels)
    lines = itol.read_text().splitlines()
    assert lines[:2] == ["DATASET_COLORSTRIP", "SEPARATOR TAB"]
    assert {line.split("\t")[0] for line in lines[5:]} == set(modes)


def test_a_tree_ends_where_it_is_asked_to(folder, tmp_path, capsys):
    age = int(Trajectory.load(folder / "run.h5").ages[-3])
    assert run("tree", folder / "run.h5", "--age", age, "-o", tmp_path / "t.nwk") == 0
    assert f"from age {age} to" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["info", "no.h5"], "no.h5"),
        (["sample", "{run}", "--given", "q0=maybe"], "column 'q0' must be one of n, y"),
        (["sample", "{run}", "--given", "q9=y"], "must have columns of the machine"),
        (["sample", "{run}", "--given", "party=left"], "got party, the label"),
        (["tree", "{run}", "--age", "7"], "age must be one of the"),
        (["sample", "{run}", "--given", "q0"], "--given must be COLUMN=ENTRY"),
        (["sample", "{run}", "--gif", "a.gif"], "of an image of 8 pixels, got 2 2"),
        (
            ["sample", "{run}", "--gif", "a.png", "--shape", "4", "2"],
            "path must end with .gif, got a.png",
        ),
        (["sample", "{run}", "--given", "q0=y", "q0=n"], "each once, got 'q0=n'"),
        (
            ["sample", "{run}", "--given", "q0=y", "q1=NA"],
            "none that stands for a miss",
        ),
        (
            ["train", "{table}", "-o", "r.h5", "--hidden", "0"],
            "--hidden must be at lea",
        ),
        (
            ["train", "{table}", "-o", "r.h5", "--batch", "0"],
            "batch_size must be at le",
        ),
        (["report", "{run}", "-o", "x/y/r.html"], "--output must be in a folder that"),
        (["sample", "{run}", "--age", "7"], "age must be one of the"),
        (["report", "{run}", "--age", "7"], "age must be one of the"),
        (["train", "{table}", "-o", "{run}"], "--output must be a new file"),
        (["train", "{table}", "-o", "x/y/r.h5"], "in a folder that exists"),
        (["train", "{table}", "-o", "r.h5", "--label", "x"], "must name a column"),
        (["tree", "{run}", "--table", "{run}"], "must be the table that the run was"),
        (["report", "{run}", "--book", "nowhere"], "--book must be an address, or the"),
        (["impute", "{run}", "{bad}"], "bad.csv, line 3, column 'q1' must be one of"),
    ],
)
def test_what_does_not_fit_is_said_and_ends_with_2(folder, capsys, words, message):
    bad = folder / "bad.csv"
    write(bad, [["left", *"yyyyyyyy"], ["left", "y", "perhaps", *"yyyyyy"]])
    places = {"run": folder / "run.h5", "table": folder / "votes.csv", "bad": bad}
    assert run(*(word.format(**places) for word in words)) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert message in error and error.startswith(f"rbmlib {words[0]}: ")


def test_a_table_that_is_elsewhere_is_asked_for(folder, tmp_path, capsys):
    (tmp_path / "run.h5").write_bytes((folder / "run.h5").read_bytes())
    assert run("tree", tmp_path / "run.h5") == 2
    assert "say --table where it is" in capsys.readouterr().err
    assert run("tree", tmp_path / "run.h5", "--table", folder / "votes.csv") == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another signal there")
def test_ctrl_c_keeps_all(folder, tmp_path):
    out = tmp_path / "run.h5"
    words = ["train", folder / "votes.csv", "-o", out, *TRAIN, "--updates", 10**6]
    with subprocess.Popen(
        [sys.executable, "-m", "rbmlib", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    ) as process:
        while not out.exists() or Trajectory.load(out).ages[-1] < 10:
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[0]
    assert (
        process.returncode == 130 and "has all of it. To go on: rbmlib resume" in said
    )
    reached = int(re.search(r"stopped at update (\d+)", said)[1])
    assert Trajectory.load(out).ages[-1] == reached > 0


def test_the_entry_point_is_the_command(capsys):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["scripts"] == {"rbmlib": "rbmlib.command:main"}
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    text = capsys.readouterr().out
    assert caught.value.code == 0
    for name in "train resume info report sample impute couplings tree".split():
        assert re.search(rf"\n    {name}\s", text)


# The page


class Seen(HTMLParser):
    """Tags that are open, and addresses that are asked for."""

    def __init__(self):
        super().__init__()
        self.open, self.addresses, self.alts = [], [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.addresses += [attrs[x] for x in ("src", "href") if x in attrs]
        if tag == "img":
            self.alts.append(attrs.get("alt"))
        elif tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_of_a_good_run_trusts_it_and_needs_no_file(folder, capsys):
    out, book = folder / "page.html", folder / "html"
    (book / "book").mkdir(parents=True)
    (book / "book" / "06_mixing_time.html").write_text("chapter 6")
    assert run("report", folder / "run.h5", "-o", out, "--book", book) == 0
    said = capsys.readouterr().out
    assert said.startswith("trusted; the page is")
    text = out.read_text(encoding="utf-8")
    seen = Seen()
    seen.feed(text)
    assert seen.open == [] and all(seen.alts) and len(seen.alts) >= 5
    for address in seen.addresses:
        assert address.startswith(("data:image/svg+xml;base64,", "html/book/0"))
    assert "prefers-color-scheme: dark" in text and "width=device-width" in text
    assert "q0" in text and "left, right" in text and "Trusted" in text


def test_names_are_texts_on_the_page(tmp_path):
    header = ["<script>alert(1)</script>", "$a_b$", "c"]
    rows = [[*x] for x in ("001", "110", "011", "100")] * 10
    table = write(tmp_path / "t.csv", rows, header)
    out = tmp_path / "r.h5"
    assert run("train", table, "-o", out, *TRAIN[2:], "--updates", 30, "--quiet") == 0
    assert run("report", out) == 0
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<script" not in text and "&lt;script&gt;" in text


def test_settings_of_a_table_are_json(folder):
    found = Trajectory.load(folder / "run.h5")
    about = json.loads(found.settings["table"])
    again = datasets.from_table(folder / "votes.csv", show=False, **about["options"])
    assert json.loads(json.dumps(again.units)) == about["units"]
    whole = again.test[~np.isnan(again.test).any(1)]
    assert likelihood.log_likelihood(found[-1], whole) > -8 * np.log(2)
