"""The fast path of an update: for units of two states, and chains enough.

It gives the bits of the general path (`methods`, `gradient`), which is taken for
everything else: other units, other methods, settings that this file does not know.
"""

from functools import partial

import numpy as np

from rbmlib.randomness import HIDDEN, START, VISIBLE, address_of, stream_key
from rbmlib.sampling.kernels import packing
from rbmlib.sampling.kernels.bit_machine import WORK, make_layers, sweeps_at_once
from rbmlib.sampling.kernels.layers import draw_without_field, make_room
from rbmlib.sampling.kernels.tables import LANES, aligned, padded_zeros, table_space
from rbmlib.sampling.threads import MOST_THREADS, blocks_of, share
from rbmlib.training import update_kernel as kernel
from rbmlib.training.gradient import mean_bits
from rbmlib.training.held import HeldBits
from rbmlib.training.step_kernel import Parameters, step_room

KNOWN = {
    "data_sha256", "method", "k", "batch_size", "n_chains", "learning_rate", "seed",
    "centred", "patience", "validation_sha256",
}  # fmt: skip
METHODS = "pcd", "cd", "rdm"
SMALL = 64 * 64  # weights: below, what counts is what Python does between kernels
FEW = 16  # chains, or samples, for which tables of a larger machine do not pay
WORTH_A_THREAD = 2**26  # weights times rows: some milliseconds


def compiled_update(settings, data, visible, hidden, shape, n_threads):
    """Return the `CompiledUpdate` of a run, or None where it does not serve or pay.

    Parameters
    ----------
    settings : dict
    data : rbmlib.training.held.Held
    visible, hidden : unit types
    shape : tuple of int
        Of W.
    n_threads : int
    """
    plain = set(settings) <= KNOWN and settings["method"] in METHODS
    if not plain or type(data) is not HeldBits or not hidden.bits:
        return None
    rows = settings["batch_size"], settings["n_chains"]
    if min(rows) < FEW and np.prod(shape) > SMALL:
        return None
    return CompiledUpdate(settings, data.packed, visible, hidden, shape, n_threads)


class CompiledUpdate:
    """Updates of one run, with all the memory that they need.

    Parameters
    ----------
    settings, visible, hidden, shape, n_threads
        As in `compiled_update`; units have two states.
    data : ndarray of uint8
        `HeldBits.packed`.
    """

    def __init__(self, settings, data, visible, hidden, shape, n_threads):
        self._data, self._shape, self._k = data, shape, settings["k"]
        self._method, self._key = (
            settings["method"],
            stream_key(settings["seed"], START),
        )
        self._plan = plan = _plan(settings, visible, hidden)
        rows = (2 * self._k + 2) * plan.n_chains + 2 * plan.n_data
        work, most = shape[0] * shape[1] * rows, max(plan.n_chains, plan.n_data)
        n_threads = max(1, min(n_threads, MOST_THREADS, work // WORTH_A_THREAD))
        self._in_one_call = n_threads == 1 and work <= WORK and most <= kernel.BLOCK
        self._of_chains = _dealt(plan.n_chains, n_threads)
        self._of_data = _dealt(plan.n_data, n_threads)
        self._layers = make_layers(shape, visible.bits, hidden.bits)
        self._sums = _sums(n_threads, shape)
        most = min(most, kernel.BLOCK)
        self._benches = [
            _bench(shape, most, *sums) for sums in zip(*self._sums, strict=True)
        ]
        words = (len(self._benches), 2, packing.n_words(shape[0]) * most)
        self._words = np.empty(words, np.uint64)
        self._room = step_room(shape[1])

    def __call__(self, state, rate, batch, place, chains):
        """Write the parameters and the chains after an update.

        Parameters
        ----------
        state : rbmlib.training.run.State
        rate : float
        batch : ndarray of int64
            Which samples are the batch.
        place : tuple of three ndarrays of float64
            Where to write W, a and b: not those of the state.
        chains : ndarray of float32, or None
            Where to write the chains, if they are kept.

        Returns
        -------
        tuple of three float, or None
            The largest absolute values of W, a and b.  None: nothing was done, as the
            grid is not known without rounding each weight, which happens once in ten
            thousand updates; the general path does that.
        """
        old, new = Parameters(*state.parameters), Parameters(*place)
        first_sweep = address_of("runs", state.age * self._k, self._k)

        def call(what, i, v, data, add=False, sweeps=(first_sweep, self._k), chain=0):
            return kernel.update(
                what, v, data, add, sweeps, chain, rate, old, new, *self._layers,
                self._plan, self._benches[i], *self._sums, self._room,
            )  # fmt: skip

        states = state, batch, chains
        if self._in_one_call:
            return self._whole(call, *states)
        nothing = self._words_of(0, 0, slice(0, 0))
        known, *_ = call(kernel.ROUND, 0, nothing, nothing)
        if not known:
            return None
        threads = range(len(self._benches))
        share(partial(self._part, call, first_sweep, *states), threads, len(threads))
        for sums in self._sums:
            for others in sums[1:]:  # integers, or on a grid: in any order the same
                sums[0] += others
        return call(kernel.STEP, 0, nothing, nothing)[1:]

    def _whole(self, call, state, batch, chains):
        v = self._start(0, slice(0, self._plan.n_chains), state, batch)
        data = self._gather(0, slice(0, self._plan.n_data), batch, place=1)
        known, *sizes = call(kernel.WHOLE, 0, v, data)
        if not known:
            return None
        self._keep(v, chains, slice(None))
        return sizes

    def _part(self, call, first_sweep, state, batch, chains, i, stop):
        """Do what the i-th thread does, in pieces."""
        for n, rows in enumerate(self._of_chains[i]):
            v = self._start(i, rows, state, batch)
            at_once = sweeps_at_once(self._shape, v.shape[1])
            for done in range(0, self._k, at_once):
                if stop.is_set():
                    return
                sweeps = first_sweep + done, min(at_once, self._k - done)
                call(kernel.SWEEP, i, v, v, sweeps=sweeps, chain=rows.start)
            call(kernel.OF_CHAINS, i, v, v, add=n > 0)
            self._keep(v, chains, rows)
        for n, rows in enumerate(self._of_data[i]):
            if stop.is_set():
                return
            data = self._gather(i, rows, batch, place=0)
            call(kernel.OF_DATA, i, data, data, add=n > 0)

    def _words_of(self, i, place, rows):
        """Return memory of a thread for the words of some rows."""
        n, n_words = rows.stop - rows.start, packing.n_words(self._shape[0])
        return self._words[i, place, : n_words * n].reshape(n_words, n)

    def _start(self, i, rows, state, batch):
        """Return the words from which some chains start."""
        if self._method == "cd":
            return self._gather(i, rows, batch, place=0)
        words = self._words_of(i, 0, rows)
        if self._method == "pcd":
            packing.pack_into(state.chains[rows], words)
        else:
            address = self._key, state.age, rows.start
            room = make_room(words.shape[1])
            draw_without_field(self._layers[1], *address, room, words)
        return words

    def _gather(self, i, rows, batch, place):
        words = self._words_of(i, place, rows)
        packing.gather(self._data, batch[rows], words)
        return words

    def _keep(self, words, chains, rows):
        if chains is not None:
            packing.unpack_into(words, self._plan.low_v, chains[rows])


def _plan(settings, visible, hidden):
    n_data, n_chains = settings["batch_size"], settings["n_chains"]
    return kernel.Plan(
        n_data,
        n_chains,
        settings["centred"],
        np.float32(visible.bits.low),
        np.float32(hidden.bits.low),
        tuple(np.float32(2.0 ** mean_bits(n)) for n in (n_data, n_chains)),
        tuple(stream_key(settings["seed"], stream) for stream in (HIDDEN, VISIBLE)),
    )


def _dealt(n, n_threads):
    """Return the blocks of rows of each thread."""
    blocks = blocks_of(n, n_threads, kernel.BLOCK)
    return [blocks[i::n_threads] for i in range(n_threads)]


def _sums(n_threads, shape):
    """Return where the threads write their sums: `Bench.total` and `Bench.n_on`."""
    width = padded_zeros(1, shape[1]).shape[1]
    size = n_threads, 2, shape[0] + 1, width
    total = aligned(int(np.prod(size))).reshape(size)
    total[:] = 0
    return total, np.zeros((n_threads, 2, shape[0]), np.int64)


def _bench(shape, most, total, n_on):
    """Return the `Bench` for blocks of at most so many rows."""
    m = padded_zeros(most, shape[1])
    return kernel.Bench(
        table_space(),
        aligned(LANES * max(most, shape[0] + 1)),
        np.empty(2 * max(most, shape[0] + 1), np.uint32),
        np.empty(packing.n_words(shape[1]) * most, np.uint64),
        np.empty((packing.n_words(most), shape[0] + 1), np.uint64),
        m,
        np.zeros(m.shape[1], np.float32),
        total,
        n_on,
    )
