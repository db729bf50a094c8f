"""All solutions of the self-consistent equations at one point of the diagram."""

import itertools
from dataclasses import dataclass

import numpy as np

from rbmlib.checks import check_number
from rbmlib.phase_diagram import laws
from rbmlib.phase_diagram.equations import at_value, free_energy, make_work
from rbmlib.phase_diagram.iterate import TOLERANCE, follow

SAME = 1e-6  # two ends are one solution
MARGINAL = 1e-7
PLAIN, MOST = 400, 2000
SMALL = 1e-3
MOST_MODES = 12


@dataclass(frozen=True, eq=False)
class Solution:
    """One solution.

    Attributes
    ----------
    m, m_bar : ndarray, shape (n_modes,)
        Magnetisations of the visible and of the hidden layer along the modes.
    q, q_bar : float
        Overlaps of two replicas.
    free_energy : float
        -log Z/√(N_v N_h).
    growth : float
        Spectral radius of the linearised iteration: a small deviation within replica
        symmetry shrinks if it is below 1.
    at : float
        σ⁴ E sech⁴x_v E sech⁴x_h: replica symmetry itself is stable below 1.
    residual : float
        Largest relative change of an order parameter by one more iteration.
    n_iterations : int
    converged : bool
    """

    m: np.ndarray
    m_bar: np.ndarray
    q: float
    q_bar: float
    free_energy: float
    growth: float
    at: float
    residual: float
    n_iterations: int

    @property
    def converged(self):
        """Whether the residual is at rounding level."""
        return self.residual < 100 * TOLERANCE

    @property
    def locally_stable(self):
        """Whether small deviations within replica symmetry shrink."""
        return self.growth < 1 + MARGINAL

    @property
    def at_stable(self):
        """Whether replica symmetry is stable (de Almeida–Thouless)."""
        return self.at < 1 + MARGINAL

    @property
    def phase(self):
        """Name: "paramagnet", "spin glass" or "ferromagnet"."""
        if np.abs(self.m).max() > SAME:
            return "ferromagnet"
        return "spin glass" if self.q > SAME else "paramagnet"


@dataclass(frozen=True, eq=False)
class Phase:
    """What `solve` returns: every solution found, the stable one first.

    The stable one is, among those that are locally stable, the one of lowest free
    energy.  Its order parameters are also attributes of the phase.

    Attributes
    ----------
    w : ndarray, shape (n_modes,)
    sigma, kappa : float
    law : str
    solutions : tuple of Solution
    converged : bool
        Whether every start ended in a solution.
    """

    w: np.ndarray
    sigma: float
    kappa: float
    law: str
    solutions: tuple
    converged: bool

    @property
    def stable(self):
        """The stable solution."""
        return self.solutions[0]

    def __getattr__(self, name):
        if name in (
            "m",
            "m_bar",
            "q",
            "q_bar",
            "free_energy",
            "growth",
            "at",
            "at_stable",
            "phase",
        ):
            return getattr(self.solutions[0], name)
        raise AttributeError(f"Phase has no attribute {name!r}")

    def __repr__(self):
        m = ", ".join(f"{x:.4f}" for x in self.m)
        return (
            f"Phase({self.phase}: m = {m}, q = {self.q:.4f}, q_bar = {self.q_bar:.4f}; "
            f"{len(self.solutions)} solutions)"
        )


def solve(w, sigma, kappa=1.0, law="gaussian", eta=0.0, theta=0.0):
    """Solve the self-consistent equations of a machine of rank K with noise.

    Equations and conventions: `rbmlib.phase_diagram.equations`.  In zero field each
    solution stands for all that follow from it by flipping the sign of modes.

    Parameters
    ----------
    w : float or array_like, shape (n_modes,)
        Strengths of the modes, not negative.
    sigma : float
        Strength of the noise, whose entries have variance σ²/√(N_v N_h).
    kappa : float
        N_h/N_v.
    law : "gaussian", "laplace", "rademacher" or ("sparse", p)
        Law of the modes' entries.
    eta, theta : float or array_like, shape (n_modes,)
        Fields along the modes: biases √L Σ η_α u^α on visible and √L Σ θ_α ū^α on
        hidden units.

    Returns
    -------
    Phase

    Raises
    ------
    ValueError
        Values out of range, or too many modes for the law.

    Examples
    --------
    >>> solve(1.5, 0.5)
    Phase(ferromagnet: m = 0.5283, q = 0.3333, q_bar = 0.3333; 2 solutions)
    >>> [s.phase for s in solve(0.5, 1.5).solutions]
    ['spin glass', 'paramagnet']
    """
    law = laws.get(law)
    w, eta, theta = check_modes(w, eta, theta)
    sigma, kappa = check_number(sigma, "sigma"), check_number(kappa, "kappa")
    if kappa == 0:
        raise ValueError("kappa must be positive, got 0")
    model = (w, sigma, kappa, eta, theta, law.scale, *law.product(len(w)))
    field = (eta != 0) | (theta != 0)
    ends = [_follow(start, field, model) for start in _starts(len(w), field)]
    found = []
    for end in ends:
        if end.converged and not any(_same(end, other) for other in found):
            found.append(end)
    found.sort(key=lambda end: (not end.locally_stable, end.free_energy))
    if not found:
        raise RuntimeError(f"no start converged at w = {w}, sigma = {sigma}")
    everything = all(end.converged for end in ends)
    return Phase(w, sigma, kappa, law.name, tuple(found), everything)


def check_modes(w, eta=0.0, theta=0.0):
    """Return strengths and fields, each of shape (n_modes,), or raise ValueError."""
    w = np.atleast_1d(np.asarray(w, float))
    if w.ndim != 1 or not 1 <= w.size <= MOST_MODES:
        raise ValueError(
            f"w must have shape (n_modes,) with 1 to {MOST_MODES} modes, got {w.shape}"
        )
    if not np.isfinite(w).all() or (w < 0).any():
        raise ValueError(f"w must hold finite numbers >= 0, got {w}")
    fields = []
    for values, name in ((eta, "eta"), (theta, "theta")):
        values = np.asarray(values, float)
        if values.shape not in ((), w.shape):
            raise ValueError(f"{name} must have shape {w.shape}, got {values.shape}")
        if not np.isfinite(values).all():
            raise ValueError(f"{name} must be finite, got {values}")
        fields.append(np.broadcast_to(values, w.shape).copy())
    return w, *fields


def _starts(n_modes, field):
    """Yield (m̄, q̄): zero, a glass, single modes, pairs, all; both signs in a field."""
    yield np.zeros(n_modes + 1)
    yield np.r_[np.zeros(n_modes), 1.0]
    sizes = {1, min(2, n_modes), n_modes}
    for size in sorted(sizes):
        for modes in itertools.combinations(range(n_modes), size):
            for sign in (1.0, -1.0) if field.any() else (1.0,):
                start = np.zeros(n_modes + 1)
                start[list(modes)], start[-1] = sign, 1.0
                yield start
    if n_modes > 1:  # a mixture that is not symmetric
        yield np.r_[0.5 ** np.arange(n_modes), 1.0]


def _follow(start, field, model):
    x = start.copy()
    if field.any():
        x[:-1][field & (x[:-1] == 0)] = SMALL
        x[-1] = x[-1] or SMALL
    work = make_work(len(x))
    residual, n_iterations = follow(x, PLAIN, MOST, *model, work)
    w, sigma, kappa = model[:3]
    return Solution(
        m=work[0][:-1] + 0.0,
        m_bar=x[:-1].copy(),
        q=float(work[0][-1]),
        q_bar=float(x[-1]),
        free_energy=free_energy(x, w, sigma, kappa, work),
        growth=float(np.abs(np.linalg.eigvals(work[4])).max()),
        at=at_value(sigma, work),
        residual=residual,
        n_iterations=n_iterations,
    )


def _same(a, b):
    x, y = (np.r_[s.m, s.m_bar, s.q, s.q_bar] for s in (a, b))
    return np.abs(x - y).max() < SAME
