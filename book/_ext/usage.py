"""What a notebook calls of the library: from its code, and from names in its text.

Names are followed from the imports of the notebook through attributes, and through
variables whose class can be told: they were made by a class, or by a function whose
docstring says what it returns.
"""

import ast
import importlib
import inspect
import json
import re
from types import ModuleType
from typing import NamedTuple

DOTTED = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
RETURNED = re.compile(r"Returns\n-+\n(?:\w+ : )?(\w+)")


class Member(NamedTuple):
    """A method or a property of a class."""

    owner: type
    name: str


def code(path):
    """Yield the syntax trees of a notebook's code cells, in order."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            yield ast.parse("".join(cell["source"]))


def imported(trees):
    """Return {name: object} of what code cells import from the library.

    >>> found = imported([ast.parse("from rbmlib import linear_regime as lr")])
    >>> found["lr"].__name__
    'rbmlib.linear_regime'
    """
    found = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("rbmlib"):
            module = importlib.import_module(node.module)
            for alias in node.names:
                if not hasattr(module, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")
                found[alias.asname or alias.name] = getattr(module, alias.name)
    return found


class Names:
    """The names of a notebook, and what they stand for.

    Parameters
    ----------
    known : dict
        {name: module, class or function of the library}.
    """

    def __init__(self, known):
        self.known = dict(known)
        self.variables = {}  # name: class

    @classmethod
    def of(cls, path):
        """Return those of a notebook."""
        trees = list(code(path))
        names = cls(imported(trees))
        for node in (node for tree in trees for node in ast.walk(tree)):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                names.note(node.targets, node.value)
        return names

    def note(self, targets, call):
        """Remember the class of a variable that a call makes."""
        made = returned(self.at(ast.unparse(call.func)))
        for target in targets:
            if isinstance(target, ast.Name) and made:
                self.variables[target.id] = made

    def at(self, dotted):
        """Return the longest part of a dotted name that is of the library, or None.

        It is a module, a function, a class, a constant or a `Member`.
        """
        first, *rest = dotted.split(".")
        thing = self.known.get(first, self.variables.get(first))
        if rest and inspect.isroutine(thing):  # a variable or a file of its name
            return None
        for name in rest:
            if thing is None or isinstance(thing, Member):
                return thing
            if inspect.isclass(thing):
                public = name in dir(thing) and not name.startswith("_")
                return Member(thing, name) if public else thing
            if not isinstance(thing, ModuleType) or not hasattr(thing, name):
                return thing
            thing = getattr(thing, name)
        return thing

    def used(self, trees):
        """Yield everything of the library that code cells name."""
        for node in (node for tree in trees for node in ast.walk(tree)):
            if isinstance(node, ast.Name | ast.Attribute):
                text = ast.unparse(node)
                if DOTTED.fullmatch(text) and (thing := self.at(text)) is not None:
                    yield thing

    def meant(self, text):
        """Yield everything of the library that a piece of inline code names."""
        for dotted in DOTTED.findall(text):
            if (thing := self.at(dotted)) is not None:
                yield thing


def returned(thing):
    """Return the class of what a call makes, or None where it cannot be told."""
    if inspect.isclass(thing):
        return thing
    if isinstance(thing, Member):
        owner, name = thing
        thing = getattr(owner, name)
        if inspect.ismethod(thing) and thing.__self__ is owner:  # another constructor
            return owner
    word = RETURNED.search(inspect.getdoc(thing) or "")
    if not word or not inspect.isfunction(thing):
        return None
    found = inspect.getmodule(thing).__dict__.get(word[1])
    return found if inspect.isclass(found) else None
