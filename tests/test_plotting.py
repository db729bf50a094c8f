"""The style, the three pictures, and files that are equal when figures are."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from rbmlib import plotting
from rbmlib.rbm import RBM

X = np.arange(12.0).reshape(3, 4)  # three images of 2×2 pixels


@pytest.fixture
def ax():
    figure = Figure()
    FigureCanvasAgg(figure)
    return figure.add_subplot()


# The style


def test_the_style_is_applied_when_asked_and_not_before():
    code = (
        "import matplotlib as mpl; before = dict(mpl.rcParams)\n"
        "from rbmlib import plotting; assert dict(mpl.rcParams) == before\n"
        "plotting.use_style(); assert dict(mpl.rcParams) != before\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_what_the_style_promises():
    with mpl.rc_context():
        plotting.use_style()
        assert mpl.rcParams["font.family"] == ["DejaVu Sans"]
        for name in ("figure.facecolor", "axes.facecolor", "savefig.facecolor"):
            assert mpl.rcParams[name] == "white"
        cycle = list(mpl.rcParams["axes.prop_cycle"])
    for name in ("color", "linestyle"):
        assert len({str(line[name]) for line in cycle}) == len(cycle) == 6
    assert "#000000" not in {to_hex(line["color"]) for line in cycle}


# Images


def test_the_grid_of_images():
    nan, gap = np.nan, plotting.GAP
    grid = plotting.tile(X, (2, 2), n_columns=2)
    assert grid.shape == (4 + gap, 4 + gap)
    assert np.array_equal(grid[:2, :2], [[0, 1], [2, 3]])
    assert np.array_equal(grid[:2, 2 + gap :], [[4, 5], [6, 7]])
    assert np.array_equal(grid[2 + gap :, :2], [[8, 9], [10, 11]])
    assert np.isnan(grid[2 : 2 + gap]).all() and np.isnan(grid[:, 2 : 2 + gap]).all()
    assert np.array_equal(grid[2 + gap :, 2 + gap :], [[nan] * 2] * 2, equal_nan=True)


def test_images_stand_as_far_apart_as_they_are_told():
    grid = plotting.tile(X, (2, 2), n_columns=2, gap=1)
    assert grid.shape == (5, 5)
    assert np.array_equal(grid[:2, 3:], [[4, 5], [6, 7]]) and np.isnan(grid[2]).all()
    with pytest.raises(ValueError, match="gap must be at least 1, got 0"):
        plotting.tile(X, (2, 2), n_columns=2, gap=0)


def test_images_of_other_than_square_shape():
    grid = plotting.tile(np.arange(6.0)[None], (2, 3), n_columns=1)
    assert np.array_equal(grid, [[0, 1, 2], [3, 4, 5]])


@pytest.mark.parametrize(
    "X, shape, n_columns, message",
    [
        (X, (3, 3), 2, r"X must have shape \(n_images, 9\).*got \(3, 4\)"),
        (X[0], (2, 2), 2, r"got \(4,\)"),
        (X[:0], (2, 2), 2, r"got \(0, 4\)"),
        (X, (2, 2), 0, "n_columns must be at least 1, got 0"),
        (X, None, 2, "shape must be real numbers, got None"),
    ],
)
def test_images_that_do_not_fit_are_refused(X, shape, n_columns, message):
    with pytest.raises(ValueError, match=message):
        plotting.tile(X, shape, n_columns)


def test_images_are_drawn_with_fixed_limits(ax):
    assert plotting.images(ax, X / 20, (2, 2), n_columns=2) is ax
    (image,) = ax.images
    assert image.get_clim() == (0.0, 1.0)
    shown = image.get_array().filled(np.nan)
    assert np.array_equal(shown, plotting.tile(X / 20, (2, 2), 2), equal_nan=True)
    assert not ax.axison
    # On is black, off is white, for {0, 1} data.
    assert image.to_rgba(np.array([0.0, 1.0]))[:, 0].tolist() == [1.0, 0.0]


def test_weights_are_white_at_zero(ax):
    W = np.array([[-3.0, 0.5], [0.0, 1.0], [2.0, 0.0], [1.0, 1.0]])
    plotting.weights(ax, W, (2, 2), n_columns=2)
    (image,) = ax.images
    assert image.get_clim() == (-3.0, 3.0)
    assert np.array_equal(image.get_array()[:2, :2], [[-3, 0], [2, 1]])
    red, green, blue, _ = image.to_rgba(np.array([-2.0, 0.0, 2.0])).T
    assert blue[0] > red[0] and red[2] > blue[2]
    assert min(red[1], green[1], blue[1]) > 0.95


def test_weights_can_share_their_scale(ax):
    plotting.weights(ax, X.T, (2, 2), limit=20.0)
    assert ax.images[0].get_clim() == (-20.0, 20.0)


# The graph


def test_the_graph_has_a_line_for_each_weight_and_a_circle_for_each_unit(ax):
    machine = RBM([[1.0, -2.0], [0.0, 0.5], [0.25, 0.0]], [0, 0, 0], [0, 0])
    assert plotting.bipartite(ax, machine) is ax
    lines, visible, hidden = ax.collections
    segments = np.array(lines.get_segments())
    assert segments.shape == (6, 2, 2)
    v, h = visible.get_offsets(), hidden.get_offsets()
    expected = [[v[i], h[j]] for i in range(3) for j in range(2)]
    assert np.allclose(segments, expected)
    assert np.array_equal(lines.get_array(), machine.W.ravel() / 2)
    widths = np.array(lines.get_linewidths())
    order = np.argsort(np.abs(machine.W.ravel()), kind="stable")
    assert np.all(np.diff(widths[order]) >= 0) and widths[1] > 2 * widths[4]
    labels = [text.get_text() for text in ax.texts]
    assert labels == ["$v_{1}$", "$v_{2}$", "$v_{3}$", "$h_{1}$", "$h_{2}$"]
    assert (h[:, 1] > v[:, 1].max()).all()


def test_a_machine_without_weights_can_be_drawn(ax):
    plotting.bipartite(ax, RBM(np.zeros((2, 2)), [0, 0], [0, 0]))
    ax.figure.canvas.draw()


# Files

SCRIPT = """
from matplotlib.figure import Figure
from rbmlib import plotting
from rbmlib.rbm import RBM

plotting.use_style()
figure = Figure()
left, right = figure.subplots(1, 2)
plotting.bipartite(left, RBM.random(4, 3, seed=1))
right.plot([0, 1], [0, 1])
right.set(xlabel="$x$", ylabel="$y$")
for suffix in ("svg", "png", "pdf"):
    plotting.save(figure, f"figure.{suffix}")
"""


def test_equal_figures_give_equal_files(tmp_path, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    subprocess.run([sys.executable, "-c", SCRIPT], cwd=there, check=True)
    monkeypatch.chdir(here)
    with mpl.rc_context():
        exec(SCRIPT, {})
    names = ["figure.svg", "figure.png", "figure.pdf"]
    svg, png, pdf = files = [(here / name).read_bytes() for name in names]
    assert files == [(there / name).read_bytes() for name in names]
    assert b"<dc:date>" not in svg and b"Matplotlib v" not in svg
    assert b"matplotlib version" not in png and b"CreationDate" not in pdf


def test_other_file_types_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must end with one of \.svg, \.png, \.pdf"):
        plotting.save(Figure(), tmp_path / "figure.tiff")
    assert list(tmp_path.iterdir()) == []
