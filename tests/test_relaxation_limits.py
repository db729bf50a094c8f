"""Relaxation times over their whole range: exact, 0, or refused; never a wrong one."""

from decimal import Decimal, localcontext
from itertools import product

import numpy as np
import pytest

from rbmlib.mixing_time import (
    exact_relaxation_time,
    measure,
    mode_strengths,
    uniform_machine,
    uniform_relaxation_time,
)
from rbmlib.rbm import RBM
from rbmlib.units import BINARY, SPIN, Categorical


def two_state_time(rbm):
    """τ of a machine with one hidden unit, whose chain has λ = 1 - p(0→1) - p(1→0)."""
    states = {BINARY: (0, 1), SPIN: (-1, 1)}
    low, high = states[rbm.hidden]
    W, a = ([Decimal(float(x)) for x in y] for y in (rbm.W[:, 0], rbm.a))
    with localcontext() as context:
        context.prec = 60
        weight = {}
        for v in product(states[rbm.visible], repeat=rbm.n_visible):
            own = sum(x * s for x, s in zip(a, v, strict=True))
            field = Decimal(float(rbm.b[0])) + sum(
                x * s for x, s in zip(W, v, strict=True)
            )
            weight[v] = (own + low * field).exp(), (own + high * field).exp()
        z = [sum(pair[h] for pair in weight.values()) for h in (0, 1)]
        flow = sum(x * y / (x + y) for x, y in weight.values())
        gap = flow / z[0] + flow / z[1]
        return float(-1 / (1 - gap).ln() if gap > 1e-30 else 1 / gap)


@pytest.mark.parametrize("units", [(BINARY, BINARY), (SPIN, SPIN), (BINARY, SPIN)])
@pytest.mark.parametrize("scale", [1e-5, 1.0, 8.0, 50.0])
def test_a_time_of_any_length_is_right(units, scale):
    for seed in range(2):
        rbm = RBM.random(
            5, 1, scale=scale, seed=seed, visible=units[0], hidden=units[1]
        )
        # The symmetric point of {0, 1} units, where strong weights are slow.
        a, b = (-rbm.W.sum(1) / 2, -rbm.W.sum(0) / 2) if units[0] == BINARY else (0, 0)
        rbm = RBM(rbm.W, a + rbm.a, b + rbm.b, *units)
        expected = two_state_time(rbm)
        assert exact_relaxation_time(rbm) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("w", [10.0, 20.0, 100.0, 300.0])
def test_one_pair_in_closed_form(w):
    expected = np.cosh(w) ** 2  # 1/(1 - λ) with λ = tanh² w
    assert exact_relaxation_time(uniform_machine(1, 1, w)) == pytest.approx(expected)
    assert uniform_relaxation_time(1, 1, w) == pytest.approx(expected)


def test_pairs_without_a_bond_have_the_time_of_the_slowest():
    W = np.diag([3.0, 15.0, 12.0])
    rbm = RBM(W, np.zeros(3), np.zeros(3), SPIN, SPIN)
    assert exact_relaxation_time(rbm) == pytest.approx(np.cosh(15.0) ** 2, rel=1e-9)


@pytest.mark.parametrize(("n", "m", "w"), [(8, 8, 3.0), (5, 8, -9.0), (9, 4, 40.0)])
def test_two_ways_to_a_slow_uniform_machine(n, m, w):
    expected = exact_relaxation_time(uniform_machine(n, m, w))
    assert expected > 1e5
    for sizes in ((n, m), (m, n)):
        assert uniform_relaxation_time(*sizes, w) == pytest.approx(expected, rel=1e-9)


def test_the_barrier_of_a_large_machine():
    # ln τ grows by the same amount, the height of the barrier, for each size.
    log = np.log([uniform_relaxation_time(n, n, 2.0) for n in (100, 200, 400, 800)])
    slopes = np.diff(log) / (100, 200, 400)
    assert np.ptp(slopes) < 0.02 * slopes[0] and log[-1] > 500


def test_what_is_forgotten_at_once():
    for w in (0.0, 1e-200):
        assert exact_relaxation_time(uniform_machine(3, 2, w)) == 0
    assert uniform_relaxation_time(3, 2, 0.0) == 0
    expected = -0.5 / np.log(1e-20)  # λ = w² to first order
    assert uniform_relaxation_time(3, 2, 1e-20) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: uniform_relaxation_time(1000, 1000, 4.0), "at least that"),
        (lambda: uniform_relaxation_time(3, 3, 1e308), "at least that"),
        (lambda: exact_relaxation_time(uniform_machine(1, 1, 400.0)), "at least that"),
        (
            lambda: exact_relaxation_time(uniform_machine(2, 2, 1e11)),
            "rbm must .*known",
        ),
        (
            lambda: exact_relaxation_time(uniform_machine(2, 2, 1e200)),
            "w must be",
        ),
        (lambda: uniform_relaxation_time(3, 3, np.nan), "w must .* got nan"),
        (lambda: uniform_relaxation_time(3, 0, 1.0), "n_hidden must .* got 0"),
        (lambda: uniform_relaxation_time(10**6, 3, 1.0), "n_visible must be at most"),
        (lambda: mode_strengths(RBM([[2.0]], [0], [0]), [np.inf], [1]), "got inf"),
        (
            lambda: mode_strengths(RBM([[1e70]], [0], [0]), [1e300], [1e300]),
            "variance_v must",
        ),
        (lambda: measure(RBM([[1.0]], [0], [0]), max_sweeps=0, seed=0), "max_sweeps"),
        (
            lambda: measure(RBM([[1.0]], [0], [0]), max_sweeps=2**29 + 1, seed=0),
            "max_sweeps must be at most 536870912",
        ),
        (
            lambda: measure(RBM([[1.0]], [0], [0]), seed=0, start=[[0]]),
            "start must be of at least 2 chains, got 1",
        ),
        (
            lambda: measure(RBM([[1.0]], [0], [0]), seed=0, start=[[0], [2]]),
            "start must hold .* got 2",
        ),
        (
            lambda: mode_strengths(
                RBM(np.zeros((1, 3, 1)), np.zeros((1, 3)), [0], Categorical(3)),
                [1],
                [1],
            ),
            "rbm must have units of one variance, not of states, got RBM",
        ),
    ],
)
def test_limits_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("max_sweeps", [np.inf, np.nan, 1000.0, "9"])
def test_the_longest_record_is_an_integer(max_sweeps):
    with pytest.raises(TypeError, match="max_sweeps must be an integer"):
        measure(RBM([[1.0]], [0], [0]), max_sweeps=max_sweeps, seed=0)
