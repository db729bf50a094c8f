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

from rbmlib.demos.traits import Flag, Whole, given

FOLDER = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ", re.MULTILINE)
UNREAD = re.compile(r"^ *(//.*|/\*.*\*/)?\n|^ +", re.MULTILINE)
RED, BLUE, GREY = "#b8401a", "#0b57a4", "#66707a"  # those of canvas.js on white
STYLE = UNREAD.sub("", (FOLDER / "demo.css").read_text(encoding="utf-8"))

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
        Each file once, after those that it imports, without comments, indents and the
        words import and export: names at the top level of two files must differ, and no
        text may run over the end of a line.
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
    for unneeded in (IMPORT, EXPORT, UNREAD):
        text = unneeded.sub("", text)
    parts[name] = text


def script_text(value):
    """Return a value as JSON that may stand inside an HTML script.

    There ``</script`` and ``<!--`` have a meaning of their own, whatever quotes stand
    around them; as JSON, the letter < may be written by its number.

    Raises
    ------
    ValueError
        A number that JSON does not have.

    Examples
    --------
    >>> print(script_text(["a < b", "é"]))
    ["a \\u003c b","é"]
    """
    text = json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    return text.replace("<", "\\u003c")


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


def preset(label, look, seed=0, **state):
    """Return a preset: values of traits, and a sentence that says what to look for.

    The seed is one of them, so that the sentence is true of what is shown.
    """
    return {"label": label, "look": look, "state": {"seed": seed, **state}}


class Demo(anywidget.AnyWidget):
    """Base of the demos: traits, and the bundle that Jupyter and the book display.

    A subclass sets ``script``, a file that exports a JavaScript class Demo, its
    controls and presets, and draws `first_frame`.  Its synchronised traits are its
    state: with a kernel they follow the page and steer it.

    Parameters
    ----------
    fixed : dict
        Values of the traits that nobody else sets: the controls, and what the page
        needs to know.
    **traits
        Values of the others.

    Raises
    ------
    TypeError
        A name that is no trait of the demo.
    traitlets.TraitError
        A value that the trait does not take, or a trait that only the demo sets.

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
    shared : dict
        The traits that a shared address carries, all that have a control and more,
        each with what an address may set it to.
    """

    script = None
    also_shared = ()
    _css = STYLE
    running = Flag()
    seed = Whole(0, min=0, max=2**53 - 1)
    controls = given()
    presets = given()
    shared = given(traitlets.Dict)

    def __init__(self, fixed, **traits):
        unknown = sorted(set(traits) - set(self.trait_names()))
        if unknown:
            raise TypeError(
                f"{type(self).__name__} must be given settings that it has, "
                f"{', '.join(self.settings())}, got {', '.join(unknown)}"
            )
        for name, value in fixed.items():
            self.set_trait(name, value)
        self.set_trait("shared", self._shared())
        super().__init__(**traits)

    def _shared(self):
        controls = {control["trait"]: control for control in self.controls}
        return {
            name: self._limits(name, controls.get(name))
            for name in (*controls, "seed", *self.also_shared)
        }

    def _limits(self, name, control):
        """Return what an address may set a trait to: what its control can."""
        limits = self.traits()[name].limits(self)
        if control and control["kind"] == "range":
            limits |= {name: control[name] for name in ("min", "max", "digits")}
        if control and control["kind"] == "select":
            limits = {
                "kind": "choice",
                "options": [value for value, _ in control["options"]],
            }
        return limits

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

    @classmethod
    def _own(cls):
        """Return the demo's own traits, by name."""
        foreign = anywidget.AnyWidget.class_trait_names()
        return {
            name: trait
            for name, trait in sorted(cls.class_traits(sync=True).items())
            if name not in foreign and not name.startswith("_")
        }

    @classmethod
    def settings(cls):
        """Return the names of the traits that Python and the page may set."""
        return [name for name, trait in cls._own().items() if not trait.read_only]

    def values(self):
        """Return the demo's own traits: the state that the page starts from."""
        return {name: getattr(self, name) for name in self._own()}

    def set_state(self, sync_data):
        """Take from the page what the traits take; tell it again what they hold else.

        Parameters
        ----------
        sync_data : dict
            Values by names of traits, as a front end sends them.
        """
        own = self._own()
        refused = [
            name
            for name, value in sync_data.items()
            if name in own and not self._takes(own[name], value)
        ]
        taken = {n: value for n, value in sync_data.items() if n not in refused}
        super().set_state(taken)
        if refused:
            self.log.warning("%r does not take the page's %s", self, refused)
            self.send_state(refused)

    def _takes(self, trait, value):
        try:
            trait.validate(self, value)
        except traitlets.TraitError:
            return False
        return not trait.read_only

    def html(self):
        """Return the demo as self-contained HTML: no kernel, no address, no build."""
        values = script_text(self.values())
        name = type(self).__name__.lower()
        digest = hashlib.sha256(values.encode()).hexdigest()[:6]
        return _HTML.format(
            id=f"{name}-{digest}",
            style=STYLE,
            program=self.program,
            values=values,
        )

    def png(self):
        """Return the first frame as PNG bytes."""
        out = io.BytesIO()
        settings = dict(format="png", dpi=110, metadata={"Software": None})
        self.first_frame().savefig(out, **settings)
        return out.getvalue()

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["text/html"] = self.html()
        data["image/png"] = base64.b64encode(self.png()).decode()
        return data, metadata
