"""When to stop: what a Gaussian machine learns of a finite sample, and when.

Units of variance 1.  From M samples of N units with ratio q = N/M the sample covariance
has eigenvalues λ; each is a mode, whose strength x = w² follows
dx/dt = 2x [λ - γ - 1/(1 - x)], γ a penalty γ|W|²/2.  What counts on new data is not λ
but the true variance ξ along the same direction.  For N → ∞ both have a law that
follows from the true spectrum alone (O. Ledoit, S. Péché (2011),
doi:10.1007/s00440-010-0298-3): with v the solution in the upper half plane of

    λ = -1/v + q ⟨σ²/(1 + σ² v)⟩

over the true variances σ², the density of the λ is Im v/(πq) and ξ = 1/(λ|v|²).
G. Catania, A. Decelle, C. Furtlehner, B. Seoane (2025), arXiv:2501.19158, solve
training in this way.
"""

from typing import NamedTuple

import numpy as np
from numpy.polynomial import polynomial
from scipy.integrate import solve_ivp

from rbmlib.cascade.learning import check_times
from rbmlib.checks import check_array, check_positive, check_real, check_symmetric

MOST_LEVELS = 20
LARGEST_VARIANCE = 1e3
# A Jacobian that is diagonal: modes do not feel one another.
_SOLVER = {"method": "LSODA", "rtol": 1e-9, "atol": 1e-11, "lband": 0, "uband": 0}


class SampleSpectrum(NamedTuple):
    """Law of the eigenvalues of a sample covariance, on a grid.

    Attributes
    ----------
    variances : ndarray, shape (n_points,)
        λ, in the data of training.
    true_variances : ndarray, shape (n_points,)
        ξ, mean variance of new data along the same direction.
    weights : ndarray, shape (n_points,)
        Share of all N modes; with fewer samples than units the rest have λ = 0.
    """

    variances: np.ndarray
    true_variances: np.ndarray
    weights: np.ndarray


def sample_spectrum(variances, shares, ratio, n_points=500):
    """Return the law of sample eigenvalues of a true covariance of a few levels.

    Parameters
    ----------
    variances : array_like, shape (n_levels,)
        σ², different, above 0 and at most 1000; at most 20 levels.
    shares : array_like, shape (n_levels,)
        Share of the N units' directions at each level, above 0, sum 1.
    ratio : float
        q = N/M, from 0.01 to 100.
    n_points : int
        Of the grid of λ, from 100 to 10^5.

    Returns
    -------
    SampleSpectrum

    Raises
    ------
    ValueError, TypeError
        Numbers out of range, shares that do not add up to 1.

    Examples
    --------
    >>> few = sample_spectrum([1.0, 4.0], [0.8, 0.2], 0.5)
    >>> [round(float(few.weights @ x), 3) for x in few[:2]]  # both have the mean σ²
    [1.6, 1.6]
    """
    s2 = check_array(variances, "variances", ("n_levels",), 0, LARGEST_VARIANCE)
    if not 1 <= len(s2) <= MOST_LEVELS or s2.min() <= 0 or len(set(s2)) < len(s2):
        raise ValueError(
            f"variances must be 1 to {MOST_LEVELS} different numbers > 0, got "
            f"{s2.tolist()!r:.60}"
        )
    shares = check_array(shares, "shares", s2.shape, 0, 1)
    if shares.min() <= 0 or abs(shares.sum() - 1) > 1e-9:
        raise ValueError(
            f"shares must be > 0 and add up to 1, got {shares.tolist()!r:.60}"
        )
    q = check_real(ratio, "ratio", 0.01, 100)
    n_points = check_positive(n_points, "n_points", 100, 10**5)
    top = s2.max() * (1 + np.sqrt(q)) ** 2
    # Points crowd at 0, where the density can be steep: λ = top u².
    u = (np.arange(n_points) + 0.5) / n_points
    lam, step = top * u**2, 2 * top * u / n_points
    v = _companions(lam, s2, shares, q)
    weights = v.imag / (np.pi * q) * step
    inside = weights > 0
    true = 1 / (lam[inside] * np.abs(v[inside]) ** 2)
    return SampleSpectrum(lam[inside], true, weights[inside])


def _companions(lam, s2, shares, q):
    """Return v for each λ: of the roots of a polynomial the one of largest Im v."""
    every = _product(s2)
    without = [_product(np.delete(s2, k)) for k in range(len(s2))]
    pull = q * (shares * s2) @ np.array(without)
    # (1 + λ v) Π (1 + σ² v) = q v Σ share σ² Π' (1 + σ² v)
    constant, linear = np.append(every, 0.0), np.append(0.0, every)
    constant[1:-1] -= pull[: len(constant) - 2]
    found = []
    for x in lam:
        roots = polynomial.polyroots(constant + x * linear)
        found.append(roots[np.argmax(roots.imag)])
    return np.array(found, dtype=complex)


def _product(s2):
    """Return the coefficients of Π (1 + σ² v), constant first."""
    out = np.ones(1)
    for x in s2:
        out = polynomial.polymul(out, [1.0, x])
    return out


def growth(variances, w0, times, penalty=0.0):
    """Return x(t) = w² of independent modes.

    Parameters
    ----------
    variances : array_like, shape (n_modes,)
        λ, at least 0.
    w0 : float
        Common start at time 0, in (0, 1).
    times : array_like, shape (n_times,)
        Increasing, at least 0.
    penalty : float
        γ, at least 0: that of γ|W|²/2 in the cost.

    Returns
    -------
    ndarray, shape (n_times, n_modes)

    Raises
    ------
    ValueError, TypeError
        Numbers out of range.
    ArithmeticError
        If the integration fails.

    Examples
    --------
    >>> growth([4.0, 2.5], 0.1, [0, 40])[-1].round(6).tolist()  # ends at 1 - 1/λ
    [0.75, 0.6]
    """
    lam = check_array(variances, "variances", ("n_modes",), 0, LARGEST_VARIANCE * 1e3)
    w0 = check_real(w0, "w0", 1e-10, 0.99)
    times = check_times(times)
    if times[0] < 0:
        raise ValueError(f"times must be at least 0, got {times[0]!r}")
    penalty = check_real(penalty, "penalty", 0, LARGEST_VARIANCE)

    def rate(_, log_x):
        return 2 * (lam - penalty - 1 / -np.expm1(log_x))

    start = np.full(len(lam), 2 * np.log(w0))
    run = solve_ivp(rate, (0, times[-1]), start, t_eval=times, **_SOLVER)
    if not run.success:
        raise ArithmeticError(f"the flow could not be integrated: {run.message}")
    return np.exp(run.y.T)


def predicted_gain(spectrum, x):
    """Return what training has gained on new data, in nats per unit.

    ½ Σ [ξ x + ln(1 - x)] over the modes by their weights: the mean log-likelihood of
    new data less that of W = 0.

    Parameters
    ----------
    spectrum : SampleSpectrum
    x : array_like, shape (..., n_points)
        From `growth` of its variances.

    Returns
    -------
    ndarray, shape (...,)

    Raises
    ------
    ValueError, TypeError
        No spectrum, or an x outside [0, 1).

    Examples
    --------
    >>> few = sample_spectrum([1.0, 4.0], [0.8, 0.2], 0.5)
    >>> early, best, late = predicted_gain(
    ...     few, growth(few.variances, 0.1, [0.1, 1.6, 9.0]))
    >>> bool(early < best > late)
    True
    """
    if not isinstance(spectrum, SampleSpectrum):
        raise TypeError(f"spectrum must be a SampleSpectrum, got {spectrum!r:.60}")
    x = check_array(x, "x", (..., len(spectrum.weights)), 0, 1)
    if not np.all(x < 1):
        raise ValueError("x must be below 1, got 1.0")
    return 0.5 * (spectrum.true_variances * x + np.log1p(-x)) @ spectrum.weights


def gain(W, covariance):
    """Return what a Gaussian machine has gained on data of a covariance.

    [ln det(1 - W Wᵀ) + Tr C W Wᵀ] / 2N: its mean log-likelihood per unit less that of
    W = 0.

    Parameters
    ----------
    W : array_like, shape (n_visible, n_hidden)
        Singular values below 1.
    covariance : array_like, shape (n_visible, n_visible)
        C.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        Shapes that do not fit, or a machine that is not normalisable.

    Examples
    --------
    >>> round(gain([[0.5]], [[2.0]]), 6)  # [2/4 + ln(3/4)] / 2
    0.106159
    """
    W = check_array(W, "W", ("n_visible", "n_hidden"))
    C = check_symmetric(covariance, "covariance", len(W))
    w = np.linalg.svd(W, compute_uv=False)
    if w.max(initial=0.0) >= 1:
        raise ValueError(
            f"W must have singular values below 1, got {float(w.max())!r}: the machine "
            "is not normalisable"
        )
    return float((np.log1p(-(w**2)).sum() + np.sum(W * (C @ W))) / (2 * len(W)))
