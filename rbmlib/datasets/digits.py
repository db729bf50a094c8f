"""Handwritten digits of 8×8 pixels, inside scikit-learn: the default of this book.

1797 images with values 0 to 16 from the test part of E. Alpaydin and C. Kaynak (1998),
"Optical Recognition of Handwritten Digits", doi:10.24432/C50P49.
"""

import numpy as np
from sklearn.datasets import load_digits

from rbmlib.datasets.dataset import Dataset, stratified_split

THRESHOLD = 8


def load(path=None):
    """Return the digits, a pixel on at values of at least 8; a fifth is for testing.

    Raises
    ------
    ValueError
        A path: the images are in scikit-learn.
    """
    if path is not None:
        raise ValueError(
            f"path must be left out for 'digits', which is in scikit-learn; got {path}"
        )
    raw = load_digits()
    bits = (raw.data >= THRESHOLD).astype(np.float32)
    labels = raw.target.astype(np.int64)
    is_test = stratified_split(labels)
    return Dataset(
        name="digits",
        train=bits[~is_test],
        test=bits[is_test],
        train_labels=labels[~is_test],
        test_labels=labels[is_test],
        label_names=tuple(str(digit) for digit in range(10)),
        shape=(8, 8),
        source="scikit-learn",
    )
