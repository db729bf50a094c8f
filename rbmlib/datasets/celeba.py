"""CelebA: 202 599 portraits, cut, made small and grey or black and white.

Z. Liu, P. Luo, X. Wang, X. Tang (2015), doi:10.1109/ICCV.2015.425.  The images may not
be passed on; this reads the files that you have from their authors.
"""

import logging

import numpy as np
from PIL import Image

from rbmlib.checks import (
    check_choice,
    check_flag,
    check_integers,
    check_path,
    check_positive,
    check_text,
)
from rbmlib.datasets import celeba_files as files
from rbmlib.datasets import sources
from rbmlib.datasets.dataset import Dataset

logger = logging.getLogger(__name__)

TERMS = (
    "CelebA is for research that is not commercial, and may not be passed on: see the "
    f"agreement on {files.PAGE} before you use it"
)
PARTS = {"train": 0, "validation": 1, "test": 2}
CROP = (15, 35, 163, 183)  # the face, from the hair to the chin


def load(
    path=None,
    *,
    size=32,
    levels="bits",
    crop=CROP,
    attribute=None,
    held_out="test",
    n_train=None,
    official=True,
):
    """Return CelebA as images of size × size pixels.

    An image is cut, made grey (the luma of ITU-R 601), and made small by the mean over
    what a new pixel covers.  The terms of use are logged as a warning first.

    Parameters
    ----------
    path : str or path, optional
        The folder of img_align_celeba.zip, list_eval_partition.txt and, for an
        attribute, list_attr_celeba.txt; default: that in ``RBMLIB_DATA``.
    size : int
        Pixels on a side, at most the smaller side of the crop.
    levels : "bits" or "grey"
        "bits": a pixel is on where it is brighter than the median of its image, so that
        at most half of them are on.  "grey": brightness in [0, 1], for Gaussian units.
    crop : sequence of int, (left, top, right, bottom)
        What is taken of the 178 × 218 pixels.
    attribute : str, optional
        One of the 40 names in list_attr_celeba.txt, for instance "Smiling"; it gives
        the labels.
    held_out : "test" or "validation"
        Which part becomes ``test``; the other of the two is left out.
    n_train : int, optional
        Take the first so many training images and, of the held out, the same share.
    official : bool
        Each file must have the MD5 checksum of the official one.  False takes an
        archive of another content in the same layout.

    Returns
    -------
    Dataset
        With the authors' partition.  In memory an image of 32 × 32 takes 4 kB.

    Raises
    ------
    FileNotFoundError
        A file is missing; the message says where its authors give it.
    ValueError, TypeError
        An argument that does not fit; a file that is not the official one, or is
        damaged or packed in another way: the message names file and reason.

    Examples
    --------
    >>> load("/nowhere", size=64)
    Traceback (most recent call last):
        ...
    FileNotFoundError: path must be the folder of img_align_celeba.zip, ...
    """
    folder, source = _folder(path)
    size, crop = check_positive(size, "size"), _check_crop(crop, size)
    check_choice(levels, "levels", ("bits", "grey"))
    check_choice(held_out, "held_out", ("test", "validation"))
    if n_train is not None:
        n_train = check_positive(n_train, "n_train")
    names, parts, labels = _read_lists(
        folder, attribute, check_flag(official, "official")
    )
    chosen = _choose(parts, held_out, n_train, folder)
    logger.warning(TERMS)
    with files.open_archive(files.find(folder, files.IMAGES), names) as archive:
        images = [
            np.array([_pixels(archive, names[i], crop, size, levels) for i in part])
            for part in chosen
        ]
    return Dataset(
        name="celeba",
        train=images[0],
        test=images[1],
        train_labels=None if labels is None else labels[chosen[0]],
        test_labels=None if labels is None else labels[chosen[1]],
        label_names=() if attribute is None else (f"not {attribute}", attribute),
        shape=(size, size),
        source=source,
    )


def _folder(path):
    """Return the folder of the files, and how it is called."""
    if path is not None:
        return check_path(path), "path"
    folder = sources.data_folder()
    if folder is None:
        raise FileNotFoundError(
            "'celeba' needs the files of its authors (1.4 GB), which may not be passed "
            f"on: get them on {files.PAGE}, and give the path of their folder or name "
            f'it in {sources.FOLDER_VARIABLE}; or use load("faces")'
        )
    return folder, sources.FOLDER_VARIABLE


def _check_crop(crop, size):
    """Return a crop within the image, not smaller than what is made of it."""
    crop = tuple(check_integers(crop, "crop", (4,), 0, files.HEIGHT).tolist())
    left, top, right, bottom = crop
    inside = left < right <= files.WIDTH and top < bottom <= files.HEIGHT
    if not inside:
        raise ValueError(
            "crop must be (left, top, right, bottom) with left < right <= "
            f"{files.WIDTH} and top < bottom <= {files.HEIGHT}, got {crop}"
        )
    if size > min(right - left, bottom - top):
        raise ValueError(
            f"size must be at most {min(right - left, bottom - top)}, the smaller side "
            f"of the crop, got {size}"
        )
    return crop


def _read_lists(folder, attribute, official):
    """Return names, parts and labels, of files that are checked."""
    needed = [files.PARTITION, files.IMAGES]
    if attribute is not None:
        check_text(attribute, "attribute")
        needed.append(files.ATTRIBUTES)
    found = {name: files.find(folder, name) for name in needed}
    if official:
        for file in found.values():
            files.check_md5(file)
    names, parts = files.read_partition(found[files.PARTITION])
    labels = None
    if attribute is not None:
        labels = files.read_attribute(found[files.ATTRIBUTES], attribute, names)
    return names, parts, labels


def _choose(parts, held_out, n_train, folder):
    """Return the indices of the training images and of those held out."""
    chosen = [np.flatnonzero(parts == PARTS[part]) for part in ("train", held_out)]
    for part, indices in zip(("train", held_out), chosen, strict=True):
        if len(indices) == 0:
            raise ValueError(
                f"{files.find(folder, files.PARTITION)} must list images of part "
                f"{PARTS[part]} ({part}), got none"
            )
    n = len(chosen[0])
    if n_train is None:
        return chosen
    if n_train > n:
        raise ValueError(
            f"n_train must be at most {n}, the training images, got {n_train}"
        )
    n_held = max(1, round(len(chosen[1]) * n_train / n))
    return chosen[0][:n_train], chosen[1][:n_held]


def _pixels(archive, name, crop, size, levels):
    """Return the pixels of one image, of shape (size²,)."""
    image = files.read_image(archive, name)
    small = image.resize((size, size), Image.Resampling.BOX, box=crop)
    level = np.asarray(small).reshape(-1)
    if levels == "grey":
        return level / np.float32(255)
    return (level > np.median(level)).astype(np.float32)
