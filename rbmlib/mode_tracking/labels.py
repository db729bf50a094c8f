"""Labels of samples, and how many of each a group of samples has."""

import math

import numpy as np

from rbmlib.checks import check_positive

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
    groups = np.asarray(groups)
    if groups.ndim != 1 or groups.dtype.kind not in "iu" or not groups.size:
        raise ValueError(
            "groups must be integers, one for each sample and at least one, got "
            f"shape {groups.shape} of {groups.dtype}"
        )
    labels = check_labels(labels, len(groups))
    last = int(groups.max())
    n_groups = last + 1 if n_groups is None else check_positive(n_groups, "n_groups")
    if n_groups <= last:
        raise ValueError(f"n_groups must be above the group {last}, got {n_groups}")
    shape = n_groups, int(labels.max()) + 1
    if math.prod(shape) > MOST_ENTRIES:
        raise ValueError(
            f"labels must be so small that {n_groups} groups times the largest label "
            f"are at most 2^30 entries, got {labels.max()}"
        )
    table = np.zeros(shape, np.int64)
    there = groups >= 0
    np.add.at(table, (groups[there], labels[there]), 1)
    return table


def check_labels(labels, n_samples):
    """Return labels as non-negative integers, one a sample, or raise ValueError."""
    if np.ma.isMaskedArray(labels):
        raise ValueError("labels must not be a masked array; leave those samples out")
    labels = np.asarray(labels)
    if labels.dtype.kind in "UO":
        raise ValueError(
            f"labels must be integers, got {labels.dtype}: np.unique(labels, "
            "return_inverse=True) numbers them"
        )
    if labels.shape != (n_samples,) or labels.dtype.kind not in "iu":
        raise ValueError(
            f"labels must be {n_samples} integers, one for each sample, got "
            f"shape {labels.shape} and dtype {labels.dtype}"
        )
    if labels.size and labels.min() < 0:
        raise ValueError(f"labels must not be negative, got {labels.min()}")
    return labels


def check_indices(values, size, end, start, argument):
    """Raise ValueError unless values are integers from start to end - 1."""
    values = np.asarray(values)
    wrong = values.ndim != 1 or values.dtype.kind not in "iu"
    if wrong or size not in (None, len(values)):
        raise ValueError(
            f"{argument} must be {size if size else 'a row of'} integers, got shape "
            f"{values.shape} of {values.dtype}"
        )
    outside = values[(values < start) | (values >= end)]
    if outside.size:
        raise ValueError(
            f"{argument} must be from {start} to {end - 1}, got {outside[0]}"
        )
