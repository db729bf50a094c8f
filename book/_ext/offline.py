"""Keep the built pages free of scripts that the book does not use.

Jupyter Book always loads sphinx-thebe, which adds scripts to every page, one of them
from a content delivery network, and declares the same constant twice.
"""


def drop_thebe(app, pagename, templatename, context, doctree):
    kept = {}
    for script in context["script_files"]:
        attributes = getattr(script, "attributes", {})
        text = f"{getattr(script, 'filename', script)} {attributes.get('body')}"
        if "thebe" not in text.lower():
            kept.setdefault(text, script)
    context["script_files"] = list(kept.values())
    context["css_files"] = [
        style for style in context["css_files"] if "thebe" not in str(style.filename)
    ]


def setup(app):
    # Late, so that what the theme and sphinx-thebe add is already in the list.
    app.connect("html-page-context", drop_thebe, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
