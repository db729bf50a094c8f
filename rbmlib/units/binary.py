"""The {0, 1} unit."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from rbmlib.units.two_states import TwoStates
from rbmlib.units.unit import Bits


@dataclass(frozen=True)
class Binary(TwoStates):
    """Unit with states {0, 1}: Γ(x) = log(1 + eˣ)."""

    name = "binary"
    letter = "B"
    states = (0.0, 1.0)
    low, high = states
    bits = Bits(gain=1.0, low=0.0)
    coefficients = (0.0, 1.0, -1.0)

    def log_partition(self, x):
        """Return Γ(x), elementwise."""
        return np.logaddexp(0.0, x)

    def mean(self, x):
        """Return Γ'(x) = 1 / (1 + e⁻ˣ), elementwise."""
        return expit(x)

    def variance(self, x):
        """Return Γ''(x), elementwise."""
        return expit(x) * expit(-np.asarray(x))


BINARY = Binary()  # units with the states 0 and 1
