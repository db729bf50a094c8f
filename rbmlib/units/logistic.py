"""The decision "is this unit on?", as one fixed sequence of IEEE operations.

A unit with field x is in its upper state with probability σ(x) = 1/(1 + e⁻ˣ).  Library
exponentials differ in the last bit between processors, and one differing bit changes a
whole Markov chain.  Here e^|x| is a range reduction and a polynomial of degree 5, in
float32, in a fixed order, without fused multiply-add; error below 3e-7·(1+|x|).

The less likely state is drawn: with u uniform in (0, 1), u·(1 + e^|x|) < 1 has the
probability σ(-|x|), with the resolution 2^-31 on both sides, so that exchanging the
states exchanges the decisions.  No division and no logarithm is needed.

These functions define; `rbmlib.sampling.logistic` does the same for one number inside
kernels, and the JavaScript of the demos repeats them with ``Math.fround``.
"""

import numpy as np

_F = np.float32
_I = np.int32
LOG2_E = _F(1.4426950408889634)
ROUND = _F(1.5 * 2**23)  # adding and subtracting it rounds to the nearest integer
# Minimax polynomial of 2^f on [-1/2, 1/2], relative error 1.7e-7.
C1, C2, C3, C4, C5 = (
    _F(float.fromhex(c))
    for c in (
        "0x1.62e432p-1", "0x1.ebf9acp-3", "0x1.c6b15ap-5", "0x1.3cedaap-7",
        "0x1.5e089ep-10",
    )
)  # fmt: skip
LARGEST = _F(86.0)  # log2 of e^|x|; beyond, no draw is fine enough to tell
_ONE, _HALF, _ZERO, _TWO_31 = _F(1.0), _F(0.5), _F(0.0), _F(2.0**31)
_SHIFT = _I(23)  # position of a float32's exponent


def exp_abs(x, gain=1):
    """Return e^(gain |x|), 2^86 beyond, of a float32 array; gain is 1 or 2."""
    t = np.minimum(np.abs(x) * (_F(gain) * LOG2_E), LARGEST)
    shifted = t + ROUND
    f = t - (shifted - ROUND)
    p = ((((C5 * f + C4) * f + C3) * f + C2) * f + C1) * f + _ONE
    # The last bits of `shifted` are round(t): moved up, they multiply p by 2^round(t).
    return (p.view(_I) + (shifted.view(_I) << _SHIFT)).view(_F)


def is_on(x, word, gain=1):
    """Return True with probability σ(gain x): the decision made from a random word.

    Parameters
    ----------
    x : ndarray of float32
        Fields.
    word : ndarray of uint32, same shape
        Draws of `rbmlib.randomness`.
    gain : 1 or 2
        2 for ±1 units, whose upper state has the probability σ(2x).

    Returns
    -------
    ndarray of bool

    Examples
    --------
    >>> x = np.float32([0, 0, 3, -3])
    >>> is_on(x, np.array([2**30, 2**31 + 2**30, 2**31, 2**31], np.uint32))
    array([False,  True,  True, False])
    """
    u = (word >> np.uint32(1)).astype(_I).astype(_F) + _HALF  # in units of 2^-31
    unlikely = u * (_ONE + exp_abs(x, gain)) < _TWO_31
    return (x >= _ZERO) != unlikely


def grid_probability(x, bits, gain=1):
    """Return σ(gain x) rounded to multiples of 2^-bits, for exact sums.

    Parameters
    ----------
    x : ndarray of float32
    bits : int
        At most 22.
    gain : 1 or 2

    Returns
    -------
    ndarray of float32

    Examples
    --------
    >>> grid_probability(np.array([0.0, 1.0, -1.0], np.float32), 8).tolist()
    [0.5, 0.73046875, 0.26953125]
    """
    scale = _F(2.0**bits)
    small = ((scale / (_ONE + exp_abs(x, gain)) + ROUND) - ROUND) / scale
    return np.where(x >= _ZERO, _ONE - small, small)
