"""The data of a run, held small: units of two states as bits, of few as bytes.

60 000 images of 784 pixels take 6 MB and not 188.  A batch is unpacked when it is due.
"""

import numpy as np

_BLOCK = 1000  # samples that are packed at once


class Held:
    """States as they came.

    Parameters
    ----------
    data : ndarray, shape (n_samples, n_visible)
        Checked states.
    """

    def __init__(self, data):
        self._data = data

    def __len__(self):
        """Return the number of samples."""
        return len(self._data)

    def rows(self, which):
        """Return samples by an index or a slice, as states of their unit's dtype."""
        return self._data[which]


class HeldBits(Held):
    """States of units that have two of them, the upper one 1.

    Examples
    --------
    >>> held = HeldBits(np.array([[1, -1, 1], [-1, -1, 1]], np.float32), low=-1)
    >>> held.rows([1, 0]).tolist()
    [[-1.0, -1.0, 1.0], [1.0, -1.0, 1.0]]
    """

    def __init__(self, data, low):
        blocks = np.array_split(data, len(data) // _BLOCK + 1)
        packed = [np.packbits(rows > 0, axis=1) for rows in blocks]
        super().__init__(np.concatenate(packed))
        self._n_units, self._low = data.shape[1], np.float32(low)

    def bits(self, which):
        """Return samples as uint8, 1 for the upper state."""
        return np.unpackbits(self._data[which], axis=1, count=self._n_units)

    def rows(self, which):
        """Return samples as float32 states."""
        states = self.bits(which).astype(np.float32)
        return states if self._low == 0 else self._low + (1 - self._low) * states


class HeldIntegers(Held):
    """States that are numbered, in the smallest integers that hold them."""

    def __init__(self, data):
        super().__init__(data.astype(np.min_scalar_type(data.max())))
        self._dtype = data.dtype

    def rows(self, which):
        """Return samples as states of their unit's dtype."""
        return self._data[which].astype(self._dtype)


class HeldGaps(Held):
    """States of which some are not known, and a bit for each that says so.

    Parameters
    ----------
    states : Held
        With some state in each gap.
    gaps : ndarray of bool, shape (n_samples, n_visible)
    """

    def __init__(self, states, gaps):
        super().__init__(states)
        self.n_gaps = gaps.sum(axis=1)
        self._gaps = HeldBits(gaps, low=0)

    def rows(self, which):
        """Return samples as a masked array."""
        gaps = self._gaps.bits(which).view(bool)
        return np.ma.MaskedArray(self._data.rows(which), gaps)


def held_for(settings, data, unit):
    """Return the `Held` of checked data of a unit type, for a run of such settings."""
    if isinstance(data, np.ma.MaskedArray):
        return HeldGaps(held_for(settings, data.data, unit), data.mask)
    if "batch_size" not in settings:  # all data are due at each update
        return Held(data)
    if unit.bits is not None:
        return HeldBits(data, unit.bits.low)
    return HeldIntegers(data) if data.dtype.kind == "i" else Held(data)
