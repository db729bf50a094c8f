"""Flip probabilities as integers, so that a spin's fate is an integer comparison.

A spin with m unlike neighbours (0 to 4) gains ΔE = 2(4 - 2m) + 2sh by flipping.  It
flips with probability min(1, exp(-ΔE/T)) (Metropolis) or 1/(1 + exp(ΔE/T)) (heat bath).
Probabilities above one half are stored as their complement with a flag: so certainty
is exact, and every threshold fits into its bits.
"""

from decimal import Decimal, localcontext
from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_number, check_positive
from rbmlib.ising.arguments import check_field, check_temperature

UP, DOWN = 1, 0


class FlipTable(NamedTuple):
    """Flip = (u < threshold[s, m]) ^ inverse[s, m] for a uniform integer u.

    Attributes
    ----------
    bits : int
        u has this many bits.
    threshold : ndarray of uint64, shape (2, 5)
        Rows: spin down, spin up.  Columns: number m of unlike neighbours.
    inverse : ndarray of uint8, shape (2, 5)
    """

    bits: int
    threshold: np.ndarray
    inverse: np.ndarray

    @property
    def in_field(self):
        """Whether up and down spins are treated differently."""
        return not all(np.array_equal(*rows) for rows in (self.threshold, self.inverse))


def metropolis_table(T, h, bits):
    """Return the table of N. Metropolis et al. (1953), doi:10.1063/1.1699114.

    Parameters
    ----------
    T : float
        Not negative.
    h : float
    bits : int
        Of the thresholds, at most 64.

    Returns
    -------
    FlipTable

    Raises
    ------
    ValueError, TypeError
        Unless T is finite and >= 0, h finite, and bits an integer from 1 to 64.

    Examples
    --------
    >>> table = metropolis_table(2.0, 0.0, 32)
    >>> (table.threshold[UP] / 2**32).round(6).tolist()
    [0.018316, 0.135335, 0.0, 0.0, 0.0]
    >>> table.inverse[UP].tolist()
    [0, 0, 1, 1, 1]
    """
    return _table(T, h, bits, _metropolis)


def heat_bath_table(T, h, bits):
    """Return the table of the heat bath: R. Glauber (1963), doi:10.1063/1.1703954.

    Parameters
    ----------
    T : float
        Not negative.
    h : float
    bits : int
        Of the thresholds, at most 64.

    Returns
    -------
    FlipTable

    Raises
    ------
    ValueError, TypeError
        Unless T is finite and >= 0, h finite, and bits an integer from 1 to 64.

    Examples
    --------
    >>> table = heat_bath_table(2.0, 0.0, 32)
    >>> (table.threshold[UP] / 2**32).round(6).tolist()
    [0.017986, 0.119203, 0.5, 0.119203, 0.017986]
    >>> table.inverse[UP].tolist()
    [0, 0, 0, 1, 1]
    """
    return _table(T, h, bits, _heat_bath)


def bond_threshold(x, T):
    """Return floor(2^32 (1 - exp(-2x/T))): two like spins are linked if u < it.

    Parameters
    ----------
    x, T : float
        Coupling and temperature, not negative.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        Unless x and T are finite and >= 0.

    Examples
    --------
    >>> bond_threshold(1.0, 0.0) == 2**32, round(bond_threshold(1.0, 2.0) / 2**32, 6)
    (True, 0.632121)
    """
    with localcontext() as context:
        context.prec = 60
        x, T = check_number(x, "x"), check_temperature(T, zero_allowed=True)
        unlinked = _boltzmann(2 * Decimal(x), Decimal(T))
        return int((1 - unlinked) * 2**32)


def _table(T, h, bits, rule):
    T, h = check_temperature(T, zero_allowed=True), check_field(h)
    if check_positive(bits, "bits") > 64:
        raise ValueError(f"bits must be at most 64, got {bits}")
    threshold, inverse = np.zeros((2, 5), np.uint64), np.zeros((2, 5), np.uint8)
    # Decimal arithmetic is the same on every machine; the C library's exp is not.
    with localcontext() as context:
        context.prec = 60
        for s in (DOWN, UP):
            for m in range(5):
                gain = 2 * (4 - 2 * m) + 2 * (2 * s - 1) * Decimal(h)
                p, inverse[s, m] = rule(gain, Decimal(T))
                # p < 1 in truth: where 60 digits round it to 1, the floor is below.
                threshold[s, m] = min(int(p * 2**bits), 2**bits - 1)
    return FlipTable(bits, threshold, inverse)


def _metropolis(gain, T):
    return (_boltzmann(gain, T), False) if gain > 0 else (Decimal(0), True)


def _heat_bath(gain, T):
    if gain == 0:
        return Decimal(1) / 2, False
    weight = _boltzmann(abs(gain), T)
    return weight / (1 + weight), gain < 0


def _boltzmann(gain, T):
    """Return exp(-gain/T) for gain >= 0; at T = 0 its limit."""
    if T == 0:
        return Decimal(1 if gain == 0 else 0)
    return (-gain / T).exp()
