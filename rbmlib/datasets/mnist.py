"""MNIST: 70,000 handwritten digits of 28×28 pixels, black and white.

Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998), doi:10.1109/5.726791.  A pixel is on
where its grey value is above 0.3 of 255, that is at 77 or more.  The order and the
60,000 + 10,000 split are the original ones.
"""

import gzip
import hashlib
import zlib

import numpy as np

from rbmlib.datasets import sources
from rbmlib.datasets.dataset import Dataset

URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"
THRESHOLD = 0.3
PACKED = "mnist_binary.npz"  # our own packing: one bit a pixel
PACKED_SHA256 = "ffbc81260dc755ba009983267e14e2b05f483e35bd3f7af578fff30e4ad658bb"
LARGEST_IDX = 16 + 60_000 * 28 * 28  # bytes of the largest of the four, expanded
# In the order train images, train labels, test images, test labels.
IDX_SHA256 = {
    "train-images-idx3-ubyte.gz":
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz":
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz":
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz":
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}  # fmt: skip
# Of the uncompressed content: whoever compressed a file, it is the same file.
IDX_MD5 = {
    "train-images-idx3-ubyte.gz": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte.gz": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte.gz": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte.gz": "27ae3e4e09519cfbb04c329615203637",
}


def load(path=None):
    """Return MNIST from a path, RBMLIB_DATA, the cache or a download.

    Parameters
    ----------
    path : str or path, optional
        ``mnist_binary.npz``, or a folder with it or with the four ``idx*.gz`` files.
    """
    (train, train_labels, test, test_labels), source = _arrays(path)
    return Dataset(
        name="mnist",
        train=train,
        test=test,
        train_labels=train_labels,
        test_labels=test_labels,
        label_names=tuple(str(digit) for digit in range(10)),
        shape=(28, 28),
        source=source,
    )


def _arrays(path):
    files, source = sources.find(path, [PACKED], IDX_MD5)
    if files is None:
        files, source = sources.download(URL, IDX_SHA256, 'load("digits") (8×8 pixels)')
    arrays = _read_packed(*files) if len(files) == 1 else map(_read_idx, files)
    return arrays, source


def _read_packed(file):
    sources.check_sha256(file, PACKED_SHA256)
    with np.load(file) as content:
        n_pixels = int(np.prod(content["shape"]))
        return [
            array
            for part in ("train", "test")
            for array in (
                _unpack(content[f"{part}_bits"], n_pixels),
                content[f"{part}_labels"].astype(np.int64),
            )
        ]


def _unpack(bits, n_pixels):
    return np.unpackbits(bits, axis=1, count=n_pixels).astype(np.float32)


def _read_idx(file):
    """Return the images (as bits) or labels of an idx file, after its checksum."""
    try:
        with gzip.open(file) as stream:  # a foreign file may expand without end
            data = stream.read(LARGEST_IDX + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{file} must be a whole gzip file: {error}") from error
    # It tells files apart; hosts in FIPS mode refuse MD5 where it guards something.
    found = hashlib.md5(data, usedforsecurity=False).hexdigest()
    expected = IDX_MD5[file.name]
    if found != expected:
        raise ValueError(
            f"{file} has the wrong MD5 checksum, uncompressed: got {found}, "
            f"expected {expected}"
        )
    # The fourth byte is the number of dimensions, each a big-endian int32.
    shape = np.frombuffer(data, ">i4", count=data[3], offset=4)
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    if len(shape) == 1:
        return values.astype(np.int64)
    grey = values.reshape(shape[0], -1)
    return (grey > THRESHOLD * 255).astype(np.float32)
