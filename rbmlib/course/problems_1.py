"""Problems of chapter 1: the Ising model."""

import functools
import math

import numpy as np

from rbmlib import autocorrelation, ising
from rbmlib.course.problem import EXACT, Problem


def _ring(n, T):
    """Return the energy per spin of a ring of n spins."""
    t = math.tanh(1 / T)
    return -t * (1 + t ** (n - 2)) / (1 + t**n)


RING = Problem(
    "P1.1",
    "The energy of a ring",
    "paper",
    """
On a ring stand {n} Ising spins. Each is coupled to its two neighbours, without a
field: E is minus the sum of sᵢsᵢ₊₁ over the {n} pairs. The temperature is T = {T}.
What is the exact mean energy *per spin*?
""",
    "",
    lambda d: {"n": d.integer(4, 8), "T": d.real(0.6, 2.0)},
    _ring,
    "Z = (2 cosh K)ⁿ + (2 sinh K)ⁿ with K = 1/T; e = −t(1 + tⁿ⁻²)/(1 + tⁿ), t = tanh K",
    {
        "the infinite ring, −tanh(1/T)": lambda n, T: -math.tanh(1 / T),
        "T in the place of 1/T": lambda n, T: _ring(n, 1 / T),
        "each pair counted twice": lambda n, T: 2 * _ring(n, T / 2),
        "the energy of the whole ring": lambda n, T: n * _ring(n, T),
    },
)


@functools.cache
def _states():
    return ising.density_of_states(4, 4)


def _heat(T):
    """Return the variance of the energy of the 4 × 4 torus."""
    mean, square = (_states().mean(lambda E, M, k=k: E**k, T) for k in (1, 2))
    return square - mean**2


HEAT = Problem(
    "P1.2",
    "A specific heat, counted",
    "code",
    """
All 65 536 states of the 4 × 4 torus can be counted (`ising.density_of_states(4, 4)`;
the chapter uses its `mean`). The specific heat per spin is the variance of the energy
E divided by NT², with N = 16. What is it at T = {T}, without a field?
""",
    "",
    lambda d: {"T": d.real(1.6, 3.4, 3)},
    lambda T: _heat(T) / (16 * T**2),
    "states.mean(lambda E, M: E**2, T) − states.mean(lambda E, M: E, T)², over 16 T²",
    {
        "not divided by T²": lambda T: _heat(T) / 16,
        "of the whole lattice, not of a spin": lambda T: _heat(T) / T**2,
        "the infinite lattice": lambda T: ising.onsager_specific_heat(T),
        "1/T in the place of T": lambda T: _heat(1 / T) * T**2 / 16,
    },
)


def _up(L, T, n, s, sampler=ising.metropolis, start="up"):
    """Return how many spins are up at the end."""
    return int((sampler(L, T, n_sweeps=n, seed=s, start=start).spins[0] > 0).sum())


UP = Problem(
    "P1.3",
    "Spins that are still up",
    "bits",
    """
A lattice of {L} × {L} spins starts with all spins up, at T = {T} and without a field.
`ising.metropolis` makes {n} sweeps with the seed {s}. How many spins are up after the
last one? (Compare the magnetisation with `ising.onsager_magnetization` where there is
one.)
""",
    "",
    lambda d: {
        "L": d.one_of((32, 48, 64)),
        "T": d.real(1.6, 2.6),
        "n": d.integer(20, 200),
        "s": d.seed(),
    },
    _up,
    "run = ising.metropolis(L, T, n_sweeps=n, seed=s, start='up'); "
    "(run.spins[0] > 0).sum()",
    {
        "a random start": lambda L, T, n, s: _up(L, T, n, s, start="random"),
        "the spins that are down": lambda L, T, n, s: L * L - _up(L, T, n, s),
        "the sum of all spins": lambda L, T, n, s: 2 * _up(L, T, n, s) - L * L,
        "the heat bath": lambda L, T, n, s: _up(L, T, n, s, ising.heat_bath),
        "1/T in the place of T": lambda L, T, n, s: _up(L, 1 / T, n, s),
    },
    reason=EXACT,
)

WEISS = Problem(
    "P1.4",
    "A thermometer",
    "paper",
    """
The infinite Curie–Weiss magnet in the field h = {h} has the magnetisation m = {m},
with the sign of the field. What is the temperature T?
""",
    "",
    lambda d: {"m": d.real(0.3, 0.9), "h": d.real(0.02, 0.3)},
    lambda m, h: (m + h) / math.atanh(m),
    "m = tanh((m + h)/T) gives T = (m + h)/artanh m",
    {
        "the field left out": lambda m, h: m / math.atanh(m),
        "the field with the wrong sign": lambda m, h: (m - h) / math.atanh(m),
        "1/T": lambda m, h: math.atanh(m) / (m + h),
    },
)


@functools.lru_cache(maxsize=32)
def _energies(L, T, s):
    """Return the energies of four chains, without the first 300 sweeps."""
    run = ising.metropolis(L, T, n_sweeps=3000, seed=s, n_chains=4, start="up")
    return run.energy[:, 300:]


def _error(L, T, s):
    return autocorrelation.mean_with_error(_energies(L, T, s)).error


def _naive(L, T, s):
    x = _energies(L, T, s)
    return np.std(x) / math.sqrt(x.size)


ERROR = Problem(
    "P1.5",
    "An honest error bar",
    "code",
    """
Four lattices of {L} × {L} spins start with all spins up, at T = {T}:

```
run = ising.metropolis({L}, {T}, n_sweeps=3000, seed={s}, n_chains=4, start="up")
```

Leave out the first 300 sweeps of `run.energy`. What is the standard error of the mean
energy per spin over the rest, by `autocorrelation.mean_with_error`?
""",
    "",
    lambda d: {"L": d.one_of((8, 10, 12, 16)), "T": d.real(2.2, 3.0), "s": d.seed()},
    _error,
    "autocorrelation.mean_with_error(run.energy[:, 300:]).error",
    {
        "states taken as independent": _naive,
        "τ in the place of 2τ": lambda **x: _error(**x) / math.sqrt(2),
        "the error of one chain": lambda **x: 2 * _error(**x),
        "the variance, not its root": lambda **x: _error(**x) ** 2,
    },
)


def _table(n1, n2, n3, n4):
    """Return ⟨s₁⟩, ⟨s₂⟩ and ⟨s₁s₂⟩ of the counts ++, +−, −+ and −−."""
    n = n1 + n2 + n3 + n4
    return (n1 + n2 - n3 - n4) / n, (n1 + n3 - n2 - n4) / n, (n1 + n4 - n2 - n3) / n


def _mean_field_coupling(**counts):
    m1, m2, both = _table(**counts)
    c = both - m1 * m2
    return c / ((1 - m1**2) * (1 - m2**2) - c**2)


def _log_odds(n1, n2, n3, n4):
    return math.log(n1 * n4 / (n2 * n3))


COUPLING = Problem(
    "P1.6",
    "A coupling from four counts",
    "paper",
    """
Two spins were observed: {n1} times ++, {n2} times +−, {n3} times −+ and {n4} times
−−. Which coupling J has the model p ∝ exp(J s₁s₂ + a₁s₁ + a₂s₂) of maximum
likelihood?
""",
    "",
    lambda d: {
        "n1": d.integer(150, 600),
        "n2": d.integer(40, 200),
        "n3": d.integer(40, 200),
        "n4": d.integer(100, 400),
    },
    lambda **counts: _log_odds(**counts) / 4,
    "three parameters fit four shares exactly: J = ¼ ln(n₊₊ n₋₋ / n₊₋ n₋₊)",
    {
        "½ in the place of ¼": lambda **x: _log_odds(**x) / 2,
        "naive mean field, −(C⁻¹)₁₂": _mean_field_coupling,
        "fields left out, artanh ⟨s₁s₂⟩": lambda **x: math.atanh(_table(**x)[2]),
        "the covariance": lambda **x: _table(**x)[2] - math.prod(_table(**x)[:2]),
    },
)

PROBLEMS = (RING, HEAT, UP, WEISS, ERROR, COUPLING)
