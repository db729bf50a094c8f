"""Problems of chapter 8: couplings of a machine, and how far to trust them."""

import math

import numpy as np
from scipy.stats import norm

from rbmlib import datasets, enumeration
from rbmlib.course.problem import EXACT, Problem
from rbmlib.effective_couplings import couplings
from rbmlib.rbm import RBM
from rbmlib.units import SPIN


def _weight(J):
    return math.acosh(math.exp(2 * J)) / 2


WEIGHT = Problem(
    "P8.1",
    "One unit for one pair",
    "paper",
    """
One hidden ±1 unit without a bias has the same positive weight on two ±1 spins. How
large must the weight be, so that the spins have the coupling J = {J}?
""",
    "",
    lambda d: {"J": d.real(0.15, 1.2, 3)},
    _weight,
    "J = ½ ln cosh 2w, so w = ½ arcosh exp(2J)",
    {
        "small weights, J = w²": lambda J: math.sqrt(J),
        "ln cosh 2w without the ½": lambda J: _weight(J / 2),
        "ln cosh w": lambda J: 2 * _weight(J / 2),
        "the coupling itself": lambda J: J,
    },
)


def _log_cosh(x):
    return math.log(math.cosh(x))


def _triple(w, b, factor=0.125):
    f = _log_cosh
    return factor * (f(b + 3 * w) - 3 * f(b + w) + 3 * f(b - w) - f(b - 3 * w))


def _small(w, b):
    t = math.tanh(b)
    return -2 * t * (1 - t * t) * w**3


TRIPLE = Problem(
    "P8.2",
    "What a biased unit couples",
    "paper",
    """
One hidden ±1 unit has the bias {b} and the weight {w} on each of three ±1 spins. Which
triple coupling does it give them?
""",
    "",
    lambda d: {"w": d.real(0.4, 1.2), "b": d.one_of((-1, 1)) * d.real(0.3, 1.5)},
    _triple,
    "⅛ Σ ε₁ε₂ε₃ ln 2cosh(b + w(ε₁ + ε₂ + ε₃))",
    {
        "the formula of small weights": _small,
        "the sign": lambda w, b: -_triple(w, b),
        "the sum, not the mean": lambda w, b: _triple(w, b, 1),
        "no bias": lambda w, b: 0.0,
    },
)


def _level(n, s, share=0.5):
    return s * float(norm.isf(share / math.comb(n, 3)))


LEVEL = Problem(
    "P8.3",
    "The largest of nothing",
    "paper",
    """
{n} spins have no triple coupling. The estimates of all their triples, each set of three
spins once, are independent Gaussian numbers of mean 0 and standard deviation {s}. Above
which size do you expect one of them?
""",
    "",
    lambda d: {"n": d.integer(20, 400), "s": d.real(0.003, 0.02, 3)},
    _level,
    "2 C(n, 3) Q(x) = 1 with the tail Q of the Gaussian, and x times the deviation",
    {
        "one tail": lambda n, s: _level(n, s, 1),
        "ordered triples": lambda n, s: _level(n, s, 1 / 12),
        "pairs": lambda n, s: s * float(norm.isf(0.5 / math.comb(n, 2))),
        "two standard deviations": lambda n, s: 2 * s,
    },
)


def _machine(s):
    return RBM.random(
        6, 4, scale=0.7, bias_scale=0.5, seed=s, visible=SPIN, hidden=SPIN
    )


def _largest(s, order=3):
    found = couplings(_machine(s), order)
    return found.flat[np.abs(found).argmax()]


def _largest_positive(s):
    found = couplings(_machine(s), 3).max()
    return found if found > 0 and found != _largest(s) else math.nan


LARGEST = Problem(
    "P8.4",
    "The strongest triple",
    "code",
    """
Of all triples of visible spins of

```
machine = RBM.random(
    6, 4, scale=0.7, bias_scale=0.5, seed={s}, visible=SPIN, hidden=SPIN
)
```

one has the coupling of largest size. Give this coupling, with its sign.
""",
    "",
    lambda d: {"s": d.seed()},
    _largest,
    "the entry of largest size of couplings(machine, 3)",
    {
        "the largest pair": lambda s: _largest(s, 2),
        "the largest quadruple": lambda s: _largest(s, 4),
        "the size": lambda s: abs(_largest(s)) if _largest(s) < 0 else math.nan,
        "the largest positive one": _largest_positive,
    },
)


def _needed(s, e):
    machine = _machine(s)
    p = np.exp(-machine.free_energy(enumeration.all_states(SPIN, 6)) - machine.log_z())
    return (1 / p).sum() / 4**6 / e**2


NEEDED = Problem(
    "P8.5",
    "Samples for an error",
    "code",
    """
The 64 states of the visible spins of

```
machine = RBM.random(
    6, 4, scale=0.7, bias_scale=0.5, seed={s}, visible=SPIN, hidden=SPIN
)
```

are counted in independent samples. The logarithms of their shares, without any model,
give every coupling. How many samples are needed for the standard error {e}, to leading
order?
""",
    "samples",
    lambda d: {"s": d.seed(), "e": d.real(0.005, 0.03, 3)},
    _needed,
    "a logarithm of a share has the variance 1/(M p): M = 4⁻ⁿ Σ 1/p(s), over e²",
    {
        "all states equally probable": lambda s, e: 1 / e**2,
        "e in the place of e²": lambda s, e: _needed(s, e) * e,
        "2⁻ⁿ in the place of 4⁻ⁿ": lambda s, e: 64 * _needed(s, e),
    },
)


def _agree(s, t):
    planted = datasets.planted_spins(
        1000, 8, n_pairs=4, n_triples=1, pair=0.4, triple=t, seed=s
    )
    (members,), (sign,) = planted.triples
    return int((planted.samples[:, members].prod(1) * sign > 0).sum())


def _plus(s, t):
    planted = datasets.planted_spins(
        1, 8, n_pairs=4, n_triples=1, pair=0.4, triple=t, seed=s
    )
    return 1000 - _agree(s, t) if planted.triples.couplings[0] < 0 else math.nan


COUNT = Problem(
    "P8.6",
    "Samples that obey a triple",
    "bits",
    """
The samples of

```
planted = datasets.planted_spins(
    1000, 8, n_pairs=4, n_triples=1, pair=0.4, triple={t}, seed={s}
)
```

contain one triple. In how many of them has the product of its three spins the sign of
its coupling?
""",
    "",
    lambda d: {"s": d.seed(), "t": d.real(0.1, 0.6)},
    _agree,
    "count samples[:, members].prod(1) × coupling > 0, both of planted.triples",
    {
        "the product is +1": _plus,
        "half of them": lambda s, t: 500,
        "(1 + tanh K)/2 of them": lambda s, t: 500 * (1 + math.tanh(t)),
    },
    reason=EXACT,
)

PROBLEMS = (WEIGHT, TRIPLE, LEVEL, LARGEST, NEEDED, COUNT)
