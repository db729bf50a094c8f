"""The phase diagram of machines of rank K with noise: theory and finite machines.

`solve` and `solve_grid` solve the self-consistent equations, `boundaries` draws the
lines between the phases; `sample_machine` and `measure` make and sample finite
machines, `instability` is mean field on them; `project` says where a trained machine
sits, and `sweep.run` does many of these on all cores or on a cluster.
"""

from rbmlib.phase_diagram import equations, sweep
from rbmlib.phase_diagram.boundaries import (
    Boundaries,
    at_sigma,
    boundaries,
    critical_w,
)
from rbmlib.phase_diagram.instability import (
    Instability,
    couplings,
    critical_strengths,
    instability,
)
from rbmlib.phase_diagram.laws import Law
from rbmlib.phase_diagram.measure import (
    Average,
    OrderParameters,
    average,
    measure,
    measure_point,
    overlap,
)
from rbmlib.phase_diagram.outliers import bulk_edge, strength, top_singular_value
from rbmlib.phase_diagram.placing import Place, least_units, place
from rbmlib.phase_diagram.plane import Grid, solve_grid
from rbmlib.phase_diagram.planted import PlantedMachine, sample_machine
from rbmlib.phase_diagram.projection import (
    project,
    sampled_means,
    susceptible,
)
from rbmlib.phase_diagram.solution import Phase, Solution
from rbmlib.phase_diagram.solve import solve

__all__ = [
    "Average",
    "Boundaries",
    "Grid",
    "Instability",
    "Law",
    "OrderParameters",
    "Phase",
    "Place",
    "PlantedMachine",
    "Solution",
    "at_sigma",
    "average",
    "boundaries",
    "bulk_edge",
    "couplings",
    "critical_strengths",
    "critical_w",
    "equations",
    "instability",
    "least_units",
    "measure",
    "measure_point",
    "overlap",
    "place",
    "project",
    "sample_machine",
    "sampled_means",
    "solve",
    "solve_grid",
    "strength",
    "susceptible",
    "sweep",
    "top_singular_value",
]
