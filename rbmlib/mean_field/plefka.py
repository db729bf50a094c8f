"""The free energy at given means, expanded in powers of the weights.

With units at means m (visible) and n (hidden), variances V and third cumulants κ that
free units have at those means (`rbmlib.units`),

-F(m, n) = S(m) + S(n) + a·m + b·n + m·W·n                  order 1, naive mean field
           + ½ Σ_ij W_ij² V(m_i) V(n_j)                     order 2, TAP
           + ⅙ Σ_ij W_ij³ κ(m_i) κ(n_j) + …                 order 3.

A machine has no triangles, so that no other terms appear up to this order.  F is
stationary where

m_i = Γ'(a_i + Σ_j W_ij n_j + ½ V'(m_i) Σ_j W_ij² V(n_j) + ⅙ κ'(m_i) Σ_j W_ij³ κ(n_j)),

and the same with the layers exchanged.  For {0, 1} units the second-order term is
-(m_i - ½) Σ_j W_ij² n_j (1 - n_j), Onsager's reaction: a unit must not feel the part of
its neighbours' means that it has caused itself.

T. Plefka (1982), doi:10.1088/0305-4470/15/6/035; for these machines M. Gabrié, E. W.
Tramel and F. Krzakala (2015), arXiv:1506.02914.
"""

import numpy as np

from rbmlib.checks import check_integer, check_real, said
from rbmlib.rbm import check_machine

ORDERS = (1, 2, 3)


def free_energy(rbm, m_v, m_h, order=2):
    """Return F(m, n) of the Plefka expansion; -F stands for log Z.

    Parameters
    ----------
    rbm : RBM
    m_v : array_like, shape (..., n_visible)
    m_h : array_like, shape (..., n_hidden)
        Means of the units.
    order : 1, 2 or 3
        Naive mean field, TAP, or the third order.

    Returns
    -------
    ndarray, shape (...)

    Raises
    ------
    TypeError, ValueError
        Means of the wrong shape or out of the units' range, or another order.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[0.5]], [0.2], [-0.1])
    >>> point = [0.604], [0.551]  # near the fixed points of every order
    >>> [round(float(-free_energy(machine, *point, order)), 4) for order in (1, 2, 3)]
    [1.5914, 1.5988, 1.5988]
    >>> round(machine.log_z(), 4)
    1.5991
    """
    order = check_order(order, rbm)
    m_v, m_h = check_means(rbm, m_v, m_h)
    v, h, (W, a, b) = rbm.visible, rbm.hidden, rbm.columns
    minus_f = (v.entropy(m_v) + m_v * a).sum(-1)
    minus_f += (h.entropy(m_h) + m_h * (m_v @ W + b)).sum(-1)
    if order >= 2:
        minus_f += (v.pair_sum(m_v, W) * h.variance_at(m_h)).sum(-1) / 2
    if order == 3:
        minus_f += (v.third(m_v) @ W**3 * h.third(m_h)).sum(-1) / 6
    return -minus_f


def update(rbm, m_v, m_h, order=2, damping=0.0):
    """Return (m_v, m_h) after one step: first the hidden layer, then the visible one.

    The visible layer already sees the new hidden means; each layer's own old means
    enter its reaction term.  Parameters as in `free_energy`.

    Parameters
    ----------
    damping : float
        In [0, 1): share of the old means that is kept.

    Returns
    -------
    m_v : ndarray, shape (..., n_visible)
    m_h : ndarray, shape (..., n_hidden)

    Raises
    ------
    TypeError, ValueError
        Means out of range, an order that is not known for the units, or a damping that
        is not in [0, 1).

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[0.5]], [0.2], [-0.1])
    >>> m_v, m_h = update(machine, [0.5], [0.5])
    >>> m_v.round(4).tolist(), m_h.round(4).tolist()
    ([0.6151], [0.5374])
    """
    order = check_order(order, rbm)
    m_v, m_h = check_means(rbm, m_v, m_h)
    return step(rbm, m_v, m_h, order, check_damping(damping))


def step(rbm, m_v, m_h, order, damping=0.0):
    """Return `update` of what was checked."""
    m_h = damping * m_h + (1 - damping) * rbm.hidden.mean(
        field_on_hidden(rbm, m_v, m_h, order)
    )
    new_v = rbm.visible.mean(field_on_visible(rbm, m_v, m_h, order))
    return damping * m_v + (1 - damping) * new_v, m_h


def field_on_hidden(rbm, m_v, m_h, order):
    """Return the fields on the hidden units: bias, mean field, and reaction terms.

    Parameters as in `free_energy`; returns the shape of m_h.
    """
    v, h, (W, _, b) = rbm.visible, rbm.hidden, rbm.columns
    x = b + m_v @ W
    if order >= 2:
        x += h.variance_slope(m_h) * v.pair_sum(m_v, W) / 2
    if order == 3:
        x += h.third_slope(m_h) * (v.third(m_v) @ W**3) / 6
    return x


def field_on_visible(rbm, m_v, m_h, order):
    """Return the fields on the columns of the visible layer, shape of m_v."""
    v, h, (W, a, _) = rbm.visible, rbm.hidden, rbm.columns
    x = a + m_h @ W.T
    if order >= 2:
        x += v.pair_slope(m_v, W, h.variance_at(m_h)) / 2
    if order == 3:
        x += v.third_slope(m_v) * (h.third(m_h) @ W.T**3) / 6
    return x


def check_order(order, rbm):
    """Return `order` as an int, 1, 2 or 3, and known for the units of a machine.

    Raises
    ------
    TypeError, ValueError
        No machine, or another order.
    """
    check_machine(rbm)
    order = check_integer(order, "order")
    if order not in ORDERS:
        raise ValueError(f"order must be 1 (naive), 2 (TAP) or 3, got {order}")
    for unit in (rbm.visible, rbm.hidden):
        if order not in unit.plefka_orders:
            raise ValueError(
                f"order must be one of {unit.plefka_orders} for {unit.name} units, "
                f"got {order}"
            )
    return order


def check_damping(damping):
    """Return a share of old means as a float in [0, 1), or refuse it.

    Raises
    ------
    TypeError, ValueError
        No number, or one outside.
    """
    damping = check_real(damping, "damping", 0)
    if damping >= 1:
        raise ValueError(f"damping must be in [0, 1), got {said(damping)}")
    return damping


def check_means(rbm, m_v, m_h, names=("m_v", "m_h")):
    """Return the means of both layers as float64, a number for each column.

    Raises
    ------
    ValueError
        Means out of the range of the units, or of as many units as there are not; of
        the layers, leading dimensions that do not go together.
    """
    m_v = rbm.visible.check_means(m_v, rbm.n_visible, names[0])
    m_h = rbm.hidden.check_means(m_h, rbm.n_hidden, names[1])
    leading = m_v.shape[:-1], m_h.shape[:-1]
    try:
        np.broadcast_shapes(*leading)
    except ValueError:
        raise ValueError(
            f"{names[0]} and {names[1]} must have equal leading dimensions, got "
            f"{leading[0]} and {leading[1]}"
        ) from None
    return m_v, m_h


def check_point(rbm, m_v, m_h):
    """Return the means of both layers at one point, as `check_means` does.

    Raises
    ------
    ValueError
        As `check_means`, or means of more than one point.
    """
    m_v, m_h = check_means(rbm, m_v, m_h)
    for m, name in ((m_v, "m_v"), (m_h, "m_h")):
        if m.ndim != 1:
            raise ValueError(
                f"{name} must be the means of one point, shape {m.shape[-1:]}, got "
                f"{m.shape}"
            )
    return m_v, m_h
