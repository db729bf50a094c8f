"""Ising models with any couplings: P(s) = exp(½ s·J·s + a·s) / Z for spins s_i = ±1.

J is symmetric with a zero diagonal, a are fields, and the temperature is absorbed in
both.  Two examples have a temperature of their own: the Hopfield memory and the square
lattice.  Small systems are summed state by state.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from rbmlib import enumeration
from rbmlib.checks import check_array, check_samples, check_symmetric, said
from rbmlib.ising.arguments import check_side, check_temperature
from rbmlib.ising.lattice import neighbours
from rbmlib.units import SPIN

MAX_SPINS = 20
SMALLEST_TEMPERATURE = 1e-300  # 1/T is a float
LARGEST = 1e140
LARGEST_ENERGY = 1e9  # beyond, double precision knows energies to less than 1e-6


class Marginals(NamedTuple):
    """Exact log Z, means ⟨s_i⟩ and covariance ⟨s_i s_j⟩ - ⟨s_i⟩⟨s_j⟩."""

    log_z: float
    m: np.ndarray
    covariance: np.ndarray


def check_couplings(J, a):
    """Return J and a as arrays of floats, or raise ValueError.

    Parameters
    ----------
    J : array_like, shape (N, N)
        Finite, symmetric, with zeros on the diagonal.
    a : array_like, shape (N,) or ()
        Finite fields; a number is the field of every spin.

    Returns
    -------
    J : ndarray, shape (N, N)
    a : ndarray, shape (N,)

    Raises
    ------
    ValueError
        Wrong shapes, entries that are not finite or above 1e140, a J that is not
        symmetric, or one with an entry on its diagonal.
    """
    J = check_symmetric(J, "J", "N")
    if np.abs(J).max() > LARGEST:
        raise ValueError(
            f"J must hold numbers up to {LARGEST:g}, whose squares add up, got "
            f"{said(np.abs(J).max())}"
        )
    if J.diagonal().any():
        first = J.diagonal()[np.flatnonzero(J.diagonal())[0]]
        raise ValueError(
            "J must have a zero diagonal, as s_i² = 1 is a constant, got "
            f"{said(first)} on it"
        )
    a = check_array(a, "a", (...,), -LARGEST, LARGEST)
    if a.shape not in ((), (len(J),)):
        raise ValueError(f"a must have shape ({len(J)},) or (), got {a.shape}")
    return J, np.broadcast_to(a, len(J))


def exact_marginals(J, a):
    """Return log Z, means and covariance by a sum over all states.

    Parameters
    ----------
    J, a
        As in `check_couplings`, with at most 20 spins.

    Returns
    -------
    Marginals

    Raises
    ------
    ValueError
        For bad couplings, more than 20 spins, or energies above 1e9.

    Examples
    --------
    >>> J = [[0.0, 0.5], [0.5, 0.0]]
    >>> log_z, m, covariance = exact_marginals(J, 0.0)
    >>> bool(np.isclose(covariance[0, 1], np.tanh(0.5)))
    True
    """
    J, a = check_couplings(J, a)
    if len(J) > MAX_SPINS:
        raise ValueError(
            f"J must be of at most {MAX_SPINS} spins for an exact sum, got {len(J)}: "
            "sample instead"
        )
    energy = np.abs(J).sum() / 2 + np.abs(a).sum()
    if not energy < LARGEST_ENERGY:
        raise ValueError(
            f"J and a must have energies below {LARGEST_ENERGY:g}, of which the digits "
            f"after the point are known, got up to {energy:.3g}"
        )
    logs = np.concatenate([_log_weights(J, a, s) for s in _blocks(J)])
    log_z = logsumexp(logs)
    p = np.exp(logs - log_z)
    rows = np.split(p, range(2**14, len(p), 2**14))
    m = sum(w @ s for w, s in zip(rows, _blocks(J), strict=True))
    covariance = sum(
        ((s - m) * w[:, None]).T @ (s - m)
        for w, s in zip(rows, _blocks(J), strict=True)
    )
    return Marginals(float(log_z), m, covariance)


def _blocks(J):
    return enumeration.blocks(SPIN, len(J))


def _log_weights(J, a, s):
    return ((s @ J / 2 + a) * s).sum(1)


def hopfield_couplings(patterns, T=1.0):
    """Return the couplings of a Hopfield memory, J_ij = Σ_μ ξ_i^μ ξ_j^μ / (N T).

    J. J. Hopfield (1982), doi:10.1073/pnas.79.8.2554.

    Parameters
    ----------
    patterns : array_like, shape (n_patterns, N)
        Of ±1.
    T : float
        Positive.

    Returns
    -------
    ndarray, shape (N, N)

    Raises
    ------
    TypeError, ValueError
        Patterns that are no rows of ±1, or a temperature that is not positive.

    Examples
    --------
    >>> hopfield_couplings([[1, 1, -1, -1]])[0].tolist()
    [0.0, 0.25, -0.25, -0.25]
    """
    xi = check_samples(patterns, SPIN, None, "patterns", "pattern").astype(np.float64)
    n, T = xi.shape[1], _check_inverse(T)
    J = xi.T @ xi / n / T
    np.fill_diagonal(J, 0.0)
    return J


def square_lattice_couplings(L, T):
    """Return the couplings J_ij = 1/T between neighbours of the L x L torus.

    Sites are numbered row by row.  L = 2 has doubled bonds.

    Parameters
    ----------
    L : int
        From 2 to 64: J has L⁴ entries.
    T : float
        Positive, in units of the coupling.

    Returns
    -------
    ndarray, shape (L², L²)

    Raises
    ------
    ValueError, TypeError
        A side out of range or no integer, a temperature that is not positive.

    Examples
    --------
    >>> square_lattice_couplings(3, 2.0)[0].tolist()
    [0.0, 0.5, 0.5, 0.5, 0.0, 0.0, 0.5, 0.0, 0.0]
    """
    L = check_side(L, largest=64)
    J = np.zeros((L * L, L * L))
    sites = np.arange(L * L)[:, None]
    np.add.at(J, (sites, neighbours(L, L)), 1 / _check_inverse(T))
    return J


def _check_inverse(T):
    """Return a temperature, or raise ValueError if couplings 1/T are no numbers."""
    T = check_temperature(T)
    if T < SMALLEST_TEMPERATURE:
        raise ValueError(f"T must be at least {SMALLEST_TEMPERATURE:g}, got {T!r}")
    return T
