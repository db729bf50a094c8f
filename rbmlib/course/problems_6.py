"""Problems of chapter 6: mixing times."""

import functools
import math

import numpy as np
from scipy.optimize import brentq

from rbmlib import autocorrelation, enumeration, mixing_time, sampling
from rbmlib.course.problem import EXACT, Problem
from rbmlib.mixing_time import propagation
from rbmlib.rbm import RBM


def _tau(second):
    """Return the relaxation time of a second eigenvalue."""
    return -1 / math.log(second) if 0 < second < 1 else math.nan


THREE = Problem(
    "P6.1",
    "Two listeners",
    "paper",
    """
A ±1 machine has one visible unit and two hidden units, both with the weight w = {w}
to it, and no biases. What is the relaxation time τ of the visible chain?
""",
    "sweeps",
    lambda d: {"w": d.real(0.3, 1.6, 3)},
    lambda w: _tau(math.tanh(w) * math.tanh(2 * w)),
    "given v, the hidden sum is 2v, 0, −2v; λ₂ = E tanh(w Σh)·v = tanh w tanh 2w",
    {
        "linear response, χ = w√2": lambda w: _tau(2 * w**2),
        "one hidden unit, λ₂ = tanh² w": lambda w: _tau(math.tanh(w) ** 2),
        "weights added, λ₂ = tanh² 2w": lambda w: _tau(math.tanh(2 * w) ** 2),
        "the logarithm to base 10": lambda w: (
            -1 / math.log10(math.tanh(w) * math.tanh(2 * w))
        ),
    },
)


def _relaxation(n, w):
    return mixing_time.uniform_relaxation_time(n, n, w)


FORGET = Problem(
    "P6.2",
    "How long to wait",
    "code",
    """
The uniform ±1 machine of {n} + {n} units has the strength w = {w}, without fields.
After how many sweeps has what is left of a start, in its slowest mode, fallen to a
share {e}?
""",
    "sweeps",
    lambda d: {
        "n": d.integer(20, 120),
        "w": d.real(0.8, 1.15),
        "e": d.one_of((0.1, 0.05, 0.01, 0.001)),
    },
    lambda n, w, e: _relaxation(n, w) * math.log(1 / e),
    "τ ln(1/ε), τ = mixing_time.uniform_relaxation_time(n, n, w)",
    {
        "τ itself": lambda n, w, e: _relaxation(n, w),
        "linear response, τ = −1/(2 ln w)": lambda n, w, e: (
            -math.log(1 / e) / (2 * math.log(w)) if w < 1 else math.nan
        ),
        "the logarithm to base 10": lambda n, w, e: (
            _relaxation(n, w) * math.log10(1 / e)
        ),
    },
)


def _entropy(m):
    return -sum(p * math.log(p) for p in ((1 + m) / 2, (1 - m) / 2))


def _barrier(w, layers=2):
    """Return the barrier of one unit, with the entropy of so many layers."""
    m = brentq(lambda m: m - math.tanh(w * m), 0.05, 1)
    return w * m**2 + layers * (_entropy(m) - math.log(2))


BARRIER = Problem(
    "P6.3",
    "The price of size",
    "paper",
    """
The uniform ±1 machine of N + N units has the strength w = {w}. To leading order, by
how much does ln τ grow when N grows by {n}?
""",
    "",
    lambda d: {"w": d.real(1.1, 1.8), "n": d.integer(20, 200)},
    lambda w, n: n * _barrier(w),
    "n times the barrier w m² + 2H((1 + m)/2) − 2 ln 2, where m = tanh(w m)",
    {
        "the entropy of one layer": lambda w, n: n * _barrier(w, layers=1),
        "2N units counted": lambda w, n: 2 * n * _barrier(w),
        "the factor of τ": lambda w, n: (
            math.exp(n * _barrier(w)) if n * _barrier(w) < 600 else math.nan
        ),
        "the logarithm to base 10": lambda w, n: n * _barrier(w) / math.log(10),
    },
)


def _swap(f1, g1, f2, g2):
    """Return the chance that v and v' change places."""
    return min(1.0, math.exp((g2 - g1) - (f2 - f1)))


def _draw_swap(d):
    numbers = {name: d.real(-30, -20, 1) for name in ("f1", "g1", "f2", "g2")}
    return numbers if 0.05 < _swap(**numbers) < 0.9 else None


EXCHANGE = Problem(
    "P6.4",
    "An exchange",
    "paper",
    """
In parallel tempering machine 1 has the state v and machine 2 the state v'. Their free
energies are F₁(v) = {f1}, F₁(v') = {g1}, F₂(v) = {f2} and F₂(v') = {g2}. With which
probability is the exchange accepted?
""",
    "",
    _draw_swap,
    _swap,
    "min(1, exp([F₂(v') − F₁(v')] − [F₂(v) − F₁(v)]))",
    {
        "the sign reversed": lambda f1, g1, f2, g2: _swap(g1, f1, g2, f2),
        "machine 1 alone, exp(F₁(v) − F₁(v'))": lambda f1, g1, f2, g2: math.exp(
            min(0.0, f1 - g1)
        ),
        "not with e but with 10": lambda f1, g1, f2, g2: min(
            1.0, 10 ** ((g2 - g1) - (f2 - f1))
        ),
    },
)


def _laws(s, t, start=None):
    """Return the law after t sweeps from all zeros, and the machine's own."""
    machine = RBM.random(6, 4, scale=2.5, bias_scale=1.0, seed=s)
    start = np.eye(64)[0] if start is None else start
    own = enumeration.visible_probabilities(machine)[1]
    return propagation.law_after(machine, start, t), own


def _distance(s, t, start=None):
    return abs(np.subtract(*_laws(s, t, start))).sum() / 2


def _divergence(s, t):
    after, own = _laws(s, t)
    return (after * np.log(after / own)).sum()


def _draw_laws(d):
    numbers = {"s": d.seed(), "t": d.integer(1, 6)}
    return numbers if 0.03 < _distance(**numbers) < 0.97 else None


DISTANCE = Problem(
    "P6.5",
    "How far from the law",
    "code",
    """
The machine

```
machine = RBM.random(6, 4, scale=2.5, bias_scale=1.0, seed={s})
```

has 64 visible states. Chains start at all zeros (the first state) and make {t}
sweeps. How far is their distribution from that of the machine, in *total variation*:
half of the sum of |difference| over the states?
""",
    "",
    _draw_laws,
    _distance,
    "after = propagation.law_after(machine, np.eye(64)[0], t); "
    "abs(after − enumeration.visible_probabilities(machine)[1]).sum()/2",
    {
        "not halved": lambda **x: 2 * _distance(**x),
        "the divergence": _divergence,
        "from uniform noise": lambda **x: _distance(**x, start=np.full(64, 1 / 64)),
        "one sweep less": lambda s, t: _distance(s, t - 1) if t > 1 else math.nan,
    },
)


@functools.lru_cache(maxsize=32)
def _magnetisations(n, w, s):
    machine = mixing_time.uniform_machine(n, n, w)
    start = sampling.random_start(machine, 20, seed=s)
    seen = sampling.record(machine, start, range(1, 501), s, lambda v, h: v.mean(1))
    return np.transpose([m for _, m in seen]).astype(float)


def _time(n, w, s, own=False):
    m = _magnetisations(n, w, s)
    m = m - m.mean(1, keepdims=True) if own else m
    return float(autocorrelation.integrated_time(m, mean=0.0))


MEMORY = Problem(
    "P6.6",
    "A memory, measured",
    "code",
    """
Twenty chains of the uniform ±1 machine of {n} + {n} units with w = {w}:

```
machine = mixing_time.uniform_machine({n}, {n}, {w})
start = sampling.random_start(machine, 20, seed={s})
walk = sampling.record(machine, start, range(1, 501), {s}, lambda v, h: v.mean(1))
```

What is the integrated autocorrelation time of the magnetisation? (Its mean is known
to be zero; tell `autocorrelation.integrated_time` so.)
""",
    "sweeps",
    lambda d: {"n": d.one_of((20, 30, 40)), "w": d.real(0.7, 0.95), "s": d.seed()},
    _time,
    "x = np.transpose([m for _, m in walk]); "
    "autocorrelation.integrated_time(x, mean=0.0)",
    {
        "each chain around its own mean": lambda **x: _time(**x, own=True),
        "2τ": lambda **x: 2 * _time(**x),
        "the sum from t = 0": lambda **x: _time(**x) + 0.5,
    },
)


@functools.lru_cache(maxsize=64)
def _crossed(n, w, s, t, up=True):
    """Return how many of 100 chains have a negative magnetisation."""
    machine = mixing_time.uniform_machine(n, n, w)
    start = np.ones((100, n)) if up else sampling.random_start(machine, 100, seed=s)
    v, _ = sampling.gibbs(machine, start, t, seed=s)
    return int((v.mean(1) < 0).sum())


def _expected(n, w, s, t):
    return round(50 * (1 - math.exp(-t / _relaxation(n, w))))


VALLEYS = Problem(
    "P6.7",
    "Crossing the barrier",
    "bits",
    """
A hundred chains of `mixing_time.uniform_machine({n}, {n}, {w})` start with all
visible spins up. After {t} sweeps of `sampling.gibbs` with the seed {s}: how many
have a *negative* visible magnetisation? (Compare with 50 (1 − exp(−t/τ)); why that?)
""",
    "",
    lambda d: {
        "n": d.integer(15, 25) * 2 + 1,
        "w": d.real(1.1, 1.25),
        "s": d.seed(),
        "t": d.integer(20, 200),
    },
    _crossed,
    "v, h = sampling.gibbs(machine, np.ones((100, n)), t, seed=s); "
    "(v.mean(1) < 0).sum()",
    {
        "a random start": lambda **x: _crossed(**x, up=False),
        "the expected number, not this one": _expected,
        "the chains that are still up": lambda **x: 100 - _crossed(**x),
        "half of them, as at equilibrium": lambda **x: 50,
    },
    reason=EXACT,
)

PROBLEMS = (THREE, FORGET, BARRIER, EXCHANGE, DISTANCE, MEMORY, VALLEYS)
