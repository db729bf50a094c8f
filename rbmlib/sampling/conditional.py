"""Sampling with some visible units known: block Gibbs in which they keep their states.

Given the known units the hidden ones are independent as ever, and so are the unknown
units given the hidden ones.  So a sweep is that of `sampling.gibbs`, after which the
known units are put back.  Every unit keeps its own random numbers: a chain with no unit
known is the free chain, bit for bit.
"""

import numpy as np

from rbmlib.checks import (
    as_numbers,
    check_mask,
    check_positive,
    check_samples,
    check_word,
)
from rbmlib.randomness import address_of
from rbmlib.rbm import RBM, check_machine
from rbmlib.sampling.gibbs import random_start
from rbmlib.sampling.sampler import Paths


def conditional(
    rbm, v, known, n_sweeps, seed, first_sweep=0, first_chain=0, n_threads=1
):
    """Sample the unknown visible units of each row, given its known ones.

    Parameters
    ----------
    rbm : RBM
    v : array_like, shape (n_rows, n_visible)
        States; one chain for each row.  Unknown ones are where the chain starts, or
        NaN: then the start is drawn without a field.
    known : array_like of bool, shape (n_visible,) or (n_rows, n_visible)
        True where v is known.
    n_sweeps : int
        At least 1.
    seed, first_sweep, first_chain, n_threads
        As in `gibbs`.

    Returns
    -------
    v : ndarray, shape (n_rows, n_visible)
        States after n_sweeps: known ones as they came, unknown ones drawn.
    mean : ndarray of float64, shape (n_rows, n_visible) or (n_rows, n_columns)
        Mean of each unit, that of known ones their state: ⟨v⟩ given h, averaged over
        every tenth sweep of the second half of the run, counted from the last one.
        Categorical units: the probability of each state, a column each.

    Raises
    ------
    ValueError, TypeError
        What `gibbs` refuses; a mask that is not of bool or has another shape; a known
        unit that is NaN.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[2.0], [2.0], [-2.0]], [-1.0, -1.0, 1.0], [0.0])
    >>> v, mean = conditional(machine, [[1, np.nan, np.nan]], [True, False, False],
    ...     n_sweeps=4000, seed=0)  # the others go with the first and against it
    >>> v[0, 0], np.round(mean, 1).tolist()
    (np.float32(1.0), [[1.0, 0.7, 0.3]])
    """
    check_machine(rbm)
    n_sweeps = check_positive(n_sweeps, "n_sweeps")
    n_threads = check_positive(n_threads, "n_threads")
    sampler = Paths.of(rbm, seed)
    address_of("runs", first_sweep, n_sweeps), check_word(first_chain, "first_chain")
    v, known = check_known(rbm, v, known, seed, first_sweep, first_chain)
    drawn, mean = sampler.run_known(
        v, known, n_sweeps, first_sweep, first_chain, n_threads
    )
    np.copyto(mean, rbm.visible.encode(v), where=rbm.visible.by_column(known))
    return drawn, mean


def condition(rbm, v, known):
    """Return the machine of the unknown units, given the known ones.

    Given v_K, the others have exactly the law of a machine with the weights that are
    left and hidden biases b_j + Σ_{i in K} v_i W_ij.

    Parameters
    ----------
    rbm : RBM
    v : array_like, shape (n_visible,)
        States; unknown ones have no effect, and may be NaN.
    known : array_like of bool, shape (n_visible,)
        True where v is known; at least one unit is not.

    Returns
    -------
    RBM
        Its visible units are the unknown ones, in their order.

    Raises
    ------
    ValueError, TypeError
        No machine, v of another shape or no states where known, a mask that is not of
        bool, or no unknown unit.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[2.0], [1.0], [-2.0]], [-1.0, -1.0, 1.0], [0.5])
    >>> condition(machine, [1, 0, 0], [True, False, False]).b.tolist()
    [2.5]
    """
    check_machine(rbm)
    v = as_numbers(v, "v", rbm.visible.dtype)
    if v.ndim != 1:
        raise ValueError(
            f"v must have shape (n_visible,) = ({rbm.n_visible},), got {v.shape}"
        )
    v, known = check_known(rbm, v[None], known)
    if known.all():
        raise ValueError("known must leave at least one unit unknown, got none")
    columns = rbm.visible.by_column(known)
    W, a = rbm.W.reshape(columns.size, -1), rbm.a.reshape(-1)
    b = rbm.b + np.where(columns, rbm.visible.encode(v), 0)[0].astype(float) @ W
    left, unit = ~columns[0], rbm.visible.part(~known[0])
    a = a[left].reshape(unit.bias_shape((~known).sum()))
    return RBM(W[left].reshape(*a.shape, -1), a, b, unit, rbm.hidden)


def check_known(rbm, v, known, seed=0, sweep=0, first_chain=0):
    """Return states without gaps and the mask of the known ones, or refuse them.

    Parameters
    ----------
    rbm, v, known
        As in `conditional`.
    seed, sweep, first_chain : int
        Of the states that stand for unknown NaN, as in `random_start`.

    Returns
    -------
    v : ndarray, shape (n_rows, n_visible)
    known : ndarray of bool, shape (n_rows, n_visible)

    Raises
    ------
    ValueError, TypeError
        As in `conditional`.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> v, known = check_known(RBM.random(2, 1, seed=0), [[1, np.nan]], [True, False])
    >>> v.tolist(), known.tolist()
    ([[1.0, 1.0]], [[True, False]])
    """
    check_machine(rbm)
    v = as_numbers(v, "v", rbm.visible.dtype)
    if v.ndim != 2 or len(v) == 0 or v.shape[1] != rbm.n_visible:
        raise ValueError(
            f"v must have shape (n_rows, {rbm.n_visible}) with at least one row, got "
            f"{v.shape}"
        )
    known = check_mask(known, "known", v.shape)
    gaps = np.isnan(v) & ~known if v.dtype.kind == "f" else np.zeros(1, bool)
    if gaps.any():
        v = np.where(gaps, random_start(rbm, len(v), seed, sweep, first_chain), v)
    return check_samples(v, rbm.visible, rbm.n_visible, "v", "row"), known
