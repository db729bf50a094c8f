"""The pseudo-log-likelihood, each flip made in full."""

import numpy as np


def pseudo_log_likelihood(rbm, v):
    """Return the mean over the rows of v of Σ_i log p(v_i | others)."""
    total = np.zeros(len(v))
    for i in range(rbm.n_visible):
        flipped = v.copy()
        flipped[:, i] = 1 - v[:, i]
        gap = rbm.free_energy(flipped) - rbm.free_energy(v)
        total -= np.logaddexp(0, -gap)
    return total.mean()
