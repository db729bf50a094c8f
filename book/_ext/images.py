"""Pictures come when they are near, into a place that is kept for them.

A chapter has a dozen figures, most of them far below what a reader sees first.  With
its size written on it a picture that comes late moves nothing.
"""

import re
from pathlib import Path, PurePosixPath

import imagesize

PICTURE = re.compile(r'<img(?= )(?P<rest>[^>]*\bsrc="(?P<src>[^"]*/_images/[^"]+)")')


def keep_place(body, sizes):
    """Return HTML in which pictures have a size and wait until they are near.

    >>> keep_place('<img alt="A" src="../_images/a.png" />', {"a.png": (30, 20)})
    '<img loading="lazy" width="30" height="20" alt="A" src="../_images/a.png" />'
    >>> keep_place('<img src="../logo.svg" />', {})
    '<img src="../logo.svg" />'
    """

    def attributes(match):
        width, height = sizes[PurePosixPath(match["src"]).name]
        size = f'width="{width}" height="{height}"' if width > 0 < height else ""
        return f'<img loading="lazy" {size}{match["rest"]}'

    return PICTURE.sub(attributes, body)


def place_pictures(app, pagename, templatename, context, doctree):
    """Handle a page's body."""
    if app.builder.format == "html" and (body := context.get("body")):
        sizes = {
            name: imagesize.get(Path(app.srcdir, source))
            for source, name in app.builder.images.items()
        }
        context["body"] = keep_place(body, sizes)


def setup(app):
    app.connect("html-page-context", place_pictures, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
