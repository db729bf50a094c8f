"""The restricted Coulomb machine: a density over a few directions, by convex fit.

A ±1 hidden unit of weight q n along the directions, and bias -q z, adds to the
log-density of the sums x (`rbmlib.training.volume`)

    log cosh q (n·x - z) ≈ q |n·x - z| - log 2 :

the potential of a charge q at a point of a line, on a line of the plane, or on a plane
of space.  With positions fixed, the density

    p(x) ∝ p_0(x) exp(θ·x + Σ_j q_j |n_j·x - z_j|),    q_j >= 0,

is of maximum entropy, and the log-likelihood of θ and q is concave: one solution, in
which few charges are not zero (A. Decelle and C. Furtlehner (2021),
doi:10.1103/PhysRevLett.127.158303; N. Béreux et al. (2024), arXiv:2405.15376).  From
there the same likelihood is climbed with the hidden units as they are, log cosh and
free weights: that problem is smooth but no longer convex.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from rbmlib.training.half_sphere import half_sphere

LARGEST = 4.0  # charge: a unit that is decided by the flip of one spin
SMALL = 1e-3  # charge that is none
STEP = 1e-8  # of the likelihood, in nats, with which a search ends
N_PLACES = {1: 60, 2: 15, 3: 12}  # along each normal


class Density(NamedTuple):
    """The log-density θ·x + Σ_j log cosh(w_j·x + c_j), relative to that of the spins.

    Attributes
    ----------
    theta : ndarray, shape (d,)
    w : ndarray, shape (n_charges, d)
    c : ndarray, shape (n_charges,)
    """

    theta: np.ndarray
    w: np.ndarray
    c: np.ndarray

    def log_ratio(self, x):
        """Return the log-density at points, shape (n_points,)."""
        return x @ self.theta + log_cosh(x @ self.w.T + self.c).sum(1)


def log_cosh(x):
    """Return log cosh x, elementwise."""
    return np.logaddexp(x, -x) - np.log(2.0)


def fit(volume, data, n_charges):
    """Return the `Density` of data in a volume, with at most so many charges.

    Parameters
    ----------
    volume : Volume
    data : ndarray, shape (n_points,)
        Share of the data at each point.
    n_charges : int
    """
    x = volume.x
    normals, places = _positions(x[data > 0])
    theta, q = np.zeros(x.shape[1]), np.zeros(len(places))
    while True:
        theta, q = _convex(volume, data, normals, places, theta, q)
        kept = np.flatnonzero(q > SMALL)
        too_many = len(kept) > n_charges
        if too_many:  # without a few of the smallest, and fit again
            most = max(n_charges, int(0.6 * len(kept)))
            kept = np.sort(kept[np.argsort(q[kept], kind="stable")[-most:]])
        normals, places, q = normals[kept], places[kept], q[kept]
        if not too_many:
            break
    return _climbed(volume, data, Density(theta, q[:, None] * normals, -q * places))


def _positions(x):
    """Return the normals and places of all charges: where the data are."""
    d = x.shape[1]
    normals = half_sphere(d)
    levels = (np.arange(N_PLACES[d]) + 0.5) / N_PLACES[d]
    along = x @ normals.T
    low, high = along.min(0), along.max(0)
    places = low[:, None] + (high - low)[:, None] * levels
    return np.repeat(normals, len(levels), axis=0), places.ravel()


def _convex(volume, data, normals, places, theta, q):
    """Return the maximum of the concave likelihood, from a start."""
    d = len(theta)
    features = _features(volume.x, normals, places)
    features -= data @ features  # constants for the likelihood
    scale = np.sqrt(data @ features**2) + SMALL
    features /= scale  # the search turns less then

    def cost(parameters):
        logs = volume.log_p + features @ parameters
        log_z = logsumexp(logs)
        return log_z, np.exp(logs - log_z) @ features

    bounds = [(None, None)] * d + [(0.0, LARGEST * x) for x in scale[d:]]
    found = _lowest(cost, np.append(theta, q) * scale, bounds) / scale
    return found[:d], found[d:]


def _lowest(cost, start, bounds, most=1000):
    options = {"maxiter": most, "ftol": STEP}
    how = {"jac": True, "method": "L-BFGS-B", "bounds": bounds, "options": options}
    return minimize(cost, start, **how).x


def _features(x, normals, places):
    return np.concatenate([x, np.abs(x @ normals.T - places)], axis=1)


def _climbed(volume, data, start):
    """Return a density of larger likelihood, with free weights of the charges."""
    (n, d), x = start.w.shape, volume.x

    def unpack(parameters):
        theta, w, c = np.split(parameters, np.cumsum([d, n * d]))
        return Density(theta, w.reshape(n, d), c)

    def cost(parameters):
        density = unpack(parameters)
        ratio = density.log_ratio(x)
        log_z = logsumexp(volume.log_p + ratio)
        p = np.exp(volume.log_p + ratio - log_z) - data
        slope = np.tanh(x @ density.w.T + density.c) * p[:, None]
        parts = p @ x, (slope.T @ x).ravel(), slope.sum(0)
        return log_z - data @ ratio, np.concatenate(parts)

    free, bound = [(None, None)], [(-LARGEST, LARGEST)]
    bounds = d * free + n * d * bound + n * free
    first = np.concatenate([y.ravel() for y in start])
    return unpack(_lowest(cost, first, bounds, most=100))
