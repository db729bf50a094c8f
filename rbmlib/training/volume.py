"""How many states project to a point: the density of a few sums of independent spins.

Spins of biases a have the means μ = tanh a.  Of their d sums x = Uᵀ(s - μ), with the
columns of U orthonormal, all is in the cumulant generating function

    K(τ) = Σ_i [log cosh(a_i + (Uτ)_i) - log cosh a_i - (Uτ)_i μ_i].

Its Legendre transform τ·x - K(τ), at x = ∇K(τ), is the loss of entropy of spins that
have the sums x, and the density of x is, by the saddle point (H. Daniels (1954),
doi:10.1214/aoms/1177728652),

    p_0(x) = (2π)^(-d/2) |K''(τ)|^(-1/2) exp(-[τ·x - K(τ)]) (1 + O(1/N)).

We integrate over τ in the place of x, with dx = |K''(τ)| dτ: so no equation is solved,
and the points stand as densely as the spins can tell them apart, as K'' <= 1.

Near a cluster most spins are nearly decided and few of them count, so that the error
is not small there.  But the law of spins in another field is p_0(x) exp(τ·x - K(τ)), at
any τ, and its sum is 1.  It is narrow around x = ∇K(τ): dividing p_0 there by the sum
that it has, a few times, leaves sums near 1.

In three directions a grid as fine would be too large.  There the steps of τ are 2: that
is two widths of the law at most, as K'' <= 1, and less than one near a cluster, where
K'' is small.  Points far from all data are left out.
"""

from typing import NamedTuple

import numpy as np
from scipy.interpolate import RegularGridInterpolator
from scipy.ndimage import binary_dilation
from scipy.spatial import KDTree

from rbmlib.training.half_sphere import half_sphere

FARTHEST = 4.0  # field of a typical spin, at the largest τ
MARGIN = 3.0  # of τ beyond what the data ask for
N_TIMES = {1: 8, 2: 8, 3: 20}  # that p_0 is divided by its sums
SPACING = {1: 0.25, 2: 0.5, 3: 2.0}  # of τ; the x that belong to it are not farther
MOST = 20_000  # points in three directions, with those that are far from all data


class Volume(NamedTuple):
    """The spins, and the points at which their sums are known.

    Attributes
    ----------
    a, mu : ndarray, shape (n_visible,)
    U : ndarray, shape (n_visible, d)
    tau, x : ndarray, shape (n_points, d)
        x = ∇K(τ).
    K : ndarray, shape (n_points,)
    log_p : ndarray, shape (n_points,)
        Logarithm of p_0 times the cell of each point: the sum of p is 1.
    """

    a: np.ndarray
    mu: np.ndarray
    U: np.ndarray
    tau: np.ndarray
    x: np.ndarray
    K: np.ndarray
    log_p: np.ndarray

    @classmethod
    def around(cls, s, a, U):
        """Return the volume where the sums of ±1 samples are, or refuse too many."""
        mu, d = np.tanh(a), U.shape[1]
        x = (s - mu) @ U
        axes = [_axis(a, mu, U[:, [c]], x[:, c], SPACING[d]) for c in range(d)]
        shape = [len(axis) for axis in axes]
        if d == 3 and np.prod(shape) > MOST:
            raise ValueError(
                f"data must ask for at most {MOST} points in n_directions = 3, got "
                f"{np.prod(shape)}: they have tight clusters of many units"
            )
        tau = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, d)
        parts = [
            _cumulants(a, mu, U, part)
            for part in np.array_split(tau, len(tau) // 1000 + 1)
        ]
        points = [tau, *map(np.concatenate, zip(*parts, strict=True))]
        if d == 3:
            kept = _among(x, points[2], shape)
            points = [part[kept] for part in points]
        tau, K, x, curvature = points
        loss = (tau * x).sum(1) - K
        cell = d * np.log(SPACING[d] / np.sqrt(2 * np.pi))
        log_p = cell + np.linalg.slogdet(curvature)[1] / 2 - loss
        for _ in range(N_TIMES[d]):
            log_p = log_p - _log_sums(axes, tau, x, K, log_p)
        return cls(a, mu, U, tau, x, K, log_p)

    def shares(self, s):
        """Return the share of samples that is nearest to each point."""
        nearest = KDTree(self.x).query((s - self.mu) @ self.U)[1]
        return np.bincount(nearest, minlength=len(self.x)) / len(s)


def _log_sums(axes, tau, x, K, log_p):
    """Return the logarithm of Σ p_0 exp(τ·x - K) at each τ, between whole τ linear."""
    shape = [len(axis) for axis in axes]
    coarse = [axis[axis % 1 == 0] for axis in axes]
    at = np.flatnonzero((tau % 1 == 0).all(1))
    sums = np.concatenate(
        [
            np.exp(log_p + tau[part] @ x.T - K[part, None]).sum(1)
            for part in np.array_split(at, len(at) // 200 + 1)
        ]
    )
    if len(at) == len(tau):  # as in three directions, where some points are left out
        return np.log(sums)
    sums = np.log(sums).reshape([len(axis) for axis in coarse])
    fine = RegularGridInterpolator(coarse, sums, bounds_error=False, fill_value=None)
    return fine(tau).reshape(shape).ravel()


def _among(data, x, shape):
    """Return which points of a grid stand among the data, or one step beside those."""
    normals = half_sphere(data.shape[1])
    along, places = data @ normals.T, x @ normals.T
    inside = ((along.min(0) <= places) & (places <= along.max(0))).all(1)
    inside[KDTree(x).query(data)[1]] = True
    return binary_dilation(inside.reshape(shape)).ravel()


def _cumulants(a, mu, U, tau):
    """Return K, ∇K and K'' at each τ."""
    shift = tau @ U.T
    field = a + shift
    K = (_log_2cosh(field) - _log_2cosh(a) - shift * mu).sum(1)
    mean = np.tanh(field)
    curvature = np.einsum("ni,ic,ie->nce", 1.0 - mean**2, U, U)
    return K, (mean - mu) @ U, curvature


def _log_2cosh(x):
    return np.logaddexp(x, -x)


def _axis(a, mu, u, x, spacing):
    """Return the values of one component of τ, from the data's least to its largest."""
    farthest = FARTHEST * np.sqrt(len(a))
    reach = np.arange(0.0, farthest, spacing)[:, None]
    ends = []
    for sign, least in ((-1.0, -x.min()), (1.0, x.max())):
        reached = sign * _cumulants(a, mu, u, sign * reach)[1][:, 0]
        ends.append(reach[min(np.searchsorted(reached, least), len(reach) - 1), 0])
    steps = [int((end + MARGIN) / spacing) for end in ends]
    return spacing * np.arange(-steps[0], steps[1] + 1)
