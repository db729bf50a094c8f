"""Series of one observable or of several, of one chain or of several."""

import numpy as np

from rbmlib.checks import check_array, said


def check_series(x):
    """Return series as float64, or refuse them."""
    x = check_array(x, "x", (...,))
    shape = x.shape
    if x.ndim not in (1, 2, 3) or shape[min(x.ndim - 1, 1)] < 2 or 0 in shape:
        raise ValueError(
            "x must have shape (n_steps,), (n_chains, n_steps) or "
            f"(n_chains, n_steps, n_variables) with n_steps >= 2, got {x.shape}"
        )
    return x


def deviations(x, mean):
    """Return x - mean as rows, one for each chain and variable, or refuse them."""
    x = x.reshape((1, -1, 1) if x.ndim == 1 else (*x.shape, 1)[:3])
    rows = x - (x.mean(axis=(0, 1)) if mean is None else _check_mean(mean, x.shape[2]))
    rows = np.ascontiguousarray(rows.transpose(0, 2, 1)).reshape(-1, x.shape[1])
    if not np.any(x != x[:1, :1]):
        raise ValueError(
            f"x must vary, got {said(x.flat[0])} as each value: a series that does not "
            "vary has no correlation"
        )
    return rows


def _check_mean(mean, n_variables):
    """Return one mean, or one for each variable, or raise ValueError."""
    mean = check_array(mean, "mean", (...,))
    if mean.shape not in ((), (n_variables,)):
        raise ValueError(
            f"mean must be one number or have shape ({n_variables},), got {mean.shape}"
        )
    return mean


def n_chains_of(x):
    """Return the number of chains of series."""
    shape = np.shape(x)
    return 1 if len(shape) == 1 else shape[0]
