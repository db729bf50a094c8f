"""One mode of the Gaussian machine whose direction is already learned.

In the natural units x = (σ_v σ_h w)², λ = (variance of the data along u) / σ_v² and
s = σ_v² σ_h² t the strength of a mode follows dx/ds = 2x (λ - 1/(1 - x)), which has an
implicit solution.  With x* = 1 - 1/λ,

    x |x* - x|^(-1/λ) = x₀ |x* - x₀|^(-1/λ) exp(2(λ - 1)s).

All functions here take w, variance and time in the reader's units.
"""

import numpy as np
from scipy.optimize import brentq

from rbmlib.checks import check_array, check_positive, check_real
from rbmlib.linear_regime.arguments import check_mode, check_start
from rbmlib.linear_regime.implicit import implicit_strength

MOST_SWEEPS = 10**6  # of which V_k sums every one

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
    TypeError, ValueError
        If σ_v σ_h |w| reaches 1, or the variance or a standard deviation is not finite
        and positive.

    Examples
    --------
    >>> print(f"{mode_rate(0.5, 2.0):.6f}")
    0.333333
    """
    w = check_array(w, "w", (...,))
    variance, sigma_v, sigma_h = check_mode(w, "w", variance, sigma_v, sigma_h)
    return _rate(w, variance, sigma_v, sigma_h)


def _rate(w, variance, sigma_v, sigma_h):
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
    TypeError, ValueError
        A negative time or a w0 outside its range; a variance or a standard deviation
        that is not finite and positive, or so extreme that an exponent overflows.

    Examples
    --------
    >>> print(f"{mode_weight(2, 0.05, 3.0):.8f}")
    0.81620599
    """
    times = check_array(time, "time", (...,), 0)
    w0, variance, sigma_v, sigma_h = check_start(w0, variance, sigma_v, sigma_h)
    scale, ratio = sigma_v * sigma_h, variance / sigma_v**2
    _check_range(times, scale * w0, ratio, scale)
    x0 = (scale * w0) ** 2
    x = [implicit_strength(scale**2 * t, x0, ratio) for t in times.ravel()]
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
    TypeError, ValueError
        As in `mode_weight`; or if variance = σ_v², where nothing grows.

    Examples
    --------
    >>> early, late = logistic_weight([0.1, 20], 0.05, 1.5) / mode_weight(
    ...     [0.1, 20], 0.05, 1.5)
    >>> print(f"{early:.6f} {late:.4f}")
    1.000001 1.2247
    """
    times = check_array(time, "time", (...,), 0)
    w0, variance, sigma_v, sigma_h = check_start(w0, variance, sigma_v, sigma_h)
    scale, gain = sigma_v * sigma_h, variance / sigma_v**2 - 1
    if gain == 0:
        raise ValueError(
            f"variance must differ from sigma_v² = {sigma_v**2:g}, got {variance:g}"
        )
    _check_range(times, scale * w0, variance / sigma_v**2, scale)
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
    TypeError, ValueError
        A number of updates below 1 or no integer, or a learning rate that is not
        positive; else as in `mode_weight`.

    Examples
    --------
    >>> stepped_weight(400, 0.05, 0.05, 3.0)[-1].round(6)
    np.float64(0.816497)
    """
    n_updates = check_positive(n_updates, "n_updates")
    learning_rate = check_real(learning_rate, "learning_rate", 0, open_low=True)
    w, variance, sigma_v, sigma_h = check_start(w0, variance, sigma_v, sigma_h)
    path = [w]
    for update in range(n_updates):
        w = w + learning_rate * _rate(w, variance, sigma_v, sigma_h)
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
    TypeError, ValueError
        If k is no integer from 1 to 10^6, or w holds no finite numbers.

    Examples
    --------
    >>> rdm_variance(0.5, 1), round(float(rdm_variance(0.5, 50)), 6)
    (1.25, 1.333333)
    """
    w = check_array(w, "w", (...,))
    exponents = 2 * np.arange(2 * check_positive(k, "k", most=MOST_SWEEPS))
    total = (w[..., None] ** exponents).sum(-1)
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
    TypeError, ValueError
        If k is no integer from 1 to 10^6, or the variance no number in [0, 1e100].

    Examples
    --------
    >>> [round(rdm_stationary(4.0, k), 6) for k in (1, 2, 5, 50)]
    [1.732051, 1.0, 0.876242, 0.866025]
    """
    variance = check_real(variance, "variance", 0)
    k = check_positive(k, "k", most=MOST_SWEEPS)
    if variance <= 1:
        return 0.0
    # V_k >= 1 + w² and V_k >= w^(4k - 2): bounds of the root, where nothing overflows.
    top = min(np.sqrt(variance - 1), variance ** (1 / (4 * k - 2))) * (1 + 1e-12) + 1e-9
    if variance > LARGEST:
        raise ValueError(f"variance must be at most {LARGEST:g}, got {variance!r}")
    return brentq(lambda w: rdm_variance(w, k) - variance, 0, top, xtol=1e-14)
