"""Couplings by characteristic functions, for hidden units of two states.

In Fourier space the alternating sum over the n spins of a set is a product of sines,
and the average over all other spins a product of cosines.  With g(t) the transform of
Γ'',

J_A = Σ_a 1/π ∫ dt g(t) t^-2 Re[i^(n-2) exp(i b_a t)] Π_k sin(W_ka t) Π_j cos(W_ja t)

over t > 0, with k in A and j outside.  That is exact, with no sum over states.  In the
large-N formula exp(-V_A t²/2) stands for the cosines, V_A = Σ_{j∉A} W_ja²; a spin e
that is summed explicitly keeps its cosine.  A unit of two states, δ apart, has
g(t) = πt / sinh(πt/δ).

Either way the integrand is a product of one factor for each unit of the set: sin/cos,
or sin times exp(W² t²/2), with all units in a common factor.  So a table of units by
nodes serves all sets.

The rule of midpoints with step h repeats J as a function of b with the period 2π/h,
and so is exact up to what J is that far away; both cuts are made where e^-40 is left.
For n < 2 the integral is that of J less its value without other spins, which does not
vanish far away.
"""

from typing import NamedTuple

import numpy as np

from rbmlib.effective_couplings import large_n

_CUT = 40.0  # e^-40 = 4e-18
_REACH = 9.0  # standard deviations; the Gaussian beyond weighs 2e-19
_EXPONENT = 600.0  # the largest power of e in a factor of the table: no overflow
_WIDEST = 1e4  # of the fields that are summed exactly
_TABLE = 2**21  # numbers of the table: 16 MB
_CHUNK = 2**16  # numbers held at once: they stay in the cache


class _Unit(NamedTuple):
    """A hidden unit of two states: its weights, bias, Γ and the distance of states."""

    w: np.ndarray
    b: float
    gamma: object
    width: float


def _units(rbm):
    width = rbm.hidden.high - rbm.hidden.low
    for w, b in zip(rbm.W.T, rbm.b, strict=True):
        yield _Unit(w, float(b), rbm.hidden.log_partition, width)


# ---------------------------------------------------------------- two averages


def exact(rbm, sets):
    """Return the couplings of sets of any order, without a_i, shape (n_sets,).

    Raises
    ------
    ValueError
        A hidden unit with fields beyond 1e4.
    """
    _check_fields(np.abs(rbm.W).sum(0) + np.abs(rbm.b), "25 visible units")
    values = np.zeros(len(sets))
    for unit in _units(rbm):
        far = np.abs(unit.w).sum() + _CUT / unit.width
        last = _last_node(0.0, unit.width)
        values += _alone(unit, sets) + _integral(unit, sets, last, far, _spins)
    return values


def _check_fields(fields, size):
    """Raise ValueError for fields that would take too many nodes."""
    if (widest := float(fields.max())) > _WIDEST:
        raise ValueError(
            f'W and b must give fields up to {_WIDEST:g} for method "exact" with more '
            f"than {size}, got {widest:.6g}"
        )


def gaussian(rbm, sets):
    """Return the couplings of sets of two units or more by the large-N formula.

    Raises
    ------
    ValueError
        As `rbmlib.effective_couplings.large_n.check_width`.
    """
    values = np.zeros(len(sets))
    for a, unit in enumerate(_units(rbm)):
        squares = np.square(unit.w)
        explicit, deviation = (x[:, 0] for x in large_n.outside(rbm.W[:, [a]], sets))
        large_n.check_width(deviation)
        last = _last_node(deviation**2, unit.width)
        for e in np.unique(explicit):
            mine = np.flatnonzero(explicit == e)
            rest = squares.sum() - (squares[e] if e >= 0 else 0.0)
            fits = last[mine] ** 2 * rest / 2 <= _EXPONENT
            rows, left = mine[fits], mine[~fits]
            if len(rows):
                order, size = sets.shape[1], np.abs(unit.w)
                far = np.sort(size)[-order:].sum() + (size[e] if e >= 0 else 0.0)
                far += _REACH * deviation[rows].max() + _CUT / unit.width
                law = _Gaussian(rest, unit.w[e] if e >= 0 else 0.0)
                end = last[rows].max()
                values[rows] += _integral(unit, sets[rows], end, far, law)
            if len(left):
                values[left] += _one_by_one(rbm, a, sets[left])
    return values


def _spins(wt, t):
    """Return the factors of the units, and the common one, of the exact average."""
    cosines = np.cos(wt)
    return np.sin(wt) / cosines, cosines.prod(0)


class _Gaussian(NamedTuple):
    """Factors of the units, and the common one, of the large-N formula."""

    rest: float  # Σ W² of all units but the one that is summed explicitly
    explicit: float  # its weight, or zero

    def __call__(self, wt, t):
        common = np.exp(-self.rest * t**2 / 2) * np.cos(self.explicit * t)
        with np.errstate(over="ignore"):  # of the explicit unit, which is in no set
            return np.sin(wt) * np.exp(wt**2 / 2), common


# ---------------------------------------------------------------- the integral


def _last_node(variance, width):
    """Return the t at which g(t) exp(-V t²/2) has fallen to e^-40."""
    slope = np.pi / width
    return 2 * _CUT / (slope + np.sqrt(slope**2 + 2 * _CUT * variance))


def _integral(unit, sets, last, far, law):
    """Return the integral for each set; J is negligible where |b| is beyond `far`."""
    values, order = np.zeros(len(sets)), sets.shape[1]
    if abs(unit.b) > far or not unit.w.any():
        return values
    n_nodes = int(np.ceil(last * (abs(unit.b) + far) / (2 * np.pi)))
    step = last / n_nodes
    sign = -1.0 if (order - 2) // 2 % 2 else 1.0
    size = max(1, min(_TABLE // len(unit.w), _CHUNK))
    for start in range(0, n_nodes, size):
        t = step * (np.arange(start, min(start + size, n_nodes)) + 0.5)
        phase = np.cos(unit.b * t) if order % 2 == 0 else -np.sin(unit.b * t)
        kernel = sign * step * phase / (t * np.sinh(np.pi * t / unit.width))
        wt = unit.w[:, None] * t
        factors, common = law(wt, t)
        values += _sums(factors, common * kernel, sets)
        if order == 0:
            values -= kernel.sum()
        if order == 1:
            values -= (np.sin(wt) @ kernel)[sets[:, 0]]
    return values


def _sums(factors, common, sets):
    """Return Σ_t common(t) Π_k factors(k, t) over the units k of each set."""
    values, rows = np.empty(len(sets)), max(1, _CHUNK // len(common))
    for start in range(0, len(sets), rows):
        block = sets[start : start + rows]
        product = np.ones((len(block), len(common)))
        for column in block.T:
            product *= factors[column]
        values[start : start + rows] = product @ common
    return values


def _alone(unit, sets):
    """Return J of no or one spin if there were no other spins; zero for more spins."""
    if sets.shape[1] == 0:
        return unit.gamma(np.array(unit.b))
    if sets.shape[1] == 1:
        w = unit.w[sets[:, 0]]
        return (unit.gamma(unit.b + w) - unit.gamma(unit.b - w)) / 2
    return 0.0


def _one_by_one(rbm, a, sets):
    """Return what one hidden unit gives to sets for which a table would overflow."""
    one = type(rbm)(
        rbm.W[:, [a]], rbm.a, rbm.b[[a]], visible=rbm.visible, hidden=rbm.hidden
    )
    return large_n.direct(one, sets)


# ---------------------------------------------------------------- categorical units


def of_sites(W, b, hidden, first):
    """Return Σ_j of M_ik(a, b) of `potts`, centred, of all columns, exactly.

    A site whose state is drawn uniformly gives the mean of its phases exp(i W t) in
    place of a cosine, and each phase less that mean in place of i times a sine.

    Parameters
    ----------
    W : ndarray, shape (n_columns, n_hidden)
    b : ndarray, shape (n_hidden,)
    hidden : unit type of two states
    first : ndarray of int, shape (n_sites,)
        First column of each site.

    Returns
    -------
    ndarray, shape (n_columns, n_columns)
        What stands between columns of the same site has no meaning.

    Raises
    ------
    ValueError
        A hidden unit with fields beyond 1e4.
    """
    largest = np.maximum.reduceat(np.abs(W), first).sum(0)
    _check_fields(largest + np.abs(b), "2^25 states")
    width, widths = hidden.high - hidden.low, np.diff(np.append(first, len(W)))
    last, J = _last_node(0.0, width), np.zeros((len(W),) * 2)
    for w, bias, far in zip(W.T, b, largest + _CUT / width, strict=True):
        if abs(bias) > far:
            continue
        n_nodes = int(np.ceil(last * (abs(bias) + far) / (2 * np.pi)))
        step, size = last / n_nodes, max(1, _TABLE // len(w))
        for start in range(0, n_nodes, size):
            t = step * (np.arange(start, min(start + size, n_nodes)) + 0.5)
            phases = np.exp(1j * w[:, None] * t)
            mean = np.add.reduceat(phases, first) / widths[:, None]
            mean = np.where(mean == 0, 1e-300, mean)  # it is divided by, and multiplied
            factors = phases / np.repeat(mean, widths, axis=0) - 1
            common = -step * np.exp(1j * bias * t) * mean.prod(0)
            common /= t * np.sinh(np.pi * t / width)
            J += ((factors * common) @ factors.T).real
    return J
