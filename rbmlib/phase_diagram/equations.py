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

import numba
import numpy as np

from rbmlib.phase_diagram.averages import point_moments, scale_moments


@numba.njit(cache=True, error_model="numpy")
def layer(x, w, sigma, kappa, field, scale, nodes, weights, out, jac, extra):
    """Answer of one layer to the other's order parameters.

    Parameters
    ----------
    x : ndarray, shape (K + 1,)
        Magnetisations and overlap of the other layer.
    w, field : ndarray, shape (K,)
    sigma, kappa : float
        For the hidden layer, 1/κ in the place of κ.
    scale, nodes, weights
        Of the law, `Law.product`.
    out : ndarray, shape (K + 1,)
        Magnetisations and overlap of this layer.
    jac : ndarray, shape (K + 1, K + 1)
        ∂out/∂x.
    extra : ndarray, shape (2,)
        E sech⁴ and E log 2cosh.
    """
    K = w.size
    root = kappa**0.25
    a = np.empty(K)
    for n in range(K):
        a[n] = root * (w[n] * x[n] + field[n])
    noise = math.sqrt(kappa) * sigma**2 * x[K]
    out[:] = 0.0
    jac[:] = 0.0
    extra[:] = 0.0
    if scale:
        _mixture(a, noise, nodes, weights, out, jac, extra)
    else:
        _points(a, noise, nodes, weights, out, jac, extra)
    # So far out = (E U tanh, q), jac its derivative by (a, noise).
    for n in range(K + 1):
        for k in range(K):
            jac[n, k] *= root * w[k]
        jac[n, K] *= math.sqrt(kappa) * sigma**2
    for n in range(K):
        out[n] /= root
        for k in range(K + 1):
            jac[n, k] /= root


@numba.njit(cache=True, error_model="numpy")
def _mixture(a, noise, nodes, weights, out, jac, extra):
    # x = √s y: E[U tanh x] = a E[V sech² x] by parts, dE[sech²]/ds = 2E sech² - 3E
    # sech⁴.
    K = a.size
    moments = np.empty(3)
    for i in range(weights.size):
        s = noise
        for n in range(K):
            s += nodes[i, n] * a[n] ** 2
        scale_moments(s, moments)
        sech2, sech4, log_cosh = moments
        slope = weights[i] * (2.0 * sech2 - 3.0 * sech4)
        out[K] += weights[i] * (1.0 - sech2)
        jac[K, K] -= slope
        extra[0] += weights[i] * sech4
        extra[1] += weights[i] * log_cosh
        for n in range(K):
            V = nodes[i, n]
            out[n] += weights[i] * a[n] * V * sech2
            jac[n, n] += weights[i] * V * sech2
            jac[n, K] += a[n] * V * slope
            jac[K, n] -= 2.0 * a[n] * V * slope
            for k in range(K):
                jac[n, k] += 2.0 * a[n] * V * a[k] * nodes[i, k] * slope


@numba.njit(cache=True, error_model="numpy")
def _points(a, noise, nodes, weights, out, jac, extra):
    K = a.size
    B = math.sqrt(noise)
    moments = np.empty(5)
    for i in range(weights.size):
        A = 0.0
        for n in range(K):
            A += nodes[i, n] * a[n]
        point_moments(A, B, moments)
        tanh, sech2, mixed, sech4, log_cosh = moments
        out[K] += weights[i] * (1.0 - sech2)
        jac[K, K] += weights[i] * (3.0 * sech4 - 2.0 * sech2)
        extra[0] += weights[i] * sech4
        extra[1] += weights[i] * log_cosh
        for n in range(K):
            U = weights[i] * nodes[i, n]
            out[n] += U * tanh
            jac[n, K] -= U * mixed
            jac[K, n] += 2.0 * U * mixed
            for k in range(K):
                jac[n, k] += U * nodes[i, k] * sech2


@numba.njit(cache=True, error_model="numpy")
def visible_then_hidden(x, w, sigma, kappa, eta, theta, scale, nodes, weights, work):
    """Map the hidden order parameters x once around: to the visible ones and back.

    Parameters
    ----------
    x : ndarray, shape (K + 1,)
    work : tuple of ndarray
        visible, image : shape (K + 1,); jac_v, jac_h, jac : shape (K + 1, K + 1);
        extra_v, extra_h : shape (2,).  `visible` = (m, q); `image` = the new (m̄, q̄);
        `jac` = ∂image/∂x.
    """
    visible, image, jac_v, jac_h, jac, extra_v, extra_h = work
    law = scale, nodes, weights
    layer(x, w, sigma, kappa, eta, *law, visible, jac_v, extra_v)
    layer(visible, w, sigma, 1.0 / kappa, theta, *law, image, jac_h, extra_h)
    n = x.size
    for i in range(n):
        for j in range(n):
            jac[i, j] = 0.0
            for k in range(n):
                jac[i, j] += jac_h[i, k] * jac_v[k, j]


@numba.njit(cache=True, error_model="numpy")
def make_work(n):
    """Return the arrays that `visible_then_hidden` fills, n = K + 1."""
    return (
        np.empty(n),
        np.empty(n),
        np.empty((n, n)),
        np.empty((n, n)),
        np.empty((n, n)),
        np.empty(2),
        np.empty(2),
    )


@numba.njit(cache=True, error_model="numpy")
def free_energy(x, w, sigma, kappa, work):
    """Return -log Z/L at a solution, from what `visible_then_hidden` left in `work`."""
    visible, _, _, _, _, extra_v, extra_h = work
    K = w.size
    total = 0.5 * sigma**2 * (1.0 - visible[K]) * (1.0 - x[K])
    for n in range(K):
        total -= w[n] * visible[n] * x[n]
    root = math.sqrt(kappa)
    return -(total + extra_v[1] / root + extra_h[1] * root)


@numba.njit(cache=True, error_model="numpy")
def at_value(sigma, work):
    """Return σ⁴ E sech⁴x_v E sech⁴x_h; replica symmetry is stable below 1."""
    return sigma**4 * work[5][0] * work[6][0]
