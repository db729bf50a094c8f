"""The strongest pairs of columns of a machine, whatever its units."""

import numpy as np

from rbmlib.checks import check_positive
from rbmlib.effective_couplings import couplings, potts_couplings
from rbmlib.rbm import check_machine

METHOD = "gaussian"  # of categories: one pass, whatever their number
MOST_EXACT = 16  # visible units of two states, over which couplings are summed


def pair_couplings(rbm):
    """Return the coupling of each pair of visible units, shape (n_visible, n_visible).

    Units of two states: J_ik between ±1 units.  Categorical ones: the norm of the
    block of couplings in the zero-sum gauge, which has no sign.

    Parameters
    ----------
    rbm : RBM
    """
    if rbm.visible.widths(rbm.n_visible) is not None:
        return potts_couplings(rbm, METHOD).norm
    method = "exact" if rbm.n_visible <= MOST_EXACT else "gaussian"
    return couplings(rbm.to_spin()[0], 2, method)


def strongest_pairs(rbm, n=None):
    """Return pairs of visible units by the size of their coupling, strongest first.

    Parameters
    ----------
    rbm : RBM
    n : int, optional
        How many; default: all.

    Returns
    -------
    list of (int, int, float)

    Raises
    ------
    TypeError, ValueError
        No machine, or no number of pairs.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[2.0], [1.5], [-1.0]], [0, 0, 0], [0])
    >>> [(i, k, round(J, 2)) for i, k, J in strongest_pairs(machine, 2)]
    [(0, 1, 0.12), (0, 2, -0.08)]
    """
    check_machine(rbm)
    n = None if n is None else check_positive(n, "n")
    J = pair_couplings(rbm)
    i, k = np.triu_indices(len(J), 1)
    order = np.argsort(-np.abs(J[i, k]), kind="stable")[:n]
    return list(zip(*(x[order].tolist() for x in (i, k, J[i, k])), strict=True))


def named(rbm, units, pairs):
    """Return what columns of a table of pairs are called, and its rows.

    Parameters
    ----------
    rbm : RBM
    units : sequence of rbmlib.datasets.Column
        Its visible units.
    pairs : list of (int, int, float)
        As `strongest_pairs` returns them.

    Returns
    -------
    header : list of str
    rows : list of list
        The names of both columns and their coupling.  A norm over categories has no
        sign: of these also the two states that favour each other most.

    Examples
    --------
    >>> from rbmlib.datasets import Column
    >>> from rbmlib.rbm import RBM
    >>> from rbmlib.units import Categorical
    >>> W = np.zeros((2, 3, 1))
    >>> W[0, 2], W[1, 0] = 2, 2
    >>> machine = RBM(W, np.zeros((2, 3)), [0], visible=Categorical(3))
    >>> units = [Column(name, "categorical", ("no", "?", "yes"), 0) for name in "AB"]
    >>> _, rows = named(machine, units, [(0, 1, 0.5)])
    >>> rows
    [['A', 'B', 0.5, 'yes', 'no']]
    """
    header = ["first", "second", "coupling"]
    rows = [[units[i].name, units[k].name, J] for i, k, J in pairs]
    widths = rbm.visible.widths(rbm.n_visible)
    if widths is None:
        return header, rows
    ends = np.cumsum(widths)
    J = potts_couplings(rbm, METHOD).J.reshape(ends[-1], ends[-1])
    for row, (i, k, _) in zip(rows, pairs, strict=True):
        block = J[ends[i] - widths[i] : ends[i], ends[k] - widths[k] : ends[k]]
        a, b = np.unravel_index(block.argmax(), block.shape)
        row += [units[i].states[a], units[k].states[b]]
    return [*header, "first_together", "second_together"], rows
