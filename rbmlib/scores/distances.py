"""Distances of two sets of samples: their moments, and who is next to whom."""

import numpy as np

from rbmlib import randomness
from rbmlib.checks import check_samples
from rbmlib.units import BINARY

N_TRIPLES = 2000
MOST_UNITS = 2**23  # twice as many is the largest float32 below which all are whole


def second_moment_error(samples, data):
    """Return the mean over pairs i < j of the squared error of the covariance.

    Parameters
    ----------
    samples, data : array_like, shape (n_samples, n_visible)
        States 0 and 1.

    Raises
    ------
    ValueError
        Arrays that are not two sets of states 0 and 1, of equal shape.

    Examples
    --------
    >>> second_moment_error([[0, 0], [1, 1]], [[0, 1], [1, 0]])
    0.25
    """
    x, y = check_pair(samples, data)
    _check_width(x, 2, "second moments")
    error = _covariance(x) - _covariance(y)
    upper = np.triu_indices(len(error), 1)
    return float(np.mean(error[upper] ** 2))


def third_moment_error(samples, data):
    """Return the mean squared error of ⟨δv_i δv_j δv_k⟩ over 2000 fixed triples.

    Parameters
    ----------
    samples, data : array_like, shape (n_samples, n_visible)
        States 0 and 1.

    Raises
    ------
    ValueError
        Arrays that are not two sets of states 0 and 1, of equal shape.

    Examples
    --------
    >>> third_moment_error([[0, 0, 1], [1, 1, 1]], [[0, 1, 0], [1, 0, 1]])
    0.0
    """
    x, y = check_pair(samples, data)
    _check_width(x, 3, "third moments")
    triples = _triples(x.shape[1])
    return float(np.mean((_third(x, triples) - _third(y, triples)) ** 2))


def adversarial_accuracy(samples, data):
    """Return (A_S, A_T): how often the nearest neighbour is of the same set.

    For each sample the nearest other configuration, in Hamming distance, is sought
    in both sets.  A_S is the share of samples whose neighbour is a sample, A_T the
    share of data whose neighbour is a datum; a tie counts one half.  ½ is ideal.
    Samples that can be told from the data give more, copies of the data less.

    Parameters
    ----------
    samples, data : array_like, shape (n, n_visible)
        States 0 and 1, sets of equal size.

    Returns
    -------
    A_S, A_T : float

    Raises
    ------
    ValueError
        Arrays that are not two sets of states 0 and 1, of equal shape.

    Examples
    --------
    >>> adversarial_accuracy([[0, 0, 0], [0, 0, 1]], [[1, 1, 1], [1, 1, 0]])
    (1.0, 1.0)
    """
    x, y = check_pair(samples, data)
    across = _hamming(x, y)
    return tuple(
        float(np.mean((own < other) + 0.5 * (own == other)))
        for own, other in (
            (_nearest_other(x), across.min(1)),
            (_nearest_other(y), across.min(0)),
        )
    )


def hamming(x, y):
    """Return the numbers of differing units, shape (len(x), len(y)), exactly.

    Parameters
    ----------
    x, y : array_like, shape (n, n_visible)
        States 0 and 1; the sets may be of different size.

    Returns
    -------
    ndarray of float32, shape (len(x), len(y))

    Raises
    ------
    ValueError
        Other states, or sets of different width.

    Examples
    --------
    >>> hamming([[0, 0, 1]], [[0, 0, 1], [1, 1, 0]]).tolist()
    [[0.0, 3.0]]
    """
    x = check_samples(x, BINARY, None, "x")
    if x.shape[1] > MOST_UNITS:
        raise ValueError(f"x must have at most {MOST_UNITS} units, got {x.shape[1]}")
    return _hamming(x, check_samples(y, BINARY, x.shape[1], "y"))


def _hamming(x, y):
    """Return what `hamming` says of checked states."""
    x, y = x.astype(np.float32, copy=False), y.astype(np.float32, copy=False)
    # Sums of 0 and 1: whole numbers, exact in float32 in any order.
    return x.sum(1)[:, None] + y.sum(1) - 2 * (x @ y.T)


def check_pair(samples, data):
    """Return two sets of states 0 and 1 of equal shape, in float64, or refuse them.

    Raises
    ------
    ValueError
        Other states, sets of different shape, or of one sample alone.
    """
    x = check_samples(samples, BINARY, None, "samples").astype(np.float64)
    y = check_samples(data, BINARY, None, "data").astype(np.float64)
    _check_width(x, 1, "distances")
    if x.shape != y.shape or len(x) < 2:
        raise ValueError(
            "samples and data must have the same shape (n >= 2, n_visible), got "
            f"{x.shape} and {y.shape}"
        )
    return x, y


def _check_width(x, least, score):
    if not least <= x.shape[1] <= MOST_UNITS:
        raise ValueError(
            f"samples must have from {least} to {MOST_UNITS} units for {score}, got "
            f"{x.shape[1]}"
        )


def _covariance(x):
    mean = x.mean(0)
    return x.T @ x / len(x) - np.outer(mean, mean)


def _third(x, triples):
    d = x - x.mean(0)
    return np.array([(d[:, i] * d[:, j] * d[:, k]).mean() for i, j, k in triples])


def _triples(n_units):
    """Return 2000 triples of different units, the same ones at each call."""
    order = randomness.draws(0, randomness.REFERENCE, 0, range(N_TRIPLES), n_units)
    return np.argsort(order, axis=1, kind="stable")[:, :3]


def _nearest_other(x):
    distance = _hamming(x, x)
    np.fill_diagonal(distance, np.inf)
    return distance.min(1)
