"""The gradient of the log-likelihood: what the data say minus what the model says.

∂L/∂W_ij = ⟨v_i h_j⟩_data - ⟨v_i h_j⟩_model, and the same for the biases.  The centred
gradient (J. Melchior, A. Fischer, L. Wiskott (2016), JMLR 17:99) subtracts the data
means μ = ⟨v⟩_data and λ = ⟨h⟩_data from the states in both phases.  The fixed points
stay; with the corrections of the biases below, the step no longer depends on which of
its states a unit calls 1.

Sums over the batch are exact: states are integers, hidden means stand on a grid that is
coarse enough for float32.  What follows is elementwise or in a fixed order.
"""

from dataclasses import dataclass

import numpy as np

from rbmlib import compiled, enumeration

_MAX_BATCH = 2**16


@dataclass(frozen=True)
class Statistics:
    """Means over a set of configurations: ⟨v hᵀ⟩, ⟨v⟩ and ⟨h⟩, in float64.

    Their shapes are those of the parameters W, a and b; of a categorical unit v stands
    for its columns, a one for the state that it is in.
    """

    vh: np.ndarray
    v: np.ndarray
    h: np.ndarray


def mean_bits(n_rows):
    """Return the largest number of bits for which sums over n_rows are exact.

    Raises
    ------
    ValueError
        More rows than exact sums allow, 2^16.

    Examples
    --------
    >>> mean_bits(500)
    15
    """
    if n_rows > _MAX_BATCH:
        raise ValueError(
            f"batch_size and n_chains must be at most {_MAX_BATCH} for exact sums, "
            f"got {n_rows}"
        )
    return min(20, 24 - (n_rows - 1).bit_length())


def statistics(sampler, v):
    """Return the `Statistics` of visible states, hidden units averaged.

    Parameters
    ----------
    sampler : rbmlib.sampling.sampler.Paths
    v : ndarray, shape (n_rows, n_visible)
    """
    n = len(v)
    # The sums are exact; dividing rounds each element once.
    vh, v_sum, h_sum = sampler.sums(v, mean_bits(n))
    return Statistics(vh / n, v_sum / n, h_sum / n)


def exact_statistics(rbm, data=None, weights=None):
    """Return the `Statistics` of the machine itself, or of the data, without grid.

    Parameters
    ----------
    rbm : RBM
        Small enough to enumerate if data is None.
    data : array_like, shape (n_samples, n_visible), optional
    weights : ndarray, shape (n_samples,), optional
        Weights of the data, >= 0.  Default: all equal.

    Raises
    ------
    ValueError
        Data that are no states, or a machine too large to enumerate.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[0.0]], [0.0], [0.0])
    >>> [exact_statistics(machine, data).v.tolist() for data in (None, [[1]])]
    [[0.5], [1.0]]
    """
    if data is None:
        mean_v, mean_h, mean_vh = enumeration.moments(rbm)
        return Statistics(mean_vh, mean_v, mean_h)
    v = rbm.visible.check(data, rbm.n_visible, "data")
    m, columns = rbm.mean_h(v), rbm.visible.encode(v)
    if weights is not None:
        share = weights / weights.sum()
        vh, v_mean = columns.T @ (share[:, None] * m), share @ columns
        shapes = rbm.W.shape, rbm.a.shape
        return Statistics(vh.reshape(shapes[0]), v_mean.reshape(shapes[1]), share @ m)
    return Statistics(
        (columns.T @ m / len(v)).reshape(rbm.W.shape),
        columns.mean(0, dtype=np.float64).reshape(rbm.a.shape),
        m.mean(0),
    )


def exact_gradient(rbm, data, weights=None):
    """Return the gradient of the mean log-likelihood with respect to (W, a, b).

    Parameters
    ----------
    rbm : RBM
        With one layer of at most 25 units.
    data : array_like, shape (n_samples, n_visible)
    weights : ndarray, shape (n_samples,), optional
        The mean is then Σ w log p(v) / Σ w.

    Returns
    -------
    W, a, b : ndarrays of the shapes of the parameters

    Raises
    ------
    ValueError
        Data that are no states, or a machine too large to enumerate.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> grad = exact_gradient(RBM([[0.0]], [0.0], [0.0]), [[1], [1], [1], [0]])
    >>> [float(g.ravel()[0]) for g in grad]
    [0.125, 0.25, 0.0]
    """
    return difference(exact_statistics(rbm, data, weights), exact_statistics(rbm))


def difference(data, model):
    """Return (W, a, b): the plain gradient, data minus model."""
    return data.vh - model.vh, data.v - model.v, data.h - model.h


def ascend(W, a, b, data, model, learning_rate, centred, out=None):
    """Add learning_rate times the gradient to the parameters.

    Parameters
    ----------
    W, a, b : ndarray of float64
        Full-precision parameters.
    data, model : Statistics
    learning_rate : float
    centred : bool
        Use the centred gradient, with the means of `data` as offsets in both phases.
    out : tuple of three ndarrays, optional
        Where to write the new parameters.  Default: in place.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> W, a, b = np.zeros((1, 1)), np.zeros(1), np.zeros(1)
    >>> machine = RBM(W, a, b)
    >>> averages = exact_statistics(machine, [[1]]), exact_statistics(machine)
    >>> ascend(W, a, b, *averages, learning_rate=0.1, centred=False)
    >>> W.tolist(), a.tolist(), b.tolist()
    ([[0.025]], [0.05], [0.0])
    """
    dW, dv, dh = difference(data, model)
    mu, lam = (data.v, data.h) if centred else (np.zeros_like(a), np.zeros_like(b))
    rows = a.size, b.size  # one for each column of the visible layer
    new_W, new_a, new_b = (W, a, b) if out is None else out
    _ascend(
        W.reshape(rows),
        a.reshape(-1),
        b,
        dW.reshape(rows),
        dv.reshape(-1),
        dh,
        mu.reshape(-1),
        lam,
        float(learning_rate),
        new_W.reshape(rows),
        new_a.reshape(-1),
        new_b,
    )


@compiled.kernel()
def _ascend(W, a, b, dW, dv, dh, mu, lam, rate, new_W, new_a, new_b):
    # One pass over the rows, additions in the order of the indices.
    correction_b = np.zeros_like(b)
    for i in range(a.size):
        correction_a = 0.0
        for j in range(b.size):
            step = dW[i, j] - mu[i] * dh[j] - dv[i] * lam[j]
            new_W[i, j] = W[i, j] + rate * step
            correction_a += step * lam[j]
            correction_b[j] += mu[i] * step
        new_a[i] = a[i] + rate * (dv[i] - correction_a)
    for j in range(b.size):
        new_b[j] = b[j] + rate * (dh[j] - correction_b[j])


def largest(*arrays):
    """Return the largest absolute values; inf or NaN where one is not finite.

    Parameters
    ----------
    arrays : three ndarrays of float64

    Examples
    --------
    >>> largest(np.array([1.0, -3.0]), np.array([1.0, -np.inf]), np.zeros((2, 2)))
    (3.0, inf, 0.0)
    """
    return _largest(*(x.reshape(-1) for x in arrays))


@compiled.kernel()
def _largest(x, y, z):
    return largest_of(x), largest_of(y), largest_of(z)


@compiled.kernel()
def largest_of(x):
    """Return the largest absolute value of a flat array, as `largest` does."""
    # Without the sign, the bits of floats have the order of their absolute values, and
    # those of what is not finite are the largest.  Integers make vector code.
    bits, found = x.view(np.int64), np.int64(0)
    for i in range(bits.size):
        found = max(found, bits[i] & np.int64(0x7FFFFFFFFFFFFFFF))
    return np.int64(found).view(np.float64)
