"""Machines that this library trained on real data, stored with it.

>>> from rbmlib import trained
>>> run = trained.load("digits")
>>> run.trajectory.n_visible
64
"""

from rbmlib.trained.recipes import RECIPES, Recipe
from rbmlib.trained.store import Trained, load

__all__ = ["RECIPES", "Recipe", "Trained", "load"]
