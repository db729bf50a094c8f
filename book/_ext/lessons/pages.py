"""The plan of a course as a page of the book, in the place where a page asks for it."""

import html
import re
from urllib.parse import quote

from lessons.deck import LETTERS, templates

ASKED = re.compile(r"^```\{lesson-plan\} (\w+)\n```$", re.MULTILINE)


def fill(lessons, text):
    """Return the text of a page with each plan that it asks for.

    Parameters
    ----------
    lessons : Lessons
    text : str
        MyST, with a directive ``lesson-plan`` that names a course.
    """
    return ASKED.sub(lambda asked: plan(lessons, asked[1]), text)


def plan(lessons, name):
    """Return the plan of one course as MyST."""
    make = templates()
    make.tests["on_slide"] = lambda thing, meeting: is_on_slide(lessons, thing, meeting)
    make.filters["shown"] = lambda thing: shown(lessons, thing)
    values = {
        "course": lessons.courses[name],
        "lessons": lessons,
        "letters": LETTERS,
    }
    return make.get_template("plan.md.jinja").render(**values).strip()


def is_on_slide(lessons, thing, meeting):
    """Say whether a meeting's decks have a thing; a demo has all its presets."""
    name = thing.partition(": ")[0]
    shown = set().union(*(lessons.chapters[x].shown for x in meeting["chapters"]))
    return name in {label.partition(": ")[0] for label in shown}


def shown(lessons, thing):
    """Return a reference to a part of a chapter, or a link to a demo."""
    if ": " in thing:
        chapter, demo, preset = lessons.demo(thing)
        address = f"{chapter.name}.html{encoded(demo.fragment(preset))}"
        return f'demo <a href="{html.escape(address)}">{preset}</a>'
    role = {"fig": "numref", "eq": "eq", "ex": "ref"}[thing.partition("-")[0]]
    return f"{{{role}}}`{thing}`"


def encoded(fragment):
    """Return a demo's address as the page's button for it writes it."""
    start, _, state = fragment.partition("=")
    return f"{start}={quote(state, safe='')}"
