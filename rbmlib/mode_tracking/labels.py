"""Labels of samples, and how many of each a group of samples has."""

import math
from numbers import Integral

import numpy as np

from rbmlib.checks import (
    check_integers,
    check_labels,
    check_positive,
    check_text_labels,
    holds_texts,
    shown,
)

LARGEST = 2**63 - 1
MOST_ENTRIES = 2**30  # of a table of counts: 8 GiB


def label_counts(groups, labels, n_groups=None):
    """Return how many samples of each label a group has, shape (n_groups, n_labels).

    Parameters
    ----------
    groups : array_like of int, shape (n_samples,)
        Samples of a negative group are not counted.
    labels : array_like of non-negative int, or of str, shape (n_samples,)
        A column for each integer from 0, or for each text in the order of
        ``np.unique(labels)``.
    n_groups : int, optional
        Default: up to the last group that has a sample.

    Returns
    -------
    ndarray of int64, shape (n_groups, n_labels)

    Raises
    ------
    ValueError, TypeError
        Groups that are no integers; labels that are no integers >= 0 and no texts, or
        of another number; too few groups; or a table of more than 2^30 entries.

    Examples
    --------
    >>> label_counts([0, 0, 1, -1], [2, 2, 0, 0]).tolist()
    [[0, 0, 2], [1, 0, 0]]
    >>> label_counts([0, 0, 1, -1], ["b", "b", "a", "a"]).tolist()
    [[0, 2], [1, 0]]
    """
    groups = check_integers(groups, "groups", ("n_samples",), -LARGEST, LARGEST)
    labels, _ = check_label_numbers(labels, len(groups))
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
    """Return labels as integers >= 0, one a sample, and the texts that they number.

    Returns
    -------
    numbers : ndarray of int64, shape (n_samples,)
    texts : ndarray of str, or None
        ``texts[numbers]`` are the labels; None if these are integers.

    Raises
    ------
    TypeError, ValueError
        Labels that are no integers >= 0 and no texts, or not one for each sample.

    Examples
    --------
    >>> numbers, texts = check_label_numbers(["b", "a", "b"], 3)
    >>> numbers.tolist(), texts.tolist()
    ([1, 0, 1], ['a', 'b'])
    """
    if not holds_texts(labels):
        return check_integers(labels, "labels", (n_samples,), 0, LARGEST), None
    texts, numbers = check_text_labels(labels, "labels", n_samples)
    return numbers, texts


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
