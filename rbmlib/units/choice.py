"""The choice of one of q states, as one fixed sequence of IEEE operations.

A unit with the fields x_0 … x_{q-1} is in state k with probability
exp x_k / Σ_l exp x_l.  As in `rbmlib.units.logistic`, nothing may depend on a
library's exponential or on the order of a sum.  So each state gets an integer weight,
w_k = 2^B e^(x_k - max x) to the nearest integer, by the range reduction and the
polynomial used there.  Sums of integers are exact in any order.  A uniform word u of 32
bits names the point ⌊u S / 2^32⌋ below S = Σ w_k, and the state is the one in whose
weight the point lies: the number of k with w_0 + … + w_k at most the point.

B is as large as keeps S below 2^32: 30 for two or three states, 27 for 21, 23 for 256.
Two things are not exact.  A weight carries the relative error of the exponential, below
3e-7 (1 + max x - x_k).  And it is rounded to an integer: a state less likely than the
most likely one by a factor of more than 2^(B+1) is never drawn.  This moves at most the
probability q 2^-(B+1) from some states to others: 8e-8 for q = 21, 3e-7 for q = 37,
and 2e-5 for q = 256.
"""

import numpy as np

from rbmlib.units.logistic import C1, C2, C3, C4, C5, LARGEST, LOG2_E, ROUND

_F, _I, _L = np.float32, np.int32, np.uint64
_ONE, _HALF, _SHIFT, _32 = _F(1), _F(0.5), _I(23), _L(32)


def weight_bits(q):
    """Return B: the largest weight of a unit with q states is 2^B, at most 2^30.

    Examples
    --------
    >>> [weight_bits(q) for q in (1, 2, 3, 4, 21, 256)]
    [30, 30, 30, 29, 27, 23]
    """
    return min(30, 32 - int(q).bit_length())


def weights(x):
    """Return integers proportional to exp(x), the largest of a unit about 2^B.

    Parameters
    ----------
    x : ndarray of float32, shape (..., q)
        Fields of the q states, from 2 to 2^12 of them.

    Returns
    -------
    ndarray of uint32, same shape

    Examples
    --------
    >>> weights(np.log(np.float32([1, 2, 4])))
    array([ 268435456,  536870912, 1073741824], dtype=uint32)
    """
    shift = ROUND + _F(weight_bits(x.shape[-1]))
    t = np.maximum((x - x.max(-1, keepdims=True)) * LOG2_E, -LARGEST)
    shifted = t + shift
    f = t - (shifted - shift)
    p = ((((C5 * f + C4) * f + C3) * f + C2) * f + C1) * f + _ONE
    # The last bits of `shifted` are round(t) + B, and move into the exponent of p.
    scaled = (p.view(_I) + (shifted.view(_I) << _SHIFT)).view(_F)
    return (scaled + _HALF).astype(np.uint32)


def choose(x, words, q):
    """Return one state for each unit, drawn from its fields with a random word.

    Parameters
    ----------
    x : ndarray of float32, shape (n_rows, n_columns)
        Fields: those of the states of unit 0, then those of unit 1, and so on.
    words : ndarray of uint32, shape (n_rows, n_units)
        Draws of `rbmlib.randomness`, one for each unit.
    q : ndarray of int, shape (n_units,)
        Numbers of states, from 2 to 2^12; n_columns is their sum.

    Returns
    -------
    ndarray of int32, shape (n_rows, n_units)
        States, from 0 to q - 1.

    Examples
    --------
    >>> x = np.log(np.float32([[1, 2, 1, 3, 1]]))  # a unit of three states, one of two
    >>> for u in 0.2, 0.3, 0.8:
    ...     print(choose(x, np.full((1, 2), u * 2**32).astype(np.uint32), [3, 2]))
    [[0 0]]
    [[1 0]]
    [[2 1]]
    """
    q = np.asarray(q)
    first = np.cumsum(q) - q
    states = np.empty(words.shape, np.int32)
    for n in np.unique(q):
        units = np.flatnonzero(q == n)
        fields = x[:, first[units, None] + np.arange(n)]
        states[:, units] = pick(weights(fields), words[:, units])
    return states


def pick(w, words):
    """Return the states in whose weights the random words point.

    Parameters
    ----------
    w : ndarray of unsigned integers, shape (..., q)
        Weights, of sum below 2^32.
    words : ndarray of uint32, shape (...)

    Returns
    -------
    ndarray of int, shape (...)
    """
    reached = np.cumsum(w, axis=-1, dtype=_L)
    point = words.astype(_L) * reached[..., -1] >> _32
    return (reached <= point[..., None]).sum(-1)
