"""Kernels on disk: never older than the library, and no condition for using it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

import rbmlib
from rbmlib import compiled
from rbmlib.sampling import products

LIBRARY = Path(rbmlib.__path__[0])
FILE = "randomness.py"
OLD, NEW = "MULTIPLY_1 = 0x7FEB352D", "MULTIPLY_1 = 0x7FEB352F"
# A kernel of the sampler and its definition; both use this file.
SAME = """
import json
import numpy as np
from rbmlib import randomness
from rbmlib.sampling import products
from rbmlib.units import BINARY
stream, chains = randomness.VISIBLE, np.arange(4)
key = randomness.sweep_key(3, stream, 1)
x = np.linspace(-2, 2, 200, dtype=np.float32).reshape(4, 50)
expected = BINARY.draw(x.astype(float), 3, stream, 1, chains)
products.draw_states(x, np.zeros(50, np.float32), key, 0, BINARY.bits)
print(json.dumps([bool((x == expected).all()), x.astype(int).tolist()]))
"""

# A smaller one, quick to compile.
SMALL = "from rbmlib import randomness; print(randomness.sweep_key(3, 1, 1))"


@pytest.fixture
def copy(tmp_path):
    """Return the folder of a package of our own, the library without its caches."""
    shutil.copytree(
        LIBRARY, tmp_path / "rbmlib", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "home").mkdir()
    return tmp_path


def python(folder, code, *start, **more):
    """Run code with the package of a folder; Python's own caches stay out of it."""
    own = {"PYTHONPATH": str(folder), "HOME": str(folder / "home")}
    hidden = "NUMBA_CACHE_DIR", "XDG_CACHE_HOME"
    env = {name: x for name, x in os.environ.items() if name not in hidden}
    return subprocess.run(
        [*start, sys.executable, "-B", "-c", code],
        cwd=folder,  # which Python searches first
        env=env | own | more,
        capture_output=True,
        text=True,
        check=True,
    )


def kept(folder, pattern="*.nbc"):
    return {path: path.stat().st_mtime_ns for path in folder.rglob(pattern)}


def test_an_edit_is_never_ignored(copy):
    """Of another file than the kernel's, of the same size and time."""
    first = json.loads(python(copy, SAME).stdout)
    files = kept(copy)
    assert first[0] and files
    assert json.loads(python(copy, SAME).stdout) == first
    assert kept(copy) == files  # used, not written again

    source = copy / "rbmlib" / FILE
    text, times = source.read_text(encoding="utf-8"), source.stat()
    assert text.count(OLD) == 1
    source.write_text(text.replace(OLD, NEW), encoding="utf-8")
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert source.stat().st_size == times.st_size
    second = json.loads(python(copy, SAME).stdout)
    assert second[0] and second != first
    assert len(kept(copy)) == len(files)  # the old ones are gone


def test_nothing_is_kept_of_a_library_edited_meanwhile(copy):
    edit = f"open({str(copy / 'rbmlib' / FILE)!r}, 'a').write('# more\\n')\n"
    code = f"from rbmlib import randomness\n{edit}{SMALL}"
    assert python(copy, code).stdout == python(copy, SMALL).stdout
    assert len(kept(copy)) == 2  # of the second run


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_read_only_installations(copy):
    """Neither the package nor the home can be written: the same numbers, said once."""
    drop = []
    if os.getuid() == 0:  # root may write anywhere, unless it gives that up
        if not shutil.which("setpriv"):
            pytest.skip("root without setpriv")
        less = "-dac_override,-dac_read_search,-fowner"
        drop = ["setpriv", f"--bounding-set={less}", f"--inh-caps={less}"]
    folders = [copy, *(path for path in copy.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    try:
        result = python(copy, SMALL, *drop)
    finally:
        for path in folders:
            path.chmod(0o755)
    assert not kept(copy)
    assert result.stderr.count("RuntimeWarning: rbmlib cannot keep its compiled") == 1
    cache = copy / "cache"
    again = python(copy, SMALL, NUMBA_CACHE_DIR=str(cache))
    assert again.stdout == result.stdout and not again.stderr
    assert kept(cache) == kept(copy) != {}


def test_damaged_files_are_no_obstacle_and_all_can_be_removed(copy):
    expected = python(copy, SMALL).stdout
    for path in kept(copy, "*.nb[ic]"):
        path.write_bytes(b"")
    assert python(copy, SMALL).stdout == expected
    files = kept(copy, "*.nb[ic]")
    assert files and all(path.stat().st_size for path in files)
    assert compiled.forget(copy / "rbmlib") == len(files)
    assert not kept(copy, "*.nb[ic]")


def test_bounds_checks_have_kernels_of_their_own(monkeypatch):
    marks = set()
    for checked in (0, 1):
        monkeypatch.setattr(numba.config, "BOUNDSCHECK", checked)
        marks.add(compiled._stamp.__wrapped__())
    assert len(marks) == 2


def test_the_content_is_names_and_text(copy):
    same = compiled.content(copy / "rbmlib")
    assert same == compiled.content()
    (copy / "rbmlib" / "rbm.py").rename(copy / "rbmlib" / "rbn.py")
    assert compiled.content(copy / "rbmlib") != same


def test_every_kernel_is_kept_by_content():
    for path in LIBRARY.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name != "compiled.py":
            assert not re.search(r"cache=True|\bvectorize\(|enable_caching", text), path
    assert isinstance(products._draw_states._cache, compiled._ContentCache)
