"""Compiled kernels, kept on disk for as long as the library says the same.

numba keeps a compiled function until the file that defines it changes.  But a kernel
also holds the code and the constants of the modules it uses: after an edit of those,
or a ``git pull``, the old numbers would go on.  Here a kernel is kept under a hash of
all the library's Python files, whatever their times and sizes.

Kernels lie in the ``__pycache__`` beside their file, else in numba's folder for the
user, or where ``NUMBA_CACHE_DIR`` says.  Where nothing can be written they are compiled
anew in each process, which is said once.  ``python -m rbmlib.compiled`` removes them.
"""

import contextlib
import functools
import hashlib
import os
import pickle
import re
import sys
import warnings
from pathlib import Path

import llvmlite
import numba
from numba.core import caching

__all__ = ["content", "forget", "kernel"]

ROOT = Path(__file__).parent
# Of a kept file that can't be read, for whatever reason, nothing is taken.
UNREADABLE = OSError, EOFError, pickle.UnpicklingError


def kernel(**options):
    """Return a decorator that compiles a function and keeps its code on disk.

    Only functions of this package are kept: its content says nothing of others.

    Parameters
    ----------
    **options
        Of ``numba.njit``, all but ``cache``.

    Examples
    --------
    >>> @kernel(error_model="numpy")
    ... def quotient(a, b):
    ...     return a / b
    >>> quotient(1.0, 4.0)
    0.25
    """

    def decorate(function):
        dispatcher = numba.njit(**options)(function)
        ours = ROOT in Path(function.__code__.co_filename).parents
        if ours and hasattr(dispatcher, "enable_caching"):  # else NUMBA_DISABLE_JIT=1
            _keep(dispatcher)
        return dispatcher

    return decorate


def content(root=ROOT):
    """Return the hash of all Python files of a package, names included.

    Parameters
    ----------
    root : path

    Returns
    -------
    str
        SHA-256, 64 hexadecimal digits; it does not depend on where the package lies.
    """
    digest = hashlib.sha256()
    for path in _sources(os.fspath(root)):
        with open(path, "rb") as file:
            text = file.read()
        name = os.path.relpath(path, root).replace(os.sep, "/")
        digest.update(f"{name}\0{len(text)}\0".encode() + text)
    return digest.hexdigest()


def forget(root=ROOT):
    """Remove every kernel that was kept for a package, and return how many files.

    Parameters
    ----------
    root : path

    Returns
    -------
    int
    """
    found = {
        path
        for source in _sources(os.fspath(root))
        for folder in _folders(source)
        for path in folder.glob("*.nb[ic]")
    }
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _sources(folder):
    """Yield the Python files below a folder, in the order of their names."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _sources(entry.path)
        elif entry.name.endswith(".py"):
            yield entry.path


def _folders(source):
    """Return where numba may keep what a file defines."""
    name = caching.InTreeCacheLocator.get_suitable_cache_subpath(source)
    shared = [numba.config.CACHE_DIR] if numba.config.CACHE_DIR else []
    shared.append(caching.AppDirs(appname="numba", appauthor=False).user_cache_dir)
    return [Path(source).parent / "__pycache__", *(Path(x) / name for x in shared)]


@functools.cache
def _stamp():
    """Return what the code of a kernel depends on and numba does not look at."""
    checked = bool(numba.config.BOUNDSCHECK)
    return content(), llvmlite.__version__, checked


@functools.cache
def _say_uncached(reason):
    warnings.warn(
        "rbmlib cannot keep its compiled kernels, each process compiles them anew "
        f"(set NUMBA_CACHE_DIR to a folder that can be written): {reason}",
        RuntimeWarning,
        stacklevel=2,
    )


def _keep(dispatcher):
    """Give a dispatcher its place on disk, or say that there is none."""
    try:
        dispatcher._cache = _ContentCache(dispatcher.py_func)
    except (RuntimeError, OSError):
        _say_uncached(f"{ROOT} and the user's cache folder are read-only")


class _ContentCache(caching.FunctionCache):
    """numba's files for one function, named and valid for one content of the package.

    The name matters too: of two processes before and after an edit, neither writes
    into the files of the other.
    """

    def __init__(self, py_func):
        super().__init__(py_func)
        if not hasattr(self, "_cache_file"):
            raise RuntimeError("this numba keeps its files in another way")
        self._mark = f"-{_stamp()[0][:16]}"
        self._parts = re.fullmatch(r"(.+)-(\d+)(\.py\w+)", self._impl.filename_base)
        name, line, version = self._parts.groups()
        self._cache_file = caching.IndexDataCacheFile(
            cache_path=self.cache_path,
            filename_base=f"{name}-{line}{self._mark}{version}",
            source_stamp=_stamp(),
        )

    def load_overload(self, sig, target_context):
        try:
            return super().load_overload(sig, target_context)
        except UNREADABLE:
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig, data):
        # A file edited since the start may already be part of this kernel.
        if content() != _stamp()[0]:
            return
        try:
            super().save_overload(sig, data)
            self._remove_older()
        except OSError as error:
            _say_uncached(error)

    def _remove_older(self):
        """Remove what was kept of this function for other contents."""
        name, _, version = self._parts.groups()
        for path in Path(self.cache_path).glob(f"{name}-*{version}.*"):
            if self._mark not in path.name:
                path.unlink(missing_ok=True)


if __name__ == "__main__":
    print(f"{forget()} files of kept kernels removed", file=sys.stderr)
