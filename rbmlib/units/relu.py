"""The rectified linear unit: a real number that is not negative.

With t = σx, φ and Φ the standard normal density and distribution, r = φ(t)/Φ(t) and
g = t + r, the mean is σg, the variance σ²V with V = 1 - rg, and dr/dt = -rg, dg/dt = V.
For fields far below zero the unit is close to exponential, and Φ, r and 1 - rg would
cancel to nothing: there the continued fraction of Laplace gives g and V directly.
V. Nair and G. Hinton (2010), ICML, introduced such units; J. Tubiana and R. Monasson
(2017), doi:10.1103/PhysRevLett.118.138301, study machines of them.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import erfcx, log_ndtr, ndtr, ndtri

from rbmlib import randomness
from rbmlib.units.of_variance import OfVariance
from rbmlib.units.unit import Unit

FAR = -4.0  # t below which the continued fraction is used
_DEPTH = 60  # of it: at t = -4 what is left out is below 1e-17


@dataclass(frozen=True)
class ReLU(OfVariance, Unit):
    """Unit s ≥ 0 with own energy s²/2σ²: Γ(x) = σ²x²/2 + log σ√(2π) Φ(σx).

    Parameters
    ----------
    variance_at_rest : float
        σ²; in a large positive field the unit has the variance σ² and the mean σ²x, as
        a Gaussian unit has in any field.

    Raises
    ------
    ValueError, TypeError
        A variance that is no finite positive number.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[1.0]], [0.0], [-1.0], hidden=ReLU())
    >>> machine.mean_h([[0], [1]]).round(4).tolist()
    [[0.5251], [0.7979]]
    """

    variance_at_rest: float = 1.0
    name = "relu"
    letter = "R"
    low = 0.0
    plefka_orders = (1, 2)

    @property
    def _sigma(self):
        return np.sqrt(self.variance_at_rest)

    def allowed(self, x):
        """Return which values are states, elementwise."""
        return np.isfinite(x) & (x >= 0)

    @property
    def expected(self):
        """What states are, in words for a message."""
        return "finite numbers >= 0"

    # ------------------------------------------------------------ the law in a field

    def log_partition(self, x):
        """Return Γ(x), elementwise."""
        t = self._sigma * np.asarray(x, float)
        below = np.log(0.5 * erfcx(-np.minimum(t, 0.0) / np.sqrt(2)))
        above = 0.5 * np.square(np.maximum(t, 0.0)) + log_ndtr(np.maximum(t, 0.0))
        scale = 0.5 * np.log(2 * np.pi * self.variance_at_rest)
        return scale + np.where(t < 0, below, above)

    def mean(self, x):
        """Return Γ'(x), elementwise."""
        _, g, _ = _moments(self._sigma * np.asarray(x, float))
        return self._sigma * g

    def variance(self, x):
        """Return Γ''(x), elementwise."""
        _, _, V = _moments(self._sigma * np.asarray(x, float))
        return self.variance_at_rest * V

    def draw(self, x, seed, stream, sweep, chains):
        """Return states in the fields x; parameters as in `Unit.draw`.

        By inversion, in double precision: the last bits may differ between machines.
        """
        u = randomness.uniforms(seed, stream, sweep, chains, x.shape[1])
        t = self._sigma * np.asarray(x, float)
        near = np.maximum(t, FAR)
        z = np.maximum(near - ndtri(u * ndtr(near)), 0.0)
        far = t < FAR
        z[far] = _far_quantile(-t[far], -np.log(u[far]))
        return self._sigma * z

    # ------------------------------------------------------------ at a given mean

    def field_at(self, m):
        """Return the field in which the mean is m, elementwise; -inf for m = 0."""
        return _t_of_mean(np.asarray(m, float) / self._sigma) / self._sigma

    def draw_at(self, mean, seed, stream, sweep, chains):
        """Return states of the given means, as `Unit.draw_at`."""
        return self.draw(self.field_at(mean), seed, stream, sweep, chains)

    def bias_of_mean(self, mean, clip=0.0):
        """Return the biases of free units with these means, or with mean clip σ."""
        return self.field_at(np.maximum(mean, clip * self._sigma))

    def entropy(self, m):
        """Return min_x [Γ(x) - x m], elementwise."""
        x = self.field_at(m)
        return self.log_partition(x) - x * m

    def variance_at(self, m):
        """Return V(m), elementwise."""
        return self.variance(self.field_at(m))

    def variance_slope(self, m):
        """Return V'(m) = κ₃/κ₂, elementwise."""
        r, g, V = _moments(self._sigma * self.field_at(m))
        return self._sigma * r * (g**2 - V) / V

    def variance_curvature(self, m):
        """Return V''(m) = (κ₄κ₂ - κ₃²)/κ₂³, elementwise."""
        r, g, V = _moments(self._sigma * self.field_at(m))
        third = r * (g**2 - V)
        fourth = -r * g * (g**2 - V) + r * (2 * g * V - third)
        return (fourth * V - third**2) / V**3


def _moments(t):
    """Return r, g and V at each t, accurate to rounding over all fields."""
    near, far = np.maximum(t, FAR), t < FAR
    with np.errstate(under="ignore"):
        r = np.array(np.sqrt(2 / np.pi) / erfcx(-near / np.sqrt(2)))
    g = near + r
    V = np.array(1 - r * g)
    if far.any():
        a = -t[far]
        tail = np.zeros_like(a)  # g = 1/(a + c), c = 2/(a + 3/(a + 4/(a + …)))
        for k in range(_DEPTH, 1, -1):
            tail = k / (a + tail)
        g = np.array(g)
        g[far] = 1 / (a + tail)
        r[far] = a + g[far]
        V[far] = (tail - g[far]) / (a + tail)
    return r, g, V


def _far_quantile(a, e):
    """Return z with Q(a + z) = e^-e Q(a), Q = 1 - Φ, for a ≥ 4: Newton's method."""
    z = 2 * e / (a + np.sqrt(a**2 + 2 * e))  # the solution without the slow factor
    start = np.log(erfcx(a / np.sqrt(2)))
    for _ in range(4):
        slow = np.log(erfcx((a + z) / np.sqrt(2))) - start
        hazard, _, _ = _moments(-(a + z))
        z = np.maximum(z + (slow - (a * z + z**2 / 2) + e) / hazard, 0.0)
    return z


def _t_of_mean(y):
    """Return t with g(t) = y ≥ 0, by Newton's method: g rises and is convex."""
    with np.errstate(divide="ignore"):
        t = y - 1 / y
    inside = np.isfinite(t)
    y, solved = y[inside], t[inside]
    for _ in range(50):
        _, g, V = _moments(solved)
        step = (g - y) / V
        solved = solved - step
        if np.all(np.abs(step) <= 1e-15 * np.maximum(1.0, np.abs(solved))):
            break
    t[inside] = solved
    return t
