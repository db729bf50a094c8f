"""Problems of chapter 3: training."""

import functools
import math

import numpy as np
from scipy.special import expit

from rbmlib import datasets, likelihood, training
from rbmlib.course.problem import Problem
from rbmlib.rbm import RBM


def _pair(w, a, b):
    """Return the probabilities of (v, h) = (1, 0), (0, 1) and (1, 1)."""
    x = math.exp(a), math.exp(b), math.exp(w + a + b)
    return [one / (1 + sum(x)) for one in x]


def _slope(w, a, b, p):
    return p * expit(w + b) - _pair(w, a, b)[2]


def _slope_apart(w, a, b, p):
    v, h, both = _pair(w, a, b)
    return p * expit(w + b) - (v + both) * (h + both)


def _draw_pair(d, least, value):
    """Draw a machine of two units and a share; the value must be no tiny number."""
    numbers = {
        "w": d.real(0.5, 3.0, 1),
        "a": d.real(-1.5, 1.0, 1),
        "b": d.real(-1.5, 1.0, 1),
        "p": d.real(0.2, 0.9),
    }
    return numbers if abs(value(**numbers)) > least else None


SLOPE = Problem(
    "P3.1",
    "The gradient of one weight",
    "paper",
    """
A machine has one visible and one hidden unit, both with the states 0 and 1, the
weight W = {w} and the biases a = {a} (visible) and b = {b} (hidden). In the data the
visible unit is on in a share {p} of the samples. What is the derivative of the mean
log-likelihood by W?
""",
    "nats",
    lambda d: _draw_pair(d, 0.02, _slope),
    _slope,
    "p σ(W + b) − P(v = 1, h = 1), with Z = 1 + eᵃ + eᵇ + eᵂ⁺ᵃ⁺ᵇ",
    {
        "the sign reversed": lambda **x: -_slope(**x),
        "the average over the data only": lambda w, a, b, p: p * expit(w + b),
        "⟨v⟩⟨h⟩ of the machine for ⟨vh⟩": _slope_apart,
        "the data's hidden unit without W": lambda w, a, b, p: (
            p * expit(b) - _pair(w, a, b)[2]
        ),
    },
)


def _estimate(s, t):
    """Return the error of log Z by annealing, and its standard error."""
    machine = RBM.random(12, 8, scale=1.5, bias_scale=0.5, seed=s)
    found = likelihood.ais(machine, n_chains=100, n_temperatures=20, seed=t)
    return found.log_z - machine.log_z(), found.error


def _pull(s, t):
    off, error = _estimate(s, t)
    return off / error


def _draw_pull(d):
    numbers = {"s": d.seed(), "t": d.seed()}
    return numbers if 0.2 < abs(_pull(**numbers)) < 3 else None


AIS = Problem(
    "P3.2",
    "How good is an estimate of log Z?",
    "code",
    """
The machine

```
machine = RBM.random(12, 8, scale=1.5, bias_scale=0.5, seed={s})
```

is small enough for an exact log Z. Estimate it by `likelihood.ais` as well, with 100
chains, 20 steps (`n_temperatures`) and the seed {t}. By how many of its own standard
errors does the estimate differ from the exact value? Count it positive if the
estimate is too large.
""",
    "standard errors",
    _draw_pull,
    _pull,
    "z = likelihood.ais(machine, n_chains=100, n_temperatures=20, seed=t); "
    "(z.log_z − machine.log_z())/z.error",
    {
        "the sign reversed": lambda **x: -_pull(**x),
        "not divided by the error": lambda **x: _estimate(**x)[0],
        "divided by the scatter of one chain": lambda **x: _pull(**x) / 10,
    },
)


@functools.lru_cache(maxsize=32)
def _toy(s, k, n):
    """Return the data, the first machine and the last one."""
    data = datasets.clusters(500, 12, n_clusters=4, flip=0.05, seed=s).samples
    start = training.initial_machine(data, 6, scale=0.01, seed=s)
    settings = dict(k=k, n_updates=n, batch_size=100, learning_rate=0.2, seed=s)
    run = training.train(
        start, data, method="pcd", checkpoints=1, progress=False, **settings
    )
    return data, start, run[-1]


def _score(s, k, n):
    data, _, machine = _toy(s, k, n)
    return likelihood.log_likelihood(machine, data)


def _score_of_start(s, k, n):
    data, start, _ = _toy(s, k, n)
    return likelihood.log_likelihood(start, data)


def _unnormalised(s, k, n):
    data, _, machine = _toy(s, k, n)
    return likelihood.log_likelihood(machine, data, log_z=0.0)


LEARN = Problem(
    "P3.3",
    "A training that you can repeat",
    "code",
    """
Train this machine:

```
data = datasets.clusters(500, 12, n_clusters=4, flip=0.05, seed={s}).samples
start = training.initial_machine(data, 6, scale=0.01, seed={s})
run = training.train(start, data, method="pcd", k={k}, n_updates={n},
                     batch_size=100, learning_rate=0.2, seed={s})
```

What is the exact mean log-likelihood of the 500 samples under the last machine?
""",
    "nats per sample",
    lambda d: {"s": d.seed(), "k": d.integer(1, 3), "n": d.integer(150, 400)},
    _score,
    "likelihood.log_likelihood(run[-1], data)",
    {
        "the machine before training": _score_of_start,
        "log Z left out": _unnormalised,
        "the sum over the samples": lambda **x: 500 * _score(**x),
        "the sign reversed": lambda **x: -_score(**x),
    },
)


def _shares(n1, n2, n3, n4):
    """Return the shares of the four pictures, and those of independent pixels."""
    p = np.array([[n1, n2], [n3, n4]]) / (n1 + n2 + n3 + n4)
    return p, np.outer(p.sum(1), p.sum(0))


def _gain(**counts):
    p, apart = _shares(**counts)
    return (p * np.log(p / apart)).sum()


def _draw_gain(d):
    often, rare = (30, 90), (5, 40)
    ranges = {"n1": often, "n2": rare, "n3": rare, "n4": often}
    numbers = {name: d.integer(*limits) for name, limits in ranges.items()}
    return numbers if _gain(**numbers) > 0.02 else None


GAIN = Problem(
    "P3.4",
    "What weights can gain",
    "paper",
    """
Pictures of two pixels: {n1} times 00, {n2} times 01, {n3} times 10 and {n4} times 11.
Machine A has no weights, machine B has weights, and both have the largest mean
log-likelihood that such a machine can have. By how much is that of B larger? (With
enough hidden units B has any law of two pixels.)
""",
    "nats per picture",
    _draw_gain,
    _gain,
    "the mutual information of the pixels, Σ p ln(p/p₁p₂)",
    {
        "in bits": lambda **x: _gain(**x) / math.log(2),
        "the entropy of the pictures": lambda **x: (
            -(_shares(**x)[0] * np.log(_shares(**x)[0])).sum()
        ),
        "the covariance of the pixels": lambda **x: np.subtract(*_shares(**x))[1, 1],
        "the sum over all pictures": lambda **x: sum(x.values()) * _gain(**x),
    },
)


def _after(w, a, b, p):
    """Return the share of visible units on, one sweep after the data."""
    shares = []
    for v in (0, 1):
        on = expit(b + w * v)
        shares.append(on * expit(a + w) + (1 - on) * expit(a))
    return (1 - p) * shares[0] + p * shares[1]


def _contrast(w, a, b, p):
    return p - _after(w, a, b, p)


def _with_means(w, a, b, p):
    off, on = (expit(a + w * expit(b + w * v)) for v in (0, 1))
    return p - (1 - p) * off - p * on


def _true_step(w, a, b, p):
    v, _, both = _pair(w, a, b)
    return p - v - both


CD = Problem(
    "P3.5",
    "The step of CD-1",
    "paper",
    """
A machine has one visible and one hidden unit, both with the states 0 and 1, the
weight W = {w} and the biases a = {a} (visible) and b = {b} (hidden). In the data the
visible unit is on in a share {p} of the samples. The chains of CD-1 start at the data
and make one sweep. What is the expected step of a by the plain gradient, for learning
rate 1?
""",
    "",
    lambda d: _draw_pair(d, 0.02, _contrast),
    _contrast,
    "p − q, where q = Σᵥ p(v) Σₕ p(h | v) σ(a + W h)",
    {
        "the true gradient": _true_step,
        "the mean of h in the place of h": _with_means,
        "the sign reversed": lambda **x: -_contrast(**x),
    },
)

PROBLEMS = (SLOPE, AIS, LEARN, GAIN, CD)
