"""The verdicts of a report: what they call good, and what they refuse."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from rbmlib import datasets, training
from rbmlib.mixing_time import Mixing
from rbmlib.rbm import RBM
from rbmlib.report import chapters, figures, judge, measure, page
from rbmlib.report.measuring import Sampled, _baseline, _shuffled
from rbmlib.report.pairs import pair_couplings, strongest_pairs
from rbmlib.report.verdicts import _samples, k_is_enough

BOOK = Path(__file__).resolve().parents[1] / "book"


def mixing(tau, known=True):
    return Mixing(tau, 0.1 * tau, tau, 0.1 * tau, np.ones(3), 8000, known)


@pytest.mark.parametrize(
    ("method", "k", "tau", "known", "grade", "words"),
    [
        ("cd", 10, 9, True, "good", "k = 10 is enough"),
        ("cd", 10, 11, True, "doubtful", "k = 10 is too small"),
        ("rdm", 1, 11, True, "bad", "k = 1 is far too small"),
        ("pcd", 1, 499, True, "good", "half of the run has 500 sweeps"),
        ("pcd", 1, 5001, True, "bad", "k = 1 is far too small"),
        ("cd", 100, 0, False, "bad", "mixes in 16000 or more"),
        ("pcd", 10, 0, False, "doubtful", "k = 10 may be too small"),
    ],
)
def test_k_is_judged_by_what_its_chains_must_forget(
    method, k, tau, known, grade, words
):
    found = k_is_enough({"method": method, "k": k}, 1000, mixing(tau, known))
    assert found.grade == grade and words in found.text


def two_groups(n=400):
    """Forty bits that are all on or all off, but for one in twenty."""
    on = np.arange(n) % 2 == 0
    flips = np.random.default_rng(3).random((n, 40)) < 0.05
    return datasets.from_table((on[:, None] ^ flips).astype(int), show=False)


@pytest.fixture(scope="module")
def short_chains():
    """A machine trained by one sweep from the data: it does not mix in one sweep."""
    table = two_groups()
    start = training.initial_machine(table.train, 4, seed=0, scale=0.01)
    run = training.train(
        start, table.train, method="cd", k=1, batch_size=100, n_updates=1500,
        learning_rate=0.05, seed=0, checkpoints=6, progress=False,
    )  # fmt: skip
    return measure(run, table)


def test_the_order_of_the_rows_does_not_matter():
    """Blocks of rows that are sorted by their group are no two sets of data."""
    x = two_groups().train.astype(np.float32)
    ordered = x[np.argsort(x[:, 0], kind="stable")]
    mixed = _baseline(x, 40)[0]
    assert 0.5 < _baseline(_shuffled(ordered, 0), 40)[0] / mixed < 2
    assert not 0.5 < _baseline(ordered, 40)[0] / mixed < 2


def test_a_k_far_too_small_is_named(short_chains):
    word, verdicts = judge(short_chains)
    found = {verdict.subject: verdict for verdict in verdicts}
    assert word == "distrusted"
    assert found["k"].grade == "bad" and "k = 1 is far too small" in found["k"].text
    assert "k = 1 is far too small" in page(short_chains)


@pytest.mark.parametrize(
    ("second", "grade"), [(0.019, "good"), (0.03, "doubtful"), (0.05, "bad")]
)
def test_samples_are_judged_by_what_data_differ_by(short_chains, second, grade):
    sampled = (Sampled(1000, second, 0.5),)
    found = _samples(short_chains._replace(sampled=sampled, baseline=0.01))
    assert found.grade == grade


def test_samples_that_can_be_told_from_rows_are_doubted(short_chains):
    n, base = 80, short_chains.baseline_nearest  # rows to test, and 0.5 is usual
    assert abs(base - 0.5) < 4 * np.sqrt(0.25 / n)
    for nearest, grade in (
        (base, "good"),
        (base - 0.3, "doubtful"),
        (0.95, "doubtful"),
    ):
        sampled = (Sampled(1000, 0.01, nearest),)
        found = _samples(short_chains._replace(sampled=sampled, baseline=0.01))
        assert found.grade == grade
        assert ("can be told from rows" in found.text) == (grade != "good")


def test_an_earlier_age_that_is_better_is_named(short_chains):
    better = short_chains._replace(best=300, gain=0.5, gain_error=0.2)
    found = {verdict.subject: verdict for verdict in judge(better)[1]}
    assert found["best age"].grade == "doubtful"
    assert "300" in found["best age"].text and "0.50 ± 0.20" in found["best age"].text
    same = short_chains._replace(best=300, gain=0.3, gain_error=0.2)
    assert judge(same)[1][2].grade == "good"
    refuted = same.rows[-1]._replace(verdict="refuted: log Z is at least 9")
    same = same._replace(rows=(*same.rows[:-1], refuted))
    found = judge(same)[1][2]
    assert found.grade == "doubtful" and "--age 300" in found.remedy


def test_a_machine_that_knows_no_more_than_its_columns_is_doubted(short_chains):
    chance = short_chains._replace(learned=0.1, learned_error=0.06)
    found = {verdict.subject: verdict for verdict in judge(chance)[1]}["learned"]
    assert found.grade == "doubtful" and "0.10 ± 0.06 nats" in found.text
    assert short_chains.learned > 5  # forty bits that agree


def test_categories_have_no_place_in_the_diagram_and_the_page_says_so():
    states = np.random.default_rng(0).integers(0, 3, (80, 4))
    table = datasets.from_table(states, show=False)
    start = training.initial_machine(table.train, 2, seed=0, visible=table.visible)
    run = training.train(
        start, table.train, k=1, batch_size=20, n_updates=5, learning_rate=0.1, seed=0,
        checkpoints=2, progress=False,
    )  # fmt: skip
    found = measure(run, table)
    assert found.places == ()
    assert "No place in the phase diagram: the diagram is of units" in page(found)


def test_the_strongest_pairs_are_those_of_the_exact_couplings():
    W = np.array([[2.0, 0], [2.0, 0], [0, 1.0], [0, -1.0]])
    machine = RBM(W, np.zeros(4), np.zeros(2))
    J = pair_couplings(machine)
    pairs = strongest_pairs(machine, 2)
    assert [pair[:2] for pair in pairs] == [(0, 1), (2, 3)]
    assert [pair[2] for pair in pairs] == [J[0, 1], J[2, 3]]
    assert pairs[0][2] > 0 > pairs[1][2]


def test_a_table_of_other_units_is_refused(short_chains):
    table = datasets.from_table(np.eye(6, 3, dtype=int), show=False)
    with pytest.raises(ValueError, match="table must have the units of the run"):
        measure(short_chains.run, table)


def headings(name):
    cells = json.loads((BOOK / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    texts = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] != "code")
    return [x.replace("$", "") for x in re.findall(r"^#+ (.+)$", texts, re.MULTILINE)]


def test_chapters_and_sections_are_those_of_the_book():
    for name, title in chapters.CHAPTERS.values():
        assert headings(name)[0] == title
    for section in chapters.SECTIONS:
        number, _, heading = section.partition(", ")
        assert heading in headings(chapters.CHAPTERS[number][0])


def test_without_a_book_there_are_names_and_no_links(short_chains):
    text = page(short_chains)
    assert "<a " not in text and chapters.BOOK in text
    assert "chapter 6: Mixing time and the memory of training" in text
    cited = {verdict.chapter for verdict in judge(short_chains)[1]}
    assert cited <= set(chapters.SECTIONS)
    linked = page(short_chains, book="https://example.org/rbm/")
    links = set(re.findall(r'href="([^"]*)"', linked))
    start = "https://example.org/rbm/book/06_mixing_time.html"
    assert {start, f"{start}#the-memory-of-k", f"{start}#how-good-is-a-sample"} <= links


def test_rare_labels_of_many_share_a_colour():
    labels = np.repeat(np.arange(12), [5, 1, 5, 5, 5, 1, 5, 5, 5, 1, 5, 5])
    few, names = figures._few(labels, [f"n{k}" for k in range(12)])
    assert names == (
        "n0",
        "n2",
        "n3",
        "n4",
        "n6",
        "n7",
        "n8",
        "n10",
        "n11",
        "any other",
    )
    assert set(few[np.isin(labels, [1, 5, 9])]) == {9}
    assert all(names[few[labels == k][0]] == f"n{k}" for k in (0, 2, 11))


def test_a_table_of_rows_with_gaps_is_doubted_and_its_columns_named(short_chains):
    x = np.random.default_rng(0).integers(0, 2, (200, 4)).astype(object)
    x[:170, 2], x[::40, 1] = None, None
    table = datasets.from_table(x, show=False)
    verdict = judge(short_chains._replace(table=table))[1][-1]
    assert (verdict.subject, verdict.grade) == ("rows", "doubtful")
    n = int((~np.isnan(table.test).any(1)).sum())
    assert f"Only {n} of 40 test rows miss no entry" in verdict.text and n < 20
    assert "'3' (170 missing), '2' (5 missing)" in verdict.remedy
    x[:, 2] = np.where(np.arange(200) % 2, None, 1)
    x[:, 3] = np.where(np.arange(200) % 2, 1, None)
    x[:4] = 0
    empty = datasets.from_table(x, show=False, test_fraction=0.01)
    start = training.initial_machine(empty.train, 2, seed=0)
    run = training.begin(
        start, empty.train, learning_rate=0.1, seed=0, missing="sample"
    )
    with pytest.raises(
        ValueError, match=r"two rows to .*leave out .* '3' \(\d+ missing\)"
    ):
        measure(run, empty)
