"""The free energy at given means, expanded in powers of the weights.

With units at means m (visible) and n (hidden), variances V and third cumulants κ that
free units have at those means (`families`),

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

from rbmlib.mean_field.families import family_of

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
    ValueError
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
    check_order(order)
    m_v, m_h = check_means(rbm, m_v, m_h)
    v, h = family_of(rbm.visible), family_of(rbm.hidden)
    minus_f = (v.entropy(m_v) + m_v * rbm.a).sum(-1)
    minus_f += (h.entropy(m_h) + m_h * (m_v @ rbm.W + rbm.b)).sum(-1)
    if order >= 2:
        minus_f += (v.variance(m_v) @ rbm.W**2 * h.variance(m_h)).sum(-1) / 2
    if order == 3:
        minus_f += (v.third(m_v) @ rbm.W**3 * h.third(m_h)).sum(-1) / 6
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
    """
    check_order(order)
    m_v, m_h = check_means(rbm, m_v, m_h)
    v, h = family_of(rbm.visible), family_of(rbm.hidden)
    new_h = h.unit.mean(field(rbm.W, rbm.b, v, m_v, h, m_h, order))
    m_h = damping * m_h + (1 - damping) * new_h
    new_v = v.unit.mean(field(rbm.W.T, rbm.a, h, m_h, v, m_v, order))
    return damping * m_v + (1 - damping) * new_v, m_h


def field(W, bias, source, m_source, target, m_target, order):
    """Return the field on a layer: bias, mean field, and reaction terms.

    Parameters
    ----------
    W : ndarray, shape (n_source, n_target)
    bias : ndarray, shape (n_target,)
    source, target : Family
        Of the layer that acts and of the layer that feels.
    m_source, m_target : ndarray, shapes (..., n_source) and (..., n_target)
    order : 1, 2 or 3

    Returns
    -------
    ndarray, shape (..., n_target)
    """
    x = bias + m_source @ W
    if order >= 2:
        x += target.variance_slope(m_target) * (source.variance(m_source) @ W**2) / 2
    if order == 3:
        x += target.third_slope(m_target) * (source.third(m_source) @ W**3) / 6
    return x


def check_order(order):
    """Raise ValueError unless `order` is 1, 2 or 3."""
    if order not in ORDERS:
        raise ValueError(f"order must be 1 (naive), 2 (TAP) or 3, got {order!r}")


def check_means(rbm, m_v, m_h):
    """Return the means of both layers as float64 arrays, or refuse them."""
    return (
        check_layer(m_v, rbm.visible, rbm.n_visible, "m_v"),
        check_layer(m_h, rbm.hidden, rbm.n_hidden, "m_h"),
    )


def check_layer(m, unit, n_units, argument):
    """Return the means of a layer as a float64 array, or raise ValueError."""
    m = np.asarray(m, dtype=np.float64)
    if m.ndim == 0 or m.shape[-1] != n_units:
        raise ValueError(f"{argument} must have shape (..., {n_units}), got {m.shape}")
    family = family_of(unit)
    inside = np.isfinite(m) & (m >= family.low) & (m <= family.high)
    if not inside.all():
        raise ValueError(
            f"{argument} must hold means of {unit.name} units, finite and in "
            f"[{family.low:g}, {family.high:g}]; got {m[~inside][0]:g}"
        )
    return m
