"""Draw the picture that a shared link to the book shows: book/static/social-card.png.

It is put together from the book's own figures: the phase diagram that chapter 5 stores,
and the digits of chapter 3 that also open the README.  Run it again when one changes.
"""

import base64
import io
import json
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
CARD = ROOT / "book/static/social-card.png"
SIZE = (1200, 630)  # pixels: what the sites that show such pictures ask for
LEFT_PANEL = 0.45  # share of the width of the phase diagram, without its scale
COLOURS = 96  # of the palette: enough for the map, and small


def stored_figure(notebook, name):
    """Return a figure of a notebook, by its name, as an image."""
    cells = json.loads((ROOT / "book" / notebook).read_text("utf-8"))["cells"]
    for cell in cells:
        if cell["metadata"].get("mystnb", {}).get("figure", {}).get("name") == name:
            for output in cell["outputs"]:
                if png := output.get("data", {}).get("image/png"):
                    return Image.open(io.BytesIO(base64.b64decode("".join(png))))
    raise LookupError(f"{notebook} stores no figure {name!r}")


def draw():
    """Return the picture as a figure of 1200 by 630 pixels."""
    figure = plt.figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100)
    style = {"family": "DejaVu Sans", "color": "#1b2a41"}
    figure.text(0.05, 0.78, "The Restricted\nBoltzmann Machine", size=38, **style)
    figure.text(0.05, 0.66, "Phases, dynamics and modes", size=24, **style)
    figure.text(
        0.05, 0.08, "An executable book with its library, rbmlib", size=16, **style
    )
    with Image.open(ROOT / "book/figures/digits.png") as digits:
        three_rows = digits.crop((0, 0, digits.width, digits.height // 2))
        add(figure, three_rows.copy(), (0.03, 0.17, 0.5, 0.45))
    diagram = stored_figure("05_phase_diagram.ipynb", "fig-phase-diagram")
    panel = diagram.crop((0, 0, int(diagram.width * LEFT_PANEL), diagram.height))
    add(figure, panel, (0.53, 0.06, 0.45, 0.9))
    return figure


def add(figure, image, box):
    axes = figure.add_axes(box)
    axes.imshow(image.convert("RGB"), interpolation="lanczos")
    axes.axis("off")


def main():
    buffer = io.BytesIO()
    draw().savefig(buffer, dpi=100)
    image = Image.open(buffer).convert("RGB").quantize(COLOURS)
    image.save(CARD, optimize=True)
    print(f"{CARD.relative_to(ROOT)}: {CARD.stat().st_size} bytes")


if __name__ == "__main__":
    main()
