"""What mean-field theories say of a lattice where every site has z neighbours.

Coupling 1 between neighbours, no field, temperature T = 1/K.  Only z enters: naive mean
field and TAP cannot tell a square lattice from a tree or from a cubic one of the same
z.  `rbmlib.ising.exact` has what is true in the plane.
"""

import math

from scipy.optimize import brentq

from rbmlib.checks import check_positive
from rbmlib.ising.arguments import check_temperature

MOST_NEIGHBOURS = 10**6  # of which z / (z - 2) still has ten digits


def naive_critical_temperature(n_neighbours=4):
    """Return T_c of naive mean field on a lattice: the number of neighbours.

    Parameters
    ----------
    n_neighbours : int
        Of a site; 4 on the square lattice.

    Raises
    ------
    TypeError, ValueError
        Unless n_neighbours is an integer from 3 to 10^6.

    Examples
    --------
    >>> naive_critical_temperature()  # the exact square lattice has 2.269
    4.0
    """
    return float(_check_neighbours(n_neighbours))


def bethe_critical_temperature(n_neighbours=4):
    """Return T_c = 2 / ln(z / (z - 2)) of Bethe's approximation.

    Exact on a tree whose sites all have z neighbours; H. A. Bethe (1935),
    doi:10.1098/rspa.1935.0122.

    Parameters
    ----------
    n_neighbours : int
        Of a site; 4 on the square lattice.

    Raises
    ------
    TypeError, ValueError
        Unless n_neighbours is an integer from 3 to 10^6.

    Examples
    --------
    >>> round(bethe_critical_temperature(), 4)
    2.8854
    """
    z = _check_neighbours(n_neighbours)
    return 2 / math.log1p(2 / (z - 2))


def bethe_magnetization(T, n_neighbours=4):
    """Return the positive magnetisation of Bethe's approximation in zero field.

    A neighbour alone, without the bond to the site, has the field
    x = (z - 1) artanh(tanh K tanh x); the site sees z of them.

    Parameters
    ----------
    T : float
        In units of J/k_B.
    n_neighbours : int
        Of a site; 4 on the square lattice.

    Raises
    ------
    TypeError, ValueError
        Unless n_neighbours is an integer from 3 to 10^6 and T finite and positive.

    Examples
    --------
    >>> round(bethe_magnetization(2.0), 6), bethe_magnetization(3.0)
    (0.928584, 0.0)
    """
    K, z = 1 / check_temperature(T), _check_neighbours(n_neighbours)
    t = math.tanh(K)
    slope = (z - 1) * t - 1  # of the excess at x = 0; zero at T_c
    if slope < 4e-16 * z:  # T is T_c, to the last digit
        return 0.0
    if slope < 1e-8:  # x² to leading order: no less exact than T is
        x = math.sqrt(3 * slope / ((z - 1) * t * (1 - t * t)))
        return z / (z - 1) * x
    if K > 10:  # 1 - m < 1e-26
        return 1.0

    def excess(x):
        return (z - 1) * math.atanh(t * math.tanh(x)) - x

    # Positive below the root, which is of order √slope near T_c; below zero where x is
    # larger than (z - 1) K.
    low = min(1.0, math.sqrt(slope)) / 10
    x = brentq(excess, low, (z - 1) * K + 1, xtol=1e-15)
    return math.tanh(z / (z - 1) * x)


def tap_stability(T, n_neighbours=4):
    """Return 1 - zK + zK² with K = 1/T: the curvature of F_TAP at m = 0.

    Per site and for uniform m.  With z = 4 it is (1 - 2K)² ≥ 0: on the square lattice
    TAP never leaves the paramagnet, at any temperature.

    Parameters
    ----------
    T : float
        In units of J/k_B.
    n_neighbours : int
        Of a site; 4 on the square lattice.

    Raises
    ------
    ValueError
        Unless n_neighbours is an integer >= 3, T finite and positive, and the result a
        number.

    Examples
    --------
    >>> [tap_stability(T) for T in (4.0, 2.0, 1.0)]
    [0.25, 0.0, 1.0]
    """
    z, K = _check_neighbours(n_neighbours), 1 / check_temperature(T)
    if not (curvature := 1 + z * K * (K - 1)) < math.inf:
        raise ValueError(f"T must leave 1 - zK + zK² below 1.8e308, got {T!r}")
    return curvature


def _check_neighbours(n_neighbours):
    return check_positive(n_neighbours, "n_neighbours", 3, MOST_NEIGHBOURS)
