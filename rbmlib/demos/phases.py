"""Demo "the phase diagram": a point, what theory says there, and a machine there."""

import functools

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rbmlib.demos.base import RED, Demo, preset, select, slider
from rbmlib.demos.traits import Choice, Number, Whole, given
from rbmlib.phase_diagram import boundaries, sample_machine, solve
from rbmlib.sampling import gibbs, random_start

SIDE = 16  # a layer is drawn as a square of so many units a side
CHAINS = 2
WARM_UP = 100
MOST = 2000  # sweeps of a warm-up, and sweeps in a frame

CONTROLS = [
    slider(
        "w",
        "Mode w",
        0,
        3,
        0.05,
        2,
        "Strength of the planted mode. The spins stay where they are.",
    ),
    slider(
        "sigma",
        "Noise σ",
        0,
        3,
        0.05,
        2,
        "Strength of the noise in the weights; its entries have variance σ²/N.",
    ),
    select(
        "law",
        "Mode entries",
        [("gaussian", "Gaussian"), ("rademacher", "±1")],
        "How the entries of the mode are drawn; a change starts again.",
    ),
    select(
        "start",
        "Start",
        [("planted", "along mode"), ("random", "random spins")],
        "The state after Reset; a change starts again.",
    ),
    select(
        "speed",
        "Sweeps a frame",
        [(1, "1"), (4, "4"), (16, "as many as fit")],
        "Gibbs sweeps between two drawings.",
    ),
]


_preset = functools.partial(
    preset, law="gaussian", start="planted", speed=1, running=True
)
PRESETS = [
    _preset(
        "paramagnet",
        "Both replicas forget the mode: from sweep 20 on, m and q stay within 0.4 of "
        "zero, and about four spins in ten change in a sweep. The landscape has its "
        "one minimum at zero.",
        w=0.6,
        sigma=0.5,
    ),
    _preset(
        "ferromagnet",
        "Two minima: both replicas stay along the mode, m and q within 0.35 of the "
        "dashed lines. Now move left across w = 1 and watch the minima join.",
        w=1.8,
        sigma=0.6,
    ),
    _preset(
        "spin glass",
        "No magnetisation: |m| is below 0.4 from sweep 20 on. Yet more than eight "
        "spins in ten keep their value in a sweep, and q wanders: so small a machine "
        "forgets its start, slowly, and no dashed line holds it.",
        w=0.5,
        sigma=2.0,
    ),
    _preset(
        "the triple point",
        "Three phases meet, so that no phase is named. The landscape is nearly flat, "
        "and m and q wander: 256 units are too few to tell the phases apart.",
        w=1.0,
        sigma=1.0,
        speed=4,
    ),
]


@functools.cache
def diagram_lines():
    """Return the F/SG and the AT line of equal layers as lists of (w, σ)."""
    lines = boundaries(largest_sigma=3.0, n_points=25)
    return {
        name: getattr(lines, name).round(4).tolist() for name in ("ferro_glass", "at")
    }


class Phases(Demo):
    """The plane of mode strength and noise, with a machine of 256 + 256 units.

    The page samples the machine of `rbmlib.phase_diagram.sample_machine` with the spins
    of `rbmlib.sampling.gibbs`; `spins` gives the page's state in Python.

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
    w, sigma : float
        The point, each in [0, 3].
    law : "gaussian" or "rademacher"
    start : "planted" or "random"
    speed : int
        Sweeps per frame, at most 2000.
    warm_up : int
        Sweeps before the first frame, at most 2000.
    magnetization, overlap : float
        Of the two replicas, told by the page twice a second.
    sweeps : int

    Examples
    --------
    >>> demo = Phases(w=1.5)
    >>> demo
    Phases(w=1.5, sigma=0.6, law='gaussian', seed=0)
    >>> demo.spins(10).shape
    (2, 256)
    """

    script = "phases.js"
    w = Number(1.8, min=0.0, max=3.0)
    sigma = Number(0.6, min=0.0, max=3.0)
    law = Choice(("gaussian", "rademacher"), "gaussian")
    start = Choice(("planted", "random"), "planted")
    speed = Whole(1, min=1, max=MOST)
    warm_up = Whole(WARM_UP, min=0, max=MOST)
    magnetization = Number()
    overlap = Number()
    sweeps = Whole()
    lines = given(traitlets.Dict)

    def __init__(self, **traits):
        fixed = {"controls": CONTROLS, "presets": PRESETS, "lines": diagram_lines()}
        super().__init__(fixed, **({"running": True} | traits))

    def __repr__(self):
        return (
            f"Phases(w={self.w:g}, sigma={self.sigma:g}, law={self.law!r}, "
            f"seed={self.seed})"
        )

    def machine(self):
        """Return the page's `PlantedMachine`."""
        n = SIDE * SIDE
        return sample_machine(self.w, self.sigma, n, n, self.law, seed=self.seed)

    def spins(self, n_sweeps):
        """Return the visible spins of both replicas after so many sweeps.

        Parameters
        ----------
        n_sweeps : int

        Returns
        -------
        ndarray, shape (2, 256)
            -1 and 1.

        Raises
        ------
        ValueError
            n_sweeps below 1.
        """
        machine = self.machine()
        if self.start == "planted":
            v = np.tile(machine.planted_state(), (CHAINS, 1))
        else:
            v = random_start(machine.rbm, CHAINS, self.seed)
        return gibbs(machine.rbm, v, n_sweeps, self.seed)[0]

    def first_frame(self):
        """Return the diagram with the point, and both replicas after the warm-up."""
        figure = Figure(figsize=(9, 3.2), layout="constrained")
        plane, *boards = figure.subplots(1, 3)
        for line in self.lines["ferro_glass"], [(1, 0), (1, 1)], [(0, 1), (1, 1)]:
            plane.plot(*np.transpose(line), color="black")
        plane.plot(*np.transpose(self.lines["at"]), color="grey", ls="--")
        plane.plot(self.w, self.sigma, "o", color=RED)
        plane.set(xlim=(0, 3), ylim=(0, 3), xlabel="mode w", ylabel="noise σ")
        along = self.spins(max(1, self.warm_up)) * self.machine().planted_state()
        phase = solve(self.w, self.sigma, 1.0, self.law)
        for board, spins in zip(boards, along, strict=True):
            board.imshow(spins.reshape(SIDE, SIDE), cmap="Greys", vmin=-1, vmax=1)
            board.set(xticks=[], yticks=[])
        boards[0].set_xlabel(f"theory: {phase.phase}, m = {phase.m[0]:.2f}")
        boards[1].set_xlabel(f"overlap of the replicas {along.prod(0).mean():.2f}")
        return figure
