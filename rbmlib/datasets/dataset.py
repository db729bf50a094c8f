"""What every loader returns, and the split into training and test samples."""

from dataclasses import dataclass

import numpy as np

from rbmlib import randomness

SPLIT_SEED = 0x53504C4954  # "SPLIT": no run is likely to share these draws
TEST_FRACTION = 0.2


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples of {0, 1} or categorical units, with labels where there are any.

    Attributes
    ----------
    name : str
    train, test : ndarray, shape (n_samples, n_visible)
        Of float32; states of categorical units are of int32.
    train_labels, test_labels : ndarray of int64, shape (n_samples,), or None
        Index into `label_names`.
    label_names : tuple of str
    shape : tuple of int, or None
        Shape of a sample that is an image.
    source : str
        Where the samples were taken from.
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
        for array in (self.train, self.test, self.train_labels, self.test_labels):
            if array is not None:
                array.flags.writeable = False

    def __repr__(self):
        return (
            f"Dataset({self.name!r}, {len(self.train)} train, {len(self.test)} test, "
            f"{self.train.shape[1]} units, from {self.source})"
        )


def stratified_split(groups):
    """Return which samples are test samples: a fifth of each group, always the same.

    Parameters
    ----------
    groups : array_like of int, shape (n_samples,)
        Group of each sample, for instance its label.

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
        order = randomness.permutation(SPLIT_SEED, int(group), members.size)
        is_test[members[order[: round(TEST_FRACTION * members.size)]]] = True
    return is_test
