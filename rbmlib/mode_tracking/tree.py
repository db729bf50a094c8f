"""The tree of a training run: modes at decreasing ages, and which flow together."""

from dataclasses import dataclass

import numpy as np

from rbmlib.mode_tracking.newick import quote


@dataclass(frozen=True, eq=False)
class Level:
    """The modes of one age.

    Attributes
    ----------
    age : int
    m_v : ndarray, shape (n_modes, n_visible)
        Visible means of each mode.
    up : ndarray of int, shape (n_modes,)
        The mode of the next level, of a younger machine, to which each flows.  Zeros on
        the last level: its modes join at the root.
    """

    age: int
    m_v: np.ndarray
    up: np.ndarray

    def __len__(self):
        return len(self.m_v)


@dataclass(frozen=True, eq=False, repr=False)
class ModeTree:
    """Modes of the oldest machine as leaves, and their mergers in younger machines.

    Attributes
    ----------
    levels : tuple of Level
        From the oldest machine to the youngest; each has fewer modes than the one
        before.
    leaf_of : ndarray of int, shape (n_samples,)
        Leaf of each sample, -1 where the iteration from it reached no mode.
    ages, n_modes : ndarray of int, shape (n_ages,)
        Every age that was visited, decreasing, and the number of modes there; -1 where
        a representative did not settle, an age that cannot be a level.
    unassigned : dict of str to int
        How many samples reached no mode at the oldest age, by what happened to them.
    order : int
        Of the mean-field expansion.
    eps : float
        Distance up to which fixed points are one mode, root mean square over units.

    Examples
    --------
    >>> young = Level(10, np.array([[0.5, 0.5]]), np.array([0]))
    >>> old = Level(99, np.array([[0.0, 0.5], [1.0, 0.5]]), np.array([0, 0]))
    >>> tree = ModeTree(
    ...     (old, young), np.array([0, 0, 1]), np.array([99, 10]), np.array([2, 1]),
    ...     {}, order=2, eps=0.01,
    ... )
    >>> tree
    ModeTree(2 leaves, 2 levels from age 99 to 10, 3 of 3 samples)
    >>> tree.newick(names=["left", "right"])
    '(left:0.125,right:0.125);'
    """

    levels: tuple[Level, ...]
    leaf_of: np.ndarray
    ages: np.ndarray
    n_modes: np.ndarray
    unassigned: dict
    order: int
    eps: float

    def __repr__(self):
        assigned = int((self.leaf_of >= 0).sum())
        leaves = f"{self.n_leaves} lea{'f' if self.n_leaves == 1 else 'ves'}"
        return (
            f"ModeTree({leaves}, {len(self.levels)} levels from age "
            f"{self.levels[0].age} to {self.levels[-1].age}, "
            f"{assigned} of {len(self.leaf_of)} samples)"
        )

    @property
    def n_leaves(self):
        """Number of modes of the oldest machine."""
        return len(self.levels[0])

    def mode_of_leaf(self, level):
        """Return the mode of a level to which each leaf flows, shape (n_leaves,)."""
        mode = np.arange(self.n_leaves)
        for below in self.levels[:level]:
            mode = below.up[mode]
        return mode

    def mode_of(self, level):
        """Return the mode of each sample at a level, -1 without one, (n_samples,)."""
        return np.where(self.leaf_of < 0, -1, self.mode_of_leaf(level)[self.leaf_of])

    def children(self, level, mode):
        """Return the modes of the level before, older, that flow to this mode."""
        return np.flatnonzero(self.levels[level - 1].up == mode)

    def branch_lengths(self, level):
        """Return the mean squared distance of each mode to its parent, (n_modes,).

        The modes of the last level have length 0.
        """
        here = self.levels[level]
        if level + 1 == len(self.levels):
            return np.zeros(len(here))
        above = self.levels[level + 1].m_v[here.up]
        return np.square(here.m_v - above).mean(1)

    def leaf_labels(self, labels):
        """Return the most frequent label among the samples of each leaf, (n_leaves,).

        Ties go to the smaller label.
        """
        return self.label_counts(labels).argmax(1)

    def label_counts(self, labels):
        """Return how many samples of each label a leaf has, (n_leaves, n_labels).

        Raises
        ------
        ValueError
            Labels that are no integers >= 0, or not one for each sample.
        """
        labels = check_labels(labels, len(self.leaf_of))
        return label_counts(self.leaf_of, labels, self.n_leaves)

    def leaf_order(self):
        """Return the leaves in the order in which a drawing has no crossing."""
        order = []

        def visit(level, mode):
            if level == 0:
                order.append(mode)
            else:
                for child in self.children(level, mode):
                    visit(level - 1, child)

        for mode in range(len(self.levels[-1])):
            visit(len(self.levels) - 1, mode)
        return np.array(order)

    def newick(self, names=None):
        """Return the tree in Newick format; a node with one child is left out.

        A branch is as long as the sum of `branch_lengths` along it.

        Parameters
        ----------
        names : sequence of str, optional
            Of the leaves; default their numbers.

        Raises
        ------
        ValueError
            Not one name for each leaf.
        """
        names = [str(i) for i in range(self.n_leaves)] if names is None else names
        if len(names) != self.n_leaves:
            raise ValueError(f"names must be {self.n_leaves} names, got {len(names)}")
        lengths = [self.branch_lengths(k) for k in range(len(self.levels))]

        def text(level, mode, length):
            """Return the subtree, given the length that its branch already has."""
            if level == 0:
                return f"{quote(names[mode])}:{length:.6g}"
            below = self.children(level, mode)
            if len(below) == 1:
                only = below[0]
                return text(level - 1, only, length + lengths[level - 1][only])
            return f"({joined(level, below)}):{length:.6g}"

        def joined(level, modes):
            return ",".join(text(level - 1, i, lengths[level - 1][i]) for i in modes)

        top = len(self.levels)
        if top > 1 and len(self.levels[-1]) == 1:
            return f"({joined(top - 1, self.children(top - 1, 0))});"
        tops = range(len(self.levels[-1]))
        return f"({','.join(text(top - 1, i, 0.0) for i in tops)});"


def label_counts(groups, labels, n_groups=None):
    """Return how many samples of each label a group has, shape (n_groups, n_labels).

    Parameters
    ----------
    groups : array_like of int, shape (n_samples,)
        Samples of a negative group are not counted.
    labels : array_like of non-negative int, shape (n_samples,)
    n_groups : int, optional
        Default: up to the last group that has a sample.

    Examples
    --------
    >>> label_counts([0, 0, 1, -1], [2, 2, 0, 0]).tolist()
    [[0, 0, 2], [1, 0, 0]]
    """
    groups, labels = np.asarray(groups), np.asarray(labels)
    n_groups = groups.max() + 1 if n_groups is None else n_groups
    table = np.zeros((n_groups, labels.max() + 1), np.int64)
    there = groups >= 0
    np.add.at(table, (groups[there], labels[there]), 1)
    return table


def check_labels(labels, n_samples):
    """Return labels as non-negative integers, one a sample, or raise ValueError."""
    labels = np.asarray(labels)
    if labels.shape != (n_samples,) or labels.dtype.kind not in "iu":
        raise ValueError(
            f"labels must be {n_samples} integers, one for each sample, got "
            f"shape {labels.shape} and dtype {labels.dtype}"
        )
    if labels.size and labels.min() < 0:
        raise ValueError(f"labels must not be negative, got {labels.min()}")
    return labels
