"""Relaxation times without sampling: the second eigenvalue of one sweep."""

import numpy as np
from scipy.stats import binom

from rbmlib import enumeration
from rbmlib.rbm import RBM
from rbmlib.units import SPIN

MAX_SMALL, MAX_LARGE = 12, 20  # units of the smaller and the larger layer
_BLOCK = 2**13


def exact_relaxation_time(rbm):
    """Return τ = -1/ln λ of block Gibbs sampling, λ the second eigenvalue.

    The kernels of the two layers, p(v'|v) and p(h'|h), share their nonzero eigenvalues:
    the squared singular values of the matrix sqrt(p(v|h) p(h|v)).  The largest is 1.

    Parameters
    ----------
    rbm : RBM
        Discrete units; at most 2^12 states in the smaller and 2^20 in the larger layer.

    Returns
    -------
    float
        In sweeps; 0 if one sweep forgets everything.

    Raises
    ------
    ValueError
        Gaussian units, or too many units.

    Examples
    --------
    >>> pair = RBM([[0.5]], [0.0], [0.0], SPIN, SPIN)  # λ = tanh² 0.5
    >>> bool(np.isclose(exact_relaxation_time(pair), -0.5 / np.log(np.tanh(0.5))))
    True
    """
    layers = (rbm.visible, rbm.n_visible), (rbm.hidden, rbm.n_hidden)
    sizes = [unit.n_states(n) or np.inf for unit, n in layers]
    if min(sizes) > 2**MAX_SMALL or max(sizes) > 2**MAX_LARGE:
        raise ValueError(
            f"rbm must have at most {MAX_SMALL} units of two states in one layer and "
            f"{MAX_LARGE} in the other for an exact relaxation time, got {rbm!r}"
        )
    small = int(sizes[1] <= sizes[0])
    states = enumeration.all_states(*layers[small])
    gram = np.zeros((len(states),) * 2)
    for block in enumeration.blocks(*layers[1 - small]):
        for part in np.array_split(block, max(1, len(block) // _BLOCK)):
            pair = (part, states) if small else (states, part)
            root = _root_of_kernels(rbm, *pair)
            gram += root.T @ root if small else root @ root.T
    # sqrt(p) is the eigenvector of 1: taken out, what is left starts with λ.
    log_p = -rbm.hidden_free_energy(states) if small else -rbm.free_energy(states)
    root_p = np.exp(0.5 * (log_p - np.logaddexp.reduce(log_p)))
    second = np.linalg.eigvalsh(gram - np.outer(root_p, root_p))[-1]
    return float(_time_of(second))


def _root_of_kernels(rbm, v, h):
    """Return sqrt(p(v|h) p(h|v)) for all pairs of rows of v and h."""
    W, a, b = rbm.columns
    dot = rbm.visible.dot
    minus_energy = dot(v, W) @ h.T + dot(v, a)[:, None] + h @ b
    free = rbm.free_energy(v)[:, None] + rbm.hidden_free_energy(h)
    return np.exp(minus_energy + 0.5 * free)


def _time_of(eigenvalue):
    return -1.0 / np.log(eigenvalue) if eigenvalue > 1e-14 else 0.0


def uniform_machine(n_visible, n_hidden, w):
    """Return the ±1 machine W_ij = w/sqrt(N_v N_h): a two-layer magnet.

    It has no biases; its only singular value is w, its ordering threshold w = 1.

    Examples
    --------
    >>> uniform_machine(4, 4, 2.0).W[0, 0]
    np.float64(0.5)
    """
    W = np.full((n_visible, n_hidden), w / np.sqrt(n_visible * n_hidden))
    return RBM(W, np.zeros(n_visible), np.zeros(n_hidden), SPIN, SPIN)


def uniform_relaxation_time(n_visible, n_hidden, w):
    """Return τ of `uniform_machine` exactly, for up to thousands of units.

    All units of a layer feel one field, so that the number of upper spins is itself a
    Markov chain with two binomial laws; everything else is forgotten in one sweep.

    Parameters
    ----------
    n_visible, n_hidden : int
    w : float

    Returns
    -------
    float
        -1/(2 ln w) for w < 1 and large machines; grows as the square root of the size
        at w = 1, and exponentially beyond.

    Examples
    --------
    >>> round(uniform_relaxation_time(100, 100, 1.0), 3)
    9.392
    """
    field = w / np.sqrt(n_visible * n_hidden)

    def kernel(n_from, n_to):
        total = 2.0 * np.arange(n_from + 1) - n_from
        p = SPIN.mean(field * total)[:, None] * 0.5 + 0.5
        return binom.pmf(np.arange(n_to + 1), n_to, p)

    to_h, to_v = kernel(n_visible, n_hidden), kernel(n_hidden, n_visible)
    # By symmetry the slow mode is odd under s → -s: half the matrix, no eigenvalue 1.
    sweep, half = to_h @ to_v, (n_visible + 1) // 2
    odd = (sweep - sweep[:, ::-1])[:half, :half]
    return float(_time_of(np.linalg.eigvals(odd).real.max()))
