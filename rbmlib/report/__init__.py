"""One page about a run on a table of one's own: whether to believe it.

`measuring` asks the chapters' questions, `verdicts` judges the answers, `pairs` lists
the strongest couplings, `figures` draws, `chapters` says where each thing is explained,
and `page` puts all into one HTML file.
"""

from rbmlib.report.measuring import Measured, measure
from rbmlib.report.page import page
from rbmlib.report.pairs import strongest_pairs
from rbmlib.report.verdicts import Verdict, judge

__all__ = ["Measured", "Verdict", "judge", "measure", "page", "strongest_pairs"]
