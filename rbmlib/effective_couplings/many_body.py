"""The many-body couplings that hidden units induce between ±1 visible units.

Once the hidden units are summed out, the visible units interact in every order:
-F(s) = Σ_A J_A Π_{i∈A} s_i, a sum over all sets A of visible units.  The coupling of a
set of n units is an average over all the other spins (A. Decelle, C. Furtlehner,
A. Navas Gómez, B. Seoane (2024), doi:10.21468/SciPostPhys.16.4.095),

J_A = Σ_a 2^-n Σ_σ (Π_k σ_k) E_X Γ(b_a + Σ_k σ_k W_{k a} + X_a)   (+ a_i for A = {i}),

with σ_k = ±1 for the units k of A and X_a = Σ_{j∉A} W_ja s_j, s_j = ±1 at random.  The
exact method averages over all states, or for many units of two states integrates over
one number (`characteristic`); in the large-N formula X_a is a Gaussian (`large_n`).  A
Gaussian hidden unit has a quadratic Γ and gives pairs only: the Hopfield model.
"""

from itertools import chain, combinations, islice, permutations
from math import comb

import numpy as np

from rbmlib import enumeration
from rbmlib.checks import check_choice, check_integer, check_integers
from rbmlib.effective_couplings import characteristic, large_n
from rbmlib.rbm import check_machine
from rbmlib.units import SPIN

METHODS = "exact", "gaussian"
_MAX_ENTRIES = 2**27  # of a tensor: 1 GiB
_BLOCK = 2**17  # sets held at once
_MOST_SUMMED = 25  # visible units whose states are summed one by one


def couplings(rbm, order, method="exact", sets=None):
    """Return the couplings between all sets of `order` visible units, or some of them.

    Parameters
    ----------
    rbm : RBM
        With ±1 visible units and any hidden units.  A {0, 1} machine has couplings
        after ``rbm.to_spin()``.
    order : int
        Number n of units in a set, between 0 (the constant of -F) and n_visible.
    method : "exact" or "gaussian"
        "exact" sums over all visible states of up to 25 units.  Machines with more are
        answered, to 1e-12 of their weights, if their hidden units have two states, or a
        quadratic Γ.  "gaussian" is the large-N formula, with X_a a Gaussian of variance
        Σ_{j∉A} W_ja²; its error is largest where few weights matter.  Where one weight
        carries more than half of that variance, its spin is summed explicitly.  The
        cost of both grows as the number of sets times n_hidden; with hidden units of
        more than two states, times 2^n.
    sets : array_like of int, shape (n_sets, order), optional
        The sets to answer for, each with `order` different units in any order.

    Returns
    -------
    ndarray, shape (n_visible,) * order, or (n_sets,) if sets are given
        The coupling of the set {i, j, k} stands at [i, j, k] and at each permutation;
        entries with a repeated index are zero.  Order 2 is the symmetric matrix J.
        With sets, one coupling for each of them.

    Raises
    ------
    ValueError, TypeError
        Visible units that are not ±1, an order out of range, an unknown method, too
        many visible units for "exact", a tensor above 1 GiB, weights so large that
        the Gaussian has a deviation above 1e4 or fields of more than 25 units reach
        1e4, or sets that are not integers, have another shape, a unit that is not
        there or the same unit twice.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> W = [[0.5], [0.8], [1.1]]
    >>> machine = RBM(W, [0, 0, 0], [0.3], visible=SPIN, hidden=SPIN)
    >>> couplings(machine, 1).round(6)
    array([0.071103, 0.105084, 0.174258])
    >>> float(couplings(machine, 3)[0, 1, 2].round(6))
    -0.055633
    >>> couplings(machine, 2, sets=[[0, 2], [1, 2]]).round(6)
    array([0.298553, 0.528445])
    """
    order = _check(rbm, order)
    method = check_choice(method, "method", METHODS)
    values = _exact(rbm) if method == "exact" else _gaussian(rbm)
    if sets is not None:
        sets = _check_sets(sets, order, rbm.n_visible)
        blocks = range(0, len(sets), _BLOCK)
        return np.concatenate([values(sets[i : i + _BLOCK]) for i in blocks])
    tensor = _empty(rbm.n_visible, order)
    for block in _all_sets(rbm.n_visible, order):
        found = values(block)
        for columns in permutations(block.T):
            tensor[(*columns, ...)] = found  # the dots: order 0 has no index
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


def _check_sets(sets, order, n_visible):
    """Return sets of units as rows of indices, or raise ValueError or TypeError."""
    if order == 0:
        raise ValueError(f"sets must be None for order 0, got {sets!r}")
    sets = check_integers(sets, "sets", ("n_sets", order), 0, n_visible - 1)
    ordered = np.sort(sets, axis=1)
    twice = (ordered[:, 1:] == ordered[:, :-1]).any(1)
    if twice.any():
        raise ValueError(
            f"sets must have {order} different units each, got {sets[twice][0]}"
        )
    return sets


def _exact(rbm):
    """Return the function from sets to their couplings, exactly."""
    if rbm.n_visible > _MOST_SUMMED and rbm.hidden.bits:
        return lambda sets: characteristic.exact(rbm, sets) + _fields(rbm, sets)
    if rbm.n_visible > _MOST_SUMMED and rbm.hidden.quadratic:
        # Only the first two moments of X_a matter, and those are the Gaussian's.
        return _gaussian(rbm)
    every = all_couplings(rbm)
    return lambda sets: every[(1 << (rbm.n_visible - 1 - sets)).sum(1)]


def _gaussian(rbm):
    """Return the function from sets to their couplings by the large-N formula."""
    if rbm.hidden.bits:
        return lambda sets: (
            characteristic.gaussian(rbm, sets)
            if sets.shape[1] >= 2
            else large_n.direct(rbm, sets) + _fields(rbm, sets)
        )
    return lambda sets: large_n.direct(rbm, sets) + _fields(rbm, sets)


def _fields(rbm, sets):
    """Return what the visible biases give to sets: a_i to {i}."""
    return rbm.a[sets[:, 0]] if sets.shape[1] == 1 else 0.0


def _empty(n_visible, order):
    """Return a tensor of zeros, or raise ValueError if it is too large."""
    if n_visible**order > _MAX_ENTRIES:
        raise ValueError(
            f"order must make a tensor of at most {_MAX_ENTRIES} entries, got "
            f"{order} of {n_visible} units, {n_visible**order} entries; name the sets, "
            "or use all_couplings"
        )
    return np.zeros((n_visible,) * order)


def _all_sets(n_visible, order):
    """Yield all sets of units in blocks, as rows of increasing indices."""
    every = combinations(range(n_visible), order)
    for start in range(0, (n_sets := comb(n_visible, order)), _BLOCK):
        n = min(_BLOCK, n_sets - start)
        units = chain.from_iterable(islice(every, n))
        yield np.fromiter(units, np.int64, n * order).reshape(n, order)
