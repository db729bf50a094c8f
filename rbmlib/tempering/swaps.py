"""Whether two replicas exchange their states: the same decision on every machine.

Neighbouring machines 1 and 2 hold v and v'.  The exchange is accepted with probability
min(1, exp Δ), Δ = [F_2(v') - F_1(v')] - [F_2(v) - F_1(v)], with F the free energy of
the visible units.  (Often Δ is printed without the second bracket; that is no detailed
balance.)  F holds logarithms, and a last bit that differs between processors would
change a decision, then the whole run.  So the change of F from one machine to the next
is computed as in annealing (`rbmlib.likelihood.path`): exact fields, a fixed sequence
of IEEE operations for each unit, a sum in a fixed order; and so is exp.
"""

import numpy as np

from rbmlib import compiled, randomness
from rbmlib.likelihood.path import fixed_sum, gamma_change
from rbmlib.sampling import kernels
from rbmlib.sampling.logistic import kernel_bits
from rbmlib.units.logistic import exp_abs


def work(machine, other, v):
    """Return F_other(v) - F_machine(v) of two machines on their grids.

    Parameters
    ----------
    machine, other : RBM
        With {0, 1} or ±1 units, on their grids (`RBM.on_grid`).
    v : ndarray of float32, shape (n_chains, n_visible)

    Returns
    -------
    ndarray of float64, shape (n_chains,)
        The same bits everywhere; within about 1e-6 of the difference of
        `RBM.free_energy` for each unit.
    """
    old, new = (_fields(m, v) for m in (machine, other))
    # Biases are grid integers below 2^53 steps: this product is exact as well.
    out = -(v.astype(np.float64) @ (other.a - machine.a))
    gain, low = kernel_bits(machine.hidden.bits)
    _subtract_changes(old.reshape(-1), new.reshape(-1), gain, low, out)
    return out


def _fields(machine, v):
    """Return the fields on the hidden units, exact sums in float32."""
    W, x = machine.W.astype(np.float32), np.empty((len(v), machine.b.size), np.float32)
    kernels.product(W, machine.visible.low < 0, len(v))(v, x)
    x += machine.b.astype(np.float32)
    return x


def accepted(delta, words):
    """Return True with probability min(1, exp delta), by fixed operations.

    Parameters
    ----------
    delta : ndarray of float64
    words : ndarray of uint32, same shape
        Draws of `rbmlib.randomness`.

    Examples
    --------
    >>> accepted(np.array([1.0, -0.5, -2.0]), np.full(3, 2**31, np.uint32)).tolist()
    [True, True, False]
    """
    u = (words >> np.uint32(1)).astype(np.int32).astype(np.float32) + np.float32(0.5)
    unlikely = u * exp_abs(delta.astype(np.float32)) < np.float32(2.0**31)
    return (delta >= 0) | unlikely


def draws(seed, round_, n_pairs, n_chains):
    """Return the random words of one round of exchanges, shape (n_pairs, n_chains)."""
    return randomness.draws(seed, randomness.SWAP, round_, range(n_pairs), n_chains)


@compiled.kernel(error_model="numpy", nogil=True)
def _subtract_changes(old, new, gain, low, out):
    """Subtract Σ_j Γ(new field) - Γ(old field) from out."""
    n = np.uint64(old.size // out.size)
    change = np.empty(n, np.float32)
    for c in range(np.uint64(out.size)):
        first = np.uint64(c * n)
        for j in range(n):
            change[j] = gamma_change(old[first + j], new[first + j], gain, low)
        out[c] -= fixed_sum(change)
