"""The loops of the cluster updates; see `clusters` for what they do.

Draws of one update, for N sites: the bonds to the right (2i) and down (2i + 1) of site
i, the first site (2N), links to the ghost (2N + 1 + i), new signs (3N + 1 + i).
"""

from typing import NamedTuple

import numpy as np

from rbmlib import compiled
from rbmlib.ising.kernels.chain import sweep_key
from rbmlib.randomness import draw

_U, _L = np.uint32, np.uint64


class Links(NamedTuple):
    """A bond is a link if its draw is below `bond`, out of 2^32.

    Attributes
    ----------
    bond, ghost : uint64
        Thresholds of two like neighbours, and of a spin and the ghost it agrees with.
    ghost_up : bool
    """

    bond: np.uint64
    ghost: np.uint64
    ghost_up: bool


@compiled.kernel(nogil=True)
def wolff(spin, neighbour, links, course, counts):
    """Grow and flip clusters; count unlike bonds and up spins every `interval`.

    Parameters
    ----------
    spin : ndarray of uint8, shape (N,)
        0/1, row by row; changed in place.
    neighbour : ndarray of int, shape (N, 4)
        From `lattice.neighbours`: right, left, down, up.
    links : Links
    course : Course
    counts : Counts, shape (n_records,)
        Filled.
    """
    cluster = np.empty(spin.size, np.int64)
    inside = np.zeros(spin.size, np.bool_)
    bonds, spins = _count(spin, neighbour)
    for record in range(counts.up.size):
        for i in range(course.interval):
            k0, k1 = sweep_key(course, record, i)
            size, free = _grow(spin, neighbour, links, k0, k1, cluster, inside)
            if free:
                spins += size * (1 - 2 * np.int64(spin[cluster[0]]))
                bonds += _flip(spin, neighbour, cluster, size, inside)
            for n in range(size):
                inside[cluster[n]] = False
        counts.unlike[record], counts.up[record] = bonds, spins


@compiled.kernel(nogil=True)
def _grow(spin, neighbour, links, k0, k1, cluster, inside):
    """Collect the cluster of a random site; return its size, and if it may flip."""
    N = spin.size
    cluster[0] = np.int64(_L(draw(k0, k1, _U(2 * N))) * _L(N) >> _L(32))
    inside[cluster[0]] = True
    size, done = 1, 0
    while done < size:
        i = cluster[done]
        done += 1
        if _held(spin, i, links, k0, k1):
            return size, False
        for d in range(4):
            j = neighbour[i, d]
            if not inside[j] and spin[j] == spin[i]:
                # A bond belongs to its left or upper site.
                bond = 2 * (i if d % 2 == 0 else j) + d // 2
                if _L(draw(k0, k1, _U(bond))) < links.bond:
                    inside[j] = True
                    cluster[size] = j
                    size += 1
    return size, True


@compiled.kernel(nogil=True)
def _flip(spin, neighbour, cluster, size, inside):
    """Flip a cluster; return the change in the number of unlike bonds."""
    change = 0
    for n in range(size):
        i = cluster[n]
        for d in range(4):
            j = neighbour[i, d]
            if not inside[j]:
                change += 1 if spin[j] == spin[i] else -1
    for n in range(size):
        spin[cluster[n]] ^= 1
    return change


@compiled.kernel(nogil=True)
def swendsen_wang(spin, neighbour, links, course, counts):
    """Give all clusters fresh signs; parameters as in `wolff`."""
    N = spin.size
    root = np.empty(N, np.int64)
    held = np.empty(N, np.bool_)
    for record in range(counts.up.size):
        for i in range(course.interval):
            k0, k1 = sweep_key(course, record, i)
            _link(spin, neighbour, links, k0, k1, root)
            held[:] = False
            for site in range(N):
                root[site] = _find(root, site)
                if _held(spin, site, links, k0, k1):
                    held[root[site]] = True
            for site in range(N):
                if not held[root[site]]:
                    sign = draw(k0, k1, _U(3 * N + 1 + root[site])) >> _U(31)
                    spin[site] = np.uint8(sign)
        counts.unlike[record], counts.up[record] = _count(spin, neighbour)


@compiled.kernel(nogil=True)
def _link(spin, neighbour, links, k0, k1, root):
    """Join linked sites; the root of a cluster is its first site."""
    for i in range(spin.size):
        root[i] = i
    for i in range(spin.size):
        for axis in range(2):
            j = neighbour[i, 2 * axis]
            if spin[i] == spin[j] and _L(draw(k0, k1, _U(2 * i + axis))) < links.bond:
                a, b = _find(root, i), _find(root, j)
                root[max(a, b)] = min(a, b)


@compiled.kernel(nogil=True)
def _find(root, i):
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


@compiled.kernel(nogil=True)
def _held(spin, i, links, k0, k1):
    """Return whether a spin is linked to the ghost."""
    if links.ghost == 0 or (spin[i] == 1) != links.ghost_up:
        return False
    return _L(draw(k0, k1, _U(2 * spin.size + 1 + i))) < links.ghost


@compiled.kernel(nogil=True)
def _count(spin, neighbour):
    bonds, spins = 0, 0
    for i in range(spin.size):
        spins += spin[i]
        bonds += (spin[i] != spin[neighbour[i, 0]]) + (spin[i] != spin[neighbour[i, 2]])
    return bonds, spins
