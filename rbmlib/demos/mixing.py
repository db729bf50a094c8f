"""Demo "out of equilibrium": a machine of MNIST, sampled from noise in the page."""

import base64

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rbmlib import sampling, trained
from rbmlib.demos.base import Demo, select, slider
from rbmlib.scores import LinearClassifier, class_counts
from rbmlib.trained import mixing as summaries

RUN, SIDE, K = "mnist-14x14", 14, 10
N_CHAINS = 49
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


def _machines(ages):
    """Return what the page needs of each age: weights as bytes, biases as integers."""
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


def _preset(label, look, **state):
    usual = {"age": 2, "start": 0, "running": True}
    return {"label": label, "look": look, "state": usual | state}


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
        "Training saw ten sweeps from noise, and after ten sweeps all digits are "
        "there: the error has its minimum, and it rises again.",
    ),
    _preset(
        "at its best",
        "The same machine at ten sweeps exactly. Move the sampling time by a few "
        "sweeps to either side and watch the histogram tilt.",
        start=K,
        running=False,
    ),
    _preset(
        "long after",
        "After 400 sweeps about every second image is a one. The sampler is right: "
        "this is where the machine's own dynamics leads.",
        start=MAX_SWEEPS,
        running=False,
    ),
    _preset(
        "a younger machine",
        "At this age there is little to remember: the error hardly depends on the "
        "sampling time, and the images never become digits.",
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
    files = ("rbm.js", "mixing_core.js", "mixing.js")
    age = traitlets.Int(START_AGE, min=0, max=2).tag(sync=True)
    sweeps = traitlets.Int(0, min=0, max=MAX_SWEEPS).tag(sync=True)
    start = traitlets.Int(0, min=0, max=MAX_SWEEPS).tag(sync=True)
    machines = traitlets.List().tag(sync=True)
    curves = traitlets.Dict().tag(sync=True)
    classifier = traitlets.Unicode().tag(sync=True)

    def __init__(self, **traits):
        found = _arrays()
        start = {
            "controls": _controls(found["ages"]),
            "presets": PRESETS,
            "running": True,
            "machines": _machines(found["ages"]),
            "classifier": base64.b64encode(
                found["classifier"].astype("<i2").tobytes()
            ).decode(),
            "curves": {
                "times": found["times"].tolist(),
                "second": found["second"].tolist(),
                "baseline": float(found["baseline"]),
            },
        }
        super().__init__(**(start | traits))

    def __repr__(self):
        age = self.machines[self.age]["age"]
        return f"Mixing(age={age}, sweeps={self.sweeps}, seed={self.seed})"

    def machine(self):
        """Return the chosen machine."""
        return trained.load(RUN).trajectory.at(self.machines[self.age]["age"])

    def samples(self, sweeps):
        """Return the page's chains after so many sweeps, shape (49, 196)."""
        v = sampling.random_start(self.machine(), N_CHAINS, self.seed)
        return sampling.gibbs(self.machine(), v, sweeps, self.seed)[0] if sweeps else v

    def classes(self, sweeps):
        """Return how many of the page's chains are in each class, shape (10,)."""
        classify = LinearClassifier(_arrays()["classifier"])
        return class_counts(classify(self.samples(sweeps)))

    def first_frame(self):
        """Return chains at three times, and the error against the sampling time."""
        figure = Figure(figsize=(9, 2.6), layout="constrained")
        *frames, curve = figure.subplots(1, 4, width_ratios=(1, 1, 1, 1.5))
        for axes, t in zip(frames, FIRST_FRAME_TIMES, strict=True):
            axes.imshow(_mosaic(self.samples(t)), cmap="Greys", vmin=0, vmax=1)
            axes.set(xticks=[], yticks=[], xlabel=f"{t} sweeps")
        times, second = self.curves["times"], self.curves["second"][self.age]
        curve.loglog(times, second, color="#0b57a4")
        curve.axhline(self.curves["baseline"], color="0.4", ls="--", lw=1)
        curve.axvline(K, color="#b8401a", lw=1)
        curve.set(xlabel="sampling time (sweeps)", ylabel="error of covariances")
        return figure


def _mosaic(images):
    """Return square images as tiles in a square, a pixel apart."""
    across = int(np.ceil(np.sqrt(len(images))))
    tiles = np.zeros((across**2, SIDE + 1, SIDE + 1))
    tiles[: len(images), :SIDE, :SIDE] = images.reshape(-1, SIDE, SIDE)
    rows = tiles.reshape(across, across, SIDE + 1, SIDE + 1).swapaxes(1, 2)
    return rows.reshape(across * (SIDE + 1), -1)
