"""The fast part of the iteration: float32 matrix products and one fused pass."""

import numpy as np

from rbmlib.mean_field import kernel

BLOCK = 256  # starts whose fields stay in cache between the product and the update
LEAVE = 1 / 8  # share of finished starts at which the rest are moved together


class SinglePrecision:
    """A machine and a scheme, ready to move many starts.

    For units with a quadratic variance function (`rbmlib.units.quadratic`), whose mean
    is a tanh or a straight line.

    Parameters
    ----------
    rbm : RBM
    order : 1, 2 or 3
    damping : float
    """

    def __init__(self, rbm, order, damping):
        self.order, self.keep = order, np.float32(damping)
        powers = [np.ascontiguousarray(rbm.W**n, np.float32) for n in (1, 2, 3)]
        self.to_hidden = _Layer(powers, rbm.b, rbm.hidden, rbm.visible, order)
        transposed = [np.ascontiguousarray(power.T) for power in powers]
        self.to_visible = _Layer(transposed, rbm.a, rbm.visible, rbm.hidden, order)

    @staticmethod
    def knows(rbm):
        """Return whether the kernel has the means of the machine's units."""
        return None not in (rbm.visible.coefficients, rbm.hidden.coefficients)

    def run(self, m_v, m_h, n_iterations, tol, max_iter):
        """Move all starts until a step changes no mean by more than ``tol``.

        ``m_v``, ``m_h`` (float64) and ``n_iterations`` are overwritten.
        """
        active = np.arange(len(m_v))
        v, h = m_v.astype(np.float32), m_h.astype(np.float32)
        running = np.ones(len(m_v), bool)
        for _ in range(max_iter):
            change = self.step(v, h)
            n_iterations[active] += running
            running &= change > tol
            done = ~running
            if done.mean() >= LEAVE:
                m_v[active[done]], m_h[active[done]] = v[done], h[done]
                active, v, h = active[running], v[running], h[running]
                running = np.ones(len(active), bool)
            if not active.size:
                break
        m_v[active], m_h[active] = v, h

    def step(self, v, h):
        """Update both layers in place; return the largest change of each start."""
        change = np.zeros(len(v), np.float32)
        for first in range(0, len(v), BLOCK):
            rows = slice(first, first + BLOCK)
            for layer, source, target in (
                (self.to_hidden, v[rows], h[rows]),
                (self.to_visible, h[rows], v[rows]),
            ):
                layer.advance(source, target, self.keep, change[rows])
        return change


class _Layer:
    """What one layer feels of the other: weights, their powers, and work space."""

    def __init__(self, powers, bias, target, source, order):
        self.powers, self.order = powers[:order], order
        self.bias = np.asarray(bias, np.float32)
        self.mid, self.half = _middle(target)
        n_source, n_target = powers[0].shape
        self.target, self.source = map(_coefficients, (target, source))
        self.moments = np.empty((2, BLOCK, n_source), np.float32)
        self.fields = np.empty((3, BLOCK, n_target), np.float32)

    def advance(self, source, target, keep, change):
        n = len(source)
        variance, third = self.moments[:, :n]
        if self.order >= 2:
            kernel.cumulants32(source, *self.source, self.order, variance, third)
        inputs = (source, variance, third)
        x, y, z = self.fields[:, :n]
        for W, given, out in zip(self.powers, inputs, (x, y, z), strict=False):
            np.dot(given, W, out=out)
        kernel.advance32(
            x,
            y,
            z,
            self.bias,
            target,
            self.mid,
            self.half,
            *self.target,
            self.order,
            keep,
            change,
        )


def _coefficients(unit):
    return tuple(np.float32(c) for c in unit.coefficients)


def _middle(unit):
    """Return the middle and half the width of the unit's range; 0, 0 if unbounded."""
    if np.isinf(unit.high):
        return np.float32(0), np.float32(0)
    middle, half = (unit.high + unit.low) / 2, (unit.high - unit.low) / 2
    return np.float32(middle), np.float32(half)
