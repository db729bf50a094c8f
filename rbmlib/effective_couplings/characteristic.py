"""The large-N formula by characteristic functions, for hidden units of two states.

In Fourier space, the alternating sum over the spins of a set is a product of sines, and
the Gaussian of variance V_A = Σ_{j∉A} W_ja² a factor.  For sets of n ≥ 2 units, with
g(t) the transform of Γ'',

J_A = Σ_a 1/π ∫ dt g(t) t^-2 Re[i^(n-2) exp(i b_a t)] Π_k sin(W_ka t) exp(-V_A t²/2)

over t > 0.  A unit of two states, δ apart, has g(t) = πt / sinh(πt/δ).  Because
V_A = Σ_j W_ja² - Σ_k W_ka², the integrand is a product of one factor for each unit of
the set: a table of units by nodes serves all sets.  A spin e that is summed explicitly
gives cos(W_ea t) in place of its part of the Gaussian.

The rule of midpoints with step h repeats J as a function of b with the period 2π/h,
and so is exact up to what J is that far away; both cuts are made where e^-40 is left.
"""

import numpy as np

from rbmlib.effective_couplings import large_n

_CUT = 40.0  # e^-40 = 4e-18
_REACH = 9.0  # standard deviations; the Gaussian beyond weighs 2e-19
_EXPONENT = 600.0  # the largest power of e in a factor of the table: no overflow
_CHUNK = 2**16  # numbers held at once: they stay in the cache


def of_sets(rbm, sets):
    """Return the couplings of sets of two units or more, shape (n_sets,).

    Raises
    ------
    ValueError
        As `rbmlib.effective_couplings.large_n.check_width`.
    """
    values = np.zeros(len(sets))
    width = rbm.hidden.high - rbm.hidden.low
    for a in np.flatnonzero(rbm.W.any(0)):
        w, b = rbm.W[:, a], float(rbm.b[a])
        explicit, deviation = (x[:, 0] for x in large_n.outside(w[:, None], sets))
        large_n.check_width(deviation)
        last = _last_node(deviation**2, width)
        for e in np.unique(explicit):
            mine = np.flatnonzero(explicit == e)
            rest = np.square(w).sum() - (np.square(w[e]) if e >= 0 else 0.0)
            fits = last[mine] ** 2 * rest / 2 <= _EXPONENT
            rows, left = mine[fits], mine[~fits]
            if len(rows):
                nodes = last[rows].max(), deviation[rows].max()
                values[rows] += _by_table(w, b, width, e, rest, sets[rows], *nodes)
            if len(left):
                values[left] += _one_by_one(rbm, a, sets[left])
    return values


def _last_node(variance, width):
    """Return the t at which Γ''(t) exp(-V t²/2) has fallen to e^-40."""
    slope = np.pi / width
    return 2 * _CUT / (slope + np.sqrt(slope**2 + 2 * _CUT * variance))


def _by_table(w, b, width, e, rest, sets, last, deviation):
    """Return what one hidden unit gives to sets with the same explicit spin e."""
    order = sets.shape[1]
    dominating = abs(w[e]) if e >= 0 else 0.0
    largest = np.sort(np.abs(w))[-order:].sum() + dominating
    far = largest + _REACH * deviation + _CUT / width
    if abs(b) > far:  # the hidden unit is fixed: it couples nothing
        return np.zeros(len(sets))
    n_nodes = int(np.ceil(last * (abs(b) + far) / (2 * np.pi)))
    step = last / n_nodes
    t = step * (np.arange(n_nodes) + 0.5)
    phase = np.cos(b * t) if order % 2 == 0 else -np.sin(b * t)
    sign = -1.0 if (order - 2) // 2 % 2 else 1.0
    common = sign * step * phase / np.sinh(np.pi * t / width) / t
    common *= np.exp(-rest * t**2 / 2) * (np.cos(w[e] * t) if e >= 0 else 1.0)
    units = np.unique(sets)
    table = np.empty((len(w), n_nodes))
    wt = w[units, None] * t
    table[units] = np.sin(wt) * np.exp(wt**2 / 2)
    values = np.empty(len(sets))
    rows = max(1, _CHUNK // n_nodes)
    for start in range(0, len(sets), rows):
        block = sets[start : start + rows].T
        factors = table[block[0]]
        for column in block[1:]:
            factors *= table[column]
        values[start : start + rows] = factors @ common
    return values


def _one_by_one(rbm, a, sets):
    """Return what one hidden unit gives to sets for which a table would overflow."""
    one = type(rbm)(
        rbm.W[:, [a]], rbm.a, rbm.b[[a]], visible=rbm.visible, hidden=rbm.hidden
    )
    return large_n.direct(one, sets)
