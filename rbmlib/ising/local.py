"""Local updates of the Ising model: Metropolis and heat bath.

One function for each dynamics, three kernels for each function:

- ``"bytes"``: one lattice at a time, any L; the plain way.
- ``"replicas"``: 64 independent lattices in a machine word, any L; for statistics.
- ``"strips"``: one lattice, cut into 64 strips, L a multiple of 128; for size.

All are periodic.  For even L a sweep updates the black squares of the checkerboard,
then the white ones.  A torus with odd sides has no checkerboard: there a sweep updates
the sites one after another, row by row.  Every probability is exact to 44 bits or more,
each spin has random bits of its own, and a path depends only on (seed, kernel, chain):
not on the number of chains or threads, nor on where a run was interrupted.
`reference.reference_sweep` is the definition.
"""

import numpy as np

from rbmlib.ising.kernels import bit_kernel, byte_kernel
from rbmlib.ising.lattice import from_cells, from_words, layout, to_cells, to_words
from rbmlib.ising.rates import heat_bath_table, metropolis_table
from rbmlib.ising.runs import Run, plan
from rbmlib.randomness import ISING, ISING_REPLICAS, ISING_STRIPS, stream_key


def heat_bath(
    L,
    T,
    n_sweeps,
    seed,
    *,
    h=0.0,
    n_chains=1,
    start="random",
    first_sweep=0,
    first_chain=0,
    interval=1,
    kernel="bytes",
    n_threads=1,
):
    """Sample the L x L torus with heat-bath (Glauber) updates.

    Each spin is drawn anew from its law given its neighbours,
    p(s = +1) = 1/(1 + exp(-2(Σ_j s_j + h)/T)).

    Parameters
    ----------
    L : int
        Side, from 2 to 4096.  For L = 2 every bond counts twice.
    T : float
        Temperature in units of J/k_B; not negative.
    n_sweeps : int
        Updates of every spin; a multiple of `interval`.
    seed : int
        In [0, 2^64).  Runs at other T or h with the same seed use the same random
        numbers, and their averages are correlated: give each run a seed of its own.
    h : float
        Field, in units of J.
    n_chains : int
        Independent lattices.
    start : {"random", "up"} or array_like of ±1, shape (n_chains, L, L) or (L, L)
    first_sweep, first_chain : int
        Global indices of the first sweep and chain.  A run of 10 sweeps equals one of 4
        followed by one of 6 with ``first_sweep=4`` from its `spins`.
    interval : int
        Energy and magnetisation are recorded every `interval` sweeps.
    kernel : {"bytes", "replicas", "strips"}
    n_threads : int
        Chains (for "replicas": groups of 64) run side by side.  Changes no bit.

    Returns
    -------
    Run

    Raises
    ------
    ValueError, TypeError
        Naming the argument, its value and what was expected.

    References
    ----------
    R. J. Glauber (1963), doi:10.1063/1.1703954.

    Examples
    --------
    >>> run = heat_bath(16, 2.0, n_sweeps=2000, seed=1, n_chains=4, start="up")
    >>> run.spins.shape, run.energy.shape
    ((4, 16, 16), (4, 2000))
    >>> bool(abs(run.energy.mean() + 1.745531) < 0.02)
    True
    """
    shared = plan(
        L,
        n_sweeps,
        seed,
        n_chains,
        start,
        first_sweep,
        first_chain,
        interval,
        n_threads,
    )
    return _run(shared, heat_bath_table, T, h, seed, kernel)


def metropolis(
    L,
    T,
    n_sweeps,
    seed,
    *,
    h=0.0,
    n_chains=1,
    start="random",
    first_sweep=0,
    first_chain=0,
    interval=1,
    kernel="bytes",
    n_threads=1,
):
    """Sample the L x L torus with Metropolis updates.

    A spin flips with probability min(1, exp(-ΔE/T)).  As T grows, all spins flip at all
    sweeps and nothing is forgotten: at high temperature use the heat bath.  For the
    same reason a lattice where every spin has two unlike neighbours flips for ever.
    Such states are never reached from others; they are 36 of the 65536 for L = 4.  For
    L = 2 they are four of sixteen, and the function refuses.

    Parameters, returns and errors as in `heat_bath`, and a ValueError for L = 2.

    References
    ----------
    N. Metropolis et al. (1953), doi:10.1063/1.1699114.

    Examples
    --------
    >>> first = metropolis(8, 2.5, n_sweeps=4, seed=1)
    >>> rest = metropolis(8, 2.5, 6, 1, start=first.spins, first_sweep=first.next_sweep)
    >>> bool((rest.spins == metropolis(8, 2.5, n_sweeps=10, seed=1).spins).all())
    True
    """
    shared = plan(
        L,
        n_sweeps,
        seed,
        n_chains,
        start,
        first_sweep,
        first_chain,
        interval,
        n_threads,
    )
    if shared.L == 2:
        raise ValueError(
            "L must be at least 3 for metropolis, got 2: four of the sixteen states "
            "only flip into each other; use heat_bath"
        )
    return _run(shared, metropolis_table, T, h, seed, kernel)


def _run(shared, rule, T, h, seed, kernel):
    where = layout(shared.L, kernel)
    runner = {"bytes": _bytes, "replicas": _replicas, "strips": _strips}[kernel]
    bits = byte_kernel.BITS if kernel == "bytes" else bit_kernel.BITS
    spins, unlike, up = runner(shared, where, rule(T, h, bits), seed)
    return Run.from_counts(spins, unlike, up, float(h), shared.next_sweep)


def _bytes(shared, where, table, seed):
    """Run the chains one by one, a spin in a byte."""
    key, digits = stream_key(seed, ISING), byte_kernel.byte_table(table)
    unlike, up = np.zeros((2, shared.n_chains, shared.n_records), np.int64)

    def chain(c):
        cells = to_cells(shared.spins[c], where, np.uint8)
        byte_kernel.run(
            cells,
            where,
            digits,
            key,
            shared.first_chain + c,
            shared.first_sweep,
            shared.interval,
            unlike[c],
            up[c],
        )
        return from_cells(cells, where)

    return np.stack(shared.each(chain, range(shared.n_chains))), unlike, up


def _strips(shared, where, table, seed):
    """Run the chains one by one, each cut into 64 strips."""
    L, n = shared.L, shared.n_chains
    lanes = shared.spins.reshape(n, 64, where.rows, L)
    chains = range(shared.first_chain, shared.first_chain + n)
    spins, unlike, up = _words(shared, where, table, seed, ISING_STRIPS, lanes, chains)
    return spins.reshape(n, L, L), unlike.sum(axis=2), up.sum(axis=2)


def _replicas(shared, where, table, seed):
    """Run the chains in groups of 64; spare lanes of the last group are dropped."""
    L, n = shared.L, shared.n_chains
    if shared.first_chain % 64:
        raise ValueError(
            "first_chain must be a multiple of 64 with kernel 'replicas', "
            f"got {shared.first_chain}"
        )
    n_groups = -(-n // 64)
    lanes = np.zeros((n_groups * 64, L, L), np.uint8)
    lanes[:n] = shared.spins
    first = shared.first_chain // 64
    groups, lanes = range(first, first + n_groups), lanes.reshape(n_groups, 64, L, L)
    spins, unlike, up = _words(
        shared, where, table, seed, ISING_REPLICAS, lanes, groups
    )
    unlike, up = (x.swapaxes(1, 2).reshape(n_groups * 64, -1)[:n] for x in (unlike, up))
    return spins.reshape(-1, L, L)[:n], unlike, up


def _words(shared, where, table, seed, stream, lanes, chains):
    """Run groups of 64 lanes; counts have shape (n_groups, n_records, 64)."""
    key, digits = stream_key(seed, stream), bit_kernel.bit_table(table)
    unlike, up = np.zeros((2, len(lanes), shared.n_records, 64), np.int64)

    def group(g):
        words = to_cells(to_words(lanes[g]), where, np.uint64)
        bit_kernel.run(
            words,
            where,
            digits,
            key,
            chains[g],
            shared.first_sweep,
            shared.interval,
            unlike[g],
            up[g],
        )
        return from_words(from_cells(words, where))

    return np.stack(shared.each(group, range(len(lanes)))), unlike, up
