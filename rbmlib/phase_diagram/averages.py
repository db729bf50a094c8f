"""Gaussian averages of tanh and its powers, to twelve digits for any field.

Two families.  `scale_moments(s)` averages over x = √s y, y a standard normal number:
one variable, read off a table.  `point_moments(A, B)` averages over x = A + B z.  Both
sum on a regular grid: for functions that are analytic around the real axis the
trapezoidal rule converges exponentially.  tanh has poles at ±iπ/2, hence a step of ¼ in
x is as good as exact (e^{-4π²}), however strong the field; Gauss–Hermite nodes, which
spread with the field, miss the step of tanh where it matters.

What does not decay (tanh itself, log 2cosh) is split into a function of the error
function, whose Gaussian average is known, and a rest that does.
"""

import math

import numpy as np
from scipy.special import erf

from rbmlib import compiled

STEP = 0.25
REACH = 14.0  # sech²(14) = 3e-12
FAR = 20.0  # for the table, which is multiplied by powers of the field: 2e-17
NARROW = 0.4  # below, the Gaussian is too narrow for STEP
C = math.sqrt(math.pi) / 2  # erf(C x) has the slope of tanh at 0
TABLE = 1024

_X = np.arange(-REACH, REACH + STEP / 2, STEP)
_Z = np.arange(-8.0, 8.25, 0.5)
_Z_WEIGHT = 0.5 * np.exp(-(_Z**2) / 2) / math.sqrt(2 * math.pi)


def _smooth_abs(x):
    """Return E|x + y| with y normal of variance 1/2C²: |x| with a round corner."""
    return x * erf(C * x) + np.exp(-((C * x) ** 2)) / (C * math.sqrt(math.pi))


def _columns(x):
    """Return what is averaged: tanh, sech², tanh sech², sech⁴, log 2cosh."""
    t, s = np.tanh(x), 1 / np.cosh(x) ** 2
    return np.stack([t, s, t * s, s * s, np.logaddexp(x, -x)], axis=1)


def _decaying():
    parts = _columns(_X)
    parts[:, 0] -= erf(C * _X)
    parts[:, 4] -= _smooth_abs(_X)
    return parts


_PARTS = _decaying()


@compiled.kernel(error_model="numpy")
def point_moments(A, B, out):
    """Average tanh, sech², tanh sech², sech⁴ and log 2cosh over A + B z, into `out`.

    Parameters
    ----------
    A, B : float
        B at least 0.
    out : ndarray of float64, shape (5,)
    """
    out[:] = 0.0
    if B < NARROW:
        for z, weight in zip(_Z, _Z_WEIGHT):  # noqa: B905 (numba knows no strict)
            x = A + B * z
            t = math.tanh(x)
            s = 1.0 / math.cosh(x) ** 2 if abs(x) < 300.0 else 0.0
            out[0] += weight * t
            out[1] += weight * s
            out[2] += weight * t * s
            out[3] += weight * s * s
            out[4] += weight * (abs(x) + math.log1p(math.exp(-2.0 * abs(x))))
        return
    first = max(0, int((A - 8.0 * B + REACH) / STEP))
    last = min(_X.size, int((A + 8.0 * B + REACH) / STEP) + 2)
    if first < last:  # else the field is far from where anything is left to sum
        _add_parts(A, B, first, last, out)
    width2 = B * B + 0.5 / C**2
    out[0] += math.erf(C * A / math.sqrt(1.0 + 2.0 * C * C * B * B))
    out[4] += A * math.erf(A / math.sqrt(2.0 * width2))
    out[4] += math.sqrt(2.0 * width2 / math.pi) * math.exp(-0.5 * A * A / width2)


@compiled.kernel(error_model="numpy")
def _add_parts(A, B, first, last, out):
    # The Gaussian weight goes from node to node by two multiplications, outwards.
    middle = min(max(int((A + REACH) / STEP + 0.5), first), last - 1)
    step, y = STEP / B, (_X[middle] - A) / B
    top = step * math.exp(-0.5 * y * y) / math.sqrt(2.0 * math.pi)
    for up in (1, -1):
        weight, turn = top, math.exp(-step * step)
        ratio = math.exp(-up * step * y - 0.5 * step * step)
        k = middle
        if up < 0:
            weight *= ratio
            ratio *= turn
            k -= 1
        while first <= k < last:
            for n in range(5):
                out[n] += weight * _PARTS[k, n]
            weight *= ratio
            ratio *= turn
            k += up


def _scale_table():
    """Tabulate E sech², E sech⁴ and E log 2cosh of √s y with their slopes.

    The variable is t = r/(1 + r) with r = √s in (0, ∞).  For narrow Gaussians, by
    parts, dE[f]/ds = ½E[f''], and (sechⁿ)'' = n² sechⁿ - n(n+1) sechⁿ⁺²; for wide ones
    these two cancel, and dE[f]/dr = E[f (y² - 1)]/r does not.
    """
    t = np.arange(TABLE + 1) / TABLE
    values, slopes = np.zeros((2, TABLE + 1, 3))
    for k in range(TABLE):
        r = t[k] / (1 - t[k])
        x, weight = (r * _Z, _Z_WEIGHT) if r < NARROW else _gaussian_on_grid(r)
        s = 1 / np.cosh(x) ** 2
        powers = np.array([weight @ s**n for n in (1, 2, 3)])
        log_part = weight @ (np.logaddexp(x, -x) - _smooth_abs(x))
        log_part += math.sqrt(2 * (r * r + 0.5 / C**2) / math.pi)
        if r < 1:
            a, b, c = powers
            by_r = 2 * r * np.array([2 * a - 3 * b, 8 * b - 10 * c])
        else:
            by_r = (weight * ((x / r) ** 2 - 1) / r) @ np.stack([s, s * s], axis=1)
        dr = (1 + r) ** 2  # dr/dt
        values[k] = powers[0], powers[1], log_part / (1 + r)
        slopes[k, :2] = by_r * dr
        slopes[k, 2] = (r * powers[0] / (1 + r) - log_part / (1 + r) ** 2) * dr
    # t = 1: E sechⁿ → c_n/r with c_n = ∫sechⁿ/√2π, and log 2cosh → √(2/π) r.
    limit = math.sqrt(2 / math.pi)
    values[TABLE] = 0.0, 0.0, limit
    slopes[TABLE] = -limit, -limit * 2 / 3, limit
    return values, slopes


def _gaussian_on_grid(r):
    x = np.arange(0.0, FAR + STEP / 2, STEP)
    x = np.concatenate([-x[:0:-1], x])
    return x, STEP * np.exp(-((x / r) ** 2) / 2) / (r * math.sqrt(2 * math.pi))


_VALUES, _SLOPES = _scale_table()


@compiled.kernel(error_model="numpy")
def scale_moments(s, out):
    """Average sech², sech⁴ and log 2cosh over √s y, into `out` of shape (3,)."""
    r = math.sqrt(s)
    position = TABLE * r / (1.0 + r)
    k = max(0, min(int(position), TABLE - 1))  # not even NaN leaves the table
    f = position - k
    # In the last cell, which has no end, what is left must keep its digits.
    g = 1.0 - f if k < TABLE - 1 else TABLE / (1.0 + r)
    f = 1.0 - g
    # Cubic Hermite interpolation.
    a, b = g * g * (1.0 + 2.0 * f), f * f * (3.0 - 2.0 * f)
    c, d = f * g * g / TABLE, -f * f * g / TABLE
    for n in range(3):
        out[n] = a * _VALUES[k, n] + b * _VALUES[k + 1, n]
        out[n] += c * _SLOPES[k, n] + d * _SLOPES[k + 1, n]
    out[2] *= 1.0 + r
