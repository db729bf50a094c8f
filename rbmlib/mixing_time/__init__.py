"""How many sweeps a machine needs to forget where it started.

Exactly, for small machines: a sweep is a reversible chain, and its slowest relaxation
is the second eigenvalue λ of its kernel, τ = -1/ln λ.  By measurement, for large ones:
the time correlation of the visible units over many chains.

Both are compared with linear response.  A small displacement of the visible units comes
back after one sweep as δv' = D_v W D_h Wᵀ δv, with D the variances of the units in the
machine's own distribution.  With χ the top singular value of D_v^½ W D_h^½, the layer
susceptibility, it shrinks by χ², so that τ = -1/(2 ln χ) below χ = 1; where χ reaches
1, a large machine orders.  A. Decelle, C. Furtlehner,
B. Seoane (2021), arXiv:2105.13889, measured the jump of τ during training.
"""

from rbmlib.mixing_time import propagation
from rbmlib.mixing_time.exact import (
    exact_relaxation_time,
    uniform_machine,
    uniform_relaxation_time,
)
from rbmlib.mixing_time.measured import Mixing, along, measure
from rbmlib.mixing_time.modes import exact_strengths, mode_strengths

__all__ = [
    "Mixing",
    "along",
    "exact_relaxation_time",
    "exact_strengths",
    "measure",
    "mode_strengths",
    "propagation",
    "uniform_machine",
    "uniform_relaxation_time",
]
