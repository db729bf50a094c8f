"""The lessons as they are written: slides of each chapter, and plans of whole courses.

``book/lessons/`` has a file for each chapter, named as its notebook, with votes and
slides; and a file for each course in ``courses/``.  Whatever they name must exist.
"""

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from lessons.chapter import Chapter
from lessons.misconceptions import misconceptions

BOOK = Path(__file__).resolve().parents[2]
MINUTES = 90  # of a meeting
KINDS = ("vote", "figure", "demo", "equation", "print")
SLIDE = dict.fromkeys((*KINDS, "title", "words", "say", "preset"), str)
LESSON = {"votes": dict, "slides": list}
VOTE = {"ask": str, "given": str, "options": list}
OPTION = {"text": str, "why": str, "right": bool}
COURSE = {"title": str, "meetings": list}
MEETING = {"title": str, "chapters": list, "steps": list, "skip": str}
MEETING |= {"homework": list, "problems": list, "wrong": list}
STEP = {"minutes": int, "do": str, "vote": str, "show": list}
OPTIONAL = {"words", "preset", "title", "given", "right", "vote", "show", *KINDS}


@dataclass(frozen=True)
class Lesson:
    """A chapter with the votes and slides made of it."""

    chapter: Chapter
    votes: dict
    slides: list

    @property
    def shown(self):
        """Return the labels of what its slides show, of demos with their preset."""
        return {thing_of(slide) for slide in self.slides}


@dataclass(frozen=True)
class Lessons:
    """All chapters that have a lesson, and the courses, both by their name."""

    chapters: dict = field(default_factory=dict)
    courses: dict = field(default_factory=dict)
    misconceptions: dict = field(default_factory=dict)

    def owner(self, label):
        """Return the lesson that has an exercise, a figure, an equation or a vote.

        Raises
        ------
        ValueError
            A label that no chapter has.
        """
        for lesson in self.chapters.values():
            parts = lesson.chapter
            known = (parts.figures, parts.equations, parts.exercises, lesson.votes)
            if any(label in some for some in known):
                return lesson
        raise ValueError(f"no chapter with a lesson has {label!r}")

    def demo(self, words):
        """Return the chapter, the demo and the preset that "ising: quench" names.

        Raises
        ------
        ValueError
            A demo that no chapter has, or a preset that the demo has not.
        """
        kind, _, preset = words.partition(": ")
        for lesson in self.chapters.values():
            demo = lesson.chapter.demos.get(kind)
            if demo and preset in demo.presets:
                return lesson.chapter, demo, preset
        raise ValueError(f"no chapter has the preset {words!r}")

    def uses(self, name, thing):
        """Yield course, number of the meeting, step and minute where a thing is shown.

        A thing of the chapter with this name: a vote, a label, or a demo with preset.
        """
        for course in self.courses.values():
            for number, meeting in enumerate(course["meetings"], start=1):
                minute = 0
                for step in meeting["steps"]:
                    is_shown = thing in (step.get("vote"), *step.get("show", []))
                    if is_shown and name in meeting["chapters"]:
                        yield course, number, step, minute
                    minute += step["minutes"]

    def on_slides(self, meeting):
        """Return what a meeting shows that is on a slide, in the meeting's order."""
        slides = set().union(*(self.chapters[x].shown for x in meeting["chapters"]))
        steps = meeting["steps"]
        things = [x for s in steps for x in (s.get("vote"), *s.get("show", []))]
        return [thing for thing in things if thing in slides]

    def exercise(self, label):
        """Return the title of an exercise."""
        return self.owner(label).chapter.exercises[label]


def read(path, keys):
    """Return what a YAML file holds; refuse names that mean nothing."""
    found = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    check_keys(found, keys, Path(path).name)
    return found


def check_keys(entry, keys, where):
    """Refuse an entry that lacks a name, has an unknown one, or a wrong type."""
    for name in keys:
        if name not in entry and name not in OPTIONAL:
            raise ValueError(f"{where}: {name} is missing")
    for name, value in entry.items():
        if name not in keys:
            raise ValueError(f"{where}: {name!r} is none of {', '.join(keys)}")
        if not isinstance(value, keys[name]):
            raise ValueError(
                f"{where}: {name} must be {keys[name].__name__}, got {value!r}"
            )


def load(book=BOOK):
    """Return the lessons of a book, everything that they name looked up.

    Parameters
    ----------
    book : path
        The folder of the notebooks.

    Raises
    ------
    ValueError
        A file with a fault: what it is, and where.
    """
    book = Path(book)
    chapters = {}
    for path in sorted((book / "lessons").glob("*.yml")):
        chapters[path.stem] = load_lesson(book / f"{path.stem}.ipynb", path)
    courses = sorted((book / "lessons/courses").glob("*.yml"))
    lessons = Lessons(
        chapters,
        {path.stem: read(path, COURSE) for path in courses},
        misconceptions((book / "instructor.md").read_text(encoding="utf-8")),
    )
    for name, course in lessons.courses.items():
        for meeting in course["meetings"]:
            check_meeting(lessons, meeting, f"{name}: {meeting.get('title')}")
    return lessons


def load_lesson(notebook, path):
    """Return the lesson of one chapter."""
    chapter = Chapter(notebook)
    entry = read(path, LESSON)
    for name, vote in entry["votes"].items():
        check_vote(vote, f"{chapter.name}, vote {name}")
    for slide in entry["slides"]:
        check_slide(chapter, entry["votes"], slide)
    return Lesson(chapter, entry["votes"], entry["slides"])


def check_vote(vote, where):
    check_keys(vote, VOTE, where)
    for option in vote["options"]:
        check_keys(option, OPTION, where)
    if sum(option.get("right", False) for option in vote["options"]) != 1:
        raise ValueError(f"{where}: one option must be right")


def kind_of(slide):
    """Return what a slide shows: a vote, figure, demo, equation or printed text."""
    return next(kind for kind in KINDS if kind in slide)


def thing_of(slide):
    """Return the label of what a slide shows; of a demo also the preset."""
    label = slide[kind_of(slide)]
    return f"{label}: {slide['preset']}" if "preset" in slide else label


def check_slide(chapter, votes, slide):
    where = f"{chapter.name}, slide {slide.get('title', slide.get('vote'))!r}"
    check_keys(slide, SLIDE, where)
    kinds = [kind for kind in KINDS if kind in slide]
    if len(kinds) != 1:
        raise ValueError(f"{where} must show one thing, shows {kinds}")
    kind, label = kinds[0], slide[kinds[0]]
    if kind == "print":
        label_fits = [text for text in chapter.prints if text.startswith(label)]
        if len(label_fits) != 1:
            raise ValueError(f"{where}: {len(label_fits)} texts begin with {label!r}")
        return
    known = {
        "vote": votes,
        "figure": chapter.figures,
        "demo": chapter.demos,
        "equation": chapter.equations,
    }[kind]
    if label not in known:
        raise ValueError(f"{where}: the chapter has no {kind} {label!r}")
    if "preset" in slide and slide["preset"] not in known[label].presets:
        raise ValueError(f"{where}: the demo has no preset {slide['preset']!r}")


def check_meeting(lessons, meeting, where):
    check_keys(meeting, MEETING, where)
    for step in meeting["steps"]:
        check_keys(step, STEP, where)
        for thing in step.get("show", []):
            (lessons.demo if ": " in thing else lessons.owner)(thing)
    votes = [step["vote"] for step in meeting["steps"] if "vote" in step]
    for label in (*votes, *meeting["homework"]):
        lessons.owner(label)
    if sum(step["minutes"] for step in meeting["steps"]) != MINUTES:
        raise ValueError(f"{where}: the steps must take {MINUTES} minutes in all")
    for name in meeting["chapters"]:
        if name not in lessons.chapters:
            raise ValueError(f"{where}: there is no lesson of {name}")
    numbers = [str(lessons.chapters[x].chapter.number) for x in meeting["chapters"]]
    for label in meeting["problems"]:
        if label[1:].partition(".")[0] not in numbers:
            raise ValueError(f"{where}: {label!r} is a problem of another chapter")
    for quote in meeting["wrong"]:
        if quote not in lessons.misconceptions:
            raise ValueError(f"{where}: instructor.md has no misconception {quote!r}")
