"""``sample --gif``: the rows as images, from where their chains start to their end."""

from math import isqrt

import numpy as np

from rbmlib import plotting, sampling
from rbmlib.demos.filmstrip import Filmstrip

N_FRAMES = 30  # at most: their times grow by a factor
LARGE = 320  # pixels of a side that a small image is enlarged to, about


def film(machine, v, known, options):
    """Write the film of some chains; return their last states.

    Parameters
    ----------
    machine : RBM
    v, known
        As in `sampling.conditional`.
    options
        Of the command: gif, a path; shape, (rows, columns) or None; sweeps and seed.

    Returns
    -------
    ndarray, shape (n_rows, n_visible)
        Those of `sampling.conditional`, bit for bit.

    Raises
    ------
    ValueError
        Units with other than two states, or a shape with another number of pixels.
    """
    shape = _shape_of(machine, options.shape)
    low, high = machine.visible.states
    times = np.geomspace(1, options.sweeps, N_FRAMES)
    times = np.unique(np.rint(times).astype(int)).tolist()
    frames, done = [], 0
    for t in times:
        sweeps = {"n_sweeps": t - done, "first_sweep": done}
        v, _ = sampling.conditional(machine, v, known, seed=options.seed, **sweeps)
        frames.append((v - low) / (high - low))
        done = t
    across = isqrt(len(v) - 1) + 1
    tiles = [np.nan_to_num(plotting.tile(x, shape, across, gap=1)) for x in frames]
    labels = [f"{t} sweeps" for t in times]
    pixel = max(1, LARGE // max(tiles[0].shape))
    Filmstrip(tiles, labels, "sweeps", "Samples of the run", pixel).save(options.gif)
    return v


def _shape_of(machine, shape):
    """Return the shape of a row as an image, or refuse it."""
    unit, n = machine.visible, machine.n_visible
    two = unit.states is not None and len(unit.states) == 2 and unit.widths(n) is None
    if not two:
        raise ValueError(f"--gif must be of columns with two entries, got {machine!r}")
    side = isqrt(n)
    rows, columns = shape or (side, side)
    if rows < 1 or rows * columns != n:
        raise ValueError(
            f"--shape must be rows and columns of an image of {n} pixels, got "
            f"{rows} {columns}"
        )
    return rows, columns
