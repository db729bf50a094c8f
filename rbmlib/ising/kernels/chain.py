"""What every kernel of the lattice is told about its chain, and what it counts."""

from typing import NamedTuple

import numpy as np

from rbmlib import compiled
from rbmlib.randomness import absorb

_U = np.uint32


class Course(NamedTuple):
    """Which draws a chain takes, and how often it is looked at.

    Attributes
    ----------
    key : pair of uint32
        From `randomness.stream_key`.
    chain : int
        Global index of the chain, or of the group of 64 chains in a word.
    first_sweep : int
        Global index of the first sweep.
    interval : int
        Sweeps from one record to the next.
    """

    key: tuple
    chain: int
    first_sweep: int
    interval: int


class Counts(NamedTuple):
    """The numbers of unlike bonds and of up spins, filled by the kernels.

    Attributes
    ----------
    unlike, up : ndarray of int64, shape (n_chains, n_records, ...)
        Of one chain in a kernel: without the first axis.
    """

    unlike: np.ndarray
    up: np.ndarray

    @classmethod
    def zeros(cls, *shape):
        """Return counts of a shape, all zero."""
        return cls(np.zeros(shape, np.int64), np.zeros(shape, np.int64))

    def of(self, chain):
        """Return the counts of one chain, views into these."""
        return Counts(self.unlike[chain], self.up[chain])


@compiled.kernel(nogil=True)
def sweep_key(course, record, i):
    """Return the key of all draws of the chain in sweep i, from 0 on, of a record."""
    sweep = _U(course.first_sweep + record * course.interval + i)
    k0, k1 = absorb(course.key[0], course.key[1], sweep)
    return absorb(k0, k1, _U(course.chain))
