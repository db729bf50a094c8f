"""What the pages of the reference say, beside docstrings: places, links, chapters."""

import importlib
import inspect
import re
from functools import cached_property, partial
from pathlib import Path

import catalogue
import docstrings
from usage import Member, Names, code

BOOK = Path(__file__).resolve().parents[1]
PAGE = re.compile(r"^\.\. room:: (.+)$", re.MULTILINE)
COMMENT = r"((?:^# .*\n)*)^(?:\w+, )*{}\b[^#\n]* = [^#\n]*(?:#  *(.+))?$"


class Reference:
    """What the pages of the reference are made from."""

    @cached_property
    def notebooks(self):
        """{path: (its `Names`, all that its code uses)}."""
        found = {}
        for path in sorted(BOOK.glob("*.ipynb")):
            names = Names.of(path)
            found[path] = names, list(names.used(code(path)))
        return found

    @cached_property
    def used(self):
        """What chapters use and no room hands on, for `catalogue.groups`."""
        things = (thing for _, used in self.notebooks.values() for thing in used)
        named = {
            f"{thing.__module__}.{thing.__name__}": thing
            for thing in things
            if inspect.isclass(thing) or catalogue.is_function(thing)
        }
        return tuple(sorted(named.items()))

    @cached_property
    def entries(self):
        return catalogue.entries(self.used)

    @cached_property
    def names(self):
        """All names of the reference: entries, and members of classes."""
        members = (f"{e.name}.{m}" for e in self.entries.values() for m in e.members)
        return {*self.entries, *members}

    @cached_property
    def home(self):
        """{name: module that defines it}."""
        return {
            entry.name: module
            for room in catalogue.shown_rooms()
            for module, entries in catalogue.groups(room, self.used).items()
            for entry in entries
        }

    @cached_property
    def files(self):
        """All modules that have a heading, and the rooms."""
        return {*self.home.values(), *(f"rbmlib.{r}" for r in catalogue.shown_rooms())}

    @cached_property
    def by_identity(self):
        plain = int | float | str
        entries = self.entries.values()
        return {id(e.thing): e.name for e in entries if not isinstance(e.thing, plain)}

    @cached_property
    def pages(self):
        """{room: the document that shows it}."""
        return {
            room: f"book/reference/{path.stem}"
            for path in sorted((BOOK / "reference").glob("*.md"))
            for line in PAGE.findall(path.read_text(encoding="utf-8"))
            for room in line.split()
        }

    def name_of(self, thing):
        """Return the name in the reference of what `usage.Names` found, or None."""
        if not isinstance(thing, Member):
            return self.by_identity.get(id(thing))
        owner, member = thing
        for cls in getattr(owner, "__mro__", ()):
            name = f"{self.by_identity.get(id(cls))}.{member}"
            if name in self.names:
                return name
        return self.by_identity.get(id(owner))

    @cached_property
    def chapters(self):
        """{name: documents of the notebooks whose code uses it}."""
        found = {}
        for path, (_, used) in self.notebooks.items():
            for name in filter(None, map(self.name_of, used)):
                pages = found.setdefault(name, [])
                if path.stem not in pages:
                    pages.append(path.stem)
        return found

    def link(self, scopes, text):
        """Return a link to what a name in a docstring stands for, or None."""
        text = text.removesuffix("()")
        wanted = [f"{scope}.{text}" for scope in scopes] + [text, f"rbmlib.{text}"]
        for name in wanted:
            if name in self.names:
                return f":py:obj:`{text} <{name}>`"
            if name in self.files:
                return f":ref:`{text} <file-{name}>`"
        alike = [name for name in self.entries if name.endswith(f".{text}")]
        return f":py:obj:`{text} <{alike[0]}>`" if len(alike) == 1 else None

    def prepared(self, lines, *scopes):
        """Return a docstring as reStructuredText; names are sought in some scopes."""
        link = partial(self.link, scopes)

        def is_class(name):
            return any(
                inspect.isclass(entry.thing)
                for full, entry in self.entries.items()
                if full.endswith(f".{name}")
            )

        return docstrings.prepared(lines, link, is_class)

    def used_in(self, name):
        """Return the line that names the chapters which use something, or nothing."""
        pages = self.chapters.get(name, ())
        places = [f":doc:`{title(page)} </book/{page}>`" for page in pages]
        line = f"Used in: {', '.join(places)}"
        return ["", ".. container:: used-in", "", f"   {line}", ""] if pages else []

    def comment(self, name):
        """Return what its file says of a constant, above it or beside it."""
        source = inspect.getsource(importlib.import_module(self.home[name]))
        last = name.rpartition(".")[2]
        found = re.search(COMMENT.format(last), source, re.MULTILINE)
        above = " ".join(line.lstrip("# ") for line in found[1].splitlines())
        text = found[2] or above
        return text and text[0].upper() + text[1:].removesuffix(".") + "."


def title(page):
    """Return how a notebook is called in a line of them.

    >>> title("01_ising"), title("fast_sampling")
    ('chapter 1', 'fast sampling')
    """
    number = re.match(r"(\d+)_", page)
    return f"chapter {int(number[1])}" if number else page.replace("_", " ")
