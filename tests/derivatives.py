"""The gradient of a machine's likelihood against differences of the likelihood."""

import numpy as np

from rbmlib.rbm import RBM
from rbmlib.training import gradient

STEP = 1e-5


def assert_gradient_is_the_slope(machine, data, weights=None):
    """Move each parameter either way; the error of the difference is of order STEP²."""
    parts = {"W": machine.W, "a": machine.a, "b": machine.b}
    units = {"visible": machine.visible, "hidden": machine.hidden}
    gradients = gradient.exact_gradient(machine, data, weights)
    for (name, value), grad in zip(parts.items(), gradients, strict=True):
        assert grad.shape == value.shape
        for index in np.ndindex(value.shape):
            ends = []
            for sign in (1, -1):
                moved = value.copy()
                moved[index] += sign * STEP
                shifted = RBM(**{**parts, name: moved}, **units)
                values = -shifted.free_energy(data) - shifted.log_z()
                ends.append(np.average(values, weights=weights))
            assert abs((ends[0] - ends[1]) / (2 * STEP) - grad[index]) < 1e-8
