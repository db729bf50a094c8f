"""The singular values and vectors of a machine along its training."""

from dataclasses import dataclass

import numpy as np

from rbmlib.checks import check_array, check_instance, check_positive, shown
from rbmlib.mean_field.response import signs
from rbmlib.trajectories import Trajectory

# Vectors of float32 are of unit length, and orthogonal, to a tenth of this.
UNIT = 1e-6


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
    TypeError, ValueError
        If n_modes is no integer from 1 to the size of the smaller layer.

    Examples
    --------
    >>> from rbmlib import trained
    >>> modes = spectrum(trained.load("digits").trajectory, n_modes=3)
    >>> modes.u.shape == (len(modes.ages), 64, 3)
    True
    """
    check_instance(trajectory, "trajectory", Trajectory)
    smaller = min(trajectory[0].columns.W.shape)
    n_modes = smaller if n_modes is None else n_modes
    n_modes = check_positive(n_modes, "n_modes", most=smaller)
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
        Increasing.
    w : array_like, shape (n_ages, ...)
        Positive.

    Returns
    -------
    middles : ndarray, shape (n_ages - 1,)
    slopes : ndarray, shape (n_ages - 1, ...)

    Raises
    ------
    ValueError
        Unless the ages increase and every w is positive, with a row for each age.

    Examples
    --------
    >>> log_slopes([0, 2, 6], np.exp([0, 1, 3]))[1].tolist()
    [0.5, 0.5]
    """
    ages = check_array(ages, "ages", ("n_ages",))
    w = check_array(w, "w", (...,), 0, open_low=True)
    if not np.all(np.diff(ages) > 0):
        raise ValueError(f"ages must increase, got {shown(ages.tolist())}")
    if w.shape[:1] != ages.shape:
        raise ValueError(f"w must have shape ({len(ages)}, ...), got {w.shape}")
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

    Raises
    ------
    ValueError
        Vectors that are not of unit length, or that do not fit each other.

    Examples
    --------
    >>> overlaps([[0.6, 0.8], [-0.8, 0.6]], np.eye(2)).tolist()
    [0.6, 0.6]
    """
    u, directions = _check_columns(u, directions)
    if directions.shape[1] < u.shape[-1]:
        raise ValueError(
            f"directions must have at least {u.shape[-1]} columns, as u has, got "
            f"{directions.shape[1]}"
        )
    directions = directions[:, : u.shape[-1]]
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

    Raises
    ------
    ValueError
        Columns that are not orthonormal, or that do not fit each other.

    Examples
    --------
    >>> float(subspace_overlap([[0.6, 0.8], [-0.8, 0.6]], np.eye(2)))
    1.0
    """
    u, directions = _check_columns(u, directions)
    _check_orthogonal(u, "u")
    _check_orthogonal(directions, "directions")
    cosines = np.swapaxes(u, -1, -2) @ directions
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

    Raises
    ------
    ValueError
        Vectors that are not of unit length.

    Examples
    --------
    >>> participation_ratio(np.full((4, 1), 0.5)).tolist()
    [4.0]
    """
    u = _check_unit(check_array(u, "u", (..., "n_units", "n_modes")), "u")
    return 1 / (u**4).sum(-2)


def _check_columns(u, directions):
    """Return two sets of unit vectors of equally many units, or refuse them."""
    u = _check_unit(check_array(u, "u", (..., "n_units", "n_modes")), "u")
    shape = (u.shape[-2], "n_modes")
    directions = check_array(directions, "directions", shape)
    return u, _check_unit(directions, "directions")


def _check_unit(u, argument):
    length = np.sqrt((u**2).sum(-2))
    bad = np.abs(length - 1) > UNIT
    if bad.any():
        raise ValueError(
            f"{argument} must hold unit vectors in its columns, got one of length "
            f"{length[bad][0]:.6g}"
        )
    return u


def _check_orthogonal(u, argument):
    off = np.swapaxes(u, -1, -2) @ u - np.eye(u.shape[-1])
    if np.abs(off).max() > UNIT:
        raise ValueError(
            f"{argument} must have orthonormal columns, got two with the product "
            f"{np.abs(off).max():.6g}"
        )
