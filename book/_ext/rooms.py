"""The rooms of the library: on which floor each stands, and who imports from whom.

The floors are those of the map in the docstring of `rbmlib`; the imports are read from
the files, so that nothing is said twice.
"""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "rbmlib"
RULE = re.compile(r"^=+ +=+$", re.MULTILINE)


@cache
def floors():
    """Return {floor: its rooms}, from the top down, as the map of the library has them.

    >>> list(floors())
    ['faces', 'stored', 'chapters', 'shared', 'ground']
    >>> floors()["stored"]
    ('trained',)
    """
    tree = ast.parse((LIBRARY / "__init__.py").read_text(encoding="utf-8"))
    found, floor = {}, None
    for line in RULE.split(ast.get_docstring(tree))[1].splitlines():
        floor = (re.match(r"\w+", line) or [floor])[0]
        for room in re.findall(r"`(\w+)`", line):
            found[floor] = (*found.get(floor, ()), room)
    return found


def every_room():
    """Return all rooms, from the top down."""
    return [room for rooms in floors().values() for room in rooms]


def modules(library=LIBRARY):
    """Yield (dotted name, path) of every module of the library, packages first."""
    for path in sorted(library.rglob("*.py")):
        yield ".".join(path.relative_to(library.parent).with_suffix("").parts), path


def room_of(name):
    """Return the room in which a module stands, or "".

    >>> room_of("rbmlib.ising.exact")
    'ising'
    >>> room_of("rbmlib.__main__")  # the door of the command line
    'command'
    """
    room = name.split(".")[1] if name.count(".") else ""
    return "command" if room == "__main__" else room


def imports(path):
    """Yield what a file imports from the library, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == "rbmlib")


def arrows(library=LIBRARY):
    """Return {(room, room it imports from): a module that does}."""
    found, known = {}, set(every_room())
    for name, path in modules(library):
        for target in imports(path):
            pair = room_of(name), room_of(target)
            if pair[0] != pair[1] and pair[0] and pair[1] in known:
                found.setdefault(pair, name)
    return found


def direct(pairs):
    """Return the arrows that do not follow from others, in a set without circles.

    >>> sorted(direct({("a", "b"), ("b", "c"), ("a", "c")}))
    [('a', 'b'), ('b', 'c')]
    """
    below = {}
    for room, other in pairs:
        below.setdefault(room, set()).add(other)

    @cache
    def reached(room):
        return below.get(room, set()).union(*map(reached, below.get(room, ())))

    return {
        (room, other)
        for room, other in pairs
        if not any(other in reached(step) for step in below[room])
    }
