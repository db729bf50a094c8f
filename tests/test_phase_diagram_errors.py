"""How sure measured averages are, and when a singular value counts as a mode."""

import numpy as np
import pytest
from scipy import stats

from calibration import assert_calibrated
from rbmlib import phase_diagram
from rbmlib.phase_diagram import place, sample_machine
from rbmlib.trained import monte_carlo as recorded


def test_the_error_of_an_average_is_its_scatter():
    """Six machines of a point and six others differ as the two errors say."""
    pairs = recorded.load().reshape(-1, 2, 6, 4)  # machines of a point are neighbours
    each = [[phase_diagram.average(six) for six in pair] for pair in pairs]
    z = [np.subtract(x.mean, y.mean) / np.hypot(x.error, y.error) for x, y in each]
    for of_parameter in np.transpose(z):
        assert_calibrated(of_parameter, stats.t(10))


def one_value_above(noise, excess):
    """Return noise with its largest singular value at (1 + excess) times the edge."""
    u, s, v = np.linalg.svd(noise, full_matrices=False)
    size, kappa = np.sqrt(noise.size), noise.shape[1] / noise.shape[0]
    for _ in range(50):  # the value itself counts as noise until it is a mode
        sigma = np.sqrt((s**2).sum() / size)
        s[0] = phase_diagram.bulk_edge(sigma, kappa) * (1 + excess)
    return u * s @ v


@pytest.mark.parametrize("shape", [(80, 80), (90, 50)])
def test_a_mode_is_three_widths_above_the_edge(shape):
    noise = sample_machine(0.0, 0.8, *shape, seed=3).rbm.W
    width = min(shape) ** (-2 / 3)
    found = [place(one_value_above(noise, x * width)) for x in (0.0, 2.9, 3.1)]
    assert [len(p.w) for p in found] == [0, 0, 1]
    assert found[2].w[0] > found[2].sigma
