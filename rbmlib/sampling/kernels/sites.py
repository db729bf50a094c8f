"""A machine of categorical visible units and {0, 1} or ±1 hidden units."""

import numpy as np

from rbmlib.randomness import HIDDEN, VISIBLE, stream_key
from rbmlib.sampling.kernels import packing
from rbmlib.sampling.kernels.bit_machine import BLOCK, sweeps_at_once
from rbmlib.sampling.kernels.layers import mean_sweeps, means_into
from rbmlib.sampling.kernels.site_layers import (
    add_rows,
    make_layer,
    make_room,
    make_sites,
    run_sweeps,
    write_means,
)
from rbmlib.sampling.kernels.site_layout import (
    collect_states,
    count_states,
    hold_codes,
    make_layout,
    pack_codes,
    places_of_columns,
    unpack_codes,
)
from rbmlib.sampling.kernels.tables import aligned
from rbmlib.sampling.threads import share_chains

_FIELDS = 2**14  # 16 q chains: a block's fields then fill 1 MB, and stay in cache


class SiteMachine:
    """Both layers of a machine on its grid, ready for the kernels.

    Parameters
    ----------
    grid : rbmlib.grid.GridMachine
        W of shape (n_columns, n_hidden), a of shape (n_columns,): the columns are the
        states of site 0, then those of site 1, and so on.
    q : ndarray of int, shape (n_sites,)
        Numbers of states, from 2 to 2^12.
    hidden : rbmlib.units.Bits
        Of the hidden units.
    """

    def __init__(self, grid, q, hidden):
        self.q, self._low = np.asarray(q, np.int64), hidden.low
        self.shape = grid.W.shape
        self._layout = make_layout(self.q)
        self._to_h = make_layer(grid.W, grid.b, self._layout, hidden.gain)
        self._to_v = make_sites(grid.W, grid.a, self._layout, signed=hidden.low < 0)
        most = int(self.q.max())
        self._block = min(BLOCK, max(BLOCK // 4, _FIELDS // most))

    def run(self, v, n_sweeps, seed, first_sweep, first_chain, n_threads=1):
        """Return (v, h) after n_sweeps of block Gibbs sampling.

        Parameters
        ----------
        v : ndarray of int32, shape (n_chains, n_sites)
            States, from 0 to q - 1: they are not checked here.
        n_sweeps, seed, first_sweep, first_chain, n_threads : int
            As in `sampling.gibbs`.

        Returns
        -------
        v : ndarray of int32, shape (n_chains, n_sites)
        h : ndarray of float32, shape (n_chains, n_hidden)
        """
        address = seed, first_sweep, first_chain
        return self._run(v, None, None, n_sweeps, *address, n_threads)

    def run_known(
        self, v, known, n_sweeps, seed, first_sweep, first_chain, n_threads, means=True
    ):
        """Return v after n_sweeps with known sites, and the means of `conditional`.

        Parameters
        ----------
        known : ndarray of bool, shape (n_chains, n_sites)
            Where it is True, v stays as it is.
        v, n_sweeps, seed, first_sweep, first_chain, n_threads
            As in `run`.
        means : bool
            Whether they are asked for.

        Returns
        -------
        v : ndarray of int32, shape (n_chains, n_sites)
        mean : ndarray of float64, shape (n_chains, n_columns)
            The probability of each state; None where ``means`` is False.
        """
        total = np.zeros((len(v), self._to_v.bias.size)) if means else None
        address = seed, first_sweep, first_chain
        v, _ = self._run(v, known, total, n_sweeps, *address, n_threads)
        if total is None:
            return v, None
        mean = np.take(total, places_of_columns(self._layout), axis=1)
        mean /= len(mean_sweeps(n_sweeps))
        return v, mean

    def _run(
        self, v, known, total, n_sweeps, seed, first_sweep, first_chain, n_threads
    ):
        v = np.ascontiguousarray(v, np.int32)
        v_out = np.empty(v.shape, np.int32)
        h_out = np.empty((len(v), self.shape[1]), np.float32)

        def run_block(rows, stop):
            codes, held = pack_codes(v[rows], self._layout), np.empty(0, np.uint32)
            part = None
            if known is not None:
                held = hold_codes(v[rows], known[rows], self._layout)
                part = None if total is None else total[rows]
            means = means_into(part, first_sweep, n_sweeps)
            address = seed, first_sweep, first_chain + rows.start
            h = self._run_block(codes, held, means, n_sweeps, *address, stop)
            unpack_codes(codes, self._layout, v_out[rows])
            packing.unpack(h, self._low, h_out[rows])

        share_chains(run_block, len(v), n_threads, self._block)
        return v_out, h_out

    def _run_block(self, codes, held, means, n_sweeps, seed, first_sweep, chain, stop):
        """Run the chains of these codes, in place; return the words of h."""
        n_chains = codes.shape[1]
        h = np.zeros((packing.n_words(self.shape[1]), n_chains), np.uint64)
        keys = stream_key(seed, HIDDEN), stream_key(seed, VISIBLE)
        layers, room = (self._to_h, self._to_v), make_room(n_chains, self._layout)
        at_once = sweeps_at_once(self.shape, n_chains)
        for done in range(0, n_sweeps, at_once):
            if stop.is_set():
                break
            address = first_sweep + done, min(at_once, n_sweeps - done), chain
            run_sweeps(codes, h, *layers, *keys, *address, room, held, means)
        return h

    def sums(self, v, bits):
        """Return Σ φ(v) mᵀ, Σ φ(v) and Σ m over the rows of v, as float64, exactly.

        φ(v) is 1 in the column of each site's state and 0 elsewhere; m is ⟨h⟩ given v
        on multiples of 2^-bits.  Exact if 2^bits len(v) is at most 2^24.

        Parameters
        ----------
        v : ndarray of int32, shape (n_rows, n_sites)
        bits : int

        Returns
        -------
        ndarrays of shape (n_columns, n_hidden), (n_columns,) and (n_hidden,)
        """
        v = np.ascontiguousarray(v, np.int32)
        n_columns, n_hidden = self.shape
        tiles = np.zeros_like(self._to_h.W)
        scale, low = np.float32(2.0**bits), np.float32(self._low)
        m_sum = np.zeros(n_hidden)
        for start in range(0, len(v), BLOCK):
            codes = pack_codes(v[start : start + BLOCK], self._layout)
            n_rows = codes.shape[1]
            m = aligned(n_rows * self._to_h.bias.size).reshape(n_rows, -1)
            room = make_room(n_rows, self._layout)
            write_means(codes, self._to_h, scale, low, room, m)
            add_rows(codes, m, tiles)
            m_sum += m[:, :n_hidden].sum(0, dtype=np.float64)
        vh, v_sum = np.zeros(self.shape), np.zeros(n_columns)
        count_states(v, np.cumsum(self.q) - self.q, v_sum)
        collect_states(tiles, self._layout, vh)
        return vh, v_sum, m_sum
