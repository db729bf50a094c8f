"""Gibbs sampling of categorical units beside bare matrix products and NumPy.

The products are those of the one-hot form, where each state of each site is a column.
Rounds, ratios and times as in `bench_sampling`.

    python benchmarks/bench_categorical.py [rounds]
"""

import sys

import bench_sampling as bench
import numpy as np

from rbmlib.grid import round_to_grid
from rbmlib.sampling.kernels.sites import SiteMachine
from rbmlib.units import BINARY

# Name, numbers of states, hidden units, chains.
CASES = [
    ("200 sites x 21 states", [21] * 200, 200, 1000),
    ("200 sites x 21 states", [21] * 200, 200, 100),
    ("500 sites x 3 states", [3] * 500, 100, 1000),
    ("784 sites x 2 states, a label of 10", [2] * 784 + [10], 500, 1000),
]


def random_states(q, n_chains):
    """Return random states of sites with q states."""
    rng = np.random.default_rng(0)
    return (rng.random((n_chains, len(q))) * q).astype(np.int32)


def one_hot(v, q):
    """Return a column for each state of each site, float32."""
    out = np.zeros((len(v), sum(q)), np.float32)
    out[np.arange(len(v))[:, None], np.cumsum(q) - q + v] = 1
    return out


def parameters(q, n_hidden):
    """Return (W, a, b) of the one-hot form, float64."""
    rng = np.random.default_rng(1)
    W = rng.normal(0, 0.05, (sum(q), n_hidden))
    return W, np.zeros(sum(q)), np.zeros(n_hidden)


def bare_sweep(q, n_hidden, n_chains):
    """Return the two products of a sweep, and nothing else."""
    v, W = one_hot(random_states(q, n_chains), q), parameters(q, n_hidden)[0]
    W = W.astype(np.float32)
    h = (np.random.default_rng(2).random((n_chains, n_hidden)) < 0.5).astype(np.float32)
    x, y = np.empty_like(h), np.empty_like(v)

    def run():
        np.matmul(v, W, out=x)
        np.matmul(h, W.T, out=y)

    return run


def our_run(q, n_hidden, n_chains, n_sweeps):
    """Return a run, with rounding, arranging the weights, codes and back."""
    W, a, b = parameters(q, n_hidden)
    v = random_states(q, n_chains)

    def run():
        machine = SiteMachine(round_to_grid(W, a, b), q, BINARY.bits)
        machine.run(v, n_sweeps, seed=1, first_sweep=0, first_chain=0)

    return run


def our_sums(q, n_hidden, n_chains):
    """Return the sums of one phase of the gradient."""
    machine = SiteMachine(round_to_grid(*parameters(q, n_hidden)), q, BINARY.bits)
    v = random_states(q, n_chains)
    return lambda: machine.sums(v, bits=14)


def numpy_sweep(q, n_hidden, n_chains):
    """Return a sweep as it is usually written in NumPy, in float32."""
    W, a, b = (x.astype(np.float32) for x in parameters(q, n_hidden))
    v, rng = one_hot(random_states(q, n_chains), q), np.random.default_rng(3)
    first, one, tiny = np.cumsum(q) - q, np.float32(1), np.float32(1e-30)

    def run():
        p = one / (one + np.exp(-(v @ W + b)))
        h = (rng.random(p.shape, np.float32) < p).astype(np.float32)
        # The largest of the fields with Gumbel noise is a draw from the softmax.
        noise = rng.standard_exponential(v.shape, np.float32) + tiny
        y = h @ W.T + a - np.log(noise)
        largest = np.maximum.reduceat(y, first, axis=1)
        return (y == np.repeat(largest, q, axis=1)).astype(np.float32)

    return run


def compare_case(name, q, n_hidden, n_chains, rounds):
    """Compare one sweep, and the sums of one phase, of a machine."""
    size = np.array(q), n_hidden, n_chains
    n = max(1, int(4e8 / (sum(q) * n_hidden * n_chains)))
    bench.compare(
        f"one sweep, {name} x {n_hidden} hidden, {n_chains} chains, one thread",
        {
            "two bare products": (lambda: bench.repeated(bare_sweep(*size), n), n),
            "rbmlib, a run of 50 sweeps": (lambda: our_run(*size, 50), 50),
            "rbmlib, a run of 1 sweep": (
                lambda: bench.repeated(our_run(*size, 1), n),
                n,
            ),
            "rbmlib, sums of one phase": (
                lambda: bench.repeated(our_sums(*size), n),
                n,
            ),
            "NumPy float32": (lambda: numpy_sweep(*size), 1),
        },
        rounds,
    )


def main(rounds):
    for case in CASES:
        compare_case(*case, rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 21)
