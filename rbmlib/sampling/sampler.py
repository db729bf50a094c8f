"""The sampler of one machine: the fast paths behind `rbmlib.sampling`.

Discrete layers are sampled as bits (`rbmlib.sampling.kernels`) where that pays, else by
a matrix product and a fused pass; both give the bits of `sampling.reference_gibbs`.
Layers beside Gaussian units have no exact sums and take the product.
"""

from functools import cached_property

import numba
import numpy as np

from rbmlib import randomness
from rbmlib.checks import check_positive, check_word
from rbmlib.grid import round_to_grid
from rbmlib.randomness import HIDDEN, VISIBLE
from rbmlib.sampling.kernels import BitMachine, bits_pay
from rbmlib.sampling.logistic import LOG2_E, kernel_grid_probability, kernel_is_on
from rbmlib.units import SPIN, Gaussian

_BLOCK = 512  # chains that stay in cache together; changes no bit


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
    sweeps : str
        Whose sweeps these are, of `rbmlib.randomness.SWEEPS`.
    """

    def __init__(self, visible, hidden, W, a, b, seed, sweeps="runs"):
        self.grid = round_to_grid(W, a, b)
        self.seed, self.sweeps = randomness.check_seed(seed), sweeps
        self._units = visible, hidden
        self._to_h = _Layer(hidden, self.grid.W, self.grid.b, W, b)
        self._to_v = _Layer(visible, self.grid.W.T, self.grid.a, W.T, a)

    @classmethod
    def of(cls, rbm, seed, sweeps="runs"):
        """Return the sampler of an `RBM`."""
        return cls(rbm.visible, rbm.hidden, rbm.W, rbm.a, rbm.b, seed, sweeps)

    def mean_h(self, v, bits):
        """Return ⟨h⟩ given v with probabilities on multiples of 2^-bits."""
        return self._to_h.mean(v, bits)

    def sums(self, v, bits):
        """Return Σ v mᵀ, Σ v and Σ m over the rows of v, as float64.

        m is `mean_h`.  For discrete units the sums are exact if 2^bits len(v) is at
        most 2^24.
        """
        if self._bits_pay(len(v), 1):
            return self._bits.sums(v, bits)
        m = self.mean_h(v, bits)
        vh = (v.T @ m).astype(np.float64)
        return vh, v.sum(0, dtype=np.float64), m.sum(0, dtype=np.float64)

    def run(self, v, n_sweeps, first_sweep=0, first_chain=0, n_threads=1):
        """Return (v, h) after n_sweeps: `sampling.gibbs` without checks of v.

        first_sweep counts from the beginning of this sampler's range of sweeps.
        """
        n_sweeps = check_positive(n_sweeps, "n_sweeps")
        first = randomness.address_of(self.sweeps, first_sweep, n_sweeps)
        address = first, first_chain
        check_word(first_chain, "first_chain")
        check_word(first_chain + len(v) - 1, "last chain")
        if self._bits_pay(len(v), n_sweeps):
            return self._bits.run(v, n_sweeps, self.seed, *address, n_threads)
        return self._run_products(v, n_sweeps, *address)

    def _run_products(self, v, n_sweeps, first_sweep, first_chain):
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

    @cached_property
    def _bits(self):
        return BitMachine(self.grid, *(unit == SPIN for unit in self._units))

    def _bits_pay(self, n_chains, n_sweeps):
        discrete = not any(isinstance(unit, Gaussian) for unit in self._units)
        return discrete and bits_pay(n_chains, n_sweeps, self.grid.W.shape)


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
        x.reshape(-1),
        bias,
        *key,
        np.uint32(first_chain),
        np.float32(gain) * LOG2_E,
        np.float32(low),
    )


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
        x.reshape(-1),
        bias,
        np.float32(2.0**bits),
        np.float32(gain) * LOG2_E,
        np.float32(low),
    )


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _replace_by_means(x, bias, scale, gain, low):
    n = np.uint64(bias.size)
    for c in range(np.uint64(x.size) // n):
        first = np.uint64(c * n)
        for i in range(n):
            p = kernel_grid_probability(x[first + i] + bias[i], scale, gain)
            x[first + i] = p + low * (np.float32(1) - p)
