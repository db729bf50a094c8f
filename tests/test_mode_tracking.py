"""The tree of learning: known trees, known counts, and what must not be counted."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy import sparse

from rbmlib import datasets, mean_field, trained, training
from rbmlib.mode_tracking import (
    Level,
    ModeTree,
    assign,
    cluster_purity,
    covariance_between,
    draw,
    draw_radial,
    drawing,
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
# Chains stay in the branch in which they begin; the tree is of the machines.
pytestmark = pytest.mark.filterwarnings("ignore:.* chains fall behind:RuntimeWarning")


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
        (dict(data=[[0, 1]], eps=0.0), "eps must be .*got 0.0"),
        (dict(data=[[0, 1]], eps=np.inf), "eps must be a finite number.*got inf"),
        (dict(data=[[0, 1]], order=5), "order must be"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    run = Trajectory([0], [RBM.random(2, 1, seed=0)])
    with pytest.raises(ValueError, match=message):
        track(run, **arguments)
    with pytest.raises(TypeError, match="trajectory must be a Trajectory, got"):
        track(list(run), **arguments)


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
    draw_radial(right, by_hand(), [0, 0, 1, 1, 1, 0], names=[names[0], names[2]])
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
        (dict(levels=()), "levels must hold at least 1"),
        (dict(levels=small_tree().levels[::-1]), "fewer modes .* got 1 and then 2"),
        (dict(leaf_of=np.array([0, 2])), r"leaf_of .* in \[-1, 1\], got 2"),
        (
            dict(leaf_of=np.array([0.0])),
            "leaf_of must hold integers, got dtype float",
        ),
        (
            dict(levels=(Level(9, np.zeros((2, 1)), np.array([0, 1])),)),
            r"levels\[0\].up must hold .* in \[0, 0\], got 1",
        ),
        (
            dict(
                levels=[Level(9, np.eye(3), [0, 0, 0]), Level(5, np.eye(2, 3), [0, 0])]
            ),
            r"levels\[0\].up must lead to each mode .* leads to 1",
        ),
        (
            dict(levels=[Level(9, np.eye(2), [0, 0]), Level(5, [[0, 1, 2]], [0])]),
            "the same units, got modes of 2 and 3",
        ),
        (
            dict(levels=[Level(5, np.eye(2), [0, 0]), Level(5, [[0, 1]], [0])]),
            "levels must have decreasing ages, got 5 and then 5",
        ),
        (dict(levels=[3]), r"levels\[0\] must be a Level, got 3"),
        (dict(ages=[5, 9]), r"ages must decrease, got \[5, 9\]"),
        (dict(ages=[9, 4]), "the 1 modes of the level of age 5, got None"),
        (dict(n_modes=[2, 2]), "the 1 modes of the level of age 5, got 2"),
        (dict(n_modes=[2]), r"n_modes must have shape \(2,\), got \(1,\)"),
        (dict(unassigned={"cycle": -1}), r"unassigned\['cycle'\] .* got -1"),
        (dict(order=4), "order must be at most 3, got 4"),
        (dict(eps=0), "eps must be .* got 0"),
    ],
)
def test_levels_that_do_not_belong_together_are_refused(change, message):
    with pytest.raises((ValueError, TypeError), match=message):
        small_tree(**change)


def test_the_way_between_leaves_turns_where_they_meet():
    oldest = Level(12, np.array([[0.0], [0.4], [1.0]]), np.array([0, 0, 1]))
    levels = oldest, *small_tree().levels
    tree = small_tree(levels=levels, ages=[12, 9, 5], n_modes=[3, 2, 1])
    assert tree.way(0, 1) == [(0, 0), (1, 0), (0, 1)]
    assert tree.way(1, 2) == [(0, 1), (1, 0), (2, 0), (1, 1), (0, 2)]
    assert tree.way(2, 1) == tree.way(1, 2)[::-1] and tree.way(2, 2) == [(0, 2)]
    apart = small_tree(levels=levels[:2], ages=[12, 9], n_modes=[3, 2])
    with pytest.raises(ValueError, match="end must flow together .* leaf 0.*got 2"):
        apart.way(0, 2)


def drawn(**settings):
    return draw(Figure().subplots(), small_tree(), **settings)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Level(9, np.zeros((2, 1)), [0]), r"up must have shape \(2,\)"),
        (lambda: Level(-1, [[0.0]], [0]), "age must be at least 0, got -1"),
        (lambda: small_tree().mode_of_leaf(2), "level must be at most 1, got 2"),
        (lambda: small_tree().mode_of(-1), "level must be at least 0, got -1"),
        (lambda: small_tree().branch_lengths(-1), "level must be .* got -1"),
        (lambda: small_tree().children(0, 0), "level must be at least 1, got 0"),
        (lambda: small_tree().children(1, 1), "mode must be at most 0, got 1"),
        (lambda: small_tree().way(0, 2), "end must be at most 1, got 2"),
        (lambda: small_tree().leaf_labels(["a", 1, "a"]), "all texts .* got 1"),
        (lambda: small_tree().leaf_labels([0, 1]), r"labels must have shape \(3,\)"),
        (lambda: label_counts([0, 1], [0]), r"labels must have shape \(2,\)"),
        (lambda: label_counts([0, 1], [0, -1]), "labels must .* got -1"),
        (lambda: label_counts([0, 1], [0, 1], 1), "n_groups must be at least 2, got 1"),
        (lambda: label_counts([], []), "groups must hold integers"),
        (lambda: label_counts([0.5], [1]), "groups must hold integers.*float64"),
        (lambda: label_counts([0], [10**12]), "labels .* got 1 times 1000000000001"),
        (lambda: label_counts([10**12], [0]), "groups .* got 1000000000001 times 1"),
        (lambda: label_counts([0], np.ma.array([1], mask=True)), "masked"),
        (lambda: cluster_purity([0, 0.5], [0, 1]), "clusters must hold integers"),
        (lambda: cluster_purity([0, 1], [0]), "labels must be one for each of the 2"),
        (
            lambda: cluster_purity([0, 1], ["a", 1]),
            "all texts or all .* >= 0, got 1",
        ),
        (lambda: purity(small_tree(), [0, 1, 1], n_shuffles=0), "n_shuffles"),
        (lambda: covariance_between([[1, 2]], [1, 1]), r"sizes must have shape \(1,\)"),
        (lambda: covariance_between([[1, 2]], [0]), "sizes must .* got 0"),
        (lambda: covariance_between([[1, np.nan]], [2]), "sums .*finite.* got nan"),
        (lambda: principal_axes(np.ones((2, 3))), r"got \(2, 3\)"),
        (lambda: principal_axes([[1, 2], [0, 1]]), r"symmetric, got 2 at \(0, 1\)"),
        (lambda: principal_axes([[np.inf, 0], [0, 1]]), "finite numbers.*got inf"),
        (lambda: group([[0.0], [np.nan]]), "m_v must hold finite numbers.*got nan"),
        (lambda: group([0.0]), "m_v must have shape"),
        (lambda: group([[0.0]], 5e-324), "eps must be a finite number .*got 5e-324"),
        (lambda: drawn(labels=[0, 1]), r"labels must have shape \(3,\)"),
        (lambda: drawn(shape=(1, 2)), r"shape must have a product of 1, .* \(1, 2\)"),
        (lambda: drawn(shape=(1.0, 1.0)), "shape must hold integers"),
        (lambda: drawn(zoom=0), "zoom must be .* got 0"),
        (lambda: drawn(max_levels=0), "max_levels must be at least 1, got 0"),
        (lambda: drawn(names="ab"), "names must be a sequence of texts, got 'ab'"),
        (
            lambda: drawn(labels=[0, 1, 2], names=["a", "b"]),
            "names must be one for each label from 0 to 2, got 2",
        ),
        (lambda: draw(None, small_tree()), "ax must be Axes of Matplotlib, got None"),
        (lambda: draw_radial(Figure().subplots(), None), "tree must be a ModeTree"),
        (
            lambda: purity(small_tree(leaf_of=[-1, -1]), [0, 0]),
            "tree must have a sample with a mode, got none",
        ),
    ],
)
def test_arguments_are_named(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_leaves_without_samples_are_drawn_and_have_no_label():
    tree = small_tree(leaf_of=[1, 1, -1])
    assert tree.leaf_labels([2, 0, 0]).tolist() == [-1, 0]
    ax = Figure().subplots()
    assert draw(ax, tree, [2, 0, 0]) is ax
    tree = small_tree(leaf_of=[-1])
    assert draw_radial(ax, tree, [0]) is ax


def test_levels_of_images_are_at_most_those_of_the_tree():
    ax = drawn(shape=(1, 1), max_levels=10**12)
    assert len(ax.artists) == 3


def test_labels_of_a_drawing_may_be_large():
    ax = drawn(labels=[10**12 + 3, 0, 0])
    assert ax.lines[0].get_color() == drawing.COLOURS[3]


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_a_covariance_is_symmetric_up_to_its_rounding(scale):
    x = np.random.default_rng(0).normal(size=(50, 20))
    covariance = (x.T * np.full(50, 0.02)) @ x * scale
    noise = np.full((20, 20), 1e-15 * np.abs(covariance).max())
    rounded = covariance + np.triu(noise, 1)
    assert np.array_equal(principal_axes(rounded), principal_axes(covariance))
    wrong = covariance + np.triu(1e6 * noise, 1)
    with pytest.raises(ValueError, match=r"covariance must be symmetric, .* \(0, 1\)"):
        principal_axes(wrong)


def test_data_meet_their_own_modes_however_small_eps_is():
    """Differences of squares would round by 1e-8, and lose half of these samples."""
    run = Trajectory([100], [RBM.random(300, 3, scale=1.0, seed=1)])
    data = np.random.default_rng(0).random((20, 300)) < 0.5
    tree = track(run, data, order=1, eps=1e-9, tol=1e-14)
    level, mode = assign(tree, run, data, tol=1e-14)
    assert (level == 0).all() and np.array_equal(mode, tree.leaf_of)


def test_sparse_data_have_the_same_tree(small):
    data, run, tree = small
    few = data.samples[:100]
    new = sparse.csr_array(few)
    assert np.array_equal(track(run, new).leaf_of, track(run, few).leaf_of)
    assert np.array_equal(assign(tree, run, new), assign(tree, run, few))


def test_purity_takes_texts_as_labels():
    assert cluster_purity([0, 0], ["a\0", "a"]) == 0.5
    assert cluster_purity([7, 7, 9], ["b", "a", "a"]) == pytest.approx(2 / 3)
    assert cluster_purity([0, 0], ["1", "01"]) == 0.5
    texts = purity(by_hand(), np.array(list("aabbbz")))
    assert texts == purity(by_hand(), [0, 0, 1, 1, 1, 5])


def test_new_samples_need_the_run_of_their_tree():
    run = Trajectory([9], [RBM.random(2, 1, seed=0)])
    with pytest.raises(ValueError, match="whose modes have 1 units; got .* of 2"):
        assign(small_tree(), run, [[0, 1]])
    run = Trajectory([9], [RBM.random(1, 1, seed=0)])
    with pytest.raises(ValueError, match=r"machines of the ages \[9, 5\]; got Traj"):
        assign(small_tree(), run, [[0]])
    run = Trajectory([8], [RBM.random(1, 1, seed=0)])
    with pytest.raises(ValueError, match="whose oldest age is 9; got 8"):
        assign(small_tree(), run, [[0]])


def test_texts_are_labels_of_counts_leaves_and_drawings():
    tree, numbers, texts = by_hand(), [0, 0, 1, 1, 1, 2], list("aabbbz")
    assert tree.label_counts(texts).tolist() == tree.label_counts(numbers).tolist()
    of_leaf = tree.leaf_labels(numbers)
    assert tree.leaf_labels(texts).tolist() == ["abz"[k] for k in of_leaf]
    assert label_counts([0, 1, 0], ["y", "x", "y"]).tolist() == [[0, 2], [1, 0]]
    assert small_tree(leaf_of=[1, -1]).leaf_labels(["a", "b"]).tolist() == ["", "a"]
    for function in (draw, draw_radial):
        one, other = (
            function(Figure().subplots(), tree, labels, names=names)
            for labels, names in ((texts, None), (numbers, ["a", "b", "z"]))
        )
        colours = [[line.get_color() for line in ax.lines] for ax in (one, other)]
        assert colours[0] == colours[1]
        keys = [ax.get_legend() or ax.legend() for ax in (one, other)]
        words = [[text.get_text() for text in key.get_texts()] for key in keys]
        assert words == [["a", "b", "z"]] * 2
    assert drawn(labels=["a", "b", "a"]).get_legend() is not None
    with pytest.raises(ValueError, match="all texts or all integers >= 0, got 1"):
        drawn(labels=["a", 1, "a"])


def test_more_texts_than_colours_have_no_key():
    tree = small_tree(leaf_of=[0] * 11)
    texts = [f"label {k}" for k in range(11)]
    assert draw(Figure().subplots(), tree, texts).get_legend() is None
    ax = draw_radial(Figure().subplots(), tree, texts)
    assert ax.get_legend_handles_labels()[1] == []


def test_two_leaves_on_a_line_are_drawn_in_a_square():
    ax = draw_radial(Figure().subplots(), small_tree())
    assert ax.get_xlim() == ax.get_ylim() and ax.get_ylim()[1] >= 1
