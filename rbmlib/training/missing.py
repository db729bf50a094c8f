"""Training with gaps: what the data do not say is drawn from the machine.

A sample of which only v_K is known has the likelihood p(v_K) = Σ_{v_U} p(v_K, v_U),
with the gradient

    ∂ log p(v_K) = ⟨∂(-E)⟩ given v_K - ⟨∂(-E)⟩ of the machine.

So the model term stays, and in the data term the unknown entries have the machine's own
law given the known ones.  A chain for each sample draws them: when its sample is due,
it makes k sweeps in which the known units stay (`sampling.conditional`), from where it
stood at the sample's last turn.  For method "exact" the unknown entries are summed out
(`likelihood.given`).  The gradient is Fisher's identity: A. P. Dempster, N. M. Laird,
D. B. Rubin (1977), doi:10.1111/j.2517-6161.1977.tb01600.x.

All this holds if the reason why an entry is missing depends on what is known of its
sample, and on nothing else: D. B. Rubin (1976), doi:10.1093/biomet/63.3.581.
"""

import numpy as np

from rbmlib import sampling
from rbmlib.likelihood.given import sums_of_means
from rbmlib.randomness import SWEEPS
from rbmlib.sampling.sampler import Paths
from rbmlib.training.gradient import Statistics

STATE = "unknown"  # its name among the arrays of a trajectory's state
_BLOCK = 1000  # samples


class Unknown:
    """The drawn states of all unknown entries, those of a sample side by side.

    Parameters
    ----------
    data : rbmlib.training.held.HeldGaps
    values : ndarray, shape (n_unknown,)
        Numbers of states, or states of continuous units.
    """

    def __init__(self, data, values):
        self._data, self._values = data, values.copy()
        self._first = np.cumsum(data.n_gaps) - data.n_gaps

    def put(self, drawn):
        """Keep what an update drew; to do so twice changes nothing."""
        if drawn is not None:
            where, values = drawn
            self._values[where] = values

    def values_with(self, drawn):
        """Return all values, with those of an update that are not yet `put`."""
        whole = Unknown(self._data, self._values)
        whole.put(drawn)
        return whole._values

    def filled(self, unit, which, drawn):
        """Return samples with their values, those of an update too, in the gaps."""
        batch = self._data.rows(which)
        values = self.values_with(drawn)[self._places(which)]
        batch.data[batch.mask] = states_of(unit, values)
        return batch.data

    def draw(self, run, which):
        """Return samples without gaps, and what was drawn for them.

        Parameters
        ----------
        run : rbmlib.training.run.Run
        which : ndarray of int
        """
        batch, where = self._data.rows(which), self._places(which)
        v, gaps, k = batch.data, batch.mask, run.settings["k"]
        v[gaps] = states_of(run.visible, self._values[where])
        rows, seed = gaps.any(axis=1), run.settings["seed"]
        if rows.any():
            parameters = run.state.parameters
            sampler = Paths(run.visible, run.hidden, *parameters, seed, "imputation")
            v[rows], _ = sampler.run_known(
                v[rows],
                ~gaps[rows],
                k,
                run.age * k,
                first_chain=0,
                n_threads=1,
                means=False,
            )
        return v, (where, values_of(run.visible, v[gaps]))

    def _places(self, which):
        """Return where the values of some samples stand."""
        n = self._data.n_gaps[which]
        return np.repeat(self._first[which] - (np.cumsum(n) - n), n) + np.arange(
            n.sum()
        )


def unknown_of(trajectory, data):
    """Return the `Unknown` of a run with such `Held` data, or None if it draws none."""
    values = trajectory.state.get(STATE)
    return None if values is None else Unknown(data, values)


def first_values(rbm, data, settings):
    """Return the state of age 0 of data with gaps, as a dict: drawn without a field."""
    if not draws(data, settings):
        return {}
    seed, sweep = settings["seed"], SWEEPS["imputation"].start
    found = []
    for start in range(0, len(data), _BLOCK):
        gaps = data.mask[start : start + _BLOCK]
        v = sampling.random_start(rbm, len(gaps), seed, sweep, first_chain=start)
        found.append(values_of(rbm.visible, v[gaps]))
    return {STATE: np.concatenate(found)}


def draws(data, settings):
    """Return whether a run with such data and settings draws what is unknown."""
    return isinstance(data, np.ma.MaskedArray) and settings["method"] != "exact"


def values_of(unit, states):
    """Return the numbers of states, in a byte each; continuous states as they are.

    Examples
    --------
    >>> from rbmlib.units import SPIN
    >>> values_of(SPIN, np.float32([1, -1])).tolist()
    [1, 0]
    """
    if unit.states is None:
        return states
    return np.searchsorted(unit.states, states).astype(np.uint8)


def states_of(unit, values):
    """Return the states of `values_of`.

    Examples
    --------
    >>> from rbmlib.units import SPIN
    >>> states_of(SPIN, np.uint8([1, 0])).tolist()
    [1.0, -1.0]
    """
    if unit.states is None:
        return values
    return np.array(unit.states, unit.dtype)[values]


def check_values(state, data, unit, settings):
    """Refuse a state whose drawn entries do not fit the data.

    Raises
    ------
    ValueError
        As many as there are gaps, and states of their units, they are not.
    """
    if not draws(data, settings):
        return
    values, n = state[STATE], int(data.mask.sum())
    dtype = values_of(unit, data.data[:1]).dtype
    if values.shape != (n,) or values.dtype != dtype:
        raise ValueError(
            f"trajectory.state[{STATE!r}] must be {dtype} of shape ({n},), one for "
            f"each gap in the data, got {values.dtype} of shape {values.shape}"
        )
    if unit.states is not None and values.max() >= len(unit.states):
        raise ValueError(
            f"trajectory.state[{STATE!r}] must number {len(unit.states)} states from "
            f"0, got {values.max()}"
        )
    whole = data.data.copy()
    whole[data.mask] = states_of(unit, values)
    unit.check(whole, whole.shape[1], f"trajectory.state[{STATE!r}]")


def exact_data_term(rbm, data, weights=None):
    """Return the `Statistics` of data with gaps: ⟨·⟩ given what is known, exactly.

    Parameters
    ----------
    rbm : RBM
    data : MaskedArray, shape (n_samples, n_visible)
    weights : ndarray, shape (n_samples,), optional
        Weights of the data, >= 0.  Default: all equal.

    Raises
    ------
    ValueError
        More than 2^25 states of what is unknown.
    """
    vh, v, h = sums_of_means(rbm, data, weights)
    n = len(data) if weights is None else weights.sum()
    return Statistics(vh.reshape(rbm.W.shape) / n, v.reshape(rbm.a.shape) / n, h / n)
