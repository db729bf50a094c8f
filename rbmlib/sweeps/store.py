"""A file of finished results that knows its task: lines of JSON, each with a checksum.

The first line names the task (`identify`); each other line has a setting, its result
and the SHA-256 of both together with the task.  Lines are only ever appended, each by
one write and under a lock of the file, so that several processes may share a store.
"""

import contextlib
import hashlib
import json
import logging
import warnings
from pathlib import Path

import numpy as np

from rbmlib.checks import shown

try:
    import fcntl
except ImportError:  # Windows: appended lines are still whole
    fcntl = None

logger = logging.getLogger(__name__)

FORMAT = "rbmlib sweep 1"


def plain(value, argument):
    """Return a value as JSON holds it, exactly, or refuse it.

    Tuples and arrays become lists, NumPy's numbers Python's; no digit is lost.

    Raises
    ------
    TypeError
        Anything else, and a dict with keys that are no texts.

    Examples
    --------
    >>> plain({"x": (1, np.float32(0.5))}, "setting")
    {'x': [1, 0.5]}
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return float(value) if isinstance(value, float) else int(value)
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"{argument} must have texts as keys, got {key!r}")
        return {key: plain(x, f"{argument}[{key!r}]") for key, x in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(x, f"{argument}[{k}]") for k, x in enumerate(value)]
    if type(value) is np.ndarray or isinstance(value, np.generic):
        kind, double = value.dtype.kind, value.dtype.itemsize <= 8
        if kind in "biuU" or (kind == "f" and double):
            return value.tolist()
    raise TypeError(
        f"{argument} must be what JSON holds, or an array of real numbers in double "
        f"precision or less; got {shown(value)} of {type(value).__name__}"
    )


class Store:
    """Results of one task in a file.

    Parameters
    ----------
    path : str or path
        Made, with its folder, if it is not there.
    name, code : str
        Of the task, by `identify`.

    Attributes
    ----------
    results : dict of str to str
        Setting to result, both as JSON.

    Raises
    ------
    ValueError
        A file of another task, or one that is no store.
    """

    def __init__(self, path, name, code):
        self.path = Path(path)
        self.task = {"format": FORMAT, "task": name, "code": code}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as file:
            file.seek(0)
            self.results = self._read(file)

    def add(self, setting, result):
        """Append a result, both given as JSON; whole or not at all.

        Raises
        ------
        OSError
            The line could not be written.
        """
        check = self._check(setting, result)
        line = f'{{"setting": {setting}, "result": {result}, "check": "{check}"}}\n'
        with self._open() as file:
            self._append(file, line)
        self.results[setting] = result

    @contextlib.contextmanager
    def _open(self):
        """Yield the file, opened to append and locked until it is closed."""
        with self.path.open("ab+", buffering=0) as file:
            if fcntl is not None:
                # A file system without locks: appended lines are still whole.
                with contextlib.suppress(OSError):
                    fcntl.flock(file, fcntl.LOCK_EX)
            yield file

    def _append(self, file, line):
        start, data = file.seek(0, 2), line.encode()
        if file.write(data) != len(data):
            file.truncate(start)
            raise OSError(f"{self.path}: no place for a line of {len(data)} bytes")

    def _read(self, file):
        """Return the results; take off a line that was cut short at the end."""
        data = file.readall()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):  # its process was killed: no other holds the lock
            logger.warning(
                "%s: the last line was cut short; it is done again", self.path
            )
            file.truncate(whole)
        lines = data[:whole].split(b"\n")[:-1]
        if not lines:
            self._append(file, json.dumps(self.task) + "\n")
            return {}
        self._check_header(lines[0])
        return self._results(lines[1:])

    def _check_header(self, line):
        found = _parsed(line)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise ValueError(
                f"store must be a file that names its task in line 1, {self.path} "
                "does not: it is older than such files, damaged, or something else; "
                "remove it, or give another path, and its results are computed again"
            )
        if found != self.task:
            same = found.get("task") == self.task["task"]
            raise ValueError(
                f"store must be of the task {self.task['task']}, {self.path} is of "
                f"{found.get('task')}{' with another code or constants' * same}; "
                "remove it, or give another path"
            )

    def _results(self, lines):
        results, damaged, twice = {}, [], []
        for number, line in enumerate(lines, 2):
            found = _parsed(line)
            try:
                setting, result = (
                    json.dumps(found[name], sort_keys=name == "setting")
                    for name in ("setting", "result")
                )
                good = found["check"] == self._check(setting, result)
            except (KeyError, TypeError):
                good = False
            if not good:
                damaged.append(number)
            elif results.setdefault(setting, result) != result:
                twice.append(number)
        for numbers, what in (
            (damaged, "is damaged; its result is computed again"),
            (twice, "has another result for a setting; the first one counts"),
        ):
            for number in numbers:
                warnings.warn(f"{self.path}: line {number} {what}", stacklevel=6)
        return results

    def _check(self, setting, result):
        text = json.dumps([self.task, setting, result], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _parsed(line):
    try:
        return json.loads(line)
    except ValueError:
        return None
