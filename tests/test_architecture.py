"""The house: rooms on floors, imports downwards, units that own their law."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest
import rooms
from rooms import arrows, modules, room_of

import rbmlib
from rbmlib import moved

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "rbmlib"
FLOORS = rooms.floors()
FLOOR_OF = {
    room: level
    for level, floor in enumerate(reversed(FLOORS))
    for room in FLOORS[floor]
}
CHAPTERS = FLOORS["chapters"]  # in the order of the book
LONGEST = 300


def faults(found):
    """Yield what is wrong with a set of arrows."""
    for (room, other), where in found.items():
        if FLOOR_OF[room] < FLOOR_OF[other]:
            yield f"{where}: {room} stands below {other}"
        if room in CHAPTERS and other in CHAPTERS:
            if CHAPTERS.index(room) < CHAPTERS.index(other):
                yield f"{where}: chapter {room} comes before {other}"
    order, rest = [], dict(found)
    while rest:  # take off rooms that import from no room that is left
        free = {b for _, b in rest} - {a for a, _ in rest}
        if not free:
            yield f"a circle among {sorted({a for a, _ in rest})}"
            return
        order += sorted(free)
        rest = {pair: where for pair, where in rest.items() if pair[1] not in free}


def test_every_room_has_a_floor():
    found = {room_of(name) for name, _ in modules()} - {"", "__init__", "moved"}
    assert found == set(FLOOR_OF)


def test_imports_go_downwards_and_in_no_circle():
    assert list(faults(arrows())) == []


@pytest.mark.parametrize(
    ("pair", "fault"),
    [
        (("units", "sampling"), "units stands below sampling"),
        (("linear_regime", "mixing_time"), "chapter linear_regime comes before"),
        (("scores", "tempering"), None),
        (("sampling", "likelihood"), "a circle among"),
    ],
)
def test_a_wrong_arrow_is_a_fault(pair, fault):
    found = list(faults(arrows() | {pair: "somewhere"}))
    assert (found == []) if fault is None else any(fault in text for text in found)


def test_the_root_is_small_and_the_map_is_whole():
    assert len(list(LIBRARY.glob("*.py"))) <= 10
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for room in FLOOR_OF:
        assert f"`{room}`" in rbmlib.__doc__
        assert re.search(rf"`{room}/?`", readme), room


def test_rooms_only_hand_on_names():
    for path in LIBRARY.rglob("__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert ast.get_docstring(ast.Module(body, [])), path
        if path.parent in (LIBRARY, LIBRARY / "units"):
            continue  # the version, and the check of a unit
        kinds = {type(node) for node in body[1:]}
        assert kinds <= {ast.Import, ast.ImportFrom, ast.Assign}, path


def test_files_are_one_idea():
    long = {name: len(path.read_text().splitlines()) for name, path in modules()}
    assert {name: n for name, n in long.items() if n > LONGEST} == {}


def test_nothing_outside_asks_which_unit_it_has():
    question = re.compile(
        r"is (not )?(SPIN|BINARY|GAUSSIAN)\b|[!=]= (SPIN|BINARY|GAUSSIAN)\b"
        r"|isinstance\([^)]*\b(Gaussian|Binary|Spin|ReLU|Categorical)\b"
    )
    asked = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for _, path in modules()
        if path.parent.name != "units"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if question.search(line)
    ]
    assert asked == []


def test_ties_are_ordered_alike_on_every_processor():
    # NumPy's other sorts leave equal elements in an order of the processor's own.
    other = []
    for path in sorted(LIBRARY.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "attr", None)
            if name in ("argsort", "argpartition"):
                if "kind='stable'" not in map(ast.unparse, node.keywords):
                    other.append(f"{path.name}:{node.lineno}")
    assert other == []


@pytest.mark.parametrize("old", moved.MOVED)
def test_names_of_the_first_edition_still_work(old):
    room, _, name = old.rpartition(".")
    new = importlib.import_module(moved.MOVED[old])
    assert importlib.import_module(old) is new
    # `from room import name` asks the package first.
    scope = {}
    exec(f"from {room} import {name} as found", scope)
    assert scope["found"] is new
    assert new.__spec__.name == moved.MOVED[old]


def refuses(function):
    """Whether a function raises an error of its own, or calls a check."""
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and "NotImplemented" not in ast.dump(node):
            return True
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if re.match("_?check_", name):
                return True
    return False


def public_functions(path):
    """Yield the public functions and methods of a file, except checks themselves."""
    bodies = [ast.parse(path.read_text(encoding="utf-8")).body]
    for body in bodies:
        for node in body:
            name = getattr(node, "name", "_")
            if isinstance(node, ast.ClassDef) and not name.startswith("_"):
                bodies.append(node.body)
            if isinstance(node, ast.FunctionDef) and not re.match("_|check_", name):
                yield node


def test_what_a_public_function_refuses_is_documented():
    silent = []
    for name, path in modules():
        for function in public_functions(path):
            doc = ast.get_docstring(function) or ""
            # A method that overrides one, or a twin, says where it is written.
            said = "Raises\n------" in doc or re.search(
                "(?i)as (in )?`|or raise|or refuse", doc
            )
            if refuses(function) and not said and function.name != "main":
                silent.append(f"{name}.{function.name}")
    assert silent == []


def test_the_page_of_promises_names_tests_that_are_there():
    page = (ROOT / "book" / "reliability.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:tests/)?(test_\w+\.py)`", page))
    named |= set(re.findall(r"`(tools/\w+\.py)`", page))
    assert len(named) > 10
    for name in named:
        assert (ROOT / ("" if "/" in name else "tests") / name).exists(), name


def test_every_module_can_be_imported_and_says_what_it_is():
    for found in pkgutil.walk_packages(rbmlib.__path__, "rbmlib."):
        assert importlib.import_module(found.name).__doc__, found.name
    assert re.fullmatch(r"\d+\.\d+\.\d+", rbmlib.__version__)
