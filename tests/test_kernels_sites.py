"""Categorical units: the choice follows its law, the kernels the definition."""

import os
import subprocess
import sys

import numba
import numpy as np
import pytest

from rbmlib import randomness
from rbmlib.grid import MAX_STEPS, round_to_grid
from rbmlib.randomness import HIDDEN, VISIBLE
from rbmlib.sampling.kernels import decisions, site_layers, site_layout, sites
from rbmlib.sampling.kernels.sites import SiteMachine
from rbmlib.sampling.kernels.vectors import (
    load,
    multiply_high,
    store,
    to_integers,
    zeros_16,
)
from rbmlib.training.gradient import mean_bits
from rbmlib.units import Bits
from rbmlib.units.choice import choose, weight_bits, weights
from rbmlib.units.logistic import ROUND, grid_probability, is_on

KINDS = [(1, 0), (2, -1)]  # gain and lower state of {0, 1} and of ±1 units
STATES = [2, 3, 5, 21, 37]


def _machine(q, n_hidden, scale, seed):
    """Return a machine on its grid whose fields are of the order of `scale`."""
    rng, n_columns = np.random.default_rng(seed), int(q.sum())
    W = rng.normal(0, scale / np.sqrt(q.size + n_hidden), (n_columns, n_hidden))
    a, b = rng.normal(0, 0.5, n_columns), rng.normal(0, 0.5, n_hidden)
    return round_to_grid(W, a, b)


def _start(q, n_chains, seed=1):
    words = randomness.draws(seed, randomness.START, 0, np.arange(n_chains), q.size)
    return (words % q).astype(np.int32)


def _one_hot(v, q):
    out = np.zeros((len(v), int(q.sum())), np.float32)
    out[np.arange(len(v))[:, None], np.cumsum(q) - q + v] = 1
    return out


def _reference(grid, q, kind, v, n_sweeps, seed, first_sweep=0, first_chain=0):
    """Sample by the definition, in plain NumPy."""
    (gain, low), chains = kind, first_chain + np.arange(len(v))
    for sweep in range(first_sweep, first_sweep + n_sweeps):
        x = _one_hot(v, q) @ grid.W + grid.b
        on = is_on(x, randomness.draws(seed, HIDDEN, sweep, chains, x.shape[1]), gain)
        h = np.where(on, np.float32(1), np.float32(low))
        words = randomness.draws(seed, VISIBLE, sweep, chains, q.size)
        v = choose(h @ grid.W.T + grid.a, words, q)
    return v, h


def _same(first, second):
    return all(
        x.dtype == y.dtype and np.array_equal(x, y)
        for x, y in zip(first, second, strict=True)
    )


# ---------------------------------------------------------------- the law


@pytest.mark.parametrize("q", [2, 3, 5, 21, 37, 256, 4096])
def test_weights_are_exponentials(q):
    # The stated error: 3e-7 (1 + d) from the exponential, half a step from rounding.
    x = np.random.default_rng(q).normal(0, 4, (2**18 // q, q)).astype(np.float32)
    d = x.max(-1, keepdims=True).astype(float) - x
    w, size = weights(x), 2.0 ** weight_bits(q)
    error = np.abs(w / size - np.exp(-d))
    assert np.all(error <= 3e-7 * (1 + d) * np.exp(-d) + 0.5 / size)
    assert w.max() <= 2**30 and w.astype(np.uint64).sum(-1).max() < 2**32


def test_the_sum_of_equal_weights_fits_in_32_bits():
    for q in range(2, 2**12 + 1):
        assert 2**31 <= q * 2 ** weight_bits(q) < 2**32 * (1 - 3e-7)
    assert weights(np.zeros(2, np.float32)).tolist() == [2**30, 2**30]


@pytest.mark.parametrize("q", STATES)
@pytest.mark.parametrize("scale", [0.0, 1.0, 5.0])
def test_frequencies_are_a_softmax(q, scale):
    # The words of a state are an interval: on a grid of 2^16 words its length is wrong
    # by less than one step.  The rest is the error of the weights and of their sum.
    x = np.random.default_rng(q).normal(0, scale, q).astype(np.float32)
    words = np.arange(2**15, 2**32, 2**16, dtype=np.uint64).astype(np.uint32)[:, None]
    states = choose(np.tile(x, (words.size, 1)), words, [q])
    p = np.exp(x.astype(float) - x.max())
    d, p = x.max() - x.min(), p / p.sum()
    tolerance = 2**-16 + 6e-7 * (1 + d) * p + q / 2 ** weight_bits(q)
    assert states.dtype == np.int32
    frequency = np.bincount(states[:, 0], minlength=q) / words.size
    assert np.all(np.abs(frequency - p) <= tolerance)
    # The planted error: the fields of a wrong temperature.
    wrong = choose(
        np.broadcast_to(x * np.float32(0.99), states.shape[:1] + (q,)), words, [q]
    )
    frequency = np.bincount(wrong[:, 0], minlength=q) / words.size
    assert scale == 0 or np.any(np.abs(frequency - p) > tolerance)


def test_each_state_has_the_words_of_its_weight():
    x = np.random.default_rng(0).normal(0, 3, (1, 21)).astype(np.float32)
    reached = np.cumsum(weights(x)[0].astype(object))
    for k in range(20):
        first = -(-(reached[k] << 32) // reached[-1])  # of the next state
        words = np.array([[first - 1], [first]], np.uint32)
        found = choose(np.repeat(x, 2, axis=0), words, [21])
        assert found.tolist() == [[k], [k + 1]]
    ends = np.array([[0], [2**32 - 1]], np.uint32)
    assert choose(np.repeat(x, 2, axis=0), ends, [21]).tolist() == [[0], [20]]


def test_a_state_far_below_is_never_chosen():
    x = np.array([[-200, 0, -np.inf, -21.5]], np.float32)  # 2^-31 is e^-21.49
    assert weights(x)[0].tolist() == [0, 2**29, 0, 0]
    for word in 0, 2**31, 2**32 - 1:
        assert choose(x, np.array([[word]], np.uint32), [4]) == 1


# ---------------------------------------------------------------- same bits


def _random_case(number):
    """Return numbers of states, sizes and an address: all kinds, odd sizes."""
    rng = np.random.default_rng(number)
    n_sites, n_hidden, n_chains = (int(rng.integers(1, n)) for n in (131, 131, 71))
    some = STATES[number % 6] if number % 6 < 5 else rng.choice(STATES, n_sites)
    q = np.full(n_sites, some) if number % 6 < 5 else some
    scale = 5.0 ** rng.integers(-1, 3)
    address = {
        "first_sweep": int(rng.integers(10**6)),
        "first_chain": int(rng.integers(999)),
    }
    return q, n_hidden, n_chains, scale, address, 1 + number % 3


@pytest.mark.parametrize("number", range(36))
@pytest.mark.parametrize("kind", KINDS)
def test_random_machines_follow_the_definition(number, kind):
    q, n_hidden, n_chains, scale, address, n_threads = _random_case(number)
    grid, v0 = _machine(q, n_hidden, scale, number), _start(q, n_chains)
    expected = _reference(grid, q, kind, v0, 3, 2**40 + number, **address)
    machine = SiteMachine(grid, q, Bits(*kind))
    found = machine.run(v0, 3, 2**40 + number, **address, n_threads=n_threads)
    assert _same(found, expected)
    assert found[0].dtype == np.int32 and found[1].dtype == np.float32


@pytest.mark.parametrize("q", [[256, 2, 3], [4096, 2], [8] * 17 + [64] * 17])
def test_many_states(q):
    q = np.array(q)
    grid, v0 = _machine(q, 40, 3.0, 0), _start(q, 30)
    expected = _reference(grid, q, (2, -1), v0, 2, 5)
    assert _same(SiteMachine(grid, q, Bits(2, -1)).run(v0, 2, 5, 0, 0), expected)


@pytest.mark.parametrize("n_chains", [1, 63, 64, 1025, 1500])
def test_threads_and_blocks_change_nothing(n_chains):
    q = np.array([21, 2, 2, 3, 90] * 4)
    machine, v0 = (
        SiteMachine(_machine(q, 47, 2.0, 3), q, Bits(1, 0)),
        _start(q, n_chains),
    )
    assert machine._block < sites.BLOCK
    one = machine.run(v0, 70, 2, 0, 0)
    for n_threads in 2, 5:
        assert _same(machine.run(v0, 70, 2, 0, 0, n_threads), one)
    part = machine.run(v0, 4, 2, 0, 0)
    assert _same(machine.run(part[0], 66, 2, 4, 0), one)
    last = machine.run(v0[-1:], 70, 2, 0, n_chains - 1)
    assert _same(last, [layer[-1:] for layer in one])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_rows", [1, 100, 2050])
@pytest.mark.parametrize("q", [[2] * 70, [21] * 20, [3, 37, 2, 2, 5] * 9])
def test_sums_are_those_of_the_products(q, n_rows, kind):
    (gain, low), q = kind, np.array(q)
    grid, v = _machine(q, 45, 2.0, 4), _start(q, n_rows)
    bits = mean_bits(n_rows)
    found = SiteMachine(grid, q, Bits(gain, low)).sums(v, bits)
    one_hot = _one_hot(v, q)
    p = grid_probability(one_hot @ grid.W + grid.b, bits, gain)
    m = (p + np.float32(low) * (1 - p)).astype(float)
    one_hot = one_hot.astype(float)
    assert _same(found, (one_hot.T @ m, one_hot.sum(0), m.sum(0)))


def test_sums_at_the_edge_of_exactness():
    # State 1 of all sites adds up to exactly 2^24 steps, over bundles of four sites.
    steps = randomness.draws(1, randomness.WEIGHTS, 0, np.arange(33), 70).T % 2**17
    steps = steps.astype(np.int64)
    steps[-1] = MAX_STEPS - steps[:-1].sum(0)
    signs = 1 - 2 * (randomness.draws(2, 0, 0, np.arange(33), 70).T >> 31).astype(int)
    signs[:, 1] = 1
    W = np.zeros((140, 33), np.int64)
    W[1::2] = steps * signs
    q, v = np.full(70, 2), _start(np.full(70, 2), 40)
    v[0], v[1], v[2] = signs[:, 0] > 0, signs[:, 0] < 0, 1
    layout, bias = site_layout.make_layout(q), np.zeros(33, np.float32)
    layer = site_layers.make_layer(W.astype(np.float32), bias, layout, 1)
    codes, room = site_layout.pack_codes(v, layout), site_layers.make_room(40, layout)
    exact = v.astype(np.int64) @ W[1::2]
    assert exact[0, 0] - exact[1, 0] == exact[2, 1] == MAX_STEPS  # the edge is reached
    for first in 0, 32:
        found = site_layers._sum_rows(codes, layer, first, room).reshape(40, 32)
        width = min(32, 33 - first)
        assert np.array_equal(found[:, :width], exact[:, first : first + width])


# ---------------------------------------------------------------- planted errors


@pytest.mark.parametrize("error", ["order of the sites", "step of a code", "one row"])
def test_a_wrong_layout_is_noticed(monkeypatch, error):
    q = np.array([3] * 40 + [2])
    grid, v0 = _machine(q, 30, 3.0, 0), _start(q, 60)
    right = SiteMachine(grid, q, Bits(1, 0)).run(v0, 1, 7, 0, 0)
    make = site_layout.make_layout

    def wrong_layout(q):
        layout = make(q)
        if error == "order of the sites":
            layout.unit[[0, 1]] = layout.unit[[1, 0]]
        elif error == "step of a code":
            layout.step[20] = 1
        else:
            layout.column[0] += 1
        return layout

    monkeypatch.setattr(sites, "make_layout", wrong_layout)
    assert not _same(SiteMachine(grid, q, Bits(1, 0)).run(v0, 1, 7, 0, 0), right)


# ---------------------------------------------------------------- the parts


@pytest.mark.parametrize("q", [[2], [2] * 64, [3] * 33, [4096, 2, 2], [17, 16, 4] * 9])
def test_codes_name_states(q):
    q = np.array(q)
    layout, v = site_layout.make_layout(q), _start(q, 50)
    codes, back = site_layout.pack_codes(v, layout), np.empty_like(v)
    site_layout.unpack_codes(codes, layout, back)
    assert np.array_equal(back, v)
    assert codes.max() < layout.n_rows
    W = np.arange(q.sum() * 3, dtype=np.float32).reshape(-1, 3) % 97
    rows = site_layout.rows_of_codes(W, layout)[0][:, :3]
    total = rows[codes].sum((0, 2))
    assert np.array_equal(total, _one_hot(v, q) @ W)


def test_sites_of_two_states_share_codes():
    layout = site_layout.make_layout(np.full(128, 2))
    assert layout.n_blocks == 8 and layout.start.size - 1 == 2 * 16
    assert layout.n_rows == 2 * 16 * 16


def test_vector_weights_are_the_numpy_ones():
    for q in 2, 5, 21, 300:
        x = -np.linspace(0, 100, 16 * 4096, dtype=np.float32)
        x[1::7] = -np.inf
        found, shift = np.empty(x.size, np.uint32), ROUND + np.float32(weight_bits(q))
        _weigh(x, np.float32(0), np.full(16, shift), found)
        fields = np.full((x.size, q), -np.inf, np.float32)
        fields[:, 0], fields[:, 1] = 0, x
        assert np.array_equal(found, weights(fields)[:, 1])


@numba.njit
def _weigh(x, largest, shift, out):
    for i in range(np.uintp(0), np.uintp(x.size), np.uintp(16)):
        shifts = load(shift, np.uintp(0), zeros_16())
        store(out, i, decisions.weight(load(x, i, zeros_16()), largest, shifts))


def test_integers_in_vectors():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 2**32, (2, 160), dtype=np.uint32)
    x[:4], y[:4] = [0, 2**32 - 1, 2**32 - 1, 1], [7, 2**32 - 1, 1, 2**32 - 1]
    number = rng.uniform(0, 1, 160).astype(np.float32) * np.float32(2**31 - 129)
    number[:5] = 0, 0.99, 1, 2**24 - 0.5, 2**31 - 128
    products, integers = np.empty_like(x), np.empty_like(x)
    _combine(x, y, number, products, integers)
    assert np.array_equal(products, x.astype(np.uint64) * y >> np.uint64(32))
    assert np.array_equal(integers, number.astype(np.uint32))


@numba.njit
def _combine(x, y, number, products, integers):
    for i in range(np.uintp(0), np.uintp(x.size), np.uintp(16)):
        first, second = load(x, i, zeros_16()), load(y, i, zeros_16())
        store(products, i, multiply_high(first, second))
        store(integers, i, to_integers(load(number, i, zeros_16())))


CODE = """
import re
import numpy as np
from rbmlib.grid import GridMachine
from rbmlib.units import Bits
from rbmlib.sampling.kernels import site_layers
from rbmlib.sampling.kernels.sites import SiteMachine
W, a, b = (np.zeros(n, np.float32) for n in ((70, 70), 70, 70))
v = np.zeros((20, 23), np.int32)
SiteMachine(GridMachine(W, a, b, 20), [3] * 22 + [4], Bits(1, 0)).run(v, 1, 1, 0, 0)
(code,) = site_layers.run_sweeps.inspect_asm().values()
print(*(len(re.findall(p, code)) for p in (r"v(add|mul)ps.*zmm", "fmadd")))
"""


def test_vectors_are_registers_and_nothing_is_contracted(tmp_path):
    if "+avx512f" not in numba.core.codegen.get_host_cpu_features().split(","):
        pytest.skip("this processor has no avx512f")
    env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_CPU_NAME": "znver4"}
    result = subprocess.run(
        [sys.executable, "-c", CODE], env=env, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    vectors, contracted = map(int, result.stdout.split())
    assert vectors > 50 and contracted == 0
