"""Problems of chapter 5: the phase diagram."""

import functools
import math

from rbmlib import phase_diagram
from rbmlib.course.problem import COUNTED, Problem
from rbmlib.phase_diagram import sample_machine, solve


def _draw_phases(d):
    """Draw machines off all lines, with one at least that each mistake puts wrong."""
    kinds = ["P", "F, noisy", "SG", "SG, w > σ"]
    kinds += [d.one_of(("P", "F", "F, noisy", "SG")) for _ in range(4)]
    points = sorted(_draw_point(d, kind) for kind in kinds)
    return {"table": "; ".join(f"({w}, {sigma})" for w, sigma in points)}


def _draw_point(d, kind):
    """Draw (w, σ): below or above the strength at which the ferromagnet begins."""
    low, high = {"P": (0.3, 0.9), "F": (0.3, 0.9), "SG, w > σ": (3.0, 5.0)}.get(
        kind, (1.1, 2.6)
    )
    sigma = d.real(low, high)
    below = (0.94, 0.97) if kind == "SG, w > σ" else (0.5, 0.94)
    factor = d.real(*((1.06, 1.5) if kind[0] == "F" else below))
    return round(factor * float(phase_diagram.critical_w(sigma)), 2), sigma


def _count(table, phase_of):
    """Return how many machines are P, F and SG, as the three digits of a number."""
    pairs = [one.strip(" ()").split(",") for one in table.split(";")]
    found = [phase_of(float(w), float(sigma)) for w, sigma in pairs]
    return int("".join(str(found.count(phase)) for phase in ("P", "F", "SG")))


def _phase(w, sigma):
    words = {"paramagnet": "P", "ferromagnet": "F", "spin glass": "SG"}
    return words[solve(w, sigma).phase]


def _above_one(w, sigma):
    return "F" if w > 1 else "SG" if sigma > 1 else "P"


def _above_sigma(w, sigma):
    return "F" if w > max(1, sigma) else "SG" if sigma > 1 else "P"


def _noise_first(w, sigma):
    return "SG" if sigma > 1 else "F" if w > 1 else "P"


PHASES = Problem(
    "P5.1",
    "Eight machines, three phases",
    "code",
    """
Eight large machines of ±1 units have one Gaussian mode of strength w in noise of
strength σ, κ = 1 and no biases. Their (w, σ) are

{table}.

How many are paramagnets, how many ferromagnets, how many spin glasses, by the
replica-symmetric theory? Write the three counts, in this order, as one number: 413
for four, one and three.
""",
    "",
    _draw_phases,
    lambda table: _count(table, _phase),
    "solve(w, sigma).phase of each, or phase_diagram.critical_w(sigma)",
    {
        "ferromagnet wherever w > 1": lambda table: _count(table, _above_one),
        "ferromagnet wherever w > σ and w > 1": lambda table: _count(
            table, _above_sigma
        ),
        "spin glass wherever σ > 1": lambda table: _count(table, _noise_first),
    },
    reason=COUNTED,
)


def _squares(s, sigma, kappa):
    """Return the two solutions w² of the equation of the singular value."""
    root = math.sqrt(kappa)
    half = (s**2 - sigma**2 * (root + 1 / root)) / 2
    rest = half**2 - sigma**4
    if rest <= 0:
        return math.nan, math.nan
    return half + math.sqrt(rest), half - math.sqrt(rest)


def _root(x):
    return math.sqrt(x) if x > 0 else math.nan


def _draw_value(d):
    w, sigma = d.real(0.6, 2.0), d.real(0.3, 1.2)
    kappa = d.one_of((0.1, 0.2, 0.25, 4.0))
    if w < 1.1 * sigma:
        return None
    s = round(float(phase_diagram.top_singular_value(w, sigma, kappa)), 3)
    return {"s": s, "sigma": sigma, "kappa": kappa}


STRENGTH = Problem(
    "P5.2",
    "Taking the noise off",
    "paper",
    """
The largest singular value of the weights of a large machine is s = {s}. It stands
outside the bulk, whose noise has σ = {sigma}, and κ = {kappa}. How strong is the
mode, w?
""",
    "",
    _draw_value,
    lambda **x: _root(_squares(**x)[0]),
    "the larger root w² of w⁴ + (σ²(√κ + 1/√κ) − s²) w² + σ⁴ = 0",
    {
        "the singular value itself": lambda s, sigma, kappa: s,
        "κ = 1": lambda s, sigma, kappa: _root(_squares(s, sigma, 1.0)[0]),
        "the smaller root": lambda **x: _root(_squares(**x)[1]),
        "the square of w": lambda **x: _squares(**x)[0],
    },
)


def _share(w, sigma, kappa, law="rademacher", power=0.25):
    return (1 + kappa**power * abs(solve(w, sigma, kappa, law).m[0])) / 2


SHARE = Problem(
    "P5.3",
    "How many units agree?",
    "code",
    """
A large machine of ±1 units has one mode of ±1 (the law `"rademacher"`) of strength w
= {w}, noise σ = {sigma}, κ = {kappa} and no biases. A chain stays near the mode.
Which share of the *visible* units has the sign of the mode, by the theory?
""",
    "",
    lambda d: {
        "w": d.real(1.1, 1.9),
        "sigma": d.real(0.2, 0.9),
        "kappa": d.one_of((0.2, 0.25, 0.5, 2.0, 4.0)),
    },
    _share,
    "2p − 1 = E[U tanh x] = κ^¼ m: p = (1 + κ^¼ m)/2, with "
    "m = solve(w, sigma, kappa, 'rademacher').m[0]",
    {
        "κ left out, (1 + m)/2": lambda **x: _share(**x, power=0.0),
        "the hidden units": lambda w, sigma, kappa: _share(w, sigma, 1 / kappa),
        "Gaussian modes": lambda **x: _share(**x, law="gaussian"),
        "m": lambda **x: 2 * _share(**x, power=0.0) - 1,
    },
)


def _overlap(sigma):
    return solve(0.0, sigma).q


GLASS = Problem(
    "P5.4",
    "The overlap of a glass",
    "code",
    """
A large machine of ±1 units is noise alone: no mode, σ = {sigma}, κ = 1. What is the
overlap q of two replicas by the replica-symmetric theory? (Which warning does the
theory give itself?)
""",
    "",
    lambda d: {"sigma": d.real(1.2, 3.0, 3)},
    _overlap,
    "solve(0.0, sigma).q, or iterate q = E tanh²(σ√q z); at is above 1",
    {
        "1 − 1/σ, the formula of a mode": lambda sigma: 1 - 1 / sigma,
        "σ² in the place of σ": lambda sigma: _overlap(sigma**2),
        "the root of q": lambda sigma: math.sqrt(_overlap(sigma)),
    },
)


def _fourth(mu, phi):
    return mu + (3 - mu) * math.sin(2 * math.radians(phi)) ** 2 / 2


FOURTH = Problem(
    "P5.5",
    "One mode or a mixture?",
    "paper",
    """
The entries of two modes are independent and sparse: ±1/√p with the total probability
p = {p}, else 0. What is the fourth moment E (U₁ cos φ + U₂ sin φ)⁴ at φ = {phi}
degrees? (Does the mixture win over the single mode, φ = 0?)
""",
    "",
    lambda d: {"p": d.real(0.1, 0.9), "phi": d.integer(10, 40)},
    lambda p, phi: _fourth(1 / p, phi),
    "μ₄ = 1/p; μ₄ + ½(3 − μ₄) sin² 2φ; the smaller one wins, so a mixture for μ₄ > 3",
    {
        "the mixed terms left out": lambda p, phi: (
            (math.cos(math.radians(phi)) ** 4 + math.sin(math.radians(phi)) ** 4) / p
        ),
        "μ₄ = 1/p²": lambda p, phi: _fourth(1 / p**2, phi),
        "μ₄ = 3, Gaussian": lambda p, phi: 3.0,
        "sin² φ in the place of sin² 2φ": lambda p, phi: _fourth(1 / p, phi / 2),
    },
)


@functools.lru_cache(maxsize=32)
def _measured(w, sigma, s):
    machine = sample_machine(w, sigma, 100, 100, seed=s)
    return phase_diagram.measure(machine, n_sweeps=50)


def _off(w, sigma, s, name="m"):
    theory = solve(w, sigma)
    expected = theory.m[0] if name == "m" else theory.q
    return getattr(_measured(w, sigma, s), name) - expected


def _draw_measure(d):
    numbers = {"w": d.real(1.2, 2.0), "sigma": d.real(0.3, 0.9), "s": d.seed()}
    return numbers if abs(_off(**numbers)) > 0.02 else None


MEASURE = Problem(
    "P5.6",
    "One machine against the theory",
    "code",
    """
One machine of 100 + 100 units:

```
machine = sample_machine({w}, {sigma}, 100, 100, seed={s})
```

`phase_diagram.measure(machine, n_sweeps=50)` runs chains from the mode. By how much
is the measured m larger (+) or smaller (−) than m of the infinite machine with
Gaussian modes?
""",
    "",
    _draw_measure,
    _off,
    "phase_diagram.measure(machine, n_sweeps=50).m − solve(w, sigma).m[0]: mostly the "
    "strength that this machine really has",
    {
        "the sign reversed": lambda **x: -_off(**x),
        "the measured m itself": lambda **x: _measured(**x).m,
        "the overlap q": lambda **x: _off(**x, name="q"),
    },
    absolute=6e-4,
    reason="m is printed with three digits, and the answer is a difference of two such",
)

PROBLEMS = (PHASES, STRENGTH, SHARE, GLASS, FOURTH, MEASURE)
