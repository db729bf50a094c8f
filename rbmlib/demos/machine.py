"""Demo "a machine in your hands": a small RBM whose every number is exact."""

import numpy as np
from matplotlib.figure import Figure

from rbmlib import enumeration
from rbmlib.demos.base import BLUE, GREY, RED, Demo, preset, select
from rbmlib.demos.traits import Choice, Numbers, Whole
from rbmlib.rbm import RBM, check_machine
from rbmlib.units import BINARY

MAX_UNITS = 6
LARGEST = 2**13  # of a parameter: a field of seven of them is an exact sum
MOST = 10_000  # sweeps in a frame
MAX_NAMED = 16  # states with their bits under the bars
SUBSCRIPTS = "₁₂₃₄₅₆"


def _preset(label, look, W, a, b, **state):
    zero = {"v": [0] * len(a), "h": [0] * len(b)}
    return preset(label, look, W=W, a=a, b=b, **zero, **state)


PRESETS = [
    _preset(
        "two patterns",
        "Two bars tower: 1100 and 0011. The red bar is the chain's state: it stays "
        "with one pattern for some forty sweeps, on average, before it crosses to the "
        "other.",
        W=[[4, -4, 0], [4, -4, 0], [-4, 4, 0], [-4, 4, 0]],
        a=[0, 0, 0, 0],
        b=[-4, -4, 0],
        running=True,
        sweeps_per_frame=1,
        selected="W 0 0",
    ),
    _preset(
        "three-body coupling",
        "One hidden unit, and the bar 123 is not zero: beyond pairs. Move its bias "
        "b₁ through zero: this bar changes its sign, the pairs do not.",
        W=[[4, 0, 0], [4, 0, 0], [4, 0, 0], [0, 0, 0]],
        a=[-1, -1, -1, 0],
        b=[-8, 0, 0],
        running=False,
        units="spin",
        selected="b 0",
    ),
    _preset(
        "no field",
        "In ±1 units all biases are zero, so the bars of one and of three units "
        "vanish. Switch to {0, 1}: the biases are not zero there, and no "
        "probability has changed.",
        W=[[4, -4, 2], [4, -4, 2], [-4, 4, 2], [-4, 4, 2]],
        a=[-1, -1, -1, -1],
        b=[0, 0, -4],
        running=False,
        units="spin",
        selected="W 0 0",
    ),
    _preset(
        "no weights",
        "Independent units: only fields, no coupling of two or three units. Give v₁ "
        "and v₂ a weight of 2 each to the same hidden unit, and the bar 12 appears.",
        W=[[0, 0, 0]] * 4,
        a=[1, -1, 0.5, 0],
        b=[0, 0, 0],
        running=False,
        units="binary",
        selected="W 0 0",
    ),
]


def _controls(n_visible, n_hidden):
    v, h = (SUBSCRIPTS[:n] for n in (n_visible, n_hidden))
    names = [
        (f"W {i} {j}", f"weight W{p}{q}")
        for i, p in enumerate(v)
        for j, q in enumerate(h)
    ]
    names += [(f"a {i}", f"bias a{p} of v{p}") for i, p in enumerate(v)]
    names += [(f"b {j}", f"bias b{q} of h{q}") for j, q in enumerate(h)]
    return [
        select(
            "units",
            "Units",
            [("binary", "{0, 1}"), ("spin", "±1")],
            "Write the same machine for {0, 1} or for ±1 units: W, a and b change, "
            "p(v) does not.",
        ),
        select(
            "sweeps_per_frame",
            "Sweeps a frame",
            [(n, str(n)) for n in (1, 20, 400)],
            "Gibbs sweeps (h given v, then v given h) between two drawings.",
        ),
        select(
            "selected",
            "Parameter",
            names,
            "Choose a weight or a bias. A click on a line of the graph chooses its "
            "weight.",
        ),
    ]


class _Parameter(Choice):
    """The name of a weight or a bias of the machine."""

    def options_of(self, demo):
        n, m = demo.shape_of("W")
        weights = [f"W {i} {j}" for i in range(n) for j in range(m)]
        return weights + [f"a {i}" for i in range(n)] + [f"b {j}" for j in range(m)]


class Machine(Demo):
    """A small RBM as a graph, with its exact law and its effective couplings.

    The traits hold the {0, 1} form of the machine; ``units`` only chooses the form in
    which the page writes it.  The chain on the page is `rbmlib.sampling.gibbs`, bit for
    bit, with the same seed.

    Parameters
    ----------
    rbm : RBM, optional
        Of {0, 1} or ±1 units, with at most six units a layer.  Default: a machine of
        4 visible and 3 hidden units with two patterns.
    **traits
        Any of the attributes below.

    Attributes
    ----------
    W : list of n_visible lists of n_hidden floats
    a, b : list of float
        At most 8192 in size.
    v, h : list of 0 and 1
        The state of the chain.
    units : "binary" or "spin"
    selected : str
        The parameter under the slider: "W 0 2", "a 1" or "b 0".
    sweeps_per_frame : int
        At most 10000.

    Raises
    ------
    ValueError
        Units that are neither {0, 1} nor ±1, or more than six of them in a layer.
    traitlets.TraitError
        A trait outside the values above.

    Examples
    --------
    >>> demo = Machine()
    >>> demo
    Machine(4 visible, 3 hidden, units='binary', seed=0)
    >>> demo.rbm
    RBM(4 binary visible, 3 binary hidden)
    >>> Machine(RBM(np.zeros((7, 1)), np.zeros(7), [0]))
    Traceback (most recent call last):
    ...
    ValueError: rbm must have at most 6 units in each layer, got 7 and 1
    """

    script = "machine.js"
    also_shared = ("W", "a", "b", "v", "h")
    W = Numbers(-LARGEST, LARGEST)
    a = Numbers(-LARGEST, LARGEST)
    b = Numbers(-LARGEST, LARGEST)
    v = Numbers(0, 1, whole=True)
    h = Numbers(0, 1, whole=True)
    units = Choice(("binary", "spin"), "binary")
    selected = _Parameter((), "W 0 0")
    sweeps_per_frame = Whole(1, min=1, max=MOST)

    def __init__(self, rbm=None, **traits):
        state = PRESETS[0]["state"]
        first = RBM(state["W"], state["a"], state["b"])
        rbm = _check(first if rbm is None else rbm)
        self._size = rbm.W.shape
        start = {
            "W": rbm.W.tolist(),
            "a": rbm.a.tolist(),
            "b": rbm.b.tolist(),
            "v": [0] * rbm.n_visible,
            "h": [0] * rbm.n_hidden,
        }
        fixed = {
            "controls": _controls(*rbm.W.shape),
            "presets": PRESETS if rbm.W.shape == first.W.shape else [],
        }
        super().__init__(fixed, **(start | traits))

    def shape_of(self, name):
        """Return the shape of W, a, b, v or h, which a demo keeps."""
        n_visible, n_hidden = self._size
        return {"W": self._size, "a": (n_visible,), "v": (n_visible,)}.get(
            name, (n_hidden,)
        )

    def __repr__(self):
        return (
            f"Machine({len(self.a)} visible, {len(self.b)} hidden, "
            f"units={self.units!r}, seed={self.seed})"
        )

    @property
    def rbm(self):
        """The machine on the page, as an RBM of {0, 1} units."""
        return RBM(self.W, self.a, self.b)

    def first_frame(self):
        """Return the graph and the exact law."""
        figure = Figure(figsize=(8, 3), layout="constrained")
        graph, law = figure.subplots(1, 2)
        self._draw_graph(graph)
        states, p = enumeration.visible_probabilities(self.rbm)
        names = ["".join(str(int(bit)) for bit in state) for state in states]
        law.bar(np.arange(p.size), p, color=BLUE)
        if p.size <= MAX_NAMED:
            law.set_xticks(np.arange(p.size), names, rotation=60, fontsize=7)
        law.set(xlabel="visible state v", ylabel="p(v)")
        return figure

    def _draw_graph(self, axes):
        W = np.array(self.W)
        x_v, x_h = ((np.arange(n) + 0.5) / n for n in W.shape)
        for (i, j), w in np.ndenumerate(W):
            colour = RED if w > 0 else BLUE if w < 0 else GREY
            axes.plot(
                [x_v[i], x_h[j]],
                [0, 1],
                color=colour,
                zorder=0,
                lw=0.6 + 1.4 * abs(w) ** 0.5,
                ls="--" if w < 0 else "-",
            )
        for name, x, y in (("v", x_v, 0), ("h", x_h, 1)):
            axes.scatter(x, np.full(x.size, y), s=420, c="white", edgecolors="black")
            for i, position in enumerate(x, start=1):
                axes.text(position, y, f"${name}_{i}$", ha="center", va="center")
        axes.set(xlim=(0, 1), ylim=(-0.25, 1.25))
        axes.axis("off")


def _check(rbm):
    rbm = check_machine(rbm).to_binary()[0]
    if (rbm.visible, rbm.hidden) != (BINARY, BINARY):
        raise ValueError(f"rbm must have {{0, 1}} or ±1 units, got {rbm!r}")
    if max(rbm.W.shape) > MAX_UNITS:
        raise ValueError(
            f"rbm must have at most {MAX_UNITS} units in each layer, got "
            f"{rbm.n_visible} and {rbm.n_hidden}"
        )
    return rbm
