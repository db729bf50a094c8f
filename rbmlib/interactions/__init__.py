"""Which variables interact: couplings of a machine, and how true they are.

`learning` trains a machine so that its couplings can be read, `maximum` finds the best
small one, `recovery` marks couplings against a truth that was planted, and `experiment`
plants pairs and triples.
"""

from rbmlib.interactions.experiment import Marks, mark, plant
from rbmlib.interactions.learning import learn
from rbmlib.interactions.maximum import Fit, maximum_likelihood
from rbmlib.interactions.recovery import (
    PairRecovery,
    TripleRecovery,
    pair_recovery,
    triple_recovery,
)

__all__ = [
    "Fit",
    "Marks",
    "PairRecovery",
    "TripleRecovery",
    "learn",
    "mark",
    "maximum_likelihood",
    "pair_recovery",
    "plant",
    "triple_recovery",
]
