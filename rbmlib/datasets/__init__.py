"""Data to train on: real sets with their sources, and generators with known truth.

`load` returns a real set by name; `clusters`, `hierarchy`, `planted_potts` and
`planted_spins` draw from a law that is known exactly.
"""

from rbmlib.datasets.dataset import Dataset
from rbmlib.datasets.loading import load
from rbmlib.datasets.planted_spins import Interactions, PlantedSpins, planted_spins
from rbmlib.datasets.planting import planted_potts
from rbmlib.datasets.potts import PlantedPotts
from rbmlib.datasets.synthetic import Hierarchy, Mixture, clusters, hierarchy

__all__ = [
    "Dataset",
    "Hierarchy",
    "Interactions",
    "Mixture",
    "PlantedPotts",
    "PlantedSpins",
    "clusters",
    "hierarchy",
    "load",
    "planted_potts",
    "planted_spins",
]
