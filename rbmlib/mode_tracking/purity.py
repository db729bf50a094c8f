"""Do the modes know the labels?  Purity of each level, against chance."""

from dataclasses import dataclass

import numpy as np

from rbmlib import randomness
from rbmlib.checks import check_instance, check_integers, check_positive, shown
from rbmlib.mode_tracking.labels import LARGEST, label_counts, numbered
from rbmlib.mode_tracking.tree import ModeTree
from rbmlib.randomness import check_seed


@dataclass(frozen=True)
class LevelPurity:
    """Purity of one level of a tree.

    Attributes
    ----------
    age, n_modes : int
    purity : float
        Share of samples whose label is the most frequent one of their mode.
    random, random_spread : float
        Mean and standard deviation of the same number with the labels shuffled: with
        many small modes chance alone gives high purity.
    """

    age: int
    n_modes: int
    purity: float
    random: float
    random_spread: float


def purity(tree, labels, *, seed=0, n_shuffles=20):
    """Compare every level of a tree with labels that it has never seen.

    Samples without a mode are left out.

    Parameters
    ----------
    tree : ModeTree
    labels : array_like of non-negative int, or of str, shape (n_samples,)
    seed : int
        Of the shuffles.
    n_shuffles : int

    Returns
    -------
    list of LevelPurity
        From the oldest level to the youngest.

    Raises
    ------
    ValueError, TypeError
        Labels that are no integers >= 0 and no texts, or not one for each sample; no
        shuffle; or a tree without a sample that has a mode.

    Examples
    --------
    >>> from rbmlib.mode_tracking import Level
    >>> levels = Level(9, [[0, 1], [1, 1]], [0, 0]), Level(1, [[0.5, 1]], [0])
    >>> tree = ModeTree(levels, [0, 0, 1], [9, 1], [2, 1], {}, order=2, eps=0.01)
    >>> [level.purity for level in purity(tree, [4, 4, 7], n_shuffles=5)]
    [1.0, 0.6666666666666666]
    """
    check_instance(tree, "tree", ModeTree)
    labels = numbered(labels, len(tree.leaf_of))
    seed, n_shuffles = check_seed(seed), check_positive(n_shuffles, "n_shuffles")
    there = tree.leaf_of >= 0
    if not there.any():
        raise ValueError(
            f"tree must have a sample with a mode, got none: {shown(tree)}"
        )
    known = labels[there]
    shuffled = [
        known[randomness.permutation(seed, n, len(known))] for n in range(n_shuffles)
    ]
    found = []
    for k, level in enumerate(tree.levels):
        mode = tree.mode_of(k)[there]
        chance = [_purity(mode, x) for x in shuffled]
        found.append(
            LevelPurity(
                level.age,
                len(level),
                _purity(mode, known),
                float(np.mean(chance)),
                float(np.std(chance)),
            )
        )
    return found


def cluster_purity(clusters, labels):
    """Return the share of samples with the most frequent label of their cluster.

    Parameters
    ----------
    clusters : array_like of int, shape (n_samples,)
    labels : array_like of non-negative int, or of str, shape (n_samples,)

    Returns
    -------
    float

    Raises
    ------
    ValueError
        Clusters or labels of other types, or of different number, or none.

    Examples
    --------
    >>> cluster_purity([0, 0, 0, 1], [2, 2, 1, 1])
    0.75
    """
    clusters = check_integers(clusters, "clusters", ("n_samples",), -LARGEST, LARGEST)
    return _purity(clusters, numbered(labels, len(clusters)))


def _purity(clusters, labels):
    clusters = np.unique(clusters, return_inverse=True)[1].ravel()
    return float(label_counts(clusters, labels).max(1).sum() / len(labels))
