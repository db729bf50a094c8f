"""One HTML document of the whole book."""

import os
from dataclasses import dataclass
from pathlib import Path

import matplotlib
from bs4 import BeautifulSoup

from paper import demos, elements, folded, front, links, site

TEMPLATE = """<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="stylesheet" href="{static}/pygments.css">
<style>
{style}
</style>
{setup}
<script defer src="{static}/{mathjax}"></script>
</head>
<body></body>
</html>
"""
STYLES = [Path(__file__).with_name(f"{name}.css") for name in ("paper", "front")]
FACES = [  # fonts that come with matplotlib, so that paper looks alike everywhere
    ("Text", "STIXGeneral", 400, "normal"),
    ("Text", "STIXGeneralItalic", 400, "italic"),
    ("Text", "STIXGeneralBol", 700, "normal"),
    ("Text", "STIXGeneralBolIta", 700, "italic"),
    ("Code", "DejaVuSansMono", 400, "normal"),
    ("Code", "DejaVuSansMono-Oblique", 400, "italic"),
    ("Code", "DejaVuSansMono-Bold", 700, "normal"),
    ("Signs", "DejaVuSans", 400, "normal"),
]
WASTE = "style, noscript, .toctree-wrapper, hr.footnotes, .term-tips"
LINES_TOGETHER = 12  # longer code may begin on one page and end on the next


@dataclass
class Book:
    """The document, the outline of its headings, and what CITATION.cff says of it."""

    document: BeautifulSoup
    bookmarks: list
    facts: dict

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(self.document), encoding="utf-8")


def make_book(root, built, folder):
    """Return the book made of the pages in `built`, to be written into `folder`."""
    pages = site.read_pages(root, built)
    keys = {page.name: page.key for page in pages}
    for page in pages:
        prepare(page, keys, root, built, folder)
    pages[0].article.h1.string = "About this book"
    ends = [folded.solutions(pages), folded.code(pages)]
    facts = front.read_facts(root)
    picture = os.path.relpath(root / "book/figures/digits.png", folder)
    parts = [
        front.title_page(facts, picture, licences(built / f"{pages[0].name}.html")),
        front.contents(pages, ends),
        *(page.article for page in pages),
        *ends,
    ]
    document = bind(parts, facts, built, folder, pages[0])
    bookmarks = front.bookmarks(document)
    document.body.append(hidden_links(bookmarks))
    return Book(document, bookmarks, facts)


def hidden_links(bookmarks):
    """Return links to all headings: a print tells places only if a link leads there."""
    nav = elements.tag("nav", hidden="")
    nav.extend(
        elements.tag("a", title, href=f"#{name}") for _, title, name in bookmarks
    )
    return nav


def prepare(page, keys, root, built, folder):
    """Make a page's article a part of the document."""
    links.make_own(page, keys, built)
    demos.show_first_frames(page, root)
    folded.unfold(page)
    folded.place_notes(page)
    below = (built / page.name).parent
    for image in page.article.select("img"):
        for of_screens in ("loading", "width", "height"):
            del image[of_screens]
        if not image["src"].startswith("data:"):
            image["src"] = os.path.relpath(below / image["src"], folder)
    for word in page.article.select("a.glossary-term"):
        word.unwrap()
    for waste in page.article.select(WASTE):
        waste.decompose()
    for code in page.article.select(".output_html"):
        code["class"] = ["highlight"]
    for code in page.article.select("pre"):
        if code.get_text().count("\n") > LINES_TOGETHER:
            code.parent["class"] += ["long"]


def licences(path):
    """Return what the foot of a built page says of the licences."""
    html = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    return html.select_one("footer a[rel=license]").find_parent("p")


def bind(parts, facts, built, folder, first):
    """Return the document that holds the parts."""
    setup, mathjax = site.read_mathjax(built / f"{first.name}.html")
    html = TEMPLATE.format(
        title=facts["title"],
        static=os.path.relpath(built / "_static", folder),
        style="\n".join([*faces(), *map(read, STYLES), *heads(parts)]),
        setup=setup,
        mathjax=mathjax,
    )
    document = BeautifulSoup(html, "html.parser")
    document.body.extend(parts)
    return document


def read(path):
    return path.read_text(encoding="utf-8")


def faces():
    """Yield the rules that name the fonts."""
    fonts = Path(matplotlib.get_data_path()) / "fonts/ttf"
    for family, name, weight, style in FACES:
        address = (fonts / f"{name}.ttf").as_uri()
        yield (
            f'@font-face {{ font-family: {family}; src: url("{address}"); '
            f"font-weight: {weight}; font-style: {style}; }}"
        )


def heads(parts):
    """Yield the rules that put each chapter's title at the head of its pages."""
    for number, part in enumerate(parts):
        if part.name == "article":
            title = site.plain(part.find("h1")).replace('"', r"\"")
            yield f'[id="{part["id"]}"] {{ page: chapter-{number}; }}'
            yield f'@page chapter-{number} {{ @top-left {{ content: "{title}"; }} }}'
