"""The files of CelebA as they are packed: an archive of JPEGs and two lists.

    img_align_celeba.zip        img_align_celeba/000001.jpg, 178 × 218 pixels, aligned
    list_eval_partition.txt     000001.jpg 0        0 training, 1 validation, 2 test
    list_attr_celeba.txt        how many images; names of 40 attributes; then a line for
                                each image: 000001.jpg -1 1 1 -1 …

They lie in one folder, or as their authors sort them, in Img, Eval and Anno.
"""

import hashlib
import io
import re
from functools import partial
from pathlib import Path
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 178, 218
N_ATTRIBUTES = 40
IMAGES, PARTITION, ATTRIBUTES = (
    "img_align_celeba.zip",
    "list_eval_partition.txt",
    "list_attr_celeba.txt",
)
FOLDERS = {IMAGES: "Img", PARTITION: "Eval", ATTRIBUTES: "Anno"}
MD5 = {
    IMAGES: "00d2c5bc6d35e252742224ab0c1e8fcb",
    PARTITION: "d32c9cbf5e040fd4025c592c306e6668",
    ATTRIBUTES: "75e246fa4810816ffd6ee81facbd244c",
}
PAGE = "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html"
INSIDE = "img_align_celeba"  # the folder in the archive


def find(folder, name):
    """Return the path of one of the files, in a folder or where its authors put it.

    Raises
    ------
    FileNotFoundError
        It is in neither place.
    """
    for place in (folder / name, folder / FOLDERS[name] / name):
        if place.is_file():
            return place
    raise FileNotFoundError(
        f"path must be the folder of {', '.join(MD5)}; got {folder}, which has no "
        f"{name}. Its authors give the files (1.4 GB) on {PAGE}"
    )


def check_md5(file):
    """Raise ValueError unless a file is the official one."""
    # It tells files apart; hosts in FIPS mode refuse MD5 where it guards something.
    md5 = partial(hashlib.md5, usedforsecurity=False)
    with open(file, "rb") as content:
        found = hashlib.file_digest(content, md5).hexdigest()
    expected = MD5[file.name]
    if found != expected:
        raise ValueError(
            f"{file} has the wrong MD5 checksum: got {found}, expected {expected} "
            "of the official file; official=False takes others of the same layout"
        )


def read_partition(file):
    """Return the names of the images, in order, and the part of each: 0, 1 or 2.

    Raises
    ------
    ValueError
        A line that is no name and part, or an image that is listed twice.
    """
    names, parts = [], []
    for number, words in _lines(file):
        if len(words) != 2 or words[1] not in ("0", "1", "2"):
            raise ValueError(
                f"{file}, line {number}: expected the name of an image and 0, 1 or 2, "
                f"got {' '.join(words)!r}"
            )
        names.append(_check_name(words[0], file, number))
        parts.append(int(words[1]))
    _check_once(names, file)
    return names, np.array(parts)


def read_attribute(file, attribute, names):
    """Return one attribute of images: 1 or 0 for each of the names.

    Raises
    ------
    ValueError
        Another count than the first line's, names or values that are none, an image
        without attributes, or an attribute that there is not.
    """
    lines = _lines(file)
    head, title = next(lines, (1, [])), next(lines, (2, []))
    if len(head[1]) != 1 or not head[1][0].isdecimal():
        raise ValueError(
            f"{file}, line 1: expected the number of images, got {' '.join(head[1])!r}"
        )
    known = title[1]
    if len(known) != N_ATTRIBUTES or len(set(known)) != N_ATTRIBUTES:
        raise ValueError(
            f"{file}, line 2: expected {N_ATTRIBUTES} names of attributes, got "
            f"{len(set(known))}"
        )
    if attribute not in known:
        raise ValueError(
            f"attribute must be one of {', '.join(known)}; got {attribute!r}"
        )
    column = known.index(attribute)
    values = {}
    for number, (name, *found) in lines:
        if len(found) != N_ATTRIBUTES or not set(found) <= {"1", "-1"}:
            raise ValueError(
                f"{file}, line {number}: expected the name of an image and "
                f"{N_ATTRIBUTES} numbers 1 or -1, got {len(found)} words after {name}"
            )
        if _check_name(name, file, number) in values:
            raise ValueError(f"{file}, line {number}: {name} is listed twice")
        values[name] = int(found[column] == "1")
    if len(values) != int(head[1][0]):
        raise ValueError(
            f"{file} must list {head[1][0]} images, as its first line says, got "
            f"{len(values)}"
        )
    if missing := [name for name in names if name not in values]:
        raise ValueError(f"{file} must list all images, got none for {missing[0]}")
    return np.array([values[name] for name in names])


def _lines(file):
    """Yield the number and the words of each line that is not empty."""
    try:
        text = Path(file).read_text(encoding="ascii")
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} must be a text in ASCII, got {error}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if words := line.split():
            yield number, words


def _check_name(name, file, number):
    if not re.fullmatch(r"\d{6}\.jpg", name):
        raise ValueError(
            f"{file}, line {number}: expected the name of an image, six digits and "
            f".jpg, got {name!r}"
        )
    return name


def _check_once(names, file):
    if not names:
        raise ValueError(f"{file} must list images, got none")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{file} must list an image once, got {twice} twice")


def open_archive(file, names):
    """Return the archive of the images, which must hold these and no others.

    Raises
    ------
    ValueError
        No archive, another layout, or other images than are listed.
    """
    try:
        archive = ZipFile(file)
    except (BadZipFile, OSError) as error:
        raise ValueError(f"{file} must be a zip archive, got {error}") from error
    try:
        _check_names(file, archive.namelist(), names)
    except ValueError:
        archive.close()
        raise
    return archive


def _check_names(file, found, names):
    found = [name for name in found if not name.endswith("/")]
    if odd := sorted(name for name in found if not _is_image(name)):
        raise ValueError(
            f"{file} must hold {INSIDE}/000001.jpg and so on, got {odd[0]!r}"
        )
    inside, listed = set(found), {f"{INSIDE}/{name}" for name in names}
    text = (
        f"{file} must hold the {len(listed)} images that {PARTITION} lists, once, got "
    )
    text += f"{len(found)}"
    if missing := sorted(listed - inside):
        raise ValueError(f"{text}, without {missing[0]}")
    if more := sorted(inside - listed):
        raise ValueError(f"{text}; {more[0]} is not listed")
    if len(found) > len(inside):
        raise ValueError(f"{text}, some twice")


def _is_image(name):
    return re.fullmatch(rf"{INSIDE}/\d{{6}}\.jpg", name)


def read_image(archive, name):
    """Return the grey levels of an image, as a `PIL.Image.Image`.

    Raises
    ------
    ValueError
        A file that is damaged, no JPEG, or of another size.
    """
    where = f"{archive.filename}: {INSIDE}/{name}"
    try:
        image = Image.open(io.BytesIO(archive.read(f"{INSIDE}/{name}")))
        if image.format != "JPEG" or image.size != (WIDTH, HEIGHT):
            raise ValueError(
                f"{where} must be a JPEG of {WIDTH} × {HEIGHT} pixels, got "
                f"{image.format} of {image.size[0]} × {image.size[1]}"
            )
        return image.convert("L")
    except (OSError, SyntaxError, RuntimeError, BadZipFile, ZlibError) as error:
        raise ValueError(f"{where} must be a whole JPEG, got: {error}") from error
