"""Labels of samples, and how many of each a group of samples has."""

import math
from numbers import Integral

import numpy as np

from rbmlib.checks import check_integers, check_labels, check_positive, shown

LARGEST = 2**63 - 1
MOST_ENTRIES = 2**30  # of a table of counts: 8 GiB


def label_counts(groups, labels, n_groups=None):
    """Return how many samples of each label a group has, shape (n_groups, n_labels).

    Parameters
    ----------
    groups : array_like of int, shape (n_samples,)
        Samples of a negative group are not counted.
    labels : array_like of non-negative int, shape (n_samples,)
    n_groups : int, optional
        Default: up to the last group that has a sample.

    Returns
    -------
    ndarray of int64, shape (n_groups, n_labels)

    Raises
    ------
    ValueError, TypeError
        Groups or labels that are no integers, or of different number; a negative
        label; too few groups; or a table of more than 2^30 entries.

    Examples
    --------
    >>> label_counts([0, 0, 1, -1], [2, 2, 0, 0]).tolist()
    [[0, 0, 2], [1, 0, 0]]
    """
    groups = check_integers(groups, "groups", ("n_samples",), -LARGEST, LARGEST)
    labels = check_label_numbers(labels, len(groups))
    rows = max(int(groups.max()) + 1, 0)
    if n_groups is not None:
        rows = check_positive(n_groups, "n_groups", max(rows, 1))
    shape = rows, int(labels.max()) + 1
    if math.prod(shape) > MOST_ENTRIES:
        raise ValueError(
            "n_groups times n_labels must be at most 2^30, or groups and labels make "
            f"too large a table, got {shape[0]} times {shape[1]}"
        )
    table = np.zeros(shape, np.int64)
    there = groups >= 0
    np.add.at(table, (groups[there], labels[there]), 1)
    return table


def check_label_numbers(labels, n_samples):
    """Return labels as int64, not negative, one a sample, or raise an error.

    ``np.unique(labels, return_inverse=True)`` numbers labels of other types.
    """
    return check_integers(labels, "labels", (n_samples,), 0, LARGEST)


def numbered(labels, n_samples):
    """Return labels, which are integers >= 0 or texts, as 0, 1, …, or refuse them.

    Raises
    ------
    TypeError, ValueError
        As `rbmlib.checks.check_labels`, or labels of other types.
    """
    classes, number = check_labels(labels, "labels", n_samples)
    texts = [isinstance(label, str) for label in classes.tolist()]
    counts = [isinstance(x, Integral) and x >= 0 for x in classes.tolist()]
    if not (all(texts) or all(counts)):
        odd = classes[(texts if texts[0] else counts).index(False)]
        raise ValueError(
            f"labels must be all texts or all integers >= 0, got {shown(odd)}"
        )
    return number
