"""The pairs of a Potts model by its pseudo-likelihood: the peer of a machine.

Each site is fitted, given all others, by a softmax regression.  M. Ekeberg and others
(2013), arXiv:1211.1281, brought this to the contacts of proteins.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from rbmlib.checks import check_real, check_samples
from rbmlib.effective_couplings import PottsCouplings
from rbmlib.units import Categorical

_OPTIONS = {"gtol": 1e-7, "ftol": 0.0, "maxiter": 2000, "maxfun": 4000}


def potts_pseudo_likelihood(samples, q, l2):
    """Return the couplings at the maximum of Σ_i log p(v_i | all other sites).

    p(v_i = a | rest) ∝ exp(h_i(a) + Σ_k J_ik(a, v_k)), averaged over the samples, less
    ½ l2 (Σ_a h_i(a)² + Σ_k Σ_ab J_ik(a, b)²).  J_ik and J_ki are averaged in the
    zero-sum gauge.

    Parameters
    ----------
    samples : array_like of int, shape (n_samples, n_sites)
        States from 0 to q - 1, of at least two sites.
    q : int
        Number of states of every site, from 2 to 256.
    l2 : float
        Above zero: without it states that are never seen together have no maximum.

    Returns
    -------
    rbmlib.effective_couplings.PottsCouplings
        J, shape (n_sites, q, n_sites, q), and the norm of each block.

    Raises
    ------
    TypeError, ValueError
        Samples that are no such states, another q, or l2 out of its range.

    Examples
    --------
    >>> samples = [[0, 0], [1, 1], [0, 0], [1, 1], [0, 1], [1, 0]]
    >>> potts_pseudo_likelihood(samples, 2, l2=1e-6).J[0, :, 1].round(3).tolist()
    [[0.347, -0.347], [-0.347, 0.347]]
    """
    unit = Categorical(q)
    samples = check_samples(samples, unit, None, "samples")
    n_sites = samples.shape[1]
    if n_sites < 2:
        raise ValueError(f"samples must have at least two sites, got {n_sites}")
    l2 = check_real(l2, "l2", 0, 1e6, open_low=True)
    columns = unit.encode(samples).astype(np.float64)
    J = np.zeros((n_sites, q, n_sites, q))
    for i in range(n_sites):
        table = _regression(columns, i, q, l2)
        J[i] = table.reshape(n_sites, q, q).transpose(2, 0, 1)
    J -= J.mean(1, keepdims=True)
    J -= J.mean(3, keepdims=True)
    J = (J + J.transpose(2, 3, 0, 1)) / 2
    return PottsCouplings(J, np.sqrt(np.square(J).sum((1, 3))))


def _regression(columns, i, q, l2):
    """Return the couplings of site i with every column, shape (n_columns, q)."""
    x, own = columns.copy(), slice(i * q, (i + 1) * q)
    y, n = columns[:, own], len(columns)
    x[:, own] = 0.0
    x[:, own.start] = 1.0  # the fields, in the place of the site itself

    def loss(theta):
        table = theta.reshape(-1, q)
        field = x @ table
        logs = field - logsumexp(field, axis=1, keepdims=True)
        value = -(y * logs).sum() / n + l2 / 2 * (theta @ theta)
        slope = x.T @ (np.exp(logs) - y) / n + l2 * table
        return value, slope.ravel()

    start = np.zeros(columns.shape[1] * q)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=_OPTIONS)
    table = found.x.reshape(-1, q)
    table[own] = 0.0
    return table
