"""The log-likelihood of data, and an estimate of log Z with its uncertainty."""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, ndtr

from rbmlib.checks import as_numbers, check_choice, check_real, check_samples, shown
from rbmlib.rbm import RBM, check_machine
from rbmlib.trajectories import machines_of

FEWEST = 10  # chains that must carry the mean weight


@dataclass(frozen=True, eq=False, repr=False)
class Estimate:
    """An estimate of log Z from independent weighted chains.

    Attributes
    ----------
    log_z : float or ndarray, shape (n_ages,)
        Log Z; `trajectory_ais` gives one for each age, and so for the others.
    error : float or ndarray, shape (n_ages,)
        Standard error of log_z: that of the mean weight, divided by the mean weight.
    ess : float or ndarray, shape (n_ages,)
        Effective sample size (Σw)²/Σw², between 1 and n_chains.
    log_weights : ndarray, shape (n_chains,) or (n_ages, n_chains)
        Log of the weights w of the chains.
    doubts : str, or list of str for each age
        Why the estimate is not to be trusted, as far as its own weights tell; empty if
        they tell nothing.  They cannot tell of modes that no chain has found.

    Examples
    --------
    >>> Estimate.from_weights(np.log([1.0, 3.0] * 50), 0.0)
    Estimate(log Z = 0.69314718 ± 0.05; 100 chains, effective sample size 80)
    >>> Estimate.from_weights(np.array([0.0] * 99 + [20.0]), 0.0).doubts
    'the effective sample size 1 of 100 chains is below 10'
    """

    log_z: float | np.ndarray
    error: float | np.ndarray
    ess: float | np.ndarray
    log_weights: np.ndarray

    @classmethod
    def from_weights(cls, log_weights, log_z_start, sign=1):
        """Return the estimate log_z_start + sign log⟨w⟩ over the last axis.

        Parameters
        ----------
        log_weights : ndarray, shape (n_chains,) or (n_ages, n_chains)
            Of at least two chains; -inf for a weight of zero.
        log_z_start : float
        sign : 1 or -1

        Raises
        ------
        ValueError
            Another shape, or weights that have no mean: NaN, infinite, or all zero.
        ValueError, TypeError
            A log_z_start that is no finite number, or a sign that is none.
        """
        log_weights = check_log_weights(log_weights)
        log_z_start = check_real(log_z_start, "log_z_start")
        sign = check_choice(sign, "sign", (1, -1))
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

    @property
    def doubts(self):
        """Why the estimate is not to be trusted, as far as its own weights tell."""
        if np.ndim(self.log_z) == 0:
            return _doubt(self.log_z, self.error, self.ess, self.log_weights)
        numbers = (self.log_z, self.error, self.ess, self.log_weights)
        return [_doubt(*age) for age in zip(*numbers, strict=True)]

    def __repr__(self):
        n = np.shape(self.log_weights)[-1]
        if np.ndim(self.log_z) == 0:
            text = f"log Z = {self.log_z:.8g} ± {self.error:.2g}; {n} chains, "
            text += f"effective sample size {self.ess:.3g}"
            if self.doubts:
                text += f"; not to be trusted: {self.doubts}"
            return f"Estimate({text})"
        text = f"log Z at {len(self.log_z)} ages, {self.log_z[-1]:.8g} ± "
        text += f"{self.error[-1]:.2g} at the last; {n} chains, effective sample size "
        text += f"from {np.min(self.ess):.3g}"
        doubtful = [(age, doubt) for age, doubt in enumerate(self.doubts) if doubt]
        if doubtful:
            age, doubt = doubtful[0]
            text += f"; not to be trusted at {len(doubtful)} of the ages, first at "
            text += f"index {age}: {doubt}"
        return f"Estimate({text})"


def _doubt(log_z, error, ess, log_weights):
    """Return why one estimate is not to be trusted, or an empty text.

    The error is √(1/ess - 1/n) of the mean weight, and the logarithm of the mean is too
    low by half its square: with an ess below 10 the error is above 0.3, no small change
    of a logarithm, and a few chains decide.

    What ess does not see are large weights that no chain has drawn.  If the logarithms
    scatter by s above their median, as a normal number would, the mean weight is made
    at s deviations above it (∫ e^x of a Gaussian), where n Q(s) chains are expected: at
    least ten of them must be.
    """
    if not np.isfinite([log_z, error, ess]).all():
        return "a number that is not finite"
    n = len(log_weights)
    if ess < FEWEST:
        return f"the effective sample size {ess:.3g} of {n} chains is below {FEWEST}"
    above = np.maximum(log_weights - np.median(log_weights), 0.0)
    scatter = np.sqrt(2 * np.mean(above**2))
    if (expected := n * ndtr(-scatter)) < FEWEST:
        return (
            f"log-weights scatter by {scatter:.3g}, so that the mean weight is made by "
            f"about {expected:.2g} of {n} chains, fewer than {FEWEST}"
        )
    return ""


def check_log_weights(log_weights, ndim=None):
    """Return log-weights of at least two chains as float64, if they have a mean.

    Raises
    ------
    TypeError, ValueError
        No numbers; another shape, with ``ndim`` dimensions if given; or weights that
        are NaN, infinite, or all zero.
    """
    log_weights = as_numbers(log_weights, "log_weights").astype(float, copy=False)
    dims = (1, 2) if ndim is None else (ndim,)
    if log_weights.ndim not in dims or log_weights.shape[-1] < 2:
        shapes = " or ".join(("(n_chains,)", "(n_ages, n_chains)")[d - 1] for d in dims)
        raise ValueError(
            f"log_weights must have shape {shapes} with at least two chains, got "
            f"{log_weights.shape}"
        )
    largest = log_weights.max(axis=-1)  # NaN if one is
    if not np.isfinite(largest).all():
        bad = np.ravel(largest)[~np.isfinite(np.ravel(largest))][0]
        raise ValueError(
            f"log_weights must have a finite largest value, got {float(bad)!r}"
        )
    return log_weights


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
    ValueError, TypeError
        No machine, data that are no states, no sample, a log Z that is no finite
        number, or a machine too large for the exact sum.

    Examples
    --------
    >>> fair = RBM([[0.0]], [0.0], [0.0])
    >>> round(log_likelihood(fair, [[0], [1]]), 6)
    -0.693147
    """
    check_machine(rbm)
    data = check_samples(data, rbm.visible, rbm.n_visible, "data")
    log_z = rbm.log_z() if log_z is None else check_real(log_z, "log_z")
    return float(-rbm.free_energy(data).mean() - log_z)


def check_machines(trajectory):
    """Return the machines of a trajectory, or of a sequence, if all are of a kind.

    Raises
    ------
    TypeError, ValueError
        No machine, something else, or other units or sizes.
    """
    machines = machines_of(trajectory)
    for machine in machines:
        check_alike(machines[0], machine, "trajectory")
    return machines


def check_alike(rbm, other, argument):
    """Raise TypeError or ValueError unless other is a machine of the same kind."""
    if not isinstance(other, RBM):
        raise TypeError(
            f"{argument} must be given as machines (RBM), got {shown(other)}"
        )
    same_units = (rbm.visible, rbm.hidden) == (other.visible, other.hidden)
    if not same_units or rbm.W.shape != other.W.shape:
        raise ValueError(
            f"{argument} must have the units and sizes of {rbm!r}, got {other!r}"
        )
