"""What of a chapter's stored notebook a lesson can show, each piece by its label."""

import base64
import json
import re
import struct
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

PAPERMILL = "application/papermill.record/text/plain"
EQUATION = re.compile(
    r"^ *\$\$\n((?:(?!\$\$).)*?)\n *\$\$ \((eq-[\w-]+)\)$", re.MULTILINE | re.DOTALL
)
EXERCISE = re.compile(
    r"^```\{exercise-start\} (.+)\n:label: (ex-[\w-]+)$", re.MULTILINE
)
SENTENCE = re.compile(r":class: tip\n(.+?)\n\n", re.DOTALL)
PLACE = re.compile(r'data-(?:demo|filmstrip)="(([a-z]+)-[0-9a-f]+)"')
VALUES = re.compile(r'^start\(Demo, "[\w-]+", (\{.*\})\);$', re.MULTILINE)
GLUED = re.compile(r"\{glue:text\}`([^`]+)`")


@dataclass(frozen=True)
class Picture:
    """A stored image, and its words for those who do not see it."""

    png: bytes
    alt: str

    @property
    def shape(self):
        """Return its height over its width."""
        width, height = struct.unpack(">II", self.png[16:24])
        return height / width


@dataclass(frozen=True)
class Demo:
    """A demo as the notebook stores it; a film strip has no values."""

    id: str
    html: str
    picture: Picture
    values: dict = field(default_factory=dict)

    @property
    def presets(self):
        """Return the presets by their label."""
        return {preset["label"]: preset for preset in self.values.get("presets", [])}

    def fragment(self, preset):
        """Return what an address ends in that opens the demo with a preset's state."""
        state = self.presets[preset]["state"]
        kept = {name: x for name, x in state.items() if name in self.values["shared"]}
        return f"#{self.id}=" + json.dumps(kept, separators=(",", ":"))


class Chapter:
    """A stored notebook, read once.

    Parameters
    ----------
    path : path
        Of the notebook; its name begins with the number of the chapter.
    """

    def __init__(self, path):
        path = Path(path)
        self.name = path.stem
        self.number = int(self.name.partition("_")[0])
        self.cells = json.loads(path.read_text(encoding="utf-8"))["cells"]

    def _markdown(self):
        for cell in self.cells:
            if cell["cell_type"] == "markdown":
                yield "".join(cell["source"])

    def _outputs(self):
        for cell in self.cells:
            for output in cell.get("outputs", []):
                yield cell, output

    @cached_property
    def title(self):
        """The heading of the chapter."""
        return next(self._markdown()).partition("\n")[0].removeprefix("# ")

    @cached_property
    def sentence(self):
        """The chapter in one sentence."""
        return " ".join(SENTENCE.search(next(self._markdown()))[1].split())

    @cached_property
    def equations(self):
        """TeX by label."""
        found = (EQUATION.findall(text) for text in self._markdown())
        return {label: tex for pairs in found for tex, label in pairs}

    @cached_property
    def exercises(self):
        """Titles by label."""
        found = (EXERCISE.findall(text) for text in self._markdown())
        return {label: title for pairs in found for title, label in pairs}

    @cached_property
    def figures(self):
        """Pictures by label."""
        found = {}
        for cell, output in self._outputs():
            figure = cell["metadata"].get("mystnb", {}).get("figure")
            if figure and "image/png" in output.get("data", {}):
                found[figure["name"]] = _picture(cell, output)
        return found

    @cached_property
    def demos(self):
        """Demos by kind: the first of each kind on the page."""
        found = {}
        for cell, output in self._outputs():
            html = "".join(output.get("data", {}).get("text/html", []))
            if place := PLACE.search(html):
                values = VALUES.search(html)
                state = json.loads(values[1]) if values else {}
                demo = Demo(place[1], html, _picture(cell, output), state)
                found.setdefault(place[2], demo)
        return found

    @cached_property
    def prints(self):
        """Printed texts, in the order of the page."""
        streams = (output for _, output in self._outputs() if "text" in output)
        return ["".join(stream["text"]) for stream in streams]

    @cached_property
    def glued(self):
        """Numbers of the text by their name."""
        found = {}
        for _, output in self._outputs():
            text = output.get("data", {}).get(PAPERMILL)
            if text:
                name = output["metadata"]["scrapbook"]["name"]
                found[name] = "".join(text).strip("'")
        return found

    def with_numbers(self, text):
        """Return a text with the chapter's own numbers in it.

        Raises
        ------
        ValueError
            A name that the chapter does not glue.
        """

        def number(match):
            if match[1] not in self.glued:
                raise ValueError(f"{self.name} glues no number {match[1]!r}: {text}")
            return self.glued[match[1]]

        return GLUED.sub(number, text)


def _picture(cell, output):
    image = cell["metadata"].get("mystnb", {}).get("image", {})
    png = base64.b64decode("".join(output["data"]["image/png"]))
    return Picture(png, image.get("alt", ""))
