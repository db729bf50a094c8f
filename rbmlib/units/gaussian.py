"""The Gaussian unit: any real number."""

from dataclasses import dataclass

import numpy as np

from rbmlib import randomness
from rbmlib.units.of_variance import OfVariance
from rbmlib.units.quadratic import QuadraticVariance


@dataclass(frozen=True)
class Gaussian(OfVariance, QuadraticVariance):
    """Real unit with own energy s²/2σ²: Γ(x) = σ²x²/2 + log(2πσ²)/2.

    Parameters
    ----------
    variance_at_rest : float
        σ², the variance of the unit; its mean is σ²x.

    Raises
    ------
    ValueError, TypeError
        A variance that is no finite positive number.

    Examples
    --------
    >>> unit = Gaussian(variance_at_rest=4.0)
    >>> float(unit.mean(0.5)), float(unit.variance(0.5))
    (2.0, 4.0)
    """

    variance_at_rest: float = 1.0
    name = "gaussian"
    letter = "G"
    quadratic = True

    @property
    def coefficients(self):
        """c₀, c₁ and c₂ of V(m): the variance does not depend on the mean."""
        return self.variance_at_rest, 0.0, 0.0

    def log_partition(self, x):
        """Return Γ(x), elementwise."""
        s2 = self.variance_at_rest
        return 0.5 * s2 * np.square(x) + 0.5 * np.log(2 * np.pi * s2)

    def mean(self, x):
        """Return Γ'(x) = σ²x, elementwise."""
        return self.variance_at_rest * np.asarray(x)

    def variance(self, x):
        """Return Γ''(x) = σ², elementwise."""
        return np.full_like(np.asarray(x, dtype=float), self.variance_at_rest)

    def draw(self, x, seed, stream, sweep, chains):
        """Return states in the fields x; parameters as in `Unit.draw`.

        In double precision: the last bits may differ between machines.
        """
        noise = randomness.normals(seed, stream, sweep, chains, x.shape[1])
        return self.mean(x) + np.sqrt(self.variance_at_rest) * noise

    def draw_at(self, mean, seed, stream, sweep, chains):
        """Return states of the given means, as `Unit.draw_at`."""
        return self.draw(mean / self.variance_at_rest, seed, stream, sweep, chains)

    def bias_of_mean(self, mean, clip=0.0):
        """Return the biases of free units with these means: mean / σ²."""
        return mean / self.variance_at_rest

    def entropy(self, m):
        """Return min_x [Γ(x) - x m], elementwise.

        It is ½ log 2πσ² - m²/2σ², which holds the own energy too.
        """
        return self.log_partition(0.0) - m**2 / (2 * self.variance_at_rest)


def check_convergent(W, visible, hidden):
    """Raise ValueError where Z of two layers of unbounded units may diverge.

    Their Γ grow as the square of a field.  Z is finite if the top singular value of W
    is below 1/(σ_v σ_h); for Gaussian layers only then.
    """
    variances = visible.own_variance, hidden.own_variance
    if None in variances:
        return
    top, limit = np.linalg.norm(W, 2), np.prod(variances) ** -0.5
    if top >= limit:
        raise ValueError(
            f"W of a {visible.name}–{hidden.name} machine must have its top singular "
            f"value below 1/(σ_v σ_h) = {limit:.6g} (else Z diverges), got {top:.6g}"
        )


def joint_log_z(W, a, b, variance_v, variance_h):
    """Return log Z of two Gaussian layers: an integral with precision P and field f.

    Parameters
    ----------
    W, a, b : ndarrays
        Parameters of the machine.
    variance_v, variance_h : float
        σ² of each layer.
    """
    P = np.block(
        [[np.eye(len(a)) / variance_v, -W], [-W.T, np.eye(len(b)) / variance_h]]
    )
    f = np.concatenate([a, b])
    _, log_det = np.linalg.slogdet(P)
    quadratic = 0.5 * f @ np.linalg.solve(P, f)
    return float(quadratic - 0.5 * log_det + 0.5 * f.size * np.log(2 * np.pi))


GAUSSIAN = Gaussian()  # real units of own variance 1
