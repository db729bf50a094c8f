"""Demo "there and back": the solved transition, and chains that follow it both ways."""

import functools

import numpy as np
from matplotlib.figure import Figure

from rbmlib import cascade
from rbmlib.checks import check_flag
from rbmlib.demos.base import BLUE, GREY, RED, Demo, preset, select, slider
from rbmlib.demos.traits import Choice, Number, Whole

SWEEPS = (1, 2, 4, 8, 16, 32, 64, 128)
AGES = 41
CHAINS = 40
FIRST_W = 0.3  # where training begins
ON_GRID = 2**12  # steps of w and a of a stored age, in one
SEEDS = 1024  # of one setting: of both ways, for loop after loop

RESTARTS = "A change trains anew."
CONTROLS = [
    slider(
        "beta",
        "Data β_D",
        0.5,
        2,
        0.05,
        2,
        f"Inverse temperature of the data, ordered above 1. {RESTARTS}",
    ),
    slider(
        "field",
        "Bias N a_D",
        0,
        2,
        0.05,
        2,
        f"N times the field of the data along the pattern. {RESTARTS}",
    ),
    select(
        "n_spins",
        "Spins N",
        [(N, str(N)) for N in (20, 50, 100, 200)],
        f"Of the machine and of the data. {RESTARTS}",
    ),
    select(
        "length",
        "Last age",
        [(n, str(n)) for n in (10, 20, 50, 100, 200, 400)],
        "Updates times learning rate times N; with a bias training takes longer. "
        f"{RESTARTS}",
    ),
    select(
        "k",
        "Sweeps an age k",
        [(k, str(k)) for k in SWEEPS],
        "How many sweeps the chains make at each of the 41 ages. A change starts the "
        "loop again.",
    ),
]


_preset = functools.partial(
    preset, beta=1.4, field=0.0, n_spins=100, length=10, k=16, running=True
)
PRESETS = [
    _preset(
        "a loop that stays open",
        "Four of five data have m > 0. Forwards the chains stay in that phase; "
        "backwards they come from both, and keep both until one ends, near age 140. "
        "The area is 0.21 with 16 sweeps an age, and above 0.18 with 128.",
        field=0.85,
        length=400,
    ),
    _preset(
        "a loop that closes",
        "Without a bias both ways agree, but for a step at the jump. With 16 sweeps "
        "an age the area is below 0.002. Take one sweep an age: it is above 0.09.",
    ),
    _preset(
        "a low barrier",
        "The bias of the first preset, and 20 spins. Chains cross from phase to phase: "
        "16 sweeps an age leave an area below 0.02, and 128 close the loop.",
        field=0.85,
        n_spins=20,
        length=100,
    ),
    _preset(
        "data without order",
        "At β_D = 0.7 the strength ends at √0.7 = 0.84, below 1, and nothing jumps: "
        "even with one sweep an age the area is below 0.002.",
        beta=0.7,
        length=100,
        k=1,
    ),
]


class Cascade(Demo):
    """Training of one pattern, and chains that follow it forwards and backwards.

    The page has the flow of `rbmlib.cascade.flow` at 41 ages, the laws of
    `rbmlib.cascade.replay`, and the chains of `rbmlib.cascade.replay_chains`; `path`,
    `laws` and `chains` give them in Python.

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
    beta : float
        β_D, in [0.5, 2].
    field : float
        N times the field of the data along the pattern, in [0, 2].  Without one the
        machine learns no bias.
    n_spins : 20, 50, 100 or 200
    length : 10, 20, 50, 100, 200 or 400
        The last age, in updates times learning rate times N.
    k : 1, 2, 4, 8 … 128
        Sweeps at each age.
    area : float
        Of the loop as far as it has come; told by the page twice a second.
    loops : int

    Examples
    --------
    >>> demo = Cascade(field=0.0, length=20, n_spins=50)
    >>> demo
    Cascade(beta=1.4, field=0, n_spins=50, length=20, k=16, seed=0)
    >>> round(float(demo.path().w[-1]) ** 2, 3)  # ends at β_D
    1.4
    >>> demo.chains(backward=True).shape
    (41, 40)
    """

    script = "cascade.js"
    beta = Number(1.4, min=0.5, max=2.0)
    field = Number(0.85, min=0.0, max=2.0)
    n_spins = Choice((20, 50, 100, 200), 100)
    length = Choice((10, 20, 50, 100, 200, 400), 400)
    k = Choice(SWEEPS, 16)
    area = Number()
    loops = Whole()

    def __init__(self, **traits):
        fixed = {"controls": CONTROLS, "presets": PRESETS}
        super().__init__(fixed, **({"running": True} | traits))

    def __repr__(self):
        return (
            f"Cascade(beta={self.beta:g}, field={self.field:g}, "
            f"n_spins={self.n_spins}, length={self.length}, k={self.k}, "
            f"seed={self.seed})"
        )

    def data(self):
        """Return the law of the data's overlap, shape (n_spins + 1,)."""
        return cascade.law(self.n_spins, self.beta**0.5, self.field / self.n_spins)

    def path(self):
        """Return w and a at the 41 ages.

        Returns
        -------
        Path
            Of `rbmlib.cascade.flow`.
        """
        data = self.data()
        start = float(np.arctanh(cascade.moments_of(data).overlap))
        times = np.linspace(0, self.length, AGES) / self.n_spins
        return cascade.flow(data, FIRST_W, times, start if self.field else None)

    def replayed(self):
        """Return the machines that the chains meet: the path on a grid of 2^-12.

        Returns
        -------
        w, field : ndarray, shape (41,)
        """
        path = self.path()
        return tuple(np.rint(x * ON_GRID) / ON_GRID for x in (path.w, path.field))

    def laws(self):
        """Return the laws of the overlap forwards and backwards.

        Returns
        -------
        forward, backward : ndarray, shape (41, n_spins + 1)
            Of `rbmlib.cascade.replay`.
        """
        return cascade.replay(self.n_spins, *self.replayed(), self.k)

    def chains(self, backward=False):
        """Return the overlaps m of the page's chains in the first loop.

        Parameters
        ----------
        backward : bool
            The way back, in the order of the ages all the same.

        Returns
        -------
        ndarray, shape (41, 40)

        Raises
        ------
        TypeError
            A backward that is neither True nor False.
        """
        backward = check_flag(backward, "backward")
        ages = list(zip(*(x.tolist() for x in self.replayed()), strict=True))
        along = np.ones(self.n_spins)
        run = [cascade.machine(along, *age) for age in ages]
        seed = (self.seed * SEEDS) % 2**53 + backward
        first = cascade.law(self.n_spins, *ages[-1 if backward else 0])
        v = cascade.draw(first, along, CHAINS, seed)
        found = cascade.replay_chains(run, v, self.k, seed, backward=backward)
        return found.mean(2, dtype=np.float64)

    def loop(self):
        """Return what is averaged on the page: ⟨m⟩, or ⟨|m|⟩ without a bias.

        Returns
        -------
        forward, backward : ndarray, shape (41,)
        area : float
            Between them, the ages running from 0 to 1.
        """
        m = cascade.overlaps(self.n_spins)
        ways = [p @ (m if self.field else np.abs(m)) for p in self.laws()]
        lower, upper = ways[::-1] if self.field else ways
        grid = np.linspace(0, 1, AGES)
        return *ways, cascade.loop_area(grid, lower, upper)

    def first_frame(self):
        """Return the path of training, and the loop with the phases of a large one."""
        path, (there, back, area) = self.path(), self.loop()
        ages = path.times * self.n_spins
        figure = Figure(figsize=(9, 3), layout="constrained")
        left, right = figure.subplots(1, 2)
        left.axhline(1, color=GREY, lw=1, ls=":")
        left.plot(ages, path.w, color=BLUE, label="strength w")
        if self.field:
            left.plot(ages, path.field, color=RED, label="bias a")
        two = [cascade.phases(*age) for age in zip(path.w, path.field, strict=True)]
        for m in np.transpose(two)[: 2 if self.field else 1]:
            right.plot(ages, m, color=GREY, ls="--", lw=1)
        right.plot(ages, there, color=BLUE, label="forwards")
        right.plot(ages, back, color=RED, label=f"backwards, area {area:.3f}")
        name = r"$\langle m\rangle$" if self.field else r"$\langle |m|\rangle$"
        left.set(xlabel="age (updates × rate × N)", ylabel="w, a")
        right.set(xlabel="age (updates × rate × N)", ylabel=name)
        left.legend()
        right.legend()
        return figure
