"""Alternating Gibbs sampling, the same bits on every machine.

One sweep draws all hidden units given the visible ones, then all visible units given
the hidden ones.  For {0, 1} and ±1 units the chain is exact and reproducible:
parameters stand on a grid (`rbmlib.grid`), random numbers are functions of their
address (`rbmlib.randomness`), and the decision is a fixed sequence of operations
(`rbmlib.sampling.logistic`).  `reference_gibbs` is the definition; `gibbs` gives the
same bits on fast paths (`rbmlib.sampling.sampler`).  Gaussian units are sampled in
double precision; their last bits may differ between machines.
"""

import numpy as np

from rbmlib.checks import check_positive, check_samples
from rbmlib.randomness import HIDDEN, START, VISIBLE
from rbmlib.sampling.sampler import Sampler


def reference_gibbs(rbm, v0, n_sweeps, seed, first_sweep=0, first_chain=0):
    """Sample by the definition: plain NumPy, for reading and for checking `gibbs`.

    Parameters, returns and errors as in `gibbs`; discrete units only.
    """
    v = check_start(rbm, v0)
    chains = first_chain + np.arange(len(v))
    machine = rbm.on_grid()
    for sweep in range(first_sweep, first_sweep + n_sweeps):
        x = machine.hidden_field(v)
        h = rbm.hidden.draw(x, seed, HIDDEN, sweep, chains)
        x = machine.visible_field(h).reshape(len(v), -1)
        v = rbm.visible.draw(x, seed, VISIBLE, sweep, chains)
    return v, h


def gibbs(rbm, v0, n_sweeps, seed, first_sweep=0, first_chain=0, n_threads=1):
    """Run block Gibbs sampling: n_sweeps times h given v, then v given h.

    Parameters
    ----------
    rbm : RBM
    v0 : array_like, shape (n_chains, n_visible)
        Start of each chain: states of the visible units.
    n_sweeps : int
        At least 1.
    seed : int
        In [0, 2^64).
    first_sweep, first_chain : int
        Global index of the first sweep and of the first chain.  A run of 10 sweeps
        equals a run of 4 followed by a run of 6 with ``first_sweep=4``; chain c of a
        large run equals a run of that chain alone with ``first_chain=c``.
    n_threads : int
        Threads that share the chains of units with few states; at least 1, and no
        more are started than there are chains, or than can help.  The result does not
        depend on it.

    Returns
    -------
    v : ndarray, shape (n_chains, n_visible)
        float32 states, or float64 for Gaussian units.
    h : ndarray, shape (n_chains, n_hidden)
        The hidden states from which v was drawn; (v, h) is one joint sample.

    Raises
    ------
    ValueError, TypeError
        Wrong shape, no chain, values that are no states, n_sweeps or n_threads < 1,
        bad seed, sweeps outside [0, 2^30) (the others belong to annealing and replica
        exchange), chains outside [0, 2^32).

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM.random(4, 3, scale=1.0, seed=0)
    >>> v, h = gibbs(machine, np.zeros((2, 4)), n_sweeps=10, seed=1)
    >>> v.astype(int).tolist()
    [[1, 0, 1, 1], [0, 1, 0, 1]]
    """
    v = check_start(rbm, v0)
    n_threads = check_positive(n_threads, "n_threads")
    sampler = Sampler.of(rbm, seed)
    return sampler.run(v, n_sweeps, first_sweep, first_chain, n_threads)


def record(rbm, v0, sweeps, seed, observe, first_sweep=0, first_chain=0, n_threads=1):
    """Run `gibbs` and yield an observable at the given numbers of sweeps.

    Parameters
    ----------
    rbm, v0, seed, first_sweep, first_chain, n_threads
        As in `gibbs`.
    sweeps : iterable of int
        Increasing numbers of sweeps (at least 1) after which to observe.
    observe : callable
        Called as ``observe(v, h)``.

    Yields
    ------
    sweep : int
    value
        What ``observe`` returned.

    Raises
    ------
    ValueError, TypeError
        As `gibbs`, or sweeps that do not increase.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM.random(4, 3, scale=1.0, seed=0)
    >>> mean = lambda v, h: float(v.mean())
    >>> list(record(machine, np.zeros((2, 4)), [1, 10], 1, mean))
    [(1, 0.375), (10, 0.625)]
    """
    v, done = check_start(rbm, v0), 0
    n_threads = check_positive(n_threads, "n_threads")
    sampler = Sampler.of(rbm, seed)
    for sweep in sweeps:
        v, h = sampler.run(v, sweep - done, first_sweep + done, first_chain, n_threads)
        done = sweep
        yield sweep, observe(v, h)


def random_start(rbm, n_chains, seed, sweep=0, first_chain=0):
    """Return visible states drawn without a field: uniformly, if they are discrete.

    Returns
    -------
    ndarray, shape (n_chains, n_visible)

    Raises
    ------
    ValueError, TypeError
        A number of chains that is no integer >= 1, or a bad seed.
    """
    chains = first_chain + np.arange(check_positive(n_chains, "n_chains"))
    no_field = np.zeros((len(chains), rbm.a.size), np.float32)
    return rbm.visible.draw(no_field, seed, START, sweep, chains)


def check_start(rbm, v0):
    """Return v0 as an array of at least one chain, or raise ValueError."""
    return check_samples(v0, rbm.visible, rbm.n_visible, "v0", "chain")
