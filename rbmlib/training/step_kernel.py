"""The step of an update, from sums to the new parameters: `gradient.ascend`, fused.

Means, their difference, the centred step and the largest new parameters, in one pass
over the rows of W.  Each number is made by the operations of `gradient`, in their
order.
"""

from typing import NamedTuple

import numba
import numpy as np

from rbmlib.training.gradient import largest_of

DATA, MODEL = range(2)
_AT_ONCE = 4  # rows; their sums in the order of the columns do not wait for each other


class Parameters(NamedTuple):
    """W, a and b of units of two states, in double precision."""

    W: np.ndarray
    a: np.ndarray
    b: np.ndarray


def step_room(n_hidden):
    """Return the working memory of `make_step`."""
    return np.zeros((_AT_ONCE + 3, n_hidden))


@numba.njit(inline="always")
def make_step(old, new, rate, plan, totals, counts, room):
    """Write new parameters; return the largest |W|, |a| and |b|.

    Parameters
    ----------
    old, new : Parameters
    rate : float
        The learning rate.
    plan : Plan
        Of `update_kernel`.
    totals : ndarray of float32, shape (n_benches, 2, n_visible + 1, padded n_hidden)
        Σ v mᵀ of DATA and MODEL, and in a last row Σ m; those of the first bench are of
        all.
    counts : ndarray of int64, shape (n_benches, 2, n_visible)
        How often each visible unit is on.
    room : ndarray of float64
        Of `step_room`.
    """
    n_rows = old.a.size
    steps, dh, lam, correction = room[:_AT_ONCE], room[-3], room[-2], room[-1]
    _hidden_means(totals[0, :, n_rows], plan, dh, lam)
    correction[:] = 0
    for first in range(0, n_rows, _AT_ONCE):
        last = min(first + _AT_ONCE, n_rows)
        for i in range(first, last):
            dv, mu = _visible_means(counts[0, DATA, i], counts[0, MODEL, i], plan)
            data, model = totals[0, DATA, i], totals[0, MODEL, i]
            _step_row(data, model, rate, plan, mu, dv, dh, lam, old.W[i], new.W[i],
                      steps[i - first], correction)  # fmt: skip
        sums = _sums(steps, lam)
        for i in range(first, last):
            dv, _ = _visible_means(counts[0, DATA, i], counts[0, MODEL, i], plan)
            new.a[i] = old.a[i] + rate * (dv - sums[i - first])
    for j in range(old.b.size):
        new.b[j] = old.b[j] + rate * (dh[j] - correction[j])
    return largest_of(new.W.reshape(-1)), largest_of(new.a), largest_of(new.b)


@numba.njit(inline="always")
def _hidden_means(sums, plan, dh, lam):
    for j in range(dh.size):
        mean = np.float64(sums[DATA, j]) / plan.n_data
        dh[j] = mean - np.float64(sums[MODEL, j]) / plan.n_chains
        lam[j] = mean if plan.centred else 0.0


@numba.njit(inline="always")
def _visible_means(n_data, n_model, plan):
    """Return the difference of the means of a unit, and its offset."""
    low = np.float64(plan.low_v)
    mean = (n_data * (1 - low) + plan.n_data * low) / plan.n_data
    model = (n_model * (1 - low) + plan.n_chains * low) / plan.n_chains
    return mean - model, mean if plan.centred else 0.0


@numba.njit(inline="always")
def _step_row(data, model, rate, plan, mu, dv, dh, lam, W, new_W, steps, correction):
    n_data, n_chains = plan.n_data, plan.n_chains
    for j in range(dh.size):
        dW = np.float64(data[j]) / n_data - np.float64(model[j]) / n_chains
        step = dW - mu * dh[j] - dv * lam[j]
        new_W[j] = W[j] + rate * step
        steps[j] = step
        correction[j] += mu * step


@numba.njit(inline="always")
def _sums(steps, lam):
    """Return Σ_j step_j λ_j of each row, added in the order of the columns."""
    s0 = s1 = s2 = s3 = 0.0
    for j in range(lam.size):
        s0 += steps[0, j] * lam[j]
        s1 += steps[1, j] * lam[j]
        s2 += steps[2, j] * lam[j]
        s3 += steps[3, j] * lam[j]
    return s0, s1, s2, s3
