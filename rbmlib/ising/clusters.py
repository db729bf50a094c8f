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

from functools import partial

import numpy as np

from rbmlib.ising.kernels import cluster_kernels
from rbmlib.ising.kernels.chain import Counts
from rbmlib.ising.lattice import neighbours
from rbmlib.ising.rates import bond_threshold
from rbmlib.ising.runs import Plan, takes_a_plan
from rbmlib.randomness import ISING_CLUSTERS, stream_key


@takes_a_plan
def wolff(L, T, n_sweeps, seed, **options):
    """Sample the L x L torus with Wolff's single clusters.

    One "sweep" grows one cluster, from a random site, and flips it.  In zero field its
    mean size is L² ⟨m²⟩: multiply by ⟨m²⟩ to compare times with sweeps of all sites.

    Parameters
    ----------
    {plan}

    Returns
    -------
    Run

    Raises
    ------
    ValueError, TypeError
        Naming the argument, its value and what was expected.

    Examples
    --------
    >>> run = wolff(16, 2.0, n_sweeps=2000, seed=1, n_chains=4, start="up")
    >>> bool(abs(run.energy.mean() + 1.745531) < 0.02)
    True
    """
    return _run(Plan(L, T, n_sweeps, seed, **options), cluster_kernels.wolff)


@takes_a_plan
def swendsen_wang(L, T, n_sweeps, seed, **options):
    """Sample the L x L torus with Swendsen-Wang updates.

    A sweep finds all clusters and gives each a fresh sign.

    Parameters
    ----------
    {plan}

    Returns
    -------
    Run

    Raises
    ------
    ValueError, TypeError
        Naming the argument, its value and what was expected.

    Examples
    --------
    >>> run = swendsen_wang(16, 2.0, n_sweeps=2000, seed=1, n_chains=4, start="up")
    >>> bool(abs(run.energy.mean() + 1.745531) < 0.02)
    True
    """
    return _run(Plan(L, T, n_sweeps, seed, **options), cluster_kernels.swendsen_wang)


def _run(plan, kernel):
    L, T, h = plan.L, plan.T, plan.h
    thresholds = (np.uint64(bond_threshold(x, T)) for x in (1.0, abs(h)))
    links = cluster_kernels.Links(*thresholds, h > 0)
    spins = plan.spins.reshape(plan.n_chains, L * L).copy()
    neighbour, key = neighbours(L, L), stream_key(plan.seed, ISING_CLUSTERS)
    counts = Counts.zeros(plan.n_chains, plan.n_records)

    def chain(c, stop):
        of_chain = partial(kernel, spins[c], neighbour, links)
        course = plan.course(key, plan.first_chain + c)
        plan.sweep(of_chain, course, counts.of(c), stop)

    plan.each(chain, range(plan.n_chains))
    return plan.run(spins.reshape(plan.spins.shape), counts)
