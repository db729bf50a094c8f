"""Figures of the page, as SVG in a data address: the file needs no other."""

import base64
import io

import matplotlib.style
import numpy as np
from matplotlib.figure import Figure

from rbmlib.mode_tracking import draw_radial

WIDE, SQUARE = (6.4, 3.2), (5.2, 5.2)
LONGEST = 16  # characters of a name
MOST_COLOURS = 10


def _drawn(draw, size=WIDE):
    """Return a figure as an address of its data."""
    with matplotlib.style.context("rbmlib.book"):
        figure = Figure(figsize=size)
        draw(figure.subplots())
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


def likelihoods(measured):
    """Return test and training likelihood against age; refuted ones are hollow."""

    def draw(ax):
        for name, colour in (("train", "C0"), ("test", "C1")):
            x = [row.age for row in measured.rows]
            y = [getattr(row, f"{name}_at_most") for row in measured.rows]
            good = [row.verdict == "trusted" for row in measured.rows]
            ax.plot(x, y, color=colour, lw=1, ls="-")
            for a, b, fine in zip(x, y, good, strict=True):
                ax.plot(a, b, "o", color=colour, mfc=colour if fine else "white")
            ax.plot([], [], "o-", color=colour, label=name)
        ax.set_xscale("symlog", linthresh=1)
        ax.set_xlim(left=0)
        ax.set_xlabel("age (updates)")
        ax.set_ylabel("log-likelihood (nats a row)")
        ax.legend()

    return _drawn(draw)


def memory(measured):
    """Return the error of samples against sweeps from noise, with k and baseline."""

    def draw(ax):
        x = [one.sweeps for one in measured.sampled]
        ax.loglog(x, [one.second for one in measured.sampled], "o-", label="samples")
        ax.axhline(measured.baseline, color="black", ls="-", lw=1, label="data")
        k = measured.run.settings.get("k")
        if k:
            ax.axvline(k, color="C2", ls=":", label=f"k = {k}")
        ax.set_xlabel("sweeps from noise")
        ax.set_ylabel("squared error of covariances")
        ax.legend()

    return _drawn(draw)


def spectrum(measured):
    """Return the singular values against age."""

    def draw(ax):
        found = measured.spectrum
        for values in found.w.T:
            ax.plot(found.ages, values, color="C0", ls="-", lw=1.2)
        ax.set_xscale("symlog", linthresh=1)
        ax.set_xlim(left=0)
        ax.set_xlabel("age (updates)")
        ax.set_ylabel("singular values of W")

    return _drawn(draw)


def path(measured):
    """Return the path through the phase diagram: strongest mode against noise."""

    def draw(ax):
        known = [(p.sigma, p.w[0]) for _, p in measured.places if len(p.w)]
        ax.plot(*zip(*known, strict=True), "o-", color="C0")
        ax.set_xlabel("σ")
        ax.set_ylabel("w of the strongest mode")

    return _drawn(draw)


def graph(names, pairs):
    """Return the strongest couplings as a graph: columns on a circle.

    Parameters
    ----------
    names : sequence of str
    pairs : sequence of (int, int, float)
    """

    def draw(ax):
        shown = sorted({i for pair in pairs for i in pair[:2]})
        angle = {i: 2 * np.pi * k / len(shown) for k, i in enumerate(shown)}
        place = {i: (np.cos(a), np.sin(a)) for i, a in angle.items()}
        largest = max(abs(J) for *_, J in pairs)
        for i, k, J in pairs:
            x, y = zip(place[i], place[k], strict=True)
            ax.plot(x, y, color="C0" if J > 0 else "C1", ls="-" if J > 0 else "--",
                    lw=0.5 + 4 * abs(J) / largest)  # fmt: skip
        for i, (x, y) in place.items():
            text = (
                names[i] if len(names[i]) <= LONGEST else names[i][: LONGEST - 1] + "…"
            )
            text = text.replace("$", r"\$")
            side = "left" if x >= 0 else "right"
            ax.text(1.08 * x, 1.08 * y, text, ha=side, va="center", fontsize=9)
        ax.set_xlim(-1.6, 1.6)
        ax.set_ylim(-1.3, 1.3)
        ax.set_aspect("equal")
        ax.set_axis_off()

    return _drawn(draw, SQUARE)


def tree(measured):
    """Return the tree of modes, round its root, coloured by the labels."""

    def draw(ax):
        labels, names = None, None
        if measured.table.train_labels is not None:
            labels, names = _few(_labels(measured), measured.table.label_names)
        draw_radial(ax, measured.tree, labels, names)
        if names:
            ax.legend(loc="upper left", bbox_to_anchor=(0.9, 1))

    return _drawn(draw, SQUARE)


def _few(labels, names):
    """Return labels and names with a colour each: the rare ones of many are one."""
    if len(names) <= MOST_COLOURS:
        return labels, names
    counts = np.bincount(labels, minlength=len(names))
    kept = np.sort(np.argsort(-counts, kind="stable")[: MOST_COLOURS - 1])
    number = np.full(len(names), len(kept))
    number[kept] = np.arange(len(kept))
    return number[labels], (*(names[k] for k in kept), "any other")


def _labels(measured):
    x = measured.table.train
    whole = ~np.isnan(x).any(1) if x.dtype.kind == "f" else np.ones(len(x), bool)
    return measured.table.train_labels[whole]
