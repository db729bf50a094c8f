"""The log-likelihood: exact for small machines, by annealing for the others.

`estimate` holds the result type and the exact log-likelihood; `annealing` leads from an
independent machine to a given one and back, `trajectory` along the ages of training;
`path` carries the chains.
"""

from rbmlib.likelihood.along_training import trajectory_ais
from rbmlib.likelihood.annealing import ais, independent_machine, reverse_ais
from rbmlib.likelihood.estimate import Estimate, log_likelihood

__all__ = [
    "Estimate",
    "ais",
    "independent_machine",
    "log_likelihood",
    "reverse_ais",
    "trajectory_ais",
]
