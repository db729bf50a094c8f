"""How fast a ladder of machines can bring a phase to its top: a bound by counts.

On a ladder every machine makes a sweep, then neighbours exchange chains, every second
pair in a round (`rbmlib.tempering`).  Count the chains that are in the phase m < 0, on
rung r and above:

    K = Σ_{s >= r} 1[m_s < 0],     Var K = Σ_{s >= r} S_s (1 - S_s),

as rungs are independent in equilibrium, with the share S_s of the phase on rung s.  A
round changes K in two ways: a chain crosses m = 0 in a sweep, or the exchange between
the rungs r - 1 and r takes one in and gives another one out.  With the probabilities
ν_s, from m < 0 to the other side, and A, that below m < 0 and above not, and the
exchange is accepted,

    τ >= Var K / (A/2 + Σ_{s >= r} ν_s),

exactly so for a reversible order of the moves.  The largest r decides: where the phase
is rare below and sweeps do not make it above, nothing can.
"""

from typing import NamedTuple

import numpy as np

from rbmlib.cascade.pattern import check_machine_of, law_of
from rbmlib.cascade.relaxation import MOST_COUNTED, sweep_kernels
from rbmlib.checks import check_array, check_positive


class LadderBound(NamedTuple):
    """What a ladder of machines of one pattern can do at best.

    Attributes
    ----------
    rounds : float
        τ is at least so many rounds.
    rung : int
        r, at which it is so; 0 is the foot.
    shares : ndarray, shape (n_rungs,)
        Of the phase m < 0 at each rung.
    acceptance : ndarray, shape (n_rungs - 1,)
        Of the exchanges of neighbours in equilibrium.
    """

    rounds: float
    rung: int
    shares: np.ndarray
    acceptance: np.ndarray


def ladder_bound(n_visible, w, field, n_hidden=None):
    """Return the least relaxation time of exchange along machines of one pattern.

    Parameters
    ----------
    n_visible : int
        N, from 1 to 2000.
    w, field : array_like, shape (n_rungs,)
        Of each machine, from the foot up; one machine is a plain chain.
    n_hidden : int, optional
        As in `machine`.

    Returns
    -------
    LadderBound

    Raises
    ------
    ValueError, TypeError
        As in `sweep_kernels`; a phase that some machine does not have at all.

    Examples
    --------
    >>> top = ladder_bound(40, [1.3], [0.0]).rounds
    >>> steps = np.linspace(0, 1.3, 10)
    >>> bool(ladder_bound(40, steps, 0 * steps).rounds < top / 10)
    True
    """
    N = check_positive(n_visible, "n_visible", most=MOST_COUNTED)
    w = check_array(w, "w", ("n_rungs",), 0)
    field = check_array(field, "field", w.shape)
    if not len(w):
        raise ValueError("w must be of at least one machine, got none")
    rungs = [
        check_machine_of(*age, n_hidden)
        for age in zip(w.tolist(), field.tolist(), strict=True)
    ]
    against = 2 * np.arange(N + 1) < N
    laws = np.array([law_of(N, *rung) for rung in rungs])
    shares = laws[:, against].sum(1)
    if not shares.all():
        raise ValueError(
            "field must leave a chain with m < 0 on each rung, got a share of 0 at "
            f"rung {int(np.argmin(shares))}"
        )
    crossing = np.array([_crossing(N, *rung, p, n_hidden, against)
                         for rung, p in zip(rungs, laws, strict=True)])  # fmt: skip
    exchanges = [_exchange(N, rungs[r : r + 2], laws[r : r + 2], against)
                 for r in range(len(rungs) - 1)]  # fmt: skip
    acceptance, taken = np.reshape(exchanges, (-1, 2)).T
    variance = np.cumsum((shares * (1 - shares))[::-1])[::-1]
    flux = np.cumsum(crossing[::-1])[::-1] + np.append(0.0, taken / 2)
    rung = int(np.argmax(variance / flux))
    return LadderBound(float(variance[rung] / flux[rung]), rung, shares, acceptance)


def _crossing(N, w, field, unit, n_units, p, n_hidden, against):
    """Return the probability of m < 0 before a sweep and not after it."""
    to_hidden, to_visible = sweep_kernels(N, w, field, n_hidden)
    return float(p[against] @ to_hidden[against] @ to_visible[:, ~against].sum(1))


def _exchange(N, pair, laws, against):
    """Return how often an exchange is accepted, and brings m < 0 up."""
    weights = [_log_weight(N, *machine) for machine in pair]
    gain = weights[1] - weights[0]  # of a state that goes up
    accept = np.exp(np.minimum(gain[:, None] - gain, 0.0))
    joint = laws[0][:, None] * laws[1] * accept
    return joint.sum(), joint[np.ix_(against, ~against)].sum()


def _log_weight(N, w, field, unit, n_units):
    """Return N_h Γ(x) + a M at each overlap."""
    total = 2.0 * np.arange(N + 1) - N
    x = w * total / np.sqrt(N * n_units)
    return n_units * unit.log_partition(x) + field * total
