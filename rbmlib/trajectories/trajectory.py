"""A training run as a list of machines of increasing age.

Everything that this library says about learning is a function of age: singular values,
likelihoods, mixing times, modes.  A `Trajectory` is what training returns, what those
functions take, and what is stored in a file (`rbmlib.files.layout`).
"""

from dataclasses import dataclass, field

import numpy as np

from rbmlib.checks import (
    check_integer,
    check_path,
    check_positive,
    check_sequence,
)
from rbmlib.files import layout
from rbmlib.rbm import RBM
from rbmlib.trajectories import parts
from rbmlib.trajectories.history import History


@dataclass(frozen=True, eq=False, repr=False)
class Trajectory:
    """Machines at increasing ages, with the chains and settings of their training.

    Parameters
    ----------
    ages : array_like of int, shape (n_ages,)
        Numbers of gradient updates done, strictly increasing; 0 is the machine before
        its first update.
    machines : sequence of RBM
        One for each age, of the same sizes and unit types.
    chains : array_like, shape (n_chains, n_visible), optional
        Visible states of the persistent chains at the last age.
    settings : dict of str to str, int, float or bool, optional
        How the machine was trained: method, k, batch_size, n_chains, learning_rate,
        seed and so on.
    state : dict of str to ndarray, optional
        What resuming to the same bits needs: the full-precision parameters W, a and b
        after the last update.
    history : History, optional
        What was measured at some of the ages while it was trained.

    Raises
    ------
    TypeError, ValueError
        Anything that does not fit; the message names it.

    Examples
    --------
    >>> young = RBM.random(4, 2, seed=0)
    >>> run = Trajectory(ages=[0, 10], machines=[young, 2 * young])
    >>> run
    Trajectory(2 ages from 0 to 10, RBM(4 binary visible, 2 binary hidden))
    >>> run.at(10) == run[-1]
    True
    """

    ages: np.ndarray
    machines: tuple[RBM, ...]
    chains: np.ndarray | None = None
    settings: dict = field(default_factory=dict)
    state: dict | None = None
    history: History | None = None

    def __post_init__(self):
        machines = parts.check_machines(self.machines)
        checked = {
            "ages": parts.check_ages(self.ages, len(machines)),
            "machines": machines,
            "chains": parts.check_chains(self.chains, machines[0]),
            "settings": parts.check_settings(self.settings),
            "state": parts.check_state(self.state),
        }
        parts.check_history(self.history, checked["ages"])
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def __len__(self):
        return len(self.machines)

    def __getitem__(self, index):
        """Return the machine (or tuple of machines) at a position, not at an age."""
        return self.machines[index]

    def __reduce__(self):  # copies and pickles are made anew, and so frozen too
        kept = self.ages, self.machines, self.chains, self.settings, self.state
        return type(self), (*kept, self.history)

    def __repr__(self):
        return (
            f"Trajectory({len(self)} ages from {self.ages[0]} to {self.ages[-1]}, "
            f"{self[-1]!r})"
        )

    @property
    def n_visible(self):
        """Number of visible units."""
        return self[0].n_visible

    @property
    def n_hidden(self):
        """Number of hidden units."""
        return self[0].n_hidden

    def at(self, age):
        """Return the machine of exactly this age.

        Raises
        ------
        TypeError, ValueError
            If no machine of this age is stored; the message names the nearest.
        """
        age = check_integer(age, "age")
        positions = np.flatnonzero(self.ages == age)
        if positions.size == 0:
            nearest = self.ages[np.argmin(np.abs(self.ages - age))]
            raise ValueError(
                f"age must be one of the {len(self)} stored ages, got {age}; "
                f"the nearest is {nearest}"
            )
        return self[positions[0]]

    def until(self, age):
        """Return the run up to an age: the machines and the history that it had then.

        Parameters
        ----------
        age : int
            At least the first age; the last machine is of this age or the one before.

        Returns
        -------
        Trajectory
            Chains and state only if no machine is left out: they are those of the last
            age.

        Raises
        ------
        TypeError, ValueError
            No integer, or an age before the first.

        Examples
        --------
        >>> young = RBM.random(4, 2, seed=0)
        >>> run = Trajectory(ages=[0, 10, 20], machines=[young, 2 * young, 3 * young])
        >>> run.until(15)
        Trajectory(2 ages from 0 to 10, RBM(4 binary visible, 2 binary hidden))
        """
        age = check_positive(age, "age", least=int(self.ages[0]))
        kept = int(np.searchsorted(self.ages, age, side="right"))
        if kept == len(self):
            return self
        history = None if self.history is None else self.history.until(age)
        settings = self.settings
        return type(self)(
            self.ages[:kept], self[:kept], settings=settings, history=history
        )

    def save(self, path):
        """Write the trajectory to an HDF5 file that `rbms` 0.5.0 and 0.6.0 load too.

        The file holds parameters as float32.  Machines on their grid, which training
        returns, are exact in float32; others are refused rather than rounded.  The
        file replaces an old one in a single step: a save that fails leaves the old
        file as it was.  A symbolic link stays one, and an old file keeps its mode.
        Equal trajectories give equal bytes.

        A machine with Gaussian hidden units has a name of `rbms` (BGRBM, IGRBM) only
        if their variance is 1/n_visible, as in the energy that `rbms` computes; with
        another variance it is ``rbmlib:BGRBM``, which `rbms` refuses and `load` reads.

        Parameters
        ----------
        path : str or path

        Raises
        ------
        ValueError
            A parameter that is no float32 number; `RBM.on_grid` rounds a machine.
        OSError
            The file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> run = Trajectory([0], [RBM.random(4, 2, seed=0).on_grid()])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     run.save(f"{folder}/run.h5")
        ...     Trajectory.load(f"{folder}/run.h5")[-1] == run[-1]
        True
        """
        layout.write(check_path(path), self)

    @classmethod
    def load(cls, path, model_type=None, hidden_variance=None):
        """Read a file of `save`, of `rbms`, or of the programs before it.

        `rbms` counts the initialised machine as ``update_1``: its ``update_N`` is age
        N - 1 here, and a run of 60 updates ends at age 59.  The older ``epoch_N`` is
        read as age N, in epochs.  Settings have our names, whichever version wrote
        them (`rbmlib.files.settings`).

        Parameters
        ----------
        path : str or path
        model_type : str, optional
            For older files that do not say it: "BBRBM" ({0, 1} units) or "IIRBM" (±1).
        hidden_variance : float, optional
            Needed for a BGRBM or IGRBM of `rbms`, which name two machines each:
            1/n_visible is what their energy means, 1 what the sampler of BGRBM draws
            (`rbmlib.files.model_types`).

        Raises
        ------
        FileNotFoundError, PermissionError, BlockingIOError
            No such file, or none that may be read now.
        ValueError
            A file that is truncated, damaged, no HDF5, no RBM, of units that are not
            here, that lacks arrays, holds NaN, or keeps its numbers in another file;
            or a ``hidden_variance`` that is missing or contradicts the file.
        """

        def make(found):
            columns = found.history
            history = None if columns is None else History(columns)
            return cls(*found._replace(history=history))

        return layout.read(check_path(path), make, RBM, model_type, hidden_variance)


def machines_of(trajectory):
    """Return the machines of a trajectory, or of any sequence, as a tuple.

    Parameters
    ----------
    trajectory : Trajectory or alike, with an attribute ``machines``; or sequence of RBM

    Raises
    ------
    TypeError, ValueError
        Neither, or no machine.

    Examples
    --------
    >>> ladder = [RBM.random(4, 2, seed=seed) for seed in (0, 1)]
    >>> machines_of(ladder) == machines_of(Trajectory([0, 10], ladder))
    True
    """
    machines = getattr(trajectory, "machines", trajectory)
    return check_sequence(machines, "trajectory", RBM, "an RBM")
