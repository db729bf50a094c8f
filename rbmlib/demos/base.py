"""What every demo is: a widget with a kernel, and a live page without one.

A demo's program is JavaScript without imports and exports, so that its parts are simply
joined: the same text runs as a widget's module, inside a stored notebook's HTML, and in
the embedded engine of the tests.
"""

import base64
import hashlib
import io
import json
from pathlib import Path

import anywidget
import traitlets
from matplotlib.figure import Figure

FOLDER = Path(__file__).parent
SHARED = ("numbers.js", "canvas.js", "page.js")
STYLE = (FOLDER / "demo.css").read_text(encoding="utf-8")

_HTML = """\
<div class="rbm-demo-place" id="{id}" data-demo="{id}"></div>
<noscript>This demo runs in the page and needs JavaScript.</noscript>
<style>
{style}</style>
<script type="module">
{program}
start("{id}", {values});
</script>
"""


def program(*names):
    """Return the shared parts and the named files as one JavaScript program."""
    texts = [(FOLDER / name).read_text(encoding="utf-8") for name in (*SHARED, *names)]
    return "\n".join(texts)


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


class Demo(anywidget.AnyWidget):
    """Base of the demos: traits, and the bundle that Jupyter and the book display.

    A subclass sets ``files``, its JavaScript after the shared parts, its controls and
    presets, and draws `first_frame`.  Its synchronised traits are its state: with a
    kernel they follow the page and steer it.

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
        Each with a ``label``, a ``state`` (values of traits) and ``look``, a sentence
        that says what to look for.
    shared : list of str
        Traits that a shared address carries: all that have a control, and more.
    """

    files = ()
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
        if "files" in vars(cls):  # not the class that add_traits makes of each object
            cls.program = program(*cls.files)
            cls._esm = cls.program + "\nexport default { render };\n"
        super().__init_subclass__(**kwargs)

    def first_frame(self) -> Figure:
        """Return the picture for paper, slides and previews."""
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
