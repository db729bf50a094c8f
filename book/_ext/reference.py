"""The reference: a page for each room, and links between it and the chapters.

    .. room:: ising

stands for the contents of a room: its picture, its files with their docstrings, and all
that is public in them (`catalogue`), each with the chapters that use it (`usage`).
Names in chapters that are public become links.  A public name on no page is an error.
"""

import gc
import importlib
import inspect
from collections import Counter
from functools import partial
from pathlib import Path

import catalogue
import docstrings
import rooms
from docutils import nodes
from docutils.statemachine import StringList
from facts import BOOK, Reference
from picture import picture
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode
from usage import Names

FEW = 60  # characters: a value of more is not shown
SPELT = {"rbm": "RBM", "relu": "ReLU"}
logger = logging.getLogger(__name__)
reference = Reference()


class Room(SphinxDirective):
    """The contents of one room, or of several that are small."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        shown = self.arguments[0].split()
        found = [drawn(self.env, shown)]
        for room in shown:
            found += self.room(room, alone=len(shown) == 1)
        return found

    def room(self, room, alone):
        """Return the nodes of a room: what it says of itself, and its files."""
        home = f"rbmlib.{room}"
        groups = catalogue.groups(room, reference.used)
        if not alone:
            return [self.file(home, groups[home])]
        label = nodes.target("", "", ids=[f"file-{home}"], names=[f"file-{home}"])
        lines = docstring(home) + [""]
        for entries in groups.values():
            lines += [f"- {summary(entry)}" for entry in entries]
        lines += ["", *contents(groups.get(home, ()))]
        files = [self.file(*group) for group in groups.items() if group[0] != home]
        return [label, *self.parsed(lines), *files]

    def file(self, module, entries):
        """Return a file of a room: a heading, what its docstring says, its contents."""
        words = module.rpartition(".")[2].replace("_", " ")
        words = SPELT.get(words, words.capitalize())
        label = f"file-{module}"
        place = Path(importlib.import_module(module).__file__).relative_to(rooms.ROOT)
        lines = [f"``{place.as_posix()}``", "", *docstring(module), ""]
        parts = nodes.title("", words), *self.parsed(lines + contents(entries))
        return nodes.section("", *parts, ids=[label], names=[label])

    def parsed(self, lines):
        place = nodes.container(document=self.state.document)
        self.state.nested_parse(StringList(lines, self.name), 0, place)
        return place.children


class Picture(SphinxDirective):
    """The picture of all rooms."""

    def run(self):
        return [drawn(self.env)]


def drawn(env, here=()):
    """Return the picture as a node, its rooms linked to their pages."""
    depth = "../" * env.docname.count("/")
    pages = reference.pages

    def address(room):
        return f"{depth}{pages[room]}.html" if room in pages else None

    drawing = nodes.raw("", picture(here, address), format="html")
    return nodes.container(
        "", drawing, nodes.paragraph("", said(here)), classes=["rooms-picture"]
    )


def said(here):
    if not here:
        return (
            "The rooms and their imports. An arrow leads from a room to one that it "
            "imports from. An arrow that follows from others is left out."
        )
    return (
        "Where this stands. Full arrows lead to the rooms that it imports from; broken "
        "arrows come from the rooms that import from it."
    )


def docstring(module):
    text = inspect.getdoc(importlib.import_module(module))
    scopes = module, f"rbmlib.{rooms.room_of(module)}"
    return reference.prepared(text.splitlines(), *scopes)


def summary(entry):
    """Return the name of an entry, linked, and its first sentence."""
    text = (
        inspect.getdoc(entry.thing)
        if callable(entry.thing)
        else reference.comment(entry.name)
    )
    first = " ".join((text or "").partition("\n\n")[0].split())
    scopes = entry.name, entry.name.rpartition(".")[0]
    first = docstrings.marked(first, partial(reference.link, scopes))
    short = entry.name.split(".", 2)[2]
    return f":py:obj:`{short} <{entry.name}>`" + (f": {first}" if first else "")


def contents(entries):
    """Return entries as directives of autodoc."""
    lines = []
    for entry in entries:
        if inspect.isclass(entry.thing):
            lines += [f".. autoclass:: {entry.name}"]
            lines += [f"   :members: {', '.join(entry.members)}"] * bool(entry.members)
        elif catalogue.is_function(entry.thing):
            lines += [f".. autofunction:: {entry.name}"]
        else:
            lines += datum(entry)
        lines += [""]
    return lines


def datum(entry):
    """Return a constant, with its value where that is short."""
    value = repr(entry.thing)
    lines = [f"   :value: {value}", ""] if len(value) <= FEW else [""]
    text = docstrings.marked(
        reference.comment(entry.name), partial(reference.link, (entry.name,))
    )
    lines += [f"   {line}".rstrip() for line in [text, *reference.used_in(entry.name)]]
    return [f".. py:data:: {entry.name}", *lines]


def prepare(app, what, name, thing, options, lines):
    """Make a docstring ready for napoleon."""
    parent = name.rpartition(".")[0]
    module = getattr(thing, "__module__", None) or parent
    scopes = name, parent, parent.rpartition(".")[0], module
    # On the first line of a property, napoleon takes words before a colon for its type.
    late = ["..", ""] * (what == "property")
    lines[:] = late + reference.prepared(lines, *scopes)


def show_signature(app, what, name, thing, options, signature, returned):
    """Name the constants among defaults, and leave out the fields of a record.

    Nobody makes a record by hand; its fields are explained as its attributes.
    """
    if what == "class" and "Attributes\n---" in (inspect.getdoc(thing) or ""):
        return "", None
    for entry in reference.entries.values():
        if not callable(entry.thing) and hasattr(entry.thing, "__module__"):
            name = entry.name.rpartition(".")[2]
            signature = (signature or "").replace(f"={entry.thing!r}", f"={name}")
    return signature, returned


def add_chapters(app, what, name, thing, options, lines):
    lines += reference.used_in(name)


class LinkNames(SphinxPostTransform):
    """Names of the library in chapters lead to the reference."""

    default_priority = 20

    def run(self, **options):
        page = self.env.docname
        if page in reference.pages.values():
            return
        known = reference.notebooks.get(BOOK.parent / f"{page}.ipynb", (None,))[0]
        known = known or Names(library())
        objects = self.env.get_domain("py").objects
        for literal in list(self.document.findall(nodes.literal)):
            if has_parent(literal, (nodes.title, nodes.reference)):
                continue
            things = known.meant(literal.astext())
            for name in filter(None, map(reference.name_of, things)):
                if name in objects:
                    place, text = objects[name], literal.deepcopy()
                    link = make_refnode(
                        self.app.builder, page, place.docname, place.node_id, text, name
                    )
                    link["classes"].append("to-reference")
                    literal.replace_self(link)
                    break


def library():
    """Return the names that a page without code may use: rooms, and what is unique."""
    ends = Counter(name.rpartition(".")[2] for name in reference.entries)
    found = {
        last: entry.thing
        for name, entry in reference.entries.items()
        if ends[last := name.rpartition(".")[2]] == 1
    }
    rooms = {
        room: importlib.import_module(f"rbmlib.{room}") for room in reference.pages
    }
    return found | rooms


def has_parent(node, kinds):
    while node.parent is not None:
        node = node.parent
        if isinstance(node, kinds):
            return True
    return False


def missing(names, shown):
    """Return the public names that no page shows.

    >>> missing({"rbmlib.rbm.RBM", "rbmlib.rbm.new"}, {"rbmlib.rbm.RBM": "a page"})
    ['rbmlib.rbm.new']
    """
    return sorted(set(names) - set(shown))


def check(app, env):
    for name in missing(reference.names, env.get_domain("py").objects):
        logger.warning("%s is public, but on no page of the reference", name)


def import_library(app):
    """Import all that is shown, and keep the collector of garbage from looking at it.

    Sphinx reads a stored page at each reference to a numbered figure, and such reading
    wakes the collector; with the library in its sight the build takes twice as long.
    """
    assert reference.entries
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)  # new objects: a page has as many


def keep_small(app, doctree):
    """Let no part of a page hold what read it: it would be stored with the page."""
    for node in doctree.findall():
        node.document = doctree


def setup(app):
    app.connect("builder-inited", import_library)
    app.connect("doctree-read", keep_small)
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    app.add_directive("room", Room)
    app.add_directive("rooms", Picture)
    app.connect("autodoc-process-docstring", prepare, priority=400)
    app.connect("autodoc-process-docstring", add_chapters, priority=600)
    app.connect("autodoc-process-signature", show_signature)
    app.connect("env-check-consistency", check)
    app.add_post_transform(LinkNames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
