"""The sampler of one machine: the fast paths behind `rbmlib.sampling`.

Discrete layers are sampled by kernels on bits (`rbmlib.sampling.kernels`) where that
pays, else by a product and a pass over it; both give the bits of
`sampling.reference_gibbs`.  Layers beside continuous units have no exact sums and take
the product.
"""

from functools import cached_property

import numpy as np

from rbmlib import randomness
from rbmlib.checks import (
    check_choice,
    check_mask,
    check_positive,
    check_samples,
    check_word,
)
from rbmlib.grid import round_to_grid
from rbmlib.randomness import HIDDEN, SWEEPS, VISIBLE
from rbmlib.rbm import RBM, check_machine
from rbmlib.sampling.kernels import BitMachine, SiteMachine, bits_pay
from rbmlib.sampling.kernels.layers import MEAN_BITS, mean_sweeps
from rbmlib.sampling.products import Layer

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
        self.seed, self.sweeps = randomness.check_seed(seed), sweeps
        self._units, self._widths = (
            (visible, hidden),
            visible.widths(visible.n_units(a)),
        )
        self._bits = None
        if visible.bits and hidden.bits:
            self._bits = BitMachine(W, a, b, visible.bits, hidden.bits)
            self.grid = self._bits.grid
        else:
            self.grid = round_to_grid(W, a, b, self._widths)
        self._to_h = Layer(hidden, visible, self.grid.W, self.grid.b, W, b)
        self._to_v = Layer(visible, hidden, self.grid.W.T, self.grid.a, W.T, a)

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
        address = self._address(len(v), n_sweeps, first_sweep, first_chain)
        if self._kernels_pay(len(v), n_sweeps):
            return self._kernels.run(v, n_sweeps, self.seed, *address, n_threads)
        return self._run_products(v, n_sweeps, *address)

    def run_known(
        self, v, known, n_sweeps, first_sweep, first_chain, n_threads, means=True
    ):
        """Return `sampling.conditional` of checked arguments, without its last step.

        Where known, bool of the shape of v, is True, v stays as it is; the mean there
        is what it would be.  Means that are not asked for are None, and cost nothing.

        Raises
        ------
        ValueError, TypeError
            As `run`.
        """
        address = self._address(len(v), n_sweeps, first_sweep, first_chain)
        if self._kernels_pay(len(v), n_sweeps):
            whole = n_sweeps, self.seed, *address, n_threads
            return self._kernels.run_known(v, known, *whole, means=means)
        total = np.zeros((len(v), self.grid.a.size)) if means else None
        v, _ = self._run_products(v, n_sweeps, *address, known, total)
        return v, total / len(mean_sweeps(n_sweeps)) if means else None

    def _address(self, n_chains, n_sweeps, first_sweep, first_chain):
        """Return the first sweep among all, and the first chain, or refuse them."""
        first = randomness.address_of(self.sweeps, first_sweep, n_sweeps)
        check_word(first_chain, "first_chain")
        check_word(first_chain + n_chains - 1, "last chain")
        return first, first_chain

    def _run_products(
        self, v, n_sweeps, first_sweep, first_chain, known=None, total=None
    ):
        counted = mean_sweeps(n_sweeps)
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
                    if total is not None and sweep - first_sweep in counted:
                        total[rows] += self._to_v.mean(h, MEAN_BITS)
                source = v_new
        return v_out, h_out

    @cached_property
    def _kernels(self):
        """The kernels that know both layers, or None."""
        hidden = self._units[1]
        if self._bits is not None or not hidden.bits or self._widths is None:
            return self._bits
        return SiteMachine(self.grid, self._widths, hidden.bits)

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
    >>> drawn, mean = sampler.run_known(v, [True, False, True, True], n_sweeps=5)
    >>> float(mean[0, 1])  # of the unknown unit
    0.3152503967285156
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

    def run_known(self, v, known, n_sweeps, first_sweep=0, first_chain=0, n_threads=1):
        """Return (v, mean) after n_sweeps with known units, or refuse an argument.

        As `Paths.run_known`.
        """
        v = self._checked(v)
        known = check_mask(known, "known", v.shape)
        n_sweeps = check_positive(n_sweeps, "n_sweeps")
        n_threads = check_positive(n_threads, "n_threads")
        return super().run_known(
            v, known, n_sweeps, first_sweep, first_chain, n_threads
        )

    def _checked(self, v):
        return check_samples(v, self._units[0], self._n_visible, "v", "row")
