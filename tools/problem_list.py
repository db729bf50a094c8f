"""Write the lists of the page of problems, from the problems themselves.

    python tools/problem_list.py

The page holds what a lecturer reads; what this makes stands between two comments.
"""

import re
import sys
import tempfile
from pathlib import Path

from rbmlib import course
from rbmlib.course.bank import CHAPTERS

BOOK = Path(__file__).parent.parent / "book"
PAGE = BOOK / "problems.md"
SEED = 7
NAMES = ("Emmy Noether", "Lise Meitner")


def problems():
    """Return the problems of all chapters with the numbers of the example seed."""
    parts = []
    for chapter in CHAPTERS:
        (path,) = BOOK.glob(f"0{chapter}_*.ipynb")
        parts.append(
            f"### Chapter {chapter}: [](book/{path.name})".replace("book/", "")
        )
        for one in course.problems(chapter, SEED):
            parts += [f"**{one.label} {one.title}** ({one.kind})", one.text]
    return "\n\n".join(parts)


def handed_in():
    """Return a file of answers in CSV: right ones, a mistake, none."""
    rows = ["student,label,answer"]
    for name in NAMES:
        key = course.answers(4, course.student_seed(SEED, name))
        first, second = key["P4.1"], key["P4.2"]
        wrong = list(second.mistakes.values())[0 if name == NAMES[0] else 1]
        rows += [f"{name},P4.1,{first.value:.3g}", f"{name},P4.2,{wrong:.3g}"]
    return "\n".join([*rows, f"{NAMES[0]},P4.3,", f"{NAMES[1]},P4.3,1.75"]) + "\n"


def graded():
    """Return these answers graded, as a table in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "answers.csv")
        path.write_text(handed_in(), encoding="utf-8")
        rows = [grade.cells() for grade in course.grade(path, seed=SEED)]
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(row.values() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


MADE = {
    "answers": lambda: f"```text\n{handed_in()}```",
    "graded": graded,
    "problems": problems,
}


def filled(page):
    """Return the page with everything that is made put in its place."""
    for name, make in MADE.items():
        place = rf"(% begin {name}\n).*?(% end {name}\n)"
        new = f"\\1\n{make()}\n\n\\2"
        page, n = re.subn(place, new, page, flags=re.DOTALL)
        if n != 1:
            raise ValueError(f"{PAGE}: expected one place for {name}, got {n}")
    return page


def main():
    page = PAGE.read_text(encoding="utf-8")
    new = filled(page)
    PAGE.write_text(new, encoding="utf-8")
    print(PAGE.name, "unchanged" if new == page else "changed")


if __name__ == "__main__":
    sys.exit(main())
