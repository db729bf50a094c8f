"""Small lattices counted state by state: the oracle of every sampler.

The number g(E, M) of states with a given energy and magnetisation is an integer table.
Made once, it gives every average at any temperature and field.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from rbmlib import compiled
from rbmlib.checks import check_array, check_instance
from rbmlib.ising.arguments import check_field, check_side, check_temperature
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
        ValueError
            Unless T is finite and positive and h finite, and log Z a number.
        """
        T, _, logs, ground = self._levels(T, h)
        return float(logsumexp(logs) - ground / T)

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
            To 1e-13 of the largest value of the observable, of which signs can cancel.

        Raises
        ------
        ValueError
            As in `log_z`.

        Examples
        --------
        >>> table = density_of_states(4, 4)
        >>> round(table.mean(lambda E, M: abs(M) / 16, 2.0), 8)
        0.91894327
        """
        check_instance(observable, "observable", Callable, "a function of (E, M)")
        _, _, logs, _ = self._levels(T, h)
        values = observable(self.energy, self.magnetization)
        values = check_array(values, "observable(E, M)", logs.shape)
        return float(_normalised(logs) @ values)

    def energy_per_site(self, T, h=0.0):
        """Return e = ⟨E - hM⟩ / n_sites, to twelve digits at any temperature.

        Raises
        ------
        ValueError
            As in `log_z`.

        Examples
        --------
        >>> print(f"{density_of_states(4, 4).energy_per_site(1e9):.6g}")  # -2/T
        -2e-09
        """
        T, excitation, logs, ground = self._levels(T, h)
        x = ground + excitation
        if np.abs(x).max() < T:
            # Over all states E and M have the mean 0: what is left has one sign.
            change = self.count @ (x * np.expm1(-x / T))
            mean = change / np.exp(logsumexp(logs) - ground / T)
        else:
            mean = ground + _normalised(logs) @ excitation
        return float(mean / self.n_sites)

    def specific_heat(self, T, h=0.0):
        """Return c = Var(E - hM) / (n_sites T²), to twelve digits at any temperature.

        Raises
        ------
        ValueError
            As in `log_z`.

        Examples
        --------
        >>> print(f"{density_of_states(4, 4).specific_heat(0.1):.6g}")  # 64 e^-80 / T²
        1.1551e-31
        """
        T, excitation, logs, _ = self._levels(T, h)
        p = _normalised(logs)
        # From the ground state on: at low T all the variance is in what is above it.
        x = np.where(p > 0, excitation, 0.0) / T
        return float(p @ (x - p @ x) ** 2 / self.n_sites)

    def _levels(self, T, h):
        """Return T, E - hM above its lowest value, log weights, and that value.

        The lowest state is all spins along the field.  Both parts of an excitation are
        positive, so that small fields are not rounded away.
        """
        T, h = check_temperature(T), check_field(h)
        lowest, most = int(self.energy.min()), self.n_sites
        with np.errstate(over="ignore"):
            field_part = abs(h) * (most - np.sign(h) * self.magnetization)
            excitation = (self.energy - lowest) + (field_part if h else 0.0)
            ground = float(lowest - abs(h) * most)
            finite = (
                np.isfinite(ground / np.float64(T)) and np.isfinite(excitation).all()
            )
            if not finite:
                raise ValueError(
                    f"T and h must leave log Z finite, got {T!r} and {h!r}"
                )
            return T, excitation, np.log(self.count) - excitation / T, ground


def _normalised(logs):
    return np.exp(logs - logsumexp(logs))


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


@compiled.kernel()
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
