"""Work in pieces: a finished one is kept, so that an interrupted command goes on."""

import numpy as np

from rbmlib.files.whole import explained, write_whole
from rbmlib.trained.record import pack_npz, read_npz


def kept(folder, key, piece):
    """Return the arrays of a piece, from its file if there is one."""
    if folder is None:
        return {name: np.asarray(x) for name, x in piece().items()}
    path = folder / f"{key}.npz"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, pack_npz(piece()))
        print(key, flush=True)
    with explained(path):
        return read_npz(path)
