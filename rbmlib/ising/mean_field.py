"""Mean field for any couplings: naive (nMF) and Thouless-Anderson-Palmer (TAP).

E = -½ Σ_ij J_ij s_i s_j - Σ_i a_i s_i with s = ±1, the temperature absorbed into J and
a.  Both theories are stationary points of a free energy of the magnetisations alone:

    F(m) = -½ m·J·m - a·m - S(m)  [ - ¼ (1-m²)·J²·(1-m²) ],

the first terms of an expansion in powers of J (T. Plefka 1982,
doi:10.1088/0305-4470/15/6/035); J² is taken element by element.  They are theories of
many weak couplings.  On the square lattice nMF orders at T = 4 instead of 2.269, and TAP
never orders at all: its m = 0 is stable at every temperature.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import entr, logsumexp

from rbmlib.enumeration import blocks, check_enumerable
from rbmlib.ising.lattice import neighbours
from rbmlib.units import SPIN


@dataclass(frozen=True)
class FixedPoints:
    """The outcome of an iteration from several starts; see `converged` first.

    Attributes
    ----------
    m : ndarray, shape (n_starts, N)
    free_energy : ndarray, shape (n_starts,)
    converged : ndarray of bool, shape (n_starts,)
    residual : ndarray, shape (n_starts,)
        Largest |tanh(field) - m| over the spins.
    n_iterations : ndarray of int, shape (n_starts,)
    """

    m: np.ndarray
    free_energy: np.ndarray
    converged: np.ndarray
    residual: np.ndarray
    n_iterations: np.ndarray


class Marginals(NamedTuple):
    """Exact log Z, means ⟨s_i⟩ (N,) and correlations ⟨s_i s_j⟩ (N, N)."""

    log_z: float
    mean: np.ndarray
    correlation: np.ndarray


def fixed_points(
    J, a, m0, *, order=1, damping=0.0, tolerance=1e-10, max_iterations=1000
):
    """Iterate m_i = tanh(Σ_j J_ij m_j + a_i [- m_i Σ_j J_ij² (1 - m_j²)]).

    All spins are updated together.  Where that alternates, as with negative couplings,
    `damping` keeps a part of the old value; it moves no fixed point.

    Parameters
    ----------
    J : array_like, shape (N, N)
        Symmetric, zero on the diagonal.
    a : array_like, shape (N,)
        Fields.
    m0 : array_like, shape (n_starts, N) or (N,)
        In [-1, 1].
    order : {1, 2}
        1: nMF.  2: TAP.
    damping : float
        In [0, 1).
    tolerance : float
        A start has converged when its residual is at most this.
    max_iterations : int

    Returns
    -------
    FixedPoints

    Raises
    ------
    ValueError
        Wrong shapes or values; the message names them.

    Examples
    --------
    >>> J = np.full((100, 100), 1.25 / 100)  # Curie-Weiss at T = 0.8
    >>> np.fill_diagonal(J, 0.0)
    >>> points = fixed_points(J, np.zeros(100), np.full(100, 0.5))
    >>> bool(points.converged.all()), round(float(points.m.mean()), 2)
    (True, 0.7)
    """
    J, a = check_couplings(J, a)
    m = _check_magnetizations(m0, len(a)).copy()
    _check_order(order)
    if not 0 <= damping < 1:
        raise ValueError(f"damping must be in [0, 1), got {damping}")
    residual = np.full(len(m), np.inf)
    n_iterations = np.zeros(len(m), int)
    active = np.arange(len(m))
    for _ in range(max_iterations):
        new = _update(m[active], J, a, order)
        residual[active] = np.abs(new - m[active]).max(axis=1)
        n_iterations[active] += 1
        m[active] += (1 - damping) * (new - m[active])
        active = active[residual[active] > tolerance]
        if not len(active):
            break
    energy = free_energy(m, J, a, order=order)
    return FixedPoints(m, energy, residual <= tolerance, residual, n_iterations)


def free_energy(m, J, a, *, order=1):
    """Return the mean-field free energy F(m): -log Z at its lowest minimum, nearly.

    Parameters
    ----------
    m : array_like, shape (n_starts, N) or (N,)
    J, a, order
        As in `fixed_points`.

    Returns
    -------
    ndarray, shape (n_starts,)

    Examples
    --------
    >>> free_energy([0.0, 0.0], np.zeros((2, 2)), np.zeros(2)).round(6).tolist()
    [-1.386294]
    """
    J, a = check_couplings(J, a)
    m = _check_magnetizations(m, len(a))
    _check_order(order)
    entropy = (entr((1 + m) / 2) + entr((1 - m) / 2)).sum(axis=1)
    energy = -0.5 * np.einsum("ki,ij,kj->k", m, J, m, optimize=True) - m @ a
    if order == 2:
        variance = 1 - m**2
        energy -= 0.25 * ((variance @ J**2) * variance).sum(axis=1)
    return energy - entropy


def exact_marginals(J, a):
    """Return the exact averages of up to 25 spins, by enumeration.

    Returns
    -------
    Marginals

    Raises
    ------
    ValueError
        Wrong shapes, or more than 25 spins.

    Examples
    --------
    >>> pair = exact_marginals([[0.0, 0.5], [0.5, 0.0]], [0.0, 0.0])
    >>> round(float(pair.correlation[0, 1] - np.tanh(0.5)), 12)
    0.0
    """
    J, a = check_couplings(J, a)
    check_enumerable(SPIN, len(a))
    logs, means, products = [], [], []
    for s in blocks(SPIN, len(a)):
        weights = 0.5 * ((s @ J) * s).sum(axis=1) + s @ a
        logs.append(logsumexp(weights))
        p = np.exp(weights - logs[-1])
        means.append(p @ s)
        products.append((p[:, None] * s).T @ s)
    share = np.exp(np.array(logs) - logsumexp(logs))
    mean, product = np.tensordot(share, means, 1), np.tensordot(share, products, 1)
    return Marginals(float(logsumexp(logs)), mean, product)


def lattice_couplings(L, T):
    """Return J of the L x L torus at temperature T: 1/T on each bond.

    Examples
    --------
    >>> lattice_couplings(3, 2.0).sum(axis=1).tolist()
    [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]
    """
    J = np.zeros((L * L, L * L))
    for direction in neighbours(L, L).T:
        J[np.arange(L * L), direction] += 1 / T
    return J


def hopfield_couplings(patterns):
    """Return the couplings of a Hopfield memory, J = ξᵀξ / N with zero diagonal.

    J. J. Hopfield (1982), doi:10.1073/pnas.79.8.2554.

    Parameters
    ----------
    patterns : array_like of ±1, shape (n_patterns, N)

    Examples
    --------
    >>> hopfield_couplings([[1, 1, -1, -1]])[0].tolist()
    [0.0, 0.25, -0.25, -0.25]
    """
    patterns = np.asarray(patterns, dtype=float)
    if patterns.ndim != 2 or not np.isin(patterns, (-1, 1)).all():
        raise ValueError("patterns must be ±1, of shape (n_patterns, N)")
    J = patterns.T @ patterns / patterns.shape[1]
    np.fill_diagonal(J, 0.0)
    return J


def check_couplings(J, a):
    """Return J and a as float arrays, or raise ValueError."""
    J, a = np.asarray(J, dtype=float), np.asarray(a, dtype=float)
    if a.ndim != 1 or J.shape != (len(a), len(a)):
        raise ValueError(
            f"J must have shape (N, N) and a (N,), got {J.shape} and {a.shape}"
        )
    if not (np.isfinite(J).all() and np.isfinite(a).all()):
        raise ValueError("J and a must be finite")
    if not np.array_equal(J, J.T) or np.diag(J).any():
        raise ValueError("J must be symmetric with zeros on the diagonal")
    return J, a


def _check_magnetizations(m, n):
    m = np.atleast_2d(np.asarray(m, dtype=float))
    if m.ndim != 2 or m.shape[1] != n:
        raise ValueError(f"m must have shape (n_starts, {n}), got {m.shape}")
    if not (np.abs(m) <= 1).all():
        raise ValueError("m must be in [-1, 1]")
    return m


def _check_order(order):
    if order not in (1, 2):
        raise ValueError(f"order must be 1 (nMF) or 2 (TAP), got {order!r}")


def _update(m, J, a, order):
    field = m @ J + a
    if order == 2:
        field -= m * ((1 - m**2) @ J**2)
    return np.tanh(field)
