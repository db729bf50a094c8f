"""Relaxation times of slow chains, by sums and products of positive numbers alone.

A chain with the rates A_ij ≥ 0 between states and e_i ≥ 0 out of them has the matrix
M = diag(e + A·1) - A, and the mean times that it spends in each state before it leaves
are G = M⁻¹ ≥ 0.  M itself is never formed: eliminating states adds the rates of the
paths through them, which is a sum of positive terms.  So every entry of G has a small
*relative* error, however small the rates are (W. Grassmann, M. Taksar, D. Heyman
(1985), doi:10.1287/opre.33.5.1107; A. Alfa, J. Xue, Q. Ye (2002),
doi:10.1090/S0025-5718-01-01325-4).  The slowest 1 - λ is one over the largest
eigenvalue of G.

A closed chain is given a way out at its most probable state k.  Functions that vanish
there have a variance of at least p_k ≥ 1/n times their mean square, so that ‖G‖ is at
most n times 1/(1 - λ), and taking the constant functions out again costs no more than
that factor of the n² 1e-16 that G is known to.

Rates that are too small for a float are zero.  All of them together change 1 - λ by no
more than n² 1e-308, which times below 1e290 cannot tell.
"""

import numpy as np

LONGEST = 1e290  # sweeps


def time_of_chain(kernel, p, name):
    """Return τ = -1/ln λ₂ of a reversible chain.

    Parameters
    ----------
    kernel : ndarray, shape (n, n)
        Probabilities from state (row) to state, each with a small relative error.  Its
        diagonal is not used.
    p : ndarray, shape (n,)
        Stationary law.
    name : str
        Of the machine, for the message.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        A time of at least 1e290 steps.

    Examples
    --------
    >>> rate = 1e-30
    >>> kernel = np.array([[1.0, rate], [rate, 1.0]])  # λ = 1 - 2 rate
    >>> print(f"{time_of_chain(kernel, np.array([0.5, 0.5]), 'two states'):.6g}")
    5e+29
    """
    out = int(np.argmax(p))
    rest = np.arange(len(p)) != out
    G = np.zeros_like(kernel)
    G[np.ix_(rest, rest)] = _inverse(
        kernel[np.ix_(rest, rest)], kernel[rest, out], name
    )
    S = _symmetric(G)
    root = np.sqrt(p)
    S -= np.outer(root, root @ S)
    S -= np.outer(S @ root, root)
    return _time(S, name)


def time_of_dying(stays, dies, name):
    """Return τ = -1/ln λ₁ of a reversible chain that leaves its states for good.

    Parameters
    ----------
    stays : ndarray, shape (n, n)
        Probabilities from state (row) to state.
    dies : ndarray, shape (n,)
        What is left of 1.
    name : str

    Returns
    -------
    float

    Raises
    ------
    ValueError
        A time of at least 1e290 steps.
    """
    return _time(_symmetric(_inverse(stays, dies, name)), name)


def _inverse(A, e, name):
    """Return the inverse of diag(e + A·1) - A, off the diagonal of A."""
    n = len(e)
    if n == 1:
        if e[0] <= 1e-300:
            _refuse(name)
        return 1 / e[:, None]
    k = n // 2
    first = _inverse(A[:k, :k], e[:k] + A[:k, k:].sum(1), name)
    back, on = A[k:, :k] @ first, first @ A[:k, k:]
    G = np.empty_like(A)
    G[k:, k:] = _inverse(A[k:, k:] + back @ A[:k, k:], e[k:] + back @ e[:k], name)
    G[k:, :k] = G[k:, k:] @ back
    G[:k, k:] = on @ G[k:, k:]
    G[:k, :k] = first + on @ G[k:, :k]
    return G


def _symmetric(G):
    """Return sqrt(p_i) G_ij / sqrt(p_j), which detailed balance makes symmetric."""
    return np.sqrt(G) * np.sqrt(G.T)


def _time(S, name):
    longest = np.linalg.eigvalsh((S + S.T) / 2)[-1]
    if not longest < LONGEST:
        _refuse(name)
    return float(-1 / np.log1p(-1 / longest))


def _refuse(name):
    raise ValueError(
        f"the relaxation time of {name} must be below {LONGEST:g} sweeps, got one of "
        "at least that, which no number holds"
    )
