"""Faces in black and white: 875 aligned portraits of 32×32 pixels, half of them on.

Official portraits of members of the United States Congress, in the public domain
(https://github.com/unitedstates/images).  A pixel is on where it is brighter than the
median of its image.
"""

import numpy as np

from rbmlib.datasets import sources
from rbmlib.datasets.dataset import Dataset, stratified_split

FILE = "faces_bw.npz"
SHA256 = "96f3c79ddd5e259bc8eab8be22bc81727a3d19ad0a0f95a0a98cefb1694732ed"
SIDE = 32


def load(path=None):
    """Return the faces from a path or RBMLIB_DATA; training faces also mirrored.

    Raises
    ------
    ConnectionError, ValueError
        No file, or one with another checksum.
    """
    file, source = sources.local(path, FILE, "faces", "digits")
    sources.check_sha256(file, SHA256)
    with np.load(file) as content:
        bits = np.unpackbits(content["bits32"], axis=1, count=SIDE**2)
    images = bits.astype(np.float32).reshape(-1, SIDE, SIDE)
    is_test = stratified_split(np.zeros(len(images), int))
    # 875 faces are few: a mirrored face is a face, and stays with its original.
    train = np.concatenate([images[~is_test], images[~is_test][:, :, ::-1]])
    return Dataset(
        name="faces",
        train=train.reshape(len(train), -1),
        test=images[is_test].reshape(-1, SIDE**2),
        train_labels=None,
        test_labels=None,
        label_names=(),
        shape=(SIDE, SIDE),
        source=source,
    )
