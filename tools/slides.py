"""Build a deck of slides for each chapter with a lesson, for a lecture without network.

    python tools/slides.py [folder]

The folder, ``build/slides`` if none is given, needs nothing else: it can be copied, and
opens from its ``index.html``.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "book/_ext"))


def main(folder=ROOT / "build/slides"):
    from lessons import data, deck  # found only now

    page = deck.build(data.load(), folder)[0]
    print("Open", page.resolve().as_uri())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
