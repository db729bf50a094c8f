"""How figures look: one style, and the three pictures that every chapter needs.

Each helper draws into the axes that it is given and returns them.  Theory is drawn as a
line, a simulation as markers with error bars, an exact result in black.
"""

import matplotlib as mpl
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap
from matplotlib.figure import Figure

from rbmlib.checks import (
    check_array,
    check_instance,
    check_integers,
    check_number,
    check_path,
    check_positive,
    shown,
)
from rbmlib.rbm import RBM, check_machine

GAP = 2  # pixels between two images of a grid
MOST = 10_000  # images side by side, pixels of a gap or of a side


def use_style():
    """Use the book's style for all figures made from now on.

    Examples
    --------
    >>> use_style()
    >>> mpl.rcParams["image.cmap"]
    'viridis'
    """
    mpl.style.use("rbmlib.book")


def save(figure, path):
    """Save a figure so that an equal figure gives an equal file: no date, no version.

    Parameters
    ----------
    figure : matplotlib Figure
    path : str or path
        Ends with .svg, .png or .pdf.

    Raises
    ------
    TypeError, ValueError
        No figure, no path, or another ending.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(Figure(), f"{folder}/empty.png")
    """
    check_instance(figure, "figure", Figure, "a Figure of Matplotlib")
    path = check_path(path)
    metadata = {
        ".svg": {"Date": None, "Creator": None},
        ".png": {"Software": None},
        ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    }
    if path.suffix not in metadata:
        raise ValueError(f"path must end with one of {', '.join(metadata)}; got {path}")
    figure.savefig(path, metadata=metadata[path.suffix])


def tile(X, shape, n_columns, gap=GAP):
    """Return the rows of X as images on a grid, with NaN between and after them.

    Parameters
    ----------
    X : array_like, shape (n_images, n_pixels)
    shape : tuple of int
        (height, width) of an image.
    n_columns : int
        Images side by side.
    gap : int
        Pixels between two images.

    Returns
    -------
    ndarray of float64, shape (n_rows * height + gaps, n_columns * width + gaps)

    Raises
    ------
    TypeError, ValueError
        No images, or images of another shape; a shape that is not a pair; n_columns or
        gap not positive.

    Examples
    --------
    >>> tile([[1, 2], [3, 4]], shape=(1, 2), n_columns=2)
    array([[ 1.,  2., nan, nan,  3.,  4.]])
    """
    height, width = check_integers(shape, "shape", (2,), 1, MOST).tolist()
    X = check_array(X, "X", ("n_images", height * width))
    n_columns = check_positive(n_columns, "n_columns", most=MOST)
    gap = check_positive(gap, "gap", most=MOST)
    n_rows = -(-len(X) // n_columns)
    grid = np.full((n_rows * n_columns, height + gap, width + gap), np.nan)
    grid[: len(X), :height, :width] = X.reshape(-1, height, width)
    grid = grid.reshape(n_rows, n_columns, height + gap, width + gap).swapaxes(1, 2)
    return grid.reshape(n_rows * (height + gap), -1)[:-gap, :-gap]


def images(ax, X, shape, n_columns=10, cmap="gray_r", limits=(0.0, 1.0)):
    """Draw the rows of X as images on a grid: data, samples or magnetisations.

    Parameters
    ----------
    ax : matplotlib Axes
    X, shape, n_columns
        See `tile`.
    cmap : str
        The default draws 1 black and 0 white.
    limits : tuple of float
        Values of the first and of the last colour.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        As `tile` does; no axes, no map of colours, or limits that do not increase.

    Examples
    --------
    >>> ax = images(Figure().subplots(), [[0, 1], [1, 1]], (1, 2), cmap="gray_r")
    >>> ax.images[0].get_clim()
    (0.0, 1.0)
    """
    check_instance(ax, "ax", Axes, "Axes of Matplotlib")
    grid = tile(X, shape, n_columns)
    check_colours(cmap)
    low, high = check_array(limits, "limits", (2,)).tolist()
    if low > high:
        raise ValueError(f"limits must not decrease, got {low:g} and {high:g}")
    ax.imshow(grid, cmap=cmap, vmin=low, vmax=high)
    ax.set_axis_off()
    return ax


def check_colours(cmap):
    """Return a map of colours, or refuse what is none.

    Raises
    ------
    ValueError
        Neither a Colormap nor the name of one.

    Examples
    --------
    >>> check_colours("gray")
    'gray'
    """
    if isinstance(cmap, Colormap) or (isinstance(cmap, str) and cmap in mpl.colormaps):
        return cmap
    raise ValueError(
        f"cmap must be a Colormap or the name of one in Matplotlib, got {shown(cmap)}"
    )


def weights(ax, W, shape, n_columns=10, limit=None):
    """Draw the columns of W as images, red above zero, blue below, white at zero.

    Parameters
    ----------
    ax : matplotlib Axes
    W : array_like, shape (n_visible, n_filters)
        Weights, or singular vectors.
    shape, n_columns
        See `tile`.
    limit : float, optional
        Value of the deepest red; default: the largest absolute value.

    Returns
    -------
    matplotlib Axes
        For a colour bar: ``ax.figure.colorbar(ax.images[0], ax=ax)``.

    Raises
    ------
    TypeError, ValueError
        As `tile` does, of W; no axes, or a limit that is negative.

    Examples
    --------
    >>> ax = weights(Figure().subplots(), [[0.5, -2.0], [0.0, 1.0]], (1, 2), limit=3.0)
    >>> ax.images[0].get_clim()
    (-3.0, 3.0)
    """
    check_instance(ax, "ax", Axes, "Axes of Matplotlib")
    height, width = check_integers(shape, "shape", (2,), 1, MOST).tolist()
    W = check_array(W, "W", (height * width, "n_filters"))
    limit = np.abs(W).max() if limit is None else check_number(limit, "limit")
    return images(ax, W.T, shape, n_columns, "RdBu_r", (-limit, limit))


def bipartite(ax, rbm: RBM):
    """Draw a small machine as a graph: hidden units above, visible units below.

    A line is a weight, red above zero, blue below; the wider, the larger.

    Parameters
    ----------
    ax : matplotlib Axes
    rbm : RBM

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        No axes or no machine; units with several columns of weights.

    Examples
    --------
    >>> ax = bipartite(Figure().subplots(), RBM([[1.0], [-2.0]], [0, 0], [0]))
    >>> [text.get_text() for text in ax.texts]
    ['$v_{1}$', '$v_{2}$', '$h_{1}$']
    """
    check_instance(ax, "ax", Axes, "Axes of Matplotlib")
    if check_machine(rbm).W.ndim != 2:
        raise ValueError(
            f"rbm must have visible units of one column of weights, got {shown(rbm)}"
        )
    layers = {"v": _positions(rbm.n_visible, 0.0), "h": _positions(rbm.n_hidden, 1.0)}
    i, j = np.indices(rbm.W.shape).reshape(2, -1)
    strength = rbm.W.ravel() / (np.abs(rbm.W).max() or 1.0)
    lines = LineCollection(
        np.stack([layers["v"][i], layers["h"][j]], axis=1),
        array=strength,
        cmap="RdBu_r",
        clim=(-1, 1),
        linewidths=0.4 + 3.0 * np.abs(strength),
        zorder=1,
    )
    ax.add_collection(lines)
    for name, xy in layers.items():
        ax.scatter(*xy.T, s=420, facecolor="white", edgecolor="black", zorder=2)
        for unit, (x, y) in enumerate(xy):
            label = f"${name}_{{{unit + 1}}}$"
            ax.text(x, y, label, ha="center", va="center", zorder=3)
    ax.set(xlim=(-0.06, 1.06), ylim=(-0.3, 1.3))
    ax.set_axis_off()
    return ax


def _positions(n_units, y):
    """Return evenly spaced places of a layer, shape (n_units, 2)."""
    x = (np.arange(n_units) + 0.5) / n_units
    return np.stack([x, np.full(n_units, y)], axis=1)
