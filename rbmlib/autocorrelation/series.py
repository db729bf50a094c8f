"""Series of one observable or of several, of one chain or of several."""

import numpy as np

from rbmlib.checks import as_numbers, check_array, said

MOST_NUMBERS = 2**23  # of series whose deviations are kept at once, 64 MB


def check_series(x):
    """Return series of finite numbers, or refuse them: as float64 if they are few."""
    x = as_numbers(x, "x")
    if x.size <= MOST_NUMBERS or x.ndim != 3:
        x = check_array(x, "x", (...,))
    else:
        for chain in x:
            check_array(chain, "x", (...,))
    shape = x.shape
    if x.ndim not in (1, 2, 3) or shape[min(x.ndim - 1, 1)] < 2 or 0 in shape:
        raise ValueError(
            "x must have shape (n_steps,), (n_chains, n_steps) or "
            f"(n_chains, n_steps, n_variables) with n_steps >= 2, got {x.shape}"
        )
    return x


def deviations(x, mean):
    """Return x - mean as rows, one for each chain and variable, or refuse them.

    Returns
    -------
    ndarray, or `Rows` if they are many; both are float64 of (n_rows, n_steps)
    """
    x = x.reshape((1, -1, 1) if x.ndim == 1 else (*x.shape, 1)[:3])
    mean = _mean(x) if mean is None else _check_mean(mean, x.shape[2])
    if not any(np.any(chain != x[0, 0]) for chain in x):
        raise ValueError(
            f"x must vary, got {said(x.flat[0])} as each value: a series that does not "
            "vary has no correlation"
        )
    rows = Rows(x, mean)
    return rows if x.size > MOST_NUMBERS else rows[:]


def _mean(x):
    """Return the mean over chains and steps, in double precision."""
    return x.mean(axis=(0, 1), dtype=np.float64)


class Rows:
    """Rows of deviations, made when they are asked for.

    Parameters
    ----------
    x : ndarray, shape (n_chains, n_steps, n_variables)
        Of any real dtype.
    mean : ndarray, shape () or (n_variables,)
    """

    def __init__(self, x, mean):
        self._x, self._mean = x, mean
        n_chains, n_steps, self._n_variables = x.shape
        self.shape = n_chains * self._n_variables, n_steps

    def __len__(self):
        """Return the number of rows."""
        return self.shape[0]

    def __getitem__(self, rows):
        """Return a slice of the rows, float64, in C order."""
        start, stop, _ = rows.indices(len(self))
        n = self._n_variables
        first, last = start // n, max(start // n, -(-stop // n))
        x = self._x[first:last] - self._mean
        x = np.ascontiguousarray(x.transpose(0, 2, 1)).reshape(-1, self.shape[1])
        return x[start - first * n : stop - first * n]


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
