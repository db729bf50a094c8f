"""A layer of units drawn from matrix products: the path for few chains.

Also for units that the kernels on bits do not know: continuous ones.
"""

import numpy as np

from rbmlib import compiled, randomness
from rbmlib.sampling.logistic import (
    kernel_bits,
    kernel_grid_probability,
    kernel_is_on,
)


class Layer:
    """One layer of units, as seen from the states of the other layer."""

    def __init__(self, unit, source, W_grid, bias_grid, W, bias):
        self.unit, self.source = unit, source
        # Discrete units feel the parameters on the grid, in single precision.  Beside
        # a continuous layer, which stands on no grid, their fields are not exact.
        discrete = unit.states is not None
        self.W, self.bias = (W_grid, bias_grid) if discrete else (W, bias)

    def room(self, n_chains):
        n_units = self.unit.n_units(self.bias)
        return np.empty((n_chains, n_units), self.unit.dtype)

    def draw(self, s, stream, seed, sweep, first_chain, out):
        if self.unit.bits:
            self.source.dot(s, self.W, out)
            key = randomness.sweep_key(seed, stream, sweep)
            draw_states(out, self.bias, key, first_chain, self.unit.bits)
        else:
            x = self.source.dot(s, self.W) + self.bias
            chains = first_chain + np.arange(len(s))
            out[:] = self.unit.draw(x, seed, stream, sweep, chains)

    def mean(self, s, bits):
        x = self.source.dot(s, self.W)
        if not self.unit.bits:
            return self.unit.mean_of_draws(x + self.bias)
        replace_by_means(x, self.bias, bits, self.unit.bits)
        return x


def draw_states(x, bias, key, first_chain, bits):
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
    bits : rbmlib.units.Bits
        Of the units.
    """
    chain = np.uint32(first_chain)
    _draw_states(x.reshape(-1), bias, *key, chain, *kernel_bits(bits))


@compiled.kernel(error_model="numpy", nogil=True)
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


def replace_by_means(x, bias, digits, bits):
    """Replace inputs by the units' means on multiples of 2^-digits, in place.

    Other parameters as in `draw_states`.  A ±1 unit has the mean 2p - 1, on a grid
    twice as coarse.
    """
    scale = np.float32(2.0**digits)
    _replace_by_means(x.reshape(-1), bias, scale, *kernel_bits(bits))


@compiled.kernel(error_model="numpy", nogil=True)
def _replace_by_means(x, bias, scale, gain, low):
    n = np.uint64(bias.size)
    for c in range(np.uint64(x.size) // n):
        first = np.uint64(c * n)
        for i in range(n):
            p = kernel_grid_probability(x[first + i] + bias[i], scale, gain)
            x[first + i] = p + low * (np.float32(1) - p)
