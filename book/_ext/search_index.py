"""The index of the search: what stands in each section, in a file that a page can load.

A page opened from a file may not fetch its neighbours, so all texts come in one script,
which the page of the search alone loads.  What is found by itself is a section, an
exercise with its solution, a word of the glossary, and a name of the library.  Sphinx's
own index knows pages only, and is left out.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from docutils import nodes
from glossary_terms import is_box_of_symbols
from plain_math import plain
from sphinx import addnodes
from term_index import is_section, pages_in_order

SILENT_PAGES = {"book/term_index", "book/bibliography"}
REPEATING = {"book/checked"}  # a page whose sections repeat what others say
LINES = (nodes.TextElement, nodes.row)
SKIPPED = (nodes.raw, nodes.math_block, nodes.image, nodes.comment, nodes.target)


@dataclass
class Place:
    """What can be found by itself: its title, its anchor, its sentences, its code."""

    title: str
    anchor: str
    lines: list = field(default_factory=list)
    code: list = field(default_factory=list)


def words(node):
    """Return the text of a node with formulas as plain characters."""
    if isinstance(node, nodes.Text):
        return str(node)
    if isinstance(node, nodes.math):
        return plain(node.astext())
    if isinstance(node, SKIPPED):
        return ""
    gap = " · " if isinstance(node, nodes.row) else ""
    parts = (words(child) for child in node.children)
    return gap.join(part for part in parts if part.strip() or not gap)


def kind(node):
    """Return the name of a node's class: sphinx-exercise's are its own."""
    return type(node).__name__


def new_place(node):
    """Return the place that begins with a node, or None."""
    if is_section(node):
        whole_page = isinstance(node.parent, nodes.document)
        return Place(words(node[0]), "" if whole_page else node["ids"][0])
    if kind(node) == "exercise_enumerable_node":
        return Place(words(node[0]).strip(" ()★"), node["ids"][0])
    if isinstance(node, addnodes.desc) and node[0]["ids"]:
        name = node[0]["ids"][0]
        return Place(name.removeprefix("rbmlib."), name)
    entry = isinstance(node, nodes.definition_list_item)
    if entry and isinstance(node.parent.parent, addnodes.glossary):
        names = [child for child in node if isinstance(child, nodes.term)]
        return Place(", ".join(map(words, names)), names[0]["ids"][0])
    return None


def repeats(node):
    """Tell whether a node is a chapter's box of symbols: the notation has them."""
    return isinstance(node, nodes.admonition) and is_box_of_symbols(node)


def is_title(node):
    """Tell whether a node is the title of a place, which is not among its words."""
    place = new_place(node.parent)
    return bool(place) and (node is node.parent[0] or isinstance(node, nodes.term))


def read(node, here, places):
    """Add the places below a node to a list, and the node's own words to `here`."""
    for child in node.children:
        if place := new_place(child):
            places.append(place)
            read(child, place, places)
        elif kind(child) == "solution_node":
            read(child, exercise_before(child, places) or here, places)
        elif kind(child) == "solution_title" or is_title(child) or repeats(child):
            continue
        elif isinstance(child, nodes.literal_block):
            if "output" not in child["classes"]:
                here.code.append(child.astext())
        elif isinstance(child, LINES) and not isinstance(child, SKIPPED):
            here.lines.append(" ".join(words(child).split()))
        else:
            read(child, here, places)


def exercise_before(solution, places):
    label = solution["target_label"]
    return next((place for place in places if place.anchor == label), None)


def places_of(doctree):
    """Return all places of a page, in order; those that say nothing are left out."""
    places = []
    read(doctree, Place("", ""), places)
    return [place for place in places if any(place.lines) or place.code]


def note(app, doctree, page):
    """Keep what a page says, once its references are resolved."""
    if app.builder.format == "html" and page not in SILENT_PAGES:
        places = places_of(doctree)
        app.book_places[page] = places[:1] if page in REPEATING else places


def number_of(env, page):
    number = next(iter(env.toc_secnumbers.get(page, {}).values()), None)
    return number[0] if number else 0


def index(app):
    """Return the pages, as (title, chapter or 0, address), and the places on them."""
    pages, places = [], []
    for page in pages_in_order(app.env):
        if page in SILENT_PAGES:
            continue
        if page not in app.book_places:  # not written anew
            note(app, app.env.get_and_resolve_doctree(page, app.builder), page)
        title, address = app.env.titles[page].astext(), app.builder.get_target_uri(page)
        pages.append([title, number_of(app.env, page), address])
        numbers = app.env.toc_fignumbers.get(page, {}).get("exercise", {})
        for place in app.book_places[page]:
            if number := numbers.get(place.anchor):
                place.title = f"Exercise {'.'.join(map(str, number))}, {place.title}"
            text, code = "\n".join(filter(None, place.lines)), "\n".join(place.code)
            places.append([len(pages) - 1, place.title, place.anchor, text, code])
    return {"pages": pages, "places": places}


def write(app, exception):
    """Write the index, and remove the programs of Sphinx's search."""
    if exception is None and app.builder.format == "html":
        text = json.dumps(index(app), ensure_ascii=False, separators=(",", ":"))
        program = f"globalThis.BOOK_INDEX = {text};\n"
        static = Path(app.outdir) / "_static"
        (static / "search_index.js").write_text(program, encoding="utf-8")
        for name in ("searchtools.js", "language_data.js"):
            (static / name).unlink(missing_ok=True)


def prepare(app):
    app.book_places = {}
    app.builder.search = False


def page_of_the_search(app):
    """Write the page all the same: Sphinx leaves it out together with its index."""
    return [("search", {}, "search.html")]


def add_templates(app, config):
    config.templates_path.append(str(Path(__file__).parent.parent / "_templates"))


def setup(app):
    app.connect("builder-inited", prepare)
    app.connect("config-inited", add_templates)
    app.connect("doctree-resolved", note, priority=400)
    app.connect("html-collect-pages", page_of_the_search)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
