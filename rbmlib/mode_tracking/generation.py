"""Samples that start in the modes of a tree, and what the start alone explains.

Chains that start in the modes, in the shares that the data have, begin with the right
means of each mode.  What is correlated *inside* a mode they must still learn from the
machine; differences between modes are put in.
"""

import numpy as np

from rbmlib.checks import (
    check_array,
    check_instance,
    check_integers,
    check_positive,
    check_symmetric,
    shown,
)
from rbmlib.mean_field.response import signs
from rbmlib.mode_tracking.levels import LARGEST
from rbmlib.mode_tracking.tree import ModeTree
from rbmlib.randomness import MODE_STARTS, check_seed
from rbmlib.units import BINARY, check_unit


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
    TypeError, ValueError
        No tree, or one without a sample that has a mode; no chain; no seed; no unit
        type, or one of which the modes are no means.

    Examples
    --------
    >>> from rbmlib.mode_tracking import Level
    >>> levels = Level(9, [[0, 1], [1, 1]], [0, 0]), Level(1, [[0.5, 1]], [0])
    >>> tree = ModeTree(levels, [0, 0, 1], [9, 1], [2, 1], {}, order=2, eps=0.01)
    >>> start_in_modes(tree, 3, seed=1)
    array([[0., 1.],
           [0., 1.],
           [1., 1.]], dtype=float32)
    """
    check_instance(tree, "tree", ModeTree)
    n_chains = check_positive(n_chains, "n_chains", most=2**32)
    seed, unit = check_seed(seed), check_unit(unit, "unit")
    if (tree.leaf_of < 0).all():
        raise ValueError(
            f"tree must have a sample with a mode, got none: {shown(tree)}"
        )
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
    sums = check_array(sums, "sums", ("n_groups", "n_units"), -LARGEST, LARGEST)
    most = 2**53 // len(sums)  # their sum is exact
    sizes = check_integers(sizes, "sizes", (len(sums),), 1, most)
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
    covariance = check_symmetric(covariance, "covariance", "n_units")
    n_axes = check_positive(n_axes, "n_axes", most=len(covariance))
    axes = np.linalg.eigh(covariance)[1][:, ::-1][:, :n_axes]
    return axes * signs(axes)
