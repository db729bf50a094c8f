"""The inverse problem: from samples of ±1 spins to the couplings that made them.

The model is P(s) ∝ exp(½ s·J·s + a·s), as in `rbmlib.ising.pair_couplings`.  Linear
response turns a mean-field theory round: the matrix ∂a_i/∂m_j of the theory is the
inverse of the measured covariance C.  Naive mean field gives (C⁻¹)_ij = -J_ij for
i ≠ j, TAP gives (C⁻¹)_ij = -J_ij - 2 J_ij² m_i m_j; H. J. Kappen and F. B. Rodríguez
(1998), doi:10.1162/089976698300017386.  Both keep an error however many samples there
are.  The pseudo-likelihood has none in that limit: it fits each spin, given all others,
with a logistic regression; J. Besag (1975), doi:10.2307/2987782, and for Ising models
P. Ravikumar, M. J. Wainwright and J. D. Lafferty (2010), doi:10.1214/09-AOS691.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from rbmlib.checks import check_array, check_number, check_samples, said
from rbmlib.units import SPIN


class Inferred(NamedTuple):
    """Couplings J, shape (N, N), symmetric, zero diagonal; fields a, shape (N,)."""

    J: np.ndarray
    a: np.ndarray


def naive_mean_field(samples, counts=None):
    """Return J = -C⁻¹ off the diagonal, and a_i = artanh m_i - Σ_j J_ij m_j.

    Parameters
    ----------
    samples : array_like, shape (n_rows, N)
        Of ±1.
    counts : array_like of int, shape (n_rows,), optional
        How often each row was seen; once if not given.

    Returns
    -------
    Inferred

    Raises
    ------
    TypeError, ValueError
        Entries that are not ±1, a spin that never changes, no more samples than spins,
        spins that depend linearly on each other, or bad counts.

    Examples
    --------
    >>> samples, counts = [[1, 1], [-1, -1], [1, -1], [-1, 1]], [2, 2, 1, 1]
    >>> J, a = naive_mean_field(samples, counts)
    >>> J.round(3).tolist()  # artanh(1/3) = 0.347 is exact
    [[0.0, 0.375], [0.375, 0.0]]
    """
    m, J = _means_and_response(*_check(samples, counts))
    return Inferred(J, np.arctanh(m) - J @ m)


def tap(samples, counts=None):
    """Return the root of 2 m_i m_j J_ij² + J_ij + (C⁻¹)_ij = 0 that is small with C⁻¹.

    Fields are a_i = artanh m_i - Σ_j J_ij m_j + m_i Σ_j J_ij² (1 - m_j²).

    Parameters
    ----------
    samples, counts
        As in `naive_mean_field`.

    Returns
    -------
    Inferred

    Raises
    ------
    TypeError, ValueError
        As in `naive_mean_field`; or for a pair whose equation has no real root, as
        happens with strong couplings between magnetised spins.

    Examples
    --------
    >>> samples, counts = [[1, 1], [-1, -1], [1, -1], [-1, 1]], [3, 2, 1, 1]
    >>> tap(samples, counts).J.round(3).tolist()  # ln(6)/4 = 0.448 is exact
    [[0.0, 0.504], [0.504, 0.0]]
    """
    m, J = _means_and_response(*_check(samples, counts))
    discriminant = 1 + 8 * np.outer(m, m) * J
    np.fill_diagonal(discriminant, 1.0)
    if discriminant.min() < 0:
        i, j = np.unravel_index(discriminant.argmin(), discriminant.shape)
        raise ValueError(
            f"samples must give TAP a real coupling for the pair ({i}, {j}), by "
            "1 - 8 m_i m_j C⁻¹_ij >= 0, got "
            f"{discriminant[i, j]:.3g}; use pseudo_likelihood"
        )
    J = 2 * J / (1 + np.sqrt(discriminant))
    reaction = m * (J**2 @ (1 - m**2))
    return Inferred(J, np.arctanh(m) - J @ m + reaction)


def pseudo_likelihood(samples, counts=None, l2=0.0):
    """Return the maximum of Σ_i log p(s_i | all other spins), averaged over samples.

    Spin i has its own a_i and J_ij, found by logistic regression with
    p(s_i | rest) = σ(2 s_i (a_i + Σ_j J_ij s_j)); J_ij and J_ji are then averaged.

    Parameters
    ----------
    samples, counts
        As in `naive_mean_field`.
    l2 : float
        Not negative.  ½ l2 Σ_j J_ij² is subtracted from the mean log-likelihood of
        each spin; fields are not penalised.

    Returns
    -------
    Inferred

    Raises
    ------
    TypeError, ValueError
        As in `naive_mean_field`; or if the samples leave a coupling undetermined, for
        example if one spin is always known from the others.

    Examples
    --------
    >>> samples, counts = [[1, 1], [-1, -1], [1, -1], [-1, 1]], [2, 2, 1, 1]
    >>> pseudo_likelihood(samples, counts).J.round(3).tolist()
    [[0.0, 0.347], [0.347, 0.0]]
    """
    samples, counts = _check(samples, counts)
    l2 = check_number(l2, "l2")
    rows = [_regression(samples, counts, i, l2) for i in range(samples.shape[1])]
    J = np.array(rows)
    a = J.diagonal().copy()
    np.fill_diagonal(J, 0.0)
    return Inferred((J + J.T) / 2, a)


def _means_and_response(samples, counts):
    """Return the means and -C⁻¹ with a zero diagonal."""
    p = counts / counts.sum()
    m = p @ samples
    centred = samples - m
    C = (centred * p[:, None]).T @ centred
    smallest = np.linalg.eigvalsh(C)[0]
    if smallest < 1e-12:
        raise ValueError(
            "samples must not depend linearly on each other, got a covariance with "
            f"the eigenvalue {smallest:.2g}; more samples are needed"
        )
    J = -np.linalg.inv(C)
    np.fill_diagonal(J, 0.0)
    return m, (J + J.T) / 2


def _regression(samples, counts, i, l2):
    """Return J_i1 … J_iN with a_i in the place of J_ii."""
    others = samples.copy()
    others[:, i] = 1.0
    x = others * samples[:, i, None]  # log p(s_i | rest) = log σ(2 x·θ)
    p = counts / counts.sum()
    penalty = np.full(len(x.T), l2)
    penalty[i] = 0.0

    def loss(theta):
        field = 2 * (x @ theta)
        value = p @ np.logaddexp(0.0, -field) + penalty @ theta**2 / 2
        return value, penalty * theta - 2 * (p * expit(-field)) @ x

    # No stop by the value, whose digits end before those of the gradient.
    options = {"gtol": 1e-9, "ftol": 0.0, "maxiter": 10_000, "maxfun": 20_000}
    theta = minimize(
        loss, np.zeros(len(penalty)), jac=True, method="L-BFGS-B", options=options
    ).x
    _check_determined(x, counts, theta, penalty, i)
    return theta


def _check_determined(x, counts, theta, penalty, i):
    """Refuse a maximum so flat that a parameter is not known to ±1.

    The curvature of the log-likelihood of all samples is the inverse of the squared
    standard errors; a maximum at infinity shows as a curvature that vanishes.
    """
    field = 2 * (x @ theta)
    spread = 4 * counts * expit(field) * expit(-field)
    curvature = (x * spread[:, None]).T @ x + counts.sum() * np.diag(penalty)
    smallest = np.linalg.eigvalsh(curvature)[0]
    if smallest < 1:
        error = np.inf if smallest <= 0 else smallest**-0.5
        raise ValueError(
            f"samples must determine the couplings of spin {i}, got a combination "
            f"with the standard error {error:.2g}; use more samples or l2 > 0"
        )


def _check(samples, counts):
    """Return samples and counts as floats, or refuse them."""
    samples = check_samples(samples, SPIN, None, "samples").astype(np.float64)
    n_rows, n = samples.shape
    if counts is None:
        counts = np.ones(n_rows)
    else:
        counts = check_array(counts, "counts", (n_rows,), 0)
        broken = counts != np.floor(counts)
        if broken.any():
            raise ValueError(
                f"counts must hold whole numbers, got {said(counts[broken][0])}"
            )
    if counts.sum() <= n:
        raise ValueError(
            f"samples must be more than the {n} spins, got {counts.sum():g}"
        )
    seen = samples[counts > 0]
    still = np.flatnonzero((seen == seen[0]).all(0))
    if still.size:
        raise ValueError(
            "samples must have every spin in both states, got spin "
            f"{still[0]}, which is always {seen[0, still[0]]:+g}"
        )
    return samples, counts
