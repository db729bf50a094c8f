"""The cascade: learning as a sequence of phase transitions, solved where it can be.

`pattern` has the machine of one pattern and `learning` its training, by sums over
counts; `limit` its limit of many spins, with exponents and scaling; `nested` has a mode
that splits the phases of another, `nested_training` its ages, and `measured` the modes
of any stored machine; `relaxation` the exact times of samplers whose layers are counts;
`replay` carries chains through a stored run and back, and measures the loop; `ladders`
bounds what exchange can do; `stopping` says what a finite sample teaches, and when to
stop; `spiked` how many data show a mode at all.
"""

from rbmlib.cascade.ladders import LadderBound, ladder_bound
from rbmlib.cascade.learning import Path, flow, gradient
from rbmlib.cascade.limit import (
    collapse_spread,
    critical_time,
    crossing_time,
    limit_flow,
    scaling_functions,
)
from rbmlib.cascade.measured import ModeVariances, mode_variances
from rbmlib.cascade.nested import (
    NestedMoments,
    nested_draw,
    nested_machine,
    nested_moments,
)
from rbmlib.cascade.nested_training import (
    nested_flow,
    nested_limit_flow,
    nested_phases,
)
from rbmlib.cascade.pattern import (
    Moments,
    draw,
    law,
    machine,
    moments,
    moments_of,
    overlaps,
)
from rbmlib.cascade.relaxation import (
    binary_relaxation_time,
    layer_means,
    negative_threshold,
    relaxation_time,
    sweep_kernels,
)
from rbmlib.cascade.replay import (
    loop_area,
    phases,
    replay,
    replay_chains,
    spinodal_field,
)
from rbmlib.cascade.spiked import spike_overlap, spike_threshold
from rbmlib.cascade.stopping import (
    SampleSpectrum,
    gain,
    growth,
    predicted_gain,
    sample_spectrum,
)

__all__ = [
    "LadderBound",
    "ModeVariances",
    "Moments",
    "NestedMoments",
    "Path",
    "SampleSpectrum",
    "binary_relaxation_time",
    "collapse_spread",
    "critical_time",
    "crossing_time",
    "draw",
    "flow",
    "gain",
    "gradient",
    "growth",
    "ladder_bound",
    "law",
    "layer_means",
    "limit_flow",
    "loop_area",
    "machine",
    "mode_variances",
    "moments",
    "moments_of",
    "negative_threshold",
    "nested_draw",
    "nested_flow",
    "nested_limit_flow",
    "nested_machine",
    "nested_moments",
    "nested_phases",
    "overlaps",
    "phases",
    "predicted_gain",
    "relaxation_time",
    "replay",
    "replay_chains",
    "sample_spectrum",
    "scaling_functions",
    "spike_overlap",
    "spike_threshold",
    "spinodal_field",
    "sweep_kernels",
]
