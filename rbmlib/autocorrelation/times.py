"""How many independent samples a chain is worth.

The correlation ρ(t) of an observable with itself t steps later, its integrated time
τ = ½ + Σ_{t≥1} ρ(t), and what follows: n correlated steps average as well as n / 2τ
independent ones.  A chain too short to tell τ is refused, not guessed at.

Series have shape (n_steps,), (n_chains, n_steps) or (n_chains, n_steps, n_variables);
variables are summed, ρ(t) = Σ_i ⟨δx_i(0) δx_i(t)⟩ / Σ_i ⟨δx_i²⟩.  Deviations δx are
from the mean over all chains: a chain's own mean follows it, and hides what is slower.

A. Sokal (1997), doi:10.1007/978-1-4899-0319-8_6; N. Madras, doi:10.1007/BF01022990.
"""

from typing import NamedTuple

import numpy as np

from rbmlib.autocorrelation import lagged_sums
from rbmlib.autocorrelation.lagged_sums import BLOCK, DIRECT_LAGS
from rbmlib.autocorrelation.series import check_series, deviations, n_chains_of
from rbmlib.checks import check_integer, check_real

WINDOW = 6  # the sum stops at the first lag above 6 τ: an exponential has e⁻⁶ left
LEAST_WINDOW = 8  # correlations that change sign need a few lags to settle
MIN_TIMES = 50  # times τ that the data must hold


class Time(float):
    """A time in steps: a float that also knows its statistical `error`.

    Attributes
    ----------
    error : float
        Standard error.
    window : int
        The last lag used.
    """

    def __new__(cls, value, error, window):
        """Make a float with two attributes."""
        self = super().__new__(cls, value)
        self.error, self.window = float(error), int(window)
        return self

    def __getnewargs__(self):
        """Return what a copy, or another process, makes it from."""
        return float(self), self.error, self.window


class Estimate(NamedTuple):
    """A mean with its standard error, and the integrated time behind it."""

    mean: float
    error: float
    tau: Time


def correlation(x, max_lag=None, mean=None):
    """Return the normalised autocorrelation ρ(t) for t = 0 … max_lag.

    Parameters
    ----------
    x : array_like
        Shape (n_steps,), (n_chains, n_steps) or (n_chains, n_steps, n_variables).
    max_lag : int, optional
        Default: n_steps - 1.
    mean : float or array_like of shape (n_variables,), optional
        The exact mean where it is known; default: the mean over chains and steps.

    Returns
    -------
    ndarray, shape (max_lag + 1,)

    Raises
    ------
    ValueError
        Wrong shape, fewer than two steps, non-finite values, a series that does not
        vary, or max_lag outside [0, n_steps - 1].

    Examples
    --------
    >>> correlation([1.0, -1.0, 1.0, -1.0]).tolist()
    [1.0, -1.0, 1.0, -1.0]
    """
    rows = deviations(check_series(x), mean)
    n_steps = rows.shape[1]
    max_lag = n_steps - 1 if max_lag is None else check_integer(max_lag, "max_lag")
    if not 0 <= max_lag < n_steps:
        raise ValueError(f"max_lag must be in [0, {n_steps - 1}], got {max_lag}")
    sums = lagged_sums.sums(rows, max_lag + 1)
    return _normalised(sums, n_steps - np.arange(max_lag + 1))


def integrated_time(x, mean=None):
    """Return the integrated autocorrelation time τ = ½ + Σ_{t=1}^{W} ρ(t), in steps.

    The window W is the smallest lag with W >= 6 τ(W), but at least 8.  Independent
    samples have τ = ½; for ρ = exp(-t/τ_exp) with large τ_exp, τ = τ_exp.

    Parameters
    ----------
    x, mean
        As in `correlation`.

    Returns
    -------
    Time
        With its error τ sqrt(2 (2W + 1) / n), n the number of all steps of all chains.
        At W = 6 τ it is a quarter too large.  Several variables do not count as more
        samples: if they move independently, the error is at most this, and smaller by
        up to the root of their number.

    Raises
    ------
    ValueError
        Bad input as in `correlation`; or the window does not close within the chain; or
        the data hold fewer than 50 τ.  The message names the length and τ.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(10, 1000))
    >>> tau = integrated_time(x)
    >>> bool(abs(tau - 0.5) < 3 * tau.error)
    True
    """
    x = check_series(x)
    rows = deviations(x, mean)
    tau, window = _windowed_time(rows)
    n_steps = rows.shape[1]
    n = n_steps * n_chains_of(x)
    if window is None or n < MIN_TIMES * tau:
        raise ValueError(
            f"the series is too short: {n} steps in chains of {n_steps}, with an "
            f"integrated time of at least {tau:.3g} steps; {MIN_TIMES} times that are "
            f"needed in all, and {WINDOW} times in each chain"
        )
    return Time(tau, tau * np.sqrt(2 * (2 * window + 1) / n), window)


def mean_with_error(x, mean=None):
    """Return the mean of correlated data with its standard error sqrt(2 τ Var / n).

    Deviations from the data's own mean make τ too small by (2W + 1)/n of itself, and
    short series that saw no slow motion pass where others are refused: at 50 τ the
    error is too small, by half or more where two states are rarely left; at 200 τ it is
    right to some 6 %.  An exact mean, where it is known, helps.

    Parameters
    ----------
    x : array_like
        Shape (n_steps,) or (n_chains, n_steps): one observable.
    mean : float, optional
        Where the exact mean is known, deviations are taken from it.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        As in `integrated_time`.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=10_000)
    >>> result = mean_with_error(x)
    >>> 0.008 < result.error < 0.012
    True
    """
    x = check_series(x)
    if x.ndim > 2:
        raise ValueError(f"x must be one observable, got an array of shape {x.shape}")
    mean = mean if mean is None else check_real(mean, "mean")
    tau = integrated_time(x, mean)
    centre = x.mean() if mean is None else mean
    error = np.sqrt(2 * tau * np.mean((x - centre) ** 2) / x.size)
    return Estimate(float(x.mean()), float(error), tau)


def exponential_time(x, mean=None):
    """Return the exponential autocorrelation time of the slowest visible motion.

    ρ(t) ∝ exp(-t/τ) at late times: ln ρ is fitted by a line over the second half of the
    lags in which ρ stands above three times its noise.  Faster motions have died there,
    as far as the data can tell; what is slower than the chains is invisible.

    Parameters
    ----------
    x, mean
        As in `correlation`.  Project on the slowest mode first if it is known.

    Returns
    -------
    Time
        In steps; the error is a jackknife over groups of chains, or of time blocks.

    Raises
    ------
    ValueError
        As in `integrated_time`; or if ρ falls to its noise within two steps.

    Examples
    --------
    >>> rng, x = np.random.default_rng(0), np.zeros((100, 2000))
    >>> for t in range(1, 2000):
    ...     x[:, t] = 0.9 * x[:, t - 1] + rng.normal(size=100)
    >>> tau = exponential_time(x)
    >>> bool(abs(tau + 1 / np.log(0.9)) < 3 * tau.error)
    True
    """
    x = check_series(x)
    tau = integrated_time(x, mean)
    rows = deviations(x, mean)
    n_lags = min(rows.shape[1], 8 * tau.window)
    sums, counts = _grouped_sums(rows, n_lags, longest=20 * tau.window)
    rho = _normalised(sums.sum(axis=0), counts.sum(axis=0))
    # Far lags scatter by sqrt(2 τ / n): Bartlett, for a dead correlation.
    noise = np.sqrt(2 * tau / (rows.shape[1] * n_chains_of(x)))
    last = (
        int(np.argmax(rho < 3 * noise)) - 1 if (rho < 3 * noise).any() else n_lags - 1
    )
    if last < 2:
        raise ValueError(
            f"rho falls to its noise ({noise:.2g}) within {last + 1} steps: too fast "
            "for an exponential time; record more often"
        )
    value = _late_slope(rho, last)
    left_out = [
        _late_slope(_normalised(sums.sum(axis=0) - s, counts.sum(axis=0) - c), last)
        for s, c in zip(sums, counts, strict=True)
    ]
    k = len(left_out)
    return Time(value, np.sqrt((k - 1) * np.var(left_out)), last)


def _late_slope(rho, last):
    """Return -1/slope of ln ρ over lags last/2 … last, weighted by ρ²."""
    t = np.arange(last // 2, last + 1)
    log = np.log(np.maximum(rho[t], 1e-300))
    return float(-1 / np.polyfit(t, log, 1, w=np.abs(rho[t]))[0])


def _normalised(sums, counts):
    c = sums / counts
    return c / c[0]


def _windowed_time(rows):
    """Return τ and its window; if that does not close, a lower bound and None."""
    n_steps = rows.shape[1]
    sums = np.zeros(0)
    for first in range(0, min(n_steps, DIRECT_LAGS), BLOCK):
        sums = np.append(
            sums, lagged_sums.direct_sums(rows, first, min(first + BLOCK, n_steps))
        )
        tau, window = _close_window(sums, n_steps)
        if window is not None:
            return tau, window
    if n_steps > DIRECT_LAGS:
        return _close_window(lagged_sums.transformed_sums(rows, n_steps), n_steps)
    return tau, None


def _close_window(sums, n_steps):
    lags = np.arange(len(sums))
    rho = _normalised(sums, n_steps - lags)
    tau = np.cumsum(rho) - 0.5
    closed = lags >= np.maximum(WINDOW * tau, min(LEAST_WINDOW, n_steps // 2))
    if not closed.any():
        return float(tau.max()), None
    window = int(np.argmax(closed))
    beat = rho[1 : window + 1] @ (-1.0) ** lags[1 : window + 1] / window
    if beat > 0.25 or tau[window] <= 0:
        raise ValueError(
            f"the series alternates (rho(1) = {rho[1]:.3g}), so that a sum over a "
            "window means nothing; record every other step"
        )
    return float(tau[window]), window


def _grouped_sums(rows, n_lags, longest):
    """Return sums of products and numbers of pairs, by lag, in 10 to 20 groups."""
    if len(rows) < 10:
        rows = rows[:]
        pieces = max(10 // len(rows), min(20, rows.shape[1] // longest))
        length = rows.shape[1] // pieces
        rows = rows[:, : pieces * length].reshape(-1, length)
        n_lags = min(n_lags, length)
    groups = np.array_split(np.arange(len(rows)), min(20, len(rows)))
    parts = (rows[group[0] : group[-1] + 1] for group in groups)
    sums = np.array([lagged_sums.sums(part, n_lags) for part in parts])
    pairs = rows.shape[1] - np.arange(n_lags)
    return sums, np.array([len(group) * pairs for group in groups])
