"""The pair couplings that hidden units induce between categorical units.

With the hidden units summed out, -F(v) is an energy of Potts variables.  Its part that
belongs to units i and k alone is, for uniform other units,

J_ik(a, b) = M_ik(a, b) - mean_a M_ik - mean_b M_ik + mean_ab M_ik,
M_ik(a, b) = E[-F(v) | v_i = a, v_k = b],

so that each row and column sums to zero: the zero-sum gauge, in which the Frobenius
norm of J_ik is smallest (M. Ekeberg, C. Lövkvist, Y. Lan, M. Weigt, E. Aurell (2013),
doi:10.1103/PhysRevE.87.012707).  For two states it is the ±1 coupling times ±1.
"""

from typing import NamedTuple

import numpy as np

from rbmlib import enumeration
from rbmlib.checks import check_choice
from rbmlib.effective_couplings import characteristic
from rbmlib.effective_couplings.large_n import gaussian_mean
from rbmlib.effective_couplings.many_body import METHODS
from rbmlib.rbm import check_machine
from rbmlib.units import zero_sum

_CHUNK = 2**20  # numbers held at once


class PottsCouplings(NamedTuple):
    """Pair couplings in the zero-sum gauge.

    Attributes
    ----------
    J : ndarray, shape (n_visible, q, n_visible, q)
        Zero for a unit with itself.  With one q for each unit: (Σ q, Σ q).
    norm : ndarray, shape (n_visible, n_visible)
        Frobenius norm of each pair's block, Σ_ab J(a, b)² to the power ½.
    """

    J: np.ndarray
    norm: np.ndarray


def potts_couplings(rbm, method="exact"):
    """Return the couplings between all pairs of categorical visible units.

    Parameters
    ----------
    rbm : RBM
        With categorical visible units and any hidden units.
    method : "exact" or "gaussian"
        "exact" averages over all visible states, up to 2^25.  Machines with more are
        answered, to 1e-12 of their weights, if their hidden units have two states.
        "gaussian" takes the field of the other units for a Gaussian variable, which is
        right for many units of which none dominates.  Both cost n_hidden times the
        number of entries of J, times some fifty nodes of an integral or more.

    Returns
    -------
    PottsCouplings

    Raises
    ------
    TypeError
        No machine, or visible units of another type.
    ValueError
        An unknown method, too many states for "exact", weights so large that the
        Gaussian has a deviation above 1e4, or fields above 1e4 with many states.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> from rbmlib.units import Categorical
    >>> W = np.ones((2, 2, 1)) * [[1], [-1]]
    >>> rbm = RBM(W, np.zeros((2, 2)), [0], Categorical(2))
    >>> potts_couplings(rbm).norm.round(4).tolist()
    [[0.0, 0.4338], [0.4338, 0.0]]
    """
    check_machine(rbm)
    if rbm.visible.widths(rbm.n_visible) is None:
        raise TypeError(f"rbm must have categorical visible units, got {rbm!r}")
    method = check_choice(method, "method", METHODS)
    if method == "gaussian":
        J = _gaussian(rbm)
    elif rbm.hidden.bits and not _few_states(rbm):
        J = _by_product(rbm)
    else:
        J = _exact(rbm)
    first = rbm.visible.first_columns(rbm.n_visible)
    squares = np.add.reduceat(np.add.reduceat(J**2, first, axis=0), first, axis=1)
    return PottsCouplings(J.reshape(rbm.a.shape * 2), np.sqrt(squares))


def _exact(rbm):
    """Return J from the mean of -F over all other units, pair by pair."""
    widths = rbm.visible.widths(rbm.n_visible)
    blocks = enumeration.blocks(rbm.visible, rbm.n_visible)
    f = np.concatenate([-rbm.free_energy(v) for v in blocks]).reshape(widths)
    J, first = np.zeros((widths.sum(),) * 2), rbm.visible.first_columns(rbm.n_visible)
    for i in range(rbm.n_visible):
        for k in range(i + 1, rbm.n_visible):
            others = tuple(x for x in range(rbm.n_visible) if x not in (i, k))
            block = _centred(f.mean(axis=others), 0, 1)
            rows, columns = slice(first[i], first[i] + widths[i]), first[k]
            J[rows, columns : columns + widths[k]] = block
    return J + J.T


def _few_states(rbm):
    """Tell whether all visible states may be summed one by one."""
    n = rbm.n_visible
    few = n <= enumeration.MAX_UNITS
    return few and rbm.visible.n_states(n) <= enumeration.MAX_STATES


def _by_product(rbm):
    """Return J as an integral over a product, for any number of states."""
    machine, _ = zero_sum(rbm)
    unit, n = machine.visible, machine.n_visible
    first, widths = unit.first_columns(n), unit.widths(n)
    J = characteristic.of_sites(machine.columns.W, machine.b, machine.hidden, first)
    site = np.repeat(np.arange(n), widths)
    return np.where(site[:, None] == site, 0.0, J)


def _centred(M, *axes):
    for axis in axes:
        M = M - M.mean(axis, keepdims=True)
    return M


def _gaussian(rbm):
    """Return J with the field of all other units taken for a Gaussian variable."""
    machine, _ = zero_sum(rbm)
    W, b = machine.columns.W, machine.b
    unit, n = machine.visible, machine.n_visible
    widths, first = unit.widths(n), unit.first_columns(n)
    unit_of = np.repeat(np.arange(len(widths)), widths)
    # A unit drawn uniformly from its states: mean zero, in this gauge.
    variance = np.add.reduceat(W**2, first, axis=0) / widths[:, None]
    J = np.zeros((len(W),) * 2)
    for i in range(len(widths) - 1):
        rows = slice(first[i], first[i] + widths[i])
        step = max(1, _CHUNK // (widths[i] * len(b)))
        for start in range(rows.stop, len(W), step):
            columns = slice(start, min(start + step, len(W)))
            rest = variance.sum(0) - variance[i] - variance[unit_of[columns]]
            x = b + W[rows, None, :] + W[None, columns, :]
            deviation = np.sqrt(np.maximum(rest, 0.0))
            gamma = machine.hidden.log_partition
            J[rows, columns] = gaussian_mean(gamma, x, deviation).sum(-1)
        M = _centred(J[rows, rows.stop :], 0)
        # Centred in each block of columns, too.
        mean = np.add.reduceat(M, first[i + 1 :] - rows.stop, axis=1) / widths[i + 1 :]
        J[rows, rows.stop :] = M - np.repeat(mean, widths[i + 1 :], axis=1)
    return J + J.T
