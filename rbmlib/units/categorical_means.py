"""Categorical units at given means: the probabilities of their states.

The columns of one unit are correlated, Cov(k, l) = p_k δ_kl - p_k p_l, and their sum is
always one.  The field that a layer gives to unit j has the variance
Q_j = Σ_i [Σ_k p_ik W_ikj² - (Σ_k p_ik W_ikj)²].
"""

import numpy as np
from scipy.special import entr

from rbmlib.checks import as_numbers, check_positive

_CHUNK = 2**22  # numbers held at once


class CategoricalMeans:
    """The part of `Categorical` that knows the unit by its means, as `AtMean`."""

    plefka_orders = (1, 2)

    def check_n_units(self, n_units):
        """Return the number of units of a layer, or refuse it."""
        n_units = check_positive(n_units, "n_units")
        if np.ndim(self.q) and n_units != len(self.q):
            raise ValueError(
                f"n_units must be {len(self.q)}, as {self!r} says, got {n_units}"
            )
        return n_units

    def check_means(self, m, n_units, argument):
        """Return probabilities as float64, shape (..., n_columns), or refuse them.

        Integers are states, shape (..., n_units); numbers of floating point are the
        probabilities of the states, in the shape of the biases or column by column.

        Raises
        ------
        ValueError, TypeError
            As `AtMean.check_means`; or probabilities whose sum is not 1.

        Examples
        --------
        >>> from rbmlib.units import Categorical
        >>> Categorical(2).check_means([[0.25, 0.75], [1.0, 0.0]], 2, "m").tolist()
        [0.25, 0.75, 1.0, 0.0]
        """
        n_units = self.check_n_units(n_units)
        m = as_numbers(m, argument)
        if m.dtype.kind in "iu":
            return self.encode(self.check(m, n_units, argument)).astype(np.float64)
        shape, n_columns = self.bias_shape(n_units), int(self.widths(n_units).sum())
        m = m.astype(np.float64, copy=False)
        if m.shape[-len(shape) :] == shape:
            m = m.reshape(m.shape[: -len(shape)] + (n_columns,))
        if m.ndim == 0 or m.shape[-1] != n_columns:
            raise ValueError(
                f"{argument} must have shape (..., {shape}), got {m.shape}"
            )
        for _, _, p in self._by_unit(m):
            total = p.sum(-1)
            good = (np.abs(total - 1) < 1e-6) & (p >= 0).all(-1)
            if not good.all():
                raise ValueError(
                    f"{argument} must hold probabilities of the states of each unit, "
                    f"whose sum is 1; got {p[~good][0]}"
                )
        return m

    def entropy(self, m):
        """Return -p log p of each state: the sum over a layer is its entropy."""
        return entr(m)

    def variance_at(self, m):
        """Return p(1 - p) of each state."""
        return m * (1 - m)

    # ------------------------------------------------------------ pairs of units

    def _inner(self, m, W):
        """Yield (units, columns, W by unit, Σ_k m_k W_k) for units of equal q."""
        for units, columns, by_unit in self._by_unit(m):
            W_unit = W[columns]
            yield units, columns, W_unit, np.einsum("...nq,nqh->...nh", by_unit, W_unit)

    def _blocks(self, m, n_other):
        """Return the rows of m to treat together: a number for each unit pair."""
        rows = max(1, _CHUNK // (self.n_units(m[0]) * n_other))
        return [slice(i, i + rows) for i in range(0, len(m), rows)]

    def pair_sum(self, m, W):
        """Return Q_j = Σ_i Var(W_j of unit i), shape (..., n_other)."""
        flat = m.reshape(-1, m.shape[-1])
        out = flat @ W**2
        for rows in self._blocks(flat, W.shape[1]):
            for _, _, _, inner in self._inner(flat[rows], W):
                out[rows] -= np.square(inner).sum(-2)
        return out.reshape(m.shape[:-1] + W.shape[1:])

    def pair_slope(self, m, W, y):
        """Return the derivative of Σ_j y_j Q_j by the means, shape (..., n_columns)."""
        flat, y_flat = m.reshape(-1, m.shape[-1]), y.reshape(-1, y.shape[-1])
        out = y_flat @ W.T**2
        for rows in self._blocks(flat, W.shape[1]):
            for _, columns, W_unit, inner in self._inner(flat[rows], W):
                weighted = y_flat[rows, None, :] * inner
                out[rows, columns] -= 2 * np.einsum("snh,nqh->snq", weighted, W_unit)
        return out.reshape(m.shape)

    def pair_slopes(self, m, W):
        """Return the derivative of each Q_j by each mean, (n_columns, n_other)."""
        out = W**2
        for _, columns, W_unit, inner in self._inner(m, W):
            out[columns] -= 2 * W_unit * inner[:, None, :]
        return out

    def pair_matrix(self, m, W):
        """Return what each unit adds to Q, shape (n_units, n_other)."""
        out = np.empty((self.n_units(m), W.shape[1]))
        for units, columns, W_unit, inner in self._inner(m, W):
            second = np.einsum("nq,nqh->nh", m[columns], W_unit**2)
            out[units] = second - np.square(inner)
        return out

    def pair_curvature(self, m, W, y):
        """Return the second derivative of ½ Σ_j y_j Q_j by the means of each unit.

        Row a holds the derivatives by a and each state of its unit, shape
        (n_columns, q); what is beyond a unit's states is zero.
        """
        out = np.zeros((len(m), len(self.states)))
        for _, columns, _ in self._by_unit(m):
            block = -np.einsum("nqh,nkh,h->nqk", W[columns], W[columns], y)
            out[columns, : block.shape[-1]] = block
        return out

    def times_covariance(self, m, X):
        """Return C X, with C the covariance of the columns; X (n_columns, n)."""
        out = m[:, None] * X
        for _, columns, _, inner in self._inner(m, X):
            out[columns] -= m[columns][..., None] * inner[:, None, :]
        return out

    def times_root(self, m, X):
        """Return Rᵀ X, with R Rᵀ = C, the covariance of the columns.

        R = S (1 - s sᵀ) with s the roots of the probabilities and S their diagonal.
        """
        root = np.sqrt(m)
        out = root[:, None] * X
        for _, columns, _, inner in self._inner(m, X):
            out[columns] -= root[columns][..., None] * inner[:, None, :]
        return out

    def curvature_matrix(self, curvature):
        """Return a curvature of `pair_curvature` as a matrix of the columns."""
        out = np.zeros((len(curvature),) * 2)
        if curvature.ndim == 2:
            for _, columns, _ in self._by_unit(np.empty(len(curvature))):
                q = columns.shape[1]
                out[columns[:, :, None], columns[:, None, :]] = curvature[columns, :q]
        return out

    def whitened(self, m, curvature, X):
        """Return D^-½ X with D the second derivative of the layer's free energy.

        D = 1/p - curvature on the changes that keep Σ p = 1.  With R of `times_root`,
        D^-1 = R (1 - Rᵀ curvature R)^-1 Rᵀ on these.  None if D is not positive.
        """
        out = self.times_root(m, X)
        if curvature.ndim == 1:  # no curvature
            return out
        root = np.sqrt(m)
        for _, columns, _ in self._by_unit(m):
            s, q = root[columns], columns.shape[1]
            R = s[:, :, None] * (np.eye(q) - s[:, :, None] * s[:, None, :])
            D = np.eye(q) - np.swapaxes(R, 1, 2) @ curvature[columns, :q] @ R
            if np.linalg.eigvalsh(D).min() <= 0:
                return None
            out[columns] = np.linalg.solve(np.linalg.cholesky(D), out[columns])
        return out
