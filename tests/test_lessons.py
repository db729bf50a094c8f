"""Plans of courses and slides say the same, and name only what the book has."""

import json
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from lessons import data, deck, pages

from rbmlib import course as problem_sets

BOOK = Path(__file__).parent.parent / "book"
LESSON, COURSE = "02_rbm", "six"
SEMINAR = 7  # chapters, which the courses teach; later ones have slides only
NOTES = re.compile(r'<aside class="notes">(.*?)</aside>', re.DOTALL)


@pytest.fixture(scope="module")
def lessons():
    return data.load()


@pytest.fixture(scope="module")
def decks(lessons, tmp_path_factory):
    """The page of each chapter's deck."""
    folder = tmp_path_factory.mktemp("slides")
    deck.build(lessons, folder, vendor="nowhere")
    return {name: (folder / f"{name}.html").read_text() for name in lessons.chapters}


@pytest.fixture
def copy(tmp_path):
    """A book of one chapter and one course, which a test may spoil."""
    folder = tmp_path / "lessons"
    (folder / "courses").mkdir(parents=True)
    shutil.copy(BOOK / f"lessons/{LESSON}.yml", folder)
    for name in (f"{LESSON}.ipynb", "instructor.md"):
        shutil.copy(BOOK / name, tmp_path)
    course = yaml.safe_load((BOOK / f"lessons/courses/{COURSE}.yml").read_text("utf-8"))
    course["meetings"] = [m for m in course["meetings"] if m["chapters"] == [LESSON]]
    write(folder / f"courses/{COURSE}.yml", course)
    return tmp_path


def write(path, entry):
    path.write_text(yaml.safe_dump(entry, allow_unicode=True), encoding="utf-8")


def meetings(lessons):
    return [m for course in lessons.courses.values() for m in course["meetings"]]


def test_courses_have_their_number_of_meetings_and_of_chapters(lessons):
    numbers = {
        name: len(course["meetings"]) for name, course in lessons.courses.items()
    }
    assert numbers == {"six": 6, "twelve": 12}
    for course in lessons.courses.values():
        chapters = [name for m in course["meetings"] for name in m["chapters"]]
        assert list(dict.fromkeys(chapters)) == list(lessons.chapters)[:SEMINAR]
        assert course["meetings"][-2]["chapters"] == ["06_mixing_time"]
        assert course["meetings"][-1]["chapters"] == ["07_mode_tracking"]


def test_each_meeting_votes_and_gives_homework_of_its_chapters(lessons):
    for meeting in meetings(lessons):
        assert any("vote" in step for step in meeting["steps"]), meeting["title"]
        assert meeting["wrong"] and meeting["homework"]
        for label in meeting["homework"]:
            assert lessons.owner(label).chapter.name in meeting["chapters"]


def test_every_misconception_has_its_meeting(lessons):
    used = {q for m in lessons.courses["twelve"]["meetings"] for q in m["wrong"]}
    assert used == set(lessons.misconceptions)


def test_what_a_meeting_shows_is_on_a_slide(lessons):
    for meeting in meetings(lessons):
        slides = [
            s for name in meeting["chapters"] for s in lessons.chapters[name].slides
        ]
        shown = {slide[data.kind_of(slide)] for slide in slides}
        for step in meeting["steps"]:
            things = [step["vote"]] if "vote" in step else []
            things += [x for x in step.get("show", []) if x[:3] not in ("eq-", "ex-")]
            missing = {x.partition(": ")[0] for x in things} - shown
            assert not missing, (meeting["title"], missing)


def test_slides_and_plans_say_the_same_words(lessons, decks):
    for name, course in lessons.courses.items():
        plan = pages.plan(lessons, name)
        for meeting in course["meetings"]:
            for step in meeting["steps"]:
                assert step["do"] in plan
                if "vote" not in step:
                    continue
                lesson = lessons.owner(step["vote"])
                given = lesson.votes[step["vote"]].get("given", "")
                assert given in plan
                assert deck.inline(given) in decks[lesson.chapter.name]
                for option in lesson.votes[step["vote"]]["options"]:
                    assert option["why"] in plan
                    assert deck.spoken(option["why"]) in decks[lesson.chapter.name]
                assert deck.spoken(step["do"]) in decks[lesson.chapter.name]
            for quote in meeting["wrong"]:
                assert f'*"{quote}"* {lessons.misconceptions[quote]}' in plan


def test_what_a_meeting_hands_out_exists(lessons):
    for meeting in meetings(lessons):
        for label in meeting["problems"]:
            known = [x.label for x in problem_sets.problems(int(label[1]), seed=7)]
            assert label in known, meeting["title"]
    plan = pages.plan(lessons, "twelve")
    assert plan.count("**Hand out.** <a href=") == 12
    assert "sheet --only P1.1 P1.4 --seed" in plan


def test_an_equation_without_a_slide_is_for_the_board(lessons):
    plan = pages.plan(lessons, "twelve")
    assert "*Show:* {eq}`eq-ising-energy`." in plan
    assert "*On the board:* {eq}`eq-ising-error`." in plan


def test_the_notes_of_a_slide_say_where_a_meeting_ends(lessons, decks):
    texts = list(decks.values())
    ends = sum(text.count("Last slide of meeting") for text in texts)
    assert ends == sum(len(course["meetings"]) for course in lessons.courses.values())
    notes = texts[0].partition("fig-ising-hook.png")[2]
    assert notes.index("Twelve meetings") < notes.index("Six meetings")


def test_notes_have_no_tex(decks):
    for name, text in decks.items():
        notes = "".join(NOTES.findall(text))
        assert "math inline" in notes, name
        assert not re.findall(r".*(?:[\\^$]|\w_\w).*", notes), name
    said = deck.spoken(r"[To](a.md) $N^{-1/4}$ of $\sqrt{\pi/2}$")
    assert "To <" in said and "N<sup>−1/4</sup>" in said and "√(π/2)" in said


def test_every_course_has_its_page(lessons):
    asked = [
        name
        for page in BOOK.glob("*.md")
        for name in pages.ASKED.findall(page.read_text(encoding="utf-8"))
    ]
    assert sorted(asked) == sorted(lessons.courses)


def test_links_to_demos_hold_the_state_of_their_preset(lessons):
    steps = [step for meeting in meetings(lessons) for step in meeting["steps"]]
    shown = [x for step in steps for x in step.get("show", []) if ": " in x]
    assert len(shown) > 12
    for words in shown:
        chapter, demo, name = lessons.demo(words)
        address, _, state = pages.encoded(demo.fragment(name)).partition("=")
        assert address == f"#{demo.id}" and f'data-demo="{demo.id}"' in demo.html
        state, preset = json.loads(unquote(state)), demo.presets[name]["state"]
        assert state.items() <= preset.items() and len(state) >= len(preset) - 1
        assert state.keys() <= demo.values["shared"].keys()
        link = f'demo <a href="{chapter.name}.html{address}='
        assert pages.shown(lessons, words).startswith(link)


def test_a_number_of_the_chapter_stands_in_a_title(lessons):
    chapter = lessons.chapters["01_ising"].chapter
    words = "{glue:text}`naive_factor` times"
    assert chapter.with_numbers(words) == f"{chapter.glued['naive_factor']} times"
    with pytest.raises(ValueError, match="glues no number 'nothing'"):
        chapter.with_numbers("{glue:text}`nothing`")


SPOILED = {
    "'colour' is none of": lambda x, y: x["slides"][1].update(colour="red"),
    "say is missing": lambda x, y: x["slides"][1].pop("say"),
    "title must be str, got 5": lambda x, y: x["slides"][1].update(title=5),
    "no figure 'fig-rbm-none'": lambda x, y: x["slides"][1].update(
        figure="fig-rbm-none"
    ),
    "must show one thing, shows": lambda x, y: x["slides"][1].update(print="a"),
    "0 texts begin with 'a b c'": lambda x, y: x["slides"][-1].update(print="a b c"),
    "one option must be right": lambda x, y: first_option(x).update(right=True),
    "why is missing": lambda x, y: first_option(x).pop("why"),
    "no preset 'pi'": lambda x, y: slide_of(x, "demo").update(preset="pi"),
    "the steps must take 90": lambda x, y: step(y).update(minutes=16),
    "no chapter with a lesson has 'fig-no'": lambda x, y: step(y).update(
        show=["fig-no"]
    ),
    "has 'no-vote'": lambda x, y: step(y).update(vote="no-vote"),
    "has the preset 'machine: pi'": lambda x, y: step(y).update(show=["machine: pi"]),
    "has 'ex-no'": lambda x, y: y["meetings"][0].update(homework=["ex-no"]),
    "'P1.1' is a problem of another": lambda x, y: y["meetings"][0].update(
        problems=["P1.1"]
    ),
    "there is no lesson of 99": lambda x, y: y["meetings"][0].update(chapters=["99"]),
    "no misconception 'No.'": lambda x, y: y["meetings"][0].update(wrong=["No."]),
}


def first_option(lesson):
    (name, vote) = next(iter(lesson["votes"].items()))
    return vote["options"][0]


def slide_of(lesson, kind):
    return next(slide for slide in lesson["slides"] if kind in slide)


def step(course):
    return course["meetings"][0]["steps"][0]


@pytest.mark.parametrize("message", SPOILED)
def test_a_fault_is_named(copy, message):
    paths = copy / f"lessons/{LESSON}.yml", copy / f"lessons/courses/{COURSE}.yml"
    entries = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]
    data.load(copy)
    SPOILED[message](*entries)
    for path, entry in zip(paths, entries, strict=True):
        write(path, entry)
    with pytest.raises(ValueError, match=message):
        data.load(copy)
