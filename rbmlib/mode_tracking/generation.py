"""Samples that start in the modes of a tree, and what the start alone explains.

Chains that start in the modes, in the shares that the data have, begin with the right
means of each mode.  What is correlated *inside* a mode they must still learn from the
machine; differences between modes are put in.
"""

import numpy as np

from rbmlib.checks import check_positive
from rbmlib.mean_field.response import signs
from rbmlib.randomness import MODE_STARTS
from rbmlib.units import BINARY


def start_in_modes(tree, n_chains, seed, unit=BINARY):
    """Return starts drawn from the modes of a tree, shape (n_chains, n_visible).

    Chain c takes a mode in turn, as often as the mode has samples; each unit is drawn
    with its mean in that mode.

    Parameters
    ----------
    tree : ModeTree
    n_chains : int
    seed : int
    unit : unit type
        Of the visible units of the tree's machines.

    Returns
    -------
    ndarray of the unit's dtype

    Raises
    ------
    ValueError
        No chain, or modes that are no means of such units.
    """
    n_chains = check_positive(n_chains, "n_chains")
    sizes = np.bincount(tree.leaf_of[tree.leaf_of >= 0], minlength=tree.n_leaves)
    places = (np.arange(n_chains) + 0.5) / n_chains * sizes.sum()
    leaf = np.searchsorted(np.cumsum(sizes), places)
    modes = tree.levels[0].m_v
    m_v = unit.check_means(modes, unit.n_units(modes[0]), "modes of the tree")[leaf]
    return unit.draw_at(m_v, seed, MODE_STARTS, 0, np.arange(n_chains))


def covariance_between(sums, sizes):
    """Return the covariance that comes from the means of groups alone.

    The total covariance minus this one is the covariance inside the groups, averaged
    over samples.

    Parameters
    ----------
    sums : array_like, shape (n_groups, n_units)
        Sum of the samples of each group.
    sizes : array_like of int, shape (n_groups,)
        Samples of each group; at least one.

    Returns
    -------
    ndarray, shape (n_units, n_units)

    Raises
    ------
    ValueError
        Sums that are no finite real numbers, or not one size >= 1 for each.

    Examples
    --------
    >>> covariance_between([[0, 1], [4, 3]], [2, 2]).tolist()
    [[1.0, 0.5], [0.5, 0.25]]
    """
    sums, sizes = _check_real(sums, "sums"), np.asarray(sizes)
    if sizes.shape != sums.shape[:1] or sizes.dtype.kind not in "iu":
        raise ValueError(
            f"sizes must be {len(sums)} integers, one for each row of sums, got "
            f"{sizes.dtype} of shape {sizes.shape}"
        )
    if sizes.min() < 1:
        raise ValueError(f"sizes must be at least 1, got {sizes.min()}")
    away = sums / sizes[:, None] - sums.sum(0) / sizes.sum()
    return (away * (sizes / sizes.sum())[:, None]).T @ away


def principal_axes(covariance, n_axes=2):
    """Return the directions of largest variance, shape (n_units, n_axes).

    The largest entry of each, in absolute value, is positive.

    Parameters
    ----------
    covariance : array_like, shape (n_units, n_units)
    n_axes : int
        At most n_units.

    Returns
    -------
    ndarray, shape (n_units, n_axes)

    Raises
    ------
    ValueError, TypeError
        A number of axes that is no integer from 1 to n_units, or a covariance that is
        not symmetric and of finite numbers.

    Examples
    --------
    >>> principal_axes(np.diag([1.0, 3.0, 2.0])).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1]]
    """
    covariance = _check_real(covariance, "covariance")
    if covariance.shape[0] != covariance.shape[1]:
        raise ValueError(
            f"covariance must have shape (n_units, n_units), got {covariance.shape}"
        )
    # Rounding of a covariance of n units: some n ε of its largest entry.
    excess, scale = np.abs(covariance - covariance.T), np.abs(covariance).max()
    if excess.max() > 1e-8 * scale:
        i, j = np.unravel_index(excess.argmax(), excess.shape)
        raise ValueError(
            f"covariance must be symmetric, got {covariance[i, j].item()!r} and "
            f"{covariance[j, i].item()!r} at ({i}, {j})"
        )
    if check_positive(n_axes, "n_axes") > len(covariance):
        raise ValueError(f"n_axes must be at most {len(covariance)}, got {n_axes}")
    axes = np.linalg.eigh(covariance)[1][:, ::-1][:, :n_axes]
    return axes * signs(axes)


def _check_real(value, argument):
    """Return a matrix of finite real numbers in float64, or raise ValueError."""
    if np.ma.isMaskedArray(value):
        raise ValueError(f"{argument} must have no masked entries")
    x = np.asarray(value)
    if x.ndim != 2 or not x.size or x.dtype.kind not in "biuf":
        raise ValueError(
            f"{argument} must be a matrix of real numbers, got {x.dtype} of shape "
            f"{x.shape}"
        )
    x = x.astype(np.float64)
    if not np.isfinite(x).all():
        bad = x[~np.isfinite(x)][0].item()
        raise ValueError(f"{argument} must hold finite numbers, got {bad!r}")
    return x
