"""Machines of two-state units while their weights are small.

Let the biases reproduce the means of the data at W = 0, and let D_v and D_h be the
diagonal matrices of the variances of the units, m_h the means of the hidden ones.  To
first order in W the centred gradient of the log-likelihood is

    dW/dt = (C_D - D_v) W D_h,

so what grows are the eigenvectors of the growth matrix C_D - D_v: correlations in the
data beyond what independent units have.  The plain gradient has the term
-D_v W m_h m_hᵀ besides, which for {0, 1} units (m_h = 1/2) is of the same size.
"""

from dataclasses import dataclass

import numpy as np

from rbmlib.checks import check_array, check_flag, check_real, check_symmetric, shown
from rbmlib.mean_field.response import response_matrix, signs
from rbmlib.rbm import check_machine


@dataclass(frozen=True, eq=False)
class Growth:
    """What grows out of small weights, fastest first.

    Attributes
    ----------
    eigenvalues : ndarray, shape (n_visible,)
        Of the growth matrix C_D - D_v.
    rates : ndarray, shape (n_visible,)
        d log w/dt of each mode: eigenvalue × variance of a hidden unit.
    directions : ndarray, shape (n_visible, n_visible)
        Eigenvectors, in columns; the entry of largest size is positive.
    """

    eigenvalues: np.ndarray
    rates: np.ndarray
    directions: np.ndarray

    def per_update(self, learning_rate):
        """Return the growth of log w in one update of that size, log(1 + ε rate).

        Parameters
        ----------
        learning_rate : float
            ε, so small that 1 + ε rate is positive for every mode.

        Returns
        -------
        ndarray, shape (n_visible,)

        Raises
        ------
        TypeError, ValueError
            No number, or one that is not positive or too large.

        Examples
        --------
        >>> from rbmlib.rbm import RBM
        >>> from rbmlib.units import SPIN
        >>> young = RBM(np.zeros((2, 1)), [0, 0], [0], SPIN, SPIN)
        >>> growth(young, [[1, 0.5], [0.5, 1]]).per_update(0.1).round(4).tolist()
        [0.0488, -0.0513]
        """
        learning_rate = check_real(learning_rate, "learning_rate", 0, open_low=True)
        slowest = self.rates.min()
        if learning_rate * slowest <= -1:
            raise ValueError(
                f"learning_rate must be below {-1 / slowest:.6g}, beyond which a step "
                f"turns the sign of a mode, got {learning_rate!r}"
            )
        return np.log1p(learning_rate * self.rates)

    def weights(self, W, ages, learning_rate):
        """Return the weights that W becomes, as long as they stay small.

        W(t) = Σ_α (1 + ε rate_α)^t g_α g_αᵀ W, with g_α the directions.

        Parameters
        ----------
        W : array_like, shape (n_visible, n_hidden)
            Weights at age 0.
        ages : array_like, shape (n_ages,)
            In updates, not negative.
        learning_rate : float
            As in `per_update`.

        Returns
        -------
        ndarray, shape (n_ages, n_visible, n_hidden)

        Raises
        ------
        TypeError, ValueError
            Weights of another shape, negative ages, or a learning rate as in
            `per_update`.

        Examples
        --------
        >>> from rbmlib.rbm import RBM
        >>> from rbmlib.units import SPIN
        >>> young = RBM([[0.1], [0.0]], [0, 0], [0], SPIN, SPIN)
        >>> found = growth(young, [[1, 0.5], [0.5, 1]]).weights(young.W, [0, 10], 0.1)
        >>> (found[:, :, 0].round(4) + 0.0).tolist()
        [[0.1, 0.0], [0.1114, 0.0515]]
        """
        W = check_array(W, "W", (len(self.rates), "n_hidden"))
        ages = check_array(ages, "ages", ("n_ages",), 0)
        gain = np.exp(np.multiply.outer(ages, self.per_update(learning_rate)))
        parts = self.directions.T @ W
        return self.directions @ (gain[:, :, None] * parts)


def growth(rbm, covariance):
    """Return the directions that a machine with small weights learns, and how fast.

    Parameters
    ----------
    rbm : RBM
        Its biases say the variances D_v and D_h; its weights are taken as zero.
    covariance : array_like, shape (n_visible, n_visible)
        C_D of the data.

    Returns
    -------
    Growth

    Raises
    ------
    TypeError, ValueError
        If the hidden units have different variances: then no direction grows at one
        rate.  If the covariance is not symmetric or has another size, or the visible
        units are categorical.

    Examples
    --------
    Two units that agree more often than not:

    >>> from rbmlib.rbm import RBM
    >>> from rbmlib.units import SPIN
    >>> young = RBM(np.zeros((2, 1)), [0, 0], [0], SPIN, SPIN)
    >>> growth(young, [[1, 0.5], [0.5, 1]]).rates.tolist()
    [0.5, -0.5]
    """
    C = _check(rbm, covariance)
    variance_h = rbm.hidden.variance(rbm.b)
    if np.ptp(variance_h) > 1e-6 * variance_h.max():
        raise ValueError(
            "rbm must have hidden units of equal variance, got "
            f"{variance_h.min():.6g} to {variance_h.max():.6g}"
        )
    values, vectors = np.linalg.eigh(C - np.diag(rbm.visible.variance(rbm.a)))
    values, vectors = values[::-1], vectors[:, ::-1]
    return Growth(values, values * variance_h.mean(), vectors * signs(vectors))


def leading_gradient(rbm, covariance, *, centred=True):
    """Return dW/dt to first order in W.

    (C_D - D_v) W D_h, and without centring -D_v W m_h m_hᵀ besides.

    Parameters
    ----------
    rbm : RBM
        Whose visible biases alone reproduce the means of the data.
    covariance : array_like, shape (n_visible, n_visible)
        C_D of the data.
    centred : bool

    Returns
    -------
    ndarray, shape (n_visible, n_hidden)

    Raises
    ------
    TypeError, ValueError
        If the covariance is not symmetric or has another size, or the visible units
        are categorical; a ``centred`` that is no bool.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> young = RBM([[0.1], [0.0]], [0.0, 0.0], [0.0])
    >>> leading_gradient(young, [[0.25, 0.2], [0.2, 0.25]]).round(4).tolist()
    [[0.0], [0.005]]
    """
    C, centred = _check(rbm, covariance), check_flag(centred, "centred")
    variance_v = rbm.visible.variance(rbm.a)[:, None]
    variance_h, mean_h = rbm.hidden.variance(rbm.b), rbm.hidden.mean(rbm.b)
    gradient = (C @ rbm.W - variance_v * rbm.W) * variance_h
    if not centred:
        gradient -= variance_v * np.outer(rbm.W @ mean_h, mean_h)
    return gradient


def layer_susceptibility(rbm, mean_v):
    """Return the top singular value of D_v^½ W D_h^½ at given visible means.

    A small field on one layer comes back after a passage through both, multiplied by
    the square of this number.  At 1 the paramagnetic state is unstable and the machine
    itself orders: w = 1 for ±1 units without bias, w = 4 for {0, 1} units of mean ½.

    Parameters
    ----------
    rbm : RBM
    mean_v : array_like, shape (n_visible,)
        Means of the visible units, for instance of the data; the hidden units see the
        field b + Wᵀ mean_v.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        Means of another shape, or outside the range of the states; categorical units.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> layer_susceptibility(RBM([[4.0]], [-2.0], [-2.0]), [0.5])
    1.0
    """
    return float(np.linalg.norm(_scaled(rbm, mean_v)[1], 2))


def fluctuations(rbm, mean_v):
    """Return the covariance of the visible units by Gaussian fluctuations.

    C_M = D_v^½ (1 - X Xᵀ)⁻¹ D_v^½ with X = D_v^½ W D_h^½: exact for Gaussian units, and
    for units of two states the leading order in large layers while the top singular
    value of X, the `layer_susceptibility`, is below 1.

    Parameters
    ----------
    rbm, mean_v
        As in `layer_susceptibility`.

    Returns
    -------
    ndarray, shape (n_visible, n_visible)

    Raises
    ------
    TypeError, ValueError
        If the layer susceptibility is 1 or more; means as in `layer_susceptibility`.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> fluctuations(RBM([[2.0]], [-1.0], [-1.0]), [0.5]).round(6).tolist()
    [[0.333333]]
    """
    spread, X = _scaled(rbm, mean_v)
    if (top := np.linalg.norm(X, 2)) >= 1:
        raise ValueError(f"rbm must have a layer susceptibility below 1, got {top:.4g}")
    inverse = np.linalg.inv(np.eye(len(X)) - X @ X.T)
    return spread[:, None] * inverse * spread


def _scaled(rbm, mean_v):
    """Return the standard deviations of the visible units, and D_v^½ W D_h^½."""
    _check_rbm(rbm)
    low, high = rbm.visible.low, rbm.visible.high
    m = check_array(mean_v, "mean_v", (rbm.n_visible,), low, high)
    variance_v = rbm.visible.variance_at(m)
    variance_h = rbm.hidden.variance(rbm.b + m @ rbm.W)
    return np.sqrt(variance_v), response_matrix(rbm.W, variance_v, variance_h)


def _check(rbm, covariance):
    _check_rbm(rbm)
    return check_symmetric(covariance, "covariance", rbm.n_visible)


def _check_rbm(rbm):
    """Refuse units whose states are no numbers: they have a covariance of columns."""
    if check_machine(rbm).W.ndim != 2:
        raise ValueError(
            f"rbm must have visible units of one column of weights, got {shown(rbm)}"
        )
