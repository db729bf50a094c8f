"""Ask repo2docker, the program behind Binder, what it would build from binder/.

    python tools/check_binder.py

It is installed into an environment of its own, for this call, and builds no image. The
description of the image must hold the Python of binder/runtime.txt, the packages of
binder/requirements.txt and the call of binder/postBuild.
"""

import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = "jupyter-repo2docker==2026.4.0"
STEPS = {
    "the packages": r'^RUN \S+/pip install .*-r "binder/requirements.txt"$',
    "the call of postBuild": r"^RUN ./binder/postBuild$",
}


def python_of(folder):
    """Return the version of Python that a binder/ folder asks for, as "3.11"."""
    asked = (folder / "runtime.txt").read_text(encoding="utf-8").strip()
    return asked.removeprefix("python-")


def lacking(described, python):
    """Return what the description of an image does not hold.

    >>> lacking("Building conda environment for python=3.10", "3.11")
    ['Python 3.11', 'the packages', 'the call of postBuild']
    """
    steps = {f"Python {python}": f"environment for python={python}$"} | STEPS
    return [x for x, form in steps.items() if not re.search(form, described, re.M)]


def describe(folder):
    """Return what repo2docker prints about this repository.

    It refuses a Python for which it has no frozen base.
    """
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [scripts / "python", "-m", "pip", "install", "--quiet", PROGRAM]
    subprocess.run(pip, check=True)
    look = [scripts / "repo2docker", "--no-build", "--debug", ROOT]
    shown = subprocess.run(look, capture_output=True, text=True)
    if shown.returncode:
        raise SystemExit(f"{shown.stdout}{shown.stderr}\nrepo2docker refuses binder/")
    return shown.stdout + shown.stderr


def main():
    with tempfile.TemporaryDirectory() as folder:
        described = describe(Path(folder))
    python = python_of(ROOT / "binder")
    if missing := lacking(described, python):
        raise SystemExit(f"{described}\nthe image of Binder lacks {missing}")
    print(f"{PROGRAM}: Python {python}, {' and '.join(STEPS)} are in the image")


if __name__ == "__main__":
    sys.exit(main())
