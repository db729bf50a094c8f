"""Exact sums against loops over all joint states, over every pair of discrete units."""

import numpy as np
import pytest

from brute_force import DISCRETE_PAIRS, log_z, random_machine, transposed, weights
from rbmlib import enumeration
from rbmlib.rbm import RBM
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Gaussian

CASES = [(pair, seed) for pair in DISCRETE_PAIRS for seed in range(14)]


def same(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("pair, seed", CASES)
def test_every_exact_quantity_agrees_with_brute_force(pair, seed):
    rbm = random_machine(seed, *pair)
    joint = weights(rbm)
    z = sum(joint.values())
    same(rbm.log_z(), np.log(z))
    mean_v, mean_h, mean_vh = (
        sum(p * np.array(f(v, h)) for (v, h), p in joint.items()) / z
        for f in (lambda v, h: v, lambda v, h: h, np.outer)
    )
    for actual, expected in zip(
        enumeration.moments(rbm), (mean_v, mean_h, mean_vh), strict=True
    ):
        same(actual, expected)
    for v, p in zip(*enumeration.visible_probabilities(rbm), strict=True):
        marginal = sum(w for (state, _), w in joint.items() if state == tuple(v))
        same(p, marginal / z)
        same(rbm.free_energy(v), -np.log(marginal))
    layer = 1 if enumeration.enumerated_layer(rbm) == "hidden" else 0
    for state, p in zip(*enumeration.probabilities(rbm), strict=True):
        same(p, sum(w for key, w in joint.items() if key[layer] == tuple(state)) / z)


@pytest.mark.parametrize("discrete", [BINARY, SPIN])
@pytest.mark.parametrize("seed", range(4))
def test_a_gaussian_layer_agrees_with_numerical_integration(discrete, seed):
    machine = random_machine(seed, discrete, Gaussian(0.7))
    same(machine.log_z(), log_z(machine))
    same(transposed(machine).log_z(), log_z(machine))
    for actual, expected in zip(
        enumeration.moments(transposed(machine)), _swap(machine), strict=True
    ):
        same(actual, expected)


def _swap(machine):
    mean_v, mean_h, mean_vh = enumeration.moments(machine)
    return mean_h, mean_v, mean_vh.T


@pytest.mark.parametrize("discrete", [BINARY, SPIN])
def test_moments_are_derivatives_of_log_z(discrete):
    for rbm in (
        random_machine(3, discrete, GAUSSIAN),
        random_machine(3, GAUSSIAN, discrete),
    ):
        step = 1e-4
        for actual, name in zip(enumeration.moments(rbm), ("a", "b", "W"), strict=True):
            for index in np.ndindex(actual.shape):
                up, down = (_nudged(rbm, name, index, s) for s in (step, -step))
                slope = (up.log_z() - down.log_z()) / (2 * step)
                # step²/6 times a third cumulant of order 10, and rounding.
                assert actual[index] == pytest.approx(slope, abs=1e-6)


def _nudged(rbm, name, index, step):
    parameters = {"W": rbm.W.copy(), "a": rbm.a.copy(), "b": rbm.b.copy()}
    parameters[name][index] += step
    return RBM(**parameters, visible=rbm.visible, hidden=rbm.hidden)


@pytest.mark.parametrize("pair", DISCRETE_PAIRS)
def test_sums_in_several_blocks_do_not_depend_on_the_layer_that_is_summed(pair):
    # 2^15 states are two blocks; the other layer is summed by the same definition.
    rbm = RBM.random(
        15, 15, scale=0.4, bias_scale=0.5, seed=5, visible=pair[0], hidden=pair[1]
    )
    assert enumeration.enumerated_layer(rbm) == "hidden"
    v, p = enumeration.visible_probabilities(rbm)
    same(p.sum(), 1.0)
    mean_v, mean_h, mean_vh = enumeration.moments(rbm)
    h = rbm.mean_h(v)
    same(p @ v, mean_v)
    same(p @ h, mean_h)
    same((v * p[:, None]).T @ h, mean_vh)


def test_all_states_come_once_each_with_the_last_unit_fastest():
    states = enumeration.all_states(BINARY, 4)
    numbers = states @ [8, 4, 2, 1]
    assert numbers.tolist() == list(range(16))
    together = np.concatenate(list(enumeration.blocks(SPIN, 15)))
    assert np.array_equal(together, 2 * enumeration.all_states(BINARY, 15) - 1)


def test_what_cannot_be_enumerated_is_refused():
    with pytest.raises(ValueError, match="limited to 25 units .* got 26"):
        enumeration.all_states(BINARY, 26)
    with pytest.raises(ValueError, match="Gaussian units has no finite list"):
        enumeration.all_states(GAUSSIAN, 2)
    with pytest.raises(ValueError, match="got 30; use rbmlib.likelihood.ais"):
        RBM.random(40, 30, seed=0).log_z()
    with pytest.raises(ValueError, match="gaussian and gaussian, are continuous"):
        enumeration.moments(RBM.random(2, 2, seed=0, visible=GAUSSIAN, hidden=GAUSSIAN))
    # The Gaussian layer is small, but only the other one can be summed.
    with pytest.raises(ValueError, match="got 30"):
        RBM.random(30, 2, seed=0, hidden=GAUSSIAN).log_z()
