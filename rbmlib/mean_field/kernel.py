"""The part of a mean-field step that is not a matrix product, in one pass.

Field to mean, damping, the variance for the next product and the largest change of each
start are done while a block of starts is in cache.  In single precision the logistic is
a rational function without branches, so that the loop is vectorised; its error, 3e-7,
is far below what single precision is used for here.
"""

import numba
import numpy as np

from rbmlib import compiled

# tanh x = x P(x²)/Q(x²) on |x| <= 7.99, a minimax fit in single precision.
LIMIT = np.float32(7.99881172180175781)
P = tuple(
    np.float32(c)
    for c in (
        4.89352455891786e-03, 6.37261928875436e-04, 1.48572235717979e-05,
        5.12229709037114e-08, -8.60467152213735e-11, 2.00018790482477e-13,
        -2.76076847742355e-16,
    )
)  # fmt: skip
Q = tuple(
    np.float32(c)
    for c in (
        4.89352518554385e-03,
        2.26843463243900e-03,
        1.18534705686654e-04,
        1.19825839466702e-06,
    )
)
HALF, ZERO, ONE = np.float32(0.5), np.float32(0.0), np.float32(1.0)


@numba.njit(inline="always")
def _tanh32(x):
    x = min(max(x, -LIMIT), LIMIT)
    y = x * x
    p = P[6]
    p = p * y + P[5]
    p = p * y + P[4]
    p = p * y + P[3]
    p = p * y + P[2]
    p = p * y + P[1]
    p = p * y + P[0]
    q = Q[3]
    q = q * y + Q[2]
    q = q * y + Q[1]
    q = q * y + Q[0]
    return x * p / q


@compiled.kernel(fastmath=True, error_model="numpy")
def advance32(x, y, z, bias, m, mid, half, c0, c1, c2, order, keep, change):
    """Move the means ``m`` of a block of starts by one step, in single precision.

    Parameters
    ----------
    x, y, z : float32 arrays, shape (n_starts, n_units)
        W·m, W²·V and W³·κ of the other layer; y and z are read from order 2 and 3 on,
        and x is overwritten.
    bias : float32 array, shape (n_units,)
    m : float32 array, shape (n_starts, n_units)
        Overwritten.
    mid, half : float32
        The mean in a field x is mid + half tanh(half x), or c0 x where half is zero.
    c0, c1, c2 : float32
        Of V(m).
    keep : float32
        Damping.
    change : float32 array, shape (n_starts,)
        Raised to the largest |new - old| of each start.
    """
    sixth, twice = np.float32(1 / 6), np.float32(2.0) * c2
    n = m.shape[1]
    for s in range(m.shape[0]):
        # One loop for each choice, so that none of them branches inside.
        field, old = x[s], m[s]
        for i in range(n):
            field[i] += bias[i]
        if order >= 2:
            for i in range(n):
                field[i] += HALF * (c1 + twice * old[i]) * y[s, i]
        if order == 3:
            for i in range(n):
                slope = c1 + twice * old[i]
                variance = c0 + old[i] * (c1 + c2 * old[i])
                field[i] += sixth * (slope * slope + twice * variance) * z[s, i]
        if half > ZERO:
            for i in range(n):
                field[i] = mid + half * _tanh32(half * field[i])
        else:
            for i in range(n):
                field[i] = c0 * field[i]
        largest = change[s]
        for i in range(n):
            new = keep * old[i] + (ONE - keep) * field[i]
            largest = max(largest, abs(new - old[i]))
            old[i] = new
        change[s] = largest


@compiled.kernel(fastmath=True, error_model="numpy")
def cumulants32(m, c0, c1, c2, order, variance, third):
    """Write V(m), and at order 3 κ(m), of a block."""
    two = np.float32(2.0)
    for s in range(m.shape[0]):
        for i in range(m.shape[1]):
            v = c0 + m[s, i] * (c1 + c2 * m[s, i])
            variance[s, i] = v
            if order == 3:
                third[s, i] = v * (c1 + two * c2 * m[s, i])
