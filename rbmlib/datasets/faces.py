"""Faces: 875 aligned portraits, in black and white with half of the pixels on, or grey.

Official portraits of members of the United States Congress, in the public domain
(https://github.com/unitedstates/images).  A pixel is on where it is brighter than the
median of its image.
"""

import numpy as np

from rbmlib.checks import check_choice, check_positive
from rbmlib.datasets import sources
from rbmlib.datasets.dataset import Dataset, stratified_split

FILE = "faces_bw.npz"
SHA256 = "96f3c79ddd5e259bc8eab8be22bc81727a3d19ad0a0f95a0a98cefb1694732ed"
SIDE = 64  # of the grey portraits
SIZES = (16, 32, 64)


def load(path=None, *, size=32, levels="bits"):
    """Return the faces from a path or RBMLIB_DATA; training faces also mirrored.

    Parameters
    ----------
    path : str or path, optional
    size : 16, 32 or 64
        Pixels on a side.
    levels : "bits" or "grey"
        "grey": brightness in [0, 1], the mean over what a pixel covers.

    Raises
    ------
    ConnectionError, ValueError
        No file, or one with another checksum; a size or levels that there are not.
    """
    size = check_choice(check_positive(size, "size"), "size", SIZES)
    check_choice(levels, "levels", ("bits", "grey"))
    file, source = sources.local(path, FILE, "faces", "digits")
    sources.check_sha256(file, SHA256)
    with np.load(file) as content:
        images = _images(content, size, levels)
    is_test = stratified_split(np.zeros(len(images), int))
    # 875 faces are few: a mirrored face is a face, and stays with its original.
    train = np.concatenate([images[~is_test], images[~is_test][:, :, ::-1]])
    return Dataset(
        name="faces",
        train=train.reshape(len(train), -1),
        test=images[is_test].reshape(-1, size**2),
        train_labels=None,
        test_labels=None,
        label_names=(),
        shape=(size, size),
        source=source,
    )


def _images(content, size, levels):
    """Return the portraits of an open file, shape (n, size, size), as float32."""
    if levels == "bits" and f"bits{size}" in content:
        bits = np.unpackbits(content[f"bits{size}"], axis=1, count=size**2)
        return bits.astype(np.float32).reshape(-1, size, size)
    block = SIDE // size
    blocks = content["gray64"].reshape(-1, size, block, size, block)
    sums = blocks.sum((2, 4), dtype=np.int64)  # of bytes: exact
    if levels == "grey":
        return (sums / (255 * block**2)).astype(np.float32)
    medians = np.median(sums, axis=(1, 2), keepdims=True)
    return (sums > medians).astype(np.float32)
