"""What the reference shows: of each room its files, and of each file its public names.

Public is what a room hands on (``__all__``), all without a leading underscore in a room
that is one file, and what chapters use beside that.
"""

import ast
import enum
import importlib
import inspect
import re
from collections import Counter
from functools import cache
from types import ModuleType
from typing import NamedTuple

import rooms

# What these hold is for the library itself.
INSIDE = ("checks", "compiled", "files")
# Called by a program, or by us, with what was checked before: the messages of widgets
# (their values are tested in test_demos_settings), and the making of the runs that come
# with the library (each of which has a recorded hash).
OF_PROGRAMS = {
    *(f"demos.*.{name}" for name in ("set_state", "shape_of")),
    *(f"trained.Recipe.{name}" for name in ("data", "start", "with_rate")),
    *(f"trained.Trained.{name}" for name in ("of", "sha256", "save", "parts", "pack")),
}


class Entry(NamedTuple):
    """A public name."""

    name: str  # as one writes it: rbmlib.phase_diagram.solve
    thing: object
    members: tuple = ()  # names of the methods and properties of a class


def is_function(thing):
    """Whether this is a function, compiled ones among them."""
    return inspect.isfunction(getattr(thing, "py_func", thing))


def shown_rooms():
    """Return the rooms that have something public."""
    return [room for room in rooms.every_room() if room not in INSIDE]


@cache
def groups(room, used=()):
    """Return {module: its `Entry` list} of a room.

    Parameters
    ----------
    room : str
    used : tuple of (str, object)
        What chapters use, by its name in the module that defines it.
    """
    home = importlib.import_module(f"rbmlib.{room}")
    if not hasattr(home, "__all__"):
        return {home.__name__: list(own(home))}
    found = {}
    for module, name, thing in handed_on(home):
        if isinstance(thing, ModuleType):
            found.setdefault(thing.__name__, []).extend(own(thing))
        elif not isinstance(thing, enum.Enum):  # its class is there
            entry = Entry(f"{home.__name__}.{name}", thing)
            found.setdefault(module, []).append(entry)
    shown = [e.thing for entries in found.values() for e in entries]
    more = [*bases(shown), *(x for x in used if rooms.room_of(x[0]) == room)]
    for name, thing in more:
        if not any(thing is other for other in shown):
            found.setdefault(thing.__module__, []).append(Entry(name, thing))
            shown.append(thing)
    return {
        module: [
            with_members(entry, shown) for entry in in_order(module, found[module])
        ]
        for module in sorted(found)
    }


def handed_on(package):
    """Yield (module, name, object) of what a room hands on."""
    origin = {
        alias.asname or alias.name: node.module
        for node in ast.parse(inspect.getsource(package)).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for name in package.__all__:
        thing = getattr(package, name)
        module = getattr(thing, "__module__", None) if inspect.isclass(thing) else None
        yield module or origin.get(name, package.__name__), name, thing


def own(module):
    """Yield the entries of a module whose public names are those it defines."""
    for name, thing in vars(module).items():
        mine = getattr(thing, "__module__", None) == module.__name__
        kind = inspect.isfunction(thing) or inspect.isclass(thing)
        if mine and kind and not name.startswith(("_", "check_")):
            yield with_members(Entry(f"{module.__name__}.{name}", thing))


def bases(shown):
    """Yield the library's classes from which several of these descend."""
    above = Counter(
        base
        for thing in shown
        if inspect.isclass(thing)
        for base in thing.__mro__[1:]
        if base.__module__.startswith("rbmlib") and not base.__name__.startswith("_")
    )
    for base, count in above.items():
        if count > 1:
            yield f"{base.__module__}.{base.__name__}", base


def in_order(module, entries):
    """Sort entries as their file has them."""
    source = inspect.getsource(importlib.import_module(module))

    def line(entry):
        name = entry.name.rpartition(".")[2]
        place = re.search(rf"^(?:def |class )?{name}\b", source, re.MULTILINE)
        return place.start() if place else 0

    return sorted(entries, key=line)


def with_members(entry, shown=()):
    """Add to a class its methods and properties, without those of shown bases."""
    if not inspect.isclass(entry.thing):
        return entry
    found = {}
    for base in reversed(entry.thing.__mro__):
        if base.__module__.startswith("rbmlib"):
            names = [name for name in vars(base) if is_public(entry, base, name)]
            found |= dict.fromkeys(names)
    for base in entry.thing.__mro__[1:]:
        if any(base is other for other in shown):
            found = {name: None for name in found if not hasattr(base, name)}
    return entry._replace(members=tuple(found))


def is_public(entry, cls, name):
    """Whether a class has a method or a property of this name, and explains it."""
    value = vars(cls)[name]
    function = getattr(value, "__func__", getattr(value, "fget", value))
    function = getattr(function, "func", function)  # of a cached property
    room, _, rest = entry.name.removeprefix("rbmlib.").partition(".")
    program = {f"{room}.*.{name}", f"{room}.{rest}.{name}"} & OF_PROGRAMS
    explained = inspect.isfunction(function) and bool(function.__doc__)
    return explained and not name.startswith("_") and not program


@cache
def entries(used=()):
    """Return {name: `Entry`} of the whole library."""
    return {
        entry.name: entry
        for room in shown_rooms()
        for found in groups(room, used).values()
        for entry in found
    }
