"""Print the built book as one PDF, with the browser that the tests use.

`make book` comes first: numbers of figures, equations and exercises are read from its
pages.
"""

import argparse
from pathlib import Path

from chromium import launched
from paper import document, links, press

ROOT = Path(__file__).resolve().parents[1]


def refuse(faults):
    """Stop where something is wrong; a printed fault stays."""
    if faults:
        raise SystemExit("\n".join(faults))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--built", type=Path, default=ROOT / "_build/html")
    parser.add_argument("--out", type=Path, default=ROOT / "build/rbm-book.pdf")
    arguments = parser.parse_args()
    path = ROOT / "_build/paper/book.html"
    book = document.make_book(ROOT, arguments.built.resolve(), path.parent)
    refuse(links.faults(book.document))
    book.write(path)
    with launched() as browser:
        window = press.open_document(browser, path)
        refuse(press.too_wide(window))
        pdf = press.print_with_numbers(window)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    press.finish(pdf, book).write(arguments.out)
    size = arguments.out.stat().st_size
    print(f"{arguments.out}: {len(pdf.pages)} pages, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
