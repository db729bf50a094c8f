"""The exact log-likelihood of what was observed, where data have gaps."""

import numpy as np

from rbmlib.checks import check_gaps, check_real
from rbmlib.likelihood.given import log_weights
from rbmlib.rbm import check_machine


def log_observed(rbm, data, log_z=None):
    """Return log p(known entries) of each row: the unknown ones are summed out.

    p(v_K) = Σ_{v_U} p(v_K, v_U).  Its mean over the data is what
    ``train(..., missing="sample")`` climbs.  A row in which all is known has its
    log-likelihood, one in which nothing is has 0.

    Parameters
    ----------
    rbm : RBM
    data : array_like, shape (n_rows, n_visible)
        States, NaN where they are not known; or a masked array, its mask True there.
    log_z : float, optional
        As in `log_likelihood`.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        In nats; for Gaussian visible units the log of a density.

    Raises
    ------
    ValueError, TypeError
        No machine, known entries that are no states, a log Z that is no finite number;
        or more than 2^25 states of the unknown units of a row and of the hidden layer
        too.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[2.0], [2.0]], [-1.0, -1.0], [0.0])
    >>> on, off = log_observed(machine, [[1, np.nan], [0, np.nan]])
    >>> bool(np.isclose(np.exp(on) + np.exp(off), 1))  # the first is either on or off
    True
    """
    check_machine(rbm)
    data = check_gaps(data, rbm.visible, rbm.n_visible, "data", "row")
    log_z = rbm.log_z() if log_z is None else check_real(log_z, "log_z")
    if not isinstance(data, np.ma.MaskedArray):
        return -rbm.free_energy(data) - log_z
    found = log_weights(rbm, data) - log_z
    found[data.mask.all(1)] = 0.0
    return found
