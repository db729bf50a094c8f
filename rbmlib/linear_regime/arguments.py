"""What the flows of the Gaussian machine start from, checked."""

import numpy as np

from rbmlib.checks import check_array, check_real, check_symmetric, said, shown


def check_sigmas(sigma_v, sigma_h):
    """Return standard deviations as floats, or refuse them unless positive.

    Raises
    ------
    TypeError, ValueError
        Naming the argument and its value.
    """
    sigma_v = check_real(sigma_v, "sigma_v", 0, open_low=True)
    return sigma_v, check_real(sigma_h, "sigma_h", 0, open_low=True)


def check_flow(W, covariance, times, sigma_v, sigma_h):
    """Return what a flow of matrices starts from, as floats, or refuse it.

    Raises
    ------
    TypeError, ValueError
        As `rbmlib.linear_regime.full_flow` says.
    """
    W = check_array(W, "W", ("n_visible", "n_hidden"))
    C = check_symmetric(covariance, "covariance", len(W))
    times = check_array(times, "times", ("n_times",))
    if times.size < 2 or not np.all(np.diff(times) > 0):
        raise ValueError(
            "times must be at least two increasing numbers, got "
            f"{shown(times.tolist())}"
        )
    sigma_v, sigma_h = check_sigmas(sigma_v, sigma_h)
    top = sigma_v * sigma_h * np.linalg.norm(W, 2)
    if top >= 1:
        raise ValueError(
            f"W must have σ_v σ_h w < 1 for its top singular value w, got {top:.6g}: "
            "the machine is not normalisable"
        )
    return W, C, times.copy(), sigma_v, sigma_h


def check_start(w0, variance, sigma_v, sigma_h):
    """Return a positive strength and the three constants as floats, or refuse them."""
    w0 = check_real(w0, "w0", 0, open_low=True)
    return w0, *check_mode(np.array(w0), "w0", variance, sigma_v, sigma_h)


def check_mode(w, argument, variance, sigma_v, sigma_h):
    """Return the three constants as floats; refuse them, or strengths beyond them."""
    variance = check_real(variance, "variance", 0, open_low=True)
    sigma_v, sigma_h = check_sigmas(sigma_v, sigma_h)
    bad = ~(sigma_v * sigma_h * np.abs(w) < 1)
    if bad.any():
        raise ValueError(
            f"{argument} must have σ_v σ_h |w| < 1 at sigma_v = {sigma_v:g} and "
            f"sigma_h = {sigma_h:g}, got {said(w[bad][0])}"
        )
    return variance, sigma_v, sigma_h
