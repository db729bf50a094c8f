"""Lesson plans and slides, both made of what ``book/lessons`` says.

A page asks for a plan with the directive ``lesson-plan``.  The decks stand beside the
built pages, in ``slides``, and share reveal.js and MathJax with them.
"""

from pathlib import Path

from lessons import data, deck, pages

ASKING = "```{lesson-plan}"
SHARED = "../_static"  # of the built book, seen from its slides


def write_plans(app, name, source):
    """Put the plans into a page that asks for them."""
    if ASKING in source[0]:
        source[0] = pages.fill(data.load(book_of(app)), source[0])


def build_decks(app, exception):
    if exception is None and app.builder.format == "html":
        book = book_of(app)
        deck.build(data.load(book), Path(app.outdir) / "slides", SHARED, book)


def book_of(app):
    return Path(app.srcdir) / "book"


def setup(app):
    app.connect("source-read", write_plans)
    app.connect("build-finished", build_decks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
