"""How long a chain remembers, and the error bars that follow from it.

For a stationary series with the normalised correlation ρ(t), the integrated time is
τ = 1/2 + Σ_{t≥1} ρ(t), in steps of the series.  The mean of n values has the variance
2τ σ²/n: only n/2τ of them are independent, and τ = 1/2 for a series without memory.

The sum is cut at a window W that is large against τ and small against n: the smallest
W ≥ c τ(W) (A. Sokal (1997), doi:10.1007/978-1-4899-0319-8_6).  Its squared relative
error is 4(W + 1/2 - τ)/n (U. Wolff (2004), doi:10.1016/S0010-4655(03)00467-3), at most
that of N. Madras and A. Sokal (1988), doi:10.1007/BF01022990.  A chain shorter than
50 τ is refused: it has not seen its own memory.

Several chains are given as rows and are centred with the mean over all of them.  The
mean of each chain alone would hide exactly what is slow: a chain that has not moved
from one mode to another looks stationary around its own mean.
"""

from dataclasses import dataclass

import numpy as np
from scipy import fft

MIN_LENGTH = 50  # in units of τ
_FIRST_LAGS = 32  # grows until the window fits
_LEAST_WINDOW = 8
_DIRECT_LAGS = 256  # beyond, a Fourier transform is cheaper than direct sums


@dataclass(frozen=True)
class IntegratedTime:
    """An integrated autocorrelation time, in steps of the series.

    Attributes
    ----------
    tau : float
        At least about 1/2.
    error : float
        Standard error of tau.
    window : int
        Number of lags in the sum.
    """

    tau: float
    error: float
    window: int


def correlation(x, n_lags=None, mean=None):
    """Return the normalised time correlation ρ(0) = 1, ρ(1), …

    Parameters
    ----------
    x : array_like, shape (n_steps,) or (n_chains, n_steps)
    n_lags : int, optional
        Number of lags returned, at most n_steps; default n_steps // 2.
    mean : float, optional
        The exact mean, where it is known; default: the mean over all chains and steps.

    Returns
    -------
    ndarray, shape (n_lags,)
        Σ_t δx(t) δx(t + lag) / (n - lag), averaged over chains, over its value at 0.

    Raises
    ------
    ValueError
        Fewer than 2 steps, values that are not finite, or a constant series.

    Examples
    --------
    >>> correlation([1, -1] * 50, n_lags=3).tolist()
    [1.0, -1.0, 1.0]
    """
    x = _check(x)
    n = x.shape[1]
    n_lags = max(1, n // 2) if n_lags is None else n_lags
    if not 1 <= n_lags <= n:
        raise ValueError(f"n_lags must be between 1 and {n}, got {n_lags}")
    centred = x - (x.mean() if mean is None else mean)
    if n_lags <= _DIRECT_LAGS:
        sums = np.array(
            [np.vdot(centred[:, : n - t], centred[:, t:]) for t in range(n_lags)]
        )
    else:
        sums = _fourier_sums(centred)[:n_lags]
    covariance = sums / (n - np.arange(n_lags))
    if covariance[0] <= 1e-28 * np.square(x).mean():
        raise ValueError("x must vary to have a correlation, got a constant series")
    return covariance / covariance[0]


def integrated_time(x, c=5.0, mean=None):
    """Return τ = 1/2 + Σ ρ(t) with a self-consistent window.

    Parameters
    ----------
    x : array_like, shape (n_steps,) or (n_chains, n_steps)
        Equilibrated series of one observable.
    c : float
        The window is the smallest W with W ≥ c τ(W).
    mean : float, optional
        As in `correlation`.

    Returns
    -------
    IntegratedTime

    Raises
    ------
    ValueError
        If a chain is shorter than 50 τ, naming both; or as in `correlation`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> result = integrated_time(rng.normal(size=10_000))
    >>> abs(result.tau - 0.5) < 4 * result.error
    True
    """
    x = _check(x)
    n_chains, n = x.shape
    n_lags = min(_FIRST_LAGS, n)
    while True:
        taus = np.cumsum(correlation(x, n_lags, mean)) - 0.5
        windows = np.arange(n_lags)
        found = np.flatnonzero(windows >= c * taus)
        # Correlations that change sign need a few lags before their sum settles.
        found = found[found >= _LEAST_WINDOW]
        if found.size or n_lags == n:
            break
        n_lags = min(4 * n_lags, n)
    window = int(found[0]) if found.size else n - 1
    tau = float(taus[window])
    if not found.size or n < MIN_LENGTH * tau:
        raise ValueError(
            f"x must hold at least {MIN_LENGTH} τ steps a chain, got {n} steps and "
            f"τ of about {tau:.4g}: run longer"
        )
    error = abs(tau) * np.sqrt(4 * (window + 0.5 - tau) / (n_chains * n))
    return IntegratedTime(tau, float(error), window)


def exponential_time(x, first, last, mean=None):
    """Return τ_exp of ρ(t) ~ exp(-t/τ_exp) between two lags, and its error.

    A line through log ρ(t) for first ≤ t ≤ last.  The error is the scatter of the same
    fit over the chains left out one after another (jackknife); it needs two chains.

    Parameters
    ----------
    x : array_like, shape (n_chains, n_steps)
    first, last : int
        The range of lags; ρ must be positive there.
    mean : float, optional
        As in `correlation`.

    Returns
    -------
    tau : float
    error : float

    Raises
    ------
    ValueError
        One chain only, an empty range, or ρ ≤ 0 in the range.
    """
    x = _check(x)
    n_chains, n = x.shape
    if n_chains < 2:
        raise ValueError(f"x must hold at least 2 chains, got {n_chains}")
    if not 0 <= first < last < n:
        raise ValueError(
            f"first and last must satisfy 0 <= first < last < {n}, got {first}, {last}"
        )
    mean = x.mean() if mean is None else mean
    tau = _slope_time(correlation(x, last + 1, mean), first)
    left_out = [
        _slope_time(correlation(np.delete(x, i, axis=0), last + 1, mean), first)
        for i in range(n_chains)
    ]
    return tau, float(np.sqrt((n_chains - 1) * np.var(left_out)))


def mean_with_error(x):
    """Return the mean of a series, its standard error, and the `IntegratedTime`.

    Parameters
    ----------
    x : array_like, shape (n_steps,) or (n_chains, n_steps)

    Returns
    -------
    mean : float
    error : float
        √(2τ σ² / n), with n the number of all values.
    time : IntegratedTime

    Examples
    --------
    >>> mean, error, time = mean_with_error(np.random.default_rng(1).normal(size=4000))
    >>> abs(mean) < 4 * error and 0.9 < error * 4000**0.5 < 1.1
    True
    """
    x = _check(x)
    time = integrated_time(x)
    error = np.sqrt(2 * max(time.tau, 0.0) * x.var() / x.size)
    return float(x.mean()), float(error), time


def _check(x):
    x = np.asarray(x, dtype=np.float64)
    x = x[None] if x.ndim == 1 else x
    if x.ndim != 2 or x.shape[0] == 0 or x.shape[1] < 2:
        raise ValueError(
            "x must have shape (n_steps,) or (n_chains, n_steps) with at least 2 "
            f"steps, got {x.shape}"
        )
    if not np.isfinite(x).all():
        raise ValueError(f"x must be finite, got {x[~np.isfinite(x)][0]}")
    return x


def _fourier_sums(x):
    """Return Σ_chains Σ_t x(t) x(t + lag) for all lags, by zero-padded transforms."""
    n = x.shape[1]
    size = fft.next_fast_len(2 * n, real=True)
    power = sum(np.abs(fft.rfft(row, size)) ** 2 for row in x)
    return fft.irfft(power, size)[:n]


def _slope_time(rho, first):
    t = np.arange(first, len(rho))
    if np.any(rho[first:] <= 0):
        raise ValueError(
            "the correlation must be positive between first and last, got "
            f"{rho[first:].min():.3g}: choose a shorter range or more data"
        )
    return float(-1 / np.polyfit(t, np.log(rho[first:]), 1)[0])
