"""Penalties on the weights: what is climbed is ⟨log p⟩ - l2/2 Σ W² - l1 Σ |W|.

After the step of the likelihood, W + η G, the weights decay and are thresholded,

W' = soft(W + η (G - l2 W), η l1),    soft(x, t) = sign(x) max(|x| - t, 0).

This is the proximal step of the sum (I. Daubechies, M. Defrise, C. De Mol (2004),
doi:10.1002/cpa.20042): weights that the data do not hold become zero exactly, and at
rest G - l2 W = l1 sign(W) where W ≠ 0, and |G| ≤ l1 where W = 0.

Biases are not penalised.  With the centred gradient that means those of centred units,
a + W λ and b + Wᵀ μ, μ = ⟨v⟩ and λ = ⟨h⟩ the means of the data: a weight that shrinks
gives its mean field to the biases.  So the step still does not depend on which of its
states a unit calls 1, and the points of rest are those of the plain gradient.
"""

import numpy as np

from rbmlib import compiled


def check_decay(rate, l2):
    """Raise ValueError if weights that decay would go beyond zero in one step."""
    if rate * l2 > 1:
        raise ValueError(
            f"l2 must be at most 1 / learning_rate = {1 / rate:g}, got {l2:g}"
        )


def shrink(W, parameters, means, rate, l1, l2):
    """Let weights that were stepped decay, and threshold them, in place.

    Parameters
    ----------
    W : ndarray of float64, shape (n_visible, n_hidden)
        Weights before the step.
    parameters : three ndarrays of float64
        W, a and b after it.
    means : pair of ndarrays, or None
        μ of the visible and λ of the hidden units; None for the plain gradient.
    rate, l1, l2 : float
        Learning rate and penalties, >= 0.

    Examples
    --------
    >>> W, a, b = np.array([[0.3, -1.0]]), np.zeros(1), np.zeros(2)
    >>> shrink(W.copy(), (W, a, b), None, rate=0.5, l1=0.8, l2=0.1)
    >>> W.round(3).tolist(), a.tolist()
    ([[0.0, -0.55]], [0.0])
    """
    new_W, a, b = parameters
    v, h = (np.zeros_like(a), np.zeros_like(b)) if means is None else means
    rows = a.size, b.size
    _shrink(
        W.reshape(rows),
        new_W.reshape(rows),
        a.reshape(-1),
        b,
        v.reshape(-1),
        h,
        float(rate * l1),
        float(rate * l2),
    )


@compiled.kernel()
def _shrink(W, new_W, a, b, mu, lam, threshold, decay):
    # Elementwise, and additions in the order of the indices.
    correction_b = np.zeros_like(b)
    for i in range(a.size):
        correction_a = 0.0
        for j in range(b.size):
            x = new_W[i, j] - decay * W[i, j]
            size = abs(x) - threshold
            kept = np.copysign(size, x) if size > 0.0 else 0.0
            change = kept - new_W[i, j]
            new_W[i, j] = kept
            correction_a += change * lam[j]
            correction_b[j] += mu[i] * change
        a[i] -= correction_a
    for j in range(b.size):
        b[j] -= correction_b[j]
