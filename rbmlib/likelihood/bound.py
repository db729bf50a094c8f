"""A lower bound of log Z that no chain has to find: naive mean field.

For any law q of the units, Gibbs and Bogoliubov have log Z ≥ S(q) - ⟨E⟩_q.  With
independent units of means m (visible) and n (hidden) that is

log Z ≥ -F(m, n) = S(m) + S(n) + a·m + b·n + m·W·n,

with S the entropies (`rbmlib.mean_field.free_energy` of order 1).  Given one layer, the
best means of the other are m_i = Γ'(a_i + Σ_j W_ij n_j), so that each half step of the
mean-field equations raises -F, and the bound may be taken after any number of them.

**Several modes at once.**  A mixture q = Σ_k π_k q_k of such laws has
⟨E⟩ = Σ_k π_k ⟨E⟩_k, and an entropy that is the larger the less its parts overlap:

S(q) ≥ Σ_k π_k S_k - Σ_k π_k log Σ_l π_l B_kl,   B_kl = ∫ √(q_k q_l).

(With r = Σ_l π_l √q_l, Jensen's inequality gives Σ_k π_k ∫ q_k log(q / (√q_k r)) ≤
log ∫ q = 0 and ∫ q_k log(r / √q_k) ≤ log Σ_l π_l B_kl; their sum is the statement.)
For independent units log B is a sum over units of Γ((x + y)/2) - Γ(x)/2 - Γ(y)/2, in
the fields x and y that give the means.  So for any shares π

log Z ≥ Σ_k π_k (-F_k - log Σ_l π_l B_kl).

Modes far apart, B = 0, add up as their weights e^{-F} do; a mode that is counted twice,
B = 1, adds nothing.

**Hidden units in blocks.**  Independent units leave out how they depend on each other,
most for units that hesitate.  So the best modes are cut: the hidden units with the
largest variances are held in each of their joint states, all other means answer, and
the pieces, which share no state, are parts of the mixture.

R. P. Feynman (1955), doi:10.1103/PhysRev.97.660, for the inequality; L. K. Saul, T.
Jaakkola and M. I. Jordan (1996), arXiv:cs/9603102, for networks of binary units; A.
Kolchinsky and B. D. Tracey (2017), doi:10.3390/e19070361, for the entropy.
"""

from itertools import product

import numpy as np
from scipy.special import logsumexp

from rbmlib.likelihood.modes import Modes, find_modes
from rbmlib.mean_field import free_energy
from rbmlib.rbm import check_machine

N_MIXED = 24  # modes of the mixture, at most
N_CUT = 3  # of them that are cut, by as many hidden units each
N_STEPS = 30  # of the means that answer
HELD = 50.0  # field that holds a unit in one state
N_ROUNDS = 20  # of improving the shares
SIGMAS = 4.0  # standard errors by which an estimate may be below what is known


def mean_field_bound(rbm, data=None, *, seed=0):
    """Return a lower bound of log Z of the machine that is sampled.

    Parameters
    ----------
    rbm : RBM
    data : array_like, shape (n_samples, n_visible), optional
        100 of them, evenly spaced, are starts too.
    seed : int
        Of the 100 random starts.

    Returns
    -------
    bound : float
        By all modes that were reached together.  Exact but for the rounding of sums.
    m_v : ndarray, shape (n_columns,)
        Visible means of the mode of the largest -F.

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
    modes = find_modes(rbm, data, seed=seed)
    return bound_by_modes(rbm, modes), modes.m_v[0]


def bound_by_modes(rbm, modes):
    """Return the bound by a mixture of modes, the best of them whole or cut."""
    modes = Modes(*(x[:N_MIXED] for x in modes))
    bound = _mixed(rbm, modes)
    if rbm.hidden.bits is None:
        return bound
    best = zip(modes.m_v[:N_CUT], modes.x_h, strict=False)
    pieces = [_pieces(rbm, m_v, x_h) for m_v, x_h in best]
    rest = Modes(*(x[N_CUT:] for x in modes))
    parts = zip(rest, *pieces, strict=True)
    return max(bound, _mixed(rbm, Modes(*map(np.concatenate, parts))))


def _pieces(rbm, m_v, x_h):
    """Return a mode, cut by the joint states of its most hesitant hidden units."""
    units = np.argsort(-rbm.hidden.variance(x_h), kind="stable")[:N_CUT]
    signs = np.array(list(product([-1.0, 1.0], repeat=len(units))))
    m_v = np.repeat(m_v[None], len(signs), axis=0)
    W, a, b = rbm.columns
    for _ in range(N_STEPS):
        x_h = b + m_v @ W
        x_h[:, units] = HELD * signs
        m_h = rbm.hidden.mean(x_h)
        x_v = a + m_h @ W.T
        m_v = rbm.visible.mean(x_v)
    return Modes(m_v, m_h, x_v, x_h, -free_energy(rbm, m_v, m_h, order=1))


def _mixed(rbm, modes):
    """Return the bound by a mixture, or by its best part if that is larger."""
    log_overlap = _log_overlaps(rbm, modes)
    log_shares = modes.minus_f - logsumexp(modes.minus_f)
    best = float(modes.minus_f.max())
    for _ in range(N_ROUNDS):
        value = modes.minus_f - logsumexp(log_shares + log_overlap, axis=1)
        best = max(best, float(np.exp(log_shares) @ value))
        log_shares = log_shares + value
        log_shares = log_shares - logsumexp(log_shares)
    return best


def _log_overlaps(rbm, modes):
    """Return log B_kl, at most 0, shape (n_modes, n_modes)."""
    total = np.zeros((len(modes.minus_f),) * 2)
    for unit, x in ((rbm.visible, modes.x_v), (rbm.hidden, modes.x_h)):
        alone = unit.log_partition(x).sum(-1) / 2
        middle = [unit.log_partition((x + y) / 2).sum(-1) for y in x]
        total += np.array(middle) - alone[:, None] - alone
    return np.minimum(total, 0.0)


def refuted_by(bound, found):
    """Return in words that a lower bound refutes an `Estimate`, or an empty text."""
    if bound > found.log_z + SIGMAS * found.error:
        return f"refuted: log Z is at least {bound:.2f}, by mean field"
    return ""
