"""The log-likelihood: exact for small machines, by annealing for the others.

`estimate` holds the result type and the exact log-likelihood; `annealing` leads from an
independent machine to a given one and back, `trajectory` along the ages of training;
`path` carries the chains; `conditional` has some units given, `observed` some unknown,
which `given` sums out; `classes` asks one unit, given all others; `pseudo` is a score
that needs no Z.

`assessment` judges the estimates of a run: `modes` of mean field give a `bound` and
`regions` to anneal in, `starts` and `routes` run all that, `wagers` say what weights
prove, `rows` are the result.
"""

from rbmlib.likelihood.along_training import trajectory_ais
from rbmlib.likelihood.annealing import ais, independent_machine, reverse_ais
from rbmlib.likelihood.assessment import Assessment, assess
from rbmlib.likelihood.bound import mean_field_bound
from rbmlib.likelihood.classes import class_probabilities
from rbmlib.likelihood.conditional import log_conditional
from rbmlib.likelihood.estimate import Estimate, log_likelihood
from rbmlib.likelihood.observed import log_observed
from rbmlib.likelihood.pseudo import pseudo_log_likelihood

__all__ = [
    "Assessment",
    "Estimate",
    "ais",
    "assess",
    "class_probabilities",
    "independent_machine",
    "log_conditional",
    "log_likelihood",
    "log_observed",
    "mean_field_bound",
    "pseudo_log_likelihood",
    "reverse_ais",
    "trajectory_ais",
]
