"""The couplings between visible units that a machine's hidden units induce.

`many_body` has those of every order between ±1 units.
"""

from rbmlib.effective_couplings.many_body import all_couplings, couplings

__all__ = ["all_couplings", "couplings"]
