"""Exact sums over all states of a small layer: the oracle of this library.

The marginal of one layer is known in closed form, so only one layer is enumerated:
Z = Σ_h exp(b·h + Σ_i Γ_i(a_i + Σ_j W_ij h_j)), and the same with v and h exchanged.
Sums run in blocks, so that memory stays small up to the limit of 2^25 states.
"""

import numpy as np
from scipy.special import logsumexp, xlogy

from rbmlib.checks import check_array, check_positive, said
from rbmlib.units import check_unit
from rbmlib.units.layers import check_layers

MAX_UNITS = 25
MAX_STATES = 2**MAX_UNITS
TOLERANCE = 1e-6  # of a probability, and of a sum of them, also of single precision
_BLOCK = 2**14


def all_states(unit, n_units):
    """Return every configuration of a layer, last unit fastest.

    Parameters
    ----------
    unit : discrete unit type
    n_units : int
        At most 25 units of two states; at most 2^25 configurations of others.

    Returns
    -------
    ndarray of float64, shape (n_states, n_units)
        Categorical units: of int32.

    Raises
    ------
    ValueError, TypeError
        No unit type, a number of units that is no integer >= 1, continuous units, or
        too many configurations.

    Examples
    --------
    >>> from rbmlib.units import SPIN
    >>> all_states(SPIN, 2).tolist()
    [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]
    """
    n_states = check_enumerable(unit, n_units)
    return unit.states_between(n_units, 0, n_states)


def check_enumerable(unit, n_units):
    """Return the number of states of a layer, or raise ValueError above 2^25."""
    check_unit(unit, "unit")
    n_units = check_positive(n_units, "n_units")
    if unit.states is None:
        raise ValueError(
            f"unit must be discrete, but a layer of {unit.name.title()} units has no "
            f"finite list of states; got {unit!r}"
        )
    # Each unit has two states or more: many units need not be counted.
    n_states = unit.n_states(n_units) if n_units <= MAX_UNITS else MAX_STATES + 1
    if n_states > MAX_STATES and len(unit.states) > 2:
        raise ValueError(
            f"exact enumeration is limited to 2^{MAX_UNITS} states, got {n_units} "
            f"units of up to {len(unit.states)} states; use rbmlib.likelihood.ais"
        )
    if n_states > MAX_STATES:
        raise ValueError(
            f"exact enumeration is limited to {MAX_UNITS} units (2^{MAX_UNITS} "
            f"states), got {n_units}; use rbmlib.likelihood.ais"
        )
    return n_states


def blocks(unit, n_units):
    """Return an iterator over all states of a layer, in blocks of at most 2^14 rows.

    Parameters, errors
        As in `all_states`.

    Examples
    --------
    >>> from rbmlib.units import BINARY
    >>> [len(states) for states in blocks(BINARY, 15)]
    [16384, 16384]
    """
    n_states = check_enumerable(unit, n_units)
    return (
        unit.states_between(n_units, start, min(start + _BLOCK, n_states))
        for start in range(0, n_states, _BLOCK)
    )


def enumerated_layer(rbm):
    """Return "hidden" or "visible": the layer whose states are summed.

    Raises
    ------
    ValueError
        If no layer of the machine has at most 2^25 states.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> enumerated_layer(RBM.random(784, 10, seed=0))
    'hidden'
    """
    check_layers(rbm)
    layers = {
        "hidden": (rbm.hidden, rbm.n_hidden),
        "visible": (rbm.visible, rbm.n_visible),
    }
    sizes = {name: unit.n_states(n) for name, (unit, n) in layers.items()}
    discrete = [name for name, size in sizes.items() if size is not None]
    if not discrete:
        raise ValueError(
            f"both layers, {rbm.visible.name} and {rbm.hidden.name}, are continuous: "
            "sums are integrals, not states"
        )
    name = min(discrete, key=sizes.get)
    check_enumerable(*layers[name])
    return name


def log_z(rbm):
    """Return log Z of a machine with at least one small discrete layer.

    Raises
    ------
    ValueError
        No layer of at most 2^25 states.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> float(log_z(RBM([[0.0]], [0.0], [0.0])).round(6))  # log 4
    1.386294
    """
    return logsumexp([logsumexp(logs) for _, logs in _weighted_blocks(rbm)])


def probabilities(rbm):
    """Return the states of the enumerated layer and their exact probabilities.

    Returns
    -------
    states : ndarray, shape (n_states, n)
    p : ndarray, shape (n_states,)

    Raises
    ------
    ValueError
        No layer of at most 2^25 states, or energies above 4.5e9.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> states, p = probabilities(RBM([[0.0], [0.0]], [0.0, 0.0], [0.0]))
    >>> states.tolist(), p.round(6).tolist()
    ([[0.0], [1.0]], [0.5, 0.5])
    """
    pairs = list(_weighted_blocks(rbm))
    states = np.concatenate([pair[0] for pair in pairs])
    logs = np.concatenate([pair[1] for pair in pairs])
    _check_known(logs, rbm)
    return states, np.exp(logs - logsumexp(logs))


def visible_probabilities(rbm):
    """Return all visible states and p(v), whichever layer is smaller.

    Returns
    -------
    v : ndarray, shape (n_states, n_visible)
    p : ndarray, shape (n_states,)

    Raises
    ------
    ValueError
        Continuous visible units, more than 2^25 of their states, or energies above
        4.5e9.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> v, p = visible_probabilities(RBM([[0.0]], [0.0], [0.0]))
    >>> v.tolist(), p.round(6).tolist()
    ([[0.0], [1.0]], [0.5, 0.5])
    """
    check_layers(rbm)
    v = all_states(rbm.visible, rbm.n_visible)
    logs = -rbm.free_energy(v)
    _check_known(logs, rbm)
    return v, np.exp(logs - rbm.log_z())


def divergence(p, q):
    """Return KL(p ‖ q) = Σ p log(p/q) in nats: 0 if p = q, inf if q misses a state.

    Parameters
    ----------
    p, q : array_like, same shape
        Probabilities of the same states; each adds up to 1.

    Raises
    ------
    ValueError
        No probabilities, or another number of them.

    Examples
    --------
    >>> round(divergence([1.0, 0.0], [0.5, 0.5]), 6)
    0.693147
    """
    p, q = _check_law(p, "p"), _check_law(q, "q")
    if p.shape != q.shape:
        raise ValueError(f"q must have the shape of p, {p.shape}, got {q.shape}")
    return float((xlogy(p, p) - xlogy(p, q)).sum())


def moments(rbm):
    """Return ⟨v⟩, ⟨h⟩ and ⟨v hᵀ⟩ of a machine, exactly.

    Returns
    -------
    mean_v : ndarray, shape of the visible biases
        Categorical units: the probability of each state.
    mean_h : ndarray, shape (n_hidden,)
    mean_vh : ndarray, shape of W

    Raises
    ------
    ValueError
        No layer of at most 2^25 states, or energies above 4.5e9.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> mean_v, mean_h, mean_vh = moments(RBM([[0.0]], [0.0], [0.0]))
    >>> mean_v.tolist(), mean_h.tolist(), mean_vh.tolist()
    ([0.5], [0.5], [[0.25]])
    """
    total = log_z(rbm)
    n_columns = rbm.a.size
    mean_v, mean_h = np.zeros(n_columns), np.zeros(rbm.n_hidden)
    mean_vh = np.zeros((n_columns, rbm.n_hidden))
    hidden_first = enumerated_layer(rbm) == "hidden"
    for states, logs in _weighted_blocks(rbm):
        _check_known(logs, rbm)
        p = np.exp(logs - total)
        if hidden_first:
            v, h = rbm.mean_v(states).reshape(len(p), -1), states
        else:
            v, h = rbm.visible.encode(states), rbm.mean_h(states)
        mean_v += p @ v
        mean_h += p @ h
        mean_vh += (v * p[:, None]).T @ h
    # Probabilities add up to 1 but for rounding, which must not leave the range.
    mean_v = np.clip(mean_v, rbm.visible.low, rbm.visible.high)
    mean_h = np.clip(mean_h, rbm.hidden.low, rbm.hidden.high)
    return mean_v.reshape(rbm.a.shape), mean_h, mean_vh.reshape(rbm.W.shape)


def _check_law(p, argument):
    """Return probabilities of all states, or raise ValueError."""
    p = check_array(p, argument, (...,), 0, 1)
    total = p.sum()
    if abs(total - 1) > TOLERANCE:
        raise ValueError(f"{argument} must add up to 1, got {said(total)}")
    return p


def _check_known(logs, rbm):
    """Refuse logarithms of probabilities that rounding changes by more than 1e-6.

    A sum of energies of the size E is known to some E times 2e-16.
    """
    largest = float(np.abs(logs).max())
    if not np.finfo(float).eps * largest < TOLERANCE:
        raise ValueError(
            "rbm must have energies below 4.5e9, whose differences give probabilities "
            f"to {TOLERANCE:g}, got {largest:.3g} in {rbm!r}"
        )


def _weighted_blocks(rbm):
    """Yield (states, log weights) of the enumerated layer."""
    if enumerated_layer(rbm) == "hidden":
        for h in blocks(rbm.hidden, rbm.n_hidden):
            yield h, -rbm.hidden_free_energy(h)
    else:
        for v in blocks(rbm.visible, rbm.n_visible):
            yield v, -rbm.free_energy(v)
