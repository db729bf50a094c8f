"""Where mean-field equations of one machine leave m = 0: naive and TAP.

The machine of N_v + N_h spins has the couplings J = [[0, W], [Wᵀ, 0]].  Linearised
around zero, naive mean field multiplies a small m by J and TAP by J - diag(Σ_j J_ij²).
The paramagnet is stable as long as the largest eigenvalue is below 1.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from rbmlib.checks import check_array, shown
from rbmlib.phase_diagram.planted import sample_machine

LARGEST = 1e150  # of a weight, whose square is a number


class Instability(NamedTuple):
    """Largest eigenvalues of the two linearised equations; unstable above 1.

    Attributes
    ----------
    naive : float
        The top singular value of W.
    tap : float
    """

    naive: float
    tap: float


def couplings(W):
    """Return J = [[0, W], [Wᵀ, 0]], shape (N_v + N_h, N_v + N_h).

    Parameters
    ----------
    W : array_like, shape (N_v, N_h)

    Raises
    ------
    ValueError
        No matrix of finite numbers up to 1e150, whose squares add up.

    Examples
    --------
    >>> couplings([[0.5]]).tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    W = _check_weights(W)
    n_visible, n_hidden = W.shape
    J = np.zeros((n_visible + n_hidden,) * 2)
    J[:n_visible, n_visible:] = W
    return J + J.T


def instability(W):
    """Return the growth of small magnetisations of a ±1 machine without fields.

    Parameters
    ----------
    W : array_like, shape (n_visible, n_hidden)

    Returns
    -------
    Instability

    Raises
    ------
    ValueError
        As in `couplings`.

    Examples
    --------
    >>> result = instability([[0.5, 0.0], [0.0, 0.2]])
    >>> round(result.naive, 9), round(result.tap, 9)
    (0.5, 0.25)
    """
    W = _check_weights(W)
    return Instability(_naive(W), _tap(W))


def _check_weights(W):
    return check_array(W, "W", ("n_visible", "n_hidden"), -LARGEST, LARGEST)


def _naive(W):
    return float(np.linalg.norm(W, 2))


def _tap(W):
    J = couplings(W)
    reaction = (J**2).sum(1)
    return float(np.linalg.eigvalsh(J - np.diag(reaction))[-1])


def critical_strengths(sigma, n_visible, n_hidden, law="gaussian", *, seed):
    """Return the w at which one machine's m = 0 destabilises, as `Instability`.

    The same modes and the same noise, with the planted mode made stronger until the
    eigenvalue is 1.

    Parameters
    ----------
    sigma, n_visible, n_hidden, law, seed
        As in `sample_machine`.

    Returns
    -------
    Instability
        Of the two strengths.

    Raises
    ------
    ValueError, TypeError
        If the noise alone is unstable already: σ(κ^{1/4} + κ^{-1/4}) above 1 for the
        naive equations; if m = 0 is stable still at w = 2, as it can be in TAP with
        strong noise or few units; or what `sample_machine` refuses.

    Examples
    --------
    >>> naive, tap = critical_strengths(0.2, 60, 60, "rademacher", seed=3)
    >>> naive < 1 < tap
    True
    """

    def excess(w, growth):
        machine = sample_machine(w, sigma, n_visible, n_hidden, law, seed=seed)
        return growth(machine.rbm.W) - 1

    if (above := excess(0.0, _naive)) >= 0:
        raise ValueError(
            f"sigma must leave m = 0 stable at w = 0, got {shown(sigma)}: the noise "
            f"alone has a singular value of {above + 1:.3f}"
        )
    for name, growth in (("naive", _naive), ("TAP", _tap)):
        if (end := excess(2.0, growth)) <= 0:
            raise ValueError(
                "sigma, n_visible and n_hidden must leave m = 0 unstable at w = 2, "
                f"got {shown(sigma)}, {n_visible} and {n_hidden}: the {name} equations "
                f"have an eigenvalue of {end + 1:.3f} there"
            )
    found = (brentq(excess, 0, 2, (growth,), xtol=1e-6) for growth in (_naive, _tap))
    return Instability(*found)
