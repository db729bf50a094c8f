"""Do the modes know the labels?  Purity of each level, against chance."""

from dataclasses import dataclass

import numpy as np

from rbmlib import randomness
from rbmlib.checks import check_positive
from rbmlib.mode_tracking.labels import check_labels, label_counts


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
        Labels that are no integers >= 0 and no texts, or not one for each sample; or
        no shuffle.
    """
    n_shuffles = check_positive(n_shuffles, "n_shuffles")
    labels = _numbered(labels, len(tree.leaf_of))
    there = tree.leaf_of >= 0
    known = labels[there]
    shuffled = [
        known[randomness.permutation(seed, n, len(known))] for n in range(n_shuffles)
    ]
    found = []
    for k, level in enumerate(tree.levels):
        mode = tree.mode_of(k)[there]
        chance = [cluster_purity(mode, x) for x in shuffled]
        found.append(
            LevelPurity(
                level.age,
                len(level),
                cluster_purity(mode, known),
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
    clusters = np.asarray(clusters)
    if clusters.ndim != 1 or clusters.dtype.kind not in "iu" or not clusters.size:
        raise ValueError(
            "clusters must be integers, one for each sample and at least one, got "
            f"shape {clusters.shape} of {clusters.dtype}"
        )
    labels = _numbered(labels, len(clusters))
    clusters = np.unique(clusters, return_inverse=True)[1].ravel()
    return float(label_counts(clusters, labels).max(1).sum() / len(labels))


def _numbered(labels, n_samples):
    """Return labels as 0, 1, …: texts and integers are equal to themselves only."""
    if not isinstance(labels, np.ndarray) or labels.dtype.kind == "O":
        labels = list(labels) if np.iterable(labels) else labels
        if isinstance(labels, list) and all(isinstance(x, str) for x in labels):
            number = {name: k for k, name in enumerate(dict.fromkeys(labels))}
            labels = np.array([number[name] for name in labels], np.int64)
        elif isinstance(labels, list) and any(isinstance(x, str) for x in labels):
            raise ValueError("labels must be all texts or all integers, got both")
    elif labels.dtype.kind == "U":
        labels = np.unique(labels, return_inverse=True)[1].ravel()
    labels = check_labels(labels, n_samples)
    return np.unique(labels, return_inverse=True)[1].ravel()
