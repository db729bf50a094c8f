"""One mode of the Gaussian machine whose direction is already learned.

In the natural units x = (σ_v σ_h w)², λ = (variance of the data along u) / σ_v² and
s = σ_v² σ_h² t the strength of a mode follows dx/ds = 2x (λ - 1/(1 - x)), which has an
implicit solution.  With x* = 1 - 1/λ,

    x |x* - x|^(-1/λ) = x₀ |x* - x₀|^(-1/λ) exp(2(λ - 1)s).

All functions here take w, variance and time in the reader's units.
"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, log_expit

from rbmlib.checks import check_positive
from rbmlib.linear_regime.gaussian import check_sigmas

SMALLEST, LARGEST = 1e-150, 1e100  # of σ_v σ_h w0, and of λ


def mode_rate(w, variance, *, sigma_v=1.0, sigma_h=1.0):
    """Return dw/dt = σ_h² w (λ - σ_v² / (1 - σ_v² σ_h² w²)) at data variance λ.

    Parameters
    ----------
    w : array_like, any shape
        Strength of the mode.
    variance : float
        Of the data along the mode.
    sigma_v, sigma_h : float

    Returns
    -------
    ndarray, shape of w

    Raises
    ------
    ValueError
        If σ_v σ_h |w| reaches 1, or the variance or a standard deviation is not finite
        and positive.

    Examples
    --------
    >>> print(f"{mode_rate(0.5, 2.0):.6f}")
    0.333333
    """
    w = _check(w, variance, sigma_v, sigma_h)
    return sigma_h**2 * w * (variance - sigma_v**2 / (1 - (sigma_v * sigma_h * w) ** 2))


def mode_weight(time, w0, variance, *, sigma_v=1.0, sigma_h=1.0):
    """Return w(t), the exact strength of a mode that does not rotate.

    Parameters
    ----------
    time : array_like, any shape
        At least 0.
    w0 : float
        Strength at time 0, with 0 < σ_v σ_h w₀ < 1.
    variance : float
        Of the data along the mode.
    sigma_v, sigma_h : float

    Returns
    -------
    ndarray, of the shape of time

    Raises
    ------
    ValueError
        A negative time or a w0 outside its range; a variance or a standard deviation
        that is not finite and positive, or so extreme that an exponent overflows.

    Examples
    --------
    >>> print(f"{mode_weight(2, 0.05, 3.0):.8f}")
    0.81620599
    """
    w0 = float(_check(w0, variance, sigma_v, sigma_h))
    times = np.asarray(time, float)
    if w0 <= 0 or np.any(~(times >= 0)):
        raise ValueError(f"w0 must be positive and time at least 0, got {w0}, {time}")
    scale, ratio = sigma_v * sigma_h, variance / sigma_v**2
    _check_range(times, scale * w0, ratio, scale)
    x = [_strength(scale**2 * t, (scale * w0) ** 2, ratio) for t in times.ravel()]
    return np.sqrt(np.reshape(x, times.shape)) / scale


def _check_range(times, start, ratio, scale):
    """Refuse what has no logarithm, or an exponent that is no number."""
    if start < SMALLEST:
        raise ValueError(f"w0 must have σ_v σ_h w0 >= {SMALLEST:g}, got {start!r}")
    with np.errstate(over="ignore"):
        exponent = 2 * scale**2 * times * max(ratio, 1.0)
    if not (exponent.max(initial=0.0) < 1e290 and 1 / LARGEST <= ratio <= LARGEST):
        raise ValueError(
            f"time and variance must have exponents below 1e290, and λ in "
            f"[{1 / LARGEST:g}, {LARGEST:g}], got times up to {times.max():g} and "
            f"λ = {ratio!r}"
        )


def _strength(s, x0, ratio):
    """Return x(s), by a bracketed root in a variable z that resolves both ends."""
    end = 1 - 1 / ratio
    if s == 0 or x0 == end:
        return x0
    if x0 < end:
        z0 = np.log(x0) - np.log(end - x0)
        target = _rising(z0, ratio) + 2 * (ratio - 1) * s
        return end * expit(_root(lambda z: _rising(z, ratio) - target, z0, 1))
    z0 = np.log(x0 - max(end, 0.0))
    target = _falling(z0, end) + 2 * ratio * s
    return max(end, 0.0) + np.exp(_root(lambda z: _falling(z, end) - target, z0, -1))


def _rising(z, ratio):
    """Return log(x / (x* - x)^(1/λ)) at x = x* expit(z), which is below the end x*.

    For z > 0 the two large parts of z + x* log expit(-z) are taken together: z/λ.
    """
    end = 1 - 1 / ratio
    if z > 0:
        return z / ratio + end * (np.log(end) + log_expit(z))
    return z + end * (np.log(end) + log_expit(-z))


def _falling(z, end):
    """Return log(x - x*) - log(1 - x*/x) / x* at x = max(x*, 0) + exp(z).

    Times λ - 1 over λ it is the logarithm of the implicit solution, but it keeps its
    precision where λ comes close to 1; there it tends to log x + 1/x.
    """
    if end > 0:
        x, log_gap = end + np.exp(z), z
        log_x = np.log(x)
    else:
        x, log_x = np.exp(z), z
        log_gap = np.log(x - end)
    if end == 0:
        return log_x + 1 / x
    log_ratio = np.log1p(-end / x) if abs(end) < x / 2 else log_gap - log_x
    return log_gap - log_ratio / end


def _root(function, start, direction):
    """Return the root beyond `start`, in the given direction."""
    step = float(direction)
    side = np.sign(function(start))
    while side * np.sign(function(start + step)) > 0:
        step *= 2
    return brentq(function, start, start + step, xtol=1e-15, rtol=1e-15, maxiter=500)


def logistic_weight(time, w0, variance, *, sigma_v=1.0, sigma_h=1.0):
    """Return the logistic approximation of w(t), good while x = (σ_v σ_h w)² ≪ 1.

    It replaces 1/(1 - x) by 1 + x.  The growth at small x is then right; the end is
    x = λ - 1 instead of 1 - 1/λ, too large by the factor λ = variance/σ_v².

    Parameters
    ----------
    time, w0, variance, sigma_v, sigma_h
        As in `mode_weight`.

    Returns
    -------
    ndarray, of the shape of time

    Raises
    ------
    ValueError
        As in `mode_weight`; or if variance = σ_v², where nothing grows.

    Examples
    --------
    >>> early, late = logistic_weight([0.1, 20], 0.05, 1.5) / mode_weight(
    ...     [0.1, 20], 0.05, 1.5)
    >>> print(f"{early:.6f} {late:.4f}")
    1.000001 1.2247
    """
    w0 = _check(w0, variance, sigma_v, sigma_h)
    scale, gain = sigma_v * sigma_h, variance / sigma_v**2 - 1
    if gain == 0:
        raise ValueError(f"variance must differ from sigma_v² = {sigma_v**2:g}")
    times = np.asarray(time, float)
    _check_range(times, float(np.min(scale * w0)), variance / sigma_v**2, scale)
    s, x0 = scale**2 * times, (scale * w0) ** 2
    if gain > 0:  # in both cases the exponential that decays
        x = 1 / (np.exp(-2 * gain * s) / x0 - np.expm1(-2 * gain * s) / gain)
    else:
        x = x0 * np.exp(2 * gain * s) / (1 + x0 * np.expm1(2 * gain * s) / gain)
    return np.sqrt(x) / scale


def stepped_weight(n_updates, learning_rate, w0, variance, *, sigma_v=1.0, sigma_h=1.0):
    """Return w after 0, 1, …, n_updates steps of finite size.

    w ← w + ε dw/dt.  The steps follow the flow if ε is small.  In natural units
    (σ_v = σ_h = 1) the end w* stays stable only for ε < 1 / (λ(λ - 1)).

    Parameters
    ----------
    n_updates : int
        At least 1.
    learning_rate : float
        ε.
    w0, variance, sigma_v, sigma_h
        As in `mode_weight`.

    Returns
    -------
    ndarray, shape (n_updates + 1,)

    Raises
    ------
    ArithmeticError
        If a step leaves the region σ_v σ_h |w| < 1, where the machine exists.
    ValueError, TypeError
        A number of updates below 1 or no integer; else as in `mode_rate`.

    Examples
    --------
    >>> stepped_weight(400, 0.05, 0.05, 3.0)[-1].round(6)
    np.float64(0.816497)
    """
    w = float(_check(w0, variance, sigma_v, sigma_h))
    path = [w]
    for update in range(check_positive(n_updates, "n_updates")):
        w = w + learning_rate * float(
            mode_rate(w, variance, sigma_v=sigma_v, sigma_h=sigma_h)
        )
        if not sigma_v * sigma_h * abs(w) < 1:
            raise ArithmeticError(
                f"learning_rate={learning_rate} leaves the normalisable machines at "
                f"update {update + 1}: w = {w:.4g}"
            )
        path.append(w)
    return np.array(path)


def rdm_variance(w, k):
    """Return V_k(w), the variance of a visible mode k sweeps after a start at 0.

    V_k = Σ_{j<2k} w^{2j} = (1 - w^{4k}) / (1 - w²), for units of variance 1.  Rdm-k
    learning with such starts stops at V_k(w) = λ.

    Parameters
    ----------
    w : array_like, any shape
    k : int
        Sweeps, at least 1.

    Returns
    -------
    float or ndarray, shape of w

    Raises
    ------
    ValueError, TypeError
        If k is no integer >= 1.

    Examples
    --------
    >>> rdm_variance(0.5, 1), round(float(rdm_variance(0.5, 50)), 6)
    (1.25, 1.333333)
    """
    exponents = 2 * np.arange(2 * check_positive(k, "k"))
    total = (np.asarray(w, float)[..., None] ** exponents).sum(-1)
    return total if total.ndim else float(total)


def rdm_stationary(variance, k):
    """Return w_k, at which Rdm-k learning stops: V_k(w_k) = variance.

    The samples have the right variance after k sweeps, and at no other time.  For a
    variance of at least 2k, w_k ≥ 1: there is no equilibrium, and chains diverge.
    Below variance 1 nothing is learned, w_k = 0.

    Parameters
    ----------
    variance : float
        Not negative.
    k : int
        Sweeps, at least 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError, TypeError
        If k is no integer >= 1, or the variance no number in [0, 1e100].

    Examples
    --------
    >>> [round(rdm_stationary(4.0, k), 6) for k in (1, 2, 5, 50)]
    [1.732051, 1.0, 0.876242, 0.866025]
    """
    check_positive(k, "k")
    if not (np.isscalar(variance) and 0 <= variance < np.inf):
        raise ValueError(f"variance must be a number of at least 0, got {variance!r}")
    if variance <= 1:
        return 0.0
    # V_k >= 1 + w² and V_k >= w^(4k - 2): bounds of the root, where nothing overflows.
    top = min(np.sqrt(variance - 1), variance ** (1 / (4 * k - 2))) * (1 + 1e-12) + 1e-9
    if variance > LARGEST:
        raise ValueError(f"variance must be at most {LARGEST:g}, got {variance!r}")
    return brentq(lambda w: rdm_variance(w, k) - variance, 0, top, xtol=1e-14)


def _check(w, variance, sigma_v, sigma_h):
    check_sigmas(sigma_v, sigma_h)
    w = np.asarray(w, float)
    if not (np.isscalar(variance) and 0 < variance < np.inf):
        raise ValueError(f"variance must be a finite positive number, got {variance!r}")
    if np.any(~(sigma_v * sigma_h * np.abs(w) < 1)):
        raise ValueError(f"w must have σ_v σ_h |w| < 1, got {w} (w0 likewise)")
    return w
