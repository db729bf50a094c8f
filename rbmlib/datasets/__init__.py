"""Data to train on: real sets with their sources, and generators with known truth.

`load` returns a real set by name; `clusters`, `hierarchy` and `planted_potts` draw from
a law that is known exactly.
"""

from rbmlib.datasets.dataset import Dataset
from rbmlib.datasets.loading import load
from rbmlib.datasets.planting import planted_potts
from rbmlib.datasets.potts import PlantedPotts
from rbmlib.datasets.synthetic import Hierarchy, Mixture, clusters, hierarchy

__all__ = [
    "Dataset",
    "Hierarchy",
    "Mixture",
    "PlantedPotts",
    "clusters",
    "hierarchy",
    "load",
    "planted_potts",
]
