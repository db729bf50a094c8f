"""The tree of learning: known trees, known counts, and what must not be counted."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rbmlib import datasets, mean_field, trained, training
from rbmlib.mode_tracking import (
    Level,
    ModeTree,
    assign,
    cluster_purity,
    covariance_between,
    draw,
    draw_radial,
    group,
    label_counts,
    principal_axes,
    purity,
    robinson_foulds,
    track,
    tracking,
)
from rbmlib.mode_tracking.drawing import colour_key
from rbmlib.rbm import RBM
from rbmlib.trajectories import Trajectory

DATA = Path(__file__).parent / "data"
NAMES = ["0.0", "0.1", "1.0", "1.1"]


def toy(seed):
    """Return a hierarchy of four leaves and a machine's training on it."""
    data = datasets.hierarchy(1000, 64, (2, 2), (0.5, 0.2), 0.05, seed)
    start = training.initial_machine(data.samples, 16, scale=0.01, seed=seed)
    run = training.train(
        start,
        data.samples,
        method="pcd",
        k=5,
        batch_size=200,
        n_updates=1500,
        learning_rate=0.05,
        seed=seed,
        checkpoints=60,
        progress=False,
    )
    return data, run


def distance_to_truth(tree, data):
    leaves = tree.leaf_labels(data.labels)
    if sorted(leaves) != [0, 1, 2, 3]:
        return None
    return robinson_foulds(tree.newick([NAMES[i] for i in leaves]), data.newick)


@pytest.fixture(scope="module")
def small():
    data, run = toy(0)
    return data, run, track(run, data.samples)


def test_the_true_tree_is_recovered_from_at_least_9_of_10_seeds():
    found = []
    for seed in range(10):
        data, run = toy(seed)
        found.append(distance_to_truth(track(run, data.samples), data))
    assert found.count(0) >= 9


def test_a_tree_made_from_the_wrong_labels_is_not_the_true_one(small):
    data, _, tree = small
    leaves = tree.leaf_labels(data.labels)
    crossed = [NAMES[(0, 2, 1, 3)[i]] for i in leaves]
    assert robinson_foulds(tree.newick(crossed), data.newick) > 0


def test_every_sample_is_with_its_own_kind(small):
    data, _, tree = small
    levels = purity(tree, data.labels)
    assert levels[0].purity > 0.99 and levels[0].random < 0.35
    assert levels[-1].n_modes == 1
    largest = np.bincount(data.labels).max() / 1000
    assert levels[-1].purity == largest == pytest.approx(levels[-1].random)
    top = purity(tree, data.level_labels[:, 0])
    two = next(level for level in top if level.n_modes == 2)
    assert two.purity > 0.99


def test_levels_are_nested_and_the_modes_are_fixed_points(small):
    data, run, tree = small
    sizes = [len(level) for level in tree.levels]
    assert sizes == sorted(set(sizes), reverse=True) and sizes[-1] == 1
    for k, level in enumerate(tree.levels):
        assert np.array_equal(np.unique(tree.mode_of_leaf(k)), np.arange(len(level)))
        again = mean_field.fixed_points(run.at(level.age), level.m_v)
        assert again.is_mode.all()
        assert np.abs(again.m_v - level.m_v).max() < 1e-4


def test_representatives_not_data_start_the_next_age(small, monkeypatch):
    data, run, _ = small
    starts = []
    true = tracking.fixed_points

    def watched(rbm, m0, **settings):
        starts.append(len(m0[0]) if isinstance(m0, tuple) else len(m0))
        return true(rbm, m0, **settings)

    monkeypatch.setattr(tracking, "fixed_points", watched)
    tree = track(run, data.samples)
    assert starts[0] == 1000 and max(starts[1:]) == tree.n_leaves


@pytest.mark.parametrize(
    "order, counts", [(1, [3, 2, 2, 1]), (2, [2, 2, 2, 1]), (3, [2, 2, 2, 1])]
)
def test_counts_of_the_run_of_another_library(order, counts):
    run = Trajectory.load(DATA / "rbms_tiny.h5")
    tree = track(run, run.chains, order=order)
    assert tree.n_modes.tolist() == counts
    assert tree.ages.tolist() == [3999, 1744, 760, 331]
    assert tree.unassigned == {}


def test_what_is_no_mode_has_no_leaf():
    """TAP jumps or sticks on a machine of strong weights; naive mean field does not."""
    whole = trained.load("digits").trajectory
    run = Trajectory(whole.ages[:-2], whole.machines[:-2])
    data = datasets.load("digits").train[:200]
    tree = track(run, data, max_iter=300)
    assert sum(tree.unassigned.values()) == (tree.leaf_of == -1).sum() > 100
    assert set(tree.unassigned) <= {"cycle", "spurious", "unfinished", "saddle"}
    naive = track(run, data, order=1)
    assert (naive.leaf_of >= 0).all()


def test_new_samples_find_their_branch(small):
    data, run, tree = small
    fresh = datasets.hierarchy(1500, 64, (2, 2), (0.5, 0.2), 0.05, 0)
    new, labels = fresh.samples[1000:], fresh.labels[1000:]
    level, mode = assign(tree, run, new)
    leaf = level == 0
    assert leaf.mean() > 0.9
    names = tree.leaf_labels(data.labels)
    assert (names[mode[leaf]] == labels[leaf]).mean() > 0.98
    own_level, own_mode = assign(tree, run, data.samples[:200])
    there = tree.leaf_of[:200] >= 0
    assert np.array_equal(own_mode[there], tree.leaf_of[:200][there])


def test_other_samples_meet_the_tree_where_they_join(small):
    """A tree of two of the leaves: the other samples join above them."""
    data, run, _ = small
    part = track(run, data.samples[np.isin(data.labels, [0, 2])])
    level, mode = assign(part, run, data.samples[data.labels == 1])
    assert np.median(level) > 0 and (level >= 0).mean() > 0.9


def test_groups_are_chains_of_short_steps():
    line = np.zeros((4, 25))
    line[:, 0] = [0.0, 0.08, 0.16, 0.9]  # rms steps of 0.016, and one of 0.148
    assert group(line, eps=0.02).tolist() == [0, 0, 0, 1]
    assert group(line, eps=0.01).tolist() == [0, 1, 2, 3]
    assert group(line[::-1], eps=0.02).tolist() == [0, 1, 1, 1]


# Trees as text


def by_hand():
    """Four leaves; two merge, then all but one, then all."""
    m = [np.array(x, float)[:, None] for x in ([0, 1, 2, 4], [0, 2, 4], [1, 4], [2])]
    up = [[0, 0, 1, 2], [0, 0, 1], [0, 0], [0]]
    levels = [
        Level(age, x, np.array(u))
        for age, x, u in zip((9, 8, 7, 6), m, up, strict=True)
    ]
    return ModeTree(
        tuple(levels), np.array([0, 1, 2, 3, 3, -1]), np.array([9, 8, 7, 6]),
        np.array([4, 3, 2, 1]), {"cycle": 1}, order=1, eps=0.1,
    )  # fmt: skip


def test_newick_of_a_tree_made_by_hand():
    tree = by_hand()
    # Leaf 2 stays at 2 and then moves to 1; leaf 3 stays twice and moves to 2.
    assert tree.newick() == "(((0:0,1:1):1,2:1):1,3:4);"
    assert tree.leaf_order().tolist() == [0, 1, 2, 3]
    assert tree.mode_of(1).tolist() == [0, 0, 1, 2, 2, -1]
    assert tree.mode_of(3).tolist() == [0, 0, 0, 0, 0, -1]


def test_purity_of_a_tree_made_by_hand():
    levels = purity(by_hand(), [0, 0, 1, 1, 1, 5])
    assert [level.purity for level in levels] == [1.0, 1.0, 0.8, 0.6]
    assert cluster_purity([7, 7, 9], [1, 0, 0]) == pytest.approx(2 / 3)


def test_a_forest_joins_at_its_root():
    levels = (Level(5, np.zeros((2, 3)), np.zeros(2, int)),)
    tree = ModeTree(levels, np.array([0, 1]), np.array([5]), np.array([2]), {}, 1, 0.1)
    assert tree.newick(["a b", "c"]) == "('a b':0,c:0);"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(data=[[0, 2]]), "states of binary units"),
        (dict(data=[[0, 1]], eps=0.0), "eps must be positive"),
        (dict(data=[[0, 1]], eps=np.inf), "eps must be positive and finite, got inf"),
        (dict(data=[[0, 1]], order=5), "order must be"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    run = Trajectory([0], [RBM.random(2, 1, seed=0)])
    with pytest.raises(ValueError, match=message):
        track(run, **arguments)


@pytest.mark.parametrize("labels", [[0, 1], [0.5] * 6, [-1] * 6])
def test_bad_labels_are_refused(labels):
    with pytest.raises(ValueError, match="labels must"):
        purity(by_hand(), labels)


# Pictures


def test_a_drawing_has_every_branch_and_image():
    tree = by_hand()
    figure, (left, right) = plt.subplots(1, 2)
    draw(left, tree, [0, 0, 1, 1, 1, 0], shape=(1, 1))
    # One for each mode but the root, and one before each fork.
    assert len(left.lines) == 9 + 6
    # Images: 4 leaves, the root, and two nodes between that have two children.
    assert len(left.artists) == 7
    draw_radial(right, tree, [0, 0, 1, 1, 1, 0], names=["x", "y"])
    assert len(right.collections[0].get_offsets()) == 4
    ends = np.linalg.norm(right.collections[0].get_offsets(), axis=1)
    assert ends == pytest.approx(np.full(4, 3.0))
    plt.close(figure)


def test_names_in_a_drawing_are_texts_and_not_formulas():
    names = ["$x_1", "_hidden", r"$\frac$"]
    figure, (left, right) = plt.subplots(1, 2)
    colour_key(left, names)
    draw_radial(right, by_hand(), [0, 0, 1, 1, 2, 0], names=[names[0], names[2]])
    for axes in (left, right):
        legend = axes.get_legend() or axes.legend()
        figure.canvas.draw()
        shown = [text.get_text().replace(r"\$", "$") for text in legend.get_texts()]
        assert shown == (names if axes is left else [names[0], names[2]])
    plt.close(figure)


def test_the_covariance_of_groups_is_that_of_their_means():
    x = np.array([[0, 1], [1, 1], [1, 0], [1, 1], [0, 0]])
    group_of = np.array([0, 0, 1, 1, 1])
    sums = np.array([x[group_of == g].sum(0) for g in (0, 1)])
    within = sum(
        (group_of == g).mean() * np.cov(x[group_of == g].T, bias=True) for g in (0, 1)
    )
    between = covariance_between(sums, np.bincount(group_of))
    assert within + between == pytest.approx(np.cov(x.T, bias=True))


def test_more_principal_axes_than_units_are_refused():
    with pytest.raises(ValueError, match="n_axes must be at most 2, got 3"):
        principal_axes(np.eye(2), 3)


# Input that is refused


def small_tree(**change):
    old = Level(9, np.array([[0.0], [1.0]]), np.array([0, 0]))
    young = Level(5, np.array([[0.5]]), np.array([0]))
    whole = dict(
        levels=(old, young), leaf_of=np.array([0, 1, -1]), ages=np.array([9, 5]),
        n_modes=np.array([2, 1]), unassigned={"cycle": 1}, order=1, eps=0.1,
    )  # fmt: skip
    return ModeTree(**whole | change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(levels=()), "levels must be at least one"),
        (dict(levels=small_tree().levels[::-1]), "fewer modes .* got 1 and then 2"),
        (dict(leaf_of=np.array([0, 2])), "leaf_of must be from -1 to 1, got 2"),
        (dict(leaf_of=np.array([0.0])), "leaf_of must be a row of integers"),
        (
            dict(levels=(Level(9, np.zeros((2, 1)), np.array([0, 1])),)),
            "up of level 0 must be from 0 to 0, got 1",
        ),
        (
            dict(levels=(Level(9, np.zeros((2, 1)), np.array([0])),)),
            "up of level 0 must be 2 integers",
        ),
    ],
)
def test_levels_that_do_not_belong_together_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        small_tree(**change)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: small_tree().mode_of_leaf(2), "level must be from 0 to 1, got 2"),
        (lambda: small_tree().mode_of(-1), "level must be from 0 to 1, got -1"),
        (lambda: small_tree().branch_lengths(-1), "level must be .* got -1"),
        (lambda: small_tree().children(0, 0), "level must be at least 1"),
        (lambda: small_tree().leaf_labels(["a", "b", "a"]), "np.unique"),
        (lambda: small_tree().leaf_labels([0, 1]), "labels must be 3 integers"),
        (lambda: label_counts([0, 1], [0]), "labels must be 2 integers"),
        (lambda: label_counts([0, 1], [0, -1]), "must not be negative, got -1"),
        (lambda: label_counts([0, 1], [0, 1], 1), "n_groups must be above .* got 1"),
        (lambda: label_counts([], []), "groups must be integers"),
        (lambda: label_counts([0.5], [1]), "groups must be integers.*float64"),
        (lambda: label_counts([0], [10**12]), "so small .* got 1000000000000"),
        (lambda: label_counts([0], np.ma.array([1])), "masked"),
        (lambda: cluster_purity([0, 0.5], [0, 1]), "clusters must be integers"),
        (lambda: cluster_purity([0, 1], [0]), "labels must be 2 integers"),
        (lambda: cluster_purity([0, 1], ["a", 1]), "all texts or all integers"),
        (lambda: purity(small_tree(), [0, 1, 1], n_shuffles=0), "n_shuffles"),
        (lambda: covariance_between([[1, 2]], [1, 1]), "sizes must be 1 integers"),
        (lambda: covariance_between([[1, 2]], [0]), "sizes must be at least 1, got 0"),
        (lambda: covariance_between([[1, np.nan]], [2]), "sums .*finite.* got nan"),
        (lambda: principal_axes(np.ones((2, 3))), r"got \(2, 3\)"),
        (lambda: principal_axes([[1, 2], [0, 1]]), "symmetric, got 2.0 and 0.0"),
        (lambda: principal_axes([[np.inf, 0], [0, 1]]), "finite numbers, got inf"),
        (lambda: group([[0.0], [np.nan]]), "m_v must hold finite numbers, got nan"),
        (lambda: group([0.0]), "m_v must be real numbers"),
        (lambda: draw(None, small_tree(), [0, 1]), "labels must be 3 integers"),
    ],
)
def test_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_purity_takes_texts_as_labels():
    assert cluster_purity([7, 7, 9], ["b", "a", "a"]) == pytest.approx(2 / 3)
    assert cluster_purity([0, 0], ["1", "01"]) == 0.5
    texts = purity(by_hand(), np.array(list("aabbbz")))
    assert texts == purity(by_hand(), [0, 0, 1, 1, 1, 5])


def test_new_samples_need_the_run_of_their_tree():
    run = Trajectory([9], [RBM.random(2, 1, seed=0)])
    with pytest.raises(ValueError, match="whose modes have 1 units; got .* of 2"):
        assign(small_tree(), run, [[0, 1]])
    run = Trajectory([8], [RBM.random(1, 1, seed=0)])
    with pytest.raises(ValueError, match="whose oldest age is 9; got 8"):
        assign(small_tree(), run, [[0]])
