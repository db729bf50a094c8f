"""Problems with numbers of one's own: well posed for every seed, in words that hold."""

import builtins
import math
import re
import time
from pathlib import Path

import nbformat
import pytest

from rbmlib import course
from rbmlib.course import bank
from rbmlib.course.problem import KINDS, Problem

BOOK = Path(__file__).resolve().parents[1] / "book"
# Draws that simulate: ten seeds; of all others 200.
COSTLY = {
    f"P{label}"
    for label in "1.3 1.5 2.4 3.2 3.3 5.1 5.6 6.5 6.6 6.7 7.1 7.3 8.6 9.3".split()
}
LONG = {"P3.3", "P8.6", "P9.5"}  # more than three seconds, with that many


def parametrized(problems):
    return pytest.mark.parametrize("problem", problems, ids=lambda one: one.label)


each = parametrized(bank.PROBLEMS)
each_and_the_long_later = parametrized(
    [
        pytest.param(one, marks=[pytest.mark.thorough] if one.label in LONG else [])
        for one in bank.PROBLEMS
    ]
)


def seeds(problem):
    return range(10 if problem.label in COSTLY else 200)


def test_each_chapter_has_problems_of_several_kinds():
    assert len(bank.BY_LABEL) == len(bank.PROBLEMS)
    for chapter in bank.CHAPTERS:
        some = [one for one in bank.PROBLEMS if one.chapter == chapter]
        labels = [f"P{chapter}.{i}" for i in range(1, len(some) + 1)]
        assert [one.label for one in some] == labels and len(some) >= 4
        assert len({one.kind for one in some}) >= 2
        assert {one.kind for one in some} <= set(KINDS)
    assert sum(one.kind == "bits" for one in bank.PROBLEMS) >= 4


@each_and_the_long_later
def test_every_draw_is_well_posed(problem):
    draws = [problem.draw(seed) for seed in seeds(problem)]
    made = set()
    for numbers in draws:
        right = problem.answer(numbers)
        near = problem.tolerance(right)
        # Two roundings of a correct answer must not reach a mistake.
        for words, x in problem.mistaken(numbers).items():
            assert abs(x - right) > 2.9 * near, (numbers, words)
            made.add(words)
        assert math.isfinite(right)
    assert made == set(problem.mistakes)  # each of them is possible
    assert len({str(numbers) for numbers in draws}) > 0.75 * len(draws)
    answers = {problem.answer(numbers) for numbers in draws}
    assert len(answers) >= min(4, len(draws))


@each
def test_an_answer_takes_less_than_a_second(problem):
    numbers = problem.draw(0)
    problem.answer(numbers)  # compiled, and read
    start = time.process_time()
    problem.answer(numbers)
    assert time.process_time() - start < 1


def test_a_problem_whose_mistake_gives_the_answer_is_refused():
    mistakes = {"the same": lambda n: 1.001 * n}
    draw = {"n": 2.0}
    same = Problem(
        "P1.9", "", "paper", "{n}", "", lambda d: draw, lambda n: n, "", mistakes
    )
    with pytest.raises(RuntimeError, match="P1.9: no well-posed draw"):
        same.draw(0)


def code_of(text):
    """Return what stands as code in a text, in blocks or in a line."""
    found = re.findall(r"```\n(.*?)```|`([^`]+)`", text, re.S)
    return "\n".join(block or word for block, word in found)


@each
def test_the_text_is_plain_and_its_calls_are_those_of_the_chapter(problem):
    text = problem.text(problem.draw(1))
    assert not re.search(r"[{$\\]", text.replace("{0, 1}", ""))
    assert max(map(len, text.splitlines())) <= 88
    (path,) = BOOK.glob(f"0{problem.chapter}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    chapter = "\n".join(cell.source for cell in cells)
    for call in re.findall(r"[\w.]+\.\w+(?=\()|\b[a-z_]{6,}(?=\()", code_of(text)):
        name = call.rpartition(".")[2]
        assert re.search(rf"\b{name}\b", chapter), call


@each
def test_the_sheet_imports_what_its_code_names(problem):
    sheet = course.sheet("Zoë", [problem.label], 7)
    head, _, body = sheet.partition("\n## ")
    known = {}
    exec(code_of(head), known)
    code = code_of(body)
    made = set(re.findall(r"^(\w+) = |lambda (\w), (\w)", code, re.M))
    known |= dict.fromkeys(name for names in made for name in names)
    for name in re.findall(r"(?<![\w.\"'])([A-Za-z_]\w*)[.(]", code):
        assert name in known or hasattr(builtins, name), name
    assert body.rstrip().endswith("____")


def test_the_same_seed_gives_the_same_numbers_and_another_others():
    first, again, other = (course.problems(4, seed) for seed in (7, 7, 8))
    assert first == again
    assert all(x.text != y.text for x, y in zip(first, other, strict=True))
    assert "Gaussian" in str(first[0]) and "**P4.1**" in first[0]._repr_markdown_()


def test_seeds_of_students_differ():
    found = {course.student_seed(7, f"student {i}") for i in range(1000)}
    assert len(found) == 1000 and max(found) < 2**32
    assert course.student_seed(7, "Zoe\u0308") == course.student_seed(7, " zoë ")
