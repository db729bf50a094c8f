"""A lower bound of log Z that no chain has to find: naive mean field.

For any independent units of means m (visible) and n (hidden), Gibbs and Bogoliubov have

log Z ≥ -F(m, n) = S(m) + S(n) + a·m + b·n + m·W·n,

with S the entropies (`rbmlib.mean_field.free_energy` of order 1).  Given one layer, the
best means of the other are m_i = Γ'(a_i + Σ_j W_ij n_j), so that each half step of the
mean-field equations raises -F, and the bound may be taken after any number of them.  It
is as good as the best mode that a start leads to, whether chains visit it or not.

R. P. Feynman (1955), doi:10.1103/PhysRev.97.660, for the inequality; L. K. Saul, T.
Jaakkola and M. I. Jordan (1996), arXiv:cs/9603102, for networks of binary units.
"""

import numpy as np

from rbmlib.checks import check_samples
from rbmlib.mean_field import free_energy
from rbmlib.mean_field.plefka import step
from rbmlib.rbm import check_machine
from rbmlib.sampling import random_start

N_STARTS = 150  # of data, and as many of noise
MAX_STEPS = 300
GAIN = 1e-4  # nats: steps that raise the bound by less end the iteration


def mean_field_bound(rbm, data=None, *, seed=0):
    """Return a lower bound of log Z of the machine that is sampled.

    Parameters
    ----------
    rbm : RBM
    data : array_like, shape (n_samples, n_visible), optional
        150 of them, evenly spaced, are starts too.
    seed : int
        Of the 150 random starts.

    Returns
    -------
    bound : float
        The largest -F that was reached.
    m_v : ndarray, shape (n_columns,)
        Visible means there: the mode that carries at least this weight.

    Raises
    ------
    ValueError, TypeError
        No machine, data that are no states, or a bad seed.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM.random(12, 6, scale=0.5, seed=1)
    >>> bound, _ = mean_field_bound(machine)
    >>> bool(0 < machine.log_z() - bound < 1)
    True
    """
    rbm = check_machine(rbm).on_grid()
    starts = _starts(rbm, data, seed)
    m_v = rbm.visible.check_means(starts, rbm.n_visible, "starts")
    m_h = rbm.hidden.mean(m_v @ rbm.columns.W + rbm.b)
    best = -np.inf
    for _ in range(MAX_STEPS):
        m_v, m_h = step(rbm, m_v, m_h, order=1)
        minus_f = -free_energy(rbm, m_v, m_h, order=1)
        before, best = best, minus_f.max()
        if best - before < GAIN:
            break
    return float(best), m_v[minus_f.argmax()]


def _starts(rbm, data, seed):
    """Return states to start from: noise, all units at their upper state, and data."""
    starts = [random_start(rbm, N_STARTS, seed)]
    if rbm.visible.bits:
        starts.append(np.ones((1, rbm.n_visible), rbm.visible.dtype))
    if data is not None:
        data = check_samples(data, rbm.visible, rbm.n_visible, "data")
        starts.append(data[:: max(1, len(data) // N_STARTS)][:N_STARTS])
    return np.concatenate(starts)
