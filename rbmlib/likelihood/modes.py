"""Modes of a machine by naive mean field, found without chains.

Iterating m_h = Γ'(b + m_v·W), m_v = Γ'(a + m_h·Wᵀ) raises -F at each half step
(`bound`).  Starts that chains would not think of cost nothing: besides data and noise,
the states that one hidden unit, or one singular direction of W, would choose alone.
"""

from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_samples
from rbmlib.mean_field import free_energy
from rbmlib.sampling import random_start

N_STARTS = 100  # of each kind
N_KEPT = 64  # modes that are returned
BLOCKS = (10, 20, 30, 90)  # steps, after each of which starts that met are one
SAME = 2e-2  # starts have met when their means agree to this
DONE = 1e-6  # largest change of a mean in a step that ends the iteration
STRONG = 8.0  # root mean square of the fields of a start that a direction chooses


class Modes(NamedTuple):
    """Means of independent units, the best first; a row for each mode."""

    m_v: np.ndarray
    m_h: np.ndarray
    x_v: np.ndarray  # the fields in which free units have these means
    x_h: np.ndarray
    minus_f: np.ndarray  # log Z is at least each of these


def find_modes(rbm, data=None, seed=0):
    """Return the modes that naive mean field leads to, of a machine on its grid.

    Parameters
    ----------
    rbm : RBM
    data : array_like, shape (n_samples, n_visible), optional
        100 of them, evenly spaced, are starts too.
    seed : int
        Of 100 random starts.

    Returns
    -------
    Modes
        At most 64, by falling -F.  Some may be saddles, or not have converged: -F is a
        bound at any means.

    Raises
    ------
    ValueError, TypeError
        No machine, data that are no states, or a bad seed.
    """
    m_v = _starts(rbm, data, seed)
    for n_steps in BLOCKS:
        m_v = _distinct(m_v)
        for _ in range(n_steps):
            before, m_v = m_v, _step(rbm, m_v)[0]
            if np.abs(m_v - before).max() < DONE:
                break
    found = _step(rbm, _distinct(m_v))
    minus_f = -free_energy(rbm, *found[:2], order=1)
    order = np.argsort(-minus_f, kind="stable")[:N_KEPT]
    return Modes(*(x[order] for x in (*found, minus_f)))


def _step(rbm, m_v):
    """Return new means and the fields that give them."""
    W, a, b = rbm.columns
    x_h = b + m_v @ W
    m_h = rbm.hidden.mean(x_h)
    x_v = a + m_h @ W.T
    return rbm.visible.mean(x_v), m_h, x_v, x_h


def _distinct(m_v):
    """Return the rows that differ."""
    first = {}
    for n, row in enumerate(np.rint(m_v / SAME) + 0.0):  # no -0.0
        first.setdefault(row.tobytes(), n)
    return m_v[list(first.values())]


def _starts(rbm, data, seed):
    """Return visible means to start from."""
    visible = rbm.visible
    states = [random_start(rbm, N_STARTS, seed)]
    if data is not None:
        data = check_samples(data, visible, rbm.n_visible, "data")
        states.append(data[:: max(1, len(data) // N_STARTS)][:N_STARTS])
    means = [visible.check_means(x, rbm.n_visible, "starts") for x in states]
    if visible.states is not None and rbm.W.any():
        fields = STRONG * _directions(rbm.columns.W)
        means += [visible.mean(fields), visible.mean(-fields)]
    return np.concatenate(means)


def _directions(W):
    """Return fields of mean square 1: all alike, as hidden units, as modes of W."""
    by_strength = np.argsort(-np.square(W).sum(0), kind="stable")[: N_STARTS // 2]
    left = np.linalg.svd(W, full_matrices=False)[0].T[: N_STARTS // 10]
    x = np.concatenate([np.ones((1, len(W))), W.T[by_strength], left])
    x = x[np.square(x).sum(1) > 0]
    return x / np.sqrt(np.mean(np.square(x), axis=1, keepdims=True))
