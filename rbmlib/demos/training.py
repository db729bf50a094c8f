"""Demo "training live": a machine learns small images in the page."""

import base64
import functools

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rbmlib import datasets, plotting, training
from rbmlib.demos.base import BLUE, Demo, preset, select
from rbmlib.demos.traits import Choice, Number, Whole, given

SIDE, ACROSS = 8, 8  # pixels of an image, images in a row of the first frame
PER_DIGIT = 100
N_CLUSTERED, FLIP = 200, 0.1
FIRST_FRAME_AGE = 1000
LONGEST = 100  # sweeps of an update, which the page makes within one frame

DATA = {
    "digits": (0, 10 * PER_DIGIT),
    "zeros and ones": (0, 2 * PER_DIGIT),
    "two clusters": (10 * PER_DIGIT, 10 * PER_DIGIT + N_CLUSTERED),
}


RESTARTS = "A change starts training again."
CONTROLS = [
    select(
        "data",
        "Data",
        [(name, name) for name in DATA],
        f"8 × 8 images to learn from. {RESTARTS}",
    ),
    select(
        "method",
        "Method",
        [("pcd", "PCD"), ("cd", "CD"), ("rdm", "Rdm")],
        "Where the chains start at each update: where they stood (PCD), at the data "
        f"(CD), at noise (Rdm). {RESTARTS}",
    ),
    select(
        "k",
        "k",
        [(k, str(k)) for k in (1, 2, 5, 10, 20)],
        f"Gibbs sweeps at each update. {RESTARTS}",
    ),
    select(
        "learning_rate",
        "Learning rate",
        [(rate, str(rate)) for rate in (0.003, 0.01, 0.03, 0.1)],
        f"Size of a step along the gradient. {RESTARTS}",
    ),
    select(
        "n_hidden",
        "Hidden units",
        [(n, str(n)) for n in (8, 16, 32, 64)],
        "With 8 the log-likelihood is exact; with more the page shows a "
        f"pseudo-likelihood. {RESTARTS}",
    ),
    select(
        "speed",
        "Updates a frame",
        [(1, "1"), (5, "5"), (0, "as many as fit")],
        "Updates between two drawings.",
    ),
    select(
        "until",
        "Run to age",
        [(0, "no end"), *((age, str(age)) for age in (100, 500, 1000, 2000, 4000))],
        "The age at which the run pauses; Run then pauses at once, Step goes on.",
    ),
]


_preset = functools.partial(
    preset,
    data="digits",
    method="pcd",
    k=1,
    learning_rate=0.03,
    n_hidden=32,
    speed=0,
    until=4000,
    running=True,
)
PRESETS = [
    _preset(
        "mode after mode",
        "The singular values lie together at first, then leave the bundle one after "
        "another: three are above 1 at age 2000, six at age 4000. Each is a direction "
        "of the data.",
    ),
    _preset(
        "one mode",
        "Two clusters have one direction. One line rises far above all others, and "
        "every filter shows the same image, in red or in blue.",
        data="two clusters",
        n_hidden=8,
        until=1000,
    ),
    _preset(
        "chains at the data",
        "CD-1: each chain is one sweep from an image of the data, and at age 2000 it "
        "differs from that in fewer than ten of 64 pixels, on average. So it looks "
        "like a digit, and tells nothing of long runs.",
        method="cd",
        learning_rate=0.1,
        until=2000,
    ),
    _preset(
        "chains from noise",
        "Rdm makes each sample in k = 10 sweeps from noise, as it will be used. "
        "Compare k = 1: at age 4000 its pseudo-log-likelihood is lower by more "
        "than a nat.",
        method="rdm",
        k=10,
    ),
]


@functools.cache
def images():
    """Return the rows that the page carries: digits by class, then two clusters.

    Returns
    -------
    ndarray of uint8, shape (1200, 64)
        Read-only, as it is made once.
    """
    digits = datasets.load("digits")
    by_class = [digits.train[digits.train_labels == c][:PER_DIGIT] for c in range(10)]
    clustered = datasets.clusters(N_CLUSTERED, 64, 2, FLIP, seed=0).samples
    rows = np.concatenate([*by_class, clustered]).astype(np.uint8)
    rows.flags.writeable = False
    return rows


class Training(Demo):
    """A machine that learns 8×8 images, with its filters, chains and singular values.

    The page trains as `rbmlib.training.train` does, bit for bit; `train` gives the same
    machine in Python.

    Parameters
    ----------
    **traits
        Any of the attributes below.

    Raises
    ------
    traitlets.TraitError
        A trait outside the values below.

    Attributes
    ----------
    data : "digits", "zeros and ones" or "two clusters"
    method : "pcd", "cd" or "rdm"
    k, n_hidden, batch_size : int
        At most 100, 64 and 200.
    learning_rate : float
        In [0, 1].
    speed : int
        Updates per frame, at most 1000; 0 for as many as fit.
    until : int
        Age at which the page pauses; 0 for none.
    age : int
        Updates made by the page, told to Python twice a second.

    Examples
    --------
    >>> demo = Training(method="cd", n_hidden=16)
    >>> demo
    Training('digits', method='cd', k=1, n_hidden=16, learning_rate=0.1, seed=0)
    >>> demo.samples().shape
    (1000, 64)
    >>> demo.train(10)
    Trajectory(2 ages from 0 to 10, RBM(64 binary visible, 16 binary hidden))
    """

    script = "training.js"
    data = Choice(DATA, "digits")
    method = Choice(("pcd", "cd", "rdm"), "pcd")
    k = Whole(1, min=1, max=LONGEST)
    learning_rate = Number(0.1, min=0.0, max=1.0)
    n_hidden = Whole(32, min=1, max=64)
    batch_size = Whole(64, min=1, max=200)
    speed = Whole(0, min=0, max=1000)
    until = Whole(0, min=0)
    age = Whole()
    rows = given(traitlets.Dict)
    images = given(traitlets.Unicode)

    def __init__(self, **traits):
        packed = base64.b64encode(np.packbits(images(), axis=1).tobytes()).decode()
        rows = {name: list(span) for name, span in DATA.items()}
        fixed = {
            "controls": CONTROLS,
            "presets": PRESETS,
            "images": packed,
            "rows": rows,
        }
        super().__init__(fixed, **({"running": True} | traits))

    def __repr__(self):
        return (
            f"Training({self.data!r}, method={self.method!r}, k={self.k}, "
            f"n_hidden={self.n_hidden}, learning_rate={self.learning_rate:g}, "
            f"seed={self.seed})"
        )

    def samples(self):
        """Return the data that the page learns from, shape (n_samples, 64)."""
        return images()[slice(*DATA[self.data])]

    def train(self, n_updates, **options):
        """Return the `Trajectory` of the machine on the page, trained by rbmlib.

        Parameters
        ----------
        n_updates : int
        **options
            Of `rbmlib.training.train`, for instance ``checkpoints``.

        Returns
        -------
        Trajectory

        Raises
        ------
        ValueError
            n_updates below 1, or what `rbmlib.training.train` refuses.
        """
        samples = self.samples()
        first = training.initial_machine(samples, self.n_hidden, seed=self.seed)
        usual = {"checkpoints": [n_updates], "progress": False}
        return training.train(
            first,
            samples,
            method=self.method,
            k=self.k,
            n_updates=n_updates,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            seed=self.seed,
            **(usual | options),
        )

    def first_frame(self):
        """Return filters, chains and singular values of a machine in its youth."""
        run = self.train(FIRST_FRAME_AGE, checkpoints=40)
        figure = Figure(figsize=(9, 3), layout="constrained")
        filters, chains, modes = figure.subplots(1, 3)
        W = run[-1].W
        top = np.abs(W).max()
        filters.imshow(_tiles(W.T), cmap="RdBu_r", vmin=-top, vmax=top)
        v = run.chains if run.chains is not None else self.samples()[: self.batch_size]
        chains.imshow(_tiles(v), cmap="Greys", vmin=0, vmax=1)
        for axes, label in ((filters, "weights"), (chains, "chains")):
            axes.set(xticks=[], yticks=[], xlabel=label)
        values = [np.linalg.svd(machine.W, compute_uv=False) for machine in run[1:]]
        modes.loglog(run.ages[1:], values, color=BLUE, lw=1)
        modes.set(xlabel="age (updates)", ylabel="singular values of W")
        return figure


def _tiles(images):
    return plotting.tile(images, (SIDE, SIDE), ACROSS, gap=1)
