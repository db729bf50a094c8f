"""Where the sites and states of a layer of categorical units stand in the kernels.

A vector of 16 lanes treats 16 sites at once, one in each lane.  So the sites are sorted
by falling number of states and cut into *blocks* of 16; the lanes of a block that no
site fills, all in the last one, count as sites with one state.

What a configuration adds to the fields of the other layer is one row of the weights for
each site.  Sites with few states share a row: blocks that follow each other form a
*bundle* as long as their states have at most 16 combinations, and the *code* of a lane
names the combination of the states of its sites, one in each block.  The rows of all
combinations are summed once.  Four sites with two states so cost what one with 16 does.
"""

from typing import NamedTuple

import numpy as np

from rbmlib import compiled
from rbmlib.sampling.kernels.tables import LANES, aligned

FREE = 2**32 - 1  # more than any state adds to a code
SITES = 16  # in a block: the lanes of a vector
_COMBINATIONS = 16  # whose rows of one tile fill 32 KB, for 16 lanes
_P, _U = np.uintp, np.uint32


class Layout(NamedTuple):
    """The layout of a layer: arrays of one number for each place in the sorted order.

    A place is a lane of a block: place p is lane p % 16 of block p // 16.
    """

    unit: np.ndarray  # the site; places without one have no entry here
    q: np.ndarray  # number of states
    column: np.ndarray  # of its first state among all columns
    step: np.ndarray  # what one state adds to the code
    code: np.ndarray  # its bundle's lane, 16 bundle + lane
    start: np.ndarray  # for each code: its first row, then where the last one ends

    @property
    def n_blocks(self):
        return self.q.size // SITES

    @property
    def n_rows(self):
        return int(self.start[-1])


def make_layout(q):
    """Return the `Layout` of sites with the numbers of states q.

    Examples
    --------
    >>> layout = make_layout(np.array([2] * 32 + [3]))
    >>> layout.unit[:3].tolist(), layout.q[:3].tolist(), layout.n_blocks
    ([32, 0, 1], [3, 2, 2], 3)
    >>> layout.n_rows  # lane 0: 3 x 2 x 2 combinations, 15 others: 2 x 2
    72
    """
    order = np.argsort(-q, kind="stable")
    sizes = np.ones((-(-q.size // SITES), SITES), np.int64)
    sizes.reshape(-1)[: q.size] = q[order]
    columns = np.zeros(sizes.size, np.int64)
    columns[: q.size] = (np.cumsum(q) - q)[order]
    steps, bundle = np.ones_like(sizes), np.zeros(len(sizes), np.int64)
    rows = [sizes[0]]
    for b in range(1, len(sizes)):
        joined = rows[-1] * sizes[b]
        if joined.max() <= _COMBINATIONS:
            steps[b], rows[-1] = rows[-1], joined
        else:
            rows.append(sizes[b])
        bundle[b] = len(rows) - 1
    code = (SITES * bundle[:, None] + np.arange(SITES)).reshape(-1)
    start = np.concatenate([[0], np.cumsum(np.concatenate(rows))])
    return Layout(order, sizes.reshape(-1), columns, steps.reshape(-1), code, start)


@compiled.kernel(nogil=True)
def pack_codes(v, layout):
    """Return the codes of states v, uint32 of shape (n_bundles, n_chains, 16).

    A code is a number of a row among all rows: it counts from `Layout.start`.
    """
    n_bundles, n_chains = (layout.start.size - 1) // SITES, v.shape[0]
    codes = np.empty((n_bundles, n_chains, SITES), _U)
    for c in range(n_chains):
        for i in range(SITES * n_bundles):
            codes[i // SITES, c, i % SITES] = layout.start[i]
        for p in range(v.shape[1]):
            i = layout.code[p]
            codes[i // SITES, c, i % SITES] += _U(layout.step[p] * v[c, layout.unit[p]])
    return codes


@compiled.kernel(nogil=True)
def unpack_codes(codes, layout, v):
    """Write the states that the codes name into v, int32 (n_chains, n_sites)."""
    for c in range(v.shape[0]):
        for p in range(v.shape[1]):
            i = layout.code[p]
            code = _U(codes[i // SITES, c, i % SITES] - _U(layout.start[i]))
            state = _U(code // _U(layout.step[p])) % _U(layout.q[p])
            v[c, layout.unit[p]] = state


def places_of_columns(layout):
    """Return where each column stands among blocks, their states and their lanes.

    Examples
    --------
    >>> places_of_columns(make_layout(np.array([2, 3]))).tolist()  # site 1 is first
    [1, 17, 0, 16, 32]
    """
    first = np.concatenate([[0], np.cumsum(layout.q[::SITES])])
    sites = np.arange(layout.unit.size)
    q = layout.q[: sites.size]
    places = np.empty(int(q.sum()), np.int64)
    for p in sites:
        rows = first[p // SITES] + np.arange(q[p])
        places[layout.column[p] + np.arange(q[p])] = SITES * rows + p % SITES
    return places


@compiled.kernel(nogil=True)
def hold_codes(v, known, layout):
    """Return what the states of known sites add to the codes, and `FREE` at the others.

    Parameters
    ----------
    v : ndarray of int32, shape (n_chains, n_sites)
    known : ndarray of bool, shape (n_chains, n_sites)
    layout : Layout

    Returns
    -------
    ndarray of uint32, flat: of a block, of a chain, of a lane
    """
    n_chains, n_blocks = v.shape[0], layout.q.size // SITES
    held = np.full((n_blocks, n_chains, SITES), _U(FREE))
    for c in range(n_chains):
        for p in range(v.shape[1]):
            i = layout.unit[p]
            if known[c, i]:
                held[p // SITES, c, p % SITES] = _U(layout.step[p] * v[c, i])
    return held.reshape(-1)


def strides_of_blocks(layout):
    """Return how far apart the fields of two chains stand, for each block."""
    # At a multiple of 512 bytes they would fill few of the sets of a cache.
    n_states = layout.q[::SITES]
    return SITES * (n_states + (n_states % 8 == 0))


def rows_of_codes(W, layout):
    """Return the rows that codes name, in tiles of 32 columns.

    Parameters
    ----------
    W : ndarray of float32, shape (n_columns, n_other)
        Rows of single states.
    layout : Layout

    Returns
    -------
    ndarray of float32, shape (n_tiles, n_rows, 32)
        Sums over the sites of a code; columns beyond n_other are zero.
    """
    n_tiles = -(-W.shape[1] // LANES)
    tiles = aligned(n_tiles * layout.n_rows * LANES).reshape(n_tiles, -1, LANES)
    tiles[:] = 0
    _add_states(W, layout, tiles)
    return tiles


@compiled.kernel(nogil=True)
def _add_states(W, layout, tiles):
    for t in range(_P(tiles.shape[0])):
        first = t * _P(LANES)
        width = min(_P(LANES), _P(W.shape[1]) - first)
        for p in range(layout.unit.size):
            q, step, i = layout.q[p], layout.step[p], layout.code[p]
            start = layout.start[i]
            for row in range(layout.start[i + 1] - start):
                state = layout.column[p] + row // step % q
                for j in range(width):
                    tiles[t, start + row, j] += W[state, first + j]


@compiled.kernel(nogil=True)
def collect_states(tiles, layout, out):
    """Add up the rows of `rows_of_codes` that hold a state, for each state.

    ``out`` is float64 of shape (n_columns, n_other), zero at the start.
    """
    for t in range(_P(tiles.shape[0])):
        first = t * _P(LANES)
        width = min(_P(LANES), _P(out.shape[1]) - first)
        for p in range(layout.unit.size):
            q, step, i = layout.q[p], layout.step[p], layout.code[p]
            start = layout.start[i]
            for row in range(layout.start[i + 1] - start):
                state = layout.column[p] + row // step % q
                for j in range(width):
                    out[state, first + j] += tiles[t, start + row, j]


@compiled.kernel(nogil=True)
def count_states(v, first, counts):
    """Count the states of v: that of site i at first[i] + state, float64, in place."""
    for c in range(v.shape[0]):
        for i in range(v.shape[1]):
            counts[first[i] + v[c, i]] += 1.0


def columns_of_blocks(W, layout, n_rows):
    """Return the weights as `tables.sum_tile` reads them for each block.

    Parameters
    ----------
    W : ndarray of float32, shape (n_columns, n_other)
    layout : Layout
    n_rows : int
        n_other raised to a multiple of 16.

    Returns
    -------
    weights : ndarray of float32, flat
        For each block and each two of its states a matrix of n_rows rows and 32
        columns, state by state and lane by lane; 16 columns for a last single state.
    first : ndarray of int64, shape (n_blocks + 1,)
        States of all earlier blocks; those of a block are as many as of its first site.
    """
    first = np.concatenate([[0], np.cumsum(layout.q[::SITES])])
    weights = aligned(SITES * n_rows * int(first[-1]))
    weights[:] = 0
    _write_columns(W, layout, first, n_rows, weights)
    return weights, first


@compiled.kernel(nogil=True)
def _write_columns(W, layout, first, n_rows, out):
    for p in range(layout.unit.size):
        block, lane = p // SITES, p % SITES
        n_states = first[block + 1] - first[block]
        for k in range(layout.q[p]):
            lanes = 2 * SITES if (k | 1) < n_states else SITES
            place = SITES * n_rows * (first[block] + k - k % 2) + SITES * (k % 2) + lane
            for j in range(W.shape[1]):
                out[place + lanes * j] = W[layout.column[p] + k, j]
