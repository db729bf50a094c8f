"""A machine of {0, 1} and ±1 units whose chains are kept as bits."""

import numpy as np

from rbmlib.grid import GridMachine, round_to_grid
from rbmlib.randomness import HIDDEN, VISIBLE, stream_key
from rbmlib.sampling.kernels import packing
from rbmlib.sampling.kernels.layers import (
    hold,
    hold_nothing,
    make_layer,
    make_room,
    mean_sweeps,
    means_into,
    run_sweeps,
    write_fields,
    write_means,
    zero_layer,
)
from rbmlib.sampling.kernels.rounding import NOT_KNOWN, write_layers
from rbmlib.sampling.kernels.tables import padded_zeros
from rbmlib.sampling.threads import share_chains

BLOCK = 1024  # chains that stay in cache together; changes no bit
# Sweeps, and weights times sweeps times chains, before a key that was pressed is
# noticed: 0.05 to 0.15 s on one core of 2024, as measured.
SWEEPS = 64
WORK = 2**31


def bits_pay(n_chains, n_sweeps, shape):
    """Return True where bits and tables are faster than products, as measured.

    Tables are made for every pass, so there must be chains enough to use them; for
    small machines what counts is the overhead of a call, for bits and back.
    """
    if shape[0] * shape[1] > 64 * 64:
        return n_chains >= 16
    return n_sweeps >= 8 or n_chains >= 256


def sweeps_at_once(shape, n_chains):
    """Return how many sweeps a kernel makes before it returns to Python.

    Examples
    --------
    >>> sweeps_at_once((64, 64), 1024), sweeps_at_once((20_000, 1000), 1024)
    (64, 1)
    """
    return min(SWEEPS, max(1, WORK // (shape[0] * shape[1] * n_chains)))


class BitMachine:
    """Both layers of a machine on its grid, ready for the kernels.

    Parameters
    ----------
    W, a, b : ndarray of float64
        Full-precision parameters, which are rounded here.
    visible, hidden : rbmlib.units.Bits
        Of the units.

    Attributes
    ----------
    grid : rbmlib.grid.GridMachine

    Raises
    ------
    ValueError
        As `rbmlib.grid.round_to_grid`.
    """

    def __init__(self, W, a, b, visible, hidden):
        self.shape = W.shape
        self._low_v, self._low_h = visible.low, hidden.low
        self._to_h, self._to_v = make_layers(W.shape, visible, hidden)
        self.grid = self._rounded(np.ascontiguousarray(W), a, b)

    def _rounded(self, W, a, b):
        """Write the layers, and return what they hold as a `GridMachine`."""
        to_h, to_v = self._to_h, self._to_v
        own = to_h.W[: a.size, : b.size], to_v.bias[: a.size], to_h.bias[: b.size]
        exponent = write_layers(W, a, b, np.empty(b.size), to_h, to_v)
        if exponent == NOT_KNOWN:
            grid = round_to_grid(W, a, b)
            own[0][:], own[1][:], own[2][:] = grid.W, grid.a, grid.b
            to_v.W[: b.size, : a.size], exponent = grid.W.T, grid.exponent
        return GridMachine(*own, exponent)

    def run(self, v, n_sweeps, seed, first_sweep, first_chain, n_threads=1):
        """Return (v, h) after n_sweeps: float32 states, as `sampling.gibbs`."""
        address = seed, first_sweep, first_chain
        return self._run(v, None, None, n_sweeps, *address, n_threads)

    def run_known(
        self, v, known, n_sweeps, seed, first_sweep, first_chain, n_threads, means=True
    ):
        """Return v after n_sweeps with known units, and the means of `conditional`.

        Parameters
        ----------
        v : ndarray of float32, shape (n_chains, n_visible)
        known : ndarray of bool, shape (n_chains, n_visible)
            Where it is True, v stays as it is.
        n_sweeps, seed, first_sweep, first_chain, n_threads
            As in `sampling.gibbs`.
        means : bool
            Whether they are asked for.

        Returns
        -------
        v : ndarray of float32, shape (n_chains, n_visible)
        mean : ndarray of float64, shape (n_chains, n_visible)
            None where ``means`` is False.
        """
        total = np.zeros((len(v), self._to_v.bias.size)) if means else None
        address = seed, first_sweep, first_chain
        v, _ = self._run(v, known, total, n_sweeps, *address, n_threads)
        if total is None:
            return v, None
        p = total[:, : self.shape[0]] / len(mean_sweeps(n_sweeps))
        return v, p + self._low_v * (1 - p)

    def _run(
        self, v, known, total, n_sweeps, seed, first_sweep, first_chain, n_threads
    ):
        v_out = np.empty((len(v), self.shape[0]), np.float32)
        h_out = np.empty((len(v), self.shape[1]), np.float32)

        def run_block(rows, stop):
            words, held, part = packing.pack(v[rows]), hold_nothing(), None
            if known is not None:
                held = hold(words, packing.pack(known[rows]))
                part = None if total is None else total[rows]
            means = means_into(part, first_sweep, n_sweeps)
            address = seed, first_sweep, first_chain + rows.start
            h = self._run_block(words, held, means, n_sweeps, *address, stop)
            packing.unpack(words, self._low_v, v_out[rows])
            packing.unpack(h, self._low_h, h_out[rows])

        share_chains(run_block, len(v), n_threads, BLOCK)
        return v_out, h_out

    def _run_block(self, v, held, means, n_sweeps, seed, first_sweep, chain, stop):
        """Run the chains whose words are v, in place; return the words of h."""
        n_chains = v.shape[1]
        h = np.zeros((packing.n_words(self.shape[1]), n_chains), np.uint64)
        keys = stream_key(seed, HIDDEN), stream_key(seed, VISIBLE)
        layers, room = (self._to_h, self._to_v), make_room(n_chains)
        at_once = sweeps_at_once(self.shape, n_chains)
        for done in range(0, n_sweeps, at_once):
            if stop.is_set():
                break
            address = first_sweep + done, min(at_once, n_sweeps - done), chain
            run_sweeps(v, h, *layers, *keys, *address, room, held, means)
        return h

    def sums(self, v, bits):
        """Return Σ v mᵀ, Σ v and Σ m over the rows of v, as float64, exactly.

        m is ⟨h⟩ given v on multiples of 2^-bits.  Its products with bits are summed by
        tables too, with the parts exchanged: the rows of numbers belong to chains, and
        a word holds one unit of 64 chains.  One more "unit", always on, gives Σ m.
        """
        n_rows, (n_visible, n_hidden) = len(v), self.shape
        m = padded_zeros(n_rows, n_hidden)
        of_units = np.zeros((packing.n_words(n_rows), n_visible + 1), np.uint64)
        scale, low = np.float32(2.0**bits), np.float32(self._low_h)
        for start in range(0, n_rows, BLOCK):
            rows = slice(start, min(start + BLOCK, n_rows))
            words = packing.pack(v[rows])
            room = make_room(words.shape[1])
            write_means(words, self._to_h, scale, low, room, m[rows])
            packing.transpose(words, of_units[start // 64 : -(-rows.stop // 64)])
        n_on = np.bitwise_count(of_units[:, :-1]).sum(0, dtype=np.int64)
        of_units[:, -1] = ~np.uint64(0)
        total = np.empty((n_visible + 1, n_hidden), np.float32)
        layer = self._to_h._replace(W=m, bias=np.zeros(m.shape[1], np.float32))
        write_fields(of_units, layer, make_room(n_visible + 1), total)
        v_sum = n_on * (1 - self._low_v) + n_rows * self._low_v
        return total[:-1].astype(np.float64), v_sum, total[-1].astype(np.float64)


def make_layers(shape, visible, hidden):
    """Return the layers of a machine of zeros, to be written.

    Parameters
    ----------
    shape : pair of int
        Of W.
    visible, hidden : rbmlib.units.Bits

    Returns
    -------
    to_h, to_v : Layer
    """

    to_h = zero_layer(shape, hidden.gain, signed=visible.low < 0)
    return to_h, zero_layer(shape[::-1], visible.gain, signed=hidden.low < 0)


def product(W, signed, n_chains):
    """Return a function that writes s @ W for states s of n_chains, exactly.

    Parameters
    ----------
    W : ndarray of float32, shape (n_in, n_out)
        On a grid.
    signed : bool
        The states are ±1 instead of {0, 1}.
    n_chains : int

    Returns
    -------
    callable
        ``write(s, out)`` with float32 arrays of n_chains rows.

    Examples
    --------
    >>> W = np.array([[0.5], [0.25]], np.float32)
    >>> out = np.empty((2, 1), np.float32)
    >>> product(W, False, n_chains=2)(np.array([[1, 0], [1, 1]], np.float32), out)
    >>> out.tolist()
    [[0.5], [0.75]]
    """
    if bits_pay(n_chains, 1, W.shape):
        layer = make_layer(W, np.zeros(W.shape[1], np.float32), 1.0, signed)
        room = make_room(n_chains)

        def write(s, out):
            write_fields(packing.pack(s), layer, room, out)

    else:

        def write(s, out):
            np.matmul(s, W, out=out)

    return write
