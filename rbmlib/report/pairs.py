"""The strongest pairs of columns of a machine, whatever its units."""

import numpy as np

from rbmlib.checks import check_positive
from rbmlib.effective_couplings import couplings, potts_couplings
from rbmlib.rbm import check_machine

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
        return potts_couplings(rbm, "gaussian").norm
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
