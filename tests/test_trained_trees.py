"""The stored trees: their counts, and what their record refuses."""

import numpy as np
import pytest

from rbmlib import trained
from rbmlib.mode_tracking import covariance_between, principal_axes
from rbmlib.trained import make_trees, record, trees


def test_a_tree_made_again_must_be_the_recorded_one():
    recorded = {
        "m_0": np.array([[0, 128, 255]], np.uint8),
        "up_0": np.array([0, 0, 1]),
        "age_0": np.int64(5),
    }
    assert record.differences(dict(recorded), recorded) == []
    for key, value in (
        ("m_0", np.array([[1, 127, 255]], np.uint8)),
        ("m_0", np.zeros((1, 2), np.uint8)),
        ("up_0", np.array([0, 1, 1])),
        ("age_0", np.int64(6)),
        ("extra", np.int64(0)),
    ):
        assert record.differences(recorded | {key: value}, recorded) == [key]


def test_stored_counts_of_alleles_are_those_of_the_stored_means():
    human, source = trees.load("human haplotypes"), trained.load("human_haplotypes")
    sizes = np.bincount(human.tree.leaf_of)
    assert human.leaf_sums.sum(0) / sizes.sum() == pytest.approx(source.mean)
    assert (human.leaf_sums <= sizes[:, None]).all()
    assert human.cloud.sum() == sizes.sum()  # the edges leave nobody out
    inside = source.covariance - covariance_between(human.leaf_sums, sizes)
    assert np.linalg.eigvalsh(inside).min() > -1e-12
    axes = principal_axes(source.covariance)
    assert axes.T @ axes == pytest.approx(np.eye(2), abs=1e-12)
    assert trees.load("mnist").leaf_sums is None


@pytest.mark.parametrize("name", trees.TREES)
def test_a_stored_tree_is_made_as_its_source_says(name):
    stored, source = trees.load(name), make_trees.SOURCES[name]
    run = trained.load(source.run)
    assert stored.tree.levels[0].age == stored.tree.ages[0] == source.oldest
    assert set(stored.tree.ages) <= set(run.ages)
    lost = sum(stored.tree.unassigned.values())
    assert len(stored.labels) == source.n_samples - lost
    assert stored.tree.order == source.order
    assert bool(stored.comparison) == bool(source.n_sweeps)


def test_unknown_names_are_refused():
    names = "'mnist', 'faces', 'human haplotypes', got 'cats'"
    for call in (trees.load, make_trees.make):
        with pytest.raises(ValueError, match=names):
            call("cats")
