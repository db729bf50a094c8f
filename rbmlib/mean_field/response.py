"""Linear response of a machine: its matrix, and the signs of its singular vectors.

A small field δ on the hidden units moves their means by D_h δ, with D_h the variances,
and these move the field on the visible units by W D_h δ; the same with D_v the other
way round.  In units of standard deviations each passage multiplies by the matrix
D_v^½ W D_h^½ or its transpose.  Its singular values say what a sweep leaves of each
mode (s²), and at 1 the machine orders by itself.
"""

import numpy as np


def response_matrix(W, variance_v, variance_h):
    """Return D_v^½ W D_h^½, D the diagonal matrices of the units' variances.

    Parameters
    ----------
    W : array_like, shape (n_visible, n_hidden)
    variance_v : array_like, shape (n_visible,)
    variance_h : array_like, shape (n_hidden,)

    Returns
    -------
    ndarray, shape (n_visible, n_hidden)

    Raises
    ------
    ValueError
        Variances that do not fit W, or are not all finite and >= 0; a product that is
        not finite.

    Examples
    --------
    >>> response_matrix([[8.0, 4.0]], [0.25], [0.25, 1.0]).tolist()
    [[2.0, 2.0]]
    """
    n_visible, n_hidden = np.shape(W)
    root_v = _roots(variance_v, n_visible, "variance_v")
    root_h = _roots(variance_h, n_hidden, "variance_h")
    return check_response(root_v[:, None], W, root_h)


def response_at(rbm, mean_v, mean_h):
    """Return D_v^½ W D_h^½ with the variances that units of given means have.

    Parameters
    ----------
    rbm : RBM
    mean_v : ndarray, shape (n_columns,)
        A mean for each visible unit, or the probability of each state of a categorical
        one: its columns are correlated, and D_v^½ is a root of their covariance.
    mean_h : ndarray, shape (n_hidden,)

    Returns
    -------
    ndarray, shape (n_columns, n_hidden)

    Raises
    ------
    ValueError
        A product that is not finite.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> response_at(RBM([[8.0]], [0.0], [0.0]), np.array([0.5]), np.array([0.5]))
    array([[2.]])
    """
    root_h = np.sqrt(rbm.hidden.variance_at(mean_h))
    return check_response(1.0, rbm.visible.times_root(mean_v, rbm.columns.W), root_h)


def check_response(root_v, W, root_h):
    """Return the product, or raise ValueError unless it is finite.

    An eigenvalue routine may never return from a matrix with NaN or infinity.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        X = root_v * W * root_h
    if not np.isfinite(X).all():
        raise ValueError(
            "W must have finite values of D_v^½ W D_h^½, got "
            f"{X[~np.isfinite(X)][0]} from weights up to {np.abs(W).max():g}"
        )
    return X


def signs(u):
    """Return ±1 for each column of u, the sign of its entry of largest size.

    Which sign a library gives to a singular vector or an eigenvector is an accident;
    a column times this one is the same everywhere.

    Parameters
    ----------
    u : ndarray, shape (n_units, n_modes)

    Returns
    -------
    ndarray, shape (n_modes,)

    Examples
    --------
    >>> signs(np.array([[0.6, 0.8], [-0.8, 0.6]])).tolist()
    [-1.0, 1.0]
    """
    largest = np.abs(u).argmax(0)
    return np.sign(u[largest, np.arange(u.shape[1])])


def _roots(variance, n, argument):
    variance = np.asarray(variance, dtype=float)
    if variance.shape != (n,):
        raise ValueError(
            f"{argument} must hold {n} variances >= 0, got shape {variance.shape}"
        )
    allowed = (variance >= 0) & (variance < np.inf)
    if not allowed.all():
        bad = float(variance[~allowed][0])
        raise ValueError(f"{argument} must hold finite variances >= 0, got {bad!r}")
    return np.sqrt(variance)
