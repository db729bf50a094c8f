"""Both layers of a machine with categorical visible units, in one pass each.

Hidden units: the rows of W that the codes name (`site_layout`) are summed tile by tile,
a bundle's rows of one tile stay in the fastest cache while all chains pass; the
decisions are those of `layers`.

Visible units: the fields of a block are summed by tables (`tables.sum_tile`) from the
words of the hidden units, state after state with one site in each lane.  So the largest
field, the weights, their running sums and the choice (`rbmlib.units.choice`) need no
operation between the lanes of 16 sites.  States that a site of the block does not have,
have the field -∞ and so the weight 0.
"""

from typing import NamedTuple

import numba
import numpy as np

from rbmlib import compiled, randomness
from rbmlib.sampling.kernels import decisions
from rbmlib.sampling.kernels.layers import (
    Layer,
    Room,
    draw_tile,
    means_tile,
    takes_means,
    write_keys,
)
from rbmlib.sampling.kernels.site_layout import (
    FREE,
    SITES,
    columns_of_blocks,
    rows_of_codes,
    strides_of_blocks,
)
from rbmlib.sampling.kernels.tables import LANES, aligned, sum_tile, table_space
from rbmlib.sampling.kernels.vectors import (
    as_floats,
    as_integers,
    load,
    multiply_high,
    select,
    store,
    zeros_16,
    zeros_32,
)
from rbmlib.units.choice import weight_bits
from rbmlib.units.logistic import LOG2_E, ROUND

_P, _U, _F = np.uintp, np.uint32, np.float32
_FREE = _U(FREE)
_SITES, _LANES, _ONE, _TWO = _P(SITES), _P(LANES), _P(1), _P(2)


class Sites(NamedTuple):
    """A layer of categorical units as seen from the words of the other one."""

    W: np.ndarray  # float32, flat, of `site_layout.columns_of_blocks`
    first: np.ndarray  # int64: states of all earlier blocks
    bias: np.ndarray  # float32, for each block, state and lane
    steps: np.ndarray  # uint32, for each place: what its draw's counter adds
    shift: np.ndarray  # float32, for each place: as in `decisions.weight`
    code: np.ndarray  # uint32, for each place: the code of state 0
    code_step: np.ndarray  # uint32, for each place: what one state adds to the code
    bundle: np.ndarray  # int64, for each block
    stride: np.ndarray  # int64, for each block: from one chain's fields to the next
    signed: bool  # the other layer's states are ±1


def make_sites(W, bias, layout, signed):
    """Return the `Sites` of parameters on the grid.

    Parameters
    ----------
    W : ndarray of float32, shape (n_columns, n_other)
    bias : ndarray of float32, shape (n_columns,)
    layout : Layout
    signed : bool
        The other layer's units are ±1 instead of {0, 1}.
    """
    weights, first = columns_of_blocks(W, layout, -(-W.shape[1] // 16) * 16)
    fields = np.full((int(first[-1]), SITES), -np.inf, np.float32)
    fields[first[:-1]] = 0.0  # of places without a site
    for p in range(layout.unit.size):
        rows, columns = first[p // SITES], layout.column[p]
        n_states = layout.q[p]
        fields[rows : rows + n_states, p % SITES] = bias[columns : columns + n_states]
    steps = np.zeros(layout.q.size, np.uint32)
    steps[: layout.unit.size] = layout.unit.astype(np.uint32) * _U(randomness.GOLDEN)
    shift = np.array([ROUND + _F(weight_bits(n)) for n in layout.q], np.float32)
    return Sites(
        weights,
        first,
        fields.reshape(-1),
        steps,
        shift,
        layout.start[layout.code].astype(np.uint32),
        layout.step.astype(np.uint32),
        layout.code[::SITES] // SITES,
        strides_of_blocks(layout),
        bool(signed),
    )


def make_layer(W, bias, layout, gain):
    """Return the other layer as seen from codes; W as in `make_sites`."""
    tiles = rows_of_codes(W, layout)
    full_bias = np.zeros(len(tiles) * LANES, np.float32)
    full_bias[: bias.size] = bias
    steps = np.arange(full_bias.size, dtype=np.uint32) * _U(randomness.GOLDEN)
    return Layer(tiles, full_bias, steps, _F(gain) * LOG2_E, False)


def make_room(n_chains, layout):
    """Return the `layers.Room` of n_chains."""
    width = max(LANES, int(strides_of_blocks(layout).max()))
    keys = np.empty((2, n_chains), np.uint32)
    return Room(table_space(), aligned(n_chains * width), keys)


@compiled.kernel(error_model="numpy", nogil=True)
def run_sweeps(
    codes,
    h,
    to_h,
    to_v,
    key_h,
    key_v,
    first_sweep,
    n_sweeps,
    chain,
    room,
    held,
    means,
):
    """Run n_sweeps of block Gibbs sampling on codes and words, in place.

    Parameters
    ----------
    codes : ndarray of uint32, shape (n_bundles, n_chains, 16)
        Of `site_layout.pack_codes`: the start.
    h : ndarray of uint64, shape (n_words, n_chains)
        Words of `packing`.
    to_h : Layer
        Of `make_layer`.
    to_v : Sites
    key_h, key_v, first_sweep, n_sweeps, chain, room
        As in `layers.run_sweeps`.
    held : ndarray of uint32
        Of `site_layout.hold_codes`: what sites that keep their states add to the codes;
        of size 0 if none does.
    means : layers.Means
        Of a chain, of a block, of a state, of a lane.
    """
    for sweep in range(first_sweep, first_sweep + n_sweeps):
        write_keys(key_h, sweep, chain, room.keys)
        for column in range(0, to_h.bias.size, LANES):
            x = _sum_rows(codes, to_h, column, room)
            draw_tile(x, _LANES, column, to_h, room.keys, h)
        write_keys(key_v, sweep, chain, room.keys)
        for block in range(_P(to_v.bundle.size)):
            _sum_block(h, to_v, block, room)
            _choose_block(room, to_v, block, codes, held)
            if takes_means(sweep, means):
                _add_block(room, to_v, block, means, codes.shape[1])


@compiled.kernel(error_model="numpy", nogil=True)
def write_means(codes, layer, scale, low, room, out):
    """Write the means of the other layer, as `layers.write_means` does."""
    for column in range(0, layer.bias.size, LANES):
        x = _sum_rows(codes, layer, column, room)
        means_tile(x, _LANES, column, layer, scale, low, out)


@numba.njit(nogil=True)
def _sum_rows(codes, layer, column, room):
    """Sum the fields of a tile of the other layer; return their buffer."""
    rows = layer.W[column // LANES].reshape(-1)
    flat, n_chains = codes.reshape(-1), _P(codes.shape[1])
    start = load(layer.bias, _P(column), zeros_32())
    x = room.x[: _LANES * n_chains]
    for bundle in range(_P(codes.shape[0])):
        for c in range(n_chains):
            total = load(x, c * _LANES, start) if bundle else start
            place = (bundle * n_chains + c) * _SITES
            for lane in range(_SITES):
                row = _P(flat[place + lane])
                total = total + load(rows, row * _LANES, start)
            store(x, c * _LANES, total)
    return x


@compiled.kernel(nogil=True)
def add_rows(codes, m, tiles):
    """Add the rows of m, one for each chain, to the rows that its codes name.

    Parameters
    ----------
    codes : ndarray of uint32, shape (n_bundles, n_chains, 16)
    m : ndarray of float32, shape (n_chains, 32 n_tiles)
    tiles : ndarray of float32, shape (n_tiles, n_rows, 32)
        As `site_layout.rows_of_codes`.
    """
    flat, of_chains = codes.reshape(-1), m.reshape(-1)
    n_chains, width = _P(m.shape[0]), _P(m.shape[1])
    for t in range(_P(tiles.shape[0])):
        rows = tiles[t].reshape(-1)
        for bundle in range(_P(codes.shape[0])):
            for c in range(n_chains):
                row_m = load(of_chains, c * width + t * _LANES, zeros_32())
                place = (bundle * n_chains + c) * _SITES
                for lane in range(_SITES):
                    row = _P(flat[place + lane]) * _LANES
                    store(rows, row, load(rows, row, zeros_32()) + row_m)


@numba.njit(nogil=True)
def _sum_block(words, sites, block, room):
    """Sum the fields of a block: two states in a tile, the last one may be alone."""
    first, last = _P(sites.first[block]), _P(sites.first[block + _ONE])
    n_rows = _P(sites.W.size) // _P(sites.bias.size)
    stride = _P(sites.stride[block])
    for state in range(first, last, _TWO):
        place, x = state * _SITES, room.x[(state - first) * _SITES :]
        lanes = _LANES if state + _ONE < last else _SITES
        W = sites.W[place * n_rows : (place + lanes) * n_rows].reshape(n_rows, lanes)
        if lanes == _LANES:
            start = load(sites.bias, place, zeros_32())
            sum_tile(words, W, 0, sites.signed, start, room.table, x, stride)
        else:
            half = load(sites.bias, place, zeros_16())
            sum_tile(words, W, 0, sites.signed, half, room.table, x, stride)


@numba.njit(nogil=True)
def _choose_block(room, sites, block, codes, held):
    """Choose the states of a block from its fields, and write or extend the codes.

    A site that keeps its state is drawn all the same, with its own random number.
    The running sums of the weights replace the fields: `rbmlib.units.choice.choose`.
    """
    x, flat, n_chains = room.x, codes.reshape(-1), _P(codes.shape[1])
    q, place = _P(sites.first[block + _ONE] - sites.first[block]), block * _SITES
    shift = load(sites.shift, place, zeros_16())
    steps = load(sites.steps, place, zeros_16())
    start = load(sites.code, place, zeros_16())
    step = load(sites.code_step, place, zeros_16())
    bundle = _P(sites.bundle[block])
    begins = block == _P(0) or _P(sites.bundle[block - _ONE]) != bundle
    for c in range(n_chains):
        first = c * _P(sites.stride[block])
        total = _sum_weights(x, first, q, shift)
        word = decisions.draw(steps + room.keys[0, c], room.keys[1, c])
        point = multiply_high(word, total)
        place = (bundle * n_chains + c) * _SITES
        code = start if begins else load(flat, place, zeros_16())
        drawn = code
        for k in range(q - _ONE):
            reached = as_integers(load(x, first + k * _SITES, zeros_16()))
            drawn = select(point < reached, drawn, drawn + step)
        if held.size > 0:
            kept = load(held, (block * n_chains + c) * _SITES, zeros_16())
            drawn = select(kept < _FREE, code + kept, drawn)
        store(flat, place, drawn)


@numba.njit(nogil=True)
def _add_block(room, sites, block, means, n_chains):
    """Add the probabilities of a block's states, from the running sums of weights."""
    first, last = _P(sites.first[block]), _P(sites.first[block + _ONE])
    width, total, x = _P(sites.bias.size), means.total, room.x.view(np.uint32)
    n = (last - first) * _SITES
    whole = np.empty(n, np.float64)  # one long loop is vector code, 16 lanes are not
    for c in range(_P(n_chains)):
        row, place = c * _P(sites.stride[block]), c * width + first * _SITES
        for i in range(n):
            whole[i] = np.float64(x[row + n - _SITES + (i & (_SITES - _ONE))])
        for i in range(_SITES):
            total[place + i] += np.float64(x[row + i]) / whole[i]
        for i in range(_SITES, n):
            w = _U(x[row + i] - x[row + i - _SITES])
            total[place + i] += np.float64(w) / whole[i]


@numba.njit(forceinline=True)
def _sum_weights(x, first, q, shift):
    """Replace the fields of 16 sites by running sums of weights; return the last."""
    largest = load(x, first, zeros_16())
    for k in range(_ONE, q):
        field = load(x, first + k * _SITES, zeros_16())
        largest = select(largest < field, field, largest)
    total = as_integers(zeros_16())
    for k in range(q):
        place = first + k * _SITES
        field = load(x, place, zeros_16())
        total = total + decisions.weight(field, largest, shift)
        store(x, place, as_floats(total))
    return total
