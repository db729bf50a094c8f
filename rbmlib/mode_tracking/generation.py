"""Samples that start in the modes of a tree, and whether they can be told from data.

A machine with well separated modes does not mix between them in any number of sweeps
that we can afford.  Chains that start in the modes, in the shares that the data have,
need only mix inside them.
"""

import numpy as np

from rbmlib import randomness
from rbmlib.sampling import check_positive

MODE_STARTS = 67  # a stream of draws of its own


def start_in_modes(tree, n_chains, seed):
    """Return starts drawn from the modes of a tree, shape (n_chains, n_visible).

    Chain c takes a mode in turn, as often as the mode has samples; each unit is on with
    its mean in that mode.

    Parameters
    ----------
    tree : ModeTree
        Of a machine of {0, 1} units.
    n_chains : int
    seed : int

    Returns
    -------
    ndarray of float32
    """
    n_chains = check_positive(n_chains, "n_chains")
    sizes = np.bincount(tree.leaf_of[tree.leaf_of >= 0], minlength=tree.n_leaves)
    places = (np.arange(n_chains) + 0.5) / n_chains * sizes.sum()
    leaf = np.searchsorted(np.cumsum(sizes), places)
    m_v = tree.levels[0].m_v[leaf]
    words = randomness.draws(
        seed, MODE_STARTS, 0, np.arange(n_chains), m_v.shape[1]
    )
    return (words < np.rint(m_v * 2.0**32)).astype(np.float32)


def adversarial_accuracy(data, samples):
    """Return (A_data, A_samples): how often the nearest neighbour is of the own kind.

    ½ each if the two sets cannot be told apart; A_data above ½ if the samples miss part
    of the data, A_samples below ½ if they lie nearer to data than to one another.
    B. Yelmen et al. (2021), doi:10.1371/journal.pgen.1009303, take the mean of the two.

    Parameters
    ----------
    data, samples : array_like of 0 and 1, shape (n, n_visible)
        Sets of equal size.

    Returns
    -------
    tuple of float

    Raises
    ------
    ValueError
        Sets of different shape.

    Examples
    --------
    >>> adversarial_accuracy([[0, 0], [0, 0]], [[1, 1], [1, 1]])
    (1.0, 1.0)
    """
    data, samples = np.asarray(data, np.float32), np.asarray(samples, np.float32)
    if data.shape != samples.shape or data.ndim != 2 or len(data) < 2:
        raise ValueError(
            "data and samples must have the same shape (n, n_visible) with n >= 2, "
            f"got {data.shape} and {samples.shape}"
        )
    across = _distances(data, samples)
    own = []
    for x, nearest in ((data, across.min(1)), (samples, across.min(0))):
        within = _distances(x, x)
        np.fill_diagonal(within, np.inf)
        # A tie is no evidence for either kind.
        gap = nearest - within.min(1)
        own.append(float(np.mean((gap > 0) + 0.5 * (gap == 0))))
    return tuple(own)


def _distances(x, y):
    return x.sum(1)[:, None] + y.sum(1) - 2 * x @ y.T
