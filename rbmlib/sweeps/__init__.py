"""Many independent tasks, over seeds and settings, on all cores or on a cluster.

`sweep` calls a function with every combination of arguments, `run` a task with a dict;
`store` keeps what is finished in a file, under the task's `identity`.
"""

from rbmlib.sweeps.identity import identify
from rbmlib.sweeps.parallel import run, sweep

__all__ = ["identify", "run", "sweep"]
