"""The tree of a training run: modes at decreasing ages, and which flow together."""

import math
from dataclasses import dataclass

import numpy as np

from rbmlib.checks import check_integers, check_positive, shown
from rbmlib.mode_tracking.labels import check_label_numbers, label_counts
from rbmlib.mode_tracking.levels import (
    Level,
    check_eps,
    check_levels,
    check_unassigned,
)
from rbmlib.mode_tracking.newick import check_names, length_text, quote


@dataclass(frozen=True, eq=False, repr=False)
class ModeTree:
    """Modes of the oldest machine as leaves, and their mergers in younger machines.

    Attributes
    ----------
    levels : tuple of Level
        From the oldest machine to the youngest; each has fewer modes than the one
        before, at least one of which flows to each of its modes.
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

    Raises
    ------
    TypeError, ValueError
        Levels, leaves, ages or counts that do not belong together; an order or a
        distance that is none.

    Examples
    --------
    >>> young = Level(10, m_v=[[0.5, 0.5]], up=[0])
    >>> old = Level(99, m_v=[[0.0, 0.5], [1.0, 0.5]], up=[0, 0])
    >>> levels = old, young
    >>> tree = ModeTree(levels, [0, 0, 1], [99, 10], [2, 1], {}, order=2, eps=0.01)
    >>> tree
    ModeTree(2 leaves, 2 levels from age 99 to 10, 3 of 3 samples)
    >>> tree.newick(names=["left", "right"])
    '(left:0.125,right:0.125);'
    >>> tree.mode_of_leaf(1).tolist(), tree.mode_of(1).tolist()
    ([0, 0], [0, 0, 0])
    >>> tree.children(1, mode=0).tolist()
    [0, 1]
    >>> tree.label_counts([2, 0, 1]).tolist(), tree.leaf_labels([2, 2, 1]).tolist()
    ([[1, 0, 1], [0, 1, 0]], [2, 1])
    """

    levels: tuple[Level, ...]
    leaf_of: np.ndarray
    ages: np.ndarray
    n_modes: np.ndarray
    unassigned: dict
    order: int
    eps: float

    def __post_init__(self):
        levels = check_levels(self.levels)
        n_leaves = len(levels[0])
        ages = check_integers(self.ages, "ages", ("n_ages",), 0, 2**63 - 1)
        checked = {
            "levels": levels,
            "leaf_of": check_integers(
                self.leaf_of, "leaf_of", ("n_samples",), -1, n_leaves - 1
            ),
            "ages": ages,
            "n_modes": check_integers(
                self.n_modes, "n_modes", (len(ages),), -1, n_leaves
            ),
            "unassigned": check_unassigned(self.unassigned),
            "order": check_positive(self.order, "order", most=3),
            "eps": check_eps(self.eps),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if (ages[1:] >= ages[:-1]).any():
            raise ValueError(f"ages must decrease, got {shown(ages.tolist())}")
        counts = dict(zip(ages.tolist(), self.n_modes.tolist(), strict=True))
        for level in levels:
            if counts.get(level.age) != len(level):
                raise ValueError(
                    f"ages and n_modes must have the {len(level)} modes of the level "
                    f"of age {level.age}, got {counts.get(level.age)} there"
                )

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

    def _check_level(self, level, least=0):
        return check_positive(level, "level", least, len(self.levels) - 1)

    def mode_of_leaf(self, level):
        """Return the mode of a level to which each leaf flows, shape (n_leaves,).

        Raises
        ------
        ValueError, TypeError
            A level that the tree does not have.
        """
        level = self._check_level(level)
        mode = np.arange(self.n_leaves)
        for below in self.levels[:level]:
            mode = below.up[mode]
        return mode

    def mode_of(self, level):
        """Return the mode of each sample at a level, -1 without one, (n_samples,)."""
        return np.where(self.leaf_of < 0, -1, self.mode_of_leaf(level)[self.leaf_of])

    def children(self, level, mode):
        """Return the modes of the level before, older, that flow to this mode.

        Raises
        ------
        ValueError, TypeError
            A level that is no level of the tree or the first, which has no children; or
            a mode that the level does not have.
        """
        level = self._check_level(level, least=1)
        mode = check_positive(mode, "mode", 0, len(self.levels[level]) - 1)
        return np.flatnonzero(self.levels[level - 1].up == mode)

    def way(self, start, end):
        """Return the way from a leaf to another, through where they flow together.

        Parameters
        ----------
        start, end : int
            Leaves.

        Returns
        -------
        list of (int, int)
            Level and mode of each station: up to the first common mode, and down again.

        Raises
        ------
        ValueError, TypeError
            Leaves that the tree does not have, or that flow to different modes of the
            last level.

        Examples
        --------
        >>> young, old = Level(10, [[0.5]], [0]), Level(99, [[0.0], [1.0]], [0, 0])
        >>> tree = ModeTree((old, young), [0, 1], [99, 10], [2, 1], {}, 1, eps=0.01)
        >>> tree.way(0, 1)
        [(0, 0), (1, 0), (0, 1)]
        """
        for name, leaf in (("start", start), ("end", end)):
            check_positive(leaf, name, 0, self.n_leaves - 1)
        up, down = [], []
        for level in range(len(self.levels)):
            modes = self.mode_of_leaf(level)
            if modes[start] == modes[end]:
                return [*up, (level, int(modes[start])), *down[::-1]]
            up.append((level, int(modes[start])))
            down.append((level, int(modes[end])))
        raise ValueError(
            f"end must flow together with start, the leaf {start}, in the youngest "
            f"machine, got {end}"
        )

    def branch_lengths(self, level):
        """Return the mean squared distance of each mode to its parent, (n_modes,).

        The modes of the last level have length 0; a level that the tree does not have
        is refused as in `mode_of_leaf`.
        """
        level = self._check_level(level)
        here = self.levels[level]
        if level + 1 == len(self.levels):
            return np.zeros(len(here))
        above = self.levels[level + 1].m_v[here.up]
        return np.square(here.m_v - above).mean(1)

    def leaf_labels(self, labels):
        """Return the most frequent label among the samples of each leaf, (n_leaves,).

        Ties go to the smaller label.  A leaf without a sample has -1, or "" among
        labels that are texts.  Others are refused as in `label_counts`.
        """
        labels, texts = check_label_numbers(labels, len(self.leaf_of))
        counts = label_counts(self.leaf_of, labels, self.n_leaves)
        some, most = counts.any(1), counts.argmax(1)
        if texts is None:
            return np.where(some, most, -1)
        return np.where(some, texts[most], "")

    def label_counts(self, labels):
        """Return how many samples of each label a leaf has, (n_leaves, n_labels).

        As the function `label_counts`: integers >= 0, or texts.

        Raises
        ------
        TypeError, ValueError
            Labels that are neither, or not one for each sample.
        """
        labels, _ = check_label_numbers(labels, len(self.leaf_of))
        return label_counts(self.leaf_of, labels, self.n_leaves)

    def leaf_order(self):
        """Return the leaves in the order in which a drawing has no crossing."""
        modes = [np.arange(self.n_leaves)]
        for below in self.levels[:-1]:
            modes.append(below.up[modes[-1]])
        return np.lexsort(modes)  # by the youngest level first

    def newick(self, names=None):
        """Return the tree in Newick format; a node with one child is left out.

        A branch is as long as the sum of `branch_lengths` along it, written with all
        digits and no exponent.  Names of other characters than letters, digits, dots
        and hyphens are quoted.  Biopython, DendroPy, ete4 (``parser=1``), scikit-bio
        and treeswift read the same names, lengths and groups, but for these: treeswift
        drops apostrophes, and DendroPy refuses "a" beside "A" unless it is told
        ``case_sensitive_taxon_labels=True``.  toytree does not know quotes: it keeps
        them as part of the name, drops blanks between them, and takes a comma, colon
        or bracket there for a mark.

        Parameters
        ----------
        names : sequence of str, optional
            Of the leaves; default their numbers.

        Raises
        ------
        TypeError
            Names that are no texts, or in no order.
        ValueError
            Not one name for each leaf, a name twice, or one that those libraries
            misread (`rbmlib.mode_tracking.newick.check_names`); or a branch whose
            length is not finite.
        """
        names = [str(i) for i in range(self.n_leaves)] if names is None else names
        texts = [quote(name) for name in check_names(names, self.n_leaves)]
        # What is known of the branch above each text: one length for each level.
        parts = [[length] for length in self.branch_lengths(0)]
        for level in range(1, len(self.levels)):
            texts, parts = self._joined(level, texts, parts)
        if len(self.levels) > 1 and len(texts) == 1:
            return f"{texts[0]};"
        return f"{_fork(texts, parts)};"

    def _joined(self, level, texts, parts):
        """Return the texts and branches of a level, given those of the one before."""
        up, lengths = self.levels[level - 1].up, self.branch_lengths(level)
        order = np.argsort(up, kind="stable")
        families = np.split(
            order, np.searchsorted(up[order], np.arange(1, len(lengths)))
        )
        joined, above = [], []
        for family, length in zip(families, lengths, strict=True):
            if len(family) == 1:
                joined.append(texts[family[0]])
                above.append(parts[family[0]])
                above[-1].append(length)
            else:
                joined.append(
                    _fork([texts[i] for i in family], [parts[i] for i in family])
                )
                above.append([length])
        return joined, above


def _fork(texts, parts):
    """Return a node with these children; a branch is the sum of its parts."""
    # fsum: whatever their order, the same digits.
    branches = (
        f"{text}:{length_text(math.fsum(lengths))}"
        for text, lengths in zip(texts, parts, strict=True)
    )
    return f"({','.join(branches)})"
