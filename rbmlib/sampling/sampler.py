"""The sampler of one machine: the fast paths behind `rbmlib.sampling`.

Discrete layers are sampled by kernels on bits (`rbmlib.sampling.kernels`) where that
pays, else by a product and a pass over it; both give the bits of
`sampling.reference_gibbs`.  Layers beside continuous units have no exact sums and take
the product.
"""

from functools import cached_property

import numpy as np

from rbmlib import compiled, randomness
from rbmlib.checks import check_choice, check_positive, check_samples, check_word
from rbmlib.grid import round_to_grid
from rbmlib.randomness import HIDDEN, SWEEPS, VISIBLE
from rbmlib.rbm import RBM, check_machine
from rbmlib.sampling.kernels import BitMachine, SiteMachine, bits_pay
from rbmlib.sampling.kernels.layers import MEAN_BITS, STRIDE, mean_sweeps
from rbmlib.sampling.logistic import (
    kernel_bits,
    kernel_grid_probability,
    kernel_is_on,
)

_BLOCK = 512  # chains that stay in cache together; changes no bit


class Paths:
    """The sampler of one machine: its parameters on the grid, and its seed.

    Made once for each machine (for training: once for each update), because rounding
    the parameters costs as much as a few chains.  For callers that have checked what
    they give: parameters, states and bits are taken as they are.  `Sampler` checks.

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
        self.shapes = W.shape, a.shape
        W, a = W.reshape(a.size, b.size), a.reshape(-1)  # a row for each column of v
        self.grid = round_to_grid(W, a, b, visible.widths(visible.n_units(a)))
        self.seed, self.sweeps = randomness.check_seed(seed), sweeps
        self._units = visible, hidden
        self._to_h = _Layer(hidden, visible, self.grid.W, self.grid.b, W, b)
        self._to_v = _Layer(visible, hidden, self.grid.W.T, self.grid.a, W.T, a)

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
        W_shape, a_shape = self.shapes
        if self._kernels_pay(len(v), 1):
            vh, v_sum, h_sum = self._kernels.sums(v, bits)
        else:
            m, columns = self._to_h.mean(v, bits), self._units[0].encode(v)
            vh = (columns.T @ m).astype(np.float64)
            v_sum = columns.sum(0, dtype=np.float64)
            h_sum = m.sum(0, dtype=np.float64)
        return vh.reshape(W_shape), v_sum.reshape(a_shape), h_sum

    def run(self, v, n_sweeps, first_sweep=0, first_chain=0, n_threads=1):
        """Return (v, h) after n_sweeps: `sampling.gibbs` without checks of v.

        first_sweep counts from the beginning of this sampler's range of sweeps.

        Raises
        ------
        ValueError, TypeError
            Sweeps outside their range of `rbmlib.randomness.SWEEPS`, or chains outside
            [0, 2^32).
        """
        n_sweeps = check_positive(n_sweeps, "n_sweeps")
        first = randomness.address_of(self.sweeps, first_sweep, n_sweeps)
        address = first, first_chain
        check_word(first_chain, "first_chain")
        check_word(first_chain + len(v) - 1, "last chain")
        if self._kernels_pay(len(v), n_sweeps):
            return self._kernels.run(v, n_sweeps, self.seed, *address, n_threads)
        return self._run_products(v, n_sweeps, *address)

    def run_known(self, v, known, n_sweeps, first_sweep, first_chain, n_threads):
        """Return `sampling.conditional` of checked arguments, without its last step.

        Where known, bool of the shape of v, is True, v stays as it is; the mean there
        is what it would be.

        Raises
        ------
        ValueError, TypeError
            As `run`.
        """
        first = randomness.address_of(self.sweeps, first_sweep, n_sweeps)
        address = first, first_chain
        check_word(first_chain, "first_chain")
        check_word(first_chain + len(v) - 1, "last chain")
        if self._kernels_pay(len(v), n_sweeps):
            whole = n_sweeps, self.seed, *address, n_threads
            return self._kernels.run_known(v, known, *whole)
        total = np.zeros((len(v), self.grid.a.size))
        v, _ = self._run_products(v, n_sweeps, *address, known, total)
        return v, total / mean_sweeps(n_sweeps)[1]

    def _run_products(
        self, v, n_sweeps, first_sweep, first_chain, known=None, total=None
    ):
        first_mean = first_sweep + mean_sweeps(n_sweeps)[0]
        h_out, v_out = self._to_h.room(len(v)), self._to_v.room(len(v))
        for start in range(0, len(v), _BLOCK):
            rows = slice(start, start + _BLOCK)
            source, h, v_new = v[rows], h_out[rows], v_out[rows]
            for sweep in range(first_sweep, first_sweep + n_sweeps):
                address = self.seed, sweep, first_chain + start
                self._to_h.draw(source, HIDDEN, *address, out=h)
                self._to_v.draw(h, VISIBLE, *address, out=v_new)
                if known is not None:
                    np.copyto(v_new, v[rows], where=known[rows])
                    if sweep >= first_mean and (sweep - first_mean) % STRIDE == 0:
                        total[rows] += self._to_v.mean(h, MEAN_BITS)
                source = v_new
        return v_out, h_out

    @cached_property
    def _kernels(self):
        """The kernels that know both layers, or None."""
        visible, hidden = self._units
        if not hidden.bits:
            return None
        if visible.bits:
            return BitMachine(self.grid, visible.bits, hidden.bits)
        widths = visible.widths(visible.n_units(self.grid.a))
        return None if widths is None else SiteMachine(self.grid, widths, hidden.bits)

    def _kernels_pay(self, n_chains, n_sweeps):
        pay = bits_pay(n_chains, n_sweeps, self.grid.W.shape)
        return pay and self._kernels is not None


class Sampler(Paths):
    """The sampler of one machine, which checks what it is given.

    Parameters
    ----------
    visible, hidden : unit types
    W, a, b : array_like
        Full-precision parameters, as of an `RBM`; discrete layers see them rounded to
        the grid.
    seed : int
        In [0, 2^64).
    sweeps : str
        Whose sweeps these are, of `rbmlib.randomness.SWEEPS`.

    Raises
    ------
    ValueError, TypeError
        What makes no `RBM`, a bad seed, or sweeps of nobody.

    Examples
    --------
    >>> machine = RBM.random(4, 3, scale=1.0, seed=0)
    >>> sampler = Sampler.of(machine, seed=1)
    >>> v, h = sampler.run([[0, 0, 0, 0]], n_sweeps=10)
    >>> v.astype(int).tolist()
    [[1, 0, 1, 1]]
    >>> sampler.mean_h(v, bits=8).tolist()
    [[0.89453125, 0.62109375, 0.6171875]]
    >>> _, v_sum, h_sum = sampler.sums(v, bits=8)
    >>> v_sum.tolist(), h_sum.tolist()
    ([1.0, 0.0, 1.0, 1.0], [0.89453125, 0.62109375, 0.6171875])
    """

    def __init__(self, visible, hidden, W, a, b, seed, sweeps="runs"):
        rbm = RBM(W, a, b, visible, hidden)
        check_choice(sweeps, "sweeps", tuple(SWEEPS))
        super().__init__(visible, hidden, rbm.W, rbm.a, rbm.b, seed, sweeps)
        self._n_visible = rbm.n_visible

    @classmethod
    def of(cls, rbm, seed, sweeps="runs"):
        """Return the sampler of an `RBM`, or refuse it."""
        return super().of(check_machine(rbm), seed, sweeps)

    def mean_h(self, v, bits):
        """Return ⟨h⟩ given v, or refuse v and bits; as `Paths.mean_h`.

        Parameters
        ----------
        v : array_like, shape (n_rows, n_visible)
        bits : int
            From 1 to 20.
        """
        return super().mean_h(self._checked(v), check_positive(bits, "bits", 1, 20))

    def sums(self, v, bits):
        """Return sums over the rows of v, or refuse v and bits; as `Paths.sums`."""
        v, bits = self._checked(v), check_positive(bits, "bits", 1, 20)
        return super().sums(v, bits)

    def run(self, v, n_sweeps, first_sweep=0, first_chain=0, n_threads=1):
        """Return (v, h) after n_sweeps, or refuse an argument; as `Paths.run`."""
        check_positive(n_threads, "n_threads")
        return super().run(
            self._checked(v), n_sweeps, first_sweep, first_chain, n_threads
        )

    def _checked(self, v):
        return check_samples(v, self._units[0], self._n_visible, "v", "row")


class _Layer:
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
