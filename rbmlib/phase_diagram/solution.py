"""A solution of the self-consistent equations, and all of them at one point."""

from dataclasses import dataclass

import numpy as np

from rbmlib.phase_diagram.iterate import TOLERANCE

SAME = 1e-6  # two ends are one solution
MARGINAL = 1e-7


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

    @property
    def m(self):
        """Visible magnetisations of the stable solution, shape (n_modes,)."""
        return self.stable.m

    @property
    def m_bar(self):
        """Hidden magnetisations of the stable solution, shape (n_modes,)."""
        return self.stable.m_bar

    @property
    def q(self):
        """Visible overlap of the stable solution."""
        return self.stable.q

    @property
    def q_bar(self):
        """Hidden overlap of the stable solution."""
        return self.stable.q_bar

    @property
    def free_energy(self):
        """-log Z/√(N_v N_h) of the stable solution."""
        return self.stable.free_energy

    @property
    def growth(self):
        """Spectral radius of the stable solution's linearised iteration."""
        return self.stable.growth

    @property
    def at(self):
        """σ⁴ E sech⁴x_v E sech⁴x_h of the stable solution."""
        return self.stable.at

    @property
    def at_stable(self):
        """Whether replica symmetry is stable in the stable solution."""
        return self.stable.at_stable

    @property
    def phase(self):
        """Name of the stable solution."""
        return self.stable.phase

    def __repr__(self):
        m = ", ".join(f"{x:.4f}" for x in self.m)
        return (
            f"Phase({self.phase}: m = {m}, q = {self.q:.4f}, q_bar = {self.q_bar:.4f}; "
            f"{len(self.solutions)} solutions)"
        )
