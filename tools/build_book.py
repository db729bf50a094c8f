"""Build the pages, strictly, from an empty _build, and say where to open them.

python tools/build_book.py
"""

import shutil
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "_build"


def refuse_another_program(found):
    """Stop with a sentence if the version of Jupyter Book is not 1.x.

    >>> refuse_another_program("1.0.4.post1")
    """
    if found.partition(".")[0] != "1":
        raise SystemExit(
            f"jupyter-book {found} is installed, and the book needs 1.x: 2.x reads "
            "neither _config.yml nor _toc.yml, builds nothing and reports success. "
            "To go back: python -m pip install --require-hashes -r requirements.txt"
        )


def main():
    refuse_another_program(version("jupyter-book"))
    from jupyter_book.cli.main import main as jupyter_book  # 2.x has no such module

    shutil.rmtree(BUILT, ignore_errors=True)
    strictly = ["-W", "-n", "--keep-going", "--quiet"]
    jupyter_book(["build", str(ROOT), *strictly], standalone_mode=False)
    print("Open", (BUILT / "html" / "index.html").as_uri())


if __name__ == "__main__":
    sys.exit(main())
