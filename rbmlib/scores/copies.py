"""Do samples copy the training data?  Their nearest ones tell, beside held-out data."""

import numpy as np

from rbmlib.checks import check_samples
from rbmlib.scores.distances import hamming
from rbmlib.units import BINARY


def nearest_of(samples, images):
    """Return the nearest image of each sample, in Hamming distance.

    Parameters
    ----------
    samples, images : array_like, shape (n, n_visible)
        States 0 and 1; the sets may be of different size.

    Returns
    -------
    which : ndarray of int64, shape (n_samples,)
        Of images at equal distance the first.
    distance : ndarray of int64, shape (n_samples,)
        Units that differ.

    Raises
    ------
    ValueError
        Other states, or sets of different width.

    Examples
    --------
    >>> which, distance = nearest_of([[0, 1, 1], [0, 0, 0]], [[1, 1, 1], [0, 1, 0]])
    >>> which.tolist(), distance.tolist()
    ([0, 1], [1, 1])
    """
    samples = check_samples(samples, BINARY, None, "samples")
    return _nearest(samples, check_samples(images, BINARY, samples.shape[1], "images"))


def _nearest(samples, images):
    """Return what `nearest_of` says of checked states."""
    between = hamming(samples, images)
    which = between.argmin(1)
    return which, between[np.arange(len(which)), which].astype(np.int64)


def nearer_share(samples, held_out, train):
    """Return the share of samples nearer to a training image than held-out data are.

    Each sample and each held-out datum has a distance to its nearest training image.
    The share is the probability that of a sample and a datum, drawn at random, the
    sample is the nearer one; a tie counts one half.  Samples as new as the held-out
    data give ½, copies of the training data 1.

    Its error is that of both finite sets: the variance over the samples of the share of
    data beyond each, over n_samples, and the reverse (E. DeLong, D. DeLong,
    D. Clarke-Pearson (1988), doi:10.2307/2531595).

    Parameters
    ----------
    samples, held_out, train : array_like, shape (n, n_visible)
        States 0 and 1; of samples and of held-out data at least two each.

    Returns
    -------
    share, error : float

    Raises
    ------
    ValueError
        Other states, sets of different width, or a set of one.

    Examples
    --------
    >>> train = [[0, 0, 0, 0]]
    >>> samples = [[0, 0, 0, 0], [0, 0, 0, 1], [1, 1, 1, 0]]
    >>> share, error = nearer_share(samples, [[0, 0, 1, 0], [0, 1, 1, 0]], train)
    >>> round(share, 3), round(error, 3)
    (0.583, 0.312)
    """
    samples = check_samples(samples, BINARY, None, "samples")
    width = samples.shape[1]
    held_out = check_samples(held_out, BINARY, width, "held_out")
    train = check_samples(train, BINARY, width, "train")
    for name, states in (("samples", samples), ("held_out", held_out)):
        if len(states) < 2:
            raise ValueError(f"{name} must hold at least 2 of them, got {len(states)}")
    near, far = (_nearest(states, train)[1] for states in (samples, held_out))
    wins = (near[:, None] < far) + 0.5 * (near[:, None] == far)
    variances = [wins.mean(axis).var(ddof=1) / wins.shape[1 - axis] for axis in (0, 1)]
    return float(wins.mean()), float(np.sqrt(sum(variances)))
