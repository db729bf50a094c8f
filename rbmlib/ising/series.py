"""The square lattice at both ends of the temperature: exact series, no cancellation.

On a torus Z = 2^N cosh^{2N} K · G(t) with t = tanh K, and Z = 2 e^{2NK} g(x) with
x = e^{-2K}, where G counts the subgraphs whose sites all have an even number of bonds,
and g those of them that wind an even number of times around either way (walls between
domains).  Both are sums over the four sectors of B. Kaufman (1949), in which the angles
θ, φ around the torus are those of periodic or of antiperiodic waves,

P = Π [(1 + z²)² - 2z (1 - z²)(cos θ + cos φ)]^{1/2},
G = ½ (-P_pp + P_pa + P_ap + P_aa),  g = ¼ (P_pp + P_pa + P_ap + P_aa).

The averages of (cos θ + cos φ)^j are rational numbers: so are all coefficients of
log G and of log g, which are found exactly.  The first is that of z⁴ or below it, and
nothing is subtracted from what is larger.  The series converge up to z = √2 - 1; at
z < 1/16 what is left out after z^24 is below 1e-16 of the first term.
"""

import math
from fractions import Fraction
from functools import lru_cache

import numpy as np

LARGEST = 1 / 16  # of z: above 16 or below 0.72 in temperature
ORDER = 24


def at_an_end(L1, L2, K):
    """Return (log Z, energy, specific heat), the last two per site, or None between.

    Parameters
    ----------
    L1, L2 : int
        Sides of the torus; both 0 for the infinite lattice, whose log Z is per site.
    K : float
        1/T, finite.

    Examples
    --------
    >>> log_z, energy, specific_heat = at_an_end(4, 4, 1e-8)
    >>> print(f"{energy:.6g} {specific_heat:.6g}")
    -2e-08 2e-16
    """
    k = np.arange(ORDER + 1)
    n = L1 * L2 or 1
    if (t := math.tanh(K)) < LARGEST:
        a = _coefficients(L1, L2, True)
        first = (k * a)[1:] @ t ** k[:-1]
        second = (k * (k - 1) * a)[2:] @ t ** k[:-2]
        rest = 1 - t * t
        log_z = math.log(2) + 2 * math.log(math.cosh(K)) + a @ t**k
        curvature = rest * (2 + rest * second - 2 * t * first)
        return float(n * log_z), float(-2 * t - rest * first), float(K * curvature * K)
    if (x := math.exp(-2 * K)) < LARGEST:
        a = _coefficients(L1, L2, False)
        powers = x**k
        log_z = n * (2 * K + float(a @ powers)) + (math.log(2) if L1 else 0.0)
        # (2K k)² x^k, small where K² alone would overflow.
        heat = (a * (2 * min(K, 1e3) * k) ** 2) @ powers
        return log_z, float(2 * (k * a) @ powers - 2), float(heat)
    return None


@lru_cache(maxsize=64)
def _coefficients(L1, L2, hot):
    """Return those of log G / N or of log g / N, as ndarray of shape (ORDER + 1,)."""
    n = L1 * L2
    signs = ((1, 1), (1, -1), (-1, 1), (-1, -1))
    sectors = [_in_sector(_moments(L1, a), _moments(L2, b)) for a, b in signs]
    if not n:  # no way around: one sector
        return np.array(sectors[0], float)
    weights = (-2, 2, 2, 2) if hot else (1, 1, 1, 1)
    base = sectors[3]
    total = [Fraction(0)] * (ORDER + 1)
    for weight, sector in zip(weights, sectors, strict=True):
        ratio = _exp([n * (s - b) for s, b in zip(sector, base, strict=True)])
        total = [x + Fraction(weight, 4) * y for x, y in zip(total, ratio, strict=True)]
    log = _log(total)
    return np.array([b + x / n for b, x in zip(base, log, strict=True)], float)


@lru_cache(maxsize=1)
def _log_bracket():
    """Return ½ log[(1 + z²)² - 2z(1 - z²) c], by powers of z (rows) and of c."""
    u = {(1, 1): -2, (2, 0): 2, (3, 1): 2, (4, 0): 1}
    power, rows = {(0, 0): 1}, [[Fraction(0)] * (ORDER + 1) for _ in range(ORDER + 1)]
    for m in range(1, ORDER + 1):
        longer = {}
        for (i, j), x in power.items():
            for (di, dj), y in u.items():
                if i + di <= ORDER:
                    longer[i + di, j + dj] = longer.get((i + di, j + dj), 0) + x * y
        power = longer
        for (i, j), x in power.items():
            rows[i][j] += Fraction((-1) ** (m + 1) * x, 2 * m)
    return rows


def _in_sector(one, other):
    """Return the average of `_log_bracket` over the angles θ and φ of these moments."""
    both = [
        sum(math.comb(j, r) * one[r] * other[j - r] for r in range(j + 1))
        for j in range(ORDER + 1)
    ]
    return [
        sum(x * y for x, y in zip(row, both, strict=True) if x)
        for row in _log_bracket()
    ]


@lru_cache(maxsize=256)
def _moments(n, sign):
    """Return ⟨cos^j θ⟩ over n angles of waves that change by `sign` around the ring."""
    moments = []
    for j in range(ORDER + 1):
        windings = [(j - 2 * r) // n if n else 0 for r in range(j + 1)]
        total = sum(
            math.comb(j, r) * sign ** abs(w)
            for r, w in enumerate(windings)
            if j - 2 * r == w * n
        )
        moments.append(Fraction(total, 2**j))
    return moments


def _exp(a):
    """Return the series exp(a), a_0 = 0: b' = a' b."""
    b = [Fraction(1)]
    for k in range(1, len(a)):
        b.append(sum(i * a[i] * b[k - i] for i in range(1, k + 1)) / k)
    return b


def _log(b):
    """Return the series log(b), b_0 = 1: b' = a' b."""
    a = [Fraction(0)]
    for k in range(1, len(b)):
        a.append(b[k] - sum(i * a[i] * b[k - i] for i in range(1, k)) / k)
    return a
