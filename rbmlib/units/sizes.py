"""How large the numbers of a machine may be, so that all that follows are numbers.

Γ of a Gaussian unit is the square of its field, effective couplings and their norms are
fourth powers of weights, sums run over less than 1e20 terms: with parameters up to 1e70
and σ² from 1e-20 to 1e20 none of them reaches the largest float, 1.8e308.
"""

import numpy as np

from rbmlib.units.gaussian import check_convergent

LARGEST = 1e70
LARGEST_VARIANCE = 1e20


def check_sizes(W, a, b, visible, hidden):
    """Raise ValueError where parameters are too large, or Z may diverge."""
    for x, name in ((W, "W"), (a, "a"), (b, "b")):
        if x.size and (largest := float(np.abs(x).max())) > LARGEST:
            raise ValueError(
                f"{name} must hold numbers up to {LARGEST:g} in size, whose energies "
                f"are numbers, got {largest!r}"
            )
    for unit, name in ((visible, "visible"), (hidden, "hidden")):
        s2 = unit.own_variance
        if s2 and not 1 / LARGEST_VARIANCE <= s2 <= LARGEST_VARIANCE:
            raise ValueError(
                f"{name} must be units of a variance in [{1 / LARGEST_VARIANCE:g}, "
                f"{LARGEST_VARIANCE:g}], got {s2!r}"
            )
    check_convergent(W, visible, hidden)
