"""Which classes the samples belong to, by a fixed classifier."""

import numpy as np

from rbmlib import compiled, randomness
from rbmlib.checks import (
    as_numbers,
    check_array,
    check_integers,
    check_labels,
    check_positive,
    check_samples,
    check_text_labels,
    check_texts,
    holds_texts,
)
from rbmlib.scores.distances import hamming
from rbmlib.units import BINARY

MOST_CLASSES = 2**24
MOST_WEIGHTS = 2**27  # of a classifier in training: 1 GiB


class NearestImage:
    """The class of most of the nearest labelled images in Hamming distance.

    Of images at equal distance the first ones are nearest, of equally frequent classes
    the smallest one is chosen, so that the class of a sample is the same everywhere.

    Parameters
    ----------
    images : array_like, shape (n_images, n_visible)
        States 0 and 1.
    labels : array_like, shape (n_images,)
        Of any type: two images are of one class if their labels are equal.  Labels of
        several types have no order; of these the first one counts as the smallest.
    n_nearest : int
        Images that vote, at most all.

    Raises
    ------
    TypeError, ValueError
        No images, states other than 0 and 1, not one label for each image, or another
        number that vote.

    Examples
    --------
    >>> classify = NearestImage([[0, 0, 0], [1, 1, 1]], [7, 8])
    >>> classify([[0, 0, 1], [0, 1, 1]]).tolist()
    [7, 8]
    """

    def __init__(self, images, labels, n_nearest=1):
        self.images = check_images(images)
        self._classes, self._number = check_labels(labels, "labels", len(self.images))
        self.labels = self._classes[self._number]
        self.n_nearest = check_positive(n_nearest, "n_nearest", most=len(self.images))

    def __call__(self, samples):
        """Return the classes, shape (n,), or refuse samples that are no such images."""
        samples = check_samples(samples, BINARY, self.images.shape[1], "samples")
        blocks = np.array_split(samples, max(1, len(samples) // 500))
        nearest = np.concatenate(
            [
                hamming(block, self.images).argsort(1, kind="stable")[
                    :, : self.n_nearest
                ]
                for block in blocks
            ]
        )
        classes = np.arange(len(self._classes))
        votes = (self._number[nearest][:, :, None] == classes).sum(1)
        return self._classes[votes.argmax(1)]


class LinearClassifier:
    """The class with the largest Σ_i v_i weight_ic + bias_c; all are whole numbers.

    Sums of integers are exact, so that the class of a sample is the same everywhere.

    Parameters
    ----------
    weights : array_like of int, shape (n_visible + 1, n_classes)
        The last row holds the biases.  Sums of n_visible + 1 of them are below 2^53.
    classes : sequence of str, optional
        Names of the classes, which are then returned; default: their numbers.

    Raises
    ------
    TypeError, ValueError
        Weights that are no integers, too large, or of another shape; not one text for
        each class.

    Examples
    --------
    >>> weights = [[1, 0], [0, 1], [0, 0]]
    >>> LinearClassifier(weights, ["cat", "dog"])([[1, 0], [0, 1]]).tolist()
    ['cat', 'dog']
    >>> LinearClassifier(weights)([[1, 0], [0, 1]]).tolist()
    [0, 1]
    """

    def __init__(self, weights, classes=None):
        self.weights = as_numbers(weights, "weights", np.int64)
        largest = 2**53 // max(1, len(np.atleast_1d(self.weights)))
        shape = ("n_visible + 1", "n_classes")
        check_integers(self.weights, "weights", shape, -largest, largest)
        if len(self.weights) < 2:
            raise ValueError(
                "weights must have shape (n_visible + 1, n_classes) with n_visible "
                f">= 1, got {self.weights.shape}"
            )
        self.classes = None
        if classes is not None:
            names = check_texts(classes, "classes")
            if len(names) != self.weights.shape[1]:
                raise ValueError(
                    f"classes must be one for each of {self.weights.shape[1]} columns "
                    f"of weights, got {len(names)}"
                )
            self.classes = np.array(names)

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
        labels : array_like of non-negative int, or of str, shape (n_images,)
        n_epochs, seed : int
            Passes over the images, each in an order of its own.

        Returns
        -------
        LinearClassifier

        Raises
        ------
        ValueError, TypeError
            No images, states other than 0 and 1, not one label for each image, labels
            that are no integers >= 0 and not all texts, a label so large that the table
            of weights has more than 2^27 entries, or no pass.

        Examples
        --------
        >>> classify = LinearClassifier.train([[0, 0, 1], [1, 1, 0]], [0, 1])
        >>> classify([[0, 0, 1], [1, 1, 1]]).tolist()
        [0, 1]
        """
        x = check_images(images)
        classes = None
        if holds_texts(labels):
            classes, labels = check_text_labels(labels, "labels", len(x))
        labels = as_numbers(labels, "labels", np.int64)
        if labels.dtype == bool:
            labels = labels.astype(np.int64)
        most = MOST_WEIGHTS // (x.shape[1] + 1) - 1
        y = check_integers(labels, "labels", (len(x),), 0, most)
        n_epochs = check_positive(n_epochs, "n_epochs", most=2**32)
        seed = randomness.check_seed(seed)
        x = np.concatenate([x, np.ones((len(x), 1), x.dtype)], axis=1).astype(np.int64)
        n_classes = int(y.max()) + 1
        order = [
            randomness.permutation(seed, epoch, len(x)) for epoch in range(n_epochs)
        ]
        total = _sum_of_weights(x, y, np.concatenate(order), n_classes)
        divisor = max(1, int(np.abs(total).max()) // 511)
        weights = (np.sign(total) * (np.abs(total) // divisor)).astype(np.int16)
        return cls(weights, classes)

    def __call__(self, samples):
        """Return the classes, shape (n,), or refuse samples of other states."""
        samples = check_samples(samples, BINARY, len(self.weights) - 1, "samples")
        fields = samples.astype(np.float64) @ self.weights[:-1].astype(np.float64)
        found = np.argmax(fields + self.weights[-1], axis=1)
        return found if self.classes is None else self.classes[found]


def check_images(images):
    """Return images of states 0 and 1 as float32, at least one, or raise ValueError."""
    return check_samples(images, BINARY, None, "images", one="image")


def class_counts(classes, n_classes=10):
    """Return how many samples fall in each class, shape (n_classes,).

    Parameters
    ----------
    classes : array_like of int, shape (n_samples,)
    n_classes : int

    Raises
    ------
    ValueError, TypeError
        Classes that are no integers from 0 to n_classes - 1.

    Examples
    --------
    >>> class_counts([1, 1, 3], 5).tolist()
    [0, 2, 0, 1, 0]
    """
    n_classes = check_positive(n_classes, "n_classes", most=MOST_CLASSES)
    classes = check_classes(classes, "classes", n_classes)
    return np.bincount(classes, minlength=n_classes)


def class_entropy(counts):
    """Return the entropy of a class histogram in nats.

    Parameters
    ----------
    counts : array_like, shape (n_classes,)

    Raises
    ------
    ValueError
        Counts that are negative, not finite, or all zero.

    Examples
    --------
    >>> round(class_entropy([5, 5, 0]), 6)
    0.693147
    """
    p = check_array(counts, "counts", ("n_classes",), 0, 1e300)
    if not p.any():
        raise ValueError("counts must have a class that is not empty, got only zeros")
    p = p / p.sum()
    p = p[p > 0]
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
        check_classes(classes, argument)
        for classes, argument in ((found, "found"), (expected, "expected"))
    )
    n_classes = int(max(found.max(), expected.max())) + 1
    # One imagined sample in each class: a class that is missing is not infinitely bad.
    p, q = (np.bincount(z, minlength=n_classes) + 1.0 for z in (found, expected))
    p, q = p / p.sum(), q / q.sum()
    return float((p * np.log(p / q)).sum())


def check_classes(classes, argument, end=MOST_CLASSES, n_samples="n_samples"):
    """Return classes as a row of integers from 0 to end - 1, or raise an error.

    Raises
    ------
    ValueError, TypeError
        Masked, no row, no integers, or integers outside.
    """
    return check_integers(classes, argument, (n_samples,), 0, end - 1)


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
