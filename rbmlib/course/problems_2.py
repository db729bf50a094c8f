"""Problems of chapter 2: the restricted Boltzmann machine."""

import math

import numpy as np
from scipy.special import expit

from rbmlib import enumeration, sampling
from rbmlib.course.problem import EXACT, Problem
from rbmlib.rbm import RBM


def _softplus(x):
    return math.log1p(math.exp(x))


def _log_cosh(x):
    return math.log(math.cosh(x))


def _pair(b, w1, w2, gamma=_softplus):
    """Return ¼ Σ ε₁ε₂ Γ(b + ε₁w₁ + ε₂w₂)."""
    same = gamma(b + w1 + w2) + gamma(b - w1 - w2)
    return (same - gamma(b + w1 - w2) - gamma(b - w1 + w2)) / 4


PAIR = Problem(
    "P2.1",
    "What a detector couples",
    "paper",
    """
One hidden unit with the states 0 and 1 has the bias b = {b} and the weights {w1} and
{w2} to two visible spins ±1, which have no biases. Which pair coupling J₁₂ does it
create between the two spins?
""",
    "",
    lambda d: {"b": d.real(-1.5, 1.5), "w1": d.real(0.5, 2.0), "w2": d.real(0.5, 2.0)},
    _pair,
    "J₁₂ = ¼ Σ ε₁ε₂ Γ(b + ε₁w₁ + ε₂w₂) with Γ(x) = ln(1 + eˣ)",
    {
        "ln 2cosh, as of a hidden spin": lambda **x: _pair(**x, gamma=_log_cosh),
        "the formula of small weights": lambda b, w1, w2: (
            expit(b) * expit(-b) * w1 * w2
        ),
        "½ in the place of ¼": lambda **x: 2 * _pair(**x),
    },
)


def _log_z(n, a, w, b):
    return np.logaddexp(n * _softplus(a), b + n * _softplus(a + w))


def _log_z_spins(n, a, w, b):
    up, down = (n * (math.log(2) + _log_cosh(a + w * t)) + b * t for t in (1, -1))
    return np.logaddexp(up, down)


LOG_Z = Problem(
    "P2.2",
    "A partition function by hand",
    "paper",
    """
A machine has {n} visible units and one hidden unit, all with the states 0 and 1.
Every visible bias is {a}, every weight {w}, and the hidden bias is {b}. What is ln Z?
""",
    "nats",
    lambda d: {
        "n": d.integer(4, 12),
        "a": d.real(-1.5, 0.5, 1),
        "w": d.one_of((-1, 1)) * d.real(0.3, 1.5, 1),
        "b": d.real(-2.0, 3.0, 1),
    },
    _log_z,
    "sum the hidden unit out last: Z = (1 + eᵃ)ⁿ + eᵇ(1 + eᵃ⁺ʷ)ⁿ",
    {
        "the logarithm to base 10": lambda **x: _log_z(**x) / math.log(10),
        "the hidden unit on only": lambda n, a, w, b: b + n * _softplus(a + w),
        "the hidden unit off only": lambda n, a, w, b: n * _softplus(a),
        "all units ±1": _log_z_spins,
    },
)


def _random(s):
    return RBM.random(6, 4, scale=1.5, bias_scale=1.0, seed=s)


def _field(s, i, factor=0.25):
    """Return half the bias of visible unit i, and a factor times its weights."""
    machine = _random(s)
    return machine.a[i] / 2 + factor * machine.W[i].sum()


def _draw_field(d):
    numbers = {"s": d.seed(), "i": d.integer(0, 5)}
    return numbers if abs(_field(**numbers)) > 0.1 else None


FIELD = Problem(
    "P2.3",
    "The same machine in spins",
    "code",
    """
The machine

```
machine = RBM.random(6, 4, scale=1.5, bias_scale=1.0, seed={s})
```

has the states 0 and 1. Written with spins ±1, which bias η does visible unit {i}
have? (Units are counted from 0, as NumPy does.)
""",
    "",
    _draw_field,
    _field,
    "machine.to_spin()[0].a[i], or aᵢ/2 + ¼ ΣⱼWᵢⱼ",
    {
        "the weights left out": lambda **x: _field(**x, factor=0),
        "½ of the weights": lambda **x: _field(**x, factor=0.5),
        "the weights subtracted": lambda **x: _field(**x, factor=-0.25),
        "the unit after it": lambda s, i: _field(s, (i + 1) % 6),
    },
)


def _on(n_v, n_h, s, n, t, layer=0, start=0.0):
    machine = RBM.random(n_v, n_h, scale=1.0, bias_scale=0.5, seed=s)
    v0 = np.full((50, n_v), start)
    return int(sampling.gibbs(machine, v0, n, seed=t)[layer].sum())


GIBBS = Problem(
    "P2.4",
    "Fifty chains",
    "bits",
    """
Fifty chains of a random machine start with all visible units off:

```
machine = RBM.random({n_v}, {n_h}, scale=1.0, bias_scale=0.5, seed={s})
start = np.zeros((50, {n_v}))
```

`sampling.gibbs` makes {n} sweeps with the seed {t}. How many visible units are on
after the last one, in all fifty chains together?
""",
    "",
    lambda d: {
        "n_v": d.integer(20, 40),
        "n_h": d.integer(10, 20),
        "s": d.seed(),
        "n": d.integer(5, 30),
        "t": d.seed(),
    },
    _on,
    "v, h = sampling.gibbs(machine, start, n, seed=t); v.sum()",
    {
        "the hidden units": lambda **x: _on(**x, layer=1),
        "a start with all units on": lambda **x: _on(**x, start=1.0),
        "one sweep less": lambda n, **x: _on(n=n - 1, **x),
        "one sweep more": lambda n, **x: _on(n=n + 1, **x),
        "the first seed for both": lambda n_v, n_h, s, n, t: _on(n_v, n_h, s, n, s),
    },
    reason=EXACT,
)


def _given_h(a1, a2, w1, w2, h):
    """Return the probability that each of the visible units is on, given h."""
    return expit(a1 + w1 * h), expit(a2 + w2 * h)


def _both(a1, a2, b, w1, w2):
    """Return the probability of (1, 1) one sweep after (0, 0)."""
    on = expit(b)
    yes, no = (math.prod(_given_h(a1, a2, w1, w2, h)) for h in (1, 0))
    return on * yes + (1 - on) * no


def _apart(a1, a2, b, w1, w2):
    on = expit(b)
    yes, no = (_given_h(a1, a2, w1, w2, h) for h in (1, 0))
    return math.prod(on * x + (1 - on) * y for x, y in zip(yes, no, strict=True))


def _settled(a1, a2, b, w1, w2):
    machine = RBM([[w1], [w2]], [a1, a2], [b])
    return enumeration.visible_probabilities(machine)[1][-1]


SWEEP = Problem(
    "P2.5",
    "One sweep",
    "paper",
    """
A machine has two visible units and one hidden unit, all with the states 0 and 1. The
visible biases are {a1} and {a2}, the hidden bias is {b}, the weights are {w1} and
{w2}. A chain starts at v = (0, 0) and makes one sweep. With which probability is v =
(1, 1) then?
""",
    "",
    lambda d: {
        "a1": d.real(-1.5, 1.0, 1),
        "a2": d.real(-1.5, 1.0, 1),
        "b": d.real(-1.0, 1.0, 1),
        "w1": d.real(1.0, 3.0, 1),
        "w2": d.real(1.0, 3.0, 1),
    },
    _both,
    "Σₕ p(h | 0) p(v₁ = 1 | h) p(v₂ = 1 | h): independent given h, not without it",
    {
        "the two units taken as independent": _apart,
        "the mean of h in the place of h": lambda b, **x: math.prod(
            _given_h(**x, h=expit(b))
        ),
        "the hidden unit on for certain": lambda b, **x: math.prod(_given_h(**x, h=1)),
        "the machine's own law": _settled,
    },
)

PROBLEMS = (PAIR, LOG_Z, FIELD, GIBBS, SWEEP)
