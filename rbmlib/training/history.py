"""What a run measures at its stored ages: the rows of its history.

=================  ===============================================================
age                updates made
learning_rate      of the last update; at age 0 of the first
time               sum of the learning rates of all updates made
train              mean log-likelihood of at most 1000 training data, always the
                   same, weighted as they are, in nats per sample; of what is
                   known of them, NaN where that sums more than 2^14 states for a row
validation         that of the validation data
error              standard error of log Z, 0 where it is a sum over all states
verdict            "trusted", or why not
norm               |W|, the root of the sum of all squared weights
singular_value     the largest of W
susceptibility     χ, the layer susceptibility at the means of the same training data:
                   the largest singular value of D_v^½ W D_h^½, D the units' variances;
                   NaN where method "exact" sums over gaps
acceptance         of a method that exchanges machines, the share it accepted; else NaN
=================  ===============================================================

Log-likelihoods are those of the stored machine, and NaN without validation data.  Log Z
is summed where a layer has at most 2^14 states.  Else it is the larger of the estimate
of `likelihood.ais` and the lower bound of `likelihood.mean_field_bound`; where the
bound refutes the estimate, the row says so, and its log-likelihoods are upper bounds.
The bound needs no chain to find a mode, but one mode at a time is all it sees:
`likelihood.assess` asks more routes.  An annealed row makes 1000 sweeps of 200 chains,
the work of 100 updates of ten sweeps.
"""

import numpy as np

from rbmlib import likelihood
from rbmlib.checks import check_flag
from rbmlib.likelihood.bound import refuted_by
from rbmlib.likelihood.given import longest_sum
from rbmlib.mean_field.response import response_at
from rbmlib.training.held import chosen

N_DATA = 1000
MOST_STATES = 2**14
ANNEALING = {"n_chains": 200, "n_temperatures": 1000}


class Recorder:
    """Records rows, shows them to the callback, and says when to stop.

    Parameters
    ----------
    run : Run
    given : Given
    """

    def __init__(self, run, given):
        self._given, self._row = given, None
        asked = given.validation, given.callback, given.learning_rate, run.history
        self._is_on = any(x is not None for x in asked)
        self.note = self.reason = None  # texts for the bar

    def owes_a_row(self, run, ages):
        """Return whether the age of the run is to be stored, and has no row yet."""
        history = run.history
        last = None if history is None else history["age"][-1]
        stored = run.age == 0 or run.age in ages
        return self._is_on and stored and last != run.age

    def record(self, run):
        """Record the row of the present age."""
        if not self._is_on:
            return
        row = row_of(run, self._given.validation)
        run.record(row)
        self._row = row
        if self._given.validation is not None:
            known = f"{row['train']:.2f}, " if row["train"] == row["train"] else ""
            self.note = (
                f"log-likelihood {known}validation {row['validation']:.2f} "
                f"({row['verdict']})"
            )

    def stops(self, run):
        """Return whether the callback, or patience, ends the run at this age.

        Raises
        ------
        TypeError
            A callback that returned something else than True, False or None.
        """
        callback = self._given.callback
        if callback is not None:
            answer = callback(run.trajectory(), run.age, dict(self._row))
            if answer is not None and check_flag(answer, "what callback returns"):
                self.reason = "by the callback"
        patience = run.settings.get("patience")
        if patience is not None and (best := run.history.best_row) is not None:
            if run.history.n_rows - 1 - best >= patience:
                age = run.history["age"][best]
                self.reason = f"no better log-likelihood since update {age}"
        return self.reason is not None


def row_of(run, validation=None):
    """Return the row of the present age of a run, a dict.

    Parameters
    ----------
    run : Run
    validation : ndarray, shape (n_validation, n_visible), optional
        Checked states.
    """
    machine = run.machine().on_grid()
    which = chosen(len(run.data), N_DATA)
    train, samples = run.data.rows(which), run.samples(which)
    weights = None if run.weights is None else run.weights[which]
    W = machine.columns.W
    acceptance = run.method.acceptance
    return {
        "age": run.age,
        "learning_rate": run.last_rate,
        "time": run.time,
        **_likelihoods(machine, train, weights, validation, run.settings["seed"]),
        "norm": float(np.linalg.norm(W)),
        "singular_value": float(np.linalg.norm(W, 2)),
        "susceptibility": _susceptibility(machine, samples, weights),
        "acceptance": np.nan if acceptance is None else acceptance(run.state.chains),
    }


def _likelihoods(machine, train, weights, validation, seed):
    if validation is None:
        nothing = dict.fromkeys(("train", "validation", "error"), np.nan)
        return nothing | {"verdict": "not asked for"}
    gaps = isinstance(train, np.ma.MaskedArray)
    try:
        log_z, error, verdict = _log_z(machine, None if gaps else train, seed)
    except ValueError as reason:  # units that no route knows
        log_z, error, verdict = np.nan, np.nan, f"not known: {reason}"
    return {
        "train": _log_likelihood(machine, train, log_z, weights),
        "validation": _log_likelihood(machine, validation, log_z),
        "error": error,
        "verdict": verdict,
    }


def _log_likelihood(machine, data, log_z, weights=None):
    """Return that of what is known of data; NaN if it is too long a sum."""
    if not isinstance(data, np.ma.MaskedArray):
        return _mean(-machine.free_energy(data), weights) - log_z
    if longest_sum(machine, data) > MOST_STATES:
        return np.nan
    return _mean(likelihood.log_observed(machine, data, log_z), weights)


def _log_z(machine, data, seed):
    """Return log Z, its standard error, and whether to believe it."""
    layers = (machine.visible, machine.n_visible), (machine.hidden, machine.n_hidden)
    states = [unit.n_states(n) for unit, n in layers]
    if any(n is not None and n <= MOST_STATES for n in states):
        return machine.log_z(), 0.0, "trusted"
    found = likelihood.ais(machine, data=data, seed=seed, **ANNEALING)
    bound, _ = likelihood.mean_field_bound(machine, data, seed=seed)
    verdict = refuted_by(bound, found)
    if not verdict:
        verdict = f"not to be trusted: {found.doubts}" if found.doubts else "trusted"
    return max(found.log_z, bound), found.error, verdict


def _mean(values, weights=None):
    if weights is None:
        return float(values.mean())
    total = weights.sum()
    return float(weights @ values / total) if total > 0 else np.nan


def _susceptibility(machine, data, weights):
    if data is None:
        return np.nan
    columns = machine.visible.encode(data).astype(np.float64)
    if weights is None or not weights.any():
        mean_v = columns.mean(0)
    else:
        mean_v = weights @ columns / weights.sum()
    mean_h = machine.hidden.mean(mean_v @ machine.columns.W + machine.b)
    return float(np.linalg.norm(response_at(machine, mean_v, mean_h), 2))
