"""Machines that this library trained on real data, and what took hours to measure.

`runs` has the machines; `trees`, `mixing`, `gallery`, `live`, `monte_carlo`,
`interactions`, `knowledge` and `ways` what was made from them or beside them.  Each is
made again by ``python -m rbmlib.trained.make`` and must then have the hash that
`record` keeps.

>>> from rbmlib import trained
>>> run = trained.load("digits")
>>> run.trajectory.n_visible
64
"""

from rbmlib.trained.recipes import RECIPES, Recipe
from rbmlib.trained.runs import Trained, load

__all__ = ["RECIPES", "Recipe", "Trained", "load"]
