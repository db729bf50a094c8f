"""What is installed: pins with hashes, extras that suffice, packages that are whole."""

import ast
import functools
import importlib.metadata
import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

import check_package

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))
# Installed by JupyterLab, whose kernel it is.
OF_JUPYTERLAB = {"ipython", "ipykernel", "ipywidgets"}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirements):
    return {normal(re.match(r"[\w.-]+", line)[0]) for line in requirements}


def pins(file="requirements.txt"):
    """Return the entries of the lock, each with its hashes, as single lines."""
    text = (ROOT / file).read_text("utf-8").replace("\\\n", "")
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_every_pin_has_its_hashes():
    for line in pins():
        pin, *hashes = re.split(r"\s+--hash=", line.strip())
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+(; .+)?", pin), pin
        assert hashes and len(set(hashes)) == len(hashes), pin
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", x) for x in hashes), pin


def test_binder_has_a_part_of_the_lock():
    assert set(pins("binder/requirements.txt")) < set(pins())
    wanted = named(PROJECT["dependencies"]) | {"ipykernel", "myst-nb", "setuptools"}
    assert wanted <= named(pins("binder/requirements.txt"))


def test_what_the_library_asks_for_is_pinned():
    lock, lab = named(pins()), named(PROJECT["optional-dependencies"]["lab"])
    assert named(PROJECT["dependencies"]) | lab - {"jupyterlab"} <= lock


def imported(notebook):
    """Return the top-level names that the code cells of a notebook import."""
    names = set()
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            for node in ast.walk(ast.parse("".join(cell["source"]))):
                if isinstance(node, ast.Import):
                    names |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    names.add(node.module)
    return {name.partition(".")[0] for name in names}


distributions = functools.cache(importlib.metadata.packages_distributions)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_lab_extra_has_what_the_chapters_import(notebook):
    extra = PROJECT["optional-dependencies"]["lab"]
    given = named(PROJECT["dependencies"]) | named(extra) | OF_JUPYTERLAB | {"rbmlib"}
    packages = distributions()
    for name in imported(notebook) - set(sys.stdlib_module_names):
        assert {normal(x) for x in packages[name]} & given, name


def test_what_a_wheel_or_an_sdist_may_lack(tmp_path):
    """The check itself: a wheel without a file of the tree is refused."""
    tree = tmp_path / "tree"
    (tree / "rbmlib").mkdir(parents=True)
    (tree / "rbmlib" / "stored.h5").write_bytes(b"")
    wheel = tmp_path / "x.whl"
    with check_package.zipfile.ZipFile(wheel, "w"):
        pass
    with pytest.raises(SystemExit, match="the wheel lacks .*stored.h5"):
        check_package.check_contents(tree, wheel, None, wheel)


def test_md5_is_said_to_guard_nothing():
    """Hosts in FIPS mode refuse it otherwise."""
    for folder in ("rbmlib", "tools", "tests", "book/_ext"):
        for path in (ROOT / folder).rglob("*.py"):
            for call in re.findall(r"hashlib\.md5\(.*", path.read_text("utf-8")):
                assert "usedforsecurity=False)" in call, path
