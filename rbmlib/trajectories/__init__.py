"""A machine at increasing ages of its training, and the file that keeps it.

`trajectory` is the run itself, which training returns and the chapters study; `files`
is its HDF5 layout, that of the field's library `rbms`.
"""

from rbmlib.trajectories.trajectory import Trajectory, machines_of

__all__ = ["Trajectory", "machines_of"]
