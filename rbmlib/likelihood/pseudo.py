"""The pseudo-log-likelihood: a score without Z, and what it does not see.

Σ_i log p(v_i | all other units), with log p(v_i | …) = -log(1 + e^{F(v) - F(v')}), v'
being v with unit i in its other state.  Each datum is compared with its neighbours
only.  Units without couplings have no more than that, and the score is the
log-likelihood; for all others it is blind to weight that the machine puts elsewhere.

J. Besag (1975), doi:10.2307/2987782.
"""

import numpy as np

from rbmlib.checks import check_samples
from rbmlib.rbm import check_machine


def pseudo_log_likelihood(rbm, data):
    """Return the mean pseudo-log-likelihood of data, in nats per sample.

    Parameters
    ----------
    rbm : RBM
        With visible units of two states.
    data : array_like, shape (n_samples, n_visible)

    Returns
    -------
    float
        Over all units: nothing is drawn.

    Raises
    ------
    ValueError, TypeError
        No machine, visible units of other kinds, or data that are no states.

    Examples
    --------
    >>> from rbmlib.likelihood import log_likelihood
    >>> from rbmlib.rbm import RBM
    >>> alone = RBM([[0.0], [0.0]], [1.0, -1.0], [0.0])
    >>> data = [[1, 0], [1, 1]]
    >>> score = pseudo_log_likelihood(alone, data)
    >>> bool(np.isclose(score, log_likelihood(alone, data)))
    True
    """
    visible = check_machine(rbm).visible
    if not visible.bits:
        raise ValueError(f"rbm must have visible units of two states, got {rbm!r}")
    data = check_samples(data, visible, rbm.n_visible, "data").astype(float)
    x, total = data @ rbm.W + rbm.b, 0.0
    before = rbm.hidden.log_partition(x).sum(1)
    for a, row, states in zip(rbm.a, rbm.W, data.T, strict=True):
        change = sum(visible.states) - 2 * states
        after = rbm.hidden.log_partition(x + change[:, None] * row).sum(1)
        total -= np.logaddexp(0.0, change * a + after - before).mean()
    return float(total)
