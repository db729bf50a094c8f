"""The run itself: updates from age to age, each of which happens whole or not at all.

What a run is, its `State`, is one value that is replaced in one assignment.  So an
interruption at any instant finds the state before an update or the one after it, and
what was reached can always be returned, saved and continued.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from rbmlib import randomness
from rbmlib.grid import MAX_STEPS, MIN_EXPONENT
from rbmlib.rbm import RBM
from rbmlib.training.compiled_update import compiled_update
from rbmlib.training.gradient import ascend, largest, statistics
from rbmlib.training.methods import METHODS
from rbmlib.training.missing import STATE, unknown_of
from rbmlib.training.regularisation import shrink
from rbmlib.training.weights import share_of, weighted_statistics
from rbmlib.trajectories.history import from_rows

# Sums of parameters below this stand on a grid whatever they are: half of what the
# coarsest grid can hold, as the rest is more than rounding adds.
_SURELY_ON_GRID = MAX_STEPS / 2**MIN_EXPONENT / 2


class Diverged(ValueError):
    """Training left the numbers that can be sampled.

    Attributes
    ----------
    trajectory : Trajectory
        What the run reached before.
    """


class State(NamedTuple):
    """What a run is between two updates."""

    age: int
    W: np.ndarray
    a: np.ndarray
    b: np.ndarray
    chains: object  # what its method keeps: chains, a ladder of them, or None
    drawn: tuple | None = None  # of `Unknown`: what the last update drew, not yet put

    @property
    def parameters(self):
        """W, a and b in double precision."""
        return self.W, self.a, self.b


class Run:
    """A training run under way.

    Parameters
    ----------
    trajectory : Trajectory
        With a state.
    data : rbmlib.training.held.Held
    weights : ndarray, shape (n_samples,), optional
        Of `rbmlib.training.weights.check_weights`.
    rates : ndarray, shape (n_updates,), optional
        Learning rates, where they are not one number.
    n_threads : int
        Threads that share an update, where there is a fast path for it.
    """

    def __init__(self, trajectory, data, weights=None, rates=None, n_threads=1):
        self.first, self.data = trajectory, data
        self.weights, self.rates = weights, rates
        self.settings = trajectory.settings
        self.visible, self.hidden = trajectory[-1].visible, trajectory[-1].hidden
        # An update reads the parameters in one place and writes them in the other.
        self._places = [tuple(trajectory.state[x].copy() for x in "Wab") for _ in "01"]
        age = int(trajectory.ages[-1])
        self._fast = compiled_update(
            self.settings,
            data,
            self.visible,
            self.hidden,
            trajectory[-1].W.shape,
            n_threads,
        )
        self.method = METHODS[self.settings["method"]]
        self._chains, kept = [None, None], self.method.restored(trajectory)
        if self._fast is not None and kept is not None:
            self._chains = [kept.copy(), kept.copy()]
            kept = self._chains[age % 2]
        self.state = State(age, *self._places[age % 2], kept)
        self._most_neighbours = max(trajectory[-1].columns.W.shape)
        self.unknown, self._drawn = unknown_of(trajectory, data), None
        self.stored = ()  # pairs of an age and its machine
        self.rows = ()  # of the history
        self._order = None, None  # epoch, and the permutation of the data in it

    @property
    def age(self):
        """Updates made since age 0."""
        return self.state.age

    @property
    def rate(self):
        """The learning rate of the next update."""
        if self.rates is None:
            return self.settings["learning_rate"]
        return float(self.rates[self.age])

    @property
    def last_rate(self):
        """The learning rate of the last update; at age 0 of the first."""
        if self.rates is None:
            return self.settings["learning_rate"]
        return float(self.rates[max(0, self.age - 1)])

    @property
    def time(self):
        """The sum of the learning rates of all updates made."""
        if self.rates is None:
            return self.age * self.settings["learning_rate"]
        return float(np.cumsum(self.rates[: self.age])[-1]) if self.age else 0.0

    def machine(self):
        """Return the machine of the state, not rounded."""
        return self._machine(self.state)

    def _machine(self, state):
        return RBM(*state.parameters, self.visible, self.hidden)

    def update(self):
        """Make one update.

        Raises
        ------
        Diverged
            The parameters would no longer be finite, or no longer be sampled.
        """
        self.state = self._next()

    def _next(self):
        parity = (self.state.age + 1) % 2
        place, chains = self._places[parity], self._chains[parity]
        sizes = drawn = None
        if self._fast is not None:
            sizes = self._fast(self.state, self.rate, self._batch(), place, chains)
        if sizes is None:
            chains, drawn = self._ascend(place)
            sizes = largest(*place)
        new = State(self.state.age + 1, *place, chains, drawn)
        self._check(new, sizes)
        return new

    def _ascend(self, place):
        """Make an update by the general path; return the chains, and what was drawn."""
        state, settings = self.state, self.settings
        if self.unknown is not None:
            self.unknown.put(state.drawn)
        data_term, model_term, chains = self.method.terms(self)
        rate, centred = self.rate, settings["centred"]
        step = rate * self._share()
        ascend(*state.parameters, data_term, model_term, step, centred, place)
        penalties = settings.get("l1", 0.0), settings.get("l2", 0.0)
        if any(penalties):
            means = (data_term.v, data_term.h) if centred else None
            shrink(state.W, place, means, rate, *penalties)
        return chains, self._drawn

    def _check(self, state, sizes):
        """Refuse parameters of these sizes: not finite, or too large for a grid."""
        if self._surely_sampled(*sizes):
            return
        try:
            self._machine(state).on_grid()
        except ValueError as error:
            found = (f"|{x}| ≤ {y:.4g}" for x, y in zip("Wab", sizes, strict=True))
            raise Diverged(
                f"training diverged in update {state.age} at learning_rate="
                f"{self.rate!r}: {error} ({', '.join(found)})"
            ) from error

    def _surely_sampled(self, W, a, b):
        """Return whether parameters up to these are finite and stand on a grid."""
        both_quadratic = self.visible.quadratic and self.hidden.quadratic
        felt = W * self._most_neighbours + max(a, b)
        return felt <= _SURELY_ON_GRID and not both_quadratic  # NaN is not <=

    def batch(self):
        """Return the data of the next update."""
        which = self._batch()
        if self.unknown is None:
            return self.data.rows(which)
        batch, self._drawn = self.unknown.draw(self, which)
        return batch

    def samples(self, which):
        """Return samples without gaps: what was last drawn is in them.

        None if there are gaps and nothing is drawn: method "exact" sums over them.
        """
        if self.unknown is not None:
            return self.unknown.filled(self.visible, which, self.state.drawn)
        found = self.data.rows(which)
        return None if isinstance(found, np.ma.MaskedArray) else found

    def _batch(self):
        """Return the indices of the data of the next update."""
        size = self.settings["batch_size"]
        epoch, position = divmod(self.age, len(self.data) // size)
        if epoch != self._order[0]:
            seed, n_samples = self.settings["seed"], len(self.data)
            self._order = epoch, randomness.permutation(seed, epoch, n_samples)
        return self._order[1][position * size : (position + 1) * size]

    def weighted(self, sampler, v):
        """Return the `Statistics` of states with the weights of the next batch."""
        if self.weights is None:
            return statistics(sampler, v)
        weights = self.weights[self._batch()]
        return weighted_statistics(sampler, self.visible, v, weights)

    def _share(self):
        """Return what the next batch has of the weight, by what it would have of 1."""
        if self.weights is None or "batch_size" not in self.settings:
            return 1.0
        return share_of(self.weights[self._batch()], self.weights)

    def store(self):
        """Keep the machine of this age, on its grid."""
        self.stored = self._with_last()

    def record(self, row):
        """Keep a row of the history, of this age."""
        self.rows = *self.rows, row

    @property
    def history(self):
        """What was recorded, before and in this run; None if nothing."""
        before = () if self.first.history is None else self.first.history.rows
        return from_rows((*before, *self.rows))

    def _with_last(self):
        state, stored = self.state, self.stored
        last = stored[-1][0] if stored else self.first.ages[-1]
        if state.age <= last:
            return stored
        return *stored, (state.age, self._machine(state).on_grid())

    def trajectory(self):
        """Return what was reached: the stored ages and the present one."""
        state, kept = self.state, self._with_last()
        chains, more = self.method.stored(state.chains)
        return replace(
            self.first,
            ages=np.append(self.first.ages, np.array([x for x, _ in kept], np.int64)),
            machines=self.first.machines + tuple(machine for _, machine in kept),
            chains=chains,
            state=dict(zip("Wab", state.parameters, strict=True))
            | more
            | self._of_gaps(),
            history=self.history,
        )

    def _of_gaps(self):
        if self.unknown is None:
            return {}
        return {STATE: self.unknown.values_with(self.state.drawn)}
