"""Where mean-field equations of one machine leave m = 0: naive and TAP.

The machine of N_v + N_h spins has the couplings J = [[0, W], [Wᵀ, 0]].  Linearised
around zero, naive mean field multiplies a small m by J and TAP by J - diag(Σ_j J_ij²).
The paramagnet is stable as long as the largest eigenvalue is below 1.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from rbmlib.phase_diagram.planted import sample_machine


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
    """
    n_visible, n_hidden = np.shape(W)
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

    Examples
    --------
    >>> result = instability([[0.5, 0.0], [0.0, 0.2]])
    >>> round(result.naive, 9), round(result.tap, 9)
    (0.5, 0.25)
    """
    return Instability(_naive(W), _tap(W))


def _naive(W):
    return float(np.linalg.norm(W, 2))


def _tap(W):
    J = couplings(np.asarray(W, float))
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
        naive equations; or what `sample_machine` refuses.
    """

    def excess(w, growth):
        machine = sample_machine(w, sigma, n_visible, n_hidden, law, seed=seed)
        return growth(machine.rbm.W) - 1

    if (above := excess(0.0, _naive)) >= 0:
        raise ValueError(
            f"sigma must leave m = 0 stable at w = 0, got {sigma}: the noise alone has "
            f"a singular value of {above + 1:.3f}"
        )
    found = (brentq(excess, 0, 2, (growth,), xtol=1e-6) for growth in (_naive, _tap))
    return Instability(*found)
