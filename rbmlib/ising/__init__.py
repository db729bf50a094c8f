"""The Ising model: exact solutions, samplers, mean field and the inverse problem."""

from rbmlib.ising import curie_weiss, inverse, mean_field
from rbmlib.ising.clusters import swendsen_wang, wolff
from rbmlib.ising.density_of_states import DensityOfStates, density_of_states
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
from rbmlib.ising.lattice_mean_field import (
    bethe_critical_temperature,
    bethe_magnetization,
    naive_critical_temperature,
    tap_stability,
)
from rbmlib.ising.local import heat_bath, metropolis
from rbmlib.ising.pair_couplings import (
    exact_marginals,
    hopfield_couplings,
    square_lattice_couplings,
)
from rbmlib.ising.runs import Run

__all__ = [
    "CRITICAL_TEMPERATURE",
    "DensityOfStates",
    "Run",
    "Torus",
    "bethe_critical_temperature",
    "bethe_magnetization",
    "curie_weiss",
    "density_of_states",
    "exact_energy",
    "exact_marginals",
    "exact_specific_heat",
    "heat_bath",
    "hopfield_couplings",
    "inverse",
    "kaufman",
    "mean_field",
    "metropolis",
    "naive_critical_temperature",
    "onsager_energy",
    "onsager_magnetization",
    "onsager_specific_heat",
    "square_lattice_couplings",
    "swendsen_wang",
    "tap_stability",
    "wolff",
]
