"""Cluster updates: Wolff and Swendsen-Wang.

Two like neighbours are linked with probability 1 - exp(-2/T); linked spins form a
cluster, which flips as one.  In a field h a spin along it is also linked to a "ghost"
that points along h, with probability 1 - exp(-2|h|/T); a cluster that holds the ghost
keeps its sign.  Every bond has a draw of its own, numbered by the bond, so a cluster
does not depend on the order in which it is explored: with the same draws, Wolff's
cluster is the Swendsen-Wang cluster around its first site.

R. H. Swendsen, J.-S. Wang (1987), doi:10.1103/PhysRevLett.58.86; U. Wolff (1989),
doi:10.1103/PhysRevLett.62.361.
"""

import numpy as np

from rbmlib.ising.exact import check_temperature
from rbmlib.ising.kernels import cluster_kernels
from rbmlib.ising.lattice import neighbours
from rbmlib.ising.rates import bond_threshold
from rbmlib.ising.runs import Run, plan
from rbmlib.randomness import ISING_CLUSTERS, stream_key


def wolff(
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
    n_threads=1,
):
    """Sample the L x L torus with Wolff's single clusters.

    One "sweep" grows one cluster, from a random site, and flips it.  In zero field its
    mean size is L² ⟨m²⟩: multiply by ⟨m²⟩ to compare times with sweeps of all sites.

    Parameters, returns and errors as in `rbmlib.ising.heat_bath`; any L from 2 on.

    Examples
    --------
    >>> run = wolff(16, 2.0, n_sweeps=2000, seed=1, n_chains=4, start="up")
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
    return _run(shared, T, h, seed, cluster_kernels.wolff)


def swendsen_wang(
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
    n_threads=1,
):
    """Sample the L x L torus with Swendsen-Wang updates.

    A sweep finds all clusters and gives each a fresh sign.

    Parameters, returns and errors as in `rbmlib.ising.heat_bath`; any L from 2 on.

    Examples
    --------
    >>> run = swendsen_wang(16, 2.0, n_sweeps=2000, seed=1, n_chains=4, start="up")
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
    return _run(shared, T, h, seed, cluster_kernels.swendsen_wang)


def _run(shared, T, h, seed, kernel):
    L, T, h = shared.L, check_temperature(T, zero_allowed=True), float(h)
    if not np.isfinite(h):
        raise ValueError(f"h must be finite, got {h}")
    links = np.uint64(bond_threshold(1.0, T)), np.uint64(bond_threshold(abs(h), T))
    spins = shared.spins.reshape(shared.n_chains, L * L).copy()
    neighbour, key = neighbours(L, L), stream_key(seed, ISING_CLUSTERS)
    unlike, up = np.zeros((2, shared.n_chains, shared.n_records), np.int64)

    def chain(c):
        kernel(
            spins[c],
            neighbour,
            (*links, h > 0),
            key,
            shared.first_chain + c,
            shared.first_sweep,
            shared.interval,
            unlike[c],
            up[c],
        )

    shared.each(chain, range(shared.n_chains))
    spins = spins.reshape(shared.spins.shape)
    return Run.from_counts(spins, unlike, up, h, shared.next_sweep)
