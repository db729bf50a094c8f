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
        Discrete units; at most 12 in the smaller and 20 in the larger layer.

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
    small, large = sorted((rbm.n_visible, rbm.n_hidden))
    if small > MAX_SMALL or large > MAX_LARGE:
        raise ValueError(
            f"rbm must have at most {MAX_SMALL} units in one layer and {MAX_LARGE} in "
            f"the other for an exact relaxation time, got {rbm!r}"
        )
    if rbm.n_visible < rbm.n_hidden:
        rbm = RBM(rbm.W.T, rbm.b, rbm.a, rbm.hidden, rbm.visible)
    h = enumeration.all_states(rbm.hidden, rbm.n_hidden)
    gram = np.zeros((len(h), len(h)))
    for v in enumeration.blocks(rbm.visible, rbm.n_visible):
        for part in np.array_split(v, max(1, len(v) // _BLOCK)):
            root = _root_of_kernels(rbm, part, h)
            gram += root.T @ root
    # sqrt(p(h)) is the eigenvector of 1: taken out, what is left starts with λ.
    log_p = -rbm.hidden_free_energy(h)
    root_p = np.exp(0.5 * (log_p - np.logaddexp.reduce(log_p)))
    second = np.linalg.eigvalsh(gram - np.outer(root_p, root_p))[-1]
    return float(_time_of(second))


def _root_of_kernels(rbm, v, h):
    """Return sqrt(p(v|h) p(h|v)) for all pairs of rows of v and h."""
    minus_energy = v @ rbm.W @ h.T + (v @ rbm.a)[:, None] + h @ rbm.b
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
