"""Exact sums over all states of a small layer: the oracle of this library.

The marginal of one layer is known in closed form, so only one layer is enumerated:
Z = Σ_h exp(b·h + Σ_i Γ_i(a_i + Σ_j W_ij h_j)), and the same with v and h exchanged.
Sums run in blocks, so that memory stays small up to the limit of 2^25 states.
"""

import numpy as np
from scipy.special import logsumexp, xlogy

MAX_UNITS = 25
_BLOCK_BITS = 14


def all_states(unit, n_units):
    """Return every configuration of a layer, last unit fastest.

    Parameters
    ----------
    unit : BINARY or SPIN
    n_units : int
        At most 25.

    Returns
    -------
    ndarray of float64, shape (2**n_units, n_units)

    Examples
    --------
    >>> from rbmlib.units import SPIN
    >>> all_states(SPIN, 2).tolist()
    [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]
    """
    check_enumerable(unit, n_units)
    return _states_between(unit, n_units, 0, 2**n_units)


def check_enumerable(unit, n_units):
    """Raise ValueError unless a layer has at most 2^25 states."""
    if unit.states is None:
        raise ValueError("a layer of Gaussian units has no finite list of states")
    if n_units > MAX_UNITS:
        raise ValueError(
            f"exact enumeration is limited to {MAX_UNITS} units (2^{MAX_UNITS} "
            f"states), got {n_units}; use rbmlib.likelihood.ais"
        )


def blocks(unit, n_units):
    """Yield all states of a layer in blocks of at most 2^14 rows."""
    check_enumerable(unit, n_units)
    step = 2 ** min(n_units, _BLOCK_BITS)
    for start in range(0, 2**n_units, step):
        yield _states_between(unit, n_units, start, start + step)


def _states_between(unit, n_units, start, stop):
    numbers = np.arange(start, stop, dtype=np.int64)[:, None]
    bits = (numbers >> np.arange(n_units - 1, -1, -1)) & 1
    low, high = unit.states
    return np.where(bits == 1, high, low)


def enumerated_layer(rbm):
    """Return "hidden" or "visible": the layer whose states are summed.

    Raises
    ------
    ValueError
        If no layer of the machine has at most 2^25 states.
    """
    sizes = {"hidden": rbm.n_hidden, "visible": rbm.n_visible}
    units = {"hidden": rbm.hidden, "visible": rbm.visible}
    discrete = [name for name in sizes if units[name].states is not None]
    if not discrete:
        raise ValueError("both layers are Gaussian: sums are integrals, not states")
    name = min(discrete, key=sizes.get)
    check_enumerable(units[name], sizes[name])
    return name


def log_z(rbm):
    """Return log Z of a machine with at least one small discrete layer."""
    return logsumexp([logsumexp(logs) for _, logs in _weighted_blocks(rbm)])


def probabilities(rbm):
    """Return the states of the enumerated layer and their exact probabilities.

    Returns
    -------
    states : ndarray, shape (2**n, n)
    p : ndarray, shape (2**n,)
    """
    pairs = list(_weighted_blocks(rbm))
    states = np.concatenate([pair[0] for pair in pairs])
    logs = np.concatenate([pair[1] for pair in pairs])
    return states, np.exp(logs - logsumexp(logs))


def visible_probabilities(rbm):
    """Return all visible states and p(v), whichever layer is smaller.

    Returns
    -------
    v : ndarray, shape (2**n_visible, n_visible)
    p : ndarray, shape (2**n_visible,)
    """
    v = all_states(rbm.visible, rbm.n_visible)
    return v, np.exp(-rbm.free_energy(v) - rbm.log_z())


def divergence(p, q):
    """Return KL(p ‖ q) = Σ p log(p/q) in nats: 0 if p = q, inf if q misses a state.

    Parameters
    ----------
    p, q : array_like, same shape
        Probabilities of the same states.

    Examples
    --------
    >>> round(divergence([1.0, 0.0], [0.5, 0.5]), 6)
    0.693147
    """
    p, q = np.asarray(p), np.asarray(q)
    return float((xlogy(p, p) - xlogy(p, q)).sum())


def moments(rbm):
    """Return ⟨v⟩, ⟨h⟩ and ⟨v hᵀ⟩ of a machine, exactly.

    Returns
    -------
    mean_v : ndarray, shape (n_visible,)
    mean_h : ndarray, shape (n_hidden,)
    mean_vh : ndarray, shape (n_visible, n_hidden)
    """
    total = log_z(rbm)
    mean_v, mean_h = np.zeros(rbm.n_visible), np.zeros(rbm.n_hidden)
    mean_vh = np.zeros((rbm.n_visible, rbm.n_hidden))
    hidden_first = enumerated_layer(rbm) == "hidden"
    for states, logs in _weighted_blocks(rbm):
        p = np.exp(logs - total)
        v, h = (
            (rbm.mean_v(states), states)
            if hidden_first
            else (states, rbm.mean_h(states))
        )
        mean_v += p @ v
        mean_h += p @ h
        mean_vh += (v * p[:, None]).T @ h
    return mean_v, mean_h, mean_vh


def _weighted_blocks(rbm):
    """Yield (states, log weights) of the enumerated layer."""
    if enumerated_layer(rbm) == "hidden":
        for h in blocks(rbm.hidden, rbm.n_hidden):
            yield h, -rbm.hidden_free_energy(h)
    else:
        for v in blocks(rbm.visible, rbm.n_visible):
            yield v, -rbm.free_energy(v)
