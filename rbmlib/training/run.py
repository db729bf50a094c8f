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
from rbmlib.training.gradient import ascend, largest
from rbmlib.training.methods import METHODS
from rbmlib.training.signals import Signals, Terminated

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
    chains: np.ndarray | None

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
    n_threads : int
        Threads that share an update, where there is a fast path for it.
    """

    def __init__(self, trajectory, data, n_threads=1):
        self.first, self.data = trajectory, data
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
        self._chains, chains = [None, None], trajectory.chains
        if self._fast is not None and chains is not None:
            self._chains = [chains.copy(), chains.copy()]
            chains = self._chains[age % 2]
        self.state = State(age, *self._places[age % 2], chains)
        self._most_neighbours = max(trajectory[-1].columns.W.shape)
        self.stored = ()  # pairs of an age and its machine
        self._order = None, None  # epoch, and the permutation of the data in it

    @property
    def age(self):
        """Updates made since age 0."""
        return self.state.age

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
        sizes = None
        if self._fast is not None:
            rate = self.settings["learning_rate"]
            sizes = self._fast(self.state, rate, self._batch(), place, chains)
        if sizes is None:
            chains, sizes = self._ascend(place), largest(*place)
        new = State(self.state.age + 1, *place, chains)
        self._check(new, sizes)
        return new

    def _ascend(self, place):
        """Make an update by the general path; return the chains."""
        settings = self.settings
        data_term, model_term, chains = METHODS[settings["method"]].terms(self)
        step = data_term, model_term, settings["learning_rate"], settings["centred"]
        ascend(*self.state.parameters, *step, place)
        return chains

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
                f"{self.settings['learning_rate']!r}: {error} ({', '.join(found)})"
            ) from error

    def _surely_sampled(self, W, a, b):
        """Return whether parameters up to these are finite and stand on a grid."""
        both_quadratic = self.visible.quadratic and self.hidden.quadratic
        felt = W * self._most_neighbours + max(a, b)
        return felt <= _SURELY_ON_GRID and not both_quadratic  # NaN is not <=

    def batch(self):
        """Return the data of the next update."""
        return self.data.rows(self._batch())

    def _batch(self):
        """Return the indices of the data of the next update."""
        size = self.settings["batch_size"]
        epoch, position = divmod(self.age, len(self.data) // size)
        if epoch != self._order[0]:
            seed, n_samples = self.settings["seed"], len(self.data)
            self._order = epoch, randomness.permutation(seed, epoch, n_samples)
        return self._order[1][position * size : (position + 1) * size]

    def store(self):
        """Keep the machine of this age, on its grid."""
        self.stored = self._with_last()

    def _with_last(self):
        state, stored = self.state, self.stored
        last = stored[-1][0] if stored else self.first.ages[-1]
        if state.age <= last:
            return stored
        return *stored, (state.age, self._machine(state).on_grid())

    def trajectory(self):
        """Return what was reached: the stored ages and the present one."""
        state, kept = self.state, self._with_last()
        return replace(
            self.first,
            ages=np.append(self.first.ages, np.array([x for x, _ in kept], np.int64)),
            machines=self.first.machines + tuple(machine for _, machine in kept),
            chains=state.chains,
            state=dict(zip("Wab", state.parameters, strict=True)),
        )


def carry_out(run, ages, progress, autosave=None):
    """Bring a run to the last of some ages, and return its trajectory.

    Interrupted, it returns what was reached; any other error has that as its
    attribute ``trajectory``.

    Parameters
    ----------
    run : Run
    ages : sequence of int
        Increasing, those to store.
    progress : Progress
    autosave : Autosave, optional

    Returns
    -------
    Trajectory

    Raises
    ------
    Diverged
        As `Run.update`.
    """
    signals = Signals(terminate=autosave is not None)
    end = run, progress, autosave, signals
    try:
        try:
            signals.install()
            with np.errstate(all="ignore"):  # what is not finite is an error below
                _advance(run, ages, progress, autosave, signals)
        except (KeyboardInterrupt, Terminated):
            progress.say(f"stopped at update {run.age}")
        except BaseException as error:
            error.trajectory = _finish(*end)
            error.add_note(f"What was reached, update {run.age}, is error.trajectory.")
            raise
        return _finish(*end)
    except KeyboardInterrupt:  # one that came while the run was finished
        return _finish(*end)


def _advance(run, ages, progress, autosave, signals):
    if autosave is not None:
        autosave.save(run.trajectory())
    for age in ages:
        while run.age < age:
            with signals:
                run.update()
            progress.step()
            if autosave is not None and autosave.is_due():
                autosave.save(run.trajectory())
        run.store()
        if autosave is not None:
            autosave.save(run.trajectory())
        with signals:
            progress.say_likelihood(run.machine(), run.data)


def _finish(run, progress, autosave, signals):
    kept = run.trajectory()
    try:
        if autosave is not None:
            autosave.save(kept)
        progress.close()
    except Exception as error:  # a warning that was made an error
        error.trajectory = kept
        raise
    finally:
        signals.restore()
    return kept
