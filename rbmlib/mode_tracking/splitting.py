"""Whether a distribution has split: humps of its density, and what chains see of modes.

Mean field claims modes; that chains stay in them is a second statement, and that the
density has a valley between them a third.  Each can be true without the others: a
projection hides modes that lie behind each other, and naive mean field orders too
early.
"""

from typing import NamedTuple

import numpy as np

from rbmlib import sampling
from rbmlib.checks import check_array, check_positive, check_real
from rbmlib.mean_field import fixed_points
from rbmlib.mode_tracking.levels import LARGEST, check_eps
from rbmlib.mode_tracking.tracking import (
    EPS,
    _representatives,
    _rms_distances,
    _settled,
    _starts,
    group,
)
from rbmlib.randomness import MODE_STARTS, check_seed, permutation
from rbmlib.rbm import check_machine

N_PLACES = 201  # where the density is evaluated
LEAST_PEAK = 0.1  # lower humps, in units of the highest, are not looked at


class Valley(NamedTuple):
    """The deepest valley of a density between two of its humps.

    Attributes
    ----------
    ratio : float
        Density in the valley over the density on the lower of its two humps: 1 (or, by
        noise, above) for a single hump, 0 for two separate ones.
    error : float
        Standard error, from independent chains; 0 where no valley was seen at all.
    """

    ratio: float
    error: float


def valley_over_peak(values, width=0.1):
    """Measure how deep the density of a quantity is cut into two humps.

    The density f is estimated with a Gaussian kernel, which can fill a valley but dig
    none.  The valley is where f(t) / min(max_{s≤t} f(s), max_{s≥t} f(s)) is smallest,
    among humps of at least a tenth of the highest.  Noise digs small valleys, so the
    place is looked for in one half of the chains and measured in the other, both ways.

    Parameters
    ----------
    values : array_like, shape (n_chains, n_values)
        A row is one chain; rows are independent.  At least 8 chains.
    width : float
        Standard deviation of the kernel, in units of that of the values; at most 1.

    Returns
    -------
    Valley

    Raises
    ------
    TypeError, ValueError
        Values that are no finite numbers or all equal, fewer than 8 chains, a width out
        of range.

    Examples
    --------
    >>> one = np.random.default_rng(0).normal(size=(40, 500))
    >>> two = one + 2 * np.sign(one[:, ::-1])  # 2 exp(-2) / (1 + exp(-8)) = 0.27
    >>> valley = valley_over_peak(two)
    >>> round(valley.ratio, 1), valley.error < 0.02
    (0.3, True)
    >>> valley_over_peak(one).ratio > 0.95
    True
    """
    x = check_array(values, "values", ("n_chains", "n_values"), -LARGEST, LARGEST)
    width = check_real(width, "width", 0, 1, open_low=True)
    if len(x) < 8:
        raise ValueError(f"values must have at least 8 chains, got {len(x)}")
    scale = np.abs(x).max()
    x = x / scale if scale > 0 else x
    spread = x.std()
    if not spread > 1e-12:
        raise ValueError(f"values must differ, got {x[0, 0] * scale:g} everywhere")
    x = (x - x.mean()) / spread
    places = np.linspace(x.min(), x.max(), N_PLACES)
    f = np.stack([np.exp(-(((x - t) / width) ** 2) / 2).mean(1) for t in places], 1)
    mixed = f[permutation(0, 0, len(f))]  # no half has all the even chains
    halves = mixed[::2], mixed[1::2]
    found = [
        _ratio(there, *_valley(here.mean(0)))
        for here, there in (halves, reversed(halves))
    ]
    ratio, error = np.transpose(found)
    return Valley(float(ratio.mean()), float(np.hypot(*error) / 2))


def _valley(f):
    """Return the places of the deepest valley and of the lower hump beside it."""
    left = np.maximum.accumulate(f)
    right = np.maximum.accumulate(f[::-1])[::-1]
    low = np.minimum(left, right)
    cut = np.where(low >= LEAST_PEAK * f.max(), f / low, 1.0)
    valley = int(cut.argmin())
    if left[valley] <= right[valley]:
        return valley, int(f[: valley + 1].argmax())
    return valley, valley + int(f[valley:].argmax())


def _ratio(f, valley, peak):
    """Return f(valley)/f(peak) of the mean over rows, and its standard error."""
    ratio = f[:, valley].mean() / f[:, peak].mean()
    off = f[:, valley] - ratio * f[:, peak]
    return ratio, off.std(ddof=1) / np.sqrt(len(f)) / f[:, peak].mean()


def find_modes(rbm, data, *, order=2, eps=EPS, damping=0.0, tol=1e-6, max_iter=2000):
    """Return the different modes that samples reach, shape (n_modes, n_visible).

    Parameters
    ----------
    rbm : RBM
    data : array_like, shape (n_samples, n_visible)
        States of the visible units; starts of the iteration.
    order, eps, damping, tol, max_iter
        As in `track`.

    Returns
    -------
    ndarray, shape (n_modes, n_visible)
        Visible means, in the order in which the samples find them.

    Raises
    ------
    TypeError, ValueError
        No machine, data that do not fit, a setting, or no sample that reaches a mode.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM(8 * np.ones((2, 2)), [-8, -8], [-8, -8])
    >>> find_modes(machine, [[0, 0], [1, 1], [0, 0]], order=1).round(2).tolist()
    [[0.0, 0.0], [1.0, 1.0]]
    """
    check_machine(rbm)
    data, eps = _starts(rbm, data), check_eps(eps)
    settings = dict(order=order, damping=damping, tol=tol, max_iter=max_iter)
    found = _settled(rbm, data, **settings)
    m = found.m_v[found.is_mode], found.m_h[found.is_mode]
    return _representatives(m, group(m[0], eps))[0]


def share_at_home(
    rbm, modes, sweeps, n_chains, seed, *, order=2, eps=EPS, tol=1e-6, max_iter=2000
):
    """Start chains in modes and count which are still in theirs after some sweeps.

    A chain is in the mode to which the mean-field iteration from its visible units
    leads.  As many chains start in each mode, so that chains which have forgotten their
    start are at home in 1/n_modes of all cases, whatever the weights of the modes.

    Parameters
    ----------
    rbm : RBM
    modes : array_like, shape (n_modes, n_visible)
        Visible means of different modes of this machine at this order, for instance
        from `find_modes`.  Each unit of a start is drawn with its mean in the mode.
    sweeps : iterable of int
        Increasing numbers of sweeps, at least 1.
    n_chains : int
        For each mode.
    seed : int
    order, eps, tol, max_iter
        As in `track`.

    Returns
    -------
    ndarray, shape (n_times, n_modes)
        Share of the chains of each mode that are in it; who is in none is not at home.

    Raises
    ------
    TypeError, ValueError
        No machine; means that are no modes of it, or the same twice; numbers of sweeps
        that do not increase; no chain; no seed; a setting.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM(8 * np.ones((2, 2)), [-8, -8], [-8, -8])
    >>> modes = find_modes(machine, [[0, 0], [1, 1]], order=1)
    >>> share_at_home(machine, modes, [1, 1000], 50, seed=1, order=1).tolist()
    [[1.0, 1.0], [0.58, 0.76]]
    """
    check_machine(rbm)
    modes = rbm.visible.check_means(modes, rbm.n_visible, "modes")
    n_chains, seed = check_positive(n_chains, "n_chains", most=2**24), check_seed(seed)
    eps = check_eps(eps)
    settings = dict(order=order, tol=tol, max_iter=max_iter)
    _check_modes(rbm, modes, eps, settings)
    home = np.arange(n_chains * len(modes)) % len(modes)
    start = rbm.visible.draw_at(modes[home], seed, MODE_STARTS, 0, np.arange(len(home)))

    def at_home(v, h):
        found = fixed_points(rbm, v, **settings)
        distance = _rms_distances(found.m_v, modes)
        there = found.is_mode & (distance.min(1) <= eps) & (distance.argmin(1) == home)
        return there.reshape(n_chains, len(modes)).mean(0)

    seen = sampling.record(rbm, start, sweeps, seed, at_home)
    shares = [share for _, share in seen]
    if not shares:
        raise ValueError("sweeps must hold a number, got none")
    return np.array(shares)


def _check_modes(rbm, modes, eps, settings):
    """Raise ValueError unless these are modes of the machine, each once."""
    if modes.ndim != 2 or not len(modes):
        raise ValueError(
            "modes must have shape (n_modes, n_visible) with n_modes >= 1, got "
            f"{modes.shape}"
        )
    found = fixed_points(rbm, modes, **settings)
    away = np.sqrt(np.square(found.m_v - modes).mean(1))
    if not (found.is_mode & (away <= eps)).all():
        raise ValueError(
            f"modes must be modes of rbm at order {settings['order']}: from them the "
            f"iteration reaches {found.counts()}, {away.max():.2g} away"
        )
    if len(np.unique(group(found.m_v, eps))) < len(modes):
        raise ValueError(f"modes must differ by more than eps = {eps:g}")
