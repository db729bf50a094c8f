"""Alternating Gibbs sampling, the same bits on every machine.

One sweep draws all hidden units given the visible ones, then all visible units given
the hidden ones.  For {0, 1} and ±1 units the chain is exact and reproducible:
parameters stand on a grid (`rbmlib.grid`), random numbers are functions of their
address (`rbmlib.randomness`), and the decision is a fixed sequence of operations
(`rbmlib.logistic`).  `reference_gibbs` is the definition; `gibbs` is the fast path and
gives the same bits.  Gaussian units are sampled in double precision; their last bits
may differ between machines.
"""

import numba
import numpy as np

from rbmlib import randomness
from rbmlib.grid import round_to_grid
from rbmlib.logistic import LOG2_E, is_on, kernel_grid_probability, kernel_is_on
from rbmlib.randomness import HIDDEN, START, VISIBLE
from rbmlib.units import SPIN, Gaussian, check_states

_BLOCK = 512  # chains that stay in cache together; changes no bit


def reference_gibbs(rbm, v0, n_sweeps, seed, first_sweep=0, first_chain=0):
    """Sample by the definition: plain NumPy, for reading and for checking `gibbs`.

    Parameters, returns and errors as in `gibbs`; {0, 1} and ±1 units only.
    """
    v = check_start(rbm, v0)
    chains = first_chain + np.arange(len(v))
    machine = round_to_grid(rbm.W, rbm.a, rbm.b)

    def draw_layer(x, unit, stream, sweep):
        words = randomness.draws(seed, stream, sweep, chains, x.shape[1])
        low, high = np.float32(unit.states)
        return np.where(is_on(x, words, gain=high - low), high, low)

    for sweep in range(first_sweep, first_sweep + n_sweeps):
        h = draw_layer(v @ machine.W + machine.b, rbm.hidden, HIDDEN, sweep)
        v = draw_layer(h @ machine.W.T + machine.a, rbm.visible, VISIBLE, sweep)
    return v, h


def gibbs(rbm, v0, n_sweeps, seed, first_sweep=0, first_chain=0):
    """Run block Gibbs sampling: n_sweeps times h given v, then v given h.

    Parameters
    ----------
    rbm : RBM
    v0 : array_like, shape (n_chains, n_visible)
        Start of each chain: states of the visible units.
    n_sweeps : int
        At least 1.
    seed : int
        In [0, 2^64).
    first_sweep, first_chain : int
        Global index of the first sweep and of the first chain.  A run of 10 sweeps
        equals a run of 4 followed by a run of 6 with ``first_sweep=4``; chain c of a
        large run equals a run of that chain alone with ``first_chain=c``.

    Returns
    -------
    v : ndarray, shape (n_chains, n_visible)
        float32 states, or float64 for Gaussian units.
    h : ndarray, shape (n_chains, n_hidden)
        The hidden states from which v was drawn; (v, h) is one joint sample.

    Raises
    ------
    ValueError, TypeError
        Wrong shape, no chain, values that are no states, n_sweeps < 1, bad seed.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM.random(4, 3, scale=1.0, seed=0)
    >>> v, h = gibbs(machine, np.zeros((2, 4)), n_sweeps=10, seed=1)
    >>> v.astype(int).tolist()
    [[1, 0, 1, 1], [0, 1, 0, 1]]
    """
    v = check_start(rbm, v0)
    n_sweeps = check_positive(n_sweeps, "n_sweeps")
    sampler = Sampler(rbm.visible, rbm.hidden, rbm.W, rbm.a, rbm.b, seed)
    return sampler.run(v, n_sweeps, first_sweep, first_chain)


def record(rbm, v0, sweeps, seed, observe, first_sweep=0, first_chain=0):
    """Run `gibbs` and yield an observable at the given numbers of sweeps.

    Parameters
    ----------
    rbm, v0, seed, first_sweep, first_chain
        As in `gibbs`.
    sweeps : iterable of int
        Increasing numbers of sweeps (at least 1) after which to observe.
    observe : callable
        Called as ``observe(v, h)``.

    Yields
    ------
    sweep : int
    value
        What ``observe`` returned.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM.random(4, 3, scale=1.0, seed=0)
    >>> mean = lambda v, h: float(v.mean())
    >>> list(record(machine, np.zeros((2, 4)), [1, 10], 1, mean))
    [(1, 0.375), (10, 0.625)]
    """
    v, done = v0, 0
    for sweep in sweeps:
        v, h = gibbs(rbm, v, sweep - done, seed, first_sweep + done, first_chain)
        done = sweep
        yield sweep, observe(v, h)


def random_start(rbm, n_chains, seed, sweep=0, first_chain=0):
    """Return visible states drawn uniformly (Gaussian units: at rest).

    Returns
    -------
    ndarray, shape (n_chains, n_visible)
    """
    chains = first_chain + np.arange(check_positive(n_chains, "n_chains"))
    if isinstance(rbm.visible, Gaussian):
        noise = randomness.normals(seed, START, sweep, chains, rbm.n_visible)
        return noise * np.sqrt(rbm.visible.variance_at_rest)
    words = randomness.draws(seed, START, sweep, chains, rbm.n_visible)
    low, high = np.float32(rbm.visible.states)
    return np.where(words >= np.uint32(2**31), high, low)


def check_start(rbm, v0):
    """Return v0 as an array of at least one chain, or raise ValueError."""
    v = np.asarray(v0)
    if v.ndim != 2 or len(v) == 0:
        raise ValueError(
            f"v0 must have shape (n_chains, {rbm.n_visible}) with n_chains >= 1, "
            f"got {v.shape}"
        )
    dtype = np.float64 if rbm.visible.states is None else np.float32
    return check_states(v, rbm.visible, rbm.n_visible, "v0", dtype)


def check_positive(value, argument):
    """Return ``value`` as an int >= 1, or raise TypeError or ValueError."""
    number = randomness.check_integer(value, argument)
    if number < 1:
        raise ValueError(f"{argument} must be at least 1, got {number}")
    return number


class Sampler:
    """The sampler of one machine: its parameters on the grid, and its seed.

    Made once for each machine (for training: once for each update), because rounding
    the parameters costs as much as a few chains.

    Parameters
    ----------
    visible, hidden : unit types
    W, a, b : ndarray of float64
        Full-precision parameters; discrete layers see them rounded to the grid.
    seed : int
    """

    def __init__(self, visible, hidden, W, a, b, seed):
        self.grid = round_to_grid(W, a, b)
        self.seed = randomness.check_seed(seed)
        self._to_h = _Layer(hidden, self.grid.W, self.grid.b, W, b)
        self._to_v = _Layer(visible, self.grid.W.T, self.grid.a, W.T, a)

    def mean_h(self, v, bits):
        """Return ⟨h⟩ given v with probabilities on multiples of 2^-bits."""
        return self._to_h.mean(v, bits)

    def run(self, v, n_sweeps, first_sweep=0, first_chain=0):
        """Return (v, h) after n_sweeps: `gibbs` without its checks."""
        h_out = np.empty((len(v), self._to_h.n_units), self._to_h.dtype)
        v_out = np.empty((len(v), self._to_v.n_units), self._to_v.dtype)
        for start in range(0, len(v), _BLOCK):
            rows = slice(start, start + _BLOCK)
            source, h, v_new = v[rows], h_out[rows], v_out[rows]
            for sweep in range(first_sweep, first_sweep + n_sweeps):
                address = self.seed, sweep, first_chain + start
                self._to_h.draw(source, HIDDEN, *address, out=h)
                self._to_v.draw(h, VISIBLE, *address, out=v_new)
                source = v_new
        return v_out, h_out


class _Layer:
    """One layer of units, as seen from the states of the other layer."""

    def __init__(self, unit, W_grid, bias_grid, W, bias):
        self.unit, self.gaussian = unit, isinstance(unit, Gaussian)
        self.W, self.bias = (W, bias) if self.gaussian else (W_grid, bias_grid)

    @property
    def n_units(self):
        return self.bias.size

    @property
    def dtype(self):
        return np.float64 if self.gaussian else np.float32

    def draw(self, s, stream, seed, sweep, first_chain, out):
        if self.gaussian:
            x = s @ self.W + self.bias
            chains = first_chain + np.arange(len(s))
            noise = randomness.normals(seed, stream, sweep, chains, x.shape[1])
            out[:] = self.unit.mean(x) + np.sqrt(self.unit.variance_at_rest) * noise
        else:
            self._product(s, out)
            key = randomness.sweep_key(seed, stream, sweep)
            draw_states(out, self.bias, key, first_chain, self.unit == SPIN)

    def mean(self, s, bits):
        if self.gaussian:
            return self.unit.mean(s @ self.W + self.bias)
        x = np.empty((len(s), self.n_units), np.float32)
        self._product(s, x)
        replace_by_means(x, self.bias, bits, self.unit == SPIN)
        return x

    def _product(self, s, out):
        # A Gaussian neighbour stands on no grid: the sum is then not exact.
        np.matmul(s.astype(np.float32, copy=False), self.W, out=out)


def draw_states(x, bias, key, first_chain, spin):
    """Replace inputs by states, in place.

    Parameters
    ----------
    x : ndarray of float32, shape (n_chains, n_units), C order
        On entry the summed inputs without the bias; on return the states.
    bias : ndarray of float32, shape (n_units,)
    key : pair of uint32
        Of `rbmlib.randomness.sweep_key`.
    first_chain : int
        Global index of the chain in the first row.
    spin : bool
        States ±1 instead of {0, 1}.
    """
    gain, low = (2, -1) if spin else (1, 0)
    _draw_states(
        x.reshape(-1), bias, *key, np.uint32(first_chain),
        np.float32(gain) * LOG2_E, np.float32(low),
    )  # fmt: skip


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _draw_states(x, bias, s0, s1, first_chain, gain, low):
    # Flat arrays and unsigned indices: only so does the loop become vector code.
    n = np.uint64(bias.size)
    for c in range(np.uint64(x.size) // n):
        chain = np.uint32(first_chain + np.uint32(c))
        k0, k1 = randomness.absorb(s0, s1, chain)
        first = np.uint64(c * n)
        for i in range(n):
            word = randomness.draw(k0, k1, np.uint32(i))
            on = kernel_is_on(x[first + i] + bias[i], word, gain)
            x[first + i] = np.float32(1) if on else low


def replace_by_means(x, bias, bits, spin):
    """Replace inputs by the units' means on multiples of 2^-bits, in place.

    Parameters as in `draw_states`.  A ±1 unit has the mean 2p - 1, on a grid twice as
    coarse.
    """
    gain, low = (2, -1) if spin else (1, 0)
    _replace_by_means(
        x.reshape(-1), bias, np.float32(2.0**bits), np.float32(gain) * LOG2_E,
        np.float32(low),
    )  # fmt: skip


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _replace_by_means(x, bias, scale, gain, low):
    n = np.uint64(bias.size)
    for c in range(np.uint64(x.size) // n):
        first = np.uint64(c * n)
        for i in range(n):
            p = kernel_grid_probability(x[first + i] + bias[i], scale, gain)
            x[first + i] = p + low * (np.float32(1) - p)
