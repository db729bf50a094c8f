"""The machine of largest likelihood, where all visible states can be listed.

Stochastic ascent needs many updates for what is worth a thousandth of a nat, as the
four-body terms of a magnet are.  With the law of the data over all states, likelihood
and gradient are sums without noise, and SciPy's L-BFGS finds the top in a second.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from rbmlib import enumeration, randomness
from rbmlib.checks import check_array, check_positive
from rbmlib.rbm import RBM
from rbmlib.units import SPIN

MOST_SPINS = 14
_SCALE = 0.3  # of the weights at the start
_OPTIONS = {"maxiter": 5000, "maxfun": 10_000, "ftol": 0.0, "gtol": 1e-7}


class Fit(NamedTuple):
    """What `maximum_likelihood` returns.

    Attributes
    ----------
    machine : RBM
    divergence : float
        Σ q log(q/p) of the data's shares q from the machine's p: in nats, how far the
        likelihood is below that of the shares themselves.
    slope : float
        Largest entry of the gradient that is left.
    """

    machine: RBM
    divergence: float
    slope: float


def maximum_likelihood(counts, n_hidden, *, seed):
    """Return a machine of ±1 units at a maximum of its likelihood.

    Parameters
    ----------
    counts : array_like, shape (2**n_visible,)
        How often each state was seen, or its probability; states in the order of
        `rbmlib.enumeration.all_states`, of at most 14 spins.
    n_hidden : int
    seed : int
        Of the small random weights where the ascent begins.

    Returns
    -------
    Fit
        The likelihood has many maxima; others are found from other seeds.  At most
        5000 steps are made, and ``slope`` says what they left.

    Raises
    ------
    ValueError, TypeError
        Counts that are negative, all zero, or not 2^n of them with n from 1 to 14; a
        number of hidden units that is no integer >= 1; a bad seed.

    Examples
    --------
    >>> fit = maximum_likelihood([4, 1, 1, 4], 1, seed=0)
    >>> from rbmlib.effective_couplings import couplings
    >>> couplings(fit.machine, 2).round(4).tolist()  # ln(4)/2
    [[0.0, 0.6931], [0.6931, 0.0]]
    """
    q = check_array(counts, "counts", ("n_states",), 0)
    n = len(q).bit_length() - 1
    if not 1 <= n <= MOST_SPINS or len(q) != 2**n or not q.any():
        raise ValueError(
            f"counts must hold 2^n numbers, n from 1 to {MOST_SPINS} and not all zero, "
            f"got {len(q)} with the sum {q.sum():g}"
        )
    n_hidden = check_positive(n_hidden, "n_hidden", most=2**16)
    q, states = q / q.sum(), enumeration.all_states(SPIN, n).astype(np.float64)
    start = np.zeros(n * n_hidden + n + n_hidden)
    weights = randomness.bell(seed, randomness.WEIGHTS, (n, n_hidden))
    start[: n * n_hidden] = _SCALE * weights.ravel()
    found = minimize(
        _loss, start, (q, states), jac=True, method="L-BFGS-B", options=_OPTIONS
    )
    entropy = -(q[q > 0] @ np.log(q[q > 0]))
    machine = RBM(*_parts(found.x, n), SPIN, SPIN)
    return Fit(machine, float(found.fun - entropy), float(np.abs(found.jac).max()))


def _parts(theta, n):
    """Return W, a and b of a vector of all parameters."""
    n_hidden = (len(theta) - n) // (n + 1)
    W, a, b = np.split(theta, [n * n_hidden, n * n_hidden + n])
    return W.reshape(n, n_hidden), a, b


def _loss(theta, q, states):
    """Return the mean of -log p and its gradient."""
    W, a, b = _parts(theta, states.shape[1])
    x = b + states @ W
    minus_f = states @ a + np.logaddexp(x, -x).sum(1)
    log_z = np.logaddexp.reduce(minus_f)
    difference = np.exp(minus_f - log_z) - q
    mean_h = np.tanh(x)
    slopes = (states * difference[:, None]).T @ mean_h
    gradient = np.concatenate(
        [slopes.ravel(), difference @ states, difference @ mean_h]
    )
    return log_z - q @ minus_f, gradient
