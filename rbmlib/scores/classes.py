"""Which classes the samples belong to, by a fixed classifier."""

import numba
import numpy as np

from rbmlib import randomness
from rbmlib.checks import check_positive
from rbmlib.scores.distances import hamming


class NearestImage:
    """The class of most of the nearest labelled images in Hamming distance.

    Of images at equal distance the first ones are nearest, of equally frequent classes
    the smallest one is chosen, so that the class of a sample is the same everywhere.

    Parameters
    ----------
    images : array_like, shape (n_images, n_visible)
        States 0 and 1.
    labels : array_like of int, shape (n_images,)
    n_nearest : int
        Images that vote.

    Examples
    --------
    >>> classify = NearestImage([[0, 0, 0], [1, 1, 1]], [7, 8])
    >>> classify([[0, 0, 1], [0, 1, 1]]).tolist()
    [7, 8]
    """

    def __init__(self, images, labels, n_nearest=1):
        self.images, self.labels = np.asarray(images, np.float32), np.asarray(labels)
        self.n_nearest = n_nearest
        if self.images.shape[:1] != self.labels.shape:
            raise ValueError(
                f"labels must be one for each of the {len(self.images)} images, got "
                f"shape {self.labels.shape}"
            )
        if not 1 <= n_nearest <= len(self.images):
            raise ValueError(
                f"n_nearest must be from 1 to {len(self.images)}, got {n_nearest}"
            )

    def __call__(self, samples):
        """Return the classes, shape (n,)."""
        blocks = np.array_split(np.asarray(samples), max(1, len(samples) // 500))
        nearest = np.concatenate(
            [
                hamming(block, self.images).argsort(1, kind="stable")[
                    :, : self.n_nearest
                ]
                for block in blocks
            ]
        )
        classes = np.unique(self.labels)
        votes = (self.labels[nearest][:, :, None] == classes).sum(1)
        return classes[votes.argmax(1)]


class LinearClassifier:
    """The class with the largest Σ_i v_i weight_ic + bias_c; all are whole numbers.

    Sums of integers are exact, so that the class of a sample is the same everywhere.

    Parameters
    ----------
    weights : array_like of int, shape (n_visible + 1, n_classes)
        The last row holds the biases.

    Examples
    --------
    >>> LinearClassifier([[1, 0], [0, 1], [0, 0]])([[1, 0], [0, 1]]).tolist()
    [0, 1]
    """

    def __init__(self, weights):
        self.weights = np.asarray(weights)
        if self.weights.ndim != 2 or self.weights.dtype.kind not in "iu":
            raise ValueError(
                "weights must be integers of shape (n_visible + 1, n_classes), got "
                f"shape {self.weights.shape} of {self.weights.dtype}"
            )

    @classmethod
    def train(cls, images, labels, *, n_epochs=5, seed=0):
        """Return the averaged perceptron of labelled images, in integers.

        The weights of the classes are corrected whenever an image is misclassified; the
        result is their mean over all steps, rounded to 10 bits.  Y. Freund, R. Schapire
        (1999), doi:10.1023/A:1007662407062.

        Parameters
        ----------
        images : array_like, shape (n_images, n_visible)
            States 0 and 1.
        labels : array_like of int, shape (n_images,)
        n_epochs, seed : int
            Passes over the images, each in an order of its own.

        Returns
        -------
        LinearClassifier
        """
        x = np.asarray(images).astype(np.int64)
        x = np.concatenate([x, np.ones((len(x), 1), np.int64)], axis=1)
        y, n_classes = np.asarray(labels), int(np.max(labels)) + 1
        order = [
            randomness.permutation(seed, epoch, len(x)) for epoch in range(n_epochs)
        ]
        total = _sum_of_weights(x, y, np.concatenate(order), n_classes)
        divisor = max(1, int(np.abs(total).max()) // 511)
        return cls((np.sign(total) * (np.abs(total) // divisor)).astype(np.int16))

    def __call__(self, samples):
        """Return the classes, shape (n,)."""
        samples = np.asarray(samples, np.float64)
        fields = samples @ self.weights[:-1].astype(np.float64)
        return np.argmax(fields + self.weights[-1], axis=1)


def class_counts(classes, n_classes=10):
    """Return how many samples fall in each class, shape (n_classes,).

    Raises
    ------
    ValueError, TypeError
        Classes that are no integers from 0 to n_classes - 1.

    Examples
    --------
    >>> class_counts([1, 1, 3], 5).tolist()
    [0, 2, 0, 1, 0]
    """
    n_classes = check_positive(n_classes, "n_classes")
    classes = check_classes(classes, "classes", n_classes)
    return np.bincount(classes, minlength=n_classes)


def class_entropy(counts):
    """Return the entropy of a class histogram in nats.

    Raises
    ------
    ValueError
        Counts that are negative, not finite, or all zero.

    Examples
    --------
    >>> round(class_entropy([5, 5, 0]), 6)
    0.693147
    """
    p = np.asarray(counts)
    if p.ndim != 1 or p.dtype.kind not in "iuf" or not p.size:
        raise ValueError(
            "counts must be numbers, one for each class, got "
            f"{p.dtype} of shape {p.shape}"
        )
    p = p.astype(float)
    wrong = p[~((p >= 0) & np.isfinite(p))]
    if wrong.size:
        raise ValueError(f"counts must be finite numbers >= 0, got {wrong[0].item()!r}")
    if not p.any():
        raise ValueError(f"counts must have a class that is not empty, got {counts!r}")
    p = p[p > 0] / p.sum()
    return float(-(p * np.log(p)).sum())


def class_divergence(found, expected):
    """Return KL(found ‖ expected) of the class histograms, in nats.

    Parameters
    ----------
    found, expected : array_like of int, shape (n,)
        Classes of two sets, which may be of different size.

    Raises
    ------
    ValueError
        Classes that are no integers >= 0, or a set of none.

    Examples
    --------
    >>> round(class_divergence([0, 0, 0], [0, 1, 1]), 6)
    0.334795
    """
    found, expected = (
        check_classes(found, "found"),
        check_classes(expected, "expected"),
    )
    n_classes = int(max(found.max(), expected.max())) + 1
    # One imagined sample in each class: a class that is missing is not infinitely bad.
    p, q = (np.bincount(z, minlength=n_classes) + 1.0 for z in (found, expected))
    p, q = p / p.sum(), q / q.sum()
    return float((p * np.log(p / q)).sum())


def check_classes(classes, argument, end=2**24):
    """Return classes as a row of integers from 0 to end - 1, or raise ValueError."""
    if np.ma.isMaskedArray(classes):
        raise ValueError(f"{argument} must have no masked entries; drop them")
    classes = np.asarray(classes)
    if classes.ndim != 1 or classes.dtype.kind not in "iu" or not classes.size:
        raise ValueError(
            f"{argument} must be integers, one for each sample and at least one, got "
            f"{classes.dtype} of shape {classes.shape}"
        )
    wrong = classes[(classes < 0) | (classes >= end)]
    if wrong.size:
        raise ValueError(
            f"{argument} must be from 0 to {end - 1}, got {wrong[0].item()}"
        )
    return classes.astype(np.int64)


@numba.njit(cache=True)
def _sum_of_weights(x, y, order, n_classes):
    """Return the sum over all steps of the weights of a perceptron."""
    n_units = x.shape[1]
    w = np.zeros((n_units, n_classes), np.int64)
    late = np.zeros((n_units, n_classes), np.int64)  # Σ step × correction
    fields = np.zeros(n_classes, np.int64)
    for step in range(order.size):
        row = order[step]
        fields[:] = 0
        for i in range(n_units):
            if x[row, i]:
                for c in range(n_classes):
                    fields[c] += w[i, c]
        found, right = np.argmax(fields), y[row]
        if found != right:
            for i in range(n_units):
                if x[row, i]:
                    w[i, right] += 1
                    w[i, found] -= 1
                    late[i, right] += step
                    late[i, found] -= step
    return order.size * w - late
