"""The square torus in memory: which spin stands where, and who its neighbours are.

Even L.  Site (i, j) belongs to one of four sublattices, by the parities of i and j:

    0 (even, even)   1 (odd, odd)     the black squares of the board
    2 (even, odd)    3 (odd, even)    the white squares

Each sublattice is a rectangle with a border one cell wide that repeats the opposite
side.  The four neighbours of a cell p then stand at p and p ± width of one other
sublattice, at p and p ± step of another, and one flat loop updates a whole sublattice.

A cell is a byte with one spin, or a word with 64 spins: either 64 independent lattices
("replicas"), or 64 horizontal strips of one lattice ("strips").  Going down from the
last row of a strip leads to the first row of the next one, so the border above and
below is turned by one bit.

Odd L.  A torus with odd sides has no two colours; cells stand row by row, without
border, and are updated one after another.
"""

from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_choice

VERTICAL = (3, 2, 1, 0)  # the sublattice above and below
HORIZONTAL = (2, 3, 0, 1)  # the sublattice left and right
BELOW = (-1, 1, -1, 1)  # is the other vertical neighbour at p + width or p - width
RIGHT = (-1, 1, 1, -1)


class Layout(NamedTuple):
    """Shape of a lattice in memory.

    Attributes
    ----------
    rows, cols : int
        Of the stored lattice: L and L, but L/64 rows of words for strips.
    width, size : int
        Cells in a row and in a whole sublattice, border included (even L).
    n_cells : int
        All cells, a multiple of 4.
    turn : int
        By how many bits the border above is turned: 1 for strips, else 0.
    """

    rows: int
    cols: int
    width: int
    size: int
    n_cells: int
    turn: int


def layout(L, kernel):
    """Return the layout of an L x L lattice for "bytes", "replicas" or "strips".

    Raises
    ------
    ValueError
        For an unknown kernel, or strips with L no multiple of 128.

    Examples
    --------
    >>> layout(4, "bytes")
    Layout(rows=4, cols=4, width=4, size=16, n_cells=64, turn=0)
    """
    check_choice(kernel, "kernel", ("bytes", "replicas", "strips"))
    if kernel == "strips" and L % 128:
        raise ValueError(
            f"L must be a multiple of 128 with kernel 'strips', got L = {L}"
        )
    rows, turn = (L // 64, 1) if kernel == "strips" else (L, 0)
    if L % 2:
        return Layout(L, L, L, L * L, -(-L * L // 4) * 4, turn)
    width = L // 2 + 2
    size = -(-(rows // 2 + 2) * width // 4) * 4
    return Layout(rows, L, width, size, 4 * size, turn)


def cell_of_site(where):
    """Return the cell of each stored site, shape (rows, cols)."""
    if where.rows % 2:
        return np.arange(where.rows * where.cols).reshape(where.rows, where.cols)
    i, j = np.indices((where.rows, where.cols))
    sublattice = np.array([[0, 2], [3, 1]])[i % 2, j % 2]
    return sublattice * where.size + (i // 2 + 1) * where.width + j // 2 + 1


def to_cells(spins, where, dtype):
    """Return spins, shape (rows, cols), as a flat array of cells with empty border."""
    cells = np.zeros(where.n_cells, dtype)
    for inside, part in _parts(cells, where):
        inside[:] = spins[part]
    return cells


def from_cells(cells, where):
    """Return the spins, shape (rows, cols), that stand in a flat array of cells."""
    spins = np.empty((where.rows, where.cols), cells.dtype)
    for inside, part in _parts(cells, where):
        spins[part] = inside
    return spins


def _parts(cells, where):
    """Yield each sublattice without its border, and which sites it holds."""
    if where.rows % 2:
        yield cells[: where.size].reshape(where.rows, where.cols), np.s_[:, :]
        return
    for c, (i, j) in enumerate(((0, 0), (1, 1), (0, 1), (1, 0))):
        first, height = c * where.size, where.rows // 2 + 2
        block = cells[first : first + height * where.width]
        inside = block.reshape(height, where.width)[1:-1, 1:-1]
        yield inside, np.s_[i::2, j::2]


def to_words(spins):
    """Pack 64 lattices of 0/1 spins, shape (64, rows, cols), into uint64 words."""
    lanes = np.arange(64, dtype=np.uint64)[:, None, None]
    return np.bitwise_or.reduce(spins.astype(np.uint64) << lanes, axis=0)


def from_words(words):
    """Unpack uint64 words, shape (rows, cols), into 0/1 spins, (64, rows, cols)."""
    lanes = np.arange(64, dtype=np.uint64)[:, None, None]
    return ((words >> lanes) & np.uint64(1)).astype(np.uint8)


def neighbours(L1, L2):
    """Return the right, left, lower and upper neighbour of each site of the torus.

    Sites are numbered row by row.  For a side of length 2 a neighbour appears twice.

    Returns
    -------
    ndarray of int, shape (L1 * L2, 4)

    Examples
    --------
    >>> neighbours(3, 3)[0].tolist()
    [1, 2, 3, 6]
    """
    site = np.arange(L1 * L2).reshape(L1, L2)
    shifts = ((-1, 1), (1, 1), (-1, 0), (1, 0))
    return np.stack([np.roll(site, *shift).ravel() for shift in shifts], axis=1)


def update_groups(L):
    """Return the sites that are updated together, one array for each step of a sweep.

    Even L: the black squares, then the white ones.  Odd L: site after site.

    Parameters
    ----------
    L : int
        Side of the torus.

    Examples
    --------
    >>> [group.tolist() for group in update_groups(2)]
    [[0, 3], [1, 2]]
    """
    if L % 2:
        return [np.array([site]) for site in range(L * L)]
    colour = np.indices((L, L)).sum(axis=0).ravel() % 2
    return [np.flatnonzero(colour == c) for c in (0, 1)]
