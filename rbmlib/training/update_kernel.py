"""One update as compiled code: from words of bits to the next parameters.

The parameters are rounded to their grid; chains make their sweeps; sums over chains and
data are taken by tables; and the step is made (`step_kernel`).  Each sum is exact, or
in the order of `gradient.ascend`: so the bits are those of `methods` and `gradient`,
which define the update.

A small update is one call.  A long one is called in pieces, so that a key that is
pressed is heard, and so that threads can share it: each has a bench of its own.
"""

from typing import NamedTuple

import numba
import numpy as np

from rbmlib import compiled
from rbmlib.sampling.kernels.layers import (
    Layer,
    Room,
    draw_layer,
    means_tile,
    sum_fields,
)
from rbmlib.sampling.kernels.packing import kernel_transpose
from rbmlib.sampling.kernels.rounding import NOT_KNOWN, round_layers
from rbmlib.sampling.kernels.tables import LANES, ROWS
from rbmlib.sampling.kernels.vectors import count_bits, load, store, zeros_16
from rbmlib.training.step_kernel import DATA, MODEL, make_step

BLOCK = 1024  # chains or samples that are in cache together; changes no bit
ROUND, SWEEP, OF_CHAINS, OF_DATA, STEP = (2**i for i in range(5))  # pieces
WHOLE = 2**5 - 1
_P, _L = np.uintp, np.uint64


class Plan(NamedTuple):
    """What is the same in each update of a run."""

    n_data: int
    n_chains: int
    centred: bool
    low_v: np.float32  # the lower states
    low_h: np.float32
    scales: tuple  # 2^bits of the means of DATA and MODEL, as `gradient.mean_bits`
    keys: tuple  # `randomness.stream_key` of HIDDEN and VISIBLE


class Bench(NamedTuple):
    """Working memory of a thread."""

    table: np.ndarray
    x: np.ndarray
    keys: np.ndarray  # uint32, flat
    h: np.ndarray  # uint64, flat: words of a block
    of_units: np.ndarray  # uint64, shape (words of a block, n_visible + 1)
    m: np.ndarray  # float32, shape (a block, padded n_hidden): ⟨h⟩
    no_bias: np.ndarray  # float32, shape (padded n_hidden,): zeros
    total: np.ndarray  # float32, of DATA and MODEL: Σ v mᵀ, and one more row, Σ m
    n_on: np.ndarray  # int64, of DATA and MODEL: how often each visible unit is on


@compiled.kernel(error_model="numpy", nogil=True)
def update(what, chains, data, add, sweeps, chain, rate, old, new, to_h, to_v, plan,
           bench, totals, counts, room):  # fmt: skip
    """Make an update, or a piece of it.

    Parameters
    ----------
    what : int
        WHOLE, or a sum of pieces: ROUND the parameters; SWEEP the chains; make the sums
        OF_CHAINS and OF_DATA; make the STEP.
    chains, data : ndarray of uint64, shape (n_words, n_rows)
        Words of v, of a block.  SWEEP replaces the chains.
    add : bool
        Sums are added to those on the bench, instead of taking their place.
    sweeps : pair of int
        The first one, and how many.
    chain : int
        Global index of the first of the chains.
    rate : float
        The learning rate.
    old, new : Parameters
        Of `step_kernel`.
    to_h, to_v : Layer
        They are written by ROUND.
    plan : Plan
    bench : Bench
    totals, counts : ndarray
        `total` and `n_on` of all benches.
    room : ndarray of float64
        Of `step_kernel.step_room`.

    Returns
    -------
    known : bool
        False if ROUND does not know the grid (`rounding`): then nothing was done.
    W, a, b : float
        After STEP, the largest absolute values.
    """
    if what & ROUND:
        if round_layers(old.W, old.a, old.b, room[0], to_h, to_v) == NOT_KNOWN:
            return False, 0.0, 0.0, 0.0
    if what & SWEEP:
        _sweep(chains, sweeps, chain, to_h, to_v, plan, bench)
    for phase in (DATA, MODEL):
        if what & (OF_DATA if phase == DATA else OF_CHAINS):
            v = data if phase == DATA else chains
            _add_up(v, phase, add, to_h, plan, bench)
    if what & STEP:
        return True, *make_step(old, new, rate, plan, totals, counts, room)
    return True, 0.0, 0.0, 0.0


@numba.njit(inline="always")
def _room(bench, n_chains):
    keys = bench.keys[: 2 * n_chains].reshape(2, n_chains)
    return Room(bench.table, bench.x, keys)


@numba.njit(inline="always")
def _sweep(v, sweeps, chain, to_h, to_v, plan, bench):
    n, n_words = v.shape[1], (to_h.bias.size + 63) // 64
    h = bench.h[: n_words * n].reshape(n_words, n)
    room = _room(bench, n)
    for sweep in range(sweeps[0], sweeps[0] + sweeps[1]):
        for side in range(2):  # one call, for the compiler's sake
            layer = to_v if side else to_h
            words, out = (h, v) if side else (v, h)
            draw_layer(words, layer, plan.keys[side], sweep, chain, room, out)


@numba.njit(inline="always")
def _add_up(v, phase, add, to_h, plan, bench):
    """Write Σ v mᵀ, Σ m and how often units are on, as `BitMachine.sums` does."""
    n, n_visible = v.shape[1], bench.n_on.shape[1]
    room, scale = _room(bench, n), plan.scales[phase]
    m = bench.m[: -(-n // ROWS) * ROWS]
    m[n:] = 0
    for column in range(0, to_h.bias.size, LANES):
        x, lanes = sum_fields(v, to_h, column, room)
        means_tile(x, lanes, column, to_h, scale, plan.low_h, m[:n])
    of_units = bench.of_units[: (n + 63) // 64]
    kernel_transpose(v, of_units)
    _count_on(of_units, add, bench.n_on[phase])
    of_units[:, n_visible] = ~_L(0)
    means = Layer(m, bench.no_bias, to_h.steps, to_h.gain, to_h.signed)
    for column in range(0, to_h.bias.size, LANES):
        x, lanes = sum_fields(of_units, means, column, room)
        _put(x, lanes, column, add, bench.total[phase])


@numba.njit(inline="always")
def _count_on(of_units, add, n_on):
    for i in range(n_on.size):
        count = n_on[i] if add else 0
        for group in range(of_units.shape[0]):
            count += np.int64(count_bits(of_units[group, i]))
        n_on[i] = count


@numba.njit(inline="always")
def _put(x, lanes, column, add, total):
    """Write a tile of sums, or add it to what is there."""
    flat, stride = total.reshape(-1), _P(total.shape[1])
    for i in range(_P(total.shape[0])):
        for lane in range(_P(0), lanes, _P(16)):
            place = i * stride + _P(column) + lane
            value = load(x, i * lanes + lane, zeros_16())
            if add:
                value = value + load(flat, place, zeros_16())
            store(flat, place, value)
