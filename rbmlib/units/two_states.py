"""What {0, 1} and ±1 units share: two states, and the decision between them."""

import numpy as np
from scipy.special import entr

from rbmlib import randomness
from rbmlib.units.logistic import is_on
from rbmlib.units.quadratic import QuadraticVariance


class TwoStates(QuadraticVariance):
    """A unit of two states, the upper of which is 1."""

    dtype = np.float32

    def draw(self, x, seed, stream, sweep, chains):
        """Return states in the fields x; parameters as in `Unit.draw`.

        One word of random bits decides a unit, by a fixed sequence of operations
        (`rbmlib.units.logistic`): this defines what the kernels on bits do.
        """
        words = randomness.draws(seed, stream, sweep, chains, x.shape[1])
        on = is_on(x.astype(np.float32, copy=False), words, self.bits.gain)
        return np.where(on, np.float32(1), np.float32(self.bits.low))

    def draw_at(self, mean, seed, stream, sweep, chains):
        """Return states of the given means, as `Unit.draw_at`."""
        words = randomness.draws(seed, stream, sweep, chains, mean.shape[1])
        p = (mean - self.low) / (self.high - self.low)
        on = words < np.rint(p * 2.0**32)
        return np.where(on, np.float32(1), np.float32(self.low))

    def bias_of_mean(self, mean, clip=0.0):
        """Return the biases of free units with these means, as `Unit.bias_of_mean`."""
        width = self.high - self.low
        p = np.clip((mean - self.low) / width, clip, 1 - clip)
        return np.rint(np.log(p / (1 - p)) * 2.0**20) * 2.0**-20 / width

    def entropy(self, m):
        """Return the entropy of units with means m, elementwise."""
        p = (m - self.low) / (self.high - self.low)
        return entr(p) + entr(1 - p)


def with_states_of(unit, rbm):
    """Return the parameters of a machine whose layers of two states have a unit's.

    Parameters
    ----------
    unit : unit type of two states
    rbm : RBM

    Returns
    -------
    parameters : tuple
        W, a, b and the types of both layers.
    constant : float
        What is left of log Z.
    """
    scale_v, shift_v = _substitution(rbm.visible, unit)
    scale_h, shift_h = _substitution(rbm.hidden, unit)
    b = rbm.b + shift_v * rbm.columns.W.sum(0)
    constant = shift_v * rbm.a.sum() + shift_h * b.sum()
    a = scale_v * (rbm.a + shift_h * rbm.W.sum(-1))
    units = (unit if old.bits else old for old in (rbm.visible, rbm.hidden))
    return (scale_v * scale_h * rbm.W, a, scale_h * b, *units), float(constant)


def _substitution(old, new):
    """Return scale and shift of s = scale s' + shift; the upper state is 1 in both."""
    if not old.bits:
        return 1.0, 0.0
    scale = (old.high - old.low) / (new.high - new.low)
    return scale, 1.0 - scale
