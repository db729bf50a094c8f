"""The self-consistent equations of a rank-K machine with noise, and their derivatives.

W = Σ_α w_α u^α (ū^α)ᵀ + r with N_h = κ N_v, L = √(N_v N_h), independent entries
u = U/√N_v and ū = V/√N_h of variance 1/N_v and 1/N_h, and r of variance σ²/L.  The
order parameters

m_α = Σ_i u_i^α ⟨s_i⟩/√L,  m̄_α = Σ_j ū_j^α ⟨τ_j⟩/√L,  q = Σ_i ⟨s_i⟩²/N_v,
q̄ = Σ_j ⟨τ_j⟩²/N_h

obey, with y a standard normal number and ±1 units (replica symmetry),

x_v = κ^{1/4} [Σ (w_α m̄_α + η_α) U^α + σ √q̄ y],   m_α = κ^{-1/4} E[U^α tanh x_v],
x_h = κ^{-1/4} [Σ (w_α m_α + θ_α) V^α + σ √q y],   m̄_α = κ^{1/4} E[V^α tanh x_h],
q = E tanh² x_v,  q̄ = E tanh² x_h.

They are the stationary points of log Z/L → σ²(1-q)(1-q̄)/2 - Σ w_α m_α m̄_α
+ κ^{-1/2} E log 2cosh x_v + κ^{1/2} E log 2cosh x_h.  After A. Decelle, G. Fissore and
C. Furtlehner (2018), doi:10.1007/s10955-018-2105-y, whose setting this is; the form for
any law and two noise variances is derived in the book's chapter 5.

The kernels hold the state as x = (m̄_1 … m̄_K, q̄); `visible_then_hidden` maps it on.
"""

import math
from typing import NamedTuple

import numpy as np

from rbmlib import compiled
from rbmlib.phase_diagram.averages import point_moments, scale_moments

SECH4, LOG_COSH = 0, 1  # what stands where in `Answer.extra`


class Model(NamedTuple):
    """A point of the diagram.

    Attributes
    ----------
    w : ndarray, shape (K,)
    sigma, kappa : float
    eta, theta : ndarray, shape (K,)
        Fields on the visible and on the hidden layer.
    scale : bool
    nodes : ndarray, shape (n_nodes, K)
    weights : ndarray, shape (n_nodes,)
        Of the law: `Law.scale` and `Law.product`.
    """

    w: np.ndarray
    sigma: float
    kappa: float
    eta: np.ndarray
    theta: np.ndarray
    scale: bool
    nodes: np.ndarray
    weights: np.ndarray


class Answer(NamedTuple):
    """What one layer answers to the order parameters of the other.

    Attributes
    ----------
    order : ndarray, shape (K + 1,)
        Magnetisations and overlap of this layer.
    jac : ndarray, shape (K + 1, K + 1)
        Their derivatives by those of the other layer.
    extra : ndarray, shape (2,)
        E sech⁴ and E log 2cosh.
    """

    order: np.ndarray
    jac: np.ndarray
    extra: np.ndarray


class Work(NamedTuple):
    """The arrays that `visible_then_hidden` fills.

    Attributes
    ----------
    visible : Answer
        (m, q), the answer to (m̄, q̄).
    hidden : Answer
        The new (m̄, q̄), the answer to (m, q).
    jac : ndarray, shape (K + 1, K + 1)
        Derivatives of the new (m̄, q̄) by the old.
    """

    visible: Answer
    hidden: Answer
    jac: np.ndarray


@compiled.kernel(error_model="numpy")
def make_work(n):
    """Return an empty `Work` for n = K + 1 order parameters of a layer."""
    visible = Answer(np.empty(n), np.empty((n, n)), np.empty(2))
    hidden = Answer(np.empty(n), np.empty((n, n)), np.empty(2))
    return Work(visible, hidden, np.empty((n, n)))


@compiled.kernel(error_model="numpy")
def layer(x, field, kappa, model, answer):
    """Answer of one layer to the other's order parameters.

    Parameters
    ----------
    x : ndarray, shape (K + 1,)
        Magnetisations and overlap of the other layer.
    field : ndarray, shape (K,)
        On this layer: `Model.eta` or `Model.theta`.
    kappa : float
        `Model.kappa` for the visible layer, its inverse for the hidden one.
    model : Model
    answer : Answer
        Filled.
    """
    w, (order, jac, extra) = model.w, answer
    K = w.size
    root = kappa**0.25
    a = np.empty(K)
    for n in range(K):
        a[n] = root * (w[n] * x[n] + field[n])
    noise = math.sqrt(kappa) * model.sigma**2 * x[K]
    order[:] = 0.0
    jac[:] = 0.0
    extra[:] = 0.0
    if model.scale:
        _mixture(a, noise, model, answer)
    else:
        _points(a, noise, model, answer)
    # So far order = (E U tanh, q), jac its derivative by (a, noise).
    for n in range(K + 1):
        for k in range(K):
            jac[n, k] *= root * w[k]
        jac[n, K] *= math.sqrt(kappa) * model.sigma**2
    for n in range(K):
        order[n] /= root
        for k in range(K + 1):
            jac[n, k] /= root


@compiled.kernel(error_model="numpy")
def _mixture(a, noise, model, answer):
    # x = √s y: E[U tanh x] = a E[V sech² x] by parts, dE[sech²]/ds = 2E sech² - 3E
    # sech⁴.
    nodes, weights, (order, jac, extra) = model.nodes, model.weights, answer
    K = a.size
    moments = np.empty(3)
    for i in range(weights.size):
        s = noise
        for n in range(K):
            s += nodes[i, n] * a[n] ** 2
        scale_moments(s, moments)
        sech2, sech4, log_cosh = moments
        slope = weights[i] * (2.0 * sech2 - 3.0 * sech4)
        order[K] += weights[i] * (1.0 - sech2)
        jac[K, K] -= slope
        extra[SECH4] += weights[i] * sech4
        extra[LOG_COSH] += weights[i] * log_cosh
        for n in range(K):
            V = nodes[i, n]
            order[n] += weights[i] * a[n] * V * sech2
            jac[n, n] += weights[i] * V * sech2
            jac[n, K] += a[n] * V * slope
            jac[K, n] -= 2.0 * a[n] * V * slope
            for k in range(K):
                jac[n, k] += 2.0 * a[n] * V * a[k] * nodes[i, k] * slope


@compiled.kernel(error_model="numpy")
def _points(a, noise, model, answer):
    nodes, weights, (order, jac, extra) = model.nodes, model.weights, answer
    K = a.size
    B = math.sqrt(noise)
    moments = np.empty(5)
    for i in range(weights.size):
        A = 0.0
        for n in range(K):
            A += nodes[i, n] * a[n]
        point_moments(A, B, moments)
        tanh, sech2, mixed, sech4, log_cosh = moments
        order[K] += weights[i] * (1.0 - sech2)
        jac[K, K] += weights[i] * (3.0 * sech4 - 2.0 * sech2)
        extra[SECH4] += weights[i] * sech4
        extra[LOG_COSH] += weights[i] * log_cosh
        for n in range(K):
            U = weights[i] * nodes[i, n]
            order[n] += U * tanh
            jac[n, K] -= U * mixed
            jac[K, n] += 2.0 * U * mixed
            for k in range(K):
                jac[n, k] += U * nodes[i, k] * sech2


@compiled.kernel(error_model="numpy")
def visible_then_hidden(x, model, work):
    """Map the hidden order parameters x once around: to the visible ones and back.

    Parameters
    ----------
    x : ndarray, shape (K + 1,)
        (m̄, q̄).
    model : Model
    work : Work
        Filled.
    """
    visible, hidden, jac = work
    layer(x, model.eta, model.kappa, model, visible)
    layer(visible.order, model.theta, 1.0 / model.kappa, model, hidden)
    n = x.size
    for i in range(n):
        for j in range(n):
            jac[i, j] = 0.0
            for k in range(n):
                jac[i, j] += hidden.jac[i, k] * visible.jac[k, j]


@compiled.kernel(error_model="numpy")
def free_energy(x, w, sigma, kappa, work):
    """Return -log Z/L at a solution.

    `work` holds the averages that `visible_then_hidden` left there.
    """
    v, h, K = work.visible, work.hidden, w.size
    total = 0.5 * sigma**2 * (1.0 - v.order[K]) * (1.0 - x[K])
    for n in range(K):
        total -= w[n] * v.order[n] * x[n]
    root = math.sqrt(kappa)
    return -(total + v.extra[LOG_COSH] / root + h.extra[LOG_COSH] * root)


@compiled.kernel(error_model="numpy")
def at_value(sigma, work):
    """Return σ⁴ E sech⁴x_v E sech⁴x_h; replica symmetry is stable below 1."""
    return sigma**4 * work.visible.extra[SECH4] * work.hidden.extra[SECH4]
