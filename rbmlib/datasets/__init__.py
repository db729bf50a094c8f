"""Data to train on: real sets with their sources, and generators with known truth.

`load` returns a real set by name; `from_table` reads one of the reader's own;
`clusters`, `hierarchy`, `planted_potts` and `planted_spins` draw from a law that is
known exactly.
"""

from rbmlib.datasets.dataset import Dataset
from rbmlib.datasets.loading import load
from rbmlib.datasets.planted_spins import Interactions, PlantedSpins, planted_spins
from rbmlib.datasets.planting import planted_potts
from rbmlib.datasets.potts import PlantedPotts
from rbmlib.datasets.synthetic import Hierarchy, Mixture, clusters, hierarchy
from rbmlib.datasets.tables import Column, Table, decode, encode, from_table

__all__ = [
    "Column",
    "Dataset",
    "Hierarchy",
    "Interactions",
    "Mixture",
    "PlantedPotts",
    "PlantedSpins",
    "Table",
    "clusters",
    "decode",
    "encode",
    "from_table",
    "hierarchy",
    "load",
    "planted_potts",
    "planted_spins",
]
