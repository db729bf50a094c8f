"""Small lattices counted state by state: the oracle of every sampler.

The number g(E, M) of states with a given energy and magnetisation is an integer table.
Made once, it gives every average at any temperature and field.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np
from scipy.special import logsumexp

from rbmlib.checks import check_array, check_instance, check_real
from rbmlib.ising.exact import check_side, check_temperature
from rbmlib.ising.lattice import neighbours

MAX_SITES = 25


@dataclass(frozen=True)
class DensityOfStates:
    """The states of a small torus, counted by energy and magnetisation.

    Attributes
    ----------
    n_sites : int
    energy, magnetization : ndarray of int, shape (n_levels,)
        E = -Σ_<ij> s_i s_j and M = Σ_i s_i of the whole lattice.
    count : ndarray of int, shape (n_levels,)
        Number of states; sums to 2**n_sites.
    """

    n_sites: int
    energy: np.ndarray
    magnetization: np.ndarray
    count: np.ndarray

    def log_z(self, T, h=0.0):
        """Return log Z in the field h.

        Raises
        ------
        TypeError, ValueError
            Unless T is finite and positive, and h finite.
        """
        return float(logsumexp(self._log_weights(*_check(T, h))))

    def mean(self, observable, T, h=0.0):
        """Return the exact average of an observable of (E, M).

        Parameters
        ----------
        observable : callable
            Called as ``observable(E, M)`` with two arrays of shape (n_levels,).
        T : float
            Positive.
        h : float
            Field.

        Returns
        -------
        float

        Raises
        ------
        TypeError, ValueError
            Unless T is finite and positive, h finite, and what the observable returns
            an array of finite numbers, one for each level.

        Examples
        --------
        >>> table = density_of_states(4, 4)
        >>> round(table.mean(lambda E, M: abs(M) / 16, 2.0), 8)
        0.91894327
        """
        check_instance(observable, "observable", Callable, "a function of (E, M)")
        logs = self._log_weights(*_check(T, h))
        values = observable(self.energy, self.magnetization)
        values = check_array(values, "observable(E, M)", logs.shape)
        p = np.exp(logs - logsumexp(logs))
        return float(p @ values)

    def energy_per_site(self, T, h=0.0):
        """Return e = ⟨E - hM⟩ / n_sites.

        Raises
        ------
        TypeError, ValueError
            Unless T is finite and positive, and h finite.

        Examples
        --------
        >>> round(density_of_states(4, 4).energy_per_site(2.0), 6)
        -1.75538
        """
        T, h = _check(T, h)
        return self.mean(lambda E, M: E - h * M, T, h) / self.n_sites

    def specific_heat(self, T, h=0.0):
        """Return c = Var(E - hM) / (n_sites T²).

        Raises
        ------
        TypeError, ValueError
            Unless T is finite and positive, and h finite.

        Examples
        --------
        >>> round(density_of_states(4, 4).specific_heat(2.0), 6)
        0.605533
        """
        T, h = _check(T, h)
        mean = self.energy_per_site(T, h) * self.n_sites
        variance = self.mean(lambda E, M: (E - h * M - mean) ** 2, T, h)
        return variance / self.n_sites / T**2

    def _log_weights(self, T, h):
        return np.log(self.count) - (self.energy - h * self.magnetization) / T


def _check(T, h):
    return check_temperature(T), check_real(h, "h")


def density_of_states(L1, L2):
    """Count the states of the L1 x L2 torus by energy and magnetisation.

    Parameters
    ----------
    L1, L2 : int
        At least 2, with at most 25 sites in all (a few seconds).

    Returns
    -------
    DensityOfStates

    Raises
    ------
    ValueError, TypeError
        A side below 2 or no integer; more than 25 sites.

    Examples
    --------
    >>> table = density_of_states(3, 3)
    >>> int(table.count.sum()), int(table.energy.min())
    (512, -18)
    >>> round(table.log_z(2.0), 6)
    9.92515
    """
    L1, L2 = check_side(L1, "L1"), check_side(L2, "L2")
    n = L1 * L2
    if n > MAX_SITES:
        raise ValueError(
            f"L1 * L2 must be at most {MAX_SITES} sites for an enumeration, got "
            f"{L1} x {L2} = {n}; use kaufman for zero field"
        )
    table = np.zeros((2 * n + 1, n + 1), np.int64)
    _count(neighbours(L1, L2), table)
    unlike, up = np.nonzero(table)
    return DensityOfStates(n, 2 * unlike - 2 * n, 2 * up - n, table[unlike, up])


@numba.njit(cache=True)
def _count(neighbour, table):
    """Fill table[unlike bonds, spins up] over all states, in Gray-code order."""
    n = len(neighbour)
    spin = np.zeros(n, np.int64)
    unlike = up = 0
    table[0, 0] += 1
    for state in range(1, 2**n):
        i = 0  # consecutive Gray codes differ in the lowest set bit of the number
        while not state >> i & 1:
            i += 1
        spin[i] = 1 - spin[i]
        up += 2 * spin[i] - 1
        for j in neighbour[i]:
            unlike += 1 if spin[j] != spin[i] else -1
        table[unlike, up] += 1
