"""The index: for each word of the glossary the sections that treat it.

A section treats a word that stands in its title, that it sets in bold, or that it uses
at least three times; a rare word is listed where it is used most.  An empty directive,
`term-index`, says where on its page the list goes.
"""

from collections import Counter
from itertools import groupby

from docutils import nodes
from docutils.parsers.rst import Directive
from glossary_terms import GLOSSARY, SILENT_PAGES, anchor_of, finder
from sphinx import addnodes

OFTEN = 3
DULL = {"Summary", "Exercises", "Further reading"}
NO_PROSE = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)


class term_list(nodes.General, nodes.Element):
    """The place of the list."""


class TermIndex(Directive):
    def run(self):
        return [term_list()]


def is_section(node):
    """Tell whether a node is a section with a title: an exercise's body has none."""
    return isinstance(node, nodes.section) and isinstance(node[0], nodes.title)


def own_parts(section):
    """Yield the parts of a section that belong to none of its subsections."""
    return (child for child in section.children if not is_section(child))


def uses(section, find):
    """Return {word: number of uses} of a section; what is marked counts as often."""
    counts = Counter()
    for part in own_parts(section):
        for text in part.findall(nodes.Text):
            if not isinstance(text.parent, NO_PROSE):
                marked = isinstance(text.parent, (nodes.title, nodes.strong))
                for term, *_ in find(text):
                    counts[term.name] += OFTEN if marked else 1
    return counts


def collect(app, doctree):
    """Note, when a page is read, how often each of its sections uses each word."""
    env = app.env
    if not hasattr(env, "sections_on"):
        env.sections_on = {}
    page = env.docname
    if page in SILENT_PAGES:
        return
    found = env.sections_on[page] = []
    for section in doctree.findall(is_section):
        title = section[0].astext()
        if title in DULL:
            continue
        place = "" if isinstance(section.parent, nodes.document) else section["ids"][0]
        counts = uses(section, lambda text: finder(app).find(text, page))
        found += [(name, n, (page, place, title)) for name, n in counts.items()]


def forget(app, env, page):
    getattr(env, "sections_on", {}).pop(page, None)


def pages_in_order(env):
    """Return the pages of the book in the order of its table of contents."""
    order = [env.config.root_doc]
    for page in order:
        order += [p for p in env.toctree_includes.get(page, []) if p not in order]
    return order


def sections_by_term(env):
    """Return {word: [(page, anchor, title), ...]}, in the order of the book."""
    by_term = {}
    for page in pages_in_order(env):
        for name, count, section in env.sections_on.get(page, []):
            by_term.setdefault(name, []).append((count, section))
    for name, found in by_term.items():
        enough = min(OFTEN, max(count for count, _ in found))
        by_term[name] = [section for count, section in found if count >= enough]
    return by_term


def link(app, here, page, anchor, text):
    uri = app.builder.get_relative_uri(here, page) + (f"#{anchor}" if anchor else "")
    return nodes.reference("", text, refuri=uri, internal=True)


def chapter_number(env, page):
    """Return the start of a line of sections: "5: " in chapter 5, else nothing."""
    number = next(iter(env.toc_secnumbers.get(page, {}).values()), None)
    return f"{number[0]}: " if number else ""


def entry(app, here, term, places):
    """Return the item of one word: its name, and links to sections, page by page."""
    env = app.env
    to_glossary = link(app, here, GLOSSARY, anchor_of(env, term), term.name)
    name = nodes.term("", "", to_glossary)
    lines = []
    for page, group in groupby(places, key=lambda place: place[0]):
        line = nodes.paragraph("", chapter_number(env, page))
        for n, (_, place, title) in enumerate(group):
            line += [nodes.Text("; ")] * bool(n) + [link(app, here, page, place, title)]
        lines.append(line)
    definition = nodes.definition("", *lines)
    return nodes.definition_list_item("", name, definition)


def letter(term):
    return term.name[0].upper()


def fill(app, doctree, here):
    """Put the list into its place, under letters, with a line of letters above it."""
    for place in list(doctree.findall(term_list)):
        if app.builder.format != "html":
            place.parent.remove(place)
            continue
        by_term = sections_by_term(app.env)
        known = [term for term in finder(app).terms if term.name in by_term]
        known.sort(key=lambda term: term.name.casefold())
        jump, parts = nodes.paragraph(classes=["letters"]), []
        for initial, group in groupby(known, key=letter):
            anchor = f"letter-{initial.lower()}"
            jump += [nodes.reference("", initial, refid=anchor), nodes.Text(" ")]
            items = [entry(app, here, term, by_term[term.name]) for term in group]
            parts += [
                nodes.rubric("", initial, ids=[anchor]),
                nodes.definition_list("", *items, classes=["term-index"]),
            ]
        place.replace_self([jump, *parts])


def add_letters(app, doctree, page):
    """Put a line of letters above the glossary, each leading to its first word."""
    for glossary in list(doctree.findall(addnodes.glossary)):
        jump, seen = nodes.paragraph(classes=["letters"]), set()
        for item in glossary.findall(nodes.definition_list_item):
            initial = item[0].astext()[0].upper()
            if initial not in seen:
                seen.add(initial)
                link_to = nodes.reference("", initial, refid=item[0]["ids"][0])
                jump += [link_to, nodes.Text(" ")]
        glossary.parent.insert(glossary.parent.index(glossary), jump)


def setup(app):
    app.add_node(term_list)
    app.add_directive("term-index", TermIndex)
    app.connect("doctree-read", collect)
    app.connect("env-purge-doc", forget)
    app.connect("doctree-resolved", fill)
    app.connect("doctree-resolved", add_letters)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
