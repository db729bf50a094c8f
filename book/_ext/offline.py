"""Finish the pages: nothing loaded that the book does not use, nothing mislabelled.

Jupyter Book always loads sphinx-thebe, which adds scripts to every page, one of them
from a content delivery network, and declares the same constant twice; and
sphinx-design, whose cards and tabs few pages have.
"""

from docutils import nodes


def drop_unused(app, pagename, templatename, context, doctree):
    """Leave out sphinx-thebe, and sphinx-design where a page has none of its parts."""
    unused = ["thebe"]
    if 'class="sd-' not in context.get("body", ""):
        unused += ["sphinx-design", "design-tabs"]
    kept = {}
    for script in context["script_files"]:
        attributes = getattr(script, "attributes", {})
        text = f"{getattr(script, 'filename', script)} {attributes.get('body')}"
        if not any(name in text.lower() for name in unused):
            kept.setdefault(text, script)
    context["script_files"] = list(kept.values())
    context["css_files"] = [
        style
        for style in context["css_files"]
        if not any(name in str(style.filename) for name in unused)
    ]


def mend_roles(app, pagename, templatename, context, doctree):
    """Give bibliography entries the role that their list allows."""
    if body := context.get("body"):
        context["body"] = body.replace('role="doc-biblioentry"', 'role="listitem"')


def fold_proofs(app, doctree):
    """Give each proof its own id, and a folded one the title that opens it.

    sphinx-proof writes "Proof." into the first sentence and one id for all of them.
    """
    proofs = (n for n in doctree.findall(nodes.admonition) if "proof" in n["ids"])
    for number, proof in enumerate(list(proofs), start=1):
        proof["ids"] = [f"proof-{number}"]
        if "dropdown" in proof["classes"]:
            start = next(proof.findall(nodes.Text))
            start.parent.replace(start, nodes.Text(start.removeprefix("Proof. ")))
            proof.insert(0, nodes.title("", "Proof"))


def setup(app):
    app.connect("doctree-read", fold_proofs)
    # Late, so that what the theme and sphinx-thebe add is already in the list.
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("html-page-context", mend_roles, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
