"""The singular values that decide the mixing time: D_v^½ W D_h^½."""

import numpy as np

from rbmlib import enumeration
from rbmlib.checks import check_array
from rbmlib.mean_field.response import response_at, response_matrix
from rbmlib.rbm import check_machine

LARGEST = 1e100  # of a variance: squares of what is watched are numbers


def mode_strengths(rbm, variance_v, variance_h):
    """Return the singular values of D_v^½ W D_h^½, and what to watch of v.

    Parameters
    ----------
    rbm : RBM
        Not of categorical units, whose states have no single variance: for these
        `exact_strengths` and `measure`.
    variance_v : array_like, shape (n_visible,)
        Variances of the visible units in the machine, the diagonal of D_v; from 0 to
        1e100.
    variance_h : array_like, shape (n_hidden,)

    Returns
    -------
    s : ndarray, shape (n_modes,)
        Falling.  ¼ of the singular values of W where all units have the mean ½.
    projections : ndarray, shape (n_visible, n_modes)
        Column α, times v, is the observable that linear response damps by s_α² at each
        sweep.  Normalised to unit length.

    Raises
    ------
    ValueError, TypeError
        No machine, or one of categorical units; shapes that do not fit, or a variance
        out of range.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> s, _ = mode_strengths(RBM([[8.0]], [-4.0], [-4.0]), [0.25], [0.25])
    >>> s.tolist()
    [2.0]
    """
    check_machine(rbm)
    if rbm.W.ndim != 2:
        raise ValueError(
            f"rbm must have units of one variance, not of states, got {rbm!r}"
        )
    n_visible, n_hidden = rbm.W.shape
    variance_v = check_array(variance_v, "variance_v", (n_visible,), 0, LARGEST)
    variance_h = check_array(variance_h, "variance_h", (n_hidden,), 0, LARGEST)
    X = response_matrix(rbm.W, variance_v, variance_h)
    return _modes(rbm, X, variance_h)


def strengths_at(rbm, mean_v, mean_h):
    """Return what `mode_strengths` does, at given means of the units of any type.

    Parameters
    ----------
    rbm : RBM
    mean_v : ndarray, shape (n_columns,)
        As in `rbmlib.mean_field.response.response_at`.
    mean_h : ndarray, shape (n_hidden,)
    """
    X = response_at(rbm, mean_v, mean_h)
    return _modes(rbm, X, rbm.hidden.variance_at(mean_h))


def _modes(rbm, X, variance_h):
    _, s, right = np.linalg.svd(X, full_matrices=False)
    # D_v^-½ u without a division: a pixel that never changes has no variance.
    projections = rbm.columns.W @ (np.sqrt(variance_h)[:, None] * right.T)
    length = np.linalg.norm(projections, axis=0)
    return s, projections / np.where(length > 0, length, 1)


def exact_strengths(rbm):
    """Return the singular values of D_v^½ W D_h^½ with exact variances.

    Parameters
    ----------
    rbm : RBM
        Small enough to enumerate.

    Returns
    -------
    ndarray, shape (n_modes,)

    Raises
    ------
    ValueError, TypeError
        No machine, or one that `enumeration.moments` refuses.

    Examples
    --------
    >>> from rbmlib.mixing_time import uniform_machine
    >>> float(exact_strengths(uniform_machine(4, 4, 0.5))[0].round(6))
    0.5
    """
    check_machine(rbm)
    mean_v, mean_h, _ = enumeration.moments(rbm)
    return strengths_at(rbm, mean_v.ravel(), mean_h)[0]
