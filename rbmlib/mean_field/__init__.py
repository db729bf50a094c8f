"""Mean field of a machine: the fixed points that its modes leave behind.

`plefka` holds the free energy as a function of the means and its expansion in powers of
the weights; `iteration` follows many starts at once to where the free energy is
stationary; `stability` says what kind of point that is.  `response` is the matrix by
which one layer answers the other.
"""

from rbmlib.mean_field.iteration import (
    CYCLE,
    MODE,
    SADDLE,
    SPURIOUS,
    STATUS_NAMES,
    UNFINISHED,
    FixedPoints,
    fixed_points,
)
from rbmlib.mean_field.plefka import free_energy, update
from rbmlib.mean_field.stability import coupling_ratio, held_by_reaction, jacobian

__all__ = [
    "CYCLE",
    "MODE",
    "SADDLE",
    "SPURIOUS",
    "STATUS_NAMES",
    "UNFINISHED",
    "FixedPoints",
    "coupling_ratio",
    "fixed_points",
    "free_energy",
    "held_by_reaction",
    "jacobian",
    "update",
]
