"""The file that a run writes while it is under way."""

import errno
import time
import warnings

from rbmlib.checks import check_number, check_path
from rbmlib.trajectories import Trajectory


class Autosave:
    """Writes a run to its file, and does not let a full disk stop it.

    Parameters
    ----------
    path : str or path
        Free, or with the file of this very run.
    every : float
        Seconds between two files.
    trajectory : Trajectory
        What is to be continued.

    Raises
    ------
    FileExistsError
        A file of something else, or with a later age of the run.
    FileNotFoundError
        The folder does not exist.
    TypeError, ValueError
        No path, or no finite number of seconds >= 0.
    """

    def __init__(self, path, every, trajectory):
        self.path = check_path(path, "autosave")
        self.every = check_number(every, "every")
        _check_place(self.path, trajectory)
        self._saved, self._next = None, time.monotonic()

    def is_due(self):
        """Return whether it is time for the next file."""
        return time.monotonic() >= self._next

    def save(self, trajectory):
        """Write the file; one that cannot be written is a warning, and stays."""
        rows = 0 if trajectory.history is None else trajectory.history.n_rows
        reached = int(trajectory.ages[-1]), rows
        if reached == self._saved:
            return
        try:
            trajectory.save(self.path)
            self._saved = reached
        except (OSError, MemoryError) as error:
            warnings.warn(
                f"autosave could not write {self.path}: {error}. The file there, if "
                "any, is the last one written; training goes on and tries again",
                RuntimeWarning,
                stacklevel=2,
            )
        finally:
            self._next = time.monotonic() + self.every


def _check_place(path, trajectory):
    """Refuse a path at which something else would be lost."""
    if not path.parent.is_dir():
        text = "autosave must be a path in a folder that exists"
        raise FileNotFoundError(errno.ENOENT, text, str(path))
    try:
        found = Trajectory.load(path)
    except FileNotFoundError:
        return
    except ValueError as error:
        raise FileExistsError(
            f"autosave must be a free path or the file of this run, got {path}, which "
            f"is something else: {error}"
        ) from error
    if (found.settings, found[0]) != (trajectory.settings, trajectory[0]):
        raise FileExistsError(
            f"autosave must be a free path or the file of this run, got {path}, the "
            f"file of another run: {found!r} with settings {found.settings}"
        )
    if found.ages[-1] > trajectory.ages[-1]:
        raise FileExistsError(
            f"autosave must not go back: {path} has this run up to update "
            f"{found.ages[-1]}, and it would go on from {trajectory.ages[-1]}. "
            "Continue it with resume(Trajectory.load(path), data, ...), or remove it"
        )
