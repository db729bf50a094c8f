"""Units at a given mean: entropy and cumulants, for every unit type at once.

For each unit of this library the variance is a polynomial of the mean,
V(m) = c₀ + c₁m + c₂m²: m - m² for {0, 1}, 1 - m² for ±1, σ² for Gaussian units.
Because dm/dx = V, the third cumulant follows, κ(m) = V(m) V'(m), and nothing else about
a unit is needed up to third order.  C. N. Morris (1982), doi:10.1214/aos/1176345690,
names these the families with quadratic variance function.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import entr

from rbmlib.units import Binary, Spin


@dataclass(frozen=True)
class Family:
    """A unit type as a function of its mean.

    Attributes
    ----------
    unit : unit type
    c0, c1, c2 : float
        Coefficients of V(m).
    low, high : float
        Bounds of the mean, infinite for Gaussian units.
    """

    unit: object
    c0: float
    c1: float
    c2: float
    low: float
    high: float

    def variance(self, m):
        """Return V(m), elementwise."""
        return self.c0 + m * (self.c1 + self.c2 * m)

    def variance_slope(self, m):
        """Return V'(m), elementwise."""
        return self.c1 + 2 * self.c2 * m

    def third(self, m):
        """Return the third cumulant κ(m) = V V', elementwise."""
        return self.variance(m) * self.variance_slope(m)

    def third_slope(self, m):
        """Return κ'(m) = V'² + V V'', elementwise."""
        return self.variance_slope(m) ** 2 + 2 * self.c2 * self.variance(m)

    def third_curvature(self, m):
        """Return κ''(m) = 3 V' V'', elementwise."""
        return 6 * self.c2 * self.variance_slope(m)

    def entropy(self, m):
        """Return min_x [Γ(x) - x m]: the entropy of a free unit with mean m.

        Gaussian units: ½ log 2πσ² - m²/2σ², which holds their own energy too.
        """
        if np.isinf(self.high):
            return self.unit.log_partition(0.0) - m**2 / (2 * self.c0)
        p = (m - self.low) / (self.high - self.low)
        return entr(p) + entr(1 - p)


def family_of(unit):
    """Return the `Family` of a unit type.

    Examples
    --------
    >>> from rbmlib.units import SPIN
    >>> family_of(SPIN).variance(0.5)
    0.75
    """
    if isinstance(unit, Binary):
        return Family(unit, 0.0, 1.0, -1.0, 0.0, 1.0)
    if isinstance(unit, Spin):
        return Family(unit, 1.0, 0.0, -1.0, -1.0, 1.0)
    return Family(unit, unit.variance_at_rest, 0.0, 0.0, -np.inf, np.inf)
