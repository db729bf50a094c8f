"""What kind of point a fixed point is: minimum or saddle, and who holds it there.

The second derivative of the free energy has a diagonal block for each layer, D, and
between the layers only the effective coupling C:

D_i  = 1/V(m_i) - ½ V'' Σ_j W_ij² V(n_j) - ⅙ κ''(m_i) Σ_j W_ij³ κ(n_j)
C_ij = W_ij + ½ W_ij² V'(m_i) V'(n_j) + ⅙ W_ij³ κ'(m_i) κ'(n_j).

It is positive, and the point a minimum, if every D is positive and the top singular
value of D_v^-½ C D_h^-½ is below 1: the *coupling ratio*, which the book calls the
layer susceptibility at a fixed point.  At order 1 that is V_v^½ W V_h^½; at 1 a mode is
born, or lost, together with a saddle.
"""

import numpy as np

from rbmlib.mean_field.plefka import check_order, check_point
from rbmlib.rbm import check_machine

# W²VV of a pair from which its reaction term is no small correction: for two ±1 spins
# w²/(exact effect tanh² w) is then 1.2.  The weights of a dense theory are far below.
STRONG_PAIR = 0.25


def coupling_ratio(rbm, m_v, m_h, order=2):
    """Return the layer susceptibility at a fixed point: below 1 at a minimum of F.

    At a saddle it is above 1.

    Parameters
    ----------
    rbm : RBM
    m_v, m_h : array_like, shapes (n_visible,) and (n_hidden,)
        A fixed point.
    order : 1, 2 or 3

    Returns
    -------
    float
        Infinite if a diagonal entry of the second derivative is not positive.

    Raises
    ------
    TypeError, ValueError
        Means out of range or of more than one point, or an order that is not known for
        the units.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> from rbmlib.units import SPIN
    >>> machine = RBM([[0.8]], [0.0], [0.0], SPIN, SPIN)
    >>> round(coupling_ratio(machine, [0.0], [0.0], order=1), 3)
    0.8
    """
    order = check_order(order, rbm)
    m_v, m_h = check_point(rbm, m_v, m_h)
    slope_v, slope_h = _reaction_slopes(rbm, m_v, m_h, order)
    scaled = rbm.visible.whitened(m_v, slope_v, _coupling(rbm, m_v, m_h, order))
    if scaled is not None:
        scaled = rbm.hidden.whitened(m_h, slope_h, scaled.T)
    if scaled is None:
        return np.inf
    wide = scaled.shape[0] <= scaled.shape[1]
    gram = scaled @ scaled.T if wide else scaled.T @ scaled
    return float(np.sqrt(max(np.linalg.eigvalsh(gram)[-1], 0.0)))


def held_by_reaction(rbm, m_v, m_h):
    """Return whether a TAP fixed point exists only because the reaction is too strong.

    That is the case where naive mean field is unstable (its coupling ratio is above 1)
    and a unit of a strongly coupled pair, W_ij² V_i V_j > 1/4, stays near the middle of
    its range.  The second-order term, meant for many weak couplings, then holds units
    at ½ that the machine itself decides.

    Parameters
    ----------
    rbm, m_v, m_h
        As in `coupling_ratio`.

    Returns
    -------
    bool

    Raises
    ------
    TypeError, ValueError
        Means out of range, or of more than one point.

    Examples
    --------
    A weight of 6 would lead naive mean field to one of two modes; TAP stays between:

    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[6.0]], [-3.0], [-3.0])
    >>> held_by_reaction(machine, [0.5], [0.5])
    True
    """
    check_machine(rbm)
    m_v, m_h = check_point(rbm, m_v, m_h)
    W = rbm.columns.W
    pairs = rbm.visible.pair_matrix(m_v, W) * rbm.hidden.variance_at(m_h)
    return bool(
        pairs.max() > STRONG_PAIR and coupling_ratio(rbm, m_v, m_h, order=1) > 1
    )


def jacobian(rbm, m_v, m_h, order=2):
    """Return the derivative of one undamped `update` at a fixed point.

    The iteration is locally stable if all eigenvalues are below 1 in absolute value;
    an eigenvalue below -1 sends it into a cycle of two points.

    Parameters
    ----------
    rbm, m_v, m_h, order
        As in `coupling_ratio`.

    Returns
    -------
    ndarray, shape (n_visible + n_hidden, n_visible + n_hidden)
        Rows: new (m_v, m_h); columns: old (m_v, m_h).

    Raises
    ------
    TypeError, ValueError
        Means out of range or of more than one point, or an order that is not known for
        the units.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> from rbmlib.units import SPIN
    >>> machine = RBM([[0.8]], [0.0], [0.0], SPIN, SPIN)
    >>> jacobian(machine, [0.0], [0.0], order=1).round(2).tolist()
    [[0.64, 0.0], [0.8, 0.0]]
    """
    order = check_order(order, rbm)
    m_v, m_h = check_point(rbm, m_v, m_h)
    v, h, n = rbm.visible, rbm.hidden, m_v.size
    slope_v, slope_h = _reaction_slopes(rbm, m_v, m_h, order)
    C = _coupling(rbm, m_v, m_h, order)
    own_v = v.times_covariance(m_v, v.curvature_matrix(slope_v))
    own_h = h.times_covariance(m_h, h.curvature_matrix(slope_h))
    hidden = np.hstack([h.times_covariance(m_h, C.T), own_h])
    visible = v.times_covariance(m_v, C) @ hidden
    visible[:, :n] += own_v
    return np.vstack([visible, hidden])


def _reaction_slopes(rbm, m_v, m_h, order):
    """Return the derivative of each unit's reaction field by its own means."""
    v, h, W = rbm.visible, rbm.hidden, rbm.columns.W
    slope_v, slope_h = np.zeros_like(m_v), np.zeros_like(m_h)
    if order >= 2:
        slope_v = v.pair_curvature(m_v, W, h.variance_at(m_h))
        slope_h = h.variance_curvature(m_h) / 2 * v.pair_sum(m_v, W)
    if order == 3:
        slope_v = slope_v + v.third_curvature(m_v) * (W**3 @ h.third(m_h)) / 6
        slope_h = slope_h + h.third_curvature(m_h) * (v.third(m_v) @ W**3) / 6
    return slope_v, slope_h


def _coupling(rbm, m_v, m_h, order):
    v, h, W = rbm.visible, rbm.hidden, rbm.columns.W
    C = W.copy()
    if order >= 2:
        C += v.pair_slopes(m_v, W) * h.variance_slope(m_h) / 2
    if order == 3:
        C += W**3 * np.multiply.outer(v.third_slope(m_v), h.third_slope(m_h)) / 6
    return C
