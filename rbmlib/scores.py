"""How far generated samples are from data: six scores, each with its baseline.

None of them is zero for perfect samples: two sets of real data of the same size differ
too.  So every score comes with what the data score against other data (`baseline`), and
"as good as data" means no worse than that.

The scores are those of A. Decelle, C. Furtlehner, B. Seoane (2021), arXiv:2105.13889;
the adversarial accuracy is from A. Yale et al. (2020), doi:10.1016/j.neucom.2019.12.136.
They are functions of the machine's age and of the sampling time t_G, and `quality`
follows them along both.
"""

import bz2
from dataclasses import dataclass, fields

import numpy as np

from rbmlib import randomness, sampling

N_TRIPLES = 2000


@dataclass(frozen=True)
class Scores:
    """The six scores of a set of samples against a set of data.

    Attributes
    ----------
    second : float
        Mean squared error of the covariances of all pairs of units.
    third : float
        The same for the third central moments of 2000 fixed triples of units.
    adversarial : float
        (A_S - ½)² + (A_T - ½)² of `adversarial_accuracy`.
    entropy : float
        Compressed size of the samples over that of the data, minus one.
    spectrum : float
        Mean squared difference of the logarithms of the radial power spectra.
    classes : float
        Kullback–Leibler divergence of the class histogram from that of the data, in
        nats.
    """

    second: float
    third: float
    adversarial: float
    entropy: float
    spectrum: float
    classes: float


NAMES = tuple(field.name for field in fields(Scores))


def score(samples, data, shape, classifier):
    """Return all scores of samples against data of the same size.

    Parameters
    ----------
    samples, data : array_like, shape (n, n_visible)
        States 0 and 1.
    shape : (int, int)
        Of an image.
    classifier : callable
        Takes samples and returns their classes, for instance `NearestImage`.

    Returns
    -------
    Scores

    Raises
    ------
    ValueError
        Sets of different size, or images that are not of this shape.
    """
    x, y = _check_pair(samples, data)
    near, own = adversarial_accuracy(x, y)
    return Scores(
        second=second_moment_error(x, y),
        third=third_moment_error(x, y),
        adversarial=(near - 0.5) ** 2 + (own - 0.5) ** 2,
        entropy=compressed_size(x) / compressed_size(y) - 1,
        spectrum=_spectral_distance(x, y, shape),
        classes=_class_divergence(classifier(x), classifier(y)),
    )


def baseline(data, shape, classifier, n):
    """Return the scores of data against data, the mean over disjoint pairs of sets.

    Parameters
    ----------
    data : array_like, shape (n_samples, n_visible)
        At least 2n samples, in random order.
    shape, classifier
        As in `score`.
    n : int
        Size of the sets: that of the generated samples, or the comparison is unfair.

    Returns
    -------
    Scores
    """
    n_pairs = len(data) // (2 * n)
    if n_pairs < 1:
        raise ValueError(f"data must hold at least 2n = {2 * n} samples, got {len(data)}")
    sets = np.asarray(data)[: 2 * n * n_pairs].reshape(n_pairs, 2, n, -1)
    each = [score(x, y, shape, classifier) for x, y in sets[:8]]
    means = {name: np.mean([abs(getattr(s, name)) for s in each]) for name in NAMES}
    return Scores(**{name: float(value) for name, value in means.items()})


def quality(machines, data, times, *, shape, classifier, seed):
    """Score each machine's samples, from uniform noise, at increasing sampling times.

    Parameters
    ----------
    machines : sequence of RBM
        For instance a `Trajectory`.
    data : array_like, shape (n, n_visible)
        As many chains run as there are data.
    times : sequence of int
        Sampling times t_G in sweeps, increasing.
    shape, classifier
        As in `score`.
    seed : int

    Returns
    -------
    list of list of Scores
        One list for each machine, one entry for each time.
    """
    out = []
    for machine in machines:
        noise = sampling.random_start(machine, len(data), seed)
        states = sampling.record(machine, noise, times, seed, lambda v, h: v)
        out.append([score(v, data, shape, classifier) for _, v in states])
    return out


def second_moment_error(samples, data):
    """Return the mean over pairs i < j of the squared error of the covariance.

    Examples
    --------
    >>> second_moment_error([[0, 0], [1, 1]], [[0, 1], [1, 0]])
    0.25
    """
    x, y = _check_pair(samples, data)
    error = _covariance(x) - _covariance(y)
    upper = np.triu_indices(len(error), 1)
    return float(np.mean(error[upper] ** 2))


def third_moment_error(samples, data):
    """Return the mean squared error of ⟨δv_i δv_j δv_k⟩ over 2000 fixed triples."""
    x, y = _check_pair(samples, data)
    triples = _triples(x.shape[1])
    return float(np.mean((_third(x, triples) - _third(y, triples)) ** 2))


def adversarial_accuracy(samples, data):
    """Return (A_S, A_T): how often the nearest neighbour is of the same set.

    For each sample the nearest other configuration, in Hamming distance, is sought
    in both sets.  A_S is the share of samples whose neighbour is a sample, A_T the
    share of data whose neighbour is a datum; a tie counts one half.  ½ is ideal.
    Samples that can be told from the data give more, copies of the data less.

    Parameters
    ----------
    samples, data : array_like, shape (n, n_visible)
        States 0 and 1, sets of equal size.

    Returns
    -------
    A_S, A_T : float

    Examples
    --------
    >>> adversarial_accuracy([[0, 0, 0], [0, 0, 1]], [[1, 1, 1], [1, 1, 0]])
    (1.0, 1.0)
    """
    x, y = _check_pair(samples, data)
    across = hamming(x, y)
    return tuple(
        float(np.mean((own < other) + 0.5 * (own == other)))
        for own, other in (
            (_nearest_other(x), across.min(1)), (_nearest_other(y), across.min(0))
        )
    )  # fmt: skip


def hamming(x, y):
    """Return the numbers of differing units, shape (len(x), len(y)), exactly."""
    x, y = (np.asarray(z, np.float32) for z in (x, y))
    # Sums of 0 and 1: whole numbers, exact in float32 in any order.
    return x.sum(1)[:, None] + y.sum(1) - 2 * (x @ y.T)


def compressed_size(samples):
    """Return the bytes per sample after compression (bzip2): an entropy's upper bound."""
    x = np.ascontiguousarray(samples, np.uint8)
    return len(bz2.compress(x.tobytes(), 9)) / len(x)


def power_spectrum(samples, shape):
    """Return the mean power |FFT|² of images, averaged over rings of wave numbers.

    Parameters
    ----------
    samples : array_like, shape (n, n_visible)
    shape : (int, int)

    Returns
    -------
    ndarray, shape (min(shape) // 2 + 1,)
        Entry r: power per pixel at wave numbers between r - ½ and r + ½.
    """
    x = np.asarray(samples, float).reshape(-1, *shape)
    power = (np.abs(np.fft.fft2(x)) ** 2).mean(0) / x[0].size
    ky, kx = (np.fft.fftfreq(side, 1 / side) for side in shape)
    ring = np.rint(np.hypot(ky[:, None], kx)).astype(int)
    return np.array([power[ring == r].mean() for r in range(min(shape) // 2 + 1)])


class NearestImage:
    """The class of the nearest labelled image in Hamming distance; the first of ties.

    Parameters
    ----------
    images : array_like, shape (n_images, n_visible)
        States 0 and 1.
    labels : array_like of int, shape (n_images,)

    Examples
    --------
    >>> classify = NearestImage([[0, 0, 0], [1, 1, 1]], [7, 8])
    >>> classify([[0, 0, 1], [0, 1, 1]]).tolist()
    [7, 8]
    """

    def __init__(self, images, labels):
        self.images, self.labels = np.asarray(images, np.float32), np.asarray(labels)
        if self.images.shape[:1] != self.labels.shape:
            raise ValueError(
                f"labels must be one for each of the {len(self.images)} images, got "
                f"shape {self.labels.shape}"
            )

    def __call__(self, samples):
        """Return the classes, shape (n,)."""
        blocks = np.array_split(np.asarray(samples), max(1, len(samples) // 500))
        nearest = [hamming(block, self.images).argmin(1) for block in blocks]
        return self.labels[np.concatenate(nearest)]


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


def _class_divergence(found, expected):
    n_classes = int(max(found.max(), expected.max())) + 1
    # One imagined sample in each class: a class that is missing is not infinitely bad.
    p, q = (np.bincount(z, minlength=n_classes) + 1.0 for z in (found, expected))
    p, q = p / p.sum(), q / q.sum()
    return float((p * np.log(p / q)).sum())


def _spectral_distance(x, y, shape):
    ratio = np.log(power_spectrum(x, shape) / power_spectrum(y, shape))
    return float(np.mean(ratio**2))


def _covariance(x):
    mean = x.mean(0)
    return x.T @ x / len(x) - np.outer(mean, mean)


def _third(x, triples):
    d = x - x.mean(0)
    return np.array([(d[:, i] * d[:, j] * d[:, k]).mean() for i, j, k in triples])


def _triples(n_units):
    """Return 2000 triples of different units, the same ones at each call."""
    order = randomness.draws(0, randomness.REFERENCE, 0, range(N_TRIPLES), n_units)
    return np.argsort(order, axis=1, kind="stable")[:, :3]


def _nearest_other(x):
    distance = hamming(x, x)
    np.fill_diagonal(distance, np.inf)
    return distance.min(1)


def _check_pair(samples, data):
    x, y = np.asarray(samples, float), np.asarray(data, float)
    if x.ndim != 2 or x.shape != y.shape or len(x) < 2:
        raise ValueError(
            "samples and data must have the same shape (n >= 2, n_visible), got "
            f"{x.shape} and {y.shape}"
        )
    for name, z in (("samples", x), ("data", y)):
        if not ((z == 0) | (z == 1)).all():
            raise ValueError(f"{name} must hold states 0 and 1")
    return x, y
