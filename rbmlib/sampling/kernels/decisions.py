"""`units.logistic`, `units.choice` and `randomness` for 16 units at a time.

The same sequences of operations as the functions there, on `vectors`; tests compare
them bit for bit.
"""

import numba
import numpy as np

from rbmlib.randomness import MULTIPLY_1, MULTIPLY_2
from rbmlib.sampling.kernels.vectors import (
    as_floats,
    as_integers,
    select,
    to_floats,
    to_integers,
)
from rbmlib.units.logistic import C1, C2, C3, C4, C5, LARGEST, LOG2_E, ROUND

_U, _F = np.uint32, np.float32
_M1, _M2 = _U(MULTIPLY_1), _U(MULTIPLY_2)
_S1, _S15, _S16, _S23, _MAGNITUDE = _U(1), _U(15), _U(16), _U(23), _U(0x7FFFFFFF)
_ONE, _HALF, _ZERO, _TWO_31 = _F(1), _F(0.5), _F(0), _F(2.0**31)


@numba.njit(inline="always")
def draw(counter, k1):
    """Return the draws at ``counter = k0 + unit * GOLDEN`` (`randomness.draw_at`)."""
    x = (counter ^ (counter >> _S16)) * _M1 + k1
    x = (x ^ (x >> _S15)) * _M2
    return x ^ (x >> _S16)


@numba.njit(inline="always")
def exp_abs(x, gain):
    """Return `logistic.exp_abs`; ``gain`` is float32(gain) * LOG2_E."""
    t = as_floats(as_integers(x) & _MAGNITUDE) * gain
    return _power(select(t < LARGEST, t, LARGEST), ROUND)


@numba.njit(inline="always")
def _power(t, shift):
    """Return 2^(t + s), where ``shift`` is ROUND + s with an integer s."""
    shifted = t + shift
    f = t - (shifted - shift)
    p = ((((f * C5 + C4) * f + C3) * f + C2) * f + C1) * f + _ONE
    return as_floats(as_integers(p) + (as_integers(shifted) << _S23))


@numba.njit(inline="always")
def is_on(x, word, gain):
    """Return `logistic.is_on` as a mask."""
    u = to_floats(word >> _S1) + _HALF
    unlikely = u * (exp_abs(x, gain) + _ONE) < _TWO_31
    return (x >= _ZERO) ^ unlikely


@numba.njit(inline="always")
def grid_probability(x, scale, gain):
    """Return `logistic.grid_probability`; ``scale`` is float32(2^bits)."""
    small = ((scale / (exp_abs(x, gain) + _ONE) + ROUND) - ROUND) / scale
    return select(x >= _ZERO, _ONE - small, small)


@numba.njit(inline="always")
def weight(x, largest, shift):
    """Return `choice.weights` of one state; ``shift`` is ROUND + B."""
    t = (x - largest) * LOG2_E
    t = select(t > -LARGEST, t, -LARGEST)
    return to_integers(_power(t, shift) + _HALF)
