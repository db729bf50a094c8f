"""The singular values and vectors of a machine along its training."""

from dataclasses import dataclass

import numpy as np

from rbmlib.mean_field.response import signs


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Singular value decomposition of the weights at each age.

    Attributes
    ----------
    ages : ndarray of int64, shape (n_ages,)
    w : ndarray, shape (n_ages, n_modes)
        Singular values, largest first.
    u : ndarray, shape (n_ages, n_columns, n_modes)
        Left singular vectors; the entry of largest size is positive.  A row for each
        visible unit, or for each state of a categorical one.
    v : ndarray, shape (n_ages, n_hidden, n_modes)
    """

    ages: np.ndarray
    w: np.ndarray
    u: np.ndarray
    v: np.ndarray


def spectrum(trajectory, n_modes=None):
    """Return the `Spectrum` of a trajectory.

    Parameters
    ----------
    trajectory : Trajectory
        The weights of categorical units are taken in the zero-sum gauge.
    n_modes : int, optional
        Number of leading modes that are kept.  Default: all.

    Returns
    -------
    Spectrum

    Raises
    ------
    ValueError
        If n_modes is no integer from 1 to the size of the smaller layer.

    Examples
    --------
    >>> from rbmlib import trained
    >>> modes = spectrum(trained.load("digits").trajectory, n_modes=3)
    >>> modes.u.shape == (len(modes.ages), 64, 3)
    True
    """
    smaller = min(trajectory[0].columns.W.shape)
    n_modes = smaller if n_modes is None else n_modes
    if not (isinstance(n_modes, int | np.integer) and 1 <= n_modes <= smaller):
        raise ValueError(f"n_modes must be an integer of 1 to {smaller}, got {n_modes}")
    weights = (m.visible.gauge_fixed(m.columns.W) for m in trajectory)
    parts = [_leading(W, n_modes) for W in weights]
    w, u, v = (np.stack(part) for part in zip(*parts, strict=True))
    return Spectrum(trajectory.ages, w, u, v)


def _leading(W, n_modes):
    u, w, vt = np.linalg.svd(W, full_matrices=False)
    u, w, v = u[:, :n_modes], w[:n_modes], vt[:n_modes].T
    sign = signs(u)
    return w, u * sign, v * sign


def log_slopes(ages, w):
    """Return d log w/d age between successive ages, and the middles of the intervals.

    Parameters
    ----------
    ages : array_like, shape (n_ages,)
    w : array_like, shape (n_ages, ...)
        Positive.

    Returns
    -------
    middles : ndarray, shape (n_ages - 1,)
    slopes : ndarray, shape (n_ages - 1, ...)

    Raises
    ------
    ValueError
        Unless every w is positive.

    Examples
    --------
    >>> log_slopes([0, 2, 6], np.exp([0, 1, 3]))[1].tolist()
    [0.5, 0.5]
    """
    ages, w = np.asarray(ages, float), np.asarray(w, float)
    if np.any(~(w > 0)):
        raise ValueError(f"w must be positive, got a smallest value of {w.min():g}")
    steps = np.diff(ages).reshape(-1, *[1] * (w.ndim - 1))
    return (ages[1:] + ages[:-1]) / 2, np.diff(np.log(w), axis=0) / steps


def overlaps(u, directions):
    """Return |cos| of the angle between each vector and the direction of its rank.

    Parameters
    ----------
    u : array_like, shape (..., n_units, n_modes)
        Unit vectors in columns.
    directions : array_like, shape (n_units, n_modes)
        Unit vectors in columns; more columns than u has are left out.

    Returns
    -------
    ndarray, shape (..., n_modes)
        Signs of singular vectors mean nothing, hence the absolute value.  For modes of
        nearly equal strength the single vectors mean little: use `subspace_overlap`.

    Examples
    --------
    >>> overlaps([[0.6, 0.8], [-0.8, 0.6]], np.eye(2)).tolist()
    [0.6, 0.6]
    """
    u = np.asarray(u, float)
    directions = np.asarray(directions, float)[:, : u.shape[-1]]
    return np.abs(np.einsum("...ik,ik->...k", u, directions))


def subspace_overlap(u, directions):
    """Return the mean squared cosine of the principal angles of two subspaces.

    1 if the columns span the same space, whatever their order and signs; for two
    random spaces of k dimensions in n it is k/n on average.

    Parameters
    ----------
    u : array_like, shape (..., n_units, n_modes)
        Orthonormal columns.
    directions : array_like, shape (n_units, n_modes)
        Orthonormal columns.

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> float(subspace_overlap([[0.6, 0.8], [-0.8, 0.6]], np.eye(2)))
    1.0
    """
    cosines = np.swapaxes(np.asarray(u, float), -1, -2) @ np.asarray(directions, float)
    return np.square(cosines).sum((-2, -1)) / cosines.shape[-1]


def participation_ratio(u):
    """Return 1/Σ_i u_i⁴ of unit vectors: over how many units a mode extends.

    n for a vector of equal entries, 1 for a single unit, n/3 for a Gaussian one.

    Parameters
    ----------
    u : array_like, shape (..., n_units, n_modes)

    Returns
    -------
    ndarray, shape (..., n_modes)

    Examples
    --------
    >>> participation_ratio(np.full((4, 1), 0.5)).tolist()
    [4.0]
    """
    return 1 / (np.asarray(u, float) ** 4).sum(-2)
