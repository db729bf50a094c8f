"""The inverse problem: couplings from samples.

Mean field turned round gives J from measured means and covariances in one matrix
inversion; pseudo-likelihood fits each spin to the others, and is consistent: with
enough samples it finds the truth, where mean field keeps its error.  The review:
H. C. Nguyen, R. Zecchina, J. Berg (2017), doi:10.1080/00018732.2017.1341604.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize


class Couplings(NamedTuple):
    """Inferred couplings J (N, N), symmetric with zero diagonal, and fields a (N,)."""

    J: np.ndarray
    a: np.ndarray


def moments(samples):
    """Return the means and covariances of samples.

    Parameters
    ----------
    samples : array_like of ±1, shape (n_samples, N)

    Returns
    -------
    mean : ndarray, shape (N,)
    covariance : ndarray, shape (N, N)

    Examples
    --------
    >>> mean, covariance = moments([[1, 1], [1, -1]])
    >>> mean.tolist(), covariance.tolist()
    ([1.0, 0.0], [[0.0, 0.0], [0.0, 1.0]])
    """
    s = _check_samples(samples)
    mean = s.mean(axis=0)
    return mean, s.T @ s / len(s) - np.outer(mean, mean)


def naive_inversion(mean, covariance):
    """Return the nMF couplings J = -C⁻¹ off the diagonal, a = artanh m - J m.

    Raises
    ------
    ValueError
        If a spin never changes, or the covariance matrix is singular.

    Examples
    --------
    >>> found = naive_inversion(np.zeros(2), np.array([[1.0, 0.1], [0.1, 1.0]]))
    >>> round(float(found.J[0, 1]), 6)
    0.10101
    """
    mean, inverse = _inverse_covariance(mean, covariance)
    J = -inverse
    np.fill_diagonal(J, 0.0)
    return Couplings(J, np.arctanh(mean) - J @ mean)


def tap_inversion(mean, covariance):
    """Return the TAP couplings: -C⁻¹_ij = J_ij + 2 J_ij² m_i m_j, solved for J.

    The root that tends to nMF for small couplings.  H. J. Kappen, F. B. Rodríguez
    (1998), doi:10.1162/089976698300017386.

    Raises
    ------
    ValueError
        As `naive_inversion`; or if a pair has no real solution, as happens where
        couplings are too strong for the expansion.

    Examples
    --------
    >>> C = np.array([[0.75, 0.1], [0.1, 0.75]])
    >>> found = tap_inversion(np.array([0.5, 0.5]), C)
    >>> bool(0 < found.J[0, 1] < naive_inversion([0.5, 0.5], C).J[0, 1])
    True
    """
    mean, inverse = _inverse_covariance(mean, covariance)
    product = np.outer(mean, mean)
    root = 1 - 8 * product * inverse
    np.fill_diagonal(root, 1.0)
    if (root < 0).any():
        raise ValueError(
            f"TAP inversion has no real solution for {int((root < 0).sum()) // 2} "
            "pairs: couplings are too strong for the expansion"
        )
    # (sqrt(root) - 1) / 4 m_i m_j, written so that it stays exact for m_i m_j = 0.
    J = -2 * inverse / (1 + np.sqrt(root))
    np.fill_diagonal(J, 0.0)
    onsager = mean * (J**2 @ (1 - mean**2))
    return Couplings(J, np.arctanh(mean) - J @ mean + onsager)


def pseudo_likelihood(samples, penalty=0.0):
    """Return the couplings that maximise Σ_i ⟨log p(s_i | all other spins)⟩.

    p(s_i | rest) = 1 / (1 + exp(-2 s_i (Σ_j J_ij s_j + a_i))); J. Besag (1975),
    doi:10.2307/2987782.  One symmetric J is fitted to all spins together.

    Parameters
    ----------
    samples : array_like of ±1, shape (n_samples, N)
    penalty : float
        λ of the term -λ Σ_{i<j} J_ij², for few samples.

    Returns
    -------
    Couplings

    Raises
    ------
    ValueError
        Samples that are not ±1, a spin that never changes, a negative penalty.
    RuntimeError
        If the optimiser does not converge: with few samples and no penalty the maximum
        may lie at infinity.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> s = rng.choice([-1, 1], size=(20_000, 3))
    >>> s[:, 1] = np.where(rng.random(20_000) < 0.8, s[:, 0], -s[:, 0])
    >>> found = pseudo_likelihood(s)  # J₀₁ = ½ ln(0.8 / 0.2) = 0.693
    >>> bool(abs(found.J[0, 1] - 0.693) < 0.03)
    True
    """
    s = _check_samples(samples)
    if penalty < 0:
        raise ValueError(f"penalty must be >= 0, got {penalty}")
    n = s.shape[1]
    pairs = np.triu_indices(n, 1)

    def unpack(x):
        J = np.zeros((n, n))
        J[pairs] = x[n:]
        return J + J.T, x[:n]

    def loss(x):
        J, a = unpack(x)
        field = s @ J + a
        value = np.logaddexp(0, -2 * s * field).sum(axis=1).mean()
        surprise = (s - np.tanh(field)) / len(s)
        gradient = s.T @ surprise
        slope_J = -(gradient + gradient.T)[pairs] + 2 * penalty * x[n:]
        slope = np.concatenate([-surprise.sum(axis=0), slope_J])
        return value + penalty * x[n:] @ x[n:], slope

    start = np.concatenate([np.arctanh(s.mean(axis=0)), np.zeros(len(pairs[0]))])
    result = minimize(loss, start, jac=True, method="L-BFGS-B", options=_OPTIONS)
    if not result.success:
        raise RuntimeError(f"pseudo-likelihood did not converge: {result.message}")
    return Couplings(*unpack(result.x))


_OPTIONS = {"maxiter": 2000, "ftol": 1e-14, "gtol": 1e-8}


def _check_samples(samples):
    s = np.asarray(samples, dtype=float)
    if s.ndim != 2 or len(s) == 0 or not np.isin(s, (-1, 1)).all():
        raise ValueError("samples must be ±1, of shape (n_samples, N)")
    return s


def _inverse_covariance(mean, covariance):
    mean, C = np.asarray(mean, dtype=float), np.asarray(covariance, dtype=float)
    if mean.ndim != 1 or C.shape != (len(mean), len(mean)):
        raise ValueError(
            f"mean must have shape (N,) and covariance (N, N), got {mean.shape} "
            f"and {C.shape}"
        )
    if not (np.abs(mean) < 1).all():
        raise ValueError("a spin never changes: |mean| must be below 1")
    if np.linalg.matrix_rank(C, hermitian=True) < len(C):
        raise ValueError("the covariance matrix is singular: more samples are needed")
    return mean, np.linalg.inv(C)
