"""Fill what is hidden: rows with gaps, a simple peer, and whether shares are honest.

A machine answers by `rbmlib.sampling.conditional`.  Its peer takes the rows that agree
best with what is known, as scikit-learn's KNNImputer does, and averages them.
"""

from typing import NamedTuple

import numpy as np

from rbmlib import randomness
from rbmlib.checks import (
    check_array,
    check_integers,
    check_mask,
    check_positive,
    check_samples,
)
from rbmlib.units import BINARY


class Calibration(NamedTuple):
    """What `calibration` returns; bins without an answer are left out.

    Attributes
    ----------
    said, found : ndarray, shape (n_bins,)
        Mean of the probabilities, and share of the outcomes that were 1.
    count : ndarray of int, shape (n_bins,)
    """

    said: np.ndarray
    found: np.ndarray
    count: np.ndarray


def half_known(shape, seed):
    """Return a mask that is True for each entry with probability ½.

    Parameters
    ----------
    shape : pair of int
        Rows and columns.
    seed : int

    Returns
    -------
    ndarray of bool, shape (n_rows, n_columns)

    Raises
    ------
    TypeError, ValueError
        Numbers that are not positive, or a bad seed.

    Examples
    --------
    >>> half_known((2, 4), seed=0).sum(1).tolist()
    [2, 2]
    """
    n_rows, n = check_integers(shape, "shape", (2,), 1, 2**31).tolist()
    words = randomness.draws(seed, randomness.HOLES, 0, np.arange(n_rows), n)
    return words < np.uint32(2**31)


def nearest_rows(train, rows, known, n_nearest):
    """Return the mean of the training rows that differ least in what is known.

    Parameters
    ----------
    train : array_like, shape (n_train, n_visible)
        States 0 and 1.
    rows : array_like, shape (n_rows, n_visible)
        States 0 and 1; what is not known has no effect.
    known : array_like of bool, shape (n_visible,) or (n_rows, n_visible)
    n_nearest : int
        Rows that are averaged; of equal distances the first ones are nearest.

    Returns
    -------
    ndarray of float64, shape (n_rows, n_visible)
        Also where the entry is known.

    Raises
    ------
    TypeError, ValueError
        Other states or shapes, or more nearest rows than there are.

    Examples
    --------
    >>> nearest_rows([[0, 0, 0], [1, 1, 0], [1, 0, 1]], [[1, 0, 0]],
    ...              [True, False, False], 2).tolist()
    [[1.0, 0.5, 0.5]]
    """
    train = check_samples(train, BINARY, None, "train").astype(np.float64)
    rows = check_samples(rows, BINARY, train.shape[1], "rows").astype(np.float64)
    known = check_mask(known, "known", rows.shape)
    n_nearest = check_positive(n_nearest, "n_nearest", most=len(train))
    on, off = known * rows, known * (1 - rows)
    differences = on @ (1 - train).T + off @ train.T  # whole numbers: exact
    order = np.argsort(differences, axis=1, kind="stable")[:, :n_nearest]
    return train[order].mean(1)


def calibration(probability, outcome, n_bins=10):
    """Compare probabilities that were said with what was found, bin by bin.

    Parameters
    ----------
    probability : array_like, shape (n,)
        Of an outcome 1, in [0, 1].
    outcome : array_like, shape (n,)
        0 or 1.
    n_bins : int
        Of equal width.

    Returns
    -------
    Calibration

    Raises
    ------
    TypeError, ValueError
        No such numbers, or not one outcome for each.

    Examples
    --------
    >>> calibration([0.1, 0.2, 0.9], [0, 1, 1], n_bins=2).found.tolist()
    [0.5, 1.0]
    """
    p = check_array(probability, "probability", ("n",), 0, 1)
    y = check_array(outcome, "outcome", p.shape, 0, 1)
    n_bins = check_positive(n_bins, "n_bins", most=2**20)
    place = np.minimum((p * n_bins).astype(int), n_bins - 1)
    count = np.bincount(place, minlength=n_bins)
    some = count > 0
    said, found = (np.bincount(place, x, n_bins)[some] / count[some] for x in (p, y))
    return Calibration(said, found, count[some])
