"""Where a machine sits in the diagram: (w, σ, κ) from its singular values.

The bulk of its singular values is the noise, each value outside is a mode (`outliers`).

A trained machine has {0, 1} units with biases, so some units hardly move.  What counts
for collective order is D_v^{1/2} W D_h^{1/2} with D the variances of the units: a
small field on unit j moves it by D_j times the field.  For a machine at its symmetric
point D = 1/4, and this is the exact map to ±1 units, W/4.
"""

from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_parameter
from rbmlib.mean_field.response import response_matrix
from rbmlib.phase_diagram.outliers import bulk_edge, strength
from rbmlib.sampling import gibbs, random_start

MARGIN = 3.0  # of the width N^{-2/3} of the edge's fluctuations


class Place(NamedTuple):
    """A machine's place in the diagram.

    Attributes
    ----------
    w : ndarray, shape (n_modes,)
        Strengths of the modes that leave the bulk, largest first.
    sigma : float
    kappa : float
    singular_values : ndarray
        Of the matrix, largest first.
    edge : float
        Where the bulk of the estimated noise ends.
    """

    w: np.ndarray
    sigma: float
    kappa: float
    singular_values: np.ndarray
    edge: float


def place(matrix):
    """Read (w, σ, κ) off a matrix of ±1 units: modes against the bulk.

    σ² is what is left of Σ s² without the modes, divided by its expected value
    √(N_v N_h) less what each mode takes from the bulk.  A value counts as a mode if it
    exceeds the edge by 3 N^{-2/3} of it, N the smaller layer.  Values at the rounding
    error of the largest one are zero: a machine without noise has σ = 0.

    Parameters
    ----------
    matrix : array_like, shape (n_visible, n_hidden)

    Returns
    -------
    Place

    Raises
    ------
    ValueError
        No matrix of finite numbers.

    Examples
    --------
    >>> from rbmlib.phase_diagram import sample_machine
    >>> found = place(sample_machine(1.5, 0.5, 400, 200, seed=0).rbm.W)
    >>> found.w.round(1).tolist(), round(found.sigma, 2), found.kappa
    ([1.5], 0.5, 0.5)
    """
    matrix = check_parameter(matrix, "matrix")
    if matrix.ndim != 2 or matrix.size == 0:
        raise ValueError(
            f"matrix must have shape (n_visible, n_hidden), got {matrix.shape}"
        )
    n_visible, n_hidden = matrix.shape
    kappa, size = n_hidden / n_visible, np.sqrt(n_visible * n_hidden)
    # A power of two rounds nothing, and no square overflows or vanishes.
    _, exponent = np.frexp(np.abs(matrix).max())
    s = np.linalg.svd(np.ldexp(matrix, -exponent), compute_uv=False)
    s = np.where(s > max(matrix.shape) * np.finfo(float).eps * s[0], s, 0.0)
    above = 1 + MARGIN * min(matrix.shape) ** (-2 / 3)
    # The more modes are taken out, the smaller the noise: the first number is right
    # that leaves no value above the edge of the rest.
    for n_modes in range(len(s)):
        sigma = _noise(s, n_modes, size, kappa)
        edge = bulk_edge(sigma, kappa)
        if s[n_modes] <= edge * above:
            break
    else:
        n_modes, sigma, edge = len(s), 0.0, 0.0  # no value is left to be noise
    w = strength(s[:n_modes], sigma, kappa)
    w, sigma, s, edge = (np.ldexp(x, exponent) for x in (w, sigma, s, edge))
    return Place(w, float(sigma), kappa, s, float(edge))


def _noise(s, n_modes, size, kappa):
    rest = np.sqrt((s[n_modes:] ** 2).sum())
    sigma = rest / np.sqrt(size)
    if sigma == 0:
        return sigma
    for _ in range(20):  # a contraction with a factor of order n_modes/size
        half = (s[:n_modes] ** 2 / sigma**2 - kappa**0.5 - kappa**-0.5) / 2
        if n_modes and half[-1] <= 1:
            return sigma  # the last one is not outside this bulk
        x = half + np.sqrt(half**2 - 1)  # (w/σ)²
        taken = (kappa**0.5 + kappa**-0.5 + 1 / x).sum()
        if taken >= size:
            return sigma
        sigma = rest / np.sqrt(size - taken)
    return sigma


def susceptible(rbm, mean_v, mean_h):
    """Return D_v^{1/2} W D_h^{1/2}, D the variances of units with the given means.

    Parameters
    ----------
    rbm : RBM
        {0, 1} or ±1 units.
    mean_v, mean_h : array_like, shapes (n_visible,) and (n_hidden,)
        Means over the machine's whole law, all modes together: in a single mode the
        units are frozen, and D would say how that mode holds together, not the machine.

    Returns
    -------
    ndarray, shape (n_visible, n_hidden)

    Raises
    ------
    ValueError
        Gaussian units, or means of another shape or outside the range of the states.
    """
    D = []
    for unit, mean, n, argument in (
        (rbm.visible, mean_v, rbm.n_visible, "mean_v"),
        (rbm.hidden, mean_h, rbm.n_hidden, "mean_h"),
    ):
        if not unit.bits:
            raise ValueError(f"rbm must have units with two states, got {rbm!r}")
        low, high = unit.states
        mean = check_parameter(mean, argument)
        if mean.shape != (n,):
            raise ValueError(f"{argument} must have shape ({n},), got {mean.shape}")
        outside = (mean < low) | (mean > high)
        if outside.any():
            raise ValueError(
                f"{argument} must hold means in [{low:g}, {high:g}], got "
                f"{float(mean[outside][0])!r}"
            )
        D.append(unit.variance_at(mean))
    return response_matrix(rbm.W, *D)


def sampled_means(rbm, *, n_chains=500, n_sweeps=100, seed=0, v0=None):
    """Return ⟨v⟩ and ⟨h⟩ over chains from random starts or v0, at their last sweep.

    Parameters
    ----------
    rbm : RBM
    n_chains, n_sweeps, seed : int
    v0 : array_like, shape (n_chains, n_visible), optional
        Starts; then the number of chains is theirs.

    Returns
    -------
    mean_v, mean_h : ndarray, shapes (n_visible,) and (n_hidden,)

    Raises
    ------
    ValueError, TypeError
        Numbers out of range, or starts that are no states of the visible units.
    """
    if v0 is None:
        v0 = random_start(rbm, n_chains, seed)
    v, h = gibbs(rbm, v0, n_sweeps, seed)
    return v.mean(0, dtype=float), h.mean(0, dtype=float)


def project(machines, *, n_chains=500, n_sweeps=100, seed=0):
    """Return the `Place` of each machine, for instance of a `Trajectory`.

    The units' variances come from chains that start at random and, from the second
    machine on, at the end of the chains of the machine before.

    Parameters
    ----------
    machines : iterable of RBM
    n_chains, n_sweeps, seed
        Of the chains.

    Returns
    -------
    list of Place

    Raises
    ------
    ValueError, TypeError
        Numbers out of range, or a machine with Gaussian units.
    """
    places, v = [], None
    for step, rbm in enumerate(machines):
        if v is None:
            v = random_start(rbm, n_chains, seed)
        v, h = gibbs(rbm, v, n_sweeps, seed, first_sweep=step * n_sweeps)
        means = v.mean(0, dtype=float), h.mean(0, dtype=float)
        places.append(place(susceptible(rbm, *means)))
    return places
