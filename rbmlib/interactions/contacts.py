"""From pair couplings of categorical sites to a map of contacts, and its mark.

A contact is scored by the Frobenius norm of its block of couplings in the zero-sum
gauge.  Norms of a site that varies much are all somewhat larger, contacts or not.  The
average product correction takes off what sites i and k have in common with all others;
S. Vorberg, S. Seemayer and J. Söding (2018), doi:10.1371/journal.pcbi.1006526, say why.
"""

import numpy as np

from rbmlib.checks import as_numbers, check_array


def average_product(norm):
    """Return S_ik - S_i S_k / S, the scores of contacts without what sites share.

    S_i is the mean of the scores of site i with all others, S that of all pairs.

    Parameters
    ----------
    norm : array_like, shape (n_sites, n_sites)
        Symmetric and not negative, of at least two sites; the diagonal does not count.

    Returns
    -------
    ndarray of float64, shape (n_sites, n_sites)
        Zero on the diagonal.

    Raises
    ------
    TypeError, ValueError
        No such array of finite numbers, or nothing but zeros.

    Examples
    --------
    >>> average_product([[0, 2, 2], [2, 0, 2], [2, 2, 0]]).tolist()
    [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    S = _pairs(norm, "norm", 0)
    n = len(S)
    row = S.sum(0) / (n - 1)
    if not row.any():
        raise ValueError("norm must have an entry above zero, got zeros only")
    corrected = S - np.outer(row, row) / row.mean()
    np.fill_diagonal(corrected, 0.0)
    return corrected


def contact_precision(score, contacts):
    """Return which share of the n pairs of largest score are contacts, for each n.

    Parameters
    ----------
    score : array_like, shape (n_sites, n_sites)
        Symmetric; the diagonal does not count.
    contacts : array_like of bool, shape (n_sites, n_sites)
        Symmetric, as of `rbmlib.datasets.PlantedPotts`.

    Returns
    -------
    ndarray of float64, shape (n_sites (n_sites - 1) / 2,)
        Of the first pair, the first two, and so on.  Of equal scores, those that are
        no contacts come first: a tie is not found.

    Raises
    ------
    TypeError, ValueError
        No such arrays.

    Examples
    --------
    >>> score = [[0, 3, 1], [3, 0, 2], [1, 2, 0]]
    >>> contacts = np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]], bool)
    >>> contact_precision(score, contacts).round(3).tolist()
    [1.0, 0.5, 0.667]
    """
    score = _pairs(score, "score", -np.inf)
    contacts = as_numbers(contacts, "contacts", bool)
    if contacts.dtype != bool or contacts.shape != score.shape:
        raise ValueError(
            f"contacts must be of bool with the shape {score.shape}, got "
            f"{contacts.dtype} of shape {contacts.shape}"
        )
    upper = np.triu_indices(len(score), 1)
    real = contacts[upper]
    order = np.lexsort((real, -score[upper]))
    return np.cumsum(real[order]) / np.arange(1, len(real) + 1)


def _pairs(table, argument, low):
    """Return a symmetric table of pairs with a zero diagonal, or refuse it."""
    table = check_array(table, argument, ("n_sites", "n_sites"), low).copy()
    if table.shape[0] != table.shape[1] or len(table) < 2:
        raise ValueError(
            f"{argument} must be square, of at least two sites, got shape {table.shape}"
        )
    np.fill_diagonal(table, 0.0)
    scale = np.abs(table).max()
    if np.abs(table - table.T).max() > 1e-9 * scale:
        raise ValueError(f"{argument} must be symmetric, got {table[0, 1]} at (0, 1)")
    return table
