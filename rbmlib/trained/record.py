"""One record of all that is stored: what a file must hold, and how it is written.

The record, ``sha256.json``, has a hash for each stored thing.  It is the hash of the
content, not of the bytes of the file, which depend on the library that packs them.
Runs, trees, arrays and points differ only in how a file is packed and what is hashed.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rbmlib.checks import check_choice
from rbmlib.files.whole import explained, write_whole

FOLDER = Path(__file__).parent
HASHES = "sha256.json"


@dataclass(frozen=True)
class Stored:
    """A stored thing: its name and file, how that is packed, and what is hashed.

    Attributes
    ----------
    name : str
        In the record.
    file : str
        In `FOLDER`.
    read : callable
        Given a path, returns the content of that file.
    pack : callable
        Given the content, returns the bytes of the file.
    parts : callable
        Given the content, returns what is hashed: {name: array} and a text.
    """

    name: str
    file: str
    read: Callable
    pack: Callable
    parts: Callable

    def load(self):
        """Return the content of the file, which must have the recorded hash.

        Raises
        ------
        FileNotFoundError
            No such file.
        ValueError
            A file that cannot be read, or with a content of another hash.
        """
        path = FOLDER / self.file
        with explained(path):
            content = self.read(path)
            found = self.sha256(content)
        self._compare(found)
        return content

    def sha256(self, content):
        """Return the hash of a content."""
        return sha256(*self.parts(content))

    def verify(self, content):
        """Raise ValueError if a content does not have the recorded hash."""
        self._compare(self.sha256(content))

    def differences(self, content):
        """Return the names of parts in which a content differs from the stored one."""
        (found, text), (expected, stored_text) = (
            self.parts(x) for x in (content, self.load())
        )
        return differences(found | {"text": text}, expected | {"text": stored_text})

    def record(self, content):
        """Store a content and its hash in the library."""
        write_whole(FOLDER / self.file, self.pack(content))
        known = hashes() if (FOLDER / HASHES).exists() else {}
        known[self.name] = self.sha256(content)
        text = json.dumps(known, indent=2, sort_keys=True) + "\n"
        write_whole(FOLDER / HASHES, text.encode())

    def _compare(self, found):
        expected = hashes().get(self.name)
        if found != expected:
            raise ValueError(
                f"{self.file} must have the recorded sha256 {expected}, got {found}"
            )


def hashes():
    """Return {name: sha256} of all that is stored."""
    path = FOLDER / HASHES
    with explained(path):
        return dict(json.loads(path.read_text(encoding="utf-8")))


def sha256(arrays, text=""):
    """Return the hash of named arrays, in their order, and of a text.

    Names, shapes and types count, bytes are little-endian: the hash is the same on
    every machine.

    Parameters
    ----------
    arrays : dict of str to array_like
    text : str

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> big, little = (np.arange(3).astype(kind) for kind in (">i8", "<i8"))
    >>> sha256({"a": big}) == sha256({"a": little})
    True
    """
    total = hashlib.sha256()
    for name, array in arrays.items():
        array = np.asarray(array)
        array = array.astype(array.dtype.newbyteorder("<"))
        total.update(f"{name} {array.shape} {array.dtype.str}".encode())
        total.update(array.tobytes())
    total.update(text.encode())
    return total.hexdigest()


def differences(found, expected):
    """Return the names of arrays that differ, in alphabetical order.

    Examples
    --------
    >>> differences({"a": [1], "b": [2]}, {"b": [2.0], "c": [3]})
    ['a', 'b', 'c']
    """
    one, other = (
        {(name, sha256({name: array})) for name, array in arrays.items()}
        for arrays in (found, expected)
    )
    return sorted({name for name, _ in one ^ other})


def one_of(table, name):
    """Return ``table[name]``, or raise a ValueError that lists the names."""
    return table[check_choice(name, "name", tuple(table))]


def read_npz(path):
    """Return {name: array} of a file of `pack_npz`."""
    with zipfile.ZipFile(path) as archive:
        # Whole members: their checksums are verified before anything is parsed.
        members = {name: archive.read(name) for name in archive.namelist()}
    return {
        name.removesuffix(".npy"): np.load(io.BytesIO(data), allow_pickle=False)
        for name, data in members.items()
    }


def pack_npz(arrays):
    """Return the bytes of a compressed .npz file; equal arrays give equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(arrays):
            array = io.BytesIO()
            np.save(array, arrays[name])
            entry = zipfile.ZipInfo(f"{name}.npy")  # of a fixed date
            archive.writestr(entry, array.getvalue(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
