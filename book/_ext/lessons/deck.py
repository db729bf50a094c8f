"""Decks of slides: a folder that a lecturer takes along, or a part of the built book.

A deck is one HTML page for each chapter with a lesson.  Its pictures and demos are what
the notebook stores; nothing is executed.
"""

import html
import json
import re
import shutil
from pathlib import Path

import yaml
from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin
from plain_math import plain

from lessons.data import BOOK, kind_of, thing_of

HERE = Path(__file__).parent
VENDORED = ("reveal", "mathjax")
TEXTS = ("title", "words", "say")
LETTERS = "abcdefgh"
TALL = 0.8  # height over width from which words stand beside a figure
LINK = re.compile(r"</?a\b[^>]*>")  # notes are read, not followed
# Characters that no formula has, around what is set lower or higher.
LOWERED, RAISED = "\ue000\ue001", "\ue002\ue003"
TAGS = dict(zip(LOWERED + RAISED, ("<sub>", "</sub>", "<sup>", "</sup>"), strict=True))
LAST_STOP = re.compile(r"\s*(?:\\,)?\s*[.,;:](\s*\\end\{\w+\})?\s*$")  # of a sentence


def for_mathjax(content, options):
    """Return a formula as MathJax finds it."""
    left, right = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
    return f"{left}{html.escape(content)}{right}"


def as_text(content, options):
    """Return a formula in plain characters, raised and lowered where it says so."""
    content = re.sub(r"\\sqrt\{([^{}]{2,})\}", r"\\sqrt(\1)", content)
    for sign, start, end in (("_", *LOWERED), ("^", *RAISED)):
        content = re.sub(
            rf"\{sign}(?:\{{([^{{}}]*)\}}|(\w))",
            lambda m, start=start, end=end: f"{start}{m[1] or m[2]}{end}",
            content,
        )
    text = html.escape(plain(content).replace("-", "−"))
    for mark, tag in TAGS.items():
        text = text.replace(mark, tag)
    return re.sub(r"(tanh|cosh|log) \(", r"\1(", text)


SHOWN = MarkdownIt("commonmark").use(dollarmath_plugin, renderer=for_mathjax)
SPOKEN = MarkdownIt("commonmark").use(dollarmath_plugin, renderer=as_text)


def inline(text):
    """Return a line of Markdown as HTML, formulas for MathJax.

    >>> inline("*At* $T < T_c$")
    Markup('<em>At</em> <span class="math inline">\\\\(T &lt; T_c\\\\)</span>')
    """
    return Markup(SHOWN.renderInline(text).strip())


def spoken(text):
    """Return a line of speaker notes as HTML, formulas as plain text.

    >>> spoken("At $T_c$")
    Markup('At <span class="math inline">T<sub>c</sub></span>')
    """
    return Markup(LINK.sub("", SPOKEN.renderInline(text)).strip())


def templates():
    """Return the environment of the templates beside this file."""
    found = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=lambda name: ".html" in name,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"inline": inline, "spoken": spoken}
    return found


def formulas(book):
    """Return MathJax's script and settings, with what slides need otherwise."""
    text = (Path(book).parent / "_config.yml").read_text(encoding="utf-8")
    config = yaml.safe_load(text)["sphinx"]["config"]
    settings = config["mathjax3_config"]
    # A hidden slide has no width to break lines at, and no font to compare with.
    settings["output"] |= {"displayOverflow": "overflow", "matchFontHeight": False}
    settings["options"]["ignoreHtmlClass"] = "notes"
    return config["mathjax_path"], json.dumps(settings)


def build(lessons, folder, vendor=None, book=BOOK):
    """Write the decks of all lessons into a folder.

    Parameters
    ----------
    lessons : Lessons
    folder : path
        Made if there is none; files of the same name are replaced.
    vendor : str, optional
        Where reveal.js and MathJax are, seen from the folder.  Without it they are
        copied, and the folder needs nothing else.
    book : path
        The folder of the book.

    Returns
    -------
    list of path
        The pages, the list of all decks first.
    """
    folder, book = Path(folder), Path(book)
    for name in ("images", "demos"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    if vendor is None:
        vendor = "."
        for name in VENDORED:
            source, target = book / "vendor" / name, folder / name
            shutil.copytree(source, target, dirs_exist_ok=True)
    for name in ("deck.css", "deck.js", "demo.css", "demo.js"):
        shutil.copy(HERE / name, folder)
    script, settings = formulas(book)
    known = {"vendor": vendor, "mathjax": script, "settings": settings}
    make, pages = templates(), [folder / "index.html"]
    decks = [lesson.chapter for lesson in lessons.chapters.values()]
    write(make, "index.html.jinja", pages[0], decks=decks)
    for lesson in lessons.chapters.values():
        pages.append(folder / f"{lesson.chapter.name}.html")
        slides = [described(lessons, lesson, slide) for slide in lesson.slides]
        parts = {"chapter": lesson.chapter, "slides": slides, "lessons": lessons}
        write(make, "deck.html.jinja", pages[-1], **parts, **known)
        write_parts(make, lesson, folder)
    return pages


def write(make, template, path, **values):
    text = make.get_template(template).render(letters=LETTERS, **values)
    path.write_text(text, encoding="utf-8")


def described(lessons, lesson, slide):
    """Return what the template needs to know of a slide."""
    chapter, kind = lesson.chapter, kind_of(slide)
    label = slide[kind]
    texts = {name: chapter.with_numbers(slide.get(name, "")) for name in TEXTS}
    found = {"kind": kind, "label": label, **texts}
    if kind == "vote":
        found |= {"vote": lesson.votes[label], "title": lesson.votes[label]["ask"]}
    elif kind == "figure":
        picture = chapter.figures[label]
        found |= {"alt": picture.alt, "tall": picture.shape > TALL}
    elif kind == "equation":
        found |= {"tex": LAST_STOP.sub(r"\1", chapter.equations[label])}
    elif kind == "print":
        found |= {"text": next(x for x in chapter.prints if x.startswith(label))}
    else:
        demo, preset = chapter.demos[label], slide.get("preset")
        found |= {"alt": demo.picture.alt, "preset": preset}
        found["look"] = demo.presets[preset]["look"] if preset else ""
    found["thing"] = thing_of(slide)
    found["uses"] = list(lessons.uses(chapter.name, found["thing"]))
    found["uses"].sort(key=lambda use: -len(use[0]["meetings"]))  # the longer first
    return found


def write_parts(make, lesson, folder):
    """Write the pictures and demos of one lesson, each to a file of its own."""
    chapter = lesson.chapter
    for slide in lesson.slides:
        if "figure" in slide:
            label = slide["figure"]
            picture = chapter.figures[label]
        elif "demo" in slide:
            label = f"{chapter.name}-{slide['demo']}"
            picture = chapter.demos[slide["demo"]].picture
            page = folder / "demos" / f"{label}.html"
            demo = Markup(chapter.demos[slide["demo"]].html)
            write(make, "demo.html.jinja", page, demo=demo, alt=picture.alt)
        else:
            continue
        (folder / "images" / f"{label}.png").write_bytes(picture.png)
