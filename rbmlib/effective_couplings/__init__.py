"""The couplings between visible units that a machine's hidden units induce.

`many_body` has those of every order between ±1 units, `potts` the pairs of categorical
units.
"""

from rbmlib.effective_couplings.many_body import all_couplings, couplings
from rbmlib.effective_couplings.potts import PottsCouplings, potts_couplings

__all__ = ["PottsCouplings", "all_couplings", "couplings", "potts_couplings"]
