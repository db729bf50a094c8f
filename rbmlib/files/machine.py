"""The file of one machine: `RBM` saves itself and is loaded with these two methods."""

from rbmlib.checks import check_path
from rbmlib.files import layout


class Stored:
    """A machine that can be saved in a file of its own."""

    def save(self, path):
        """Write the machine to an HDF5 file of its own.

        The file is that of a run of one age: `rbms` 0.5.0 and 0.6.0 load it as
        ``update_1``, if they know the types of its units, and `Trajectory.load` reads
        it too.  It holds parameters as float32 where that is exact, else as float64, so
        that `load` returns the same machine, and a checksum of all of them.  The names
        of columns and labels are no part of a machine: they are in the run's file.

        An old file is replaced in a single step, or stays as it was.

        Parameters
        ----------
        path : str or path

        Raises
        ------
        TypeError, OSError
            No path, or one that cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> from rbmlib.rbm import RBM
        >>> machine = RBM([[0.1], [2.0]], [0.0, -1.0], [0.5])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     machine.save(f"{folder}/machine.h5")
        ...     RBM.load(f"{folder}/machine.h5") == machine
        True
        """
        layout.write(check_path(path), layout.Parts([0], [self]), double=True)

    @classmethod
    def load(cls, path, model_type=None, hidden_variance=None):
        """Read the machine of a file of `save`, or of a run of one age.

        Parameters
        ----------
        path : str or path
        model_type, hidden_variance : optional
            What a file of another program leaves open, as in `Trajectory.load`.

        Raises
        ------
        FileNotFoundError, PermissionError, BlockingIOError
            No such file, or none that may be read now.
        TypeError, ValueError
            A file of several ages, or what `Trajectory.load` refuses: damaged, no HDF5,
            or other numbers than were saved.
        """

        def only(parts):
            if len(parts.machines) != 1:
                raise ValueError(
                    f"the file must hold one machine, got {len(parts.machines)} of a "
                    "run; Trajectory.load(path)[-1] is its last"
                )
            return parts.machines[0]

        return layout.read(check_path(path), only, cls, model_type, hidden_variance)
