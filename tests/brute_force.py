"""Sums over all states by the letter of the definition, sharing no code with rbmlib.

Slow on purpose: loops over configurations, the energy term by term, integrals over
Gaussian units by adaptive quadrature.
"""

from itertools import product
from math import exp, log

import numpy as np
from scipy.integrate import quad

from rbmlib.rbm import RBM
from rbmlib.units import BINARY, SPIN, Gaussian

DISCRETE = {BINARY: (0, 1), SPIN: (-1, 1)}
DISCRETE_PAIRS = list(product(DISCRETE, repeat=2))


def random_machine(seed, visible, hidden, largest=4):
    """Return a machine of random small sizes, with weights and biases of order one."""
    rng = np.random.default_rng(seed)
    n_v, n_h = rng.integers(1, largest + 1, 2)
    W, a, b = (rng.normal(size=size) for size in ((n_v, n_h), n_v, n_h))
    return RBM(W, a, b, visible, hidden)


def energy(rbm, v, h):
    """E(v, h) of a machine with discrete units, term by term."""
    total = 0.0
    for i, v_i in enumerate(v):
        total -= rbm.a[i] * v_i
        for j, h_j in enumerate(h):
            total -= v_i * rbm.W[i, j] * h_j
    for j, h_j in enumerate(h):
        total -= rbm.b[j] * h_j
    return total


def weights(rbm):
    """Return {(v, h): exp(-E)} over all joint states of a discrete machine."""
    visible = list(product(DISCRETE[rbm.visible], repeat=rbm.n_visible))
    hidden = list(product(DISCRETE[rbm.hidden], repeat=rbm.n_hidden))
    return {(v, h): exp(-energy(rbm, v, h)) for v in visible for h in hidden}


def log_z(rbm):
    """Return log Z of a discrete machine, or with one Gaussian layer."""
    if isinstance(rbm.visible, Gaussian):
        rbm = transposed(rbm)
    if isinstance(rbm.hidden, Gaussian):
        return log(sum(_gaussian_weight(rbm, v) for v in _visible_states(rbm)))
    return log(sum(weights(rbm).values()))


def transposed(rbm):
    """Return the same machine with the layers exchanged."""
    return RBM(rbm.W.T, rbm.b, rbm.a, rbm.hidden, rbm.visible)


def _visible_states(rbm):
    return product(DISCRETE[rbm.visible], repeat=rbm.n_visible)


def _gaussian_weight(rbm, v):
    """∫ dh exp(-E(v, h)) for Gaussian hidden units, one integral for each."""
    variance = rbm.hidden.variance_at_rest
    value = exp(sum(rbm.a[i] * v[i] for i in range(rbm.n_visible)))
    for j in range(rbm.n_hidden):
        x = rbm.b[j] + sum(v[i] * rbm.W[i, j] for i in range(rbm.n_visible))
        centre, width = x * variance, 12 * variance**0.5
        value *= quad(
            lambda h, x=x: exp(x * h - h * h / (2 * variance)),
            centre - width,
            centre + width,
            epsabs=0,
            epsrel=1e-12,
        )[0]
    return value
