"""A unit as a function of its mean: what mean field needs of it.

For a unit of one column; a categorical unit has its own (`categorical_means`).  ``m``
are means of a layer, ``W`` the weights from its columns to the units of the other
layer, and Q_j = Σ_i V(m_i) W_ij² the variance that the layer gives to the field on unit
j.  The TAP term of a pair of layers is ½ Σ_j Q_j V(m_j) (`rbmlib.mean_field.plefka`).
"""

import numpy as np

from rbmlib.checks import as_numbers, check_positive, said


class AtMean:
    """The part of `Unit` that knows the unit by its mean."""

    def check_means(self, m, n_units, argument):
        """Return the means of a layer as float64, shape (..., n_columns), or refuse.

        Parameters
        ----------
        m : array_like, shape (..., n_units)
        n_units : int
        argument : str
            Name that the error message uses.

        Raises
        ------
        ValueError, TypeError
            Wrong last dimension, no finite real numbers, a value that is no mean of the
            unit, or a number of units that is no integer >= 1.

        Examples
        --------
        >>> from rbmlib.units import SPIN
        >>> SPIN.check_means([0.5, -1], 2, "m")
        array([ 0.5, -1. ])
        """
        n_units = check_positive(n_units, "n_units")
        m = as_numbers(m, argument).astype(np.float64, copy=False)
        if m.ndim == 0 or m.shape[-1] != n_units:
            raise ValueError(
                f"{argument} must have shape (..., {n_units}), got {m.shape}"
            )
        inside = np.isfinite(m) & (m >= self.low) & (m <= self.high)
        if not inside.all():
            raise ValueError(
                f"{argument} must hold means of {self.name} units, finite and in "
                f"[{self.low:g}, {self.high:g}]; got {said(m[~inside][0])}"
            )
        return m

    def entropy(self, m):
        """Return min_x [Γ(x) - x m], a sum over the last axis of which is a layer's."""
        raise NotImplementedError

    def variance_at(self, m):
        """Return V(m), the variance of a unit of mean m, elementwise."""
        raise NotImplementedError

    def variance_slope(self, m):
        """Return V'(m), elementwise."""
        raise NotImplementedError

    def variance_curvature(self, m):
        """Return V''(m), elementwise."""
        raise NotImplementedError

    def pair_sum(self, m, W):
        """Return Q of the layer.

        Parameters
        ----------
        m : ndarray, shape (..., n_columns)
        W : ndarray, shape (n_columns, n_other)

        Returns
        -------
        ndarray, shape (..., n_other)
        """
        return self.variance_at(m) @ W**2

    def pair_slope(self, m, W, y):
        """Return the derivative of Σ_j y_j Q_j by the means, shape (..., n_columns)."""
        return self.variance_slope(m) * (y @ W.T**2)

    def pair_slopes(self, m, W):
        """Return the derivative of each Q_j by each mean, shape (n_columns, n_other).

        ``m`` is one point, shape (n_columns,); so it is below.
        """
        return W**2 * self.variance_slope(m)[:, None]

    def pair_matrix(self, m, W):
        """Return what each unit adds to Q, shape (n_units, n_other)."""
        return W**2 * self.variance_at(m)[:, None]

    def pair_curvature(self, m, W, y):
        """Return the second derivative of ½ Σ_j y_j Q_j by the means of each unit."""
        return self.variance_curvature(m) / 2 * (W**2 @ y)

    def times_covariance(self, m, X):
        """Return C X, with C the covariance of the columns; X (n_columns, n)."""
        return self.variance_at(m)[:, None] * X

    def times_root(self, m, X):
        """Return Rᵀ X, with R Rᵀ = C, the covariance of the columns."""
        return np.sqrt(self.variance_at(m))[:, None] * X

    def curvature_matrix(self, curvature):
        """Return a curvature of `pair_curvature` as a matrix of the columns."""
        return np.diag(curvature)

    def whitened(self, m, curvature, X):
        """Return D^-½ X with D the second derivative of the layer's free energy.

        D = 1/V(m) - curvature.  None if D is not positive.
        """
        with np.errstate(divide="ignore"):  # a saturated unit cannot move: D infinite
            D = 1 / self.variance_at(m) - curvature
        return X / np.sqrt(D)[:, None] if D.min() > 0 else None
