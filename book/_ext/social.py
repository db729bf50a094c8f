"""Say what a page is to those who show a link to it: title, description, picture.

The description is the page's first sentence.  The picture's address is absolute where
that of the book is known: from BOOK_BASE_URL, from Read the Docs, or from the setting
`html: baseurl:`.  A copy in a folder has none.
"""

import os
import re
from html import escape

from docutils import nodes
from search_index import words

CARD = "_static/social-card.png"
ALT = (
    "The title of the book, handwritten digits of eight by eight pixels, and the phase "
    "diagram of a restricted Boltzmann machine."
)
SHORTEST, LONGEST = 50, 200  # characters of a description
END = re.compile(r"(?<=[.?!])\s+(?=[A-Z])")


def base_url(configured=""):
    """Return the address that the book will have, with a slash at its end, or "".

    >>> base_url("https://example.org/book")
    'https://example.org/book/'
    """
    for name in ("BOOK_BASE_URL", "READTHEDOCS_CANONICAL_URL"):
        configured = os.environ.get(name) or configured
    return configured.rstrip("/") + "/" if configured else ""


def first_sentence(text):
    """Return the first sentence of a text, or as many as make it long enough.

    >>> first_sentence("Modes. A second one makes it longer than fifty letters. No.")
    'Modes. A second one makes it longer than fifty letters.'
    >>> first_sentence("One sentence of more than fifty letters is enough alone. No.")
    'One sentence of more than fifty letters is enough alone.'
    """
    sentences = END.split(" ".join(text.split()))
    said = sentences.pop(0)
    while sentences and len(said) < SHORTEST:
        said = f"{said} {sentences.pop(0)}"
    if len(said) > LONGEST:
        said = said[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    return said


def description(doctree):
    """Return a description of a page, or "" where no text is."""
    paragraphs = (words(p) for p in doctree.findall(nodes.paragraph))
    return first_sentence(next(filter(str.strip, paragraphs), ""))


def metadata(title, said, page, card, site):
    """Yield (attribute, name, content) of each tag."""
    yield "name", "description", said
    yield "property", "og:title", title
    yield "property", "og:description", said
    yield "property", "og:type", "article"
    yield "property", "og:site_name", site
    if page:
        yield "property", "og:url", page
    yield "property", "og:image", card
    yield "property", "og:image:width", "1200"
    yield "property", "og:image:height", "630"
    yield "property", "og:image:alt", ALT
    yield "name", "twitter:card", "summary_large_image"


def add_tags(app, page, template, context, doctree):
    if doctree is None:
        return
    base = app.config.html_baseurl
    address = base and base + app.builder.get_target_uri(page)
    card = base + CARD if base else context["pathto"](CARD, 1)
    title = re.sub(r"<[^>]+>", "", context["title"])
    tags = metadata(title, description(doctree), address, card, app.config.html_title)
    context["metatags"] += "".join(
        f'\n<meta {kind}="{name}" content="{escape(content)}" />'
        for kind, name, content in tags
        if content
    )


def set_base(app, config):
    config.html_baseurl = base_url(config.html_baseurl)


def setup(app):
    app.connect("config-inited", set_base)
    app.connect("html-page-context", add_tags)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
