"""What kind of point a fixed point is: minimum or saddle, and who holds it there.

The second derivative of the free energy has a diagonal block for each layer, D, and
between the layers only the effective coupling C:

D_i  = 1/V(m_i) - ½ V'' Σ_j W_ij² V(n_j) - ⅙ κ''(m_i) Σ_j W_ij³ κ(n_j)
C_ij = W_ij + ½ W_ij² V'(m_i) V'(n_j) + ⅙ W_ij³ κ'(m_i) κ'(n_j).

It is positive, and the point a minimum, if every D is positive and the top singular
value of D_v^-½ C D_h^-½ is below 1: the *coupling ratio*.  At order 1 that is
V_v^½ W V_h^½, whose passing 1 makes the naive fixed point of a growing machine split.
"""

import numpy as np

from rbmlib.mean_field.families import family_of
from rbmlib.mean_field.plefka import check_means, check_order

# W²VV of a pair from which its reaction term is no small correction: for two ±1 spins
# w²/(exact effect tanh² w) is then 1.2.  The weights of a dense theory are far below.
STRONG_PAIR = 0.25


def coupling_ratio(rbm, m_v, m_h, order=2):
    """Return the coupling ratio: below 1 at a minimum of F, above 1 at a saddle.

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

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> from rbmlib.units import SPIN
    >>> machine = RBM([[0.8]], [0.0], [0.0], SPIN, SPIN)
    >>> round(coupling_ratio(machine, [0.0], [0.0], order=1), 3)
    0.8
    """
    check_order(order)
    m_v, m_h = check_means(rbm, m_v, m_h)
    v, h = family_of(rbm.visible), family_of(rbm.hidden)
    D_v = _diagonal(rbm.W, v, m_v, h, m_h, order)
    D_h = _diagonal(rbm.W.T, h, m_h, v, m_v, order)
    if not (D_v.min() > 0 and D_h.min() > 0):
        return np.inf
    C = _coupling(rbm.W, v, m_v, h, m_h, order)
    scaled = C / np.sqrt(D_v)[:, None] / np.sqrt(D_h)
    gram = scaled.T @ scaled if rbm.n_hidden <= rbm.n_visible else scaled @ scaled.T
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
    """
    m_v, m_h = check_means(rbm, m_v, m_h)
    v, h = family_of(rbm.visible), family_of(rbm.hidden)
    pairs = rbm.W**2 * v.variance(m_v)[:, None] * h.variance(m_h)
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

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> from rbmlib.units import SPIN
    >>> machine = RBM([[0.8]], [0.0], [0.0], SPIN, SPIN)
    >>> jacobian(machine, [0.0], [0.0], order=1).round(2).tolist()
    [[0.64, 0.0], [0.8, 0.0]]
    """
    check_order(order)
    m_v, m_h = check_means(rbm, m_v, m_h)
    v, h = family_of(rbm.visible), family_of(rbm.hidden)
    V_v, V_h = v.variance(m_v), h.variance(m_h)
    C = _coupling(rbm.W, v, m_v, h, m_h, order)
    own_v = V_v * _reaction_slope(rbm.W, v, m_v, h, m_h, order)
    own_h = V_h * _reaction_slope(rbm.W.T, h, m_h, v, m_v, order)
    hidden = np.hstack([(C * V_h).T, np.diag(own_h)])
    visible = (V_v[:, None] * C) @ hidden
    visible[:, : rbm.n_visible] += np.diag(own_v)
    return np.vstack([visible, hidden])


def _diagonal(W, own, m_own, other, m_other, order):
    with np.errstate(divide="ignore"):  # a saturated unit cannot move: D infinite
        inverse = 1 / own.variance(m_own)
    return inverse - _reaction_slope(W, own, m_own, other, m_other, order)


def _reaction_slope(W, own, m_own, other, m_other, order):
    """Return the derivative of each unit's reaction field by its own mean."""
    slope = np.zeros_like(m_own)
    if order >= 2:
        slope += own.c2 * (W**2 @ other.variance(m_other))
    if order == 3:
        slope += own.third_curvature(m_own) * (W**3 @ other.third(m_other)) / 6
    return slope


def _coupling(W, v, m_v, h, m_h, order):
    C = W.copy()
    if order >= 2:
        C += W**2 * np.multiply.outer(v.variance_slope(m_v), h.variance_slope(m_h)) / 2
    if order == 3:
        C += W**3 * np.multiply.outer(v.third_slope(m_v), h.third_slope(m_h)) / 6
    return C
