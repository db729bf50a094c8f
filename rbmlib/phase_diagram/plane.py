"""One mode, zero field, many points at once: the diagram as arrays.

Every point has up to three solutions: the paramagnet (all zero), a spin glass (q > 0,
m = 0) above σ = 1, and a ferromagnet.  Each start is followed as in `solve`, with fewer
plain iterations, so that the two agree.
"""

from dataclasses import dataclass

import numpy as np

from rbmlib import compiled
from rbmlib.checks import check_choice
from rbmlib.phase_diagram import laws
from rbmlib.phase_diagram.domain import (
    check_fields,
    check_kappa,
    check_points,
    check_values,
)
from rbmlib.phase_diagram.equations import Model, at_value, free_energy, make_work
from rbmlib.phase_diagram.iterate import TOLERANCE, follow
from rbmlib.phase_diagram.solution import MARGINAL

PARAMAGNET, SPIN_GLASS, FERROMAGNET = range(3)
NAMES = ("paramagnet", "spin glass", "ferromagnet")
PLAIN, MOST = 4, 300
FIELDS = ("m", "m_bar", "q", "q_bar", "free_energy", "growth", "at", "residual")


@dataclass(frozen=True, eq=False)
class Grid:
    """The solutions of one mode on a grid; the second to last axis is the kind.

    Attributes
    ----------
    w, sigma : ndarray
        Broadcast against each other: the shape of the grid.
    kappa : float
    law : str
    m, m_bar, q, q_bar, free_energy, growth, at, residual : ndarray, shape (*grid, 3)
        As in `Solution`, for paramagnet, spin glass and ferromagnet (last axis); NaN
        where there is no such solution.
    """

    w: np.ndarray
    sigma: np.ndarray
    kappa: float
    law: str
    m: np.ndarray
    m_bar: np.ndarray
    q: np.ndarray
    q_bar: np.ndarray
    free_energy: np.ndarray
    growth: np.ndarray
    at: np.ndarray
    residual: np.ndarray

    @property
    def phase(self):
        """Index of the stable solution (`NAMES`), shape of the grid."""
        stable = self.growth < 1 + MARGINAL
        return np.nanargmin(np.where(stable, self.free_energy, np.inf), axis=-1)

    def stable(self, name):
        """Return a field of the stable solution, shape of the grid.

        Parameters
        ----------
        name : str
            "m", "m_bar", "q", "q_bar", "free_energy", "growth", "at" or "residual".

        Raises
        ------
        ValueError
            Another name.

        Examples
        --------
        >>> solve_grid([0.5, 1.5], 0.5).stable("q").round(4).tolist()
        [0.0, 0.3333]
        """
        values = getattr(self, check_choice(name, "name", FIELDS))
        return np.take_along_axis(values, self.phase[..., None], -1)[..., 0]

    @property
    def converged(self):
        """Whether every start ended in a solution."""
        residual = self.residual[np.isfinite(self.residual)]
        return bool((residual < 100 * TOLERANCE).all())


def solve_grid(w, sigma, kappa=1.0, law="gaussian"):
    """Solve the equations of one mode in zero field on a grid of points.

    Parameters
    ----------
    w, sigma : array_like, any shapes
        Not negative; broadcast against each other.
    kappa, law
        As in `solve`.

    Returns
    -------
    Grid
        Ask whether it is `converged` where both w and sigma are above 1e5 (1e3 if one
        layer is much larger): of the Gaussian and the Laplace law, a start of the
        ferromagnet may end in no solution.

    Raises
    ------
    ValueError, TypeError
        Values of w or sigma that are not finite and >= 0 or make fields above 1e7;
        shapes that do not go together, or more than 2^24 points; a kappa outside
        [1e-6, 1e6], or no such law.

    Examples
    --------
    >>> grid = solve_grid([0.5, 1.5], [[0.5], [1.5]])
    >>> [[NAMES[k] for k in row] for row in grid.phase]
    [['paramagnet', 'ferromagnet'], ['spin glass', 'spin glass']]
    """
    w, sigma = check_points(check_values(w, "w"), check_values(sigma, "sigma"))
    kappa, law = check_kappa(kappa), laws.get(law)
    check_fields(kappa, law, w=w, sigma=sigma)
    out = np.full((w.size, 3, len(FIELDS)), np.nan)
    averages = law.scale, *law.product(1)
    _solve_all(w.ravel(), sigma.ravel(), kappa, averages, out)
    columns = np.moveaxis(out.reshape(*w.shape, 3, len(FIELDS)), -1, 0)
    return Grid(w, sigma, kappa, law.name, *columns)


@compiled.kernel(error_model="numpy", nogil=True)
def _solve_all(w, sigma, kappa, averages, out):
    """Write the `FIELDS` of every point to out, shape (n_points, 3, n_fields)."""
    x, work, one_w, no_field = np.empty(2), make_work(2), np.empty(1), np.zeros(1)
    scale, nodes, weights = averages
    for i in range(w.size):
        one_w[0] = w[i]
        model = Model(one_w, sigma[i], kappa, no_field, no_field, scale, nodes, weights)
        for kind in range(3):
            if (kind == 1 and sigma[i] <= 1.0) or (kind == 2 and w[i] <= 1.0):
                continue  # |E tanh| <= |E x| leaves no such solution
            x[0] = 1.0 if kind == 2 else 0.0
            x[1] = 1.0 if kind > 0 else 0.0
            residual, _ = follow(x, PLAIN, MOST, model, work)
            vanished = (kind == 1 and x[1] == 0.0) or (kind == 2 and x[0] == 0.0)
            if vanished and residual < 100.0 * TOLERANCE:
                continue
            m, q = work.visible.order
            energy = free_energy(x, one_w, sigma[i], kappa, work)
            at = at_value(sigma[i], work)
            growth = _spectral_radius(work.jac)
            out[i, kind] = np.array([m, x[0], q, x[1], energy, growth, at, residual])


@compiled.kernel(error_model="numpy")
def _spectral_radius(jac):
    """Return the largest modulus of an eigenvalue of a 2 x 2 matrix."""
    half = 0.5 * (jac[0, 0] + jac[1, 1])
    root = 0.25 * (jac[0, 0] - jac[1, 1]) ** 2 + jac[0, 1] * jac[1, 0]
    if root < 0.0:  # complex: their modulus is the root of the determinant
        return np.sqrt(half * half - root)
    return abs(half) + np.sqrt(root)
