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
