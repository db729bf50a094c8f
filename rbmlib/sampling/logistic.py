"""The decision "is this unit on?" for one number, inside kernels.

The same sequence of operations as `rbmlib.units.logistic`, which defines it; tests
compare the two bit for bit.
"""

import numba
import numpy as np

from rbmlib.units.logistic import C1, C2, C3, C4, C5, LARGEST, LOG2_E, ROUND

_F, _I = np.float32, np.int32
_ONE, _HALF, _ZERO, _TWO_31 = _F(1.0), _F(0.5), _F(0.0), _F(2.0**31)
_SHIFT = _I(23)  # position of a float32's exponent


def kernel_bits(bits):
    """Return a unit's gain and lower state as the kernels take them, in float32."""
    return _F(bits.gain) * LOG2_E, _F(bits.low)


@numba.njit(inline="always", error_model="numpy")
def kernel_exp_abs(x, gain):
    """Return `exp_abs` of one float32; ``gain`` is float32(gain) * LOG2_E."""
    t = min(abs(x) * gain, LARGEST)
    shifted = t + ROUND
    f = t - (shifted - ROUND)
    p = ((((C5 * f + C4) * f + C3) * f + C2) * f + C1) * f + _ONE
    power = _I(_F(shifted).view(_I) << _SHIFT)
    return _I(_F(p).view(_I) + power).view(_F)


@numba.njit(inline="always", error_model="numpy")
def kernel_is_on(x, word, gain):
    """Return `is_on` of one float32 and one uint32; gain as in `kernel_exp_abs`."""
    u = _F(_I(word >> np.uint32(1))) + _HALF
    unlikely = u * (_ONE + kernel_exp_abs(x, gain)) < _TWO_31
    return (x >= _ZERO) != unlikely


@numba.njit(inline="always", error_model="numpy")
def kernel_grid_probability(x, scale, gain):
    """Return `grid_probability` of one float32; ``scale`` is float32(2^bits)."""
    e = kernel_exp_abs(x, gain)
    small = ((scale / (_ONE + e) + ROUND) - ROUND) / scale
    return _ONE - small if x >= _ZERO else small
