"""Machines to anneal, and deviations of their log Z in units of the claimed errors."""

from itertools import product

import numpy as np
from scipy.special import logsumexp

from rbmlib.enumeration import visible_probabilities
from rbmlib.likelihood import Estimate
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


def z_scores(estimate, seeds=range(20), sign=1):
    """Deviations from the exact log Z in standard errors: 8 for each of 20 machines.

    The chains of an estimate are independent: each eighth of them is an estimate too.
    """
    scores = []
    for seed in seeds:
        pair = PAIRS[seed % 4]
        scale = 1.0 if pair == (BINARY, BINARY) else 0.4
        rbm = machine(10 + seed % 5, 8, seed, *pair, scale=scale)
        exact = rbm.log_z()
        for part in parts(estimate(rbm, seed), 8, sign):
            assert part.ess > 25  # else the standard error means little
            scores.append((part.log_z - exact) / part.error)
    return np.array(scores)


def parts(whole, n_parts, sign=1):
    """Return the estimates from equal parts of the chains of an `Estimate`."""
    log_w = whole.log_weights
    log_start = whole.log_z - sign * (logsumexp(log_w) - np.log(log_w.size))
    return [
        Estimate.from_weights(part, log_start, sign=sign)
        for part in log_w.reshape(n_parts, -1)
    ]
