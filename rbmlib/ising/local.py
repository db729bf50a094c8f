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

from functools import partial

import numpy as np

from rbmlib.ising.kernels import bit_kernel, byte_kernel
from rbmlib.ising.kernels.chain import Counts
from rbmlib.ising.lattice import from_cells, from_words, layout, to_cells, to_words
from rbmlib.ising.rates import heat_bath_table, metropolis_table
from rbmlib.ising.runs import Plan, takes_a_plan
from rbmlib.randomness import ISING, ISING_REPLICAS, ISING_STRIPS, stream_key


@takes_a_plan
def heat_bath(L, T, n_sweeps, seed, *, kernel="bytes", **options):
    """Sample the L x L torus with heat-bath (Glauber) updates.

    Each spin is drawn anew from its law given its neighbours,
    p(s = +1) = 1/(1 + exp(-2(Σ_j s_j + h)/T)).

    Parameters
    ----------
    {plan}
    kernel : {"bytes", "replicas", "strips"}
        One lattice at a time; 64 in a word; one, in 64 strips, L a multiple of 128.

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
    plan = Plan(L, T, n_sweeps, seed, **options)
    return _run(plan, heat_bath_table, kernel)


@takes_a_plan
def metropolis(L, T, n_sweeps, seed, *, kernel="bytes", **options):
    """Sample the L x L torus with Metropolis updates.

    A spin flips with probability min(1, exp(-ΔE/T)).  As T grows, all spins flip at all
    sweeps and nothing is forgotten: at high temperature use the heat bath.  For the
    same reason a lattice where every spin has two unlike neighbours flips for ever.
    Such states are never reached from others; they are 36 of the 65536 for L = 4.  For
    L = 2 they are four of sixteen, and the function refuses.

    Parameters
    ----------
    {plan}
    kernel : {"bytes", "replicas", "strips"}
        As in `heat_bath`.

    Returns
    -------
    Run

    Raises
    ------
    ValueError, TypeError
        Naming the argument, its value and what was expected; for L = 2.

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
    plan = Plan(L, T, n_sweeps, seed, **options)
    if plan.L == 2:
        raise ValueError(
            "L must be at least 3 for metropolis, got 2: four of the sixteen states "
            "only flip into each other; use heat_bath"
        )
    return _run(plan, metropolis_table, kernel)


def _run(plan, rule, kernel):
    where = layout(plan.L, kernel)
    runner = {"bytes": _bytes, "replicas": _replicas, "strips": _strips}[kernel]
    bits = byte_kernel.BITS if kernel == "bytes" else bit_kernel.BITS
    return plan.run(*runner(plan, where, rule(plan.T, plan.h, bits)))


def _bytes(plan, where, table):
    """Run the chains one by one, a spin in a byte."""
    key, digits = stream_key(plan.seed, ISING), byte_kernel.byte_table(table)
    counts = Counts.zeros(plan.n_chains, plan.n_records)

    def chain(c, stop):
        cells = to_cells(plan.spins[c], where, np.uint8)
        of_chain = partial(byte_kernel.run, cells, where, digits)
        course = plan.course(key, plan.first_chain + c)
        plan.sweep(of_chain, course, counts.of(c), stop)
        return from_cells(cells, where)

    return np.stack(plan.each(chain, range(plan.n_chains))), counts


def _strips(plan, where, table):
    """Run the chains one by one, each cut into 64 strips."""
    L, n = plan.L, plan.n_chains
    lanes = plan.spins.reshape(n, 64, where.rows, L)
    key, first = stream_key(plan.seed, ISING_STRIPS), plan.first_chain
    spins, (unlike, up) = _words(plan, where, table, key, first, lanes)
    return spins.reshape(n, L, L), Counts(unlike.sum(axis=2), up.sum(axis=2))


def _replicas(plan, where, table):
    """Run the chains in groups of 64; spare lanes of the last group are dropped."""
    L, n = plan.L, plan.n_chains
    if plan.first_chain % 64:
        raise ValueError(
            "first_chain must be a multiple of 64 with kernel 'replicas', "
            f"got {plan.first_chain}"
        )
    n_groups = -(-n // 64)
    lanes = np.zeros((n_groups * 64, L, L), np.uint8)
    lanes[:n] = plan.spins
    lanes = lanes.reshape(n_groups, 64, L, L)
    key, first = stream_key(plan.seed, ISING_REPLICAS), plan.first_chain // 64
    spins, counts = _words(plan, where, table, key, first, lanes)
    counts = (x.swapaxes(1, 2).reshape(n_groups * 64, -1)[:n] for x in counts)
    return spins.reshape(-1, L, L)[:n], Counts(*counts)


def _words(plan, where, table, key, first, lanes):
    """Run groups of 64 lanes; counts have shape (n_groups, n_records, 64).

    The draws of group g are those of chain first + g under the key.
    """
    digits = bit_kernel.bit_table(table)
    counts = Counts.zeros(len(lanes), plan.n_records, 64)

    def group(g, stop):
        words = to_cells(to_words(lanes[g]), where, np.uint64)
        of_group = partial(bit_kernel.run, words, where, digits)
        plan.sweep(of_group, plan.course(key, first + g), counts.of(g), stop)
        return from_words(from_cells(words, where))

    return np.stack(plan.each(group, range(len(lanes)))), counts
