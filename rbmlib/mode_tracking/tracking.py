"""From the oldest machine to ever younger ones: where each mode flows.

The procedure is that of A. Decelle, L. Rosset and B. Seoane (2023),
doi:10.1103/PhysRevE.108.014110.  Fixed points of every sample at the oldest age are
grouped; one representative of each group, not the data, starts the iteration of the
next younger machine; groups that meet there have merged.  That branches are nested
needs no further care.

What is counted is a mode, never merely where an iteration stopped.
"""

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.cluster import DBSCAN

from rbmlib.checks import check_array, check_instance, check_samples
from rbmlib.mean_field import fixed_points
from rbmlib.mode_tracking.levels import LARGEST, Level, check_eps
from rbmlib.mode_tracking.tree import ModeTree
from rbmlib.trajectories import Trajectory

EPS = 0.02
SAFE_DAMPING = 0.5  # of the second try, which ends cycles


def track(trajectory, data, *, order=2, eps=EPS, damping=0.0, tol=1e-6, max_iter=2000):
    """Follow the modes of a training run from its last age back to its first.

    Parameters
    ----------
    trajectory : Trajectory
        Ages close enough that a mode can be followed from one to the next.
    data : array_like, shape (n_samples, n_visible)
        States of the visible units; starts of the iteration at the last age.
    order : 1, 2 or 3
        Naive mean field, TAP, or the third order.
    eps : float
        Fixed points are one mode if a chain of steps joins them, each at most this
        long: root mean square difference of the visible means.
    damping, tol, max_iter
        As in `rbmlib.mean_field.fixed_points`.

    Returns
    -------
    ModeTree

    Raises
    ------
    TypeError, ValueError
        No trajectory, data that do not fit, a setting, or no sample that reaches a
        mode.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[8.0], [8.0]], [-4, -4], [-8])
    >>> young = RBM([[1.0], [1.0]], [-0.5, -0.5], [-1])
    >>> run = Trajectory([0, 100], [young, machine])
    >>> track(run, [[0, 0], [1, 1], [1, 1]], order=1)
    ModeTree(2 leaves, 2 levels from age 100 to 0, 3 of 3 samples)
    """
    oldest = check_instance(trajectory, "trajectory", Trajectory)[-1]
    data, eps = _starts(oldest, data), check_eps(eps)
    settings = dict(order=order, tol=tol, max_iter=max_iter)
    found = _settled(oldest, data, damping=damping, **settings)
    m = found.m_v[found.is_mode], found.m_h[found.is_mode]
    of_row = group(m[0], eps)
    leaf_of = np.full(len(data), -1)
    leaf_of[found.is_mode] = of_row
    m = _representatives(m, of_row)
    ages, machines = trajectory.ages[::-1], trajectory.machines[::-1]
    levels, joins, n_modes = [(ages[0], m[0])], [], [len(m[0])]
    for age, machine in zip(ages[1:], machines[1:], strict=True):
        if len(m[0]) == 1:
            break
        settled, m = _follow(machine, m, damping, settings)
        n_modes.append(-1)
        if settled:
            joined = group(m[0], eps)
            n_modes[-1] = joined.max() + 1
            if n_modes[-1] < len(m[0]):
                m = _representatives(m, joined)
                levels.append((age, m[0]))
                joins.append(joined)
    joins.append(np.zeros(len(m[0]), np.int64))
    return ModeTree(
        tuple(
            Level(int(age), m_v, up)
            for (age, m_v), up in zip(levels, joins, strict=True)
        ),
        leaf_of,
        ages[: len(n_modes)],
        np.array(n_modes),
        {name: n for name, n in found.counts().items() if name != "mode"},
        order,
        eps,
    )


def assign(tree, trajectory, data, *, damping=0.0, tol=1e-6, max_iter=2000):
    """Find the branch of a tree to which new samples belong.

    Each sample goes to its fixed point at the oldest age and from there through the
    ages of the levels, until it meets a mode of the tree.

    Parameters
    ----------
    tree : ModeTree
    trajectory : Trajectory
        The run from which the tree was made.
    data : array_like, shape (n_samples, n_visible)
    damping, tol, max_iter
        As in `track`.

    Returns
    -------
    level : ndarray of int, shape (n_samples,)
        The level at which a sample joins: 0 for a leaf; -1 if it never does.
    mode : ndarray of int, shape (n_samples,)
        The mode of that level, -1 without one.

    Raises
    ------
    TypeError, ValueError
        No tree, data that do not fit, a setting, or a run that is not the tree's.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[8.0], [8.0]], [-4, -4], [-8])
    >>> run = Trajectory([100], [machine])
    >>> tree = track(run, [[0, 0], [1, 1]], order=1)
    >>> level, mode = assign(tree, run, [[1, 1], [0, 0]])
    >>> level.tolist(), mode.tolist()
    ([0, 0], [1, 0])
    """
    check_instance(tree, "tree", ModeTree)
    check_instance(trajectory, "trajectory", Trajectory)
    width = tree.levels[0].m_v.shape[1]
    if width != trajectory[-1].n_visible:
        raise ValueError(
            f"trajectory must be the run of the tree, whose modes have {width} units; "
            f"got machines of {trajectory[-1].n_visible}"
        )
    if trajectory.ages[-1] != tree.levels[0].age:
        raise ValueError(
            "trajectory must be the run of the tree, whose oldest age is "
            f"{tree.levels[0].age}; got {trajectory.ages[-1]}"
        )
    ages = [level.age for level in tree.levels]
    if not set(ages) <= set(trajectory.ages.tolist()):
        raise ValueError(
            "trajectory must be the run of the tree, with machines of the ages "
            f"{ages}; got {trajectory!r}"
        )
    data = _starts(trajectory[-1], data)
    settings = dict(order=tree.order, damping=damping, tol=tol, max_iter=max_iter)
    level, mode = np.full((2, len(data)), -1)
    lost, m = np.arange(len(data)), data
    for k, here in enumerate(tree.levels):
        found = fixed_points(trajectory.at(here.age), m, **settings)
        distance = _rms_distances(found.m_v, here.m_v)
        nearest = distance.argmin(1)
        joins = found.is_mode & (distance[np.arange(len(lost)), nearest] <= tree.eps)
        level[lost[joins]], mode[lost[joins]] = k, nearest[joins]
        lost = lost[~joins]
        if not lost.size:
            break
        m = found.m_v[~joins], found.m_h[~joins]
    return level, mode


def group(m_v, eps=EPS):
    """Return which mode each fixed point belongs to: connected components.

    Points that agree in every unit after rounding to eps/8 count as the first of them.

    Parameters
    ----------
    m_v : array_like, shape (n_points, n_visible)
    eps : float
        Length of a step that joins two points, root mean square over units.

    Returns
    -------
    ndarray of int, shape (n_points,)
        Numbered by first appearance.

    Raises
    ------
    TypeError, ValueError
        Points that are no finite real numbers, none, or eps that is not positive.

    Examples
    --------
    >>> group([[0.0], [0.01], [0.5]], eps=0.02).tolist()
    [0, 0, 1]
    """
    m_v = check_array(m_v, "m_v", ("n_points", "n_visible"), -LARGEST, LARGEST)
    eps = check_eps(eps)
    # Thousands of starts end at few points: only different rows need be compared.
    rows, inverse = np.unique(np.rint(m_v / (eps / 8)), axis=0, return_inverse=True)
    inverse = inverse.ravel()
    _, first = np.unique(inverse, return_index=True)
    distance = eps * np.sqrt(m_v.shape[1])
    labels = DBSCAN(eps=distance, min_samples=1).fit_predict(m_v[first])[inverse]
    _, first = np.unique(labels, return_index=True)
    order = np.argsort(first, kind="stable")
    return np.argsort(order, kind="stable")[labels]


def _starts(machine, data):
    """Return data as states from which iterations start, or refuse them."""
    data = check_samples(data, machine.visible, machine.n_visible, "data")
    return machine.visible.check(data, machine.n_visible, "data", np.float64)


def _settled(machine, data, **settings):
    """Return where the iterations from data end, at least one of them at a mode."""
    found = fixed_points(machine, data, **settings)
    if not found.is_mode.any():
        raise ValueError(
            f"data must have a sample that reaches a mode, got {found.counts()}"
        )
    return found


def _follow(machine, m, damping, settings):
    """Return whether all representatives settle at modes, and where they stand."""
    found = fixed_points(machine, m, damping=damping, **settings)
    m_v, m_h, good = found.m_v, found.m_h, found.is_mode
    if not good.all():
        again = fixed_points(
            machine, (m[0][~good], m[1][~good]), damping=SAFE_DAMPING, **settings
        )
        # Who does not settle now either waits at its last mode for the next age.
        stay = ~again.is_mode
        m_v[~good] = np.where(stay[:, None], m[0][~good], again.m_v)
        m_h[~good] = np.where(stay[:, None], m[1][~good], again.m_h)
        good[~good] = again.is_mode
    return bool(good.all()), (m_v, m_h)


def _representatives(m, groups):
    _, first = np.unique(groups, return_index=True)
    return m[0][first], m[1][first]


def _rms_distances(x, y):
    return cdist(x, y) / np.sqrt(x.shape[1])
