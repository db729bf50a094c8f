"""Link the first use of a glossary's word on each page, with its meaning beside it.

The words are found in the prose of the pages: not in titles, code, formulas, links,
captions and tables.  A hidden text describes a link; `terms.js` shows it at the pointer
or at the keyboard's focus.
"""

from html import escape
from pathlib import Path

import terms
from docutils import nodes
from sphinx import addnodes

GLOSSARY = "book/glossary"
SILENT_PAGES = {GLOSSARY, "book/term_index", "book/bibliography", "book/checked"}
# A term is no use inside these.
CLOSED = (
    nodes.Titular,
    nodes.emphasis,  # titles of works, and what is stressed in its common sense
    nodes.literal,
    nodes.literal_block,
    nodes.doctest_block,
    nodes.reference,
    nodes.caption,
    nodes.table,
    nodes.footnote,
    nodes.citation,
    nodes.math,
    nodes.math_block,
    nodes.raw,
    nodes.image,
    addnodes.desc_signature,
    addnodes.glossary,
    addnodes.pending_xref,
)


class term_link(nodes.reference):
    """A link to a word of the glossary, which a hidden text describes."""


def visit(translator, node):
    tip = {"aria-describedby": node["tip"]}
    place = node["refuri"]
    translator.body.append(
        translator.starttag(node, "a", "", CLASS="glossary-term", href=place, **tip)
    )


def depart(translator, node):
    translator.body.append("</a>")


def finder(app):
    return terms.finder(str(Path(app.srcdir) / f"{GLOSSARY}.md"))


def anchor_of(env, term):
    """Return the id of a word on the page of the glossary."""
    return env.get_domain("std").objects["term", term.name][1]


def prose(node):
    """Yield the texts of a part of a page where a word may get a link."""
    in_link = False  # written in HTML: its text stands between two raw pieces
    for child in node.children:
        if isinstance(child, nodes.raw):
            in_link = "<a " in child.astext() or (
                in_link and "</a>" not in child.astext()
            )
        elif isinstance(child, nodes.Text):
            if not in_link:
                yield child
        elif not isinstance(child, CLOSED) and not is_box_of_symbols(child):
            yield from prose(child)


def is_box_of_symbols(node):
    """Tell whether a node is the chapter's list of symbols, or what a cell holds."""
    classes = getattr(node, "attributes", {}).get("classes", [])
    return "cell" in classes or {"note", "dropdown"} <= set(classes)


def join_texts(app, doctree):
    """Make one text of neighbours: a line that ends in the source begins another."""
    for element in doctree.findall(nodes.TextElement):
        joined = []
        for child in element.children:
            if joined and type(child) is type(joined[-1]) is nodes.Text:
                joined[-1] = nodes.Text(joined[-1] + child)
            else:
                joined.append(child)
        if len(joined) < len(element):
            element[:] = joined


def link_first_uses(app, doctree, page):
    """Replace the first use of each word of a page by a link."""
    if app.builder.format != "html" or page in SILENT_PAGES:
        return
    done = set()
    glossary = app.builder.get_relative_uri(page, GLOSSARY)
    for text in list(prose(doctree)):
        parts, at = [], 0
        for term, start, end in finder(app).find(text, page):
            if term.name in done or not term.linked:
                continue
            done.add(term.name)
            anchor = anchor_of(app.env, term)
            attributes = {"refuri": f"{glossary}#{anchor}", "tip": f"tip-{anchor}"}
            link = term_link("", text[start:end], **attributes)
            parts += [nodes.Text(text[at:start]), link]
            at = end
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(text[at:])])


def add_meanings(app, page, template, context, doctree):
    """Put the meanings of the linked words behind the text of their page."""
    if doctree is None:
        return
    linked = {link["tip"] for link in doctree.findall(term_link)}
    tips = [(f"tip-{anchor_of(app.env, term)}", term) for term in finder(app).terms]
    context["body"] += '<div class="term-tips" hidden>{}</div>'.format(
        "".join(
            f'<span id="{tip}">{escape(term.meaning)}</span>'
            for tip, term in tips
            if tip in linked
        )
    )


def setup(app):
    app.add_node(term_link, html=(visit, depart))
    app.connect("doctree-read", join_texts, priority=400)
    app.connect("doctree-resolved", link_first_uses)
    app.connect("html-page-context", add_meanings)
    app.add_css_file("terms.css")
    app.add_js_file("terms.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
