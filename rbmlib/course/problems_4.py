"""Problems of chapter 4: the linear regime."""

import functools
import math

import numpy as np

from rbmlib import datasets
from rbmlib import linear_regime as lr
from rbmlib.course.problem import Problem


def _draw_growth(d):
    v, h, x = d.real(0.5, 1.3), d.real(0.5, 1.5), d.real(0.6, 4.0)
    return {"v": v, "h": h, "x": x, "f": d.integer(3, 20)} if x > v**2 + 0.3 else None


GROWTH = Problem(
    "P4.1",
    "How long does a mode take to grow?",
    "paper",
    """
A machine with Gaussian units of both layers has `sigma_v` = {v} and `sigma_h` = {h}.
Along one mode the data have the variance {x}. While its strength is small, in which
time t does it grow by a factor of {f}?
""",
    "units of t",
    _draw_growth,
    lambda v, h, x, f: math.log(f) / (h**2 * (x - v**2)),
    "dw/dt = σ_h² (λ − σ_v²) w, so t = ln f / (σ_h² (λ − σ_v²))",
    {
        "the noise not subtracted": lambda v, h, x, f: math.log(f) / (h**2 * x),
        "deviations not squared": lambda v, h, x, f: math.log(f) / (h * (x - v)),
        "σ_h left out": lambda v, h, x, f: math.log(f) / (x - v**2),
        "the growth of w²": lambda v, h, x, f: math.log(f) / (2 * h**2 * (x - v**2)),
    },
)


def _draw_end(d):
    v, h, w = d.real(0.6, 1.3), d.real(0.5, 1.5), d.real(0.2, 1.5)
    return {"v": v, "h": h, "w": w} if 0.3 < v * h * w < 0.9 else None


END = Problem(
    "P4.2",
    "Reading the data off a machine",
    "paper",
    """
A machine with Gaussian units of both layers has `sigma_v` = {v} and `sigma_h` = {h}.
It has been trained until nothing changes, and one of its modes has the strength w =
{w}. Which variance do the data have along this mode?
""",
    "",
    _draw_end,
    lambda v, h, w: v**2 / (1 - (v * h * w) ** 2),
    "the stationary point solved for λ: λ = σ_v²/(1 − σ_v²σ_h²w²)",
    {
        "the product not squared": lambda v, h, w: v**2 / (1 - v * h * w),
        "a plus in the denominator": lambda v, h, w: v**2 / (1 + (v * h * w) ** 2),
        "the machine of noise 1": lambda v, h, w: 1 / (1 - w**2) if w < 1 else math.nan,
        "σ_h left out": lambda v, h, w: (
            v**2 / (1 - (v * w) ** 2) if v * w < 1 else math.nan
        ),
    },
)


def _time_to(share, x, w0):
    """Return when w is this share of its end, by the closed form."""
    end = 1 - 1 / x
    now, start = share**2 * end, w0**2
    grown = math.log(now / start) - math.log((end - now) / (end - start)) / x
    return grown / (2 * (x - 1))


def _logistic_time(x, w0):
    """Return when the logistic reaches half of its own end."""
    A = (x - 1) / w0**2 - 1
    return math.log(A / 3) / (2 * (x - 1))


HALF = Problem(
    "P4.3",
    "Half of the way",
    "code",
    """
One mode, `sigma_v` = `sigma_h` = 1: the data have the variance λ = {x} along its
fixed direction, and its strength starts at w = {w0}. At which time t has it *half* of
its final strength? (Use the closed form, or search with `lr.mode_weight`.)
""",
    "units of t",
    lambda d: {"x": d.real(1.3, 3.0), "w0": d.real(0.02, 0.2)},
    lambda x, w0: _time_to(0.5, x, w0),
    "the closed form at w² = w*²/4, with w*² = 1 − 1/λ",
    {
        "growth like the first instants": lambda x, w0: (
            math.log(math.sqrt(1 - 1 / x) / 2 / w0) / (x - 1)
        ),
        "half of its own end, by the logistic": _logistic_time,
        "w² at half": lambda x, w0: _time_to(math.sqrt(0.5), x, w0),
    },
)


@functools.cache
def _covariance(digit):
    """Return the covariance of the training digits of one class, or of all."""
    digits = datasets.load("digits")
    chosen = slice(None) if digit is None else digits.train_labels == digit
    return np.cov(digits.train[chosen].T, bias=True)


def _updates(rate, C, noise=True, D_h=0.25):
    growth = C - np.diag(np.diag(C)) if noise else C
    top = np.linalg.eigvalsh(growth)[-1]
    return math.log(10) / math.log1p(rate * D_h * top)


DIGIT = Problem(
    "P4.4",
    "The first feature of one digit",
    "code",
    """
Take those training digits of `datasets.load("digits")` whose label is {c}, and no
others. A machine of {{0, 1}} units is trained on them with the centred gradient and
learning rate {r}, from very small weights; its biases fit the means, and the hidden
biases are zero. After how many updates has the fastest direction grown tenfold? (To
first order in W; each update multiplies W along it by 1 plus its rate. Give the
number with its fraction.)
""",
    "updates",
    lambda d: {"c": d.integer(0, 9), "r": d.real(0.01, 0.05, 4)},
    lambda c, r: _updates(r, _covariance(c)),
    "γ = top eigenvalue of C − D_v of these digits, D_h = ¼: ln 10 / ln(1 + r γ/4)",
    {
        "the principal component, C for C − D_v": lambda c, r: _updates(
            r, _covariance(c), noise=False
        ),
        "D_h = 1, as for ±1 units": lambda c, r: _updates(r, _covariance(c), D_h=1),
        "all digits": lambda c, r: _updates(r, _covariance(None)),
        "the logarithm to base 10 above": lambda c, r: (
            _updates(r, _covariance(c)) / math.log(10)
        ),
    },
)


def _chi(n_v, n_h, w, p, q):
    return w * math.sqrt(n_v * n_h * p * (1 - p) * q * (1 - q))


def _draw_chi(d):
    numbers = {
        "n_v": d.integer(20, 200),
        "n_h": d.integer(20, 200),
        "w": d.real(0.01, 0.2, 3),
        "p": d.real(0.05, 0.35),
        "q": d.real(0.1, 0.4),
    }
    return numbers if 0.3 < _chi(**numbers) < 3 else None


CHI = Problem(
    "P4.5",
    "Does it order?",
    "paper",
    """
A machine of {n_v} visible and {n_h} hidden {{0, 1}} units has all weights equal to
{w}. Its biases are such that all visible units have the mean {p} and all hidden units
the mean {q}. What is its layer susceptibility χ? (Is this state stable?)
""",
    "",
    _draw_chi,
    _chi,
    "√(n_v n_h) W √(p(1 − p) q(1 − q)): the singular value with the units' variances",
    {
        "the singular value of W": lambda n_v, n_h, w, p, q: w * math.sqrt(n_v * n_h),
        "the symmetric point, w₁/4": lambda n_v, n_h, w, p, q: (
            w * math.sqrt(n_v * n_h) / 4
        ),
        "means for variances": lambda n_v, n_h, w, p, q: (
            w * math.sqrt(n_v * n_h * p * q)
        ),
        "variances without the root": lambda n_v, n_h, w, p, q: (
            w * math.sqrt(n_v * n_h) * p * (1 - p) * q * (1 - q)
        ),
    },
)


def _draw_turn(d):
    x, y = d.real(0.2, 0.9), d.real(0.05, 0.8)
    numbers = {"x": x, "y": y, "c": d.real(-0.9, 0.9), "h": d.real(0.6, 1.6)}
    return numbers if x > y + 0.04 and abs(numbers["c"]) > 0.1 else None


def _turn(x, y, c, h):
    return lr.rotations([x, y], [[1, c], [c, 1]], h)[0][0, 1]


TURN = Problem(
    "P4.6",
    "How fast does a mode turn?",
    "paper",
    """
Two modes of a Gaussian machine with `sigma_h` = {h} have the strengths {x} and {y},
and the data have the covariance c₁₂ = {c} between their visible directions. At which
rate Ω₁₂ does the first visible direction turn towards the second?
""",
    "",
    _draw_turn,
    _turn,
    "Ω₁₂ = σ_h² c₁₂ (w₁² + w₂²)/(w₁² − w₂²); or lr.rotations(w, c, sigma_h)[0][0, 1]",
    {
        "the variant in circulation, −2Ω": lambda **x: -2 * _turn(**x),
        "the hidden direction": lambda x, y, c, h: h**2 * c * 2 * x * y / (x**2 - y**2),
        "σ_h not squared": lambda x, y, c, h: _turn(x, y, c, h) / h,
        "the second towards the first": lambda **x: -_turn(**x),
    },
)

PROBLEMS = (GROWTH, END, HALF, DIGIT, CHI, TURN)
