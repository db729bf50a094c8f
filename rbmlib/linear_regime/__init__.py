"""The linear regime: how a machine with small weights learns its first features.

`gaussian` follows the machine whose gradient flow can be solved, `closed_form` its
single modes, `binary` says what is left of that for units of two states, and `spectrum`
reads the same quantities off a trained machine.  The theory is that of A. Decelle,
G. Fissore, C. Furtlehner (2017), doi:10.1209/0295-5075/119/60001.
"""

from rbmlib.linear_regime.binary import (
    Growth,
    fluctuations,
    growth,
    layer_susceptibility,
    leading_gradient,
)
from rbmlib.linear_regime.closed_form import (
    logistic_weight,
    mode_rate,
    mode_weight,
    rdm_stationary,
    rdm_variance,
    stepped_weight,
)
from rbmlib.linear_regime.gaussian import (
    ModePath,
    full_flow,
    mode_dynamics,
    rotations,
    stationary_modes,
)
from rbmlib.linear_regime.spectrum import (
    Spectrum,
    log_slopes,
    overlaps,
    participation_ratio,
    spectrum,
    subspace_overlap,
)

__all__ = [
    "Growth",
    "ModePath",
    "Spectrum",
    "fluctuations",
    "full_flow",
    "growth",
    "layer_susceptibility",
    "leading_gradient",
    "log_slopes",
    "logistic_weight",
    "mode_dynamics",
    "mode_rate",
    "mode_weight",
    "overlaps",
    "participation_ratio",
    "rdm_stationary",
    "rdm_variance",
    "rotations",
    "spectrum",
    "stationary_modes",
    "stepped_weight",
    "subspace_overlap",
]
