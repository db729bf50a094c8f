"""Checks of labels: of any type, one for each sample, each equal to itself alone."""

from collections.abc import Mapping, Set

import numpy as np

from rbmlib.checks.arrays import WAY_OUT
from rbmlib.checks.scalars import check_sequence, shown


def check_texts(texts, argument, least=0):
    """Return texts in an order, at least so many, as a tuple of str, or refuse them.

    Raises
    ------
    TypeError, ValueError
        One text, which is a sequence of str itself; things without an order; something
        that is no str; too few.
    """
    if isinstance(texts, (str, bytes, Set, Mapping)):
        raise TypeError(f"{argument} must be a sequence of texts, got {shown(texts)}")
    return check_sequence(texts, argument, str, "a text", least)


def holds_texts(labels):
    """Return whether one of some labels is a text.

    >>> holds_texts(["a", 1]), holds_texts(np.array([1, 2])), holds_texts(None)
    (True, False, False)
    """
    if not isinstance(labels, list | tuple):
        labels = np.ravel(np.asarray(labels)).tolist()
    return any(isinstance(label, str) for label in labels)


def check_labels(value, argument, n_samples):
    """Return the different labels, and the number of each sample's, or refuse them.

    Parameters
    ----------
    value : array_like, shape (n_samples,)
        Two labels are the same if they are equal: 1 and "1" are not.
    argument : str
    n_samples : int

    Returns
    -------
    classes : ndarray, shape (n_classes,)
        Sorted; labels of several types, which have no order, as they appear.
    number : ndarray of int64, shape (n_samples,)
        Indices: ``classes[number]`` are the labels.

    Raises
    ------
    TypeError, ValueError
        Not one label for each sample; masked, or a label that is not equal to itself,
        as NaN, or that has no hash.

    Examples
    --------
    >>> classes, number = check_labels(["b", "a", "b"], "labels", 3)
    >>> classes.tolist(), number.tolist()
    (['a', 'b'], [1, 0, 1])
    >>> check_labels([1, "1", "01"], "labels", 3)[1].tolist()
    [0, 1, 2]
    """
    x = _row(value, argument)
    if x.shape != (n_samples,):
        raise ValueError(
            f"{argument} must be one for each of the {n_samples} samples, got shape "
            f"{x.shape}"
        )
    numbers = {}
    for label in x.tolist():
        try:
            itself = bool(label == label) and hash(label) is not None
        except (TypeError, ValueError):  # no hash; an array of answers
            itself = False
        if not itself:
            raise ValueError(
                f"{argument} must be equal to themselves and have a hash, got "
                f"{shown(label)}; {WAY_OUT}"
            )
        numbers.setdefault(label, len(numbers))
    if x.dtype.kind != "O":
        classes, number = np.unique(x, return_inverse=True)
        return classes, number.ravel()
    classes = np.empty(len(numbers), object)
    classes[:] = list(numbers)
    return classes, np.array([numbers[label] for label in x.tolist()], np.int64)


def check_text_labels(value, argument, n_samples):
    """Return the different labels and the number of each sample's, all of them texts.

    Raises
    ------
    TypeError, ValueError
        As `check_labels`; a label that is no text.
    """
    classes, number = check_labels(value, argument, n_samples)
    for label in classes.tolist():
        if not isinstance(label, str):
            raise ValueError(
                f"{argument} must be all texts or all integers >= 0, got {shown(label)}"
            )
    return classes, number


def _row(value, argument):
    """Return labels as an array that holds each as it is, of objects if need be."""
    if np.ma.is_masked(value):
        raise ValueError(
            f"{argument} must be labels without masked entries, got "
            f"{np.ma.count_masked(value)} masked of {np.size(value)}; {WAY_OUT}"
        )
    if not isinstance(value, list | tuple):
        x = np.asarray(value)
        return x.astype(x.dtype.newbyteorder("="), copy=False)
    try:
        x = np.array(value)
    except (ValueError, TypeError, OverflowError):  # rows of unequal length, and such
        x = np.array(None)
    # NumPy makes texts of numbers beside texts, and drops zeros at a text's end.
    if x.ndim == 1 and x.tolist() == list(value):
        return x
    if x.ndim > 1:
        return x
    x = np.empty(len(value), object)
    x[:] = value
    return x
