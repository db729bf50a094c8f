"""Which classes the samples belong to, by a fixed classifier."""

import numpy as np

from rbmlib import compiled, randomness
from rbmlib.checks import check_positive, check_samples
from rbmlib.scores.distances import hamming
from rbmlib.units import BINARY


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
        images, self.labels = check_labelled(images, labels)
        self.images = images.astype(np.float32)
        self.n_nearest = check_positive(n_nearest, "n_nearest")
        if n_nearest > len(self.images):
            raise ValueError(
                f"n_nearest must be from 1 to {len(self.images)}, got {n_nearest}"
            )

    def __call__(self, samples):
        """Return the classes, shape (n,)."""
        samples = _check_width(samples, self.images.shape[1])
        blocks = np.array_split(samples, max(1, len(samples) // 500))
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

        Raises
        ------
        ValueError, TypeError
            What `check_labelled` refuses, a negative label, or n_epochs below 1.
        """
        x, y = check_labelled(images, labels)
        if y.dtype.kind not in "biu" or y.min() < 0:
            raise ValueError(
                f"labels must be integers >= 0, got {y.min()!r} of dtype {y.dtype}"
            )
        check_positive(n_epochs, "n_epochs")
        x = np.concatenate([x, np.ones((len(x), 1), x.dtype)], axis=1).astype(np.int64)
        y, n_classes = y.astype(np.int64), int(y.max()) + 1
        order = [
            randomness.permutation(seed, epoch, len(x)) for epoch in range(n_epochs)
        ]
        total = _sum_of_weights(x, y, np.concatenate(order), n_classes)
        divisor = max(1, int(np.abs(total).max()) // 511)
        return cls((np.sign(total) * (np.abs(total) // divisor)).astype(np.int16))

    def __call__(self, samples):
        """Return the classes, shape (n,)."""
        samples = _check_width(samples, len(self.weights) - 1).astype(np.float64)
        fields = samples @ self.weights[:-1].astype(np.float64)
        return np.argmax(fields + self.weights[-1], axis=1)


def check_labelled(images, labels):
    """Return images and their labels as arrays that belong together.

    Parameters
    ----------
    images : array_like, shape (n_images, n_visible)
        States 0 and 1.
    labels : array_like, shape (n_images,)

    Returns
    -------
    images : ndarray, shape (n_images, n_visible)
    labels : ndarray, shape (n_images,)

    Raises
    ------
    ValueError
        No image, states other than 0 and 1, or not one label for each image.
    """
    images, labels = np.asarray(images), np.asarray(labels)
    images = check_samples(images, BINARY, None, "images", one="image")
    if labels.shape != images.shape[:1]:
        raise ValueError(
            f"labels must be one for each of the {len(images)} images, got shape "
            f"{labels.shape}"
        )
    return images, labels


def _check_width(samples, n_visible):
    """Return samples as a matrix with a column for each visible unit, or refuse."""
    samples = np.asarray(samples)
    if samples.ndim != 2 or samples.shape[1] != n_visible:
        raise ValueError(
            f"samples must have shape (n_samples, {n_visible}), got {samples.shape}"
        )
    return samples


def class_counts(classes, n_classes=10):
    """Return how many samples fall in each class, shape (n_classes,)."""
    return np.bincount(classes, minlength=n_classes)


def class_entropy(counts):
    """Return the entropy of a class histogram in nats.

    Examples
    --------
    >>> round(class_entropy([5, 5, 0]), 6)
    0.693147
    """
    p = np.asarray(counts, float)
    p = p[p > 0] / p.sum()
    return float(-(p * np.log(p)).sum())


def class_divergence(found, expected):
    """Return KL(found ‖ expected) of the class histograms, in nats."""
    n_classes = int(max(found.max(), expected.max())) + 1
    # One imagined sample in each class: a class that is missing is not infinitely bad.
    p, q = (np.bincount(z, minlength=n_classes) + 1.0 for z in (found, expected))
    p, q = p / p.sum(), q / q.sum()
    return float((p * np.log(p / q)).sum())


@compiled.kernel()
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
