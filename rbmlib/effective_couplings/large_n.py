"""The average over many spins as an integral over a Gaussian field.

What the spins outside a set A contribute to the field of a hidden unit, X_a, is close
to a Gaussian of variance Σ_{j∉A} W_ja² when no weight dominates.  Where one weight
carries more than half of that variance, its spin is summed explicitly.  Here the
integral is taken node by node, for any type of unit; `characteristic` has the fast way
for units of two states.
"""

from itertools import product

import numpy as np

_REACH = 9.0  # standard deviations; the Gaussian beyond weighs 2e-19
_STEP = 0.35  # in units of the field, where Γ has its kink of width about one
_WIDEST = 1e4
_CHUNK = 2**20  # numbers held at once


def direct(rbm, sets):
    """Return the couplings of sets, shape (n_sets,), without a_i, by direct sums."""
    values = np.empty(len(sets))
    rows = max(1, _CHUNK // rbm.n_hidden)
    for start in range(0, len(sets), rows):
        block = sets[start : start + rows]
        explicit, deviation = outside(rbm.W, block)
        parts = terms(rbm, block, explicit, deviation)
        values[start : start + rows] = parts.sum(-1)
    return values


def terms(rbm, sets, explicit, deviation):
    """Return what each hidden unit gives to each set, shape (n_sets, n_hidden)."""
    inside = rbm.W[sets]  # (n_sets, order, n_hidden)
    shift = np.where(explicit < 0, 0.0, np.take_along_axis(rbm.W, explicit, 0))
    sides = (-1, 1) if shift.any() else (0,)
    order, gamma = sets.shape[1], rbm.hidden.log_partition
    total = np.zeros(deviation.shape)
    for signs in product((-1, 1), repeat=order):
        field = rbm.b + np.tensordot(inside, np.array(signs, float), (1, 0))
        for side in sides:
            mean = gaussian_mean(gamma, field + side * shift, deviation)
            total += np.prod(signs) * mean / len(sides)
    return total / 2**order


def outside(W, sets):
    """Return, for each set and hidden unit, what the other spins contribute.

    Returns
    -------
    explicit : ndarray of int, shape (n_sets, n_hidden)
        The one spin to sum explicitly, or -1.
    deviation : ndarray, shape (n_sets, n_hidden)
        Standard deviation of the contribution of all others.
    """
    squares = np.square(W)
    variance = squares.sum(0) - squares[sets].sum(1)
    if (2 * squares.max(0) <= variance).all():
        return np.full(variance.shape, -1), np.sqrt(variance)
    # Among the order + 1 largest weights, at least one belongs to no unit of the set.
    ranked = np.argsort(-np.abs(W), axis=0, kind="stable")[: sets.shape[1] + 1]
    explicit, largest = np.full(variance.shape, -1), np.zeros(variance.shape)
    free = np.ones(variance.shape, bool)  # no unit outside the set found so far
    for unit in ranked:
        found = free & (sets[:, :, None] != unit).all(1)
        free &= ~found
        square = squares[unit, np.arange(W.shape[1])]
        dominates = found & (2 * square > variance)
        explicit[dominates] = np.broadcast_to(unit, free.shape)[dominates]
        largest[dominates] = np.broadcast_to(square, free.shape)[dominates]
    return explicit, np.sqrt(np.maximum(variance - largest, 0.0))


def check_width(deviation):
    """Raise ValueError for deviations that would take more than 500,000 nodes."""
    if (largest := float(deviation.max(initial=0.0))) > _WIDEST:
        raise ValueError(
            f"W must give fields of a standard deviation up to {_WIDEST:g} for method "
            f'"gaussian", got {largest:.6g}'
        )


def gaussian_mean(gamma, x, deviation):
    """Return E Γ(x + deviation z) with z standard normal, elementwise.

    The trapezoidal rule, which converges exponentially for analytic functions; Gauss–
    Hermite nodes are too sparse near the kink of Γ when the deviation is large.

    Raises
    ------
    ValueError
        Deviations above 1e4, which would take more than 500,000 nodes.
    """
    check_width(deviation)
    step = min(0.5, _STEP / max(deviation.max(initial=0.0), 1e-300))
    nodes = step * np.arange(-int(_REACH / step), int(_REACH / step) + 1)
    weights = np.exp(-(nodes**2) / 2)
    weights /= weights.sum()
    total = np.zeros_like(x)
    for z, weight in zip(nodes, weights, strict=True):
        total += weight * gamma(x + z * deviation)
    return total
