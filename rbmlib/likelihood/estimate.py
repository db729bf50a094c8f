"""The log-likelihood of data, and an estimate of log Z with its uncertainty."""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from rbmlib.checks import check_samples
from rbmlib.rbm import RBM


@dataclass(frozen=True, eq=False)
class Estimate:
    """An estimate of log Z from independent weighted chains.

    Attributes
    ----------
    log_z : float or ndarray, shape (n_ages,)
        Log Z; `trajectory_ais` gives one for each age, and so for the others.
    error : float or ndarray, shape (n_ages,)
        Standard error of log_z: that of the mean weight, divided by the mean weight.
        It means little once ess falls below about 10.
    ess : float or ndarray, shape (n_ages,)
        Effective sample size (Σw)²/Σw², between 1 and n_chains.
    log_weights : ndarray, shape (n_chains,) or (n_ages, n_chains)
        Log of the weights w of the chains.
    """

    log_z: float | np.ndarray
    error: float | np.ndarray
    ess: float | np.ndarray
    log_weights: np.ndarray

    @classmethod
    def from_weights(cls, log_weights, log_z_start, sign=1):
        """Return the estimate log_z_start + sign log⟨w⟩ over the last axis."""
        n = log_weights.shape[-1]
        log_sum = logsumexp(log_weights, axis=-1)
        w = np.exp(log_weights - np.expand_dims(log_sum, -1))  # they add up to one
        numbers = (
            log_z_start + sign * (log_sum - np.log(n)),
            w.std(axis=-1, ddof=1) * np.sqrt(n),
            1.0 / np.square(w).sum(axis=-1),
        )
        if log_weights.ndim == 1:
            numbers = map(float, numbers)
        return cls(*numbers, log_weights)


def log_likelihood(rbm, data, log_z=None):
    """Return the mean log-likelihood of data in nats per sample, -⟨F(v)⟩ - log Z.

    Parameters
    ----------
    rbm : RBM
    data : array_like, shape (n_samples, n_visible)
        States of the visible units.
    log_z : float, optional
        For instance from `ais`; the default is the exact sum.

    Raises
    ------
    ValueError
        Data that are no states, no sample, or a machine too large for the exact sum.

    Examples
    --------
    >>> fair = RBM([[0.0]], [0.0], [0.0])
    >>> round(log_likelihood(fair, [[0], [1]]), 6)
    -0.693147
    """
    data = check_samples(data, rbm.visible, rbm.n_visible, "data")
    log_z = rbm.log_z() if log_z is None else log_z
    if np.ndim(log_z) != 0 or not np.isfinite(log_z):
        raise ValueError(f"log_z must be a finite number, got {log_z!r}")
    return float(-rbm.free_energy(data).mean() - log_z)


def check_alike(rbm, other, argument):
    """Raise TypeError or ValueError unless other is a machine of the same kind."""
    if not isinstance(other, RBM):
        raise TypeError(
            f"{argument} must be given as machines (RBM), got {type(other).__name__}"
        )
    same_units = (rbm.visible, rbm.hidden) == (other.visible, other.hidden)
    if not same_units or rbm.W.shape != other.W.shape:
        raise ValueError(
            f"{argument} must have the units and sizes of {rbm!r}, got {other!r}"
        )
