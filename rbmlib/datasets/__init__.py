"""Data to train on: real sets with their sources, and generators with known truth.

`load` returns a real set by name; `clusters` and `hierarchy` draw from a law that is
known exactly.
"""

from rbmlib.datasets.dataset import Dataset
from rbmlib.datasets.loading import load
from rbmlib.datasets.synthetic import Hierarchy, Mixture, clusters, hierarchy

__all__ = ["Dataset", "Hierarchy", "Mixture", "clusters", "hierarchy", "load"]
