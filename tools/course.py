"""Pack the exercises for a course, for students and for instructors.

    python tools/course.py        after the book is built; `make course` does both

Each zip has the library as a wheel, the notebooks, and for each chapter a sheet to
print.  The student's edition has no solution.  What is packed is put into the built
book too, whose page for courses then offers it.
"""

import shutil
import tempfile
import zipfile
from pathlib import Path

import check_package
import editions
import exercise_pages
from chromium import launched

ROOT = Path(__file__).resolve().parents[1]
BOOK, SITE, OUT = ROOT / "book", ROOT / "_build/html", ROOT / "build"
README = """\
{title}

1. Install. You need Python 3.11 to 3.14.

       python -m pip install jupyterlab {wheel}

2. Start.

       jupyter lab notebooks

3. Open a chapter, say 01_ising.ipynb, and run its cells from the top.
   {then}

The sheets are for paper: exercises/1.pdf belongs to chapter 1.
"""
TITLES = {
    "student": "Exercises: the student's edition",
    "instructor": "Exercises with solutions: the instructor's edition",
}
THEN = {
    "student": "At the end are exercises. Put your answer into the cell below each,\n"
    "   run it, and run the next one, which says if you are right.",
    "instructor": "At the end are exercises, each with a solution and the self-check\n"
    "   that students get without it.",
}
NUMBER = (
    '<p style="font-size: 8pt; width: 100%; text-align: center">'
    '<span class="title"></span>, <span class="pageNumber"></span></p>'
)
PAPER = {
    "format": "A4",
    "scale": 0.8,
    "print_background": True,
    "display_header_footer": True,
}
MARGINS = {"top": "15mm", "bottom": "18mm", "left": "12mm", "right": "12mm"}


def print_sheets(page, site, folder):
    """Print a sheet for each chapter and edition."""
    for number, path, _ in editions.chapters(BOOK):
        exercises = site / "book" / f"exercises_{number}.html"
        print_page(page, exercises, folder / f"exercises/{number}.pdf")
        chapter = site / "book" / f"{path.stem}.html"
        text = exercise_pages.cut(
            chapter.read_text(encoding="utf-8"),
            chapter.name,
            f"Solutions of chapter {number}",
        )
        solutions = chapter.with_name(f"solutions_{number}.html")
        solutions.write_text(text, encoding="utf-8")
        print_page(page, solutions, folder / f"solutions/{number}.pdf")
        solutions.unlink()  # needed where pictures and styles are, and only now


def print_page(page, source, target):
    """Print a page of the built book when its formulas are set."""
    target.parent.mkdir(parents=True, exist_ok=True)
    page.goto(source.as_uri(), wait_until="load")
    page.evaluate("window.MathJax?.startup?.promise")
    page.pdf(
        path=target,
        header_template="<span></span>",
        footer_template=NUMBER,
        margin=MARGINS,
        **PAPER,
    )


def pack(edition, wheel, files, target):
    """Write the zip of one edition."""
    readme = README.format(title=TITLES[edition], wheel=wheel.name, then=THEN[edition])
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", readme)
        archive.write(wheel, wheel.name, zipfile.ZIP_STORED)  # it is a zip itself
        for path in sorted((files / edition).glob("*.ipynb")):
            archive.write(path, f"notebooks/{path.name}")
        kinds = ["exercises"] + ["solutions"] * (edition == "instructor")
        for kind in kinds:
            for path in sorted((files / "sheets" / kind).glob("*.pdf")):
                archive.write(path, f"{kind}/{path.name}")


def build_wheel(folder):
    """Return the wheel of what git tracks."""
    tree = check_package.copy_tracked(folder / "tree")
    return check_package.build("wheel", tree, folder)


def main():
    """Print, pack, and offer all of it on the built pages."""
    files = SITE / exercise_pages.FILES
    if not (files / "student").is_dir():
        raise SystemExit(f"no built book in {SITE}: run make book first")
    with launched() as browser:
        page = browser.new_page(color_scheme="light")
        print_sheets(page, SITE, files / "sheets")
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        wheel = build_wheel(Path(name))
        for edition in TITLES:
            target = OUT / f"course-{edition}.zip"
            pack(edition, wheel, files, target)
            shutil.copy2(target, files)
            print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1e6:.0f} MB")
    exercise_pages.write(SITE, BOOK)


if __name__ == "__main__":
    main()
