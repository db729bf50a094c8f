"""Machines to anneal, and whether estimates of log Z have the errors they claim."""

from itertools import product

import numpy as np
from scipy import stats

from rbmlib.enumeration import visible_probabilities
from rbmlib.rbm import RBM
from rbmlib.units import BINARY, SPIN

PAIRS = list(product([BINARY, SPIN], repeat=2))


def machine(n_visible, n_hidden, seed, visible=BINARY, hidden=BINARY, scale=1.0):
    return RBM.random(
        n_visible,
        n_hidden,
        scale=scale,
        bias_scale=0.5,
        seed=seed,
        visible=visible,
        hidden=hidden,
    )


def exact_samples(rbm, n_samples, seed):
    """Independent samples of the enumerated law."""
    states, p = visible_probabilities(rbm)
    return states[np.random.default_rng(seed).choice(len(p), n_samples, p=p)]


def z_scores(estimate, seeds=range(20)):
    """Deviations from the exact log Z in standard errors, over 20 machines."""
    scores = []
    for seed in seeds:
        pair = PAIRS[seed % 4]
        scale = 1.0 if pair == (BINARY, BINARY) else 0.4
        rbm = machine(12 + seed % 5, 8, seed, *pair, scale=scale)
        result = estimate(rbm, seed)
        assert result.ess > 50  # else the standard error means little
        scores.append((result.log_z - rbm.log_z()) / result.error)
    return np.array(scores)


def is_calibrated(z):
    """Whether 20 scores look standard normal: wrong errors fail on either side."""
    # Probability to refuse good scores: 0.2 % by the sum, 0.14 % by the count.
    low, high = stats.chi2(len(z)).ppf([1e-3, 1 - 1e-3])
    return low < np.square(z).sum() < high and (np.abs(z) > 3).sum() <= 1
