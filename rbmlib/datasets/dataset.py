"""What every loader returns, and the split into training and test samples."""

from dataclasses import dataclass

import numpy as np

from rbmlib import randomness
from rbmlib.checks import (
    as_numbers,
    check_integers,
    check_text,
    check_texts,
    said,
    shown,
)

SPLIT_SEED = 0x53504C4954  # "SPLIT": no run is likely to share these draws
TEST_FRACTION = 0.2
INT32 = -(2**31), 2**31 - 1


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples of {0, 1} or categorical units, with labels where there are any.

    Parameters
    ----------
    name : str
    train, test : array_like, shape (n_samples, n_visible)
        Integers are kept as int32, other numbers as float32 where that has all their
        digits; without a copy where they are that, and read-only from now on.
    train_labels, test_labels : array_like of int, shape (n_samples,), or None
        Index into `label_names`.  Both or neither.
    label_names : sequence of str
        Empty without labels.
    shape : (int, int), or None
        Shape of a sample that is an image.
    source : str
        Where the samples were taken from.

    Raises
    ------
    TypeError, ValueError
        Samples that are no numbers, or none; parts that do not belong together.

    Examples
    --------
    >>> Dataset(
    ...     name="two",
    ...     train=np.float32([[0, 1, 1], [1, 0, 0], [1, 1, 0]]),
    ...     test=np.float32([[0, 0, 1]]),
    ...     train_labels=[0, 1, 1],
    ...     test_labels=[0],
    ...     label_names=("left", "right"),
    ...     shape=None,
    ...     source="drawn by hand",
    ... )
    Dataset('two', 3 train, 1 test, 3 units, from drawn by hand)
    """

    name: str
    train: np.ndarray
    test: np.ndarray
    train_labels: np.ndarray | None
    test_labels: np.ndarray | None
    label_names: tuple[str, ...]
    shape: tuple[int, int] | None
    source: str

    def __post_init__(self):
        check_text(self.name, "name")
        train = self._check_rows(self.train, "train")
        test = self._check_rows(self.test, "test")
        if test.shape[1] != train.shape[1]:
            raise ValueError(
                f"test must have {train.shape[1]} columns, as train has, got "
                f"{test.shape[1]}"
            )
        names = check_texts(self.label_names, "label_names")
        checked = {
            "train": train,
            "test": test,
            "label_names": names,
            "shape": _check_shape(self.shape, train.shape[1]),
            **_check_labels(self, len(train), len(test), len(names)),
        }
        check_text(self.source, "source")
        for name, value in checked.items():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, name, value)

    @staticmethod
    def _check_rows(rows, argument):
        return _check_rows(rows, argument)

    def __repr__(self):
        return (
            f"{type(self).__name__}({self.name!r}, {len(self.train)} train, "
            f"{len(self.test)} test, {self.train.shape[1]} units, from {self.source})"
        )


def _check_rows(rows, argument):
    """Return samples as a matrix of finite numbers: int32, float32 or float64."""
    rows = _check_matrix(rows, argument)
    if rows.dtype.kind == "b":
        return rows.astype(np.int32)
    if rows.dtype.kind in "iu":
        rows = check_integers(rows, argument, rows.shape, *INT32)
        return rows.astype(np.int32)
    finite = np.isfinite(rows)
    if not finite.all():
        raise ValueError(
            f"{argument} must hold finite numbers, got {said(rows[~finite][0])}"
        )
    with np.errstate(over="ignore"):
        short = rows.astype(np.float32, copy=False)
    return short if np.array_equal(short, rows) else rows.astype(np.float64, copy=False)


def _check_matrix(rows, argument):
    rows = as_numbers(rows, argument, np.float32)
    if rows.ndim != 2 or 0 in rows.shape:
        raise ValueError(
            f"{argument} must have shape (n_samples, n_visible), with at least one of "
            f"each, got {rows.shape}"
        )
    return rows


def check_states(rows, argument):
    """Return states from 0 to 255 as bytes; with NaN for missing ones, as float32.

    Raises
    ------
    ValueError
        No matrix of numbers, or a number that is no such state.
    """
    rows = _check_matrix(rows, argument)
    if rows.dtype == np.uint8:
        return rows
    gaps = np.isnan(rows) if rows.dtype.kind == "f" else np.zeros((), bool)
    with np.errstate(invalid="ignore", over="ignore"):
        good = (rows >= 0) & (rows <= 255) & (rows == np.rint(rows)) | gaps
    if not good.all():
        raise ValueError(
            f"{argument} must hold states from 0 to 255, or NaN where one is missing, "
            f"got {said(rows[~good][0])}"
        )
    return rows.astype(np.float32 if gaps.any() else np.uint8, copy=False)


def _check_labels(dataset, n_train, n_test, n_names):
    """Return {argument: labels}, both or neither, for as many samples."""
    found = {}
    for name, n in (("train_labels", n_train), ("test_labels", n_test)):
        labels = getattr(dataset, name)
        if labels is not None:
            if n_names == 0:
                raise ValueError(f"label_names must name the {name}, got none")
            labels = check_integers(labels, name, (n,), 0, n_names - 1)
        found[name] = labels
    if len({labels is None for labels in found.values()}) == 2:
        raise ValueError(
            "train_labels and test_labels must both be given, or both be None, got "
            f"{' and '.join(shown(labels) for labels in found.values())}"
        )
    return found


def _check_shape(shape, n_visible):
    """Return the height and width of an image, or None."""
    if shape is None:
        return None
    height, width = check_integers(shape, "shape", (2,), 1, n_visible).tolist()
    if height * width != n_visible:
        raise ValueError(
            f"shape must have {n_visible} pixels, as a sample has, got "
            f"({height}, {width})"
        )
    return height, width


def stratified_split(groups, fraction=TEST_FRACTION, seed=SPLIT_SEED):
    """Return which samples are test samples: a fifth of each group, always the same.

    Parameters
    ----------
    groups : array_like of int, shape (n_samples,)
        Group of each sample, for instance its label.
    fraction : float
        Of each group, in [0, 1].
    seed : int

    Returns
    -------
    ndarray of bool, shape (n_samples,)

    Raises
    ------
    ValueError
        Groups that are no integers >= 0, one for each sample.

    Examples
    --------
    >>> stratified_split([0] * 10 + [1] * 5).astype(int).tolist()
    [0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0]
    """
    groups = np.asarray(groups)
    if groups.ndim != 1 or groups.dtype.kind not in "iu":
        raise ValueError(
            "groups must be integers, one for each sample, got "
            f"{groups.dtype} of shape {groups.shape}"
        )
    if (groups < 0).any():
        raise ValueError(f"groups must not be negative, got {groups.min()}")
    is_test = np.zeros(groups.size, bool)
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        order = randomness.permutation(seed, int(group), members.size)
        is_test[members[order[: round(fraction * members.size)]]] = True
    return is_test
