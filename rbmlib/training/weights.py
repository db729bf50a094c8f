"""Samples that count more than others: the gradient of Σ w log p(v) / Σ w.

Batches run through the data as ever.  In a batch B of n samples the data term is the
mean over B with the weights w, ⟨s⟩_B = Σ_B w s / Σ_B w, and the batch's step is
multiplied by what it holds of the weight, c_B = (Σ_B w / n) / (mean of all w):

c_B (⟨s⟩_B - ⟨s⟩_model) = Σ_B w (s - ⟨s⟩_model) / (n mean of all w).

Each sample is as often in a batch as any other, so the mean of this over batches is the
gradient of the weighted likelihood, for plain and equal weights the one without them.

Weights are rounded to multiples of 2^-29 of the power of two above the largest, so that
integers up to 2^29 stay what they are.  With the hidden means on their grid the sums in
double precision are then exact in any order, and give the same bits everywhere.
"""

import numpy as np

from rbmlib.checks import check_array
from rbmlib.training.gradient import Statistics, mean_bits, statistics

BITS = 29  # with the 24 of means and of the number of rows: 53, of a float64


def check_weights(weights, n_samples):
    """Return weights as integers in float64, shape (n_samples,), or refuse them.

    Raises
    ------
    ValueError
        Another shape, numbers that are not finite and >= 0, or all zero.

    Examples
    --------
    >>> q = check_weights([1, 2, 0.5], 3)
    >>> (q / q[0]).tolist()
    [1.0, 2.0, 0.5]
    """
    weights = check_array(weights, "sample_weight", (n_samples,), low=0)
    largest = weights.max()
    if largest == 0:
        raise ValueError("sample_weight must have a weight > 0, got all 0")
    _, exponent = np.frexp(largest)
    return np.rint(np.ldexp(weights, BITS - exponent))


def share_of(batch, weights):
    """Return c_B: the mean weight of a batch by that of all samples."""
    return (batch.sum() / len(batch)) / (weights.sum() / len(weights))


def weighted_statistics(sampler, unit, v, weights):
    """Return the `Statistics` of visible states with integer weights, or None for none.

    Parameters
    ----------
    sampler : rbmlib.sampling.sampler.Paths
    unit : unit type of the visible layer
    v : ndarray, shape (n_rows, n_visible)
    weights : ndarray of float64, shape (n_rows,)
        Of `check_weights`.  If all are zero the batch has no weight and makes no step,
        and what is returned is the plain mean.
    """
    total = weights.sum()
    if total == 0:
        return statistics(sampler, v)
    h = sampler.mean_h(v, mean_bits(len(v))).astype(np.float64) * weights[:, None]
    columns = unit.encode(v).astype(np.float64)
    W_shape, a_shape = sampler.shapes
    return Statistics(
        (columns.T @ h / total).reshape(W_shape),
        (columns.T @ weights / total).reshape(a_shape),
        h.sum(0) / total,
    )
