"""Small whole numbers as a text that is short: Rice's code, in base64.

`live_core.js` reads it.
"""

import base64

import numpy as np

MOST_BITS = 7  # k is written in three bits


def rice_bits(rows):
    """Return rows of whole numbers in Rice's code, as an array of bits.

    A number n is folded to u = 2n, or -2n - 1 where it is negative.  It is written as
    the quotient of u by 2^k, so many ones and a zero, and the k lowest bits of u.  Of
    each row k, the best for it, comes first in three bits.

    Parameters
    ----------
    rows : ndarray of int, shape (n_rows, n_columns)

    Returns
    -------
    ndarray of uint8, shape (n_bits,)

    Examples
    --------
    >>> rice_bits(np.array([[0, -1, 1]])).tolist()  # u = 0, 1, 2; k = 0
    [0, 0, 0, 0, 1, 0, 1, 1, 0]
    """
    folded = np.where(rows < 0, -2 * rows - 1, 2 * rows)
    costs = [(folded >> k).sum(1) + k * rows.shape[1] for k in range(MOST_BITS + 1)]
    best = np.argmin(costs, axis=0)
    parts = [_row_bits(u, int(k)) for u, k in zip(folded, best, strict=True)]
    return np.concatenate(parts) if parts else np.zeros(0, np.uint8)


def _row_bits(u, k):
    """Return k and the numbers of a row."""
    ends = np.cumsum((u >> k) + 1 + k)
    bits = np.ones(ends[-1], np.uint8)
    bits[ends - 1 - k] = 0
    for place in range(k):
        bits[ends - 1 - place] = (u >> place) & 1
    return np.concatenate([[k >> 2 & 1, k >> 1 & 1, k & 1], bits]).astype(np.uint8)


def packed_rows(rows):
    """Return rows of whole numbers as a base64 text, and how many bytes that holds.

    Parameters
    ----------
    rows : ndarray of int, shape (n_rows, n_columns)

    Examples
    --------
    >>> packed_rows(np.array([[0, -1, 1]]))
    ('CwA=', 2)
    """
    data = np.packbits(rice_bits(rows)).tobytes()
    return base64.b64encode(data).decode(), len(data)
