"""Pack the exercises for a course, for students and for instructors.

    python tools/course.py        after the book is built; `make course` does both

Each zip has the library as a wheel, the notebooks, and for each chapter a sheet to
print.  The student's edition has no solution.  What is packed is put into the built
book too, whose page for courses then offers it.
"""

import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import check_package
import editions
import exercise_pages
from chromium import launched

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "book/_ext"))
BOOK, SITE, OUT = ROOT / "book", ROOT / "_build/html", ROOT / "build"
README = """\
{title}

1. Install. You need Python 3.11 to 3.14, a network, and about 1 GB of disk. Open a
   terminal in this folder, and make an environment first: a system's own Python may
   refuse to install.

       python3 -m venv venv
       venv/bin/python -m pip install jupyterlab {wheel}

   On Windows write py in place of python3, and venv\\Scripts in place of venv/bin.

2. Start.

       venv/bin/python -m jupyterlab notebooks

3. Open a chapter, say 01_ising.ipynb, and run its cells from the top. The first time
   chapter 1 takes a minute or two: its simulations are compiled.
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
# A link to a file of the site holds the path on this disk.  It leads to where the book
# is published; where that is not known, it is no link.
LEAD_OUT = """([site, base]) => {
  for (const link of document.querySelectorAll("a[href]")) {
    const { href, protocol, hash } = new URL(link.getAttribute("href"), location);
    const here = href === location.href.split("#")[0] + hash;
    const target = document.getElementById(decodeURIComponent(hash.slice(1)));
    if (protocol !== "file:" || (here && target)) continue;
    if (base && href.startsWith(site) && !here)
      link.setAttribute("href", base + href.slice(site.length));
    else link.replaceWith(...link.childNodes);
  }
}"""


def print_sheets(page, site, folder, base=""):
    """Print a sheet for each chapter and edition.

    `base` is the address of the published book, with a slash at its end, if known.
    """
    addresses = [f"{site.resolve().as_uri()}/", base]
    for number, path, _ in editions.chapters(BOOK):
        exercises = site / "book" / f"exercises_{number}.html"
        print_page(page, exercises, folder / f"exercises/{number}.pdf", addresses)
        chapter = site / "book" / f"{path.stem}.html"
        text = exercise_pages.cut(
            chapter.read_text(encoding="utf-8"),
            chapter.name,
            f"Solutions of chapter {number}",
        )
        solutions = chapter.with_name(f"solutions_{number}.html")
        solutions.write_text(text, encoding="utf-8")
        print_page(page, solutions, folder / f"solutions/{number}.pdf", addresses)
        solutions.unlink()  # needed where pictures and styles are, and only now


def print_page(page, source, target, addresses):
    """Print a page of the built book when its formulas are set.

    `addresses` are those of the site: on this disk, and where it is published or "".
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    page.goto(source.resolve().as_uri(), wait_until="load")
    page.evaluate("window.MathJax?.startup?.promise")
    page.evaluate(LEAD_OUT, addresses)
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
    top = f"rbm-course-{edition}"  # into which it unpacks
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{top}/README.txt", readme)
        stored = zipfile.ZIP_STORED  # the wheel is a zip itself
        archive.write(wheel, f"{top}/{wheel.name}", stored)
        for path in sorted((files / edition).glob("*.ipynb")):
            archive.write(path, f"{top}/notebooks/{path.name}")
        kinds = ["exercises"] + ["solutions"] * (edition == "instructor")
        for kind in kinds:
            for path in sorted((files / "sheets" / kind).glob("*.pdf")):
                archive.write(path, f"{top}/{kind}/{path.name}")


def build_wheel(folder):
    """Return the wheel of what git tracks."""
    tree = check_package.copy_tracked(folder / "tree")
    return check_package.build("wheel", tree, folder)


def main():
    """Print, pack, and offer all of it on the built pages."""
    from social import base_url  # found only now

    files = SITE / exercise_pages.FILES
    if not (files / "student").is_dir():
        raise SystemExit(f"no built book in {SITE}: run make book first")
    with launched() as browser:
        page = browser.new_page(color_scheme="light")
        print_sheets(page, SITE, files / "sheets", base_url())
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
