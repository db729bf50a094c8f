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

from rbmlib.checks import (
    as_numbers,
    check_integer,
    check_positive,
    check_samples,
    check_word,
    shown,
)
from rbmlib.randomness import HIDDEN, START, VISIBLE, address_of
from rbmlib.rbm import check_machine
from rbmlib.sampling.sampler import Paths


def reference_gibbs(rbm, v0, n_sweeps, seed, first_sweep=0, first_chain=0):
    """Sample by the definition: plain NumPy, to read and to check `gibbs`.

    Parameters, returns and errors as in `gibbs`; discrete units only.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM.random(4, 3, scale=1.0, seed=1)
    >>> v0 = random_start(machine, 2, seed=2)
    >>> v, h = reference_gibbs(machine, v0, 5, seed=3)
    >>> same_v, same_h = gibbs(machine, v0, 5, seed=3)
    >>> bool((v == same_v).all() and (h == same_h).all())
    True
    """
    v, sweeps, chains = _checked(rbm, v0, n_sweeps, first_sweep, first_chain)
    machine = rbm.on_grid()
    for sweep in sweeps:
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
    >>> reference, _ = reference_gibbs(machine, np.zeros((2, 4)), n_sweeps=10, seed=1)
    >>> np.array_equal(v, reference)
    True
    """
    v = check_start(rbm, v0)
    n_threads = check_positive(n_threads, "n_threads")
    sampler = Paths.of(rbm, seed)
    return sampler.run(v, n_sweeps, first_sweep, first_chain, n_threads)


def record(rbm, v0, sweeps, seed, observe, first_sweep=0, first_chain=0, n_threads=1):
    """Run `gibbs`; return an iterator over an observable at given numbers of sweeps.

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
    v = check_start(rbm, v0)
    try:
        is_array = hasattr(sweeps, "__array__")
        sweeps = iter(as_numbers(sweeps, "sweeps") if is_array else sweeps)
    except TypeError:
        raise TypeError(
            f"sweeps must be an iterable of integers, got {shown(sweeps)}"
        ) from None
    sampler = Paths.of(rbm, seed)
    if not callable(observe):
        raise TypeError(f"observe must be callable, got {shown(observe)}")
    address_of("runs", first_sweep, 1), _chains(first_chain, len(v))
    n_threads = check_positive(n_threads, "n_threads")
    return _recorded(sampler, v, sweeps, observe, first_sweep, first_chain, n_threads)


def _recorded(sampler, v, sweeps, observe, first_sweep, first_chain, n_threads):
    """Yield what `record` says, from checked arguments; sweeps are checked here."""
    done = 0
    for sweep in sweeps:
        sweep = check_integer(sweep, "sweeps")
        if sweep <= done:
            raise ValueError(
                f"sweeps must increase from at least 1, got {sweep} after {done}"
            )
        v, h = sampler.run(v, sweep - done, first_sweep + done, first_chain, n_threads)
        done = sweep
        yield sweep, observe(v, h)


def random_start(rbm, n_chains, seed, sweep=0, first_chain=0):
    """Return visible states drawn without a field: uniformly, if they are discrete.

    Parameters
    ----------
    rbm : RBM
    n_chains : int
        At least 1.
    seed : int
        In [0, 2^64).
    sweep, first_chain : int
        In [0, 2^32): another sweep gives other states; chain c of many equals that
        chain alone with ``first_chain=c``.

    Returns
    -------
    ndarray, shape (n_chains, n_visible)

    Raises
    ------
    ValueError, TypeError
        No machine, a number of chains that is no integer >= 1, a bad seed, a sweep or
        chains outside [0, 2^32).

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> random_start(RBM.random(4, 3, seed=0), 2, seed=1).astype(int).tolist()
    [[1, 0, 0, 1], [0, 0, 0, 0]]
    """
    check_machine(rbm)
    chains = _chains(first_chain, check_positive(n_chains, "n_chains"))
    no_field = np.zeros((len(chains), rbm.a.size), np.float32)
    return rbm.visible.draw(no_field, seed, START, sweep, chains)


def _checked(rbm, v0, n_sweeps, first_sweep, first_chain):
    """Return the start, the sweeps and the chains of a run, or refuse them."""
    v, n_sweeps = check_start(rbm, v0), check_positive(n_sweeps, "n_sweeps")
    first = address_of("runs", first_sweep, n_sweeps)
    return v, range(first, first + n_sweeps), _chains(first_chain, len(v))


def _chains(first_chain, n_chains):
    """Return the global indices of chains, or raise ValueError or TypeError."""
    first_chain = check_word(first_chain, "first_chain")
    check_word(first_chain + n_chains - 1, "last chain")
    return first_chain + np.arange(n_chains)


def check_start(rbm, v0):
    """Return v0 as an array of at least one chain, or raise ValueError or TypeError.

    Parameters
    ----------
    rbm : RBM
    v0 : array_like, shape (n_chains, n_visible)

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> check_start(RBM.random(4, 3, seed=0), [[0, 1, 1, 0]])
    array([[0., 1., 1., 0.]], dtype=float32)
    """
    check_machine(rbm)
    return check_samples(v0, rbm.visible, rbm.n_visible, "v0", "chain")
