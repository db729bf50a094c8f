"""Demo "following the modes": fixed points of a machine of digits, merging with age."""

import base64
import functools

import numpy as np
import traitlets
from matplotlib.figure import Figure

from rbmlib import datasets, mean_field, mode_tracking, plotting, sampling, trained
from rbmlib.demos.base import Demo, preset, select, slider
from rbmlib.demos.traits import Choice, Digits, Whole, given
from rbmlib.mode_tracking import Level
from rbmlib.rbm import RBM
from rbmlib.trajectories import Trajectory

AGES = (2371, 4804, 6080, 7695, 9738, 12323, 15595)  # of the stored run "digits"
STEPS = 127  # a weight travels as one byte
FINER = 64  # steps of a bias in one of a weight: they are few, and travel as two bytes
N_MEMBERS = 400  # digits that the page knows
SIDE = 8  # of an image, in pixels
MOST_SHOWN = 22  # modes of an age in the first frame
LAST_MODE = 30  # no age has more

STARTS = [(str(digit), f"a digit {digit}") for digit in range(10)]
STARTS += [("blank", "blank"), ("noise", "noise"), ("drawn", "my drawing")]
CONTROLS = [
    slider(
        "mode",
        "Mode looked at",
        0,
        LAST_MODE,
        1,
        0,
        "Its digits are shown beside it. You may also click a mode. The slider ends at "
        "the last mode of the age.",
    ),
    slider(
        "level",
        "Age",
        0,
        len(AGES) - 1,
        1,
        0,
        "In updates. Where the way down begins when you move it; while the demo runs "
        "it follows the age of the pictures.",
    ),
    select(
        "order",
        "Mean field",
        [(1, "naive"), (2, "TAP")],
        "The equations that are iterated, without or with Onsager's reaction. The "
        "modes shown are those of the same equations.",
    ),
    select(
        "start",
        "Start from",
        STARTS,
        "The image the iteration starts from. Draw in its picture with the pointer, or "
        "with arrow keys and space, or drop an image file there.",
    ),
]


_preset = functools.partial(
    preset, level=len(AGES) - 1, order=1, start="8", running=True
)
PRESETS = [
    _preset(
        "down the tree",
        "The iteration settles, then the machine gets younger and it settles again. "
        "The red way runs along the branches, and ends in the one mode of the "
        "youngest machine: the mean image.",
    ),
    _preset(
        "from noise",
        "Noise is no digit, and still a mode takes it in. Press New seed for other "
        "noise, and see how many steps it needs: some tens, or nearly two hundred.",
        start="noise",
    ),
    _preset(
        "critical slowing",
        "The youngest machine has one mode and is about to have more: the equations "
        "need more than a hundred steps. At age 12323 they need less than half of "
        "that.",
        level=0,
        start="3",
    ),
    _preset(
        "the reaction term",
        "TAP on the oldest machine: eight modes, where the naive equations have "
        "twenty-one, and hundreds of steps to reach one. Choose naive: under a "
        "hundred.",
        order=2,
        start="5",
    ),
]


@functools.cache
def machines():
    """Return the machines of the page, with parameters in steps that travel as bytes.

    Returns
    -------
    Trajectory
    """
    run = trained.load("digits").trajectory
    return Trajectory(AGES, [_coarse(run.at(age)) for age in AGES])


def _coarse(rbm):
    step = np.abs(rbm.W).max() / STEPS
    fine = step / FINER
    W = np.rint(rbm.W / step) * step
    return RBM(W, *(np.rint(x / fine) * fine for x in (rbm.a, rbm.b)))


def _text(array, dtype):
    return base64.b64encode(np.ascontiguousarray(array, dtype).tobytes()).decode()


class Modes(Demo):
    """Modes of a machine of 8×8 digits at seven ages, and the iteration to them.

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
    level : int
        Place in `AGES` of the age where the way down begins, 0 the youngest.
    mode : int
        The mode looked at; counted anew at each age.
    order : 1 or 2
        Naive mean field or TAP.
    start : str
        A digit, "blank", "noise" or "drawn".
    drawing : str
        64 digits 0 or 1, the reader's image.
    steps : int
        Iterations made by the page.

    Examples
    --------
    >>> demo = Modes(start="3")
    >>> demo
    Modes(7 ages to 15595, start='3', order=1, seed=0)
    >>> demo.fixed_point().counts()
    {'mode': 1}
    """

    script = "modes.js"
    also_shared = ("drawing",)
    level = Whole(len(AGES) - 2, min=0, max=len(AGES) - 1)
    mode = Whole(0, min=0, max=LAST_MODE)
    order = Choice((1, 2), 1)
    start = Choice((name for name, _ in STARTS), "8")
    drawing = Digits(SIDE * SIDE)
    steps = Whole()
    ages = given()
    weights = given()
    tree = given()
    tap_tree = given()
    digits = given(traitlets.Unicode)
    leaves = given()
    tap_leaves = given()
    examples = given()

    def __init__(self, **traits):
        super().__init__(_page_data(), **({"running": True} | traits))

    def __repr__(self):
        return (
            f"Modes({len(AGES)} ages to {AGES[-1]}, start={self.start!r}, "
            f"order={self.order}, seed={self.seed})"
        )

    def start_image(self):
        """Return the visible means that the iteration starts from, shape (64,)."""
        if self.start == "drawn":
            return np.array(list(self.drawing), np.float64)
        if self.start == "noise":
            return sampling.random_start(machines()[0], 1, self.seed)[0].astype(float)
        if self.start == "blank":
            return np.zeros(64)
        row = self.examples[int(self.start)]
        return datasets.load("digits").train[row].astype(np.float64)

    def fixed_point(self):
        """Return the `FixedPoints` of the start image at the age of `level`."""
        machine = machines()[self.level]
        return mean_field.fixed_points(machine, self.start_image(), order=self.order)

    def first_frame(self):
        """Return the modes of every age, the youngest machine above."""
        figure = Figure(figsize=(9, 4.4), layout="constrained")
        rows = figure.subplots(len(self.tree), 1)
        for axes, level in zip(rows, self.tree, strict=True):
            m = np.frombuffer(base64.b64decode(level["modes"]), np.uint8) / 255
            shown = m.reshape(-1, SIDE * SIDE)[:MOST_SHOWN]
            row = plotting.tile(shown, (SIDE, SIDE), MOST_SHOWN, gap=1)
            axes.imshow(row, cmap="gray_r", vmin=0, vmax=1)
            axes.set(xticks=[], yticks=[])
            axes.set_ylabel(level["age"], rotation=0, ha="right", va="center")
            for side in axes.spines.values():
                side.set_visible(False)
        return figure


@functools.cache
def _page_data():
    """Return the traits that no setting changes: machines, trees and digits."""
    data = datasets.load("digits")
    run = machines()
    tree, tap = (mode_tracking.track(run, data.train, order=n) for n in (1, 2))
    labels = data.train_labels[:N_MEMBERS]
    return {
        "controls": CONTROLS,
        "presets": PRESETS,
        "ages": list(AGES),
        "weights": [_packed(machine) for machine in run.machines],
        "tree": [_level(level) for level in _every_age(tree, run)],
        "tap_tree": [_level(level) for level in _every_age(tap, run)],
        "digits": _text(np.packbits(data.train[:N_MEMBERS] == 1, axis=1), np.uint8),
        "leaves": tree.leaf_of[:N_MEMBERS].tolist(),
        "tap_leaves": tap.leaf_of[:N_MEMBERS].tolist(),
        "examples": [int(np.argmax(labels == digit)) for digit in range(10)],
    }


def _packed(rbm):
    step = float(np.abs(rbm.W).max() / STEPS)
    return {
        "step": step,
        "W": _text(np.rint(rbm.W / step), np.int8),
        "a": np.rint(rbm.a / step * FINER).astype(int).tolist(),
        "b": np.rint(rbm.b / step * FINER).astype(int).tolist(),
    }


def _every_age(tree, run):
    """Return a level for each age, the youngest first; at some nothing merges."""
    levels = list(tree.levels[:1])
    known = {level.age: level for level in tree.levels[1:]}
    for age in run.ages[-2::-1].tolist():
        older = levels[-1]
        if (here := known.get(age)) is None:
            found = mean_field.fixed_points(run.at(age), older.m_v, order=tree.order)
            here = Level(age, found.m_v, older.up)
            levels[-1] = Level(older.age, older.m_v, np.arange(len(older)))
        levels.append(here)
    return levels[::-1]


def _level(level):
    return {
        "age": level.age,
        "modes": _text(np.rint(255 * level.m_v), np.uint8),
        "up": level.up.tolist(),
    }
