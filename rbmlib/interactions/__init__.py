"""Which variables interact, and what else a machine knows of its data.

`learning` trains a machine so that its couplings can be read, `maximum` finds the best
small one, `recovery` marks couplings against a truth that was planted, and `experiment`
plants pairs, triples and contacts.  For categorical sites `contacts` scores pairs, and
`potts_pseudo` is the model of pairs beside which a machine must stand.  `magnet` draws
a lattice, `filling` marks what is put in the place of hidden entries, and `digits`
learns small pictures, with labels or without.
"""

from rbmlib.interactions.contacts import average_product, contact_precision
from rbmlib.interactions.digits import learn_digits, learn_pixels, with_label
from rbmlib.interactions.experiment import Marks, mark, plant, plant_contacts
from rbmlib.interactions.filling import (
    Calibration,
    calibration,
    half_known,
    nearest_rows,
)
from rbmlib.interactions.learning import learn
from rbmlib.interactions.magnet import Magnet, magnet
from rbmlib.interactions.maximum import Fit, maximum_likelihood
from rbmlib.interactions.potts_pseudo import potts_pseudo_likelihood
from rbmlib.interactions.recovery import (
    PairRecovery,
    TripleRecovery,
    pair_recovery,
    triple_recovery,
)

__all__ = [
    "Calibration",
    "Fit",
    "Magnet",
    "Marks",
    "PairRecovery",
    "TripleRecovery",
    "average_product",
    "calibration",
    "contact_precision",
    "half_known",
    "learn",
    "learn_digits",
    "learn_pixels",
    "magnet",
    "mark",
    "maximum_likelihood",
    "nearest_rows",
    "pair_recovery",
    "plant",
    "plant_contacts",
    "potts_pseudo_likelihood",
    "triple_recovery",
    "with_label",
]
