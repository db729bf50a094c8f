"""The log-likelihood: exact for small machines, by annealing for the others.

`estimate` holds the result type and the exact log-likelihood, `ais` the annealing from
an independent machine and back, `trajectory` the annealing along the ages of training,
`path` the kernels.
"""

from rbmlib.likelihood.ais import ais, independent_machine, reverse_ais
from rbmlib.likelihood.estimate import Estimate, log_likelihood
from rbmlib.likelihood.trajectory import trajectory_ais

__all__ = [
    "Estimate",
    "ais",
    "independent_machine",
    "log_likelihood",
    "reverse_ais",
    "trajectory_ais",
]
