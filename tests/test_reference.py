"""The reference: all that is public, the chapters that use it, the map of rooms."""

import inspect
import re
import shutil

import catalogue
import nbformat
import pytest
import rooms
from facts import BOOK, Reference
from picture import picture
from reference import library, missing
from usage import Member, Names, code

from public import public
from rbmlib import course, moved, phase_diagram, sampling
from rbmlib.rbm import RBM

LISTED = re.compile(
    r"^(\*{0,2}\w[\w, *]*?)(?: :|$)", re.MULTILINE
)  # lines of NumPy's sections


@pytest.fixture(scope="module")
def reference():
    return Reference()


def test_all_that_is_public_has_its_place(reference):
    lost = []
    for name, thing in public().items():
        if f"rbmlib.{name}" in reference.names:
            continue
        # A method stands with the class that has it first, a class with its maker.
        owner = reference.entries.get(f"rbmlib.{name.rpartition('.')[0]}")
        if not owner or not reference.name_of(Member(owner.thing, thing.attribute)):
            lost.append(name)
    assert lost == []


def test_nothing_private_or_old_has_one(reference):
    shown = reference.files | reference.names
    assert [name for name in shown if re.search(r"\._", name)] == []
    old = [f"{name}." for name in moved.MOVED]
    assert [name for name in shown if f"{name}.".startswith(tuple(old))] == []


def test_a_public_function_on_no_page_is_found(reference, monkeypatch):
    def planted():
        """Do something new."""

    planted.__module__ = "rbmlib.rbm"
    before = dict.fromkeys(reference.names)
    monkeypatch.setattr("rbmlib.rbm.planted", planted, raising=False)
    catalogue.groups.cache_clear()
    catalogue.entries.cache_clear()
    try:
        assert missing(Reference().names, before) == ["rbmlib.rbm.planted"]
    finally:
        catalogue.groups.cache_clear()
        catalogue.entries.cache_clear()


def test_every_room_has_a_page_of_the_table_of_contents(reference):
    assert set(reference.pages) == set(catalogue.shown_rooms())
    contents = (BOOK.parent / "_toc.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r"file: (\S+)", contents))
    assert {*reference.pages.values(), "book/reference/architecture"} <= listed


def test_names_of_a_notebook_are_followed(tmp_path, reference):
    cells = [
        "from rbmlib import phase_diagram as pd\nfrom rbmlib.rbm import RBM",
        "from rbmlib import sampling",
        "small = RBM.random(3, 2, seed=0)\np = pd.solve(1.5, 0.5)",
        "print(small.log_z(), p.q)",
    ]
    notebook = nbformat.v4.new_notebook(
        cells=list(map(nbformat.v4.new_code_cell, cells))
    )
    path = tmp_path / "chapter.ipynb"
    nbformat.write(notebook, path)
    names = Names.of(path)
    used = {reference.name_of(thing) for thing in names.used(code(path))} - {None}
    solved, made = "rbmlib.phase_diagram", "rbmlib.rbm.RBM"
    assert used == {
        *(made, f"{made}.random", f"{made}.log_z"),
        *(f"{solved}.solve", f"{solved}.Phase", f"{solved}.Phase.q"),
    }
    meant = next(names.meant("sampling.record(small, v, [10], 4, lambda v, h: v)"))
    assert meant is sampling.record
    assert list(names.meant("x = other.solve(w)")) == []
    assert list(names.meant("small.W")) == [RBM]
    assert names.at("pd.critical_w") is phase_diagram.critical_w


def test_a_page_without_code_links_no_attribute_of_its_variables():
    names = Names(library())
    for text in ("run.energy", "key.html", "solve.phase"):
        assert list(names.meant(text)) == []
    assert list(names.meant("sampling.gibbs")) == [sampling.gibbs]
    assert list(names.meant("student_seed(7)")) == [course.student_seed]


def test_chapters_are_named_where_they_use_something(reference):
    assert "01_ising" in reference.chapters["rbmlib.ising.wolff"]
    assert reference.chapters["rbmlib.phase_diagram.critical_w"] == ["05_phase_diagram"]
    assert "chapter 5" in " ".join(reference.used_in("rbmlib.phase_diagram.critical_w"))
    assert reference.used_in("rbmlib.grid.grid_exponent") == []


def drawn(svg):
    return set(re.findall(r'data-from="(\w+)" data-to="(\w+)"', svg))


def reached(pairs):
    """Return all that follows from arrows: (room, room that it reaches)."""
    found = set(pairs)
    while more := {(a, d) for a, b in found for c, d in pairs if b == c} - found:
        found |= more
    return found


def test_the_picture_shows_the_imports():
    everything = set(rooms.arrows())
    assert reached(drawn(picture())) == reached(everything)
    for room in rooms.every_room():
        svg = picture([room])
        assert drawn(svg) == {pair for pair in everything if room in pair}
        assert re.findall(r'<g class="room here">.*?>(\w+)</text>', svg) == [room]
        assert set(re.findall(r">(\w+)</text></?g", svg)) | set(rooms.floors()) >= {
            room
        }


def test_a_new_import_is_a_new_arrow(tmp_path):
    library = tmp_path / "rbmlib"
    shutil.copytree(
        rooms.LIBRARY,
        library,
        ignore=lambda _, names: [
            name for name in names if "." in name and not name.endswith(".py")
        ],
    )
    before = set(rooms.arrows(library))
    assert before == set(rooms.arrows())
    with (library / "scores" / "quality.py").open("a") as file:
        file.write("\n\ndef later():\n    from rbmlib import tempering\n")
    assert set(rooms.arrows(library)) - before == {("scores", "tempering")}


def test_every_public_function_has_an_example_and_explains_its_arguments(reference):
    poor = []
    for name, entry in reference.entries.items():
        if not inspect.isfunction(entry.thing):
            continue
        text = inspect.getdoc(entry.thing)
        twin = re.search(r"([Aa]s (in|for)|those of) `|`ising\.\w+`", text)
        explained = set(re.findall(r"\w+", " ".join(LISTED.findall(text))))
        given = inspect.signature(entry.thing).parameters.values()
        # A machine is `rbm` in the whole library.
        names = {p.name for p in given if p.kind is not p.VAR_KEYWORD} - {"rbm"}
        if ">>>" not in text or not (twin or names <= explained):
            poor.append((name, names - explained))
    assert poor == []
