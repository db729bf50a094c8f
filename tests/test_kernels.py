"""Bits and tables give what the definitions give, bit for bit."""

import os
import subprocess
import sys

import numba
import numpy as np
import pytest

from rbmlib import randomness, sampling, training
from rbmlib.grid import MAX_STEPS
from rbmlib.likelihood import ais, path, reverse_ais
from rbmlib.rbm import RBM
from rbmlib.sampling import kernels
from rbmlib.sampling.kernels import bit_machine, decisions, layers, packing, tables
from rbmlib.sampling.kernels.vectors import load, store, zeros_16
from rbmlib.sampling.sampler import Sampler
from rbmlib.sampling.threads import blocks_of
from rbmlib.training import gradient
from rbmlib.units import BINARY, GAUSSIAN, SPIN, logistic

PAIRS = [(BINARY, BINARY), (SPIN, SPIN), (BINARY, SPIN), (SPIN, BINARY)]


def _by_bits(monkeypatch, yes):
    """Take one path, whatever the sizes."""
    for place in ("rbmlib.sampling.sampler", "rbmlib.sampling.kernels.bit_machine"):
        monkeypatch.setattr(f"{place}.bits_pay", lambda *_: yes)


# ---------------------------------------------------------------- same bits


def _random_case(number):
    """Return a machine, a start and keywords: odd sizes, all units, any counts."""
    words = randomness.draws(99, randomness.START, 0, [number], 8)[0].astype(int)
    n_visible, n_hidden = 1 + words[:2] % 800
    n_chains = 1 + words[2] % (1000 if number % 3 else 60)
    machine = RBM.random(
        int(n_visible),
        int(n_hidden),
        scale=0.02 * 5.0 ** (words[3] % 4),
        bias_scale=0.5,
        seed=number,
        visible=PAIRS[number % 4][0],
        hidden=PAIRS[number % 4][1],
    )
    v0 = sampling.random_start(machine, int(n_chains), seed=1)
    address = {"first_sweep": int(words[4] % 10**6), "first_chain": int(words[5] % 999)}
    return machine, v0, address, 1 + int(words[6] % 3), 1 + int(words[7] % 3)


@pytest.mark.parametrize("number", range(30))
def test_random_machines_follow_the_definition(monkeypatch, number):
    machine, v0, address, n_sweeps, n_threads = _random_case(number)
    seed = 2**40 + number
    expected = sampling.reference_gibbs(machine, v0, n_sweeps, seed, **address)
    chosen = sampling.gibbs(machine, v0, n_sweeps, seed, **address, n_threads=n_threads)
    _by_bits(monkeypatch, True)
    forced = sampling.gibbs(machine, v0, n_sweeps, seed, **address, n_threads=n_threads)
    for layer in (0, 1):
        assert chosen[layer].dtype == forced[layer].dtype == np.float32
        assert np.array_equal(chosen[layer], expected[layer])
        assert np.array_equal(forced[layer], expected[layer])


@pytest.mark.parametrize("n_chains", [1, 2, 63, 64, 65, 1023, 1025, 2500])
@pytest.mark.parametrize("n_threads", [2, 5])
def test_threads_and_blocks_change_nothing(n_chains, n_threads):
    machine = RBM.random(90, 47, scale=0.4, seed=3)
    v0 = sampling.random_start(machine, n_chains, seed=1)
    one = sampling.gibbs(machine, v0, 70, seed=2)
    many = sampling.gibbs(machine, v0, 70, seed=2, n_threads=n_threads)
    assert all(np.array_equal(x, y) for x, y in zip(one, many, strict=True))


def test_record_with_threads_is_one_run():
    machine = RBM.random(90, 80, scale=0.4, seed=3)
    v0 = sampling.random_start(machine, 50, seed=1)
    recorded = sampling.record(machine, v0, [3, 8], 2, lambda v, h: (v, h), n_threads=2)
    (_, _), (sweep, last) = recorded
    assert sweep == 8
    whole = sampling.reference_gibbs(machine, v0, 8, 2)
    assert all(np.array_equal(x, y) for x, y in zip(last, whole, strict=True))


@pytest.mark.parametrize(("visible", "hidden"), PAIRS)
def test_training_takes_the_same_steps(monkeypatch, visible, hidden):
    states = np.array(visible.states)
    bits = randomness.draws(5, randomness.START, 0, np.arange(150), 83) >> 31
    data = states[bits.astype(int)]
    start = RBM.random(83, 71, scale=0.1, seed=2, visible=visible, hidden=hidden)
    runs = []
    for by_bits in (True, False):
        _by_bits(monkeypatch, by_bits)
        run = training.train(
            start,
            data,
            method="pcd",
            k=2,
            n_updates=8,
            batch_size=75,
            n_chains=101,
            learning_rate=0.1,
            seed=3,
            progress=False,
        )
        runs.append(run)
    assert runs[0][-1] == runs[1][-1] != runs[0][0]
    for name in "Wab":
        assert np.array_equal(runs[0].state[name], runs[1].state[name])
    assert np.array_equal(runs[0].chains, runs[1].chains)


@pytest.mark.parametrize(("visible", "hidden"), PAIRS)
def test_annealing_collects_the_same_weights(monkeypatch, visible, hidden):
    machine = RBM.random(
        83, 71, scale=0.2, bias_scale=0.5, seed=2, visible=visible, hidden=hidden
    )
    data = sampling.random_start(machine, 600, seed=1)
    found = []
    for by_bits in (True, False):
        _by_bits(monkeypatch, by_bits)
        forward = ais(machine, n_chains=600, n_temperatures=7, seed=3, data=data)
        back = reverse_ais(machine, data, n_temperatures=7, seed=3)
        found.append((forward.log_weights, back.log_weights))
    assert np.array_equal(found[0][0], found[1][0])
    assert np.array_equal(found[0][1], found[1][1])
    assert path._BLOCK < 600  # more than one block


@pytest.mark.parametrize(("visible", "hidden"), PAIRS)
@pytest.mark.parametrize("n_rows", [1, 100, 2050])
def test_sums_are_those_of_the_products(monkeypatch, visible, hidden, n_rows):
    machine = RBM.random(70, 45, scale=0.5, seed=4, visible=visible, hidden=hidden)
    v = sampling.random_start(machine, n_rows, seed=1)
    sampler = Sampler(visible, hidden, machine.W, machine.a, machine.b, 0)
    found = []
    for by_bits in (True, False):
        _by_bits(monkeypatch, by_bits)
        found.append(sampler.sums(v, gradient.mean_bits(n_rows)))
    for x, y in zip(*found, strict=True):
        assert x.dtype == y.dtype == np.float64 and np.array_equal(x, y)


# ---------------------------------------------------------------- exact sums


@pytest.mark.parametrize("signed", [False, True])
def test_sums_at_the_edge_of_exactness(monkeypatch, signed):
    # Each column adds up to exactly 2^24 steps; one step more would be rounded.
    steps = randomness.draws(1, randomness.WEIGHTS, 0, np.arange(33), 130).T % 2**18
    steps = steps.astype(np.int64)
    steps[-1] = MAX_STEPS - steps[:-1].sum(0)
    signs = 1 - 2 * (randomness.draws(2, 0, 0, np.arange(33), 130).T >> 31).astype(int)
    W = (steps * signs).astype(np.float32)
    low = -1 if signed else 0
    bits = randomness.draws(3, 0, 0, np.arange(40), 130) >> 31
    s = np.where(bits == 1, 1, low).astype(np.float32)
    s[0], s[1] = np.where(signs[:, 0] > 0, 1, low), np.where(signs[:, 1] > 0, low, 1)
    _by_bits(monkeypatch, True)
    found = np.empty((40, 33), np.float32)
    kernels.product(W, signed, 40)(s, found)
    exact = s.astype(np.int64) @ (steps * signs)
    assert np.array_equal(found, exact)
    assert not signed or exact[0, 0] == MAX_STEPS  # the edge is reached


def test_a_product_takes_the_path_that_pays():
    W = np.ones((100, 100), np.float32)
    s, out = np.ones((20, 100), np.float32), np.empty((20, 100), np.float32)
    for n_chains in (20, 3):
        kernels.product(W, False, n_chains)(s[:n_chains], out[:n_chains])
        assert np.all(out[:n_chains] == 100)
    assert kernels.bits_pay(1000, 1, (784, 500))
    assert not kernels.bits_pay(3, 100, (784, 500))
    assert kernels.bits_pay(3, 100, (8, 6)) and not kernels.bits_pay(3, 1, (8, 6))
    machine = RBM.random(90, 90, scale=0.1, seed=0, hidden=GAUSSIAN)
    sampler = Sampler(BINARY, GAUSSIAN, machine.W, machine.a, machine.b, 0)
    assert not sampler._kernels_pay(1000, 10)  # a Gaussian unit is no bit


# ---------------------------------------------------------------- the parts


def test_vector_decisions_are_the_scalar_ones():
    x = np.linspace(-90, 90, 16 * 4096).astype(np.float32)
    x[:16] = 0.0
    k0, k1 = randomness.keys(7, randomness.HIDDEN, 3, [5])[0]
    words = randomness.draws(7, randomness.HIDDEN, 3, [5], x.size)[0]
    units = np.arange(x.size, dtype=np.uint32) * np.uint32(randomness.GOLDEN)
    for gain in (1, 2):
        factor = np.float32(gain) * logistic.LOG2_E
        bits, p = np.zeros(x.size // 64, np.uint64), np.empty_like(x)
        _decide(x, units, k0, k1, factor, np.float32(2**12), bits, p)
        on = packing.pack(logistic.is_on(x, words, gain)[None].astype(np.float32))
        assert np.array_equal(bits, on[:, 0])
        assert np.array_equal(p, logistic.grid_probability(x, 12, gain))


@numba.njit
def _decide(x, units, k0, k1, gain, scale, bits, p):
    for i in range(np.uintp(0), np.uintp(x.size), np.uintp(16)):
        field = load(x, i, zeros_16())
        word = decisions.draw(load(units, i, zeros_16()) + k0, k1)
        on = decisions.is_on(field, word, gain)
        layers.store_mask(bits, i // np.uintp(16), on)
        store(p, i, decisions.grid_probability(field, scale, gain))


@pytest.mark.parametrize("n_units", [1, 15, 16, 17, 63, 64, 65, 130])
@pytest.mark.parametrize("low", [0, -1])
def test_packing(n_units, low):
    on = randomness.draws(n_units, 0, 0, np.arange(70), n_units) >> 31 == 1
    states = np.where(on, 1, low).astype(np.float32)
    words = packing.pack(states)
    full = np.zeros((70, 64 * len(words)), np.uint8)
    full[:, :n_units] = on
    expected = np.packbits(full, axis=1, bitorder="little").view("<u8").T
    assert np.array_equal(words, expected)
    back = np.empty_like(states)
    packing.unpack(words, low, back)
    assert np.array_equal(back, states)
    turned = np.zeros((2, n_units), np.uint64)
    packing.transpose(words, turned)
    assert np.array_equal(turned, packing.pack(states.T.copy()))


def test_tables_start_at_a_cache_line():
    for size in (1, 100, 8192):
        assert tables.aligned(size).ctypes.data % 64 == 0
        assert tables.aligned(size).size == size


def test_blocks_cover_the_chains():
    for n_chains in (1, 5, 1024, 1025, 10_000):
        for n_threads in (1, 2, 7):
            blocks = blocks_of(n_chains, n_threads, bit_machine.BLOCK)
            rows = np.concatenate([np.arange(n_chains)[b] for b in blocks])
            assert np.array_equal(rows, np.arange(n_chains))
            assert max(b.stop - b.start for b in blocks) <= bit_machine.BLOCK


def test_a_wrong_table_is_noticed(monkeypatch):
    # Planted: one row of weights is missing from the tables.
    machine = RBM.random(64, 100, scale=0.5, seed=0)
    v0 = sampling.random_start(machine, 100, seed=1)
    right = sampling.reference_gibbs(machine, v0, 1, 2)
    write = bit_machine.write_layers

    def without_a_row(W, a, b, felt, to_h, to_v):
        exponent = write(W, a, b, felt, to_h, to_v)
        to_h.W[3] = 0
        return exponent

    monkeypatch.setattr(bit_machine, "write_layers", without_a_row)
    wrong = sampling.gibbs(machine, v0, 1, 2)
    assert not np.array_equal(right[1], wrong[1])


# ---------------------------------------------------------------- input, machine code


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"n_threads": 0}, ValueError, "n_threads must be at least 1, got 0"),
        ({"n_threads": 1.5}, TypeError, "n_threads must be an integer, got float"),
        ({"first_chain": -1}, ValueError, r"first_chain must be in \[0, 2\^32\)"),
        ({"first_chain": 2**32 - 1}, ValueError, "last chain must be in"),
        ({"first_sweep": 2**32 - 1}, ValueError, "last sweep must be in"),
        ({"first_sweep": 0.5}, TypeError, "first_sweep must be an integer"),
    ],
)
def test_bad_input_is_refused(change, error, message):
    machine = RBM.random(6, 5, seed=0)
    with pytest.raises(error, match=message):
        sampling.gibbs(machine, np.zeros((3, 6)), 2, seed=0, **change)


CODE = """
import re
from rbmlib import sampling
from rbmlib.sampling.kernels import layers
from rbmlib.rbm import RBM
machine = RBM.random(70, 70, scale=0.1, seed=0)
sampling.gibbs(machine, sampling.random_start(machine, 20, seed=0), 1, seed=1)
(code,) = layers.run_sweeps.inspect_asm().values()
print(*(len(re.findall(p, code)) for p in (r"vaddps.*zmm", r"vaddps.*ymm", "fmadd")))
"""


@pytest.mark.thorough
@pytest.mark.parametrize("register", ["ymm", "zmm"])
def test_vectors_are_registers_and_nothing_is_contracted(register, tmp_path):
    host = numba.core.codegen.get_host_cpu_features()
    need = {"zmm": "+avx512f", "ymm": "+avx2"}[register]
    if need not in host.split(","):
        pytest.skip(f"this processor has no {need[1:]}")
    env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    if register == "ymm":
        env |= {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma"}
    else:
        env |= {"NUMBA_CPU_NAME": "znver4"}
    result = subprocess.run(
        [sys.executable, "-c", CODE], env=env, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    zmm, ymm, contracted = map(int, result.stdout.split())
    assert (zmm if register == "zmm" else ymm) > 50 and contracted == 0


def test_fields_need_no_library(monkeypatch):
    # Threaded BLAS beside our threads would slow both down: it is not called at all.
    def refuse(*_, **__):
        raise AssertionError("a product was called")

    machine = RBM.random(80, 70, scale=0.1, seed=0)
    v0 = sampling.random_start(machine, 100, seed=0)
    monkeypatch.setattr(np, "matmul", refuse)
    sampling.gibbs(machine, v0, 2, seed=1, n_threads=2)
