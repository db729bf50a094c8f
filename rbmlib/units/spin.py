"""The ±1 unit."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from rbmlib.units.two_states import TwoStates
from rbmlib.units.unit import Bits


@dataclass(frozen=True)
class Spin(TwoStates):
    """Unit with states ±1: Γ(x) = log 2cosh x."""

    name = "spin"
    letter = "I"  # of Ising
    states = (-1.0, 1.0)
    low, high = states
    bits = Bits(gain=2.0, low=-1.0)
    coefficients = (1.0, 0.0, -1.0)

    def log_partition(self, x):
        """Return Γ(x), elementwise."""
        return np.logaddexp(x, -np.asarray(x))

    def mean(self, x):
        """Return Γ'(x) = tanh x, elementwise."""
        return np.tanh(x)

    def variance(self, x):
        """Return Γ''(x) = 1 - tanh² x, elementwise."""
        # 4 σ(2x) σ(-2x) does not cancel for large |x| as 1 - tanh² would.
        return 4.0 * expit(2.0 * np.asarray(x)) * expit(-2.0 * np.asarray(x))


SPIN = Spin()  # units with the states -1 and 1
