"""Demo "the Ising magnet": a lattice that follows temperature and field at once."""

import functools

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rbmlib.demos.base import RED, Demo, checkbox, preset, select, slider
from rbmlib.demos.traits import Choice, Flag, Number, Whole, given
from rbmlib.ising import exact, heat_bath, wolff

SIZES = (32, 64, 128, 256)
WARM_UP = 200
MOST = 2000  # sweeps of a warm-up, and sweeps in a frame


CONTROLS = [
    slider(
        "temperature",
        "Temperature",
        0.5,
        5,
        0.01,
        2,
        "In units of J/k_B; the critical point of the infinite lattice is 2.269.",
    ),
    slider("field", "Field h", -1, 1, 0.01, 2, "Positive: up (dark) is favoured."),
    select(
        "size",
        "Lattice",
        [(L, f"{L} × {L}") for L in SIZES],
        "Number of spins; a change starts again.",
    ),
    select(
        "algorithm",
        "Algorithm",
        [("heat bath", "heat bath"), ("wolff", "Wolff")],
        "Heat bath draws spin after spin; Wolff flips a whole cluster.",
    ),
    select(
        "start",
        "Start",
        [("hot", "random spins"), ("cold", "all up")],
        "The state after Reset; a change starts again.",
    ),
    select(
        "speed",
        "Sweeps a frame",
        [(1, "1"), (4, "4"), (0, "as many as fit")],
        "Sweeps (for Wolff: clusters) between two drawings.",
    ),
    checkbox(
        "drive",
        "Sweep the field",
        "While it runs, the field goes to and fro between -1 and 1, and the time "
        "series becomes m against h.",
    ),
]


_preset = functools.partial(
    preset,
    field=0.0,
    algorithm="heat bath",
    start="hot",
    drive=False,
    speed=1,
    running=True,
)
PRESETS = [
    _preset(
        "quench",
        "Random spins are suddenly cold. Domains grow and the energy creeps down; "
        "after 300 sweeps it is still above the exact curve, and |m| is below 0.2, "
        "though 0.99 is the exact value.",
        temperature=1.5,
        size=256,
    ),
    _preset(
        "critical point",
        "From all spins up, Wolff flips a cluster at a time. After a hundred of them "
        "clusters of every size are flipped: of fewer than ten spins, and of more "
        "than ten thousand.",
        temperature=2.27,
        size=256,
        algorithm="wolff",
        start="cold",
        speed=0,
    ),
    _preset(
        "hysteresis",
        "The field runs to and fro, and m comes too late: it changes sign when the "
        "field has long done so, beyond |h| = 0.4. The exact curves turn grey: they "
        "are those of h = 0.",
        temperature=1.7,
        size=64,
        drive=True,
        start="cold",
        field=1.0,
    ),
    _preset(
        "above the critical point",
        "Heat: eight sites apart, spins know little of each other, and |m| stays "
        "below 0.1. Mean field has two valleys still, as its own critical point is T "
        "= 4.",
        temperature=3.2,
        size=128,
        speed=4,
    ),
]


@functools.cache
def exact_curves():
    """Return the curves under the dots: Kaufman's energies and Yang's magnetisation.

    Returns
    -------
    dict
        "temperatures" and "magnetization": lists; "energies": a list for each size.
    """
    near = np.arange(2.0, 2.6, 0.02)
    T = np.unique(np.r_[np.arange(0.5, 5.01, 0.1), near, exact.CRITICAL_TEMPERATURE])
    T = T.round(4)
    energies = {L: [round(exact.exact_energy(L, t), 4) for t in T] for L in SIZES}
    return {
        "temperatures": T.tolist(),
        "energies": {str(L): values for L, values in energies.items()},
        "magnetization": [round(exact.onsager_magnetization(t), 4) for t in T],
    }


class Ising(Demo):
    """The Ising magnet on a torus, with exact curves and the mean-field landscape.

    The page samples as `rbmlib.ising.heat_bath` and `rbmlib.ising.wolff` do, spin for
    spin, with the same seed; `spins` gives the page's lattice in Python.

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
    temperature, field : float
    size : 32, 64, 128 or 256
    algorithm : "heat bath" or "wolff"
    start : "hot" or "cold"
    drive : bool
        The field runs to and fro.
    speed : int
        Sweeps per frame, at most 2000; 0 for as many as fit.
    warm_up : int
        Sweeps before the first frame, at most 2000.
    magnetization, energy : float
        Per site, told by the page twice a second.
    sweeps : int

    Examples
    --------
    >>> demo = Ising(temperature=2.0, size=64)
    >>> demo
    Ising(temperature=2, field=0, size=64, algorithm='heat bath', seed=0)
    >>> demo.spins(100).shape
    (64, 64)
    """

    script = "ising.js"
    temperature = Number(2.27, min=0.1, max=10.0)
    field = Number(0.0, min=-1.0, max=1.0)
    size = Choice(SIZES, 128)
    algorithm = Choice(("heat bath", "wolff"), "heat bath")
    start = Choice(("hot", "cold"), "hot")
    drive = Flag()
    speed = Whole(1, min=0, max=MOST)
    warm_up = Whole(WARM_UP, min=0, max=MOST)
    magnetization = Number()
    energy = Number()
    sweeps = Whole()
    exact = given(traitlets.Dict)

    def __init__(self, **traits):
        fixed = {"controls": CONTROLS, "presets": PRESETS, "exact": exact_curves()}
        super().__init__(fixed, **({"running": True} | traits))

    def __repr__(self):
        return (
            f"Ising(temperature={self.temperature:g}, field={self.field:g}, "
            f"size={self.size}, algorithm={self.algorithm!r}, seed={self.seed})"
        )

    def spins(self, n_sweeps):
        """Return the page's lattice after so many sweeps.

        Parameters
        ----------
        n_sweeps : int
            For Wolff: clusters.

        Returns
        -------
        ndarray of int8, shape (size, size)
            -1 and 1.

        Raises
        ------
        ValueError
            n_sweeps below 1.
        """
        sample = {"heat bath": heat_bath, "wolff": wolff}[self.algorithm]
        start = {"hot": "random", "cold": "up"}[self.start]
        run = sample(
            self.size,
            self.temperature,
            n_sweeps,
            self.seed,
            h=self.field,
            start=start,
            interval=n_sweeps,
        )
        return run.spins[0]

    def first_frame(self):
        """Return the lattice after the warm-up, and the two exact curves."""
        figure = Figure(figsize=(9, 3), layout="constrained")
        board, energy, magnet = figure.subplots(1, 3)
        spins = self.spins(max(1, self.warm_up))
        board.imshow(spins, cmap="Greys", interpolation="nearest")
        board.set(xticks=[], yticks=[], xlabel=f"{self.size} × {self.size} spins")
        s = spins.astype(float)
        e = -(s * np.roll(s, 1, 0) + s * np.roll(s, 1, 1)).mean()
        T = self.exact["temperatures"]
        energy.plot(T, self.exact["energies"][str(self.size)], color="black")
        energy.plot(self.temperature, e, "o", color=RED)
        magnet.plot(T, self.exact["magnetization"], color="black")
        magnet.plot(self.temperature, abs(s.mean()), "o", color=RED)
        for axes, label in ((energy, "energy per site"), (magnet, "|m|")):
            axes.axvline(exact.CRITICAL_TEMPERATURE, color="grey", ls="--", lw=1)
            axes.set(xlabel="temperature T", ylabel=label)
        return figure
