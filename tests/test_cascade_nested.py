"""A mode inside a phase, what exchange can do at best, modes of stored machines."""

from functools import reduce
from itertools import product

import numpy as np
import pytest

from rbmlib import cascade
from rbmlib.rbm import RBM
from rbmlib.units import GAUSSIAN, SPIN

SHARE, TEACHER = 0.3, [1.3, 0.35, 1.3]


def enumerated(strengths, share=0.5, N=8):
    machine = cascade.nested_machine(N, share, strengths)
    states = np.array(list(product([-1.0, 1.0], repeat=N)))
    logs = -machine.free_energy(states)
    p = np.exp(logs - logs.max())
    return machine, states, p / p.sum()


def test_moments_are_those_of_enumerated_states():
    machine, states, p = enumerated([1.1, 0.6, 0.9])
    found = cascade.nested_moments(8, 0.5, [1.1, 0.6, 0.9])
    # Given the spins a hidden unit is Gaussian, of variance 1.
    square = 1 + p @ (states @ machine.W) ** 2
    np.testing.assert_allclose(found.square, square, rtol=1e-9)
    np.testing.assert_allclose(found.response + 8 * found.order**2, square, rtol=1e-9)


def test_the_flow_is_the_gradient_of_all_weights():
    machine, states, p = enumerated([0.5, 0.3, 0.4])
    _, _, q = enumerated([1.3, 0.5, 1.2])
    # The gradient needs (C_D - C) W alone: Gaussian units, data of ±1 spins.
    excess = (states.T * (q - p)) @ states @ machine.W
    first, second = machine.W.T
    step = 1e-5
    flow = cascade.nested_flow(8, 0.5, [1.3, 0.5, 1.2], [0.5, 0.3, 0.4], [0, step])
    found = (flow[1] - flow[0]) / step
    outer = first[:4] / np.linalg.norm(first[:4])
    inner = first[4:] / np.linalg.norm(first[4:])
    expected = (
        outer @ excess[:4, 0],
        inner @ excess[4:, 0],
        second @ excess[:, 1] / np.linalg.norm(second),
    )
    np.testing.assert_allclose(found, expected, rtol=1e-3)
    # The form is kept: nothing of the gradient lies in another direction.
    rest = excess[:, 0] - np.concatenate([expected[0] * outer, expected[1] * inner])
    assert np.abs(rest).max() < 1e-12
    assert np.abs(excess[:4, 1]).max() < 1e-12


def test_drawn_states_have_the_teachers_moments():
    strengths = [1.0, 0.5, 1.1]
    v = cascade.nested_draw(40, 0.5, strengths, 4000, seed=2)
    W = cascade.nested_machine(40, 0.5, strengths).W
    exact = cascade.nested_moments(40, 0.5, strengths).square - 1
    squares = (v @ W) ** 2
    error = squares.std(0, ddof=1) / len(v) ** 0.5
    assert np.abs((squares.mean(0) - exact) / error).max() < 4


def test_large_machines_follow_the_limit():
    times, start = np.linspace(0, 20, 41), [0.1, 0.065, 0.1]
    limit = cascade.nested_limit_flow(SHARE, TEACHER, start, times)
    gaps = []
    for N in (100, 1000):
        found = cascade.nested_flow(N, SHARE, TEACHER, start, times / N)
        gaps.append(np.abs(found - limit).max())
    assert gaps[1] < gaps[0] / 3 and gaps[1] < 0.2


def test_the_second_mode_splits_each_phase_of_the_first():
    counts = [
        len(cascade.nested_phases(SHARE, w))
        for w in ([0.8, 0.1, 0.8], [1.3, 0.1, 0.9], [1.3, 0.1, 1.1])
    ]
    assert counts == [1, 2, 4]
    parent = cascade.nested_phases(SHARE, [1.3, 0.1, 0.9])[0]
    w2 = (1 - parent[1] ** 2) ** -0.5
    for side, n in ((0.999, 2), (1.001, 4)):
        assert len(cascade.nested_phases(SHARE, [1.3, 0.1, side * w2])) == n
    # The susceptibility inside the phase, a large machine just below.
    below = [1.3, 0.1, 0.9]
    chi = cascade.nested_moments(4000, SHARE, below).square[1]
    assert chi * (1 - 0.81 * (1 - parent[1] ** 2)) == pytest.approx(1, abs=0.01)


def relaxation_of_ladder(N, w, a):
    """Return τ in rounds of exchange, from all states of all rungs."""
    n, R = N + 1, len(w)
    sweeps = [np.matmul(*cascade.sweep_kernels(N, *x)) for x in zip(w, a, strict=True)]
    sweep = reduce(np.kron, sweeps)
    M = 2 * np.arange(n) - N
    states = list(product(range(n), repeat=R))
    kernel = sweep
    for first in (0, 1):
        swap = np.zeros((n**R, n**R))
        for row, state in enumerate(states):
            moved = {state: 1.0}
            for r in range(first, R - 1, 2):
                new = {}
                for s, p in moved.items():
                    m = M[list(s)]
                    gain = (w[r + 1] ** 2 - w[r] ** 2) * m**2 / (2 * N)
                    gain = gain + (a[r + 1] - a[r]) * m
                    accept = min(1, np.exp(gain[r] - gain[r + 1]))
                    other = list(s)
                    other[r], other[r + 1] = s[r + 1], s[r]
                    for t, q in ((tuple(other), accept), (s, 1 - accept)):
                        new[t] = new.get(t, 0) + p * q
                moved = new
            for s, p in moved.items():
                swap[row, np.ravel_multi_index(s, (n,) * R)] += p
        kernel = kernel @ swap if first == 0 else kernel @ sweep @ swap
    second = np.sort(np.abs(np.linalg.eigvals(kernel)))[-2]
    return -2 / np.log(second)  # the kernel is two rounds


@pytest.mark.parametrize(
    ("w", "a"), [((1.2, 1.4, 1.6), (0.3, 0.2, 0.1)), ((0.0, 1.0, 1.6), (0.1,) * 3)]
)
def test_no_ladder_is_faster_than_its_bound(w, a):
    w, a = np.array(w), np.array(a)
    exact, found = relaxation_of_ladder(5, w, a), cascade.ladder_bound(5, w, a)
    assert exact / 5 < found.rounds < exact
    top = cascade.ladder_bound(5, w[-1:], a[-1:])
    assert top.rounds < cascade.relaxation_time(5, w[-1], a[-1])
    law = cascade.law(5, w[1], a[1])
    assert found.shares[1] == pytest.approx(law[:3].sum())


def test_a_strong_field_on_the_way_shuts_the_ladder():
    w, steps = 1.35, np.linspace(0, 1, 21)
    plain = cascade.ladder_bound(100, [w], [0.0]).rounds
    # Weaker machines without a field, with one, and one that only loses its field.
    paths = (w * steps, 0 * steps), (w * steps, 1 - steps), (w + 0 * steps, 1 - steps)
    found = [cascade.ladder_bound(100, *path).rounds for path in paths]
    assert found[0] < 40 and found[1] > 1e6 * found[0]
    assert plain / 3 < found[2] < plain
    with pytest.raises(ValueError, match="field must leave a chain"):
        cascade.ladder_bound(1000, [1.0], [90.0])


def test_modes_of_a_machine_are_measured():
    pattern = np.where(np.arange(60) % 3, 1.0, -1.0)
    machine = cascade.machine(pattern, 0.7, n_hidden=60)
    data = np.eye(60) + 3 * np.outer(pattern, pattern) / 60
    found = cascade.mode_variances(machine, data, 1, 2000, 40, seed=1)
    assert found.strengths[0] == pytest.approx(0.7, abs=0.02)
    exact = cascade.moments(60, 0.7, n_hidden=60).susceptibility
    assert found.of_machine[0] == pytest.approx(exact, rel=0.1)
    assert found.of_data[0] == pytest.approx(4, abs=0.1)
    still = RBM(np.zeros((3, 2)), [90.0, 0, 0], [0.0, 0], SPIN, GAUSSIAN)
    found = cascade.mode_variances(still, np.eye(3), 2, 100, 8, seed=1)
    assert np.isfinite(found.of_machine).all()
