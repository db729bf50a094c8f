"""Mean field: each spin in the average field of the others, for any couplings.

The Plefka expansion of the free energy at given means m, in powers of the couplings,

-F(m) = S(m) + ½ m·J·m + a·m + ¼ Σ_ij J_ij² (1 - m_i²)(1 - m_j²) + …,

is cut after the second term (order 1: naive mean field) or the third (order 2: TAP).
S is the entropy of independent spins.  Stationary points of F obey

m_i = tanh(a_i + Σ_j J_ij m_j - m_i Σ_j J_ij² (1 - m_j²)),

the last term, Onsager's reaction, with order 2 only: spin i must not feel the part of
its neighbours' means that it has caused itself.  T. Plefka (1982),
doi:10.1088/0305-4470/15/6/035; D. J. Thouless, P. W. Anderson and R. G. Palmer (1977),
doi:10.1080/14786437708235992.

Temperatures are absorbed in J and a; F is in units of k_B T, so that -F stands for
log Z.  An iteration need not converge, and a fixed point need not be a minimum of F.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import entr

from rbmlib.checks import check_array, check_integer, check_positive, check_real
from rbmlib.ising.pair_couplings import check_couplings
from rbmlib.mean_field.plefka import check_damping


@dataclass(frozen=True)
class Ends:
    """Where the iterations ended, one entry for each start.

    Attributes
    ----------
    m : ndarray, shape (n_starts, N)
        Means; a fixed point only where `converged`.
    converged : ndarray of bool, shape (n_starts,)
    n_iterations : ndarray of int, shape (n_starts,)
    residual : ndarray, shape (n_starts,)
        max_i |m_i - tanh(…)| at the returned m.
    free_energy : ndarray, shape (n_starts,)
        F(m) in units of k_B T.
    """

    m: np.ndarray
    converged: np.ndarray
    n_iterations: np.ndarray
    residual: np.ndarray
    free_energy: np.ndarray


def naive(J, a, m0, damping=0.0, tolerance=1e-10, max_iterations=10_000):
    """Iterate m_i ← tanh(a_i + Σ_j J_ij m_j) from many starts at once.

    All spins move together, so that strong negative couplings can make the iteration
    jump between two states; damping cures that.

    Parameters
    ----------
    J : array_like, shape (N, N)
        Symmetric couplings with a zero diagonal.
    a : array_like, shape (N,) or ()
        Fields.
    m0 : array_like, shape (n_starts, N) or (N,)
        Starts in [-1, 1].
    damping : float
        In [0, 1): share of the old m that is kept.
    tolerance : float
        A start has converged when its residual is at most this.
    max_iterations : int
        After that a start is returned as it is, with ``converged`` False.

    Returns
    -------
    Ends

    Raises
    ------
    TypeError, ValueError
        Couplings, starts or settings out of range.

    Examples
    --------
    >>> J = 1.25 * (np.ones((9, 9)) - np.eye(9)) / 8  # T = 0.8
    >>> result = naive(J, 0.0, [[0.5] * 9, [-0.5] * 9])
    >>> result.converged.tolist(), result.m[:, 0].round(6).tolist()
    ([True, True], [0.710412, -0.710412])
    """
    return _iterate(J, a, m0, 1, damping, tolerance, max_iterations)


def tap(J, a, m0, damping=0.0, tolerance=1e-10, max_iterations=10_000):
    """Iterate m_i ← tanh(a_i + Σ_j J_ij m_j - m_i Σ_j J_ij² (1 - m_j²)).

    Parameters and result as in `naive`.  A theory of many weak couplings: where few
    strong ones meet, the reaction term holds the spins at fixed points that do not
    exist, or lets the iteration run in circles.

    Returns
    -------
    Ends

    Raises
    ------
    TypeError, ValueError
        Couplings, starts or settings out of range.

    Examples
    --------
    >>> from rbmlib.ising.pair_couplings import exact_marginals
    >>> J, a = [[0.0, 0.3], [0.3, 0.0]], [0.2, 0.5]
    >>> exact = exact_marginals(J, a).m
    >>> errors = [abs(f(J, a, [0, 0]).m - exact).max() for f in (naive, tap)]
    >>> [round(float(error), 4) for error in errors]
    [0.0338, 0.005]
    """
    return _iterate(J, a, m0, 2, damping, tolerance, max_iterations)


def free_energy(J, a, m, order):
    """Return F(m) of the Plefka expansion, in units of k_B T.

    Parameters
    ----------
    J, a
        As in `naive`.
    m : array_like, shape (..., N)
        In [-1, 1].
    order : 1 or 2
        Naive mean field or TAP.

    Returns
    -------
    ndarray, shape (...)

    Raises
    ------
    TypeError, ValueError
        Couplings or means out of range, or another order.

    Examples
    --------
    >>> J = [[0.0, 0.3], [0.3, 0.0]]
    >>> float(free_energy(J, 0.0, [1.0, 1.0], order=1))  # the energy of one state
    -0.3
    """
    J, a = check_couplings(J, a)
    m = check_array(m, "m", (..., len(J)), -1, 1)
    order = check_integer(order, "order")
    if order not in (1, 2):
        raise ValueError(f"order must be 1 (naive) or 2 (TAP), got {order}")
    entropy = entr((1 + m) / 2) + entr((1 - m) / 2)
    minus_f = (entropy + m * (m @ J / 2 + a)).sum(-1)
    if order == 2:
        variance = 1 - m**2
        minus_f += (variance * (variance @ J**2)).sum(-1) / 4
    return -minus_f


def _iterate(J, a, m0, order, damping, tolerance, max_iterations):
    J, a = check_couplings(J, a)
    m = np.atleast_2d(check_array(m0, "m0", (..., len(J)), -1, 1)).copy()
    if m.ndim != 2 or len(m) == 0:
        raise ValueError(
            f"m0 must have shape (n_starts, {len(J)}) or ({len(J)},), got {m.shape}"
        )
    damping = check_damping(damping)
    tolerance = check_real(tolerance, "tolerance", 0, open_low=True)
    max_iterations = check_positive(max_iterations, "max_iterations")
    squares = J**2 if order == 2 else None
    residual = np.empty(len(m))
    n_iterations = np.zeros(len(m), dtype=int)
    active = np.arange(len(m))
    while True:
        step = _update(m[active], J, a, squares) - m[active]
        residual[active] = np.abs(step).max(1)
        moving = (residual[active] > tolerance) & (
            n_iterations[active] < max_iterations
        )
        active = active[moving]
        if not active.size:
            break
        m[active] += (1 - damping) * step[moving]
        n_iterations[active] += 1
    energy = free_energy(J, a, m, order)
    return Ends(m, residual <= tolerance, n_iterations, residual, energy)


def _update(m, J, a, squares):
    x = m @ J + a
    if squares is not None:
        x -= m * ((1 - m**2) @ squares)
    return np.tanh(x)
