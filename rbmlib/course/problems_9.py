"""Problems of chapter 9: one transition, its loop, and few data."""

import math

import numpy as np

from rbmlib import cascade
from rbmlib.course.problem import Problem


def _growth(N, m2, w0, r):
    return -math.log(w0) / m2 / N / r


GROWTH = Problem(
    "P9.1",
    "Updates until the transition",
    "paper",
    """
Data of N = {N} spins are ordered along one pattern, with m² = {m2}. A machine with one
Gaussian hidden unit learns them from the strength w = {w0}, with the learning rate
{r}. After how many updates does it pass w = 1, if N is large?
""",
    "updates",
    lambda d: {
        "N": d.integer(200, 2000),
        "m2": d.real(0.2, 0.9),
        "w0": d.real(0.001, 0.05, 3),
        "r": d.one_of((1e-5, 2e-5, 5e-5, 1e-4)),
    },
    _growth,
    "w grows as exp(m² N t), with t = r × updates: −ln w0/(m² N r)",
    {
        "w² in the place of w": lambda N, m2, w0, r: 2 * _growth(N, m2, w0, r),
        "m in the place of m²": lambda N, m2, w0, r: _growth(N, m2**0.5, w0, r),
        "without N": lambda N, m2, w0, r: _growth(1, m2, w0, r),
        "the logarithm to base 10": lambda **x: _growth(**x) / math.log(10),
    },
)


def _spinodal(w):
    return float(cascade.spinodal_field(w))


SPINODAL = Problem(
    "P9.2",
    "Where the second phase disappears",
    "paper",
    """
A machine with one Gaussian hidden unit has the strength w = {w} along a pattern and a
visible bias a along it. Up to which a has m = tanh(w² m + a) a stable solution with
m < 0?
""",
    "",
    lambda d: {"w": d.real(1.1, 2.0, 3)},
    _spinodal,
    "w² m − artanh m at m = √(1 − 1/w²)",
    {
        "w in the place of w²": lambda w: _spinodal(w**0.5),
        "the leading order, ⅔ (w² − 1)^{3/2}": lambda w: 2 / 3 * (w * w - 1) ** 1.5,
        "m there": lambda w: math.sqrt(1 - 1 / w**2),
        "where both phases weigh the same": lambda w: 0.0,
    },
)


def _time(n, w):
    return cascade.relaxation_time(n, w)


TIME = Problem(
    "P9.3",
    "A time from counts",
    "code",
    """
A machine has {n} visible ±1 units, one Gaussian hidden unit of variance 1, and weights
w/√{n} with w = {w}, without biases. What is its relaxation time, exactly?
""",
    "sweeps",
    lambda d: {"n": d.integer(40, 300), "w": d.real(0.8, 1.1)},
    _time,
    "cascade.relaxation_time(n, w)",
    {
        "linear response": lambda n, w: -0.5 / math.log(w) if w < 1 else math.nan,
        "one ±1 hidden unit": lambda n, w: cascade.relaxation_time(n, w, n_hidden=1),
        "as many ±1 hidden units": lambda n, w: cascade.relaxation_time(
            n, w, n_hidden=n
        ),
        "w² for w": lambda n, w: cascade.relaxation_time(n, w * w),
    },
)


def _overlap(ell, alpha):
    return float(cascade.spike_overlap(ell, alpha))


BBP = Problem(
    "P9.4",
    "What a sample knows",
    "paper",
    """
Data of many units have variance 1 in all directions but one, which has {total}. There
are {alpha} samples per unit. What is the squared overlap of the top eigenvector of the
sample covariance with that direction?
""",
    "",
    lambda d: {"total": d.real(1.5, 4.0), "alpha": d.real(0.3, 8.0)},
    lambda total, alpha: _overlap(total - 1, alpha),
    "ℓ = variance − 1, q = 1/(M/N): (1 − q/ℓ²)/(1 + q/ℓ), and 0 for ℓ² < q",
    {
        "ℓ = the variance": lambda total, alpha: _overlap(total, alpha),
        "q upside down": lambda total, alpha: _overlap(total - 1, 1 / alpha),
        "the overlap, not squared": lambda total, alpha: math.sqrt(
            _overlap(total - 1, alpha)
        ),
        "all of it": lambda total, alpha: 1.0,
    },
)


def _both(c, r):
    """Return the means of visible and hidden units by iteration from the middle."""
    v = 0.5
    for _ in range(2000):
        h = 1 / (1 + np.exp(-c * v))
        v += 0.2 * (1 / (1 + np.exp(-r * c * h)) - v)
    return float(v), float(h)


def _slope(c, r):
    v, h = _both(c, r)
    return r * c * c * v * (1 - v) * h * (1 - h)


def _draw_negative(d):
    numbers = {"c": -d.real(1.5, 5.0), "r": d.integer(1, 3)}
    return numbers if _slope(**numbers) < 0.95 else None  # above the transition


NEGATIVE = Problem(
    "P9.5",
    "How close to the transition",
    "code",
    """
n visible and {r} n hidden {{0, 1}} units have no biases and all weights {c}/n, for a
large n. Find the common solution of the two equations for the means of the layers. By
which factor does a small displacement of the visible mean come back after one sweep?
""",
    "",
    _draw_negative,
    _slope,
    "r c² m_v(1 − m_v) m_h(1 − m_h) at m_h = σ(c m_v), m_v = σ(r c m_h)",
    {
        "one layer's factor": lambda c, r: math.sqrt(_slope(c, r)),
        "at the means ½": lambda c, r: r * c * c / 16,
        "equal layers": lambda c, r: _slope(c, 1) if r > 1 else math.nan,
        "without the number of hidden units": lambda c, r: (
            _slope(c, r) / r if r > 1 else math.nan
        ),
    },
)

PROBLEMS = (GROWTH, SPINODAL, TIME, BBP, NEGATIVE)
