"""Data of categories: genotypes, made from the haplotypes of each person."""

import os

import numpy as np
import pytest
from scipy.special import softmax

from rbmlib.datasets import haplotypes, load, sources
from rbmlib.training import initial_machine, train
from rbmlib.units import Categorical

DATA_FOLDER = os.environ.get(sources.FOLDER_VARIABLE)


def needs(file):
    """Skip unless the reader has this file, in the folder RBMLIB_DATA."""
    there = DATA_FOLDER and os.path.exists(os.path.join(DATA_FOLDER, file))
    return pytest.mark.skipif(not there, reason=f"{file} is not in RBMLIB_DATA")


@pytest.fixture(autouse=True)
def no_reader_data(monkeypatch):
    """Every test starts without RBMLIB_DATA."""
    monkeypatch.delenv(sources.FOLDER_VARIABLE, raising=False)


def check_sums(genotypes, rows):
    """Each person is two rows of the haplotypes, on the same side of the split."""
    for part in ("train", "test"):
        one, two = getattr(rows, part)[::2], getattr(rows, part)[1::2]
        found, labels = getattr(genotypes, part), getattr(genotypes, part + "_labels")
        assert found.dtype == np.int32 and not found.flags.writeable
        assert np.array_equal(found, one + two)
        assert set(np.unique(found)) == {0, 1, 2}
        for copy in (0, 1):
            assert np.array_equal(labels, getattr(rows, part + "_labels")[copy::2])
    assert genotypes.label_names == rows.label_names and genotypes.shape is None
    assert genotypes.source == rows.source


def test_simulated_genotypes_are_sums_of_the_simulated_haplotypes():
    genotypes = load("simulated genotypes")
    check_sums(genotypes, load("simulated haplotypes"))
    assert genotypes.name == "simulated genotypes" and genotypes.source == "rbmlib"
    assert genotypes.train.shape == (1000, 805) and genotypes.test.shape == (250, 805)
    assert np.bincount(genotypes.test_labels).tolist() == [50] * 5


def test_genotypes_are_states_of_categorical_units():
    data = load("simulated genotypes").train[:, :20]
    unit = Categorical(3)
    start = initial_machine(data, 4, scale=0.1, seed=0, visible=unit)
    shares = [(data == k).mean(0) for k in range(3)]
    found = softmax(start.a, axis=1)
    # The clip moves shares of zero to 1e-4 before they are made to sum to one.
    np.testing.assert_allclose(found, np.transpose(shares), atol=2e-4)
    run = train(
        start,
        data,
        k=1,
        n_updates=5,
        batch_size=100,
        learning_rate=0.01,
        seed=0,
        progress=False,
    )
    assert run[-1].visible == unit


def test_without_the_file_the_error_names_the_stand_in(tmp_path):
    message = rf'genotypes. needs {haplotypes.FILE}.*load\("simulated genotypes"\)'
    with pytest.raises(FileNotFoundError, match=message):
        load("genotypes")
    with pytest.raises(FileNotFoundError, match=f"folder of {haplotypes.FILE}"):
        load("genotypes", path=tmp_path)
    (tmp_path / haplotypes.FILE).write_bytes(b"something else")
    with pytest.raises(ValueError, match="wrong SHA-256 checksum"):
        load("genotypes", path=tmp_path)
    with pytest.raises(ValueError, match="out for 'simulated genotypes', got here"):
        load("simulated genotypes", path="here")


def excess_of_mixed(one, two, population):
    """How many more sites are mixed than in Hardy-Weinberg equilibrium.

    Of rows `one` and `two` of each person, against 2 p (1 - p) with the frequencies of
    the person's population, in standard errors of independent sites.
    """
    expected = variance = 0.0
    for group in np.unique(population):
        members = np.flatnonzero(population == group)
        n = 2 * len(members)
        p = (one[members].mean(0) + two[members].mean(0)) / 2
        share = 2 * p * (1 - p) * n / (n - 1)  # of two of the n rows, not the same one
        expected += len(members) * share.sum()
        variance += len(members) * (share * (1 - share)).sum()
    return ((one != two).sum() - expected) / np.sqrt(variance)


def test_simulated_people_have_two_copies_drawn_at_random():
    data = load("simulated haplotypes")
    one, two, labels = data.train[::2], data.train[1::2], data.train_labels[::2]
    assert abs(excess_of_mixed(one, two, labels)) < 4
    # Half of the people given a row from another population.
    assert excess_of_mixed(one, np.roll(two, 100, axis=0), labels) > 20


@needs(haplotypes.FILE)
def test_the_real_genotypes_are_those_of_people():
    genotypes = load("genotypes", path=DATA_FOLDER)
    check_sums(genotypes, load("human haplotypes", path=DATA_FOLDER))
    assert genotypes.name == "genotypes"
    assert genotypes.train.shape == (2002, 805) and genotypes.test.shape == (502, 805)
    counts = np.bincount(np.append(genotypes.train_labels, genotypes.test_labels))
    assert counts.tolist() == [661, 347, 504, 503, 489]
    with np.load(os.path.join(DATA_FOLDER, haplotypes.FILE)) as content:
        people, copies = content["sample_id"], content["haplotype"]
        bits = np.unpackbits(content["bits"], axis=1, count=805)
        population = content["population"]
    assert np.array_equal(people[::2], people[1::2]) and len(set(people)) == 2504
    assert np.array_equal(copies, np.tile([0, 1], 2504))
    # Parents of a person are more alike than strangers of their population ...
    one, two, population = bits[::2], bits[1::2], population[::2]
    assert excess_of_mixed(one, two, population) < -10
    # ... which rows of two people of one population are not.
    order = np.argsort(population, kind="stable")
    shuffled = np.lexsort((np.random.default_rng(0).random(len(order)), population))
    assert abs(excess_of_mixed(one[order], two[shuffled], population[order])) < 4
