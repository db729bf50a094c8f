"""A layer of units in one pass: fields by tables, decisions, bits.

For each tile of columns the fields of all chains are summed (`tables.sum_tile`) into a
buffer that stays in cache, and used there and then: compared with random numbers and
packed, turned into means, or handed out.
"""

from typing import NamedTuple

import numba
import numpy as np

from rbmlib import compiled, randomness
from rbmlib.sampling.kernels import decisions
from rbmlib.sampling.kernels.tables import (
    LANES,
    aligned,
    padded_zeros,
    sum_tile,
    table_space,
)
from rbmlib.sampling.kernels.vectors import load, store, store_mask, zeros_16, zeros_32
from rbmlib.units.logistic import LOG2_E

_P, _U, _F = np.uintp, np.uint32, np.float32
STRIDE = 10  # sweeps from one that counts for the means to the next
MEAN_BITS = 20  # probabilities are summed on multiples of 2^-20: exactly
MEAN_SCALE = _F(2.0**MEAN_BITS)


class Layer(NamedTuple):
    """One layer as seen from the states of the other, for the kernels."""

    W: np.ndarray  # float32, padded: rows are the other layer's units
    bias: np.ndarray  # float32, padded
    steps: np.ndarray  # uint32: unit * GOLDEN, what its draw's counter adds
    gain: np.float32  # as in `logistic.kernel_exp_abs`
    signed: bool  # the other layer's states are ±1


class Room(NamedTuple):
    """Working memory of the kernels for a number of chains."""

    table: np.ndarray
    x: np.ndarray
    keys: np.ndarray  # uint32, shape (2, n_chains)


class Held(NamedTuple):
    """Units whose states stay, as flat words; both arrays are empty if there are none.

    A unit is drawn all the same, with its own random number, and then put back: so the
    others feel nothing of it but its state.
    """

    mask: np.ndarray  # a bit is on where a unit is held
    states: np.ndarray  # its state there, and 0 elsewhere


def hold(words, mask):
    """Return the `Held` of the states in words where mask, of the same shape, has bits.

    Examples
    --------
    >>> hold(np.array([[5]], np.uint64), np.array([[6]], np.uint64)).states.tolist()
    [4]
    """
    return Held(mask.reshape(-1), (words & mask).reshape(-1))


def hold_nothing():
    """Return the `Held` of a free run."""
    return Held(np.empty(0, np.uint64), np.empty(0, np.uint64))


class Means(NamedTuple):
    """Sums of the means of v given h, over some of the sweeps of a run."""

    total: np.ndarray  # float64, flat: of a chain, of a column; empty if not wanted
    first: int  # the sweep after which every tenth one counts, to the last


def mean_sweeps(n_sweeps):
    """Return the sweeps of a run, counted from 0, that count for its means.

    They are every tenth one of the second half, counted back from the last.

    Examples
    --------
    >>> list(mean_sweeps(45)), list(mean_sweeps(3))
    ([24, 34, 44], [2])
    """
    return range(n_sweeps - 1, n_sweeps // 2 - 1, -STRIDE)[::-1]


def means_into(total, first_sweep, n_sweeps):
    """Return the `Means` that a run adds to a total of its chains, or to None."""
    if total is None:
        return Means(np.empty(0), 0)
    return Means(total.reshape(-1), first_sweep + mean_sweeps(n_sweeps)[0])


def make_layer(W, bias, gain, signed):
    """Return a `Layer` of parameters on the grid.

    Parameters
    ----------
    W : ndarray of float32, shape (n_other, n_units)
    bias : ndarray of float32, shape (n_units,)
    gain : float
        Of `rbmlib.units.Bits`.
    signed : bool
        The other layer's units are ±1 instead of {0, 1}.
    """
    layer = zero_layer(W.shape, gain, signed)
    layer.W[: W.shape[0], : W.shape[1]] = W
    layer.bias[: bias.size] = bias
    return layer


def zero_layer(shape, gain, signed):
    """Return a `Layer` of zeros; shape is that of W, the rest as in `make_layer`."""
    W = padded_zeros(*shape)
    steps = np.arange(W.shape[1], dtype=np.uint32) * _U(randomness.GOLDEN)
    bias = np.zeros(W.shape[1], np.float32)
    return Layer(W, bias, steps, _F(gain) * LOG2_E, bool(signed))


def make_room(n_chains):
    """Return the `Room` of n_chains."""
    keys = np.empty((2, n_chains), np.uint32)
    return Room(table_space(), aligned(n_chains * LANES), keys)


@compiled.kernel(error_model="numpy", nogil=True)
def run_sweeps(
    v, h, to_h, to_v, key_h, key_v, first_sweep, n_sweeps, chain, room, held, means
):
    """Run n_sweeps of block Gibbs sampling on words, in place.

    Parameters
    ----------
    v, h : ndarray of uint64, shapes (n_words, n_chains)
        Words of `packing`; v is the start.
    to_h, to_v : Layer
    key_h, key_v : pair of uint32
        `randomness.stream_key` of both layers.
    first_sweep, n_sweeps, chain : int
        ``chain`` is the global index of the first chain.
    room : Room
    held : Held
        Visible units that keep their states.
    means : Means
        Where the means of v given h are added up.
    """
    for sweep in range(first_sweep, first_sweep + n_sweeps):
        draw_layer(v, to_h, key_h, sweep, chain, room, h)
        if takes_means(sweep, means):
            _add_means(h, to_v, means, room)
        draw_layer(h, to_v, key_v, sweep, chain, room, v)
        put_back(v, held)


@compiled.kernel(nogil=True)
def draw_without_field(layer, key, sweep, chain, room, out):
    """Draw a layer's units in no field, as `sampling.random_start` does."""
    write_keys(key, sweep, chain, room.keys)
    room.x[:] = 0
    for column in range(0, layer.bias.size, LANES):
        lanes = _P(min(LANES, layer.bias.size - column))
        draw_tile(room.x, lanes, column, layer, room.keys, out)


@numba.njit(nogil=True)
def draw_layer(words, layer, key, sweep, chain, room, out):
    """Draw a layer's units given the words of the other one."""
    write_keys(key, sweep, chain, room.keys)
    for column in range(0, layer.bias.size, LANES):
        x, lanes = sum_fields(words, layer, column, room)
        draw_tile(x, lanes, column, layer, room.keys, out)


@numba.njit(inline="always")
def put_back(drawn, held):
    """Give what is held its states again."""
    flat, mask, states = drawn.reshape(-1), held.mask, held.states
    for i in range(_P(mask.size)):
        flat[i] = (flat[i] & ~mask[i]) | states[i]


@numba.njit(inline="always")
def takes_means(sweep, means):
    """Tell whether this sweep counts for the means."""
    from_first = sweep - means.first
    return means.total.size > 0 and from_first >= 0 and from_first % STRIDE == 0


@numba.njit(inline="always")
def _add_means(words, layer, means, room):
    """Add the means of a layer's units, given the words of the other one."""
    width, total = _P(layer.bias.size), means.total
    for column in range(0, layer.bias.size, LANES):
        x, lanes = sum_fields(words, layer, column, room)
        for c in range(_P(words.shape[1])):
            for lane in range(_P(0), lanes, _P(16)):
                field = load(x, c * lanes + lane, zeros_16())
                p = decisions.grid_probability(field, MEAN_SCALE, layer.gain)
                store(x, c * lanes + lane, p)
            for lane in range(lanes):
                total[c * width + _P(column) + lane] += x[c * lanes + lane]


@numba.njit(inline="always")
def write_keys(key, sweep, chain, keys):
    """Write the keys of all chains at one sweep (`randomness.keys`)."""
    s0, s1 = randomness.absorb(key[0], key[1], _U(sweep))
    for c in range(_P(keys.shape[1])):
        k0, k1 = randomness.absorb(s0, s1, _U(_U(chain) + _U(c)))
        keys[0, c], keys[1, c] = k0, k1


@numba.njit(inline="always")
def draw_tile(x, lanes, column, layer, keys, out):
    """Draw the units of a tile from their fields, and write their bits."""
    words, n_chains = out.reshape(-1), _P(out.shape[1])
    for c in range(n_chains):
        k0, k1 = keys[0, c], keys[1, c]
        for lane in range(_P(0), lanes, _P(16)):
            unit = _P(column) + lane
            field = load(x, c * lanes + lane, zeros_16())
            word = decisions.draw(load(layer.steps, unit, zeros_16()) + k0, k1)
            on = decisions.is_on(field, word, layer.gain)
            # A word has four pieces of 16 bits, the lowest first in memory.
            place = (unit // _P(64) * n_chains + c) * _P(4) + unit // _P(16) % _P(4)
            store_mask(words, place, on)


@compiled.kernel(error_model="numpy", nogil=True)
def write_means(words, layer, scale, low, room, out):
    """Write ⟨s⟩ on multiples of 1 / scale, as `products.replace_by_means` does.

    Parameters
    ----------
    words : ndarray of uint64, shape (n_words, n_chains)
    layer : Layer
    scale, low : float32
        2^bits, and the lower state: 0 or -1.
    room : Room
    out : ndarray of float32, shape (n_chains, padded n_units)
    """
    for column in range(0, layer.bias.size, LANES):
        x, lanes = sum_fields(words, layer, column, room)
        means_tile(x, lanes, column, layer, scale, low, out)


@numba.njit(inline="always")
def means_tile(x, lanes, column, layer, scale, low, out):
    """Write the means of a tile's units, from their fields."""
    flat, stride = out.reshape(-1), _P(out.shape[1])
    for c in range(_P(out.shape[0])):
        for lane in range(_P(0), lanes, _P(16)):
            field = load(x, c * lanes + lane, zeros_16())
            p = decisions.grid_probability(field, scale, layer.gain)
            place = c * stride + _P(column) + lane
            store(flat, place, p + (_F(1) - p) * low)


@compiled.kernel(error_model="numpy", nogil=True)
def write_fields(words, layer, room, out):
    """Write bias + Σ_i s_i W_i to out, float32 of shape (n_chains, n_units)."""
    n_units = _P(out.shape[1])
    for column in range(0, layer.bias.size, LANES):
        x, lanes = sum_fields(words, layer, column, room)
        first = _P(column)
        width = min(lanes, n_units - first)
        for c in range(_P(words.shape[1])):
            for i in range(width):
                out[c, first + i] = x[c * lanes + i]


@numba.njit(nogil=True)
def sum_fields(words, layer, column, room):
    """Sum the fields of a tile; return their buffer and its number of lanes."""
    lanes, W = _P(min(LANES, layer.bias.size - column)), layer.W
    x, first = room.x[: lanes * _P(words.shape[1])], _P(column)
    if lanes == LANES:
        start = load(layer.bias, first, zeros_32())
        sum_tile(words, W, column, layer.signed, start, room.table, x, lanes)
    else:
        half = load(layer.bias, first, zeros_16())
        sum_tile(words, W, column, layer.signed, half, room.table, x, lanes)
    return x, lanes
