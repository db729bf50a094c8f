"""How far generated samples are from data: six scores, each with its baseline.

None of them is zero for perfect samples: two sets of real data of the same size differ
too.  So every score comes with what the data score against other data (`baseline`), and
"as good as data" means no worse than that.

The scores are those of A. Decelle, C. Furtlehner, B. Seoane (2021), arXiv:2105.13889;
the adversarial accuracy is from A. Yale et al. (2020),
doi:10.1016/j.neucom.2019.12.136.
They are functions of the machine's age and of the sampling time t_G, and `quality`
follows them along both.
"""

from rbmlib.scores.binarised import binarised_gaussian
from rbmlib.scores.classes import (
    LinearClassifier,
    NearestImage,
    class_counts,
    class_divergence,
    class_entropy,
)
from rbmlib.scores.copies import nearer_share, nearest_of
from rbmlib.scores.distances import (
    adversarial_accuracy,
    hamming,
    second_moment_error,
    third_moment_error,
)
from rbmlib.scores.images import compressed_size, power_spectrum, spectral_distance
from rbmlib.scores.quality import NAMES, Scores, baseline, quality, score

__all__ = [
    "NAMES",
    "LinearClassifier",
    "NearestImage",
    "Scores",
    "adversarial_accuracy",
    "baseline",
    "binarised_gaussian",
    "class_counts",
    "class_divergence",
    "class_entropy",
    "compressed_size",
    "hamming",
    "nearer_share",
    "nearest_of",
    "power_spectrum",
    "quality",
    "score",
    "second_moment_error",
    "spectral_distance",
    "third_moment_error",
]
