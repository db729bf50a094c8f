"""Pictures of a tree: branches from left to right, or round a circle."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from matplotlib.patches import Patch

from rbmlib.checks import (
    check_image_shape,
    check_instance,
    check_positive,
    check_real,
    check_texts,
)
from rbmlib.mode_tracking.labels import check_label_numbers
from rbmlib.mode_tracking.tree import ModeTree
from rbmlib.plotting import check_colours

MOST = 10_000  # pixels of a side, of a mode or of the screen
COLOURS = plt.get_cmap("tab10").colors
GREY = (0.55, 0.55, 0.55)


def draw(
    ax,
    tree,
    labels=None,
    shape=None,
    *,
    zoom=1.0,
    max_levels=None,
    names=None,
    cmap="gray_r",
):
    """Draw a tree with young machines on the left and its leaves on the right.

    Parameters
    ----------
    ax : matplotlib Axes
    tree : ModeTree
    labels : array_like of non-negative int, or of str, shape (n_samples,), optional
        Branches take the colour of the most frequent label among their samples, grey
        where two are equally frequent.
    shape : tuple of int, optional
        (height, width): draw the visible means of every node as an image.
    zoom : float
        Screen pixels a pixel of these images, at 72 an inch.  Where the images of the
        leaves would overlap they stand in several columns.
    max_levels : int, optional
        Draw only so many levels with images, evenly chosen; default: all.
    names : sequence of str, optional
        Of the labels, those that are texts in the order of ``np.unique``: a strip above
        the tree says which colour is which.  Default: up to ten texts themselves.
    cmap : str
        Of the images; the default draws 1 black and 0 white.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        No axes, no tree or no map of colours; labels that are no integers >= 0 and no
        texts, or not one a sample; a shape that is not that of the modes; a zoom or
        number of levels that is not positive; or labels without a name.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from rbmlib.mode_tracking import Level
    >>> levels = Level(9, [[0, 1], [1, 1]], [0, 0]), Level(1, [[0.5, 1]], [0])
    >>> tree = ModeTree(levels, [0, 0, 1], [9, 1], [2, 1], {}, order=2, eps=0.01)
    >>> ax = draw(
    ...     Figure().subplots(), tree, [0, 0, 1], (1, 2), zoom=9.0, max_levels=2,
    ...     names=["a", "b"],
    ... )
    >>> len(ax.artists)  # images of two leaves and of the root
    3
    """
    check_instance(ax, "ax", Axes, "Axes of Matplotlib")
    check_instance(tree, "tree", ModeTree)
    labels, names = _named(tree, labels, names)
    colours = _colours(tree, labels)
    if shape is not None:
        shape = check_image_shape(shape, tree.levels[0].m_v.shape[1], "the tree")
    zoom = check_real(zoom, "zoom", 0, MOST, open_low=True)
    place, depth = _places(tree), len(tree.levels)
    with_image = set(range(depth))
    if max_levels is not None:
        n_levels = min(check_positive(max_levels, "max_levels"), depth)
        with_image = set(np.linspace(0, depth - 1, n_levels).round().astype(int))
    cmap = check_colours(cmap)
    columns, step = _columns(ax, tree, shape, zoom)
    for k, level in enumerate(tree.levels):
        for i, y in enumerate(place[k]):
            x = depth - 1 - k
            end = x + (y % columns) * step if k == 0 else x
            line = dict(color=colours[k][i], lw=1.2, zorder=1)
            if k > 0:
                ax.plot([x, x + 0.5], [y, y], "-", **line)
            if k + 1 < depth:
                top = place[k + 1][level.up[i]]
                ax.plot([x - 0.5, x - 0.5, end], [top, y, y], "-", **line)
            if shape is not None and k in with_image and _branches(tree, k, i):
                pixels = level.m_v[i].reshape(shape)
                _image(ax, pixels, (end, y), colours[k][i], zoom, cmap)
    ages = [level.age for level in reversed(tree.levels)]
    ax.set(xticks=range(depth), yticks=[], xlabel="age [updates]")
    ax.set_xticklabels(ages, rotation=60, ha="right")
    ax.set_xlim(-0.6, depth - 0.4 + (columns - 1) * step)
    ax.set_ylim(tree.n_leaves - 0.4, -0.6)
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    if names is not None:
        colour_key(ax, names)
    return ax


def colour_key(ax, names):
    """Put a strip above an Axes that says which colour stands for which label.

    Colours come again after ten labels.

    Parameters
    ----------
    ax : matplotlib Axes
    names : sequence of str
        The labels, in the order of their colours.

    Raises
    ------
    TypeError, ValueError
        No axes, or names that are no sequence of texts.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> colour_key(ax, ["0", "1"])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['0', '1']
    """
    check_instance(ax, "ax", Axes, "Axes of Matplotlib")
    names = check_texts(names, "names", 1)
    keys = [Patch(color=COLOURS[n % 10]) for n in range(len(names))]
    where = dict(loc="lower center", bbox_to_anchor=(0.5, 1.0))
    small = dict(fontsize=9, handlelength=0.9, handletextpad=0.3, columnspacing=0.9)
    legend = ax.legend(
        keys, [""] * len(keys), ncols=len(keys), frameon=False, **where, **small
    )
    _write(legend, names)


def _write(legend, names):
    """Write names as they are; to a legend $ begins a formula and _ hides a name."""
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set(text=str(name), parse_math=False)


def draw_radial(ax, tree, labels=None, names=None):
    """Draw a large tree round its root, a dot for each leaf.

    Parameters
    ----------
    ax : matplotlib Axes
        With equal scales; its frame is removed.
    tree : ModeTree
    labels : array_like of non-negative int, or of str, shape (n_samples,), optional
    names : sequence of str, optional
        Of the labels, as in `draw`; ``ax.legend()`` shows them.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        As `draw`.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from rbmlib.mode_tracking import Level
    >>> levels = Level(9, [[0, 1], [1, 1]], [0, 0]), Level(1, [[0.5, 1]], [0])
    >>> tree = ModeTree(levels, [0, 0, 1], [9, 1], [2, 1], {}, order=2, eps=0.01)
    >>> ax = draw_radial(Figure().subplots(), tree, [0, 0, 1], names=["a", "b"])
    >>> ax.get_legend_handles_labels()[1]
    ['a', 'b']
    """
    check_instance(ax, "ax", Axes, "Axes of Matplotlib")
    check_instance(tree, "tree", ModeTree)
    labels, names = _named(tree, labels, names)
    place, colours = _places(tree), _colours(tree, labels)
    depth, turn = len(tree.levels), 2 * np.pi / tree.n_leaves
    sizes = np.bincount(tree.leaf_of[tree.leaf_of >= 0], minlength=tree.n_leaves)
    for k, level in enumerate(tree.levels[:-1]):
        outer, inner = depth - 1 - k, depth - 2 - k
        for i, y in enumerate(place[k]):
            start, end = turn * place[k + 1][level.up[i]], turn * y
            arc = np.linspace(start, end, 2 + int(abs(end - start) * 20))
            radius = np.append(np.full(len(arc), inner), outer)
            angle = np.append(arc, end)
            ax.plot(
                radius * np.cos(angle),
                radius * np.sin(angle),
                "-",
                color=colours[k][i],
                lw=1.0,
                zorder=1,
            )
    angle = turn * np.asarray(place[0])
    ax.scatter(
        (depth - 1) * np.cos(angle),
        (depth - 1) * np.sin(angle),
        s=6 + 60 * sizes / max(1, sizes.max()),
        color=colours[0],
        zorder=2,
        lw=0,
    )
    for label, name in enumerate(names or ()):
        text = str(name).replace("$", r"\$")  # no formula
        ax.plot([], [], "o", color=COLOURS[label % 10], label=text)
    edge = 1.1 * max(depth - 1, 1)  # two leaves lie on a line, which has no height
    ax.set(xlim=(-edge, edge), ylim=(-edge, edge), aspect="equal")
    ax.set_axis_off()
    return ax


def _named(tree, labels, names):
    """Return labels as integers, and their names as a tuple; or either as None."""
    names = None if names is None else check_texts(names, "names", 1)
    if labels is None:
        return None, names
    labels, texts = check_label_numbers(labels, len(tree.leaf_of))
    if names is None and texts is not None and len(texts) <= len(COLOURS):
        names = tuple(texts.tolist())
    if names is not None and labels.max() >= len(names):
        raise ValueError(
            f"names must be one for each label from 0 to {labels.max()}, got "
            f"{len(names)}"
        )
    return labels, names


def _columns(ax, tree, shape, zoom):
    """Return in how many columns the images of the leaves fit, and their distance."""
    if shape is None:
        return 1, 0.0
    width, height = ax.figure.get_size_inches() * ax.get_position().size
    tall, wide = (side * zoom / 72 * 1.25 + 0.05 for side in shape)  # with a frame
    columns = int(np.ceil(tall * tree.n_leaves / height))
    levels = len(tree.levels) + 0.2
    # The columns make the axis longer, and so each inch of it more levels.
    return columns, wide * levels / max(width - (columns - 1) * wide, wide)


def _places(tree):
    """Return a coordinate for every mode: a leaf's rank, and the middle of children."""
    places = [np.empty(tree.n_leaves)]
    places[0][tree.leaf_order()] = np.arange(tree.n_leaves)
    for k in range(1, len(tree.levels)):
        below = [places[-1][tree.children(k, i)] for i in range(len(tree.levels[k]))]
        places.append(np.array([(y.min() + y.max()) / 2 for y in below]))
    return places


def _colours(tree, labels):
    """Return the colour of every mode, grey without labels."""
    if labels is None:
        return [[GREY] * len(level) for level in tree.levels]
    colours = []
    for k, level in enumerate(tree.levels):
        mode = tree.mode_of(k)
        colours.append([_colour(labels[mode == i]) for i in range(len(level))])
    return colours


def _colour(labels):
    """Return the colour of the most frequent label, grey where there is none."""
    names, count = np.unique(labels, return_counts=True)
    most = names[count == count.max(initial=0)]
    return COLOURS[most[0] % 10] if len(most) == 1 else GREY


def _branches(tree, k, i):
    """Return whether a mode is drawn: a leaf, a root, or one with several children."""
    return k in (0, len(tree.levels) - 1) or len(tree.children(k, i)) > 1


def _image(ax, pixels, xy, colour, zoom, cmap):
    picture = OffsetImage(pixels, zoom=zoom, cmap=cmap, clim=(0, 1))
    picture.image.axes = ax
    frame = dict(edgecolor=colour, linewidth=1.2)
    ax.add_artist(
        AnnotationBbox(picture, xy, pad=0.1, bboxprops=frame, box_alignment=(0.5, 0.5))
    )
