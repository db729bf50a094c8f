"""The Curie-Weiss magnet: every spin sees the mean of all, and everything is exact.

E = -M²/(2N) - hM with M = Σ_i s_i.  A finite magnet is a sum over the N + 1 values of
M, done in logarithms; its limit N → ∞ is m = tanh((m + h)/T), with T_c = 1.  The two
differ by powers of N, so a sample of N spins is compared with `exact`, never with
`magnetization`.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import entr, gammaln, logsumexp

from rbmlib.checks import check_array, check_positive
from rbmlib.ising.arguments import check_field, check_temperature

CRITICAL_TEMPERATURE = 1.0
MOST_SPINS = 10**7


class FiniteMagnet(NamedTuple):
    """Exact averages of N spins; all but log_z are per spin."""

    log_z: float
    energy: float
    magnetization: float
    abs_magnetization: float
    susceptibility: float
    binder: float


def exact(N, T, h=0.0):
    """Return the exact averages of N Curie-Weiss spins.

    Z = Σ_M C(N, (N+M)/2) exp[(M²/2N + hM)/T].

    Parameters
    ----------
    N : int
        Number of spins, from 1 to 10^7.
    T : float
        Positive.
    h : float
        Field.

    Returns
    -------
    FiniteMagnet
        log_z of all spins; energy ⟨E⟩/N; magnetization ⟨m⟩; abs_magnetization ⟨|m|⟩;
        susceptibility N Var(m)/T; binder 1 - ⟨m⁴⟩/(3⟨m²⟩²).

    Raises
    ------
    ValueError, TypeError
        If N is no integer from 1 to 10^7, T not finite and positive, h not finite, or
        log Z no number.

    Examples
    --------
    >>> round(exact(100, 0.8).abs_magnetization, 6)
    0.664427
    >>> round(exact(1000, 1.0).abs_magnetization, 6)
    0.161618
    """
    T, h, N = check_temperature(T), check_field(h), _check_number(N)
    m, logs = log_weights(N, T, h)
    peak = int(np.argmax(logs))
    # Magnetisations and logarithms are counted from the peak: near it, where the
    # weight is, nothing large is subtracted from something large.
    d = 2.0 * (np.arange(N + 1) - peak) / N
    states = log_counts(N)
    with np.errstate(over="ignore"):
        above = N * (d * ((m + m[peak]) / 2 + h)) / T + (states - states[peak])
    p = np.exp(above - logsumexp(above))
    from_peak = p @ d
    # ⟨m⟩ is a sum over m > 0 of m [p(m) - p(-m)], each of the sign of h.
    up = m > 0
    with np.errstate(over="ignore"):
        odd = -np.expm1(-2 * N * abs(h) * m[up] / T)
    mean = np.sign(h) * ((m * (p if h >= 0 else p[::-1]))[up] @ odd)
    square = p @ m**2
    return FiniteMagnet(
        log_z=float(logsumexp(above) + logs[peak]),
        energy=float(-square / 2 - h * mean),
        magnetization=float(mean),
        abs_magnetization=float(p @ np.abs(m)),
        susceptibility=float(N * (p @ (d - from_peak) ** 2) / T),
        binder=float(1 - p @ m**4 / (3 * square**2)),
    )


def log_weights(N, T, h=0.0):
    """Return the N + 1 magnetisations m = M/N and the logarithms of their weights.

    -(T/N) times the log weight is the free-energy landscape of the finite magnet; it
    tends to `free_energy`.

    Parameters
    ----------
    N : int
        Number of spins, from 1 to 10^7.
    T : float
        Positive.
    h : float
        Field.

    Returns
    -------
    m, logs : ndarray, shape (N + 1,)

    Raises
    ------
    ValueError, TypeError
        As in `exact`.

    Examples
    --------
    >>> m, logs = log_weights(2, 1.0)
    >>> m.tolist(), np.exp(logs).round(4).tolist()
    ([-1.0, 0.0, 1.0], [2.7183, 2.0, 2.7183])
    """
    T, h, N = check_temperature(T), check_field(h), _check_number(N)
    m = (2 * np.arange(N + 1) - N) / N
    with np.errstate(over="ignore"):
        logs = log_counts(N) + N * (m**2 / 2 + h * m) / T
    if not np.isfinite(logs).all():
        raise ValueError(f"T and h must leave log Z finite, got {T!r} and {h!r}")
    return m, logs


def log_counts(N):
    """Return the logarithms of how many states of N spins have k of them up.

    Parameters
    ----------
    N : int
        Number of spins, from 1 to 10^7.

    Returns
    -------
    ndarray, shape (N + 1,)
        For k from 0 to N.

    Raises
    ------
    ValueError, TypeError
        No integer in that range.

    Examples
    --------
    >>> np.exp(log_counts(3)).round(9).tolist()
    [1.0, 3.0, 3.0, 1.0]
    """
    N = _check_number(N)
    up = np.arange(N + 1)
    return gammaln(N + 1) - gammaln(up + 1) - gammaln(N - up + 1)


def _check_number(N):
    return check_positive(N, "N", most=MOST_SPINS)


def free_energy(m, T, h=0.0):
    """Return the free-energy landscape per spin f(m) in the limit N → ∞.

    f(m) = -m²/2 - hm - T s(m), with the entropy s of spins of mean m.  Below T_c and
    in a small field f has two minima: the phases, of which one may be metastable.

    Parameters
    ----------
    m : array_like, any shape
        In [-1, 1].
    T : float
        Not negative.
    h : float
        Field.

    Returns
    -------
    ndarray, shape of m

    Raises
    ------
    ValueError
        An m outside [-1, 1], a T that is not finite and >= 0, or an h that is not
        finite.

    Examples
    --------
    >>> free_energy([0.0, 1.0], 0.5).round(6).tolist()
    [-0.346574, -0.5]
    """
    T = check_temperature(T, zero_allowed=True)
    h, m = check_field(h), check_array(m, "m", (...,), -1, 1)
    entropy = entr((1 + m) / 2) + entr((1 - m) / 2)
    return -(m**2) / 2 - h * m - T * entropy


def magnetization(T, h=0.0):
    """Return the stable magnetisation of the infinite magnet.

    The solution of m = tanh((m + h)/T) with the lowest free energy: along the field,
    and the positive one of the two in zero field below T_c.

    Parameters
    ----------
    T : float
        Not negative.
    h : float
        Field.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        Unless T is finite and >= 0, and h finite.

    Examples
    --------
    >>> round(magnetization(0.8), 6)
    0.710412
    >>> magnetization(1.5)
    0.0
    """
    T, h = check_temperature(T, zero_allowed=True), check_field(h)
    if h < 0:
        return -magnetization(T, -h)
    if h == 0 and T >= CRITICAL_TEMPERATURE:
        return 0.0
    if T == 0:
        return 1.0
    # tanh(m/T) > m at m = T √(1-T), as tanh y > y - y³/3: the root lies above.
    low = T * np.sqrt(max(1 - T, 0.0)) if h == 0 else 0.0
    high = np.tanh(min((1.0 + h) / T, 1e3))
    if h == 0 and not np.tanh(low / T) > low:
        return float(low * np.sqrt(3))  # so near T_c that m is √3 times this
    # A root may be tiny: its digits are asked for, not its distance from zero.
    return float(
        brentq(lambda m: np.tanh(min((m + h) / T, 1e3)) - m, low, high, xtol=1e-300)
    )
