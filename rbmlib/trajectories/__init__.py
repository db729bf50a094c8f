"""A machine at increasing ages of its training, and what was measured meanwhile.

`trajectory` is the run itself, which training returns and the chapters study, `parts`
the checks of what it consists of.  `history` is a table of what was measured while a
run was trained.  The file of a run is in `rbmlib.files.layout`.
"""

from rbmlib.trajectories.history import History
from rbmlib.trajectories.trajectory import Trajectory, machines_of

__all__ = ["History", "Trajectory", "machines_of"]
