"""The Gaussian-Gaussian machine: its gradient flow, in matrices and in modes.

Energy E(s, τ) = -sᵀWτ + |s|²/(2σ_v²) + |τ|²/(2σ_h²).  The visible layer is a Gaussian
of covariance C_M = (1/σ_v² - σ_h² W Wᵀ)⁻¹, which exists while σ_v σ_h w < 1 for every
singular value w.  Learning from data of covariance C_D follows the flow

    dW/dt = σ_h² (C_D - C_M) W.

In the singular vectors W = Σ_α w_α u_α v_αᵀ it becomes equations for the strength and
for the rotation of each mode (`mode_dynamics`).
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

from rbmlib.checks import check_array, check_real, check_symmetric, shown
from rbmlib.linear_regime.arguments import check_flow, check_sigmas

# Tight: an error made early grows with its mode by exp((λ - 1) t) until that saturates.
_SOLVER = {"method": "DOP853", "rtol": 3e-14, "atol": 1e-16}


@dataclass(frozen=True, eq=False)
class ModePath:
    """Modes of a weight matrix at increasing times.

    Attributes
    ----------
    times : ndarray, shape (n_times,)
    w : ndarray, shape (n_times, n_modes)
        Strengths.
    u : ndarray, shape (n_times, n_visible, n_modes)
    v : ndarray, shape (n_times, n_hidden, n_modes)
    """

    times: np.ndarray
    w: np.ndarray
    u: np.ndarray
    v: np.ndarray

    def weights(self):
        """Return W at each time, shape (n_times, n_visible, n_hidden)."""
        return np.einsum("tik,tk,tjk->tij", self.u, self.w, self.v)


def full_flow(W, covariance, times, *, sigma_v=1.0, sigma_h=1.0):
    """Integrate the flow of the whole matrix, dW/dt = σ_h² (C_D - C_M) W.

    Parameters
    ----------
    W : array_like, shape (n_visible, n_hidden)
        Weights at times[0].
    covariance : array_like, shape (n_visible, n_visible)
        C_D of the data.
    times : array_like, shape (n_times,)
        Increasing.
    sigma_v, sigma_h : float
        Standard deviations of the units at W = 0.

    Returns
    -------
    ndarray, shape (n_times, n_visible, n_hidden)

    Raises
    ------
    TypeError, ValueError
        If σ_v σ_h w reaches 1 for a singular value w of W (no normalisable machine), a
        covariance that is not symmetric or has another size, times that do not
        increase, or a standard deviation that is not finite and positive.
    ArithmeticError
        If the integration fails.

    Examples
    --------
    >>> W = full_flow([[0.05]], [[3.0]], [0, 2])
    >>> print(f"{W[-1, 0, 0]:.6f}")
    0.816206
    """
    W, C, times, sigma_v, sigma_h = check_flow(W, covariance, times, sigma_v, sigma_h)

    def rate(_, flat):
        return flow_rate(flat.reshape(W.shape), C, sigma_v, sigma_h).ravel()

    return _integrate(rate, W.ravel(), times).reshape(-1, *W.shape)


def flow_rate(W, C, sigma_v=1.0, sigma_h=1.0):
    """Return dW/dt = σ_h² (C_D - C_M) W, in the shape of W.

    Parameters
    ----------
    W, C : ndarray, shapes (n_visible, n_hidden) and (n_visible, n_visible)
        Known to fit.
    sigma_v, sigma_h : float

    Examples
    --------
    >>> flow_rate(np.array([[0.5]]), np.array([[2.0]])).round(6).tolist()
    [[0.333333]]
    """
    precision = np.eye(len(W)) / sigma_v**2 - sigma_h**2 * W @ W.T
    return sigma_h**2 * (C @ W - np.linalg.solve(precision, W))


def mode_dynamics(W, covariance, times, *, sigma_v=1.0, sigma_h=1.0):
    """Integrate the equations of the modes: strengths and both rotations.

    With c_αβ = u_αᵀ C_D u_β:

        dw_α/dt = σ_h² w_α (c_αα - σ_v² / (1 - σ_v² σ_h² w_α²))
        du_α/dt = Σ_β Ω^u_αβ u_β + σ_h² (1 - U Uᵀ) C_D u_α
        dv_α/dt = Σ_β Ω^v_αβ v_β
        Ω^u_αβ = σ_h² c_αβ (w_α² + w_β²) / (w_α² - w_β²)
        Ω^v_αβ = σ_h² c_αβ 2 w_α w_β / (w_α² - w_β²)

    The last term of du_α/dt lets the modes leave their span where there are more
    visible units than modes.

    Parameters
    ----------
    W, covariance, times, sigma_v, sigma_h
        As in `full_flow`.  The singular values of W must differ; those that are zero
        stay zero and are left out.

    Returns
    -------
    ModePath

    Raises
    ------
    TypeError, ValueError, ArithmeticError
        As in `full_flow`, and if two singular values are equal: their vectors are not
        defined.

    Examples
    --------
    >>> path = mode_dynamics([[0.2, 0.1], [0.0, 0.1]], np.diag([4, 2.5]), [0, 40])
    >>> path.w[-1].round(6).tolist()
    [0.866025, 0.774597]
    """
    W, C, times, sigma_v, sigma_h = check_flow(W, covariance, times, sigma_v, sigma_h)
    u, w, v = _modes(W)
    split = np.cumsum([w.size, u.size])

    def unpack(flat):
        w_, u_, v_ = np.split(flat, split)
        return w_, u_.reshape(u.shape), v_.reshape(v.shape)

    def rate(_, flat):
        rates = mode_rates(*unpack(flat), C, sigma_v, sigma_h)
        return np.concatenate([x.ravel() for x in rates])

    start = np.concatenate([w, u.ravel(), v.ravel()])
    path = [unpack(flat) for flat in _integrate(rate, start, times)]
    return ModePath(times, *(np.stack(part) for part in zip(*path, strict=True)))


def mode_rates(w, u, v, C, sigma_v=1.0, sigma_h=1.0):
    """Return dw/dt, du/dt and dv/dt of `mode_dynamics`, in the shapes of w, u and v.

    Parameters
    ----------
    w : ndarray, shape (n_modes,)
    u, v : ndarray, shapes (n_visible, n_modes) and (n_hidden, n_modes)
    C : ndarray, shape (n_visible, n_visible)
    sigma_v, sigma_h : float
    """
    Cu = C @ u
    c = u.T @ Cu
    variances = np.diag(c)
    # Zero for orthogonal vectors.  Where two modes are nearly equal it removes what
    # rounding errors in u_α·u_β would add to c_αβ, and a small w_α² - w_β² magnify.
    error = (variances[:, None] + variances) / 2 * (u.T @ u - np.eye(w.size))
    omega_u, omega_v = _rotations(w, c - error, sigma_h)
    noise = sigma_v**2 / (1 - (sigma_v * sigma_h * w) ** 2)
    dw = sigma_h**2 * w * (variances - noise)
    du = u @ omega_u.T + sigma_h**2 * (Cu - u @ c)
    return dw, du, v @ omega_v.T


def rotations(w, c, sigma_h=1.0):
    """Return (Ω^u, Ω^v), the rotation rates of the singular vectors.

    Parameters
    ----------
    w : ndarray, shape (n_modes,)
        Strengths, of different sizes.
    c : ndarray, shape (n_modes, n_modes)
        Data covariance between the modes, u_αᵀ C_D u_β: symmetric.
    sigma_h : float

    Returns
    -------
    omega_u, omega_v : ndarrays, shape (n_modes, n_modes)
        Antisymmetric.

    Raises
    ------
    TypeError, ValueError
        Two strengths of one size, whose vectors are not defined; a c of another shape
        or not symmetric; a standard deviation that is not finite and positive.

    Examples
    --------
    >>> rotations(np.array([2.0, 1.0]), np.array([[1, 0.3], [0.3, 1]]))[0].round(6)
    array([[ 0. ,  0.5],
           [-0.5,  0. ]])
    """
    w = check_array(w, "w", ("n_modes",))
    c = check_symmetric(c, "c", len(w))
    sigma_h = check_real(sigma_h, "sigma_h", 0, open_low=True)
    sizes = np.sort(w**2)
    if not np.diff(sizes).all():
        raise ValueError(
            f"w must hold strengths of different sizes, got {shown(w.tolist())}"
        )
    return _rotations(w, c, sigma_h)


def _rotations(w, c, sigma_h):
    square = w**2
    gap = square[:, None] - square
    np.fill_diagonal(gap, np.inf)
    pull = sigma_h**2 * c / gap
    return pull * (square[:, None] + square), pull * 2 * np.outer(w, w)


def stationary_modes(variances, *, sigma_v=1.0, sigma_h=1.0):
    """Return the strengths at which learning stops, one for each data variance.

    w*² = (1 - σ_v²/λ) / (σ_v² σ_h²) for a data variance λ > σ_v²; else 0: what varies
    less than the machine does without weights is not learned.

    Parameters
    ----------
    variances : array_like, any shape
        λ, eigenvalues of the data covariance.
    sigma_v, sigma_h : float

    Returns
    -------
    ndarray, shape of variances

    Raises
    ------
    TypeError, ValueError
        A negative variance, or a standard deviation that is not finite and positive.

    Examples
    --------
    >>> stationary_modes([4, 2.5, 1.6, 1.2, 0.7]).round(6).tolist()
    [0.866025, 0.774597, 0.612372, 0.408248, 0.0]
    """
    variances = check_array(variances, "variances", (...,), 0)
    sigma_v, sigma_h = check_sigmas(sigma_v, sigma_h)
    signal = np.maximum(variances, sigma_v**2)
    return np.sqrt(1 - sigma_v**2 / signal) / (sigma_v * sigma_h)


def _integrate(rate, start, times):
    run = solve_ivp(rate, times[[0, -1]], start, t_eval=times, **_SOLVER)
    if not run.success:
        raise ArithmeticError(f"the flow could not be integrated: {run.message}")
    return run.y.T


def _modes(W):
    """Return (u, w, v) of the modes that are not zero, or refuse equal ones."""
    u, w, vt = np.linalg.svd(W, full_matrices=False)
    kept = w > 1e-12 * w.max(initial=np.finfo(float).tiny)
    u, w, v = u[:, kept], w[kept], vt[kept].T
    gaps = -np.diff(w)
    if np.any(gaps <= 1e-9 * w[:-1]):
        raise ValueError(
            f"W must have different singular values, got {shown(w.tolist())}; "
            "vectors of equal ones are not defined: use full_flow"
        )
    return u, w, v
