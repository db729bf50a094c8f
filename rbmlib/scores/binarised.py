"""What pairs alone can do: bits cut out of a Gaussian, with the data's covariance."""

import numpy as np
from scipy.special import ndtri

from rbmlib import randomness
from rbmlib.checks import check_array, check_positive
from rbmlib.randomness import check_seed

NODES, QUADRATURE = np.polynomial.legendre.leggauss(12)
N_STEPS = 12  # of Newton's method, kept inside a bracket that each step narrows
WIDEST = np.pi / 2 - 0.03  # arcsine of a correlation of 0.9996


def binarised_gaussian(mean, covariance, n_samples, seed):
    """Return bits of given means and covariances: signs of a Gaussian, and no more.

    Unit i is on where z_i < t_i = Φ⁻¹(mean_i), and z is Gaussian with variances 1.
    Its correlations r = sin θ are those that give the covariances:

        cov_ij = ∫₀^θ exp[-(t_i² - 2 t_i t_j sin φ + t_j²) / 2cos²φ] dφ / 2π

    (L. Emrich, M. Piedmonte (1991), doi:10.1080/00031305.1991.10475828).  What comes
    out may be no correlation matrix.  Its negative eigenvalues are then left out, and
    the covariances are missed by that.

    Parameters
    ----------
    mean : array_like, shape (n_visible,)
        Inside (0, 1).
    covariance : array_like, shape (n_visible, n_visible)
    n_samples, seed : int

    Returns
    -------
    ndarray of float32, shape (n_samples, n_visible)
        In double precision: a bit at its threshold may differ between machines.

    Raises
    ------
    TypeError, ValueError
        Means that are not inside (0, 1), or other shapes.

    Examples
    --------
    >>> x = binarised_gaussian([0.5, 0.5], [[0.25, 0.2], [0.2, 0.25]], 2000, seed=0)
    >>> np.cov(x.T, bias=True).round(1).tolist()
    [[0.2, 0.2], [0.2, 0.2]]
    """
    mean = check_array(mean, "mean", ("n_visible",))
    if not ((mean > 0) & (mean < 1)).all():
        raise ValueError(
            f"mean must be inside (0, 1), got {mean.min()} to {mean.max()}"
        )
    covariance = check_array(covariance, "covariance", (len(mean),) * 2)
    n_samples, seed = check_positive(n_samples, "n_samples"), check_seed(seed)
    thresholds = ndtri(mean)
    root = _root(_correlations(thresholds, covariance))
    stream = randomness.REFERENCE
    noise = randomness.normals(seed, stream, 0, range(n_samples), len(mean))
    return (noise @ root.T < thresholds).astype(np.float32)


def _correlations(t, covariance):
    """Return the correlations of the Gaussian behind these covariances of its signs."""
    i, j = np.triu_indices(len(t), 1)
    target, squares, product = covariance[i, j], t[i] ** 2 + t[j] ** 2, t[i] * t[j]
    low, high = np.full(len(target), -WIDEST), np.full(len(target), WIDEST)
    angle = np.clip(2 * np.pi * target, low, high)  # right for thresholds of 0
    for _ in range(N_STEPS):
        excess = _covariance(angle, squares, product) - target
        low, high = (
            np.where(excess < 0, angle, low),
            np.where(excess > 0, angle, high),
        )
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            angle = angle - excess / _slope(angle, squares, product)
        inside = (angle >= low) & (angle <= high)
        angle = np.where(inside, angle, (low + high) / 2)
    found = np.eye(len(t))
    found[i, j] = found[j, i] = np.sin(angle)
    return found


def _slope(angle, squares, product):
    """Return the integrand of `binarised_gaussian`."""
    exponent = (squares - 2 * product * np.sin(angle)) / (2 * np.cos(angle) ** 2)
    return np.exp(-exponent) / (2 * np.pi)


def _covariance(angle, squares, product):
    """Return the integral, by Gauss and Legendre."""
    half = angle / 2
    total = np.zeros_like(angle)
    for node, weight in zip(NODES, QUADRATURE, strict=True):
        total += weight * _slope(half * (1 + node), squares, product)
    return half * total


def _root(correlations):
    """Return R with R Rᵀ the nearest matrix of variances 1 that has a root."""
    values, vectors = np.linalg.eigh(correlations)
    root = vectors * np.sqrt(np.maximum(values, 0))
    return root / np.linalg.norm(root, axis=1, keepdims=True)
