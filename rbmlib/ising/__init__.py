"""The Ising model: exact solutions, fast samplers, mean field."""

from rbmlib.ising import curie_weiss
from rbmlib.ising.clusters import swendsen_wang, wolff
from rbmlib.ising.enumeration import DensityOfStates, density_of_states
from rbmlib.ising.exact import (
    CRITICAL_TEMPERATURE,
    Torus,
    exact_energy,
    exact_specific_heat,
    kaufman,
    onsager_energy,
    onsager_magnetization,
    onsager_specific_heat,
)
from rbmlib.ising.local import heat_bath, metropolis
from rbmlib.ising.runs import Run

__all__ = [
    "CRITICAL_TEMPERATURE",
    "DensityOfStates",
    "Run",
    "Torus",
    "curie_weiss",
    "density_of_states",
    "exact_energy",
    "exact_specific_heat",
    "heat_bath",
    "kaufman",
    "metropolis",
    "onsager_energy",
    "onsager_magnetization",
    "onsager_specific_heat",
    "swendsen_wang",
    "wolff",
]
