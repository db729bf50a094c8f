"""Following the modes of a machine back through its training: the tree of learning.

`tracking` builds a `ModeTree` from a trajectory and its data; `purity` compares its
levels with labels; `newick` writes trees and measures how two differ; `drawing` draws.
`splitting` asks the chains whether a fork is one.
"""

from rbmlib.mode_tracking.drawing import draw, draw_radial
from rbmlib.mode_tracking.generation import (
    covariance_between,
    principal_axes,
    start_in_modes,
)
from rbmlib.mode_tracking.labels import label_counts
from rbmlib.mode_tracking.levels import Level
from rbmlib.mode_tracking.newick import clades, robinson_foulds
from rbmlib.mode_tracking.purity import LevelPurity, cluster_purity, purity
from rbmlib.mode_tracking.splitting import (
    Valley,
    find_modes,
    share_at_home,
    valley_over_peak,
)
from rbmlib.mode_tracking.tracking import assign, group, track
from rbmlib.mode_tracking.tree import ModeTree

__all__ = [
    "Level",
    "LevelPurity",
    "ModeTree",
    "Valley",
    "assign",
    "clades",
    "cluster_purity",
    "covariance_between",
    "draw",
    "draw_radial",
    "find_modes",
    "group",
    "label_counts",
    "principal_axes",
    "purity",
    "robinson_foulds",
    "share_at_home",
    "start_in_modes",
    "track",
    "valley_over_peak",
]
