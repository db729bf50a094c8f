"""Demo "MNIST, live": a machine with 500 hidden units, sampled in the page."""

import base64
import functools

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rbmlib import plotting, sampling
from rbmlib.checks import check_word
from rbmlib.demos.base import Demo, preset, select, slider
from rbmlib.demos.packing import packed_rows
from rbmlib.demos.traits import Choice, Whole, given
from rbmlib.randomness import START, draws
from rbmlib.scores import LinearClassifier, class_counts
from rbmlib.trained import live as stored
from rbmlib.trained import mixing

N_CHAINS, ACROSS, SIDE = 100, 10, 28
EVEN_ODDS = 128  # of 256: noise
FIRST_FRAME_TIMES, N_FIRST = (1, 10, 100), 50  # sweeps, and chains shown

STARTS = [
    ("noise", "noise"),
    ("mean", "the data's mean"),
    ("training", "the chains of training"),
]
SPEEDS = [(0.05, "one in 20 frames"), (0.25, "one in 4 frames"), (1, "1"), (4, "4")]
SHOWN = [("probabilities", "probabilities"), ("samples", "states")]
CLICKS = [
    ("look", "shows it larger"),
    ("restart", "starts it again"),
    ("hold", "holds it"),
]
CONTROLS = [
    select(
        "start",
        "Start from",
        STARTS,
        "Noise: each pixel is on or off with even odds. The data's mean: on with the "
        "share that it has in the data. Or where 100 chains of the training stood at "
        "its end.",
    ),
    select(
        "show",
        "Show",
        SHOWN,
        "The pixels that were drawn, or how probable each was to be on, which is "
        "easier to read.",
    ),
    slider(
        "chain",
        "Chain looked at",
        0,
        N_CHAINS - 1,
        1,
        0,
        "Which is shown larger, in a blue frame.",
    ),
    select(
        "click",
        "A click on an image",
        CLICKS,
        "What a click does beside choosing the chain. A chain in a red frame is held: "
        "another click lets it go.",
    ),
    select("speed", "Sweeps in a frame", SPEEDS, "Of all chains that are not held."),
]

_preset = functools.partial(preset, show="probabilities", speed=0.25, running=True)
PRESETS = [
    _preset(
        "out of noise",
        "After ten sweeps nine digits are there, after a hundred still no one: from "
        "noise no chain finds its way there. Compare the next preset.",
        start="noise",
    ),
    _preset(
        "out of the mean",
        "The same machine and the same random numbers. After ten sweeps from the mean "
        "of the data all ten digits are there, ones among them.",
        start="mean",
    ),
    _preset(
        "where training ended",
        "Chains that training went on with. They stay what they are for long: after a "
        "hundred sweeps more than half are the digit that they began as.",
        start="training",
    ),
    _preset(
        "a thousand sweeps",
        "From noise, and fast. Watch the bar of the ones: empty after 300 sweeps, no "
        "longer after 1000. The start is forgotten late.",
        start="noise",
        speed=4,
    ),
]


@functools.cache
def _page_data():
    """Return the traits that no setting changes: the machine, and a judge of images."""
    found = stored.load()
    used = found["W"].any(axis=1)
    weights, size = packed_rows(found["W"][used].astype(int))
    return {
        "controls": CONTROLS,
        "presets": PRESETS,
        "machine": {
            "bytes": size,
            "pixels": np.flatnonzero(used).tolist(),
            "a": found["a"].tolist(),
            "b": found["b"].tolist(),
            "exponent": int(found["exponent"]),
            "finer": stored.FINER,
        },
        "weights": weights,
        "classifier": _text(mixing.load()["classifier"].astype("<i2")),
        "levels": _text(found["levels"]),
        "chains": _text(found["chains"]),
    }


def _text(array):
    return base64.b64encode(array.tobytes()).decode()


class Live(Demo):
    """A hundred chains of a machine of MNIST with 500 hidden units, sampled live.

    The weights are bytes; for these the chains are those of `rbmlib.sampling.gibbs`,
    bit for bit.  The machine is that of `rbmlib.trained.live`.

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
    start : "noise", "mean" or "training"
        Where chains begin: even odds, the mean of the data, or where the chains of the
        training ended.
    show : "probabilities" or "samples"
    chain : int
        The one looked at, 0 to 99.
    click : "look", "restart" or "hold"
        What a click on an image does.
    speed : float
        Sweeps in a frame: 0.05, 0.25, 1 or 4.
    sweeps : int
        Made by the page.

    Examples
    --------
    >>> demo = Live(start="mean")
    >>> demo
    Live(100 chains of 784 × 500 units, start='mean', seed=0)
    >>> demo.samples(2).shape
    (100, 784)
    """

    script = "live.js"
    start = Choice((name for name, _ in STARTS), "noise")
    show = Choice((name for name, _ in SHOWN), "probabilities")
    chain = Whole(0, min=0, max=N_CHAINS - 1)
    click = Choice((name for name, _ in CLICKS), "look")
    speed = Choice((value for value, _ in SPEEDS), 0.25)
    sweeps = Whole()
    machine = given(traitlets.Dict)
    weights = given(traitlets.Unicode)
    classifier = given(traitlets.Unicode)
    levels = given(traitlets.Unicode)
    chains = given(traitlets.Unicode)

    def __init__(self, **traits):
        super().__init__(_page_data(), **({"running": True} | traits))

    def __repr__(self):
        n, m = stored.load()["W"].shape
        return (
            f"Live({N_CHAINS} chains of {n} × {m} units, start={self.start!r}, "
            f"seed={self.seed})"
        )

    def start_states(self, sweep=0):
        """Return where the chains begin, or start again after so many sweeps.

        Parameters
        ----------
        sweep : int
            In [0, 2^32).

        Returns
        -------
        ndarray of uint8, shape (100, 784)

        Raises
        ------
        ValueError, TypeError
            A sweep that is none.

        Examples
        --------
        >>> from rbmlib import sampling, trained
        >>> noise = sampling.random_start(trained.live.machine(), 100, seed=0)
        >>> bool((Live().start_states() == noise).all())
        True
        """
        sweep = check_word(sweep, "sweep")
        found = stored.load()
        if self.start == "training":
            return np.unpackbits(found["chains"], axis=1)
        odds = EVEN_ODDS if self.start == "noise" else found["levels"]
        words = draws(self.seed, START, sweep, range(N_CHAINS), SIDE * SIDE)
        return ((words >> 24) + odds >> 8).astype(np.uint8)

    def samples(self, sweeps):
        """Return the page's chains after so many sweeps.

        Parameters
        ----------
        sweeps : int
            From the start, which is at 0.

        Returns
        -------
        ndarray, shape (100, 784)
            0 and 1.

        Raises
        ------
        ValueError
            sweeps outside [0, 2^32).
        TypeError
            sweeps that are not an integer.
        """
        sweeps, v = check_word(sweeps, "sweeps"), self.start_states()
        if sweeps == 0:
            return v
        return sampling.gibbs(stored.machine(), v, sweeps, self.seed)[0]

    def classes(self, sweeps):
        """Return how many of the page's chains are in each class.

        Parameters
        ----------
        sweeps : int
            As for `samples`.

        Returns
        -------
        ndarray of int, shape (10,)

        Raises
        ------
        ValueError, TypeError
            As `samples` does.

        Examples
        --------
        >>> int(Live().classes(1).sum())
        100
        """
        classify = LinearClassifier(mixing.load()["classifier"])
        return class_counts(classify(self.samples(sweeps)))

    def first_frame(self):
        """Return half of the chains at three times."""
        figure = Figure(figsize=(9, 1.9), layout="constrained")
        axes = figure.subplots(1, len(FIRST_FRAME_TIMES))
        for ax, t in zip(axes, FIRST_FRAME_TIMES, strict=True):
            shown = self.samples(t)[:N_FIRST]
            tiles = plotting.tile(shown, (SIDE, SIDE), ACROSS, gap=1)
            ax.imshow(tiles, cmap="Greys", vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[], xlabel=f"sweeps: {t}")
        return figure
