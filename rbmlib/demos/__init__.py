"""The demos of the chapters: live in the page, widgets in Jupyter.

`base` says what a demo is; each demo has a Python file and JavaScript of the same name.
"""

from rbmlib.demos.ising import Ising
from rbmlib.demos.linear import Linear
from rbmlib.demos.machine import Machine
from rbmlib.demos.mixing import Mixing
from rbmlib.demos.modes import Modes
from rbmlib.demos.phases import Phases
from rbmlib.demos.training import Training

__all__ = ["Ising", "Linear", "Machine", "Mixing", "Modes", "Phases", "Training"]
