"""Chains carried along a path of machines, and the weights they collect.

At each step the weight of a chain is multiplied by p*_next(v) / p*_previous(v), with v
as it stands *before* the step (p* is the marginal without 1/Z); then v makes one sweep
of the next machine.  In this order, and only in this order, the mean of the weights is
Z_end / Z_start whatever the number of steps.

`along_machines` takes any sequence of machines.  `along_line` is the fast path for
discrete units and machines on a straight line from an independent one: the field of a
unit is then one fixed elementwise expression of its field in the end machine, which is
an exact sum, and everything after it is a fixed sequence of IEEE operations: states and
weights are the same bits everywhere.  One product serves the weight and the sampling.
"""

from itertools import pairwise

import numba
import numpy as np

from rbmlib import compiled, randomness, sampling
from rbmlib.randomness import HIDDEN, VISIBLE
from rbmlib.sampling import kernels
from rbmlib.sampling.logistic import kernel_bits, kernel_exp_abs, kernel_is_on
from rbmlib.sampling.sampler import Paths

_BLOCK = 512  # chains that stay in cache together; changes no bit


def along_machines(machines, v, seed, sweeps, first_chain=0, ends=None):
    """Carry chains along a sequence of machines on their grids.

    Parameters
    ----------
    machines : iterable of RBM
        The first one is the law of ``v``.
    v : ndarray, shape (n_chains, n_visible)
    seed : int
    sweeps : str
        Whose sweeps these are, of `rbmlib.randomness.SWEEPS`.
    first_chain : int
        Number of the first chain among all that share the seed.
    ends : ndarray like v, optional
        Overwritten, when the machines end, with the states there: with the weights,
        they are a weighted sample of the last machine.

    Yields
    ------
    ndarray of float64, shape (n_chains,)
        Log-weights on arrival at the second machine, the third, and so on.  Their last
        digits can differ between machines, by the library's logarithm.

    Raises
    ------
    ValueError
        More machines than there are sweeps in the range.
    """
    machines = iter(machines)
    previous = next(machines)
    v, log_w = sampling.check_start(previous, v), np.zeros(len(v))
    for sweep, machine in enumerate(machines):
        log_w = log_w + previous.free_energy(v) - machine.free_energy(v)
        yield log_w
        v, _ = Paths.of(machine, seed, sweeps).run(v, 1, sweep, first_chain)
        previous = machine
    if ends is not None:
        ends[:] = v


def along_line(grid, units, start, betas, v, seed, sweeps, first_chain=0, ends=None):
    """Carry chains through start + β (machine - start) for each β of a list.

    Parameters
    ----------
    grid : GridMachine
        Parameters of the machine at β = 1.
    units : pair of unit types
        Visible and hidden, both of two states.
    start : pair of ndarray of float32, shapes (n_visible,), (n_hidden,)
        Biases of the machine at β = 0, whose weights are zero.
    betas : ndarray of float64, shape (n_temperatures + 1,)
        Multiples of 2^-24 in [0, 1]; ``v`` follows the law at the first one.
    v, seed, sweeps, first_chain, ends
        As in `along_machines`.

    Returns
    -------
    ndarray of float64, shape (n_chains,)
        Log-weights.
    """
    log_w = np.zeros(len(v))
    first_sweep = randomness.address_of(sweeps, 0, len(betas) - 1)
    line = grid, [unit.bits for unit in units], start, betas
    for first in range(0, len(v), _BLOCK):
        rows = slice(first, first + _BLOCK)
        chains = first_chain + first
        last = _carry_block(*line, v[rows], seed, first_sweep, chains, log_w[rows])
        if ends is not None:
            ends[rows] = last
    return log_w


def _carry_block(grid, bits, start, betas, v, seed, first_sweep, first_chain, log_w):
    """Add to the log-weights of a block of chains, and return where they end."""
    a0, b0 = start
    slope = grid.a.astype(np.float64) - a0
    v = v.astype(np.float32)  # a copy: it is overwritten
    x = np.empty((len(v), grid.b.size), np.float32)
    to_h = kernels.product(grid.W, bits[0].low < 0, len(v))
    to_v = kernels.product(grid.W.T, bits[1].low < 0, len(v))
    for k, (old, new) in enumerate(pairwise(betas), first_sweep):
        to_h(v, x)
        if slope.any():
            _add_bias_weights(v.reshape(-1), (new - old) * slope, log_w)
        _weigh_and_draw(
            x.reshape(-1),
            grid.b,
            b0,
            *_mixing(old),
            *_mixing(new),
            *randomness.sweep_key(seed, HIDDEN, k),
            np.uint32(first_chain),
            *kernel_bits(bits[1]),
            log_w,
        )
        to_v(x, v)
        _draw(
            v.reshape(-1),
            grid.a,
            a0,
            *_mixing(new),
            *randomness.sweep_key(seed, VISIBLE, k),
            np.uint32(first_chain),
            *kernel_bits(bits[0]),
        )
    return v


def _mixing(beta):
    # Both are exact in float32 because beta is a multiple of 2^-24.
    return np.float32(beta), np.float32(1.0 - beta)


@compiled.kernel(error_model="numpy", nogil=True)
def _weigh_and_draw(
    x, b, b0, beta0, rest0, beta1, rest1, s0, s1, first_chain, gain, low, log_w
):
    """Add Σ_j Γ(new field) - Γ(old field) to log_w, and replace inputs by states."""
    n = np.uint64(b.size)
    change = np.empty(b.size, np.float32)
    for c in range(np.uint64(log_w.size)):
        k0, k1 = randomness.absorb(s0, s1, np.uint32(first_chain + np.uint32(c)))
        first = np.uint64(c * n)
        for j in range(n):
            total = x[first + j] + b[j]
            old = beta0 * total + rest0 * b0[j]
            new = beta1 * total + rest1 * b0[j]
            change[j] = gamma_change(old, new, gain, low)
            on = kernel_is_on(new, randomness.draw(k0, k1, np.uint32(j)), gain)
            x[first + j] = np.float32(1) if on else low
        log_w[c] += fixed_sum(change)


@compiled.kernel(error_model="numpy", nogil=True)
def _draw(x, a, a0, beta, rest, s0, s1, first_chain, gain, low):
    """Replace inputs by states drawn in the fields of an annealed machine."""
    n = np.uint64(a.size)
    for c in range(np.uint64(x.size) // n):
        k0, k1 = randomness.absorb(s0, s1, np.uint32(first_chain + np.uint32(c)))
        first = np.uint64(c * n)
        for i in range(n):
            field = beta * (x[first + i] + a[i]) + rest * a0[i]
            on = kernel_is_on(field, randomness.draw(k0, k1, np.uint32(i)), gain)
            x[first + i] = np.float32(1) if on else low


@compiled.kernel(error_model="numpy", nogil=True)
def _add_bias_weights(v, step, log_w):
    """Add Σ_i v_i step_i to log_w."""
    n = np.uint64(step.size)
    terms = np.empty(step.size)
    for c in range(np.uint64(log_w.size)):
        first = np.uint64(c * n)
        for i in range(n):
            terms[i] = v[first + i] * step[i]
        log_w[c] += fixed_sum(terms)


@numba.njit(inline="always", error_model="numpy")
def gamma_change(old, new, gain, low):
    """Return Γ(new) - Γ(old) of a discrete unit, to float32's relative precision.

    Γ(x) is |x| (0 for a {0, 1} unit and x < 0) plus log(1 + 1/e), e = exp(gain |x|).
    The difference of the logarithms is 2 artanh(s), with s in [-1/3, 1/3].
    """
    two = np.float32(2)
    e_old, e_new = kernel_exp_abs(old, gain), kernel_exp_abs(new, gain)
    # Where the product overflows to infinity, s is below 2^-42 and may well be zero.
    s = (e_old - e_new) / (two * (e_old * e_new) + (e_old + e_new))
    linear = max(new, low * new) - max(old, low * old)
    return linear + two * s * _artanh_series(s * s)


@numba.njit(inline="always")
def _artanh_series(z):
    # Of artanh(s)/s in z = s² <= 1/9; the first term left out is below 2e-7.
    p = np.float32(1 / 11) * z + np.float32(1 / 9)
    p = (p * z + np.float32(1 / 7)) * z + np.float32(1 / 5)
    return (p * z + np.float32(1 / 3)) * z + np.float32(1)


@numba.njit(inline="always")
def fixed_sum(terms):
    """Return the sum of an array, which it uses up: halves added, in a fixed order."""
    # Vector code without leave to reorder, so the same bits everywhere.
    n = terms.size
    while n > 1:
        half = n // 2
        for i in range(half):
            terms[i] += terms[n - half + i]
        n -= half
    return terms[0]
