"""Demo "couplings appear": a machine learns pairs and triples that the reader draws."""

import functools
from itertools import combinations

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rbmlib import effective_couplings, interactions
from rbmlib.checks import check_positive
from rbmlib.datasets import Interactions, PlantedSpins
from rbmlib.datasets.planted_spins import STEPS, sample_of
from rbmlib.demos.base import BLUE, GREY, RED, Demo, preset, select, slider
from rbmlib.demos.traits import Choice, Number, Numbers, Whole, given
from rbmlib.ising import inverse

SPINS = 6
SETS = {order: list(combinations(range(SPINS), order)) for order in (1, 2, 3)}
SAMPLE_SWEEPS, SWEEPS = 50, 10  # of a chain to draw a sample, of an update
PENALTY = 1e-3  # of the pair model, which keeps few samples' couplings finite
FIRST_FRAME_AGE = 600
RATES = {  # numbers of updates made when a rate ends, and the rate
    "falling": [[1000, 0.1], [1400, 0.03], [1700, 0.01], [2000, 0.003]],
    "constant": [[2000, 0.1]],
}

RESTARTS = "A change starts training again."
CONTROLS = [
    select(
        "order",
        "A click draws",
        [(2, "pairs"), (3, "triples")],
        "How many spins are chosen in the graph before their coupling changes: from "
        f"none to +, to −, and to none again. {RESTARTS}",
    ),
    *(
        slider(name, label, 0, 0.6, 0.05, 2, f"Size of their couplings. {RESTARTS}")
        for name, label in (("pair", "Pairs"), ("triple", "Triples"))
    ),
    select(
        "n_samples",
        "Samples",
        [(n, str(n)) for n in (200, 1000, 4000)],
        f"Number of samples that the machine and the pair model see. {RESTARTS}",
    ),
    select(
        "n_hidden",
        "Hidden units",
        [(n, str(n)) for n in (2, 4, 8)],
        f"A pure triple takes four. {RESTARTS}",
    ),
    select(
        "bias",
        "Hidden biases",
        [(0.5, "begin at ±½"), (0, "begin at 0")],
        f"Of half of the units +½, of the others −½; or all zero. {RESTARTS}",
    ),
    select(
        "rate",
        "Learning rate",
        [("falling", "falls from 0.1"), ("constant", "stays 0.1")],
        f"Where it falls: to 0.003, from age 1000 on. {RESTARTS}",
    ),
    select(
        "speed",
        "Updates a frame",
        [(1, "1"), (5, "5"), (0, "as many as fit")],
        "Updates between two drawings.",
    ),
]


def drawn(order, **signs):
    """Return the signs of all sets of an order, from those of some: s01=1 for {0, 1}.

    Examples
    --------
    >>> drawn(2, s01=1, s23=-1)
    [1, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0]
    """
    return [signs.get("s" + "".join(map(str, members)), 0) for members in SETS[order]]


_preset = functools.partial(
    preset,
    pairs=drawn(2, s01=1, s12=-1, s34=1, s45=1),
    triples=drawn(3, s023=1),
    pair=0.4,
    triple=0.4,
    n_samples=4000,
    n_hidden=8,
    bias=0.5,
    rate="falling",
    speed=0,
    running=True,
    order=2,
)
PRESETS = [
    _preset(
        "pairs, then a triple",
        "At age 50 all pairs are above 0.25, the triple below 0.1. At 1000 it is above "
        "0.3; no pair model can have it.",
    ),
    _preset(
        "no hidden biases",
        "Without biases the machine is blind to triples. At age 200 the pairs are "
        "above 0.3, the triple is below 0.05: a third of what it is with ±½. Then the "
        "machine leaves that symmetry.",
        bias=0,
    ),
    _preset(
        "a triple alone",
        "To pairs this is nothing: all circles stay below 0.05. The machine finds the "
        "triple, above 0.3 at age 1000, and no other coupling of it is above 0.1 then.",
        pairs=drawn(2),
        order=3,
    ),
    _preset(
        "two hidden units",
        "They cannot make a pure triple. At the end it has less than half of its size, "
        "and a pair that nobody planted has nearly as much as it, or more.",
        pairs=drawn(2),
        n_hidden=2,
        order=3,
    ),
    _preset(
        "few samples",
        "With 200 samples the machine ends more than eight times as far from the "
        "truth as with 4000. A pair that nobody planted is above 0.1; a new seed "
        "shows others.",
        n_samples=200,
    ),
]


class Couplings(Demo):
    """Six spins with pairs and triples that the reader draws, and a machine of them.

    The page learns as `rbmlib.interactions.learn` does, bit for bit; `planted`,
    `learn` and `pair_model`, a pseudo-likelihood, give the same in Python.

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
    pairs, triples : list of int
        The sign -1, 0 or 1 of each of the 15 pairs and 20 triples, in the order of
        `itertools.combinations`.
    pair, triple : float
        Their sizes, in [0, 0.6].
    n_samples : 200, 1000 or 4000
        Ends of 50 sweeps each: too few where many strong couplings make two phases.
    n_hidden : 2, 4 or 8
    bias : 0.5 or 0
        Size of the hidden biases at the start.
    rate : "falling" or "constant"
    order : 2 or 3
        How many spins a reader chooses in the graph.
    speed : int
        Updates per frame, at most 1000; 0 for as many as fit.
    age : int
        Updates made by the page, told to Python twice a second.

    Examples
    --------
    >>> demo = Couplings(n_samples=200)
    >>> demo
    Couplings(pairs: 4, triples: 1, 200 samples, 8 hidden, seed=0)
    >>> demo.planted().triples.sets.tolist()
    [[0, 2, 3]]
    >>> demo.learn(10)
    Trajectory(2 ages from 0 to 10, RBM(6 spin visible, 8 spin hidden))
    """

    script = "couplings.js"
    also_shared = ("pairs", "triples")
    pairs = Numbers(-1, 1, whole=True)
    triples = Numbers(-1, 1, whole=True)
    pair = Number(0.4, min=0.0, max=0.6)
    triple = Number(0.4, min=0.0, max=0.6)
    n_samples = Choice((200, 1000, 4000), 4000)
    n_hidden = Choice((2, 4, 8), 8)
    bias = Choice((0.5, 0), 0.5)
    rate = Choice(tuple(RATES), "falling")
    order = Choice((2, 3), 2)
    speed = Whole(0, min=0, max=1000)
    age = Whole()
    rates = given(traitlets.Dict)

    def __init__(self, **traits):
        fixed = {"controls": CONTROLS, "presets": PRESETS, "rates": RATES}
        first = PRESETS[0]["state"]
        start = {name: first[name] for name in ("pairs", "triples", "running")}
        super().__init__(fixed, **(start | traits))

    def shape_of(self, name):
        """Return the shape of pairs or of triples."""
        return (len(SETS[2 if name == "pairs" else 3]),)

    def __repr__(self):
        pairs, triples = (np.count_nonzero(x) for x in (self.pairs, self.triples))
        return (
            f"Couplings(pairs: {pairs}, triples: {triples}, {self.n_samples} samples, "
            f"{self.n_hidden} hidden, seed={self.seed})"
        )

    def planted(self):
        """Return the page's couplings and samples as `rbmlib.datasets.PlantedSpins`."""
        both = (
            self._interactions(2, self.pairs, self.pair),
            self._interactions(3, self.triples, self.triple),
        )
        samples = sample_of(self.n_samples, SPINS, both, SAMPLE_SWEEPS, self.seed)
        return PlantedSpins(samples, *both)

    def _interactions(self, order, signs, size):
        chosen = np.flatnonzero(signs)
        sets = np.array(SETS[order])[chosen]
        return Interactions(
            sets, np.rint(size * STEPS) / STEPS * np.array(signs)[chosen]
        )

    def learn(self, n_updates, checkpoints=()):
        """Return the page's machine in training, by `rbmlib.interactions.learn`.

        Parameters
        ----------
        n_updates : int
            From 1 to 2000, the page's last age.
        checkpoints : sequence of int
            Younger ages to store.

        Returns
        -------
        Trajectory

        Raises
        ------
        ValueError, TypeError
            No integers in that range.
        """
        stages = RATES[self.rate]
        n_updates = check_positive(n_updates, "n_updates", most=stages[-1][0])
        begun = sum(end < n_updates for end, _ in stages) + 1
        return interactions.learn(
            self.planted().samples,
            self.n_hidden,
            seed=self.seed,
            rates=[(min(end, n_updates), rate) for end, rate in stages[:begun]],
            checkpoints=checkpoints,
            bias=self.bias,
            k=SWEEPS,
        )

    def pair_model(self):
        """Return the page's model of pairs.

        Returns
        -------
        Inferred
            Of `rbmlib.ising.inverse.pseudo_likelihood`.

        Raises
        ------
        ValueError
            Samples in which a spin never changes.
        """
        return inverse.pseudo_likelihood(self.planted().samples, l2=PENALTY)

    def first_frame(self):
        """Return couplings: planted, of a young machine, of the pair model."""
        planted, machine = self.planted(), self.learn(FIRST_FRAME_AGE)[-1]
        figure = Figure(figsize=(9, 3), layout="constrained")
        axes = figure.subplots()
        names = [["".join(str(i + 1) for i in s) for s in SETS[n]] for n in (2, 3)]
        kinds = (2, names[0], planted.pairs, BLUE), (3, names[1], planted.triples, RED)
        for order, x, kind, colour in kinds:
            truth = np.zeros((SPINS,) * order)
            truth[tuple(kind.sets.T)] = kind.couplings
            sets = tuple(np.transpose(SETS[order]))
            found = effective_couplings.couplings(machine, order)[sets]
            axes.bar(x, truth[sets], color=GREY, alpha=0.4)
            axes.plot(x, found, "o", color=colour, label=f"machine, {order} spins")
            if order == 2:
                alone = self.pair_model().J[sets]
                axes.plot(x, alone, "ko", mfc="none", ms=9, label="pair model")
        axes.tick_params("x", rotation=90, labelsize=8)
        axes.set(xlabel="sets of spins", ylabel=f"couplings at age {FIRST_FRAME_AGE}")
        axes.legend()
        return figure
