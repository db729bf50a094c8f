"""Demo "out of equilibrium": a machine of MNIST, sampled from noise in the page."""

import base64
import functools

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rbmlib import plotting, sampling, trained
from rbmlib.checks import check_word
from rbmlib.demos.base import BLUE, RED, Demo, preset, select, slider
from rbmlib.demos.traits import Whole, given
from rbmlib.scores import LinearClassifier, class_counts
from rbmlib.trained import mixing as summaries

RUN, SIDE, K = "mnist-14x14", 14, 10
N_CHAINS, ACROSS = 49, 7
MAX_SWEEPS = 400
START_AGE = 1  # position of the age that the page starts with
FIRST_FRAME_TIMES = (1, K, MAX_SWEEPS)


def _arrays():
    """Return the stored arrays of the small machine, by their short names."""
    found = summaries.load()
    return {
        name.removeprefix(f"{RUN}/"): array
        for name, array in found.items()
        if name.startswith(f"{RUN}/")
    }


def _letters(W):
    """Return integers between -32 and 31 as text, a letter of base64 for each."""
    if np.abs(W).max() > 31:
        raise ValueError(f"weights must be at most 31 steps, got {np.abs(W).max()}")
    bits = np.unpackbits((W.ravel() + 32).astype(np.uint8)[:, None], axis=1)[:, 2:]
    return base64.b64encode(np.packbits(bits).tobytes()).decode()


@functools.cache
def _page_data():
    """Return the traits that no setting changes: what the page needs of the run."""
    found = _arrays()
    curves = {name: found[name].tolist() for name in ("times", "second", "baseline")}
    return {
        "controls": _controls(found["ages"]),
        "presets": PRESETS,
        "machines": _machines(found["ages"]),
        "classifier": base64.b64encode(found["classifier"].astype("<i2")).decode(),
        "curves": curves,
    }


def _machines(ages):
    """Return each age's machine: weights as letters of base64, biases as integers."""
    run = trained.load(RUN)
    places = [int(np.flatnonzero(run.ages == age)[0]) for age in ages]
    return [
        {
            "age": int(run.ages[i]),
            "exponent": int(run.exponents[i]),
            "pixels": np.flatnonzero(run.W[i].any(axis=1)).tolist(),
            "W": _letters(run.W[i][run.W[i].any(axis=1)]),
            "a": run.a[i].tolist(),
            "b": run.b[i].tolist(),
        }
        for i in places
    ]


_preset = functools.partial(preset, age=2, start=0, running=True)


def _controls(ages):
    ages = [(i, f"{age} updates") for i, age in enumerate(ages)]
    return [
        select(
            "age",
            "Age of the machine",
            ages,
            "Which of three stored ages is sampled. The sampling time stays.",
        ),
        slider(
            "sweeps",
            "Sampling time",
            0,
            MAX_SWEEPS,
            1,
            0,
            "Gibbs sweeps since the noise. Run moves it, slowly at first; going back "
            "shows the same chains at the earlier time.",
        ),
    ]


PRESETS = [
    _preset(
        "the memory",
        "Training saw ten sweeps from noise. After ten sweeps the error has its "
        "minimum and all ten digits are there; then the error rises to more than "
        "three times that.",
    ),
    _preset(
        "at its best",
        "The same chains at ten sweeps exactly. At five sweeps there is no one among "
        "them yet, and at twenty no two is left: move the sampling time and watch.",
        start=K,
        running=False,
    ),
    _preset(
        "long after",
        "After 400 sweeps more than half of the images are ones. The sampler is "
        "right: this is where the machine's own dynamics leads.",
        start=MAX_SWEEPS,
        running=False,
    ),
    _preset(
        "a younger machine",
        "At this age there is little to remember: the error hardly depends on the "
        "sampling time, and it is always more than four times that of data.",
        age=0,
    ),
]


class Mixing(Demo):
    """Chains of a machine trained by Rdm-10, from noise, with their scores.

    The machine is a small one, 14×14 pixels and 64 hidden units, so that its weights
    can travel in the page; the chains are those of `rbmlib.sampling.gibbs`.

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
    age : int
        Position in `machines`, 0 to 2.
    sweeps : int
        Sampling time, 0 to 400.
    start : int
        Sampling time after a reset.

    Examples
    --------
    >>> demo = Mixing()
    >>> demo
    Mixing(age=1727, sweeps=0, seed=0)
    >>> demo.samples(10).shape
    (49, 196)
    """

    also_shared = ("start",)
    script = "mixing.js"
    age = Whole(START_AGE, min=0, max=2)
    sweeps = Whole(0, min=0, max=MAX_SWEEPS)
    start = Whole(0, min=0, max=MAX_SWEEPS)
    machines = given()
    curves = given(traitlets.Dict)
    classifier = given(traitlets.Unicode)

    def __init__(self, **traits):
        super().__init__(_page_data(), **({"running": True} | traits))

    def __repr__(self):
        age = self.machines[self.age]["age"]
        return f"Mixing(age={age}, sweeps={self.sweeps}, seed={self.seed})"

    def machine(self):
        """Return the chosen machine."""
        return trained.load(RUN).trajectory.at(self.machines[self.age]["age"])

    def samples(self, sweeps):
        """Return the page's chains after so many sweeps.

        Parameters
        ----------
        sweeps : int
            From the noise, which is at 0.

        Returns
        -------
        ndarray, shape (49, 196)
            0 and 1.

        Raises
        ------
        ValueError
            sweeps outside [0, 2^32).
        TypeError
            sweeps that are not an integer.
        """
        sweeps = check_word(sweeps, "sweeps")
        v = sampling.random_start(self.machine(), N_CHAINS, self.seed)
        return sampling.gibbs(self.machine(), v, sweeps, self.seed)[0] if sweeps else v

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
        >>> int(Mixing().classes(1).sum())
        49
        """
        classify = LinearClassifier(_arrays()["classifier"])
        return class_counts(classify(self.samples(sweeps)))

    def first_frame(self):
        """Return chains at three times, and the error against the sampling time."""
        figure = Figure(figsize=(9, 2.6), layout="constrained")
        *frames, curve = figure.subplots(1, 4, width_ratios=(1, 1, 1, 1.5))
        for axes, t in zip(frames, FIRST_FRAME_TIMES, strict=True):
            tiles = plotting.tile(self.samples(t), (SIDE, SIDE), ACROSS, gap=1)
            axes.imshow(tiles, cmap="Greys", vmin=0, vmax=1)
            axes.set(xticks=[], yticks=[], xlabel=f"{t} sweeps")
        times, second = self.curves["times"], self.curves["second"][self.age]
        curve.loglog(times, second, color=BLUE)
        curve.axhline(self.curves["baseline"], color="0.4", ls="--", lw=1)
        curve.axvline(K, color=RED, lw=1)
        curve.set(xlabel="sampling time (sweeps)", ylabel="error of covariances")
        return figure
