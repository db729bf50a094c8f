"""What a local sampler is, in plain NumPy: the definition that every kernel meets.

A sweep visits the groups of sites of `lattice.update_groups`.  A spin s with m unlike
neighbours flips if ``(u < threshold[s, m]) ^ inverse[s, m]``, where u is its private
uniform integer of this sweep.  The kernels differ only in where u comes from: `byte_u`
and `toss_u` say which draws make it up.  Slow, and meant for reading and for tests.
"""

import numpy as np

from rbmlib.ising.kernels import bit_kernel
from rbmlib.ising.lattice import cell_of_site, layout, neighbours, update_groups
from rbmlib.randomness import ISING, ISING_REPLICAS, ISING_STRIPS, draws


def reference_sweep(spins, table, uniform):
    """Return one lattice after a sweep.

    Parameters
    ----------
    spins : ndarray of 0/1, shape (L, L)
    table : FlipTable
    uniform : callable
        ``uniform(site, threshold)`` returns u for an array of sites,
        counted row by row.

    Returns
    -------
    ndarray of 0/1, shape (L, L)

    Examples
    --------
    >>> from rbmlib.ising.rates import heat_bath_table
    >>> cold = heat_bath_table(1e-3, 0.0, 48)
    >>> up = np.ones((8, 8), np.uint8)
    >>> reference_sweep(up, cold, byte_u(8, seed=0, sweep=0, chain=0)).mean()
    np.float64(1.0)
    """
    L = len(spins)
    new, neighbour = spins.ravel().copy(), neighbours(L, L)
    for group in update_groups(L):
        s = new[group]
        m = (new[neighbour[group]] != s[:, None]).sum(axis=1)
        t = table.threshold[s, m]
        new[group] = s ^ (uniform(group, t) < t) ^ table.inverse[s, m]
    return new.reshape(L, L)


def byte_u(L, seed, sweep, chain):
    """Return the uniform integers of the byte kernel: two bytes and a word, 48 bits.

    Parameters
    ----------
    L : int
    seed, sweep, chain : int
        Address of the draws.

    Returns
    -------
    callable
        For `reference_sweep`.

    Raises
    ------
    ValueError, TypeError
        An address out of range or no integer.
    """
    where = layout(L, "bytes")
    words = draws(seed, ISING, sweep, [chain], 2 * where.n_cells)[0].astype(np.uint64)
    cell = cell_of_site(where).ravel()
    shift = (8 * (cell % 4)).astype(np.uint64)
    quarters = where.n_cells // 4
    first = words[cell // 4] >> shift & np.uint64(255)
    second = words[quarters + cell // 4] >> shift & np.uint64(255)
    rest = words[2 * quarters + cell]
    u = first << np.uint64(40) | second << np.uint64(32) | rest
    return lambda site, threshold: u[site]


def toss_u(L, kernel, lane, seed, sweep, chain):
    """Return the uniform integers of the bit kernels, of 44 tosses each.

    The kernels toss until the first tail, and read the threshold's digit there.  An
    integer that equals the threshold up to that toss, and differs in it, lies below the
    threshold exactly if the digit is 1: u = t ^ tails.

    Parameters
    ----------
    L : int
    kernel : {"replicas", "strips"}
    lane : int
        Which of the 64 replicas; of no meaning for strips.
    seed, sweep, chain : int
        Address of the draws.

    Returns
    -------
    callable
        For `reference_sweep`.

    Raises
    ------
    ValueError, TypeError
        What `lattice.layout` refuses, or an address out of range or no integer.

    Examples
    --------
    >>> uniform = toss_u(8, "replicas", lane=0, seed=0, sweep=0, chain=0)
    >>> half = np.full(4, 2**43, np.uint64)
    >>> (uniform(np.arange(4), half) < half).tolist()
    [True, False, False, True]
    """
    where = layout(L, kernel)
    stream = ISING_STRIPS if kernel == "strips" else ISING_REPLICAS
    n = 2 * where.n_cells  # half words
    words = draws(seed, stream, sweep, [chain], n * bit_kernel.BITS)[0]
    half, bit = half_word_of_site(L, where, lane)
    tails = np.zeros(L * L, np.uint64)
    for k in range(bit_kernel.BITS):
        tail = ~words[k * n + half] >> bit & np.uint32(1)
        tails = tails << np.uint64(1) | tail.astype(np.uint64)
    return lambda site, threshold: threshold ^ tails[site]


def half_word_of_site(L, where, lane):
    """Return the half word and the bit of each site; lane is ignored for strips."""
    i, j = np.indices((L, L)).reshape(2, -1)
    lanes = i // where.rows if where.turn else np.full(L * L, lane)
    cell = cell_of_site(where)[i % where.rows, j]
    return 2 * cell + lanes // 32, (lanes % 32).astype(np.uint32)
