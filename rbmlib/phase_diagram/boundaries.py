"""The lines of the phase diagram of one mode in zero field."""

from dataclasses import dataclass

import numpy as np

from rbmlib.checks import check_positive, check_real, said
from rbmlib.phase_diagram import laws
from rbmlib.phase_diagram.domain import (
    MOST_POINTS,
    check_fields,
    check_kappa,
    check_values,
    largest_strength,
)
from rbmlib.phase_diagram.iterate import TOLERANCE
from rbmlib.phase_diagram.plane import FERROMAGNET, SPIN_GLASS, solve_grid

LARGEST = 1e6  # to nine digits after the point, doubles end there
FIRST_END = 50.0  # of the search for the AT line


@dataclass(frozen=True, eq=False)
class Boundaries:
    """Lines as arrays of shape (n, 2): w and σ, or w/σ and 1/σ.

    Attributes
    ----------
    para_ferro : ndarray
        w = 1 up to σ = 1, for any κ and any law of the modes.
    para_glass : ndarray
        σ = 1 up to w = 1.
    ferro_glass : ndarray
        Replica-symmetric line w²(1-q)(1-q̄) = 1 with the overlaps of the spin glass.
    at : ndarray
        Where the ferromagnet's replica symmetry becomes unstable.
    """

    para_ferro: np.ndarray
    para_glass: np.ndarray
    ferro_glass: np.ndarray
    at: np.ndarray

    def reduced(self):
        """Return the same lines with the axes w/σ and 1/σ."""
        lines = (self.para_ferro, self.para_glass, self.ferro_glass, self.at)
        return Boundaries(*(_divide(line) for line in lines))


def _divide(line):
    with np.errstate(divide="ignore"):
        w, sigma = line.T
        return np.stack([w / sigma, 1 / sigma], axis=1)


def boundaries(kappa=1.0, law="gaussian", largest_sigma=5.0, n_points=60):
    """Return the `Boundaries` of one mode.

    Parameters
    ----------
    kappa, law
        As in `solve`.
    largest_sigma : float
        End of the ferromagnet/glass line: above 1, at most 1/2 of the noise that makes
        fields of 1e7, and 1/200 for the laws of which 1 - q is 1/w: where both w and σ
        are stronger, its last digits no longer decide m.
    n_points : int
        On each line, from 2 to 2^24.

    Returns
    -------
    Boundaries

    Raises
    ------
    ValueError, TypeError
        A largest_sigma or n_points out of range, or what `solve_grid` refuses.
    RuntimeError
        As in `critical_w`.

    Examples
    --------
    >>> lines = boundaries(largest_sigma=2.0, n_points=5)
    >>> lines.ferro_glass[-1].round(5).tolist()
    [2.12933, 2.0]
    """
    kappa, law = check_kappa(kappa), laws.get(law)
    most = largest_strength(kappa, law)
    end = min(LARGEST, most / (100 if law.scale else 1)) / 2
    largest_sigma = check_real(largest_sigma, "largest_sigma", 1, end, open_low=True)
    n_points = check_positive(n_points, "n_points", 2, MOST_POINTS)
    unit = np.linspace(0, 1, n_points)
    one = np.ones_like(unit)
    glassy = np.geomspace(1, largest_sigma, n_points)
    ferro_glass = np.stack([critical_w(glassy, kappa, law), glassy], axis=1)
    strengths = np.geomspace(1, ferro_glass[-1, 0], n_points)
    # At σ = largest_sigma the last strength is critical, and its m hard to find.
    search = FIRST_END if largest_sigma < FIRST_END else 2 * largest_sigma
    search = min(search, most)
    at = np.stack([strengths, at_sigma(strengths, kappa, law, search)], axis=1)
    return Boundaries(
        np.stack([one, unit], axis=1), np.stack([unit, one], axis=1), ferro_glass, at
    )


def critical_w(sigma, kappa=1.0, law="gaussian"):
    """Return the strength at which a mode appears: 1 below σ = 1, else above it.

    A small magnetisation in the spin glass (for σ <= 1, in the paramagnet) grows if
    w²(1-q)(1-q̄) > 1, whatever the law: the noise field does not know the mode.

    Parameters
    ----------
    sigma : array_like, any shape
    kappa, law
        As in `solve`.

    Returns
    -------
    ndarray, shape of sigma

    Raises
    ------
    ValueError, TypeError
        What `solve_grid` refuses.
    RuntimeError
        Where its iteration does not end in a solution.

    Examples
    --------
    >>> critical_w([0.5, 1.5]).round(4).tolist()
    [1.0, 1.5446]
    """
    grid = _converged(solve_grid(0.0, sigma, kappa, law))
    q, q_bar = (np.nan_to_num(x[..., SPIN_GLASS]) for x in (grid.q, grid.q_bar))
    return 1 / np.sqrt((1 - q) * (1 - q_bar))


def at_sigma(w, kappa=1.0, law="gaussian", largest=FIRST_END):
    """Return the noise at which the ferromagnet of strength w loses AT stability.

    Bisection: replica symmetry is stable where the noise is weak, and the whole spin
    glass beyond the ferromagnet is unstable.

    Parameters
    ----------
    w : array_like, any shape
        At least 1.
    kappa, law
        As in `solve`.
    largest : float
        Upper end of the search, from 1 to 1e6.

    Returns
    -------
    ndarray, shape of w

    Raises
    ------
    ValueError, TypeError
        A w below 1; a `largest` outside [1, 1e6], or that is below the noise looked
        for; or what `solve_grid` refuses.
    RuntimeError
        As in `critical_w`.

    Examples
    --------
    >>> float(at_sigma(1.65097).round(4))
    1.4674
    """
    w = check_values(w, "w", 1)
    kappa, law = check_kappa(kappa), laws.get(law)
    largest = check_real(largest, "largest", 1, LARGEST)
    check_fields(kappa, law, w=w, largest=largest)
    low, high = np.full_like(w, 0.5), np.full_like(w, largest)
    if (late := _at_stable(w, high, kappa, law)).any():
        raise ValueError(
            f"largest must be above the noise looked for, got {largest!r}, where a "
            f"mode of w = {said(w[late].min())} is stable"
        )
    while (high - low).max() > 1e-9:
        middle = (low + high) / 2
        stable = _at_stable(w, middle, kappa, law)
        low, high = np.where(stable, middle, low), np.where(stable, high, middle)
    return (low + high) / 2


def _at_stable(w, sigma, kappa, law):
    """Return whether replica symmetry is stable in the ferromagnet, else the glass."""
    grid = _converged(solve_grid(w, sigma, kappa, law))
    at = grid.at[..., FERROMAGNET]
    at = np.where(np.isnan(at), grid.at[..., SPIN_GLASS], at)
    return np.where(np.isnan(at), sigma < 1, at < 1)


def _converged(grid):
    if not grid.converged:
        bad = ~(np.nan_to_num(grid.residual) < 100 * TOLERANCE).all(-1)
        raise RuntimeError(
            f"no solution found at w = {float(grid.w[bad][0])!r}, "
            f"sigma = {float(grid.sigma[bad][0])!r}, kappa = {grid.kappa!r}"
        )
    return grid
