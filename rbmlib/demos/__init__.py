"""The demos of the chapters: live in the page, widgets in Jupyter.

`base` says what a demo is; each demo has a Python file and JavaScript of the same name,
and its line in `DEMOS`.
"""

from rbmlib.demos.cascade import Cascade
from rbmlib.demos.couplings import Couplings
from rbmlib.demos.ising import Ising
from rbmlib.demos.linear import Linear
from rbmlib.demos.live import Live
from rbmlib.demos.machine import Machine
from rbmlib.demos.mixing import Mixing
from rbmlib.demos.modes import Modes
from rbmlib.demos.phases import Phases
from rbmlib.demos.training import Training

DEMOS = (
    Ising,
    Machine,
    Training,
    Linear,
    Phases,
    Mixing,
    Modes,
    Couplings,
    Cascade,  # one for each chapter
    Live,
)

__all__ = ["DEMOS", *(demo.__name__ for demo in DEMOS)]
