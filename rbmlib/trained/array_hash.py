"""The hash of named arrays: of their names, shapes, types and numbers."""

import hashlib

import numpy as np


def digest(arrays):
    """Return the sha256 object of {name: array}, names in alphabetical order.

    Bytes are little-endian, so that the hash is the same on every machine.

    Examples
    --------
    >>> digest({"a": np.arange(3)}).hexdigest()[:8] == (
    ...     digest({"a": np.arange(3).astype(">i8")}).hexdigest()[:8])
    True
    """
    total = hashlib.sha256()
    for name in sorted(arrays):
        array = np.asarray(arrays[name])
        array = array.astype(array.dtype.newbyteorder("<"))
        total.update(f"{name} {array.shape} {array.dtype.str}".encode())
        total.update(array.tobytes())
    return total
