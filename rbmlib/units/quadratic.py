"""Units whose variance is a quadratic function of the mean.

V(m) = c₀ + c₁m + c₂m²: m - m² for {0, 1}, 1 - m² for ±1, σ² for Gaussian units.
Because dm/dx = V, the third cumulant follows, κ(m) = V(m) V'(m), and nothing else about
a unit is needed for mean field up to third order.  C. N. Morris (1982),
doi:10.1214/aos/1176345690, names these the families with quadratic variance function.
"""

from rbmlib.units.unit import Unit


class QuadraticVariance(Unit):
    """A unit with V(m) = c₀ + c₁m + c₂m².

    Attributes
    ----------
    coefficients : tuple of float
        c₀, c₁ and c₂.  Either V(m) = (m - low)(high - m), and the mean in a field x is
        a tanh between the two bounds; or V is the constant c₀, and the mean is c₀x.
    """

    plefka_orders = (1, 2, 3)

    def variance_at(self, m):
        """Return V(m), elementwise."""
        c0, c1, c2 = self.coefficients
        return c0 + m * (c1 + c2 * m)

    def variance_slope(self, m):
        """Return V'(m), elementwise."""
        _, c1, c2 = self.coefficients
        return c1 + 2 * c2 * m

    def variance_curvature(self, m):
        """Return V''(m), elementwise."""
        return 2 * self.coefficients[2] + 0 * m

    def third(self, m):
        """Return the third cumulant κ(m) = V V', elementwise."""
        return self.variance_at(m) * self.variance_slope(m)

    def third_slope(self, m):
        """Return κ'(m) = V'² + V V'', elementwise."""
        c2 = self.coefficients[2]
        return self.variance_slope(m) ** 2 + 2 * c2 * self.variance_at(m)

    def third_curvature(self, m):
        """Return κ''(m) = 3 V' V'', elementwise."""
        return 6 * self.coefficients[2] * self.variance_slope(m)
