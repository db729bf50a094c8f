"""Following many starts at once to the fixed points of the Plefka expansion."""

from dataclasses import dataclass

import numpy as np

from rbmlib.checks import check_positive, check_real, said
from rbmlib.mean_field.plefka import (
    check_damping,
    check_means,
    check_order,
    free_energy,
    step,
)
from rbmlib.mean_field.single_precision import SinglePrecision
from rbmlib.mean_field.stability import coupling_ratio, held_by_reaction

# How an iteration ended: a number in `FixedPoints.status`.
MODE, SADDLE, SPURIOUS, CYCLE, UNFINISHED = range(5)
# What these numbers are called.
STATUS_NAMES = ("mode", "saddle", "spurious", "cycle", "unfinished")

# Single precision is used until no mean changes by more than this, above its noise.
COARSE = 2e-6
BLOCK = 512  # points that are updated together in double precision
SAME = 1e-3  # starts whose means agree to this ended at one point


@dataclass(frozen=True, eq=False)
class FixedPoints:
    """Where the iterations ended, one entry for each start.

    Attributes
    ----------
    m_v : ndarray, shape (n_starts, n_visible)
    m_h : ndarray, shape (n_starts, n_hidden)
        Means; a fixed point only where `converged`.
    status : ndarray of int, shape (n_starts,)
        MODE, a minimum of the free energy; SADDLE, a fixed point that is none;
        SPURIOUS, a point that only a too strong reaction term holds
        (`held_by_reaction`); CYCLE, an iteration that jumps between two points;
        UNFINISHED, anything else.  `STATUS_NAMES` has the words.
    n_iterations : ndarray of int, shape (n_starts,)
        In single precision, and then in double.
    residual : ndarray, shape (n_starts,)
        Largest change of a mean by one more undamped update, in double precision.
    free_energy : ndarray, shape (n_starts,)
        F at the returned means.
    order : int
    """

    m_v: np.ndarray
    m_h: np.ndarray
    status: np.ndarray
    n_iterations: np.ndarray
    residual: np.ndarray
    free_energy: np.ndarray
    order: int

    @property
    def converged(self):
        """Which starts reached a fixed point of any kind, shape (n_starts,)."""
        return self.status <= SPURIOUS

    @property
    def is_mode(self):
        """Which starts reached a mode, shape (n_starts,)."""
        return self.status == MODE

    def counts(self):
        """Return {name: number of starts} for every status that occurs."""
        found = np.bincount(self.status, minlength=len(STATUS_NAMES))
        return {name: int(n) for name, n in zip(STATUS_NAMES, found, strict=True) if n}


def fixed_points(rbm, m0, *, order=2, damping=0.0, tol=1e-6, max_iter=2000):
    """Iterate the mean-field equations from many starts at once.

    The first iterations run in single precision, and starts that have converged leave
    the batch.  Starts that have then come together, to 1e-3 in every mean, are one
    point; each point is refined in double precision to ``tol``.

    Parameters
    ----------
    rbm : RBM
    m0 : array_like, shape (n_starts, n_visible) or (n_visible,), or a pair of arrays
        Visible means to start from, for instance data; hidden means follow from them
        by Γ'(b + m0·W).  A pair (m_v, m_h) gives both.
    order : 1, 2 or 3
        Naive mean field, TAP, or the third order.
    damping : float
        In [0, 1): share of the old means that each step keeps.
    tol : float
        A start has converged when a step changes no mean by more than this.
    max_iter : int

    Returns
    -------
    FixedPoints

    Raises
    ------
    TypeError, ValueError
        Means out of range, or a setting; the message names it.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM(8 * np.ones((2, 2)), [-8, -8], [-8, -8])
    >>> found = fixed_points(machine, [[0, 0], [1, 1], [0.5, 0.5]], order=1)
    >>> found.m_v.round(3).tolist()
    [[0.0, 0.0], [1.0, 1.0], [0.5, 0.5]]
    >>> found.counts()
    {'mode': 2, 'saddle': 1}
    """
    order = check_order(order, rbm)
    m_v, m_h = _starts(rbm, m0)
    damping, tol, max_iter = _check_settings(damping, tol, max_iter)
    n_iterations = np.zeros(len(m_v), np.int64)
    if SinglePrecision.knows(rbm):
        coarse = SinglePrecision(rbm, order, damping)
        coarse.run(m_v, m_h, n_iterations, max(tol, COARSE), max_iter)
    first, point = _points(m_v, m_h)
    m_v, m_h, before = m_v[first], m_h[first], n_iterations[first]
    after = before.copy()
    _refine(rbm, m_v, m_h, after, order, damping, tol, max_iter)
    residual, after_two = _next_steps(rbm, m_v, m_h, order, damping)
    status = _status(rbm, m_v, m_h, order, residual, after_two, tol / (1 - damping))
    energy = free_energy(rbm, m_v, m_h, order)
    n_iterations += (after - before)[point]
    return FixedPoints(
        m_v[point],
        m_h[point],
        status[point],
        n_iterations,
        residual[point],
        energy[point],
        order,
    )


def _points(m_v, m_h):
    """Return the first start of each point, and the point of each start."""
    rounded = np.hstack([np.rint(m / SAME) + 0.0 for m in (m_v, m_h)])  # no -0.0
    number = {}
    point = [number.setdefault(row.tobytes(), len(number)) for row in rounded]
    _, first = np.unique(point, return_index=True)
    return first, np.array(point)


def _refine(rbm, m_v, m_h, n_iterations, order, damping, tol, max_iter):
    """Continue in double precision, in place, until every point has converged."""
    for start in range(0, len(m_v), BLOCK):
        active = np.arange(start, min(start + BLOCK, len(m_v)))
        while (active := active[n_iterations[active] < max_iter]).size:
            old = m_v[active], m_h[active]
            new = step(rbm, *old, order, damping)
            m_v[active], m_h[active] = new
            n_iterations[active] += 1
            active = active[_largest_change(new, old) > tol]


def _next_steps(rbm, m_v, m_h, order, damping):
    """Return the largest change by one undamped step, and by two damped ones."""
    parts = []
    for start in range(0, len(m_v), BLOCK):
        here = m_v[start : start + BLOCK], m_h[start : start + BLOCK]
        one = step(rbm, *here, order)
        two = step(rbm, *step(rbm, *here, order, damping), order, damping)
        parts.append((_largest_change(one, here), _largest_change(two, here)))
    return (np.concatenate(part) for part in zip(*parts, strict=True))


def _status(rbm, m_v, m_h, order, residual, after_two, tol):
    # The next step at a point where the last one changed at most `tol` may change a
    # little more, where the iteration converges slowly.
    converged = residual <= 2 * tol
    returns = after_two <= np.maximum(2 * tol, 1e-2 * residual)
    status = np.where(returns, CYCLE, UNFINISHED)
    for i in np.flatnonzero(converged):
        status[i] = _kind(rbm, m_v[i], m_h[i], order)
    return status


def _kind(rbm, m_v, m_h, order):
    if coupling_ratio(rbm, m_v, m_h, order) >= 1:
        return SADDLE
    if order >= 2 and held_by_reaction(rbm, m_v, m_h):
        return SPURIOUS
    return MODE


def _largest_change(new, old):
    return np.maximum(*(np.abs(x - y).max(-1) for x, y in zip(new, old, strict=True)))


def _starts(rbm, m0):
    if isinstance(m0, tuple) and len(m0) == 2:
        m_v, m_h = map(np.atleast_2d, check_means(rbm, *m0, ("m0[0]", "m0[1]")))
        if len(m_v) != len(m_h):
            raise ValueError(
                f"m0 must have as many hidden as visible starts, got {len(m_h)} and "
                f"{len(m_v)}"
            )
    else:
        m_v = rbm.visible.check_means(m0, rbm.n_visible, "m0")
        m_v = np.atleast_2d(m_v)
        m_h = rbm.hidden.mean(m_v @ rbm.columns.W + rbm.b)
    if m_v.ndim != 2 or len(m_v) == 0:
        raise ValueError(
            f"m0 must have shape (n_starts, {rbm.n_visible}) with n_starts >= 1, "
            f"got {m_v.shape}"
        )
    return m_v.copy(), m_h.copy()


def _check_settings(damping, tol, max_iter):
    damping = check_damping(damping)
    tol = check_real(tol, "tol", 0, open_low=True)
    if tol >= 1:
        raise ValueError(f"tol must be in (0, 1), got {said(tol)}")
    return damping, tol, check_positive(max_iter, "max_iter")
