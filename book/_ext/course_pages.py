"""Offer the exercises without their solutions, on pages and as notebooks.

The chapters' pages are the instructor's edition: their solutions are folded, not gone.
Beside each stands a page of its exercises whose HTML has no solution, and the chapter's
download button offers the student's notebook too.
"""

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import editions
import exercise_pages

CHAPTER = re.compile(r"book/(\d\d_\w+)")


def offer_student(app, pagename, templatename, context, doctree):
    """Add the student's notebook to the download button of a chapter."""
    if not (chapter := CHAPTER.fullmatch(pagename)):
        return
    for group in context["header_buttons"]:
        if group.get("label") == "download-buttons":
            folder = f"{exercise_pages.FILES}/student"
            button = {
                "type": "link",
                "url": context["pathto"](f"{folder}/{chapter[1]}.ipynb", 1),
                "text": ".ipynb without solutions",
                "tooltip": "Download the student's notebook",
                "icon": "fas fa-file",
                "label": "download-student-button",
            }
            group["buttons"].insert(1, button)


def write(app, exception):
    """Write the notebooks of both editions and the pages of exercises."""
    if exception is None and app.builder.format == "html":
        site, book = Path(app.outdir), Path(app.confdir) / "book"
        for edition, notebooks in editions.both(book).items():
            folder = site / exercise_pages.FILES / edition
            folder.mkdir(parents=True, exist_ok=True)
            for name, notebook in notebooks.items():
                text = json.dumps(notebook, indent=1, ensure_ascii=False)
                (folder / name).write_text(text, encoding="utf-8")
        exercise_pages.write(site, book)


def setup(app):
    # After the theme has made its buttons, and before unused icons are dropped.
    app.connect("html-page-context", offer_student, priority=900)
    app.connect("build-finished", write, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
