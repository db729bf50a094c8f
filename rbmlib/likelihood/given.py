"""Sums over all that is not known of a row, exactly.

Given its known units v_K, a row has the weight Σ_{v_U} exp(-F(v_K, v_U)), and its
unknown and hidden units have means.  Two ways lead there, and each row goes the shorter
one: over all completions of the row, with the hidden units summed in closed form; or
over all hidden states, with the unknown units summed in closed form,

    Σ_h exp(b·h + v_K·(a_K + W_K h) + Σ_{i in U} Γ_i(a_i + Σ_j W_ij h_j)).
"""

import numpy as np
from scipy.special import logsumexp

from rbmlib.enumeration import MAX_STATES, MAX_UNITS

_NUMBERS = 2**22  # held at once
_BLOCK = 2**14  # states
_FEW = 2**12  # hidden states, which cost less than a pattern of gaps of its own


def log_weights(rbm, data):
    """Return log Σ_{v_U} exp(-F(v_K, v_U)) of each row, shape (n_rows,).

    Parameters
    ----------
    rbm : RBM
    data : MaskedArray, shape (n_rows, n_visible)
        States, masked where they are not known.

    Raises
    ------
    ValueError
        A row with more than 2^25 completions, beside more than 2^25 hidden states.
    """
    out = np.empty(len(data))
    for rows, terms in _parts(rbm, data):
        out[rows] = terms.log_weights()
    return out


def longest_sum(rbm, data):
    """Return over how many states `log_weights` sums for a row, at most.

    Parameters
    ----------
    rbm : RBM
    data : MaskedArray, shape (n_rows, n_visible)

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM.random(5, 3, seed=0)
    >>> mask = [[False] * 5, [True, True, False, False, False], [True] * 5]
    >>> data = np.ma.array(np.zeros((3, 5)), mask=mask)
    >>> longest_sum(machine, data[:2]), longest_sum(machine, data)
    (4, 8)
    """
    patterns = np.unique(~np.ma.getmaskarray(data), axis=0)
    n_hidden = _hidden_states(rbm)
    return max(min(_completions(rbm, known), n_hidden) for known in patterns)


def sums_of_means(rbm, data, weights=None):
    """Return Σ w ⟨v hᵀ⟩, Σ w ⟨v⟩ and Σ w ⟨h⟩ over rows, given what is known of each.

    Parameters, errors
        As of `log_weights`; ``weights`` of shape (n_rows,), >= 0, or None for all 1.

    Returns
    -------
    ndarrays of shape (n_columns, n_hidden), (n_columns,) and (n_hidden,)
    """
    weights = np.ones(len(data)) if weights is None else weights
    n_columns, n_hidden = rbm.columns.W.shape
    sums = np.zeros((n_columns, n_hidden)), np.zeros(n_columns), np.zeros(n_hidden)
    for rows, terms in _parts(rbm, data):
        total, w = terms.log_weights()[:, None], weights[rows, None]
        for logs, states in terms.blocks():
            found = terms.means(w * np.exp(logs - total), states)
            for x, y in zip(sums, found, strict=True):
                x += y
    return sums


class _Completions:
    """Rows with the same unknown units, and their completions."""

    def __init__(self, rbm, v, known):
        self._rbm, self._v, self._known = rbm, v, known
        self._n_states = _completions(rbm, known)

    def blocks(self):
        rbm, step = self._rbm, max(1, _NUMBERS // (self._v.size * 4))
        for start in range(0, self._n_states, step):
            stop = min(start + step, self._n_states)
            states = np.repeat(self._v[:, None], stop - start, axis=1)
            if (unknown := ~self._known).any():
                unit = rbm.visible.part(unknown)
                found = unit.states_between(unknown.sum(), start, stop)
                states[:, :, unknown] = found
            yield -rbm.free_energy(states), states

    def log_weights(self):
        logs = [logsumexp(logs, axis=1) for logs, _ in self.blocks()]
        return logsumexp(logs, axis=0)

    def means(self, p, states):
        h = self._rbm.mean_h(states).reshape(p.size, -1)
        v = self._rbm.visible.encode(states).reshape(p.size, -1)
        weighted = v * p.reshape(-1, 1)
        return weighted.T @ h, weighted.sum(0), p.reshape(-1) @ h


class _HiddenStates:
    """Rows with any units unknown, and the states of the hidden layer."""

    def __init__(self, rbm, v, known):
        W, a, b = rbm.columns
        self._rbm, self._unknown = rbm, (~known).astype(np.float64)
        self._columns = rbm.visible.by_column(known)
        self._v = np.where(self._columns, rbm.visible.encode(v), 0.0)
        own = np.where(known, rbm.visible.energy(v), 0.0)
        self._field, self._known = self._v @ W + b, self._v @ a - own.sum(1)

    def blocks(self):
        rbm, n = self._rbm, self._rbm.n_hidden
        n_states = rbm.hidden.n_states(n)
        for start in range(0, n_states, _BLOCK):
            stop = min(start + _BLOCK, n_states)
            h = rbm.hidden.states_between(n, start, stop)
            gamma = rbm.visible.log_partition(rbm.visible_field(h).reshape(len(h), -1))
            logs = self._field @ h.T + self._unknown @ gamma.T
            yield logs + (self._known[:, None] - rbm.hidden.energy(h).sum(1)), h

    def log_weights(self):
        logs = [logsumexp(logs, axis=1) for logs, _ in self.blocks()]
        return logsumexp(logs, axis=0)

    def means(self, p, h):
        m = self._rbm.mean_v(h).reshape(len(h), -1)  # of the unknown units
        of_states = (p.T @ ~self._columns) * m
        mean_h = p @ h
        vh = self._v.T @ mean_h + of_states.T @ h
        # What is known adds its state once: its p add up to its weight over all blocks.
        v = p.sum(1) @ self._v + of_states.sum(0)
        return vh, v, mean_h.sum(0)


def _parts(rbm, data):
    """Yield (rows, terms) so that each row is in one of them."""
    v, known, n_hidden = data.data, ~data.mask, _hidden_states(rbm)
    by_hidden = np.full(len(v), n_hidden <= _FEW)
    if not by_hidden.all():
        patterns, of_row = np.unique(known, axis=0, return_inverse=True)
        for number, pattern in enumerate(patterns):
            rows, n_states = of_row.reshape(-1) == number, _completions(rbm, pattern)
            if min(n_states, n_hidden) > MAX_STATES:
                _refuse(rbm, pattern)
            by_hidden[rows] = n_hidden < n_states
            if n_states <= n_hidden:
                for part in _chunks(rows, n_states * 4 * v.shape[1]):
                    yield part, _Completions(rbm, v[part], pattern)
    for part in _chunks(by_hidden, min(n_hidden, _BLOCK)):
        yield part, _HiddenStates(rbm, v[part], known[part])


def _chunks(mask, numbers_of_a_row):
    """Yield the rows of a mask, as many at once as memory is meant for."""
    rows, step = np.flatnonzero(mask), max(1, _NUMBERS // numbers_of_a_row)
    for start in range(0, len(rows), step):
        yield rows[start : start + step]


def _hidden_states(rbm):
    """Return the number of states of the hidden layer; more than 2^25 if too many."""
    n = rbm.n_hidden
    n_states = rbm.hidden.n_states(n) if n <= MAX_UNITS else None
    return MAX_STATES + 1 if n_states is None else n_states


def _completions(rbm, known):
    """Return the number of completions of a row; more than 2^25 if too many."""
    n = int((~known).sum())
    if n == 0:
        return 1
    n_states = rbm.visible.part(~known).n_states(n) if n <= MAX_UNITS else None
    return MAX_STATES + 1 if n_states is None else n_states


def _refuse(rbm, known):
    raise ValueError(
        f"data must leave at most 2^{MAX_UNITS} states of the unknown units, or of the "
        f"hidden layer, to be summed; got {(~known).sum()} unknown units in a row, and "
        f"{rbm.n_hidden} {rbm.hidden.name} hidden units"
    )
