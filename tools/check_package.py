"""Build the library's packages, install them elsewhere, and use every room from there.

    python tools/check_package.py                    # with the Python that runs it
    python tools/check_package.py --python python3.14 --install

The sdist and the wheel are built from a copy of the tracked files.  The wheel that the
sdist gives must hold what the wheel of the tree holds, byte by byte.  It is then
unpacked into a folder that lies outside the tree, and from an empty folder every module
is imported and every stored piece, data set and demo is used; Python sees no file of
the tree and no cache.  What the library needs comes from the environment of the Python
that runs it, or with ``--install`` from a new one with the pinned versions.

``--lab`` runs the first cells of every chapter as well, copied to that folder.
"""

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from colab import is_colab

ROOT = Path(__file__).resolve().parents[1]
# What the sdist holds beside the library: enough to build it and to run its tests.
WHOLE = (
    "conftest.py",
    "requirements.txt",
    "tests/data/rbms_tiny.h5",
    "tests/test_rbm.py",
    "tests/dense.py",
    "tools/normalise.py",
    "book/01_ising.ipynb",
    "book/_ext",
)
BUILD = """
import sys
from setuptools import build_meta
print(getattr(build_meta, f"build_{sys.argv[1]}")(sys.argv[2]))
"""


def build(kind, source, folder):
    """Return the path of the "sdist" or "wheel" that a source tree gives."""
    folder.mkdir(parents=True, exist_ok=True)
    out = run([sys.executable, "-c", BUILD, kind, str(folder)], source)
    return folder / out.split()[-1]


def run(command, folder, **env):
    """Run a command and return its output; print all of it if it fails."""
    result = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=os.environ | env,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise SystemExit(f"{result.stdout}{result.stderr}\n{command[:4]} failed")
    return result.stdout


def copy_tracked(folder):
    """Copy what git tracks: nothing that lies around gets into a package."""
    names = run(["git", "ls-files", "-z"], ROOT).split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def contents(wheel):
    """Return {name: bytes} of a wheel but for its list of hashes."""
    with zipfile.ZipFile(wheel) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if not name.endswith("/RECORD")
        }


def check_contents(tree, wheel, sdist, again):
    """Refuse a wheel that is not whole, or an sdist that gives another one."""
    packed = contents(wheel)
    library = (path for path in (tree / "rbmlib").rglob("*") if path.is_file())
    missing = {path.relative_to(tree).as_posix() for path in library} - set(packed)
    if missing:
        raise SystemExit(f"the wheel lacks {sorted(missing)}")
    if contents(again) != packed:
        raise SystemExit("the sdist gives another wheel than the tree")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    lacking = [
        x for x in WHOLE if not any(n == x or n.startswith(x + "/") for n in names)
    ]
    if lacking:
        raise SystemExit(f"the sdist lacks {lacking}")


def environment(python, wheel, folder, extra=""):
    """Return the Python of a new environment with the pins and the wheel."""
    run([python, "-m", "venv", folder], folder.parent)
    inside = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [inside, "-m", "pip", "install", "--quiet"]
    run([*pip, "--require-hashes", "-r", ROOT / "requirements.txt"], folder)
    run([*pip, f"{wheel}{extra}"] if extra else [*pip, "--no-deps", wheel], folder)
    return inside


def first_cells(notebook, n_cells=2):
    """Return the code of the first cells of a chapter, but for that of Colab."""
    cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
    cells = [x for x in cells if x["cell_type"] == "code" and not is_colab(x)]
    code = ["".join(cell["source"]) for cell in cells]
    for text in code[:n_cells]:
        ast.parse(text)  # no magic
    return "\n".join(code[:n_cells])


def main(arguments=None):
    """Check the packages; exit with a sentence if something is missing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--lab", action="store_true")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tree = copy_tracked(folder / "tree")
        sdist = build("sdist", tree, folder / "packages")
        wheel = build("wheel", tree, folder / "packages")
        with tarfile.open(sdist) as archive:
            archive.extractall(folder / "unpacked", filter="data")
        (unpacked,) = (folder / "unpacked").iterdir()
        again = build("wheel", unpacked, folder / "again")
        check_contents(tree, wheel, sdist, again)
        print(f"{sdist.name}, {wheel.name}: whole")
        use(chosen, wheel, folder)


def use(chosen, wheel, folder):
    """Use the wheel from an empty folder, without the tree."""
    (empty := folder / "empty").mkdir()
    if chosen.install:
        extra = "[lab]" if chosen.lab else ""
        python, site = environment(chosen.python, wheel, folder / "env", extra), None
    else:
        python, site = Path(chosen.python), folder / "site"
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)
    where = ["--site", site] if site else []
    print(run([python, "-I", ROOT / "tools" / "use_package.py", *where], empty), end="")
    if chosen.lab:
        start = f"import sys\nsys.path.insert(0, {str(site)!r})\n" if site else ""
        for notebook in sorted((ROOT / "book").glob("*.ipynb")):
            code = start + first_cells(notebook)
            run([python, "-I", "-c", code], empty, MPLBACKEND="Agg")
            print(f"{notebook.name}: first cells run")


if __name__ == "__main__":
    main()
