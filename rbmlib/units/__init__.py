"""The units of a machine: what a layer is made of, one file for each type.

`unit` says what a unit type knows of itself; everything else in the library is written
once on that.  A new type is a file here, and its name in `TYPES`.
"""

from rbmlib.checks import shown
from rbmlib.units.binary import BINARY, Binary
from rbmlib.units.categorical import Categorical
from rbmlib.units.gauge import zero_sum
from rbmlib.units.gaussian import GAUSSIAN, Gaussian
from rbmlib.units.relu import ReLU
from rbmlib.units.spin import SPIN, Spin
from rbmlib.units.unit import Bits, Unit

__all__ = [
    "BINARY",
    "BY_LETTER",
    "GAUSSIAN",
    "SPIN",
    "TYPES",
    "Binary",
    "Bits",
    "Categorical",
    "Gaussian",
    "ReLU",
    "Spin",
    "Unit",
    "check_unit",
    "zero_sum",
]

TYPES = (Binary, Spin, Gaussian, ReLU, Categorical)  # all types of units
BY_LETTER = {kind.letter: kind for kind in TYPES}  # the types by their letter in files


def check_unit(unit, argument):
    """Return ``unit``, or raise TypeError if it is not a unit type.

    Parameters
    ----------
    unit : object
    argument : str
        Name that the error message uses.

    Examples
    --------
    >>> check_unit(SPIN, "visible").states
    (-1.0, 1.0)
    """
    if not isinstance(unit, Unit):
        names = ", ".join(kind.__name__ for kind in TYPES)
        raise TypeError(
            f"{argument} must be BINARY, SPIN, GAUSSIAN or another unit of the types "
            f"{names}, got {shown(unit)}"
        )
    return unit
