"""The tools that build the pages and pack them."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import zip_book

ROOT = Path(__file__).resolve().parents[1]


def test_another_jupyter_book_is_refused_in_one_line(tmp_path):
    """A stub of 2.x comes first on the path; its program would build nothing."""
    (tmp_path / "jupyter_book").mkdir()
    (tmp_path / "jupyter_book" / "__init__.py").write_text("def main():\n    pass\n")
    record = tmp_path / "jupyter_book-2.0.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: jupyter-book\nVersion: 2.0.0\n"
    )
    # In a tree of its own: a tool that refused nothing would empty its _build.
    (tmp_path / "tools").mkdir()
    tool = shutil.copy(ROOT / "tools" / "build_book.py", tmp_path / "tools")
    (tmp_path / "_build").mkdir()
    result = subprocess.run(
        [sys.executable, tool],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stdout == "" and (tmp_path / "_build").exists()
    (line,) = result.stderr.splitlines()
    assert line.startswith("jupyter-book 2.0.0 is installed, and the book needs 1.x")


@pytest.fixture
def site(tmp_path):
    """A small site whose files were written at different times, in another order."""
    folder = tmp_path / "html"
    for age, name in enumerate(
        ["b/2.html", "index.html", "_static/a.js", ".buildinfo"]
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        os.utime(path, (1e9 + age, 1e9 + age))
    return folder


def test_a_zip_unpacks_into_one_folder_with_the_same_files(site, tmp_path):
    packed = tmp_path / "build" / "book.zip"
    assert zip_book.pack(site, packed) == 3
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path)
    unpacked = tmp_path / zip_book.FOLDER
    names = sorted(p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*.*"))
    assert names == ["_static/a.js", "b/2.html", "index.html"]
    assert all((unpacked / x).read_bytes() == (site / x).read_bytes() for x in names)


def test_the_same_site_gives_the_same_bytes(site, tmp_path):
    zip_book.pack(site, tmp_path / "one.zip")
    (site / "index.html").chmod(0o600)
    os.utime(site / "b" / "2.html", (2e9, 2e9))
    zip_book.pack(site, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_nothing_built_is_nothing_packed(tmp_path):
    with pytest.raises(SystemExit, match="build the book first"):
        zip_book.pack(tmp_path, tmp_path / "book.zip")
    assert not (tmp_path / "book.zip").exists()
