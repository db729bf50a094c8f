"""A machine at increasing ages of its training, and the file that keeps it.

`trajectory` is the run itself, which training returns and the chapters study; `files`
is its HDF5 layout, that of the field's library `rbms`.  `model_types` are the names of
machines there, `settings` the places of what a run was trained with, and `reading`
takes from a file no more than it holds.  `history` is a table of what was measured
while a run was trained.
"""

from rbmlib.trajectories.history import History
from rbmlib.trajectories.trajectory import Trajectory, machines_of

__all__ = ["History", "Trajectory", "machines_of"]
