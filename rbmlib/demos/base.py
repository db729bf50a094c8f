"""What every demo is: a widget with a kernel, and a live page without one.

A demo's program is made of the ES modules beside this file.  Joined in the order of
their imports they need none: the same text runs as a widget's module, inside a stored
notebook's HTML, and in the embedded engine of the tests.
"""

import base64
import hashlib
import io
import json
import re
from pathlib import Path

import anywidget
import traitlets
from matplotlib.figure import Figure

FOLDER = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ", re.MULTILINE)
RED, BLUE, GREY = "#b8401a", "#0b57a4", "#66707a"  # those of canvas.js on white
STYLE = (FOLDER / "demo.css").read_text(encoding="utf-8")

_HTML = """\
<div class="rbm-demo-place" data-demo="{id}"></div>
<noscript>This demo runs in the page and needs JavaScript.</noscript>
<style>
{style}</style>
<script type="module">
{program}
start(Demo, "{id}", {values});
</script>
"""


def program(*scripts):
    """Return scripts and all that they import as one JavaScript program.

    Parameters
    ----------
    *scripts : str
        Names of files in this folder.

    Returns
    -------
    str
        Each file once, after those that it imports, without the words import and
        export: names at the top level of two files must differ.
    """
    parts = {}
    for name in scripts:
        _join(name, parts)
    return "\n".join(parts.values())


def _join(name, parts):
    if name in parts:
        return
    text = (FOLDER / name).read_text(encoding="utf-8")
    for needed in IMPORT.findall(text):
        _join(needed, parts)
    parts[name] = EXPORT.sub("", IMPORT.sub("", text))


def select(trait, label, options, help):
    """Return a list of choices; ``options`` are pairs of a trait's value and a text."""
    pairs = [list(pair) for pair in options]
    return {
        "kind": "select",
        "trait": trait,
        "label": label,
        "help": help,
        "options": pairs,
    }


def slider(trait, label, lowest, highest, step, digits, help):
    """Return a slider that shows its value with so many digits."""
    return {
        "kind": "range",
        "trait": trait,
        "label": label,
        "help": help,
        "min": lowest,
        "max": highest,
        "step": step,
        "digits": digits,
    }


def checkbox(trait, label, help):
    """Return a box to tick."""
    return {"kind": "checkbox", "trait": trait, "label": label, "help": help}


def preset(label, look, **state):
    """Return a preset: values of traits, and a sentence that says what to look for."""
    return {"label": label, "look": look, "state": state}


class Demo(anywidget.AnyWidget):
    """Base of the demos: traits, and the bundle that Jupyter and the book display.

    A subclass sets ``script``, a file that exports a JavaScript class Demo, its
    controls and presets, and draws `first_frame`.  Its synchronised traits are its
    state: with a kernel they follow the page and steer it.

    Attributes
    ----------
    running : bool
        Whether the page's clock ticks.  A page of a reader who prefers reduced motion
        starts paused.
    seed : int
        Of the counter-based draws, in [0, 2^53): what JavaScript counts exactly.
    controls : list of dict
        Made by `select`, `slider` and `checkbox`, in the order of the page.
    presets : list of dict
        Made by `preset`.
    shared : list of str
        Traits that a shared address carries: all that have a control, and more.
    """

    script = None
    also_shared = ()
    _css = STYLE
    running = traitlets.Bool(False).tag(sync=True)
    seed = traitlets.Int(0, min=0, max=2**53 - 1).tag(sync=True)
    controls = traitlets.List(traitlets.Dict()).tag(sync=True)
    presets = traitlets.List(traitlets.Dict()).tag(sync=True)
    shared = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**traits)
        steered = [control["trait"] for control in self.controls]
        self.shared = [*steered, "seed", *self.also_shared]

    def __init_subclass__(cls, **kwargs):
        if "script" in vars(cls):  # not the class that add_traits makes of each object
            cls.program = program("start.js", cls.script)
            cls._esm = cls.program + "\nexport default { render: renderer(Demo) };\n"
        super().__init_subclass__(**kwargs)

    def first_frame(self) -> Figure:
        """Return the picture for paper, slides and previews.

        Raises
        ------
        NotImplementedError
            A demo without one.
        """
        raise NotImplementedError

    def values(self):
        """Return the demo's own traits: the state that the page starts from."""
        own = set(self.trait_names(sync=True)) - set(
            anywidget.AnyWidget.class_trait_names()
        )
        return {
            name: getattr(self, name)
            for name in sorted(own)
            if not name.startswith("_")
        }

    def html(self):
        """Return the demo as self-contained HTML: no kernel, no address, no build."""
        values = json.dumps(self.values(), sort_keys=True, separators=(",", ":"))
        name = type(self).__name__.lower()
        digest = hashlib.sha256(values.encode()).hexdigest()[:6]
        return _HTML.format(
            id=f"{name}-{digest}",
            style=STYLE,
            program=self.program,
            values=values.replace("</", "<\\/"),
        )

    def png(self):
        """Return the first frame as PNG bytes."""
        out = io.BytesIO()
        self.first_frame().savefig(
            out, format="png", dpi=110, metadata={"Software": None}
        )
        return out.getvalue()

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["text/html"] = self.html()
        data["image/png"] = base64.b64encode(self.png()).decode()
        return data, metadata
