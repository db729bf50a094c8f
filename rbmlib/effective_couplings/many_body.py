"""The many-body couplings that hidden units induce between ±1 visible units.

Once the hidden units are summed out, the visible units interact in every order:
-F(s) = Σ_A J_A Π_{i∈A} s_i, a sum over all sets A of visible units.  The coupling of a
set of n units is an average over all the other spins (A. Decelle, C. Furtlehner,
A. Navas Gómez, B. Seoane (2024), doi:10.21468/SciPostPhys.16.4.095),

J_A = Σ_a 2^-n Σ_σ (Π_k σ_k) E_X Γ(b_a + Σ_k σ_k W_{k a} + X_a)   (+ a_i for A = {i}),

with σ_k = ±1 for the units k of A and X_a = Σ_{j∉A} W_ja s_j, s_j = ±1 at random.  The
exact method averages over all states; for many units X_a is close to a Gaussian.
A Gaussian hidden unit has a quadratic Γ and gives pairs only: the Hopfield model.
"""

from itertools import combinations, permutations, product
from math import comb

import numpy as np

from rbmlib import enumeration
from rbmlib.checks import check_choice, check_integer
from rbmlib.rbm import check_machine
from rbmlib.units import SPIN

METHODS = "exact", "gaussian"
_MAX_ENTRIES = 2**27  # of a tensor: 1 GiB
_REACH = 9.0  # standard deviations; the Gaussian beyond weighs 2e-19
_STEP = 0.35  # in units of the field, where Γ has its kink of width about one
_WIDEST = 1e4
_CHUNK = 2**20  # numbers held at once


def couplings(rbm, order, method="exact"):
    """Return the couplings between all sets of `order` visible units.

    Parameters
    ----------
    rbm : RBM
        With ±1 visible units and any hidden units.  A {0, 1} machine has couplings
        after ``rbm.to_spin()``.
    order : int
        Number n of units in a set, between 0 (the constant of -F) and n_visible.
    method : "exact" or "gaussian"
        "exact" sums over all visible states (at most 25 units).  "gaussian" is the
        large-N formula, with X_a a Gaussian of variance Σ_{j∉A} W_ja²; its error is
        largest where few weights matter.  Where one weight carries more than half of
        that variance, its spin is summed explicitly.  The cost grows as the number of
        sets times n_hidden 2^n.

    Returns
    -------
    ndarray, shape (n_visible,) * order
        The coupling of the set {i, j, k} stands at [i, j, k] and at each permutation;
        entries with a repeated index are zero.  Order 2 is the symmetric matrix J.

    Raises
    ------
    ValueError, TypeError
        Visible units that are not ±1, an order out of range, an unknown method, too
        many visible units for "exact", a tensor above 1 GiB, or weights so large that
        the Gaussian has a deviation above 1e4.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> W = [[0.5], [0.8], [1.1]]
    >>> machine = RBM(W, [0, 0, 0], [0.3], visible=SPIN, hidden=SPIN)
    >>> couplings(machine, 1).round(6)
    array([0.071103, 0.105084, 0.174258])
    >>> float(couplings(machine, 3)[0, 1, 2].round(6))
    -0.055633
    """
    order = _check(rbm, order)
    method = check_choice(method, "method", METHODS)
    sets = _sets(rbm.n_visible, order)
    if method == "exact":
        values = all_couplings(rbm)[_bitmasks(sets, rbm.n_visible)]
    else:
        values = _gaussian(rbm, sets)
    tensor = np.zeros((rbm.n_visible,) * order)
    for columns in permutations(sets.T):
        tensor[(*columns, ...)] = values  # the dots: order 0 has no index
    return tensor


def all_couplings(rbm):
    """Return the couplings of all 2^n_visible sets, exactly.

    The couplings are the Walsh–Hadamard transform of -F over all states, which takes
    n_visible 2^n_visible additions for all of them together.

    Parameters
    ----------
    rbm : RBM
        With at most 25 visible units, ±1.

    Returns
    -------
    ndarray, shape (2**n_visible,)
        Entry Σ_{i∈A} 2^(n_visible - 1 - i) is J_A: bits in the order of the rows of
        `rbmlib.enumeration.all_states`.  Entry 0 is the constant.

    Raises
    ------
    ValueError, TypeError
        No machine, visible units that are not ±1, or more than 25 of them.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[1.0], [1.0]], [0, 0], [0], visible=SPIN, hidden=SPIN)
    >>> all_couplings(machine).round(4)  # none, {1}, {0}, {0, 1}
    array([1.3556, 0.    , 0.    , 0.6625])
    """
    _check(rbm, 0)
    states = enumeration.blocks(SPIN, rbm.n_visible)
    f = np.concatenate([-rbm.free_energy(s) for s in states])
    for axis in range(rbm.n_visible):
        # Rows: this unit down or up; the even part stays, the odd part couples.
        pair = f.reshape(2**axis, 2, -1)
        down, up = pair[:, 0].copy(), pair[:, 1].copy()
        pair[:, 0], pair[:, 1] = (up + down) / 2, (up - down) / 2
    return f


def _gaussian(rbm, sets):
    """Return the couplings of the given sets by the large-N formula."""
    values = np.empty(len(sets))
    rows = max(1, _CHUNK // rbm.n_hidden)
    for start in range(0, len(sets), rows):
        block = slice(start, start + rows)
        values[block] = _gaussian_block(rbm, sets[block])
    if sets.shape[1] == 1:
        values += rbm.a[sets[:, 0]]
    return values


def _gaussian_block(rbm, sets):
    inside = rbm.W[sets]  # (n_sets, order, n_hidden)
    shift, deviation = _outside(rbm.W, sets)
    explicit = (-1, 1) if shift.any() else (0,)
    order, gamma = sets.shape[1], rbm.hidden.log_partition
    total = np.zeros(len(sets))
    for signs in product((-1, 1), repeat=order):
        field = rbm.b + np.tensordot(inside, np.array(signs, float), (1, 0))
        for side in explicit:
            mean = gaussian_mean(gamma, field + side * shift, deviation)
            total += np.prod(signs) * mean.sum(-1) / len(explicit)
    return total / 2**order


def _outside(W, sets):
    """Return, for each set and hidden unit, what the other spins contribute.

    Returns
    -------
    shift : ndarray, shape (n_sets, n_hidden)
        Weight of the one spin to sum explicitly, or zero.
    deviation : ndarray, shape (n_sets, n_hidden)
        Standard deviation of the contribution of all others.
    """
    # Among the order + 1 largest weights, at least one belongs to no unit of the set.
    ranked = np.argsort(-np.abs(W), axis=0)[: sets.shape[1] + 1]
    taken = (ranked == sets[:, :, None, None]).any(1)
    first = np.take_along_axis(ranked[None], taken.argmin(1)[:, None], 1)[:, 0]
    largest = np.abs(np.take_along_axis(W, first, 0)) * ~taken.all(1)
    variance = np.square(W).sum(0) - np.square(W[sets]).sum(1)
    shift = np.where(2 * largest**2 > variance, largest, 0.0)
    return shift, np.sqrt(np.maximum(variance - shift**2, 0.0))


def gaussian_mean(gamma, x, deviation):
    """Return E Γ(x + deviation z) with z standard normal, elementwise.

    The trapezoidal rule, which converges exponentially for analytic functions; Gauss–
    Hermite nodes are too sparse near the kink of Γ when the deviation is large.

    Raises
    ------
    ValueError
        Deviations above 1e4, which would take more than 500,000 nodes.
    """
    if (largest := float(deviation.max(initial=0.0))) > _WIDEST:
        raise ValueError(
            f"W must give fields of a standard deviation up to {_WIDEST:g} for method "
            f'"gaussian", got {largest:.6g}'
        )
    step = min(0.5, _STEP / max(deviation.max(initial=0.0), 1e-300))
    nodes = step * np.arange(-int(_REACH / step), int(_REACH / step) + 1)
    weights = np.exp(-(nodes**2) / 2)
    weights /= weights.sum()
    total = np.zeros_like(x)
    for z, weight in zip(nodes, weights, strict=True):
        total += weight * gamma(x + z * deviation)
    return total


def _check(rbm, order):
    """Return the order as an int, or raise ValueError or TypeError."""
    check_machine(rbm)
    if rbm.visible.states != (-1.0, 1.0):
        hint = "; map it with rbm.to_spin()[0]" if rbm.visible.bits else ""
        raise ValueError(
            f"rbm must have ±1 visible units, got {rbm.visible.name} units{hint}"
        )
    order = check_integer(order, "order")
    if not 0 <= order <= rbm.n_visible:
        raise ValueError(
            f"order must be between 0 and n_visible = {rbm.n_visible}, got {order}"
        )
    return order


def _sets(n_visible, order):
    """Return all sets of units as rows of increasing indices."""
    if n_visible**order > _MAX_ENTRIES:
        raise ValueError(
            f"order must make a tensor of at most {_MAX_ENTRIES} entries, got "
            f"{order} of {n_visible} units, {n_visible**order} entries; "
            "use all_couplings"
        )
    sets = np.array(list(combinations(range(n_visible), order)), dtype=np.int64)
    return sets.reshape(comb(n_visible, order), order)


def _bitmasks(sets, n_visible):
    return (1 << (n_visible - 1 - sets)).sum(1)
