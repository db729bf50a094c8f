"""The susceptibility of a stored machine along its own modes, from chains."""

from typing import NamedTuple

import numpy as np

from rbmlib import sampling
from rbmlib.checks import check_array, check_positive
from rbmlib.mean_field.response import response_matrix
from rbmlib.randomness import check_seed
from rbmlib.rbm import check_machine

N_RECORDS = 4  # times at which the chains are looked at
LEAST = 1e-12  # variance of a unit that varies


class ModeVariances(NamedTuple):
    """Of the largest modes of a machine, in the units of independent units.

    Attributes
    ----------
    strengths : ndarray, shape (n_modes,)
        Singular values s of D_v^½ W D_h^½.
    of_machine, of_data : ndarray, shape (n_modes,)
        Variance of D_v^-½ v along the left singular vectors: χ.  It is 1 for
        independent units, and 1/(1 - s²) by linear response below s = 1.
    """

    strengths: np.ndarray
    of_machine: np.ndarray
    of_data: np.ndarray


def mode_variances(rbm, covariance, n_modes=3, n_chains=400, n_sweeps=200, *, seed):
    """Measure the variances of a machine and of data along the machine's modes.

    Chains start at noise; the second half of their sweeps is looked at, four times.
    D_v and D_h hold the variances that the units have in it.

    Parameters
    ----------
    rbm : RBM
        Of units with one number each.
    covariance : array_like, shape (n_visible, n_visible)
        Of the data.
    n_modes, n_chains, n_sweeps : int
        n_sweeps at least 8: chains must forget their start in half of them.
    seed : int

    Returns
    -------
    ModeVariances

    Raises
    ------
    ValueError, TypeError
        No machine, a covariance of another shape, a number out of range.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> free = RBM.random(20, 10, scale=0.0, seed=0)
    >>> found = mode_variances(free, 0.25 * np.eye(20), 1, 2000, 8, seed=0)
    >>> bool(abs(found.of_machine[0] - 1) < 0.1)
    True
    """
    check_machine(rbm)
    N = rbm.n_visible
    covariance = check_array(covariance, "covariance", (N, N))
    most = min(rbm.W.shape)
    n_modes = check_positive(n_modes, "n_modes", most=most)
    n_chains = check_positive(n_chains, "n_chains", least=2)
    n_sweeps = check_positive(n_sweeps, "n_sweeps", least=2 * N_RECORDS)
    v, mean_h = _records(rbm, n_chains, n_sweeps, check_seed(seed))
    variance_v, varied = v.var(0), v.var(0) > LEAST
    variance_h = rbm.hidden.variance_at(mean_h.mean(0))
    X = response_matrix(rbm.W, variance_v, variance_h)
    u, s, _ = np.linalg.svd(X, full_matrices=False)
    along = np.zeros((N, n_modes))
    along[varied] = u[varied, :n_modes] / np.sqrt(variance_v[varied])[:, None]
    of_data = np.einsum("ia,ij,ja->a", along, covariance, along)
    return ModeVariances(s[:n_modes], (v @ along).var(0), of_data)


def _records(rbm, n_chains, n_sweeps, seed):
    """Return states of v, and means of h given them."""
    each = n_sweeps // (2 * N_RECORDS)
    v = sampling.random_start(rbm, n_chains, seed)
    v, _ = sampling.gibbs(rbm, v, n_sweeps - N_RECORDS * each, seed)
    found = []
    for step in range(N_RECORDS):
        first = n_sweeps - (N_RECORDS - step) * each
        v, _ = sampling.gibbs(rbm, v, each, seed, first_sweep=first)
        found.append(v)
    v = np.concatenate(found).astype(float)
    return v, rbm.mean_h(v)
