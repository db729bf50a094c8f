"""All scores of a set of samples, and how they depend on age and sampling time."""

from dataclasses import dataclass, fields

import numpy as np

from rbmlib import sampling
from rbmlib.checks import (
    check_integers,
    check_positive,
    check_samples,
    check_sequence,
    shown,
)
from rbmlib.randomness import check_seed
from rbmlib.rbm import RBM
from rbmlib.scores.classes import check_classes, class_divergence
from rbmlib.scores.distances import (
    adversarial_accuracy,
    check_pair,
    second_moment_error,
    third_moment_error,
)
from rbmlib.scores.images import compressed_size, spectral_distance
from rbmlib.units import BINARY


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


# The names of all scores.
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
        Takes samples and returns their classes, for instance `scores.LinearClassifier`.

    Returns
    -------
    Scores

    Raises
    ------
    ValueError, TypeError
        Sets of different size or of other states, images that are not of this shape,
        or a classifier that returns no integers >= 0, one for each sample.

    Examples
    --------
    >>> from rbmlib.scores import LinearClassifier
    >>> first = LinearClassifier([[-1, 1], [0, 0], [0, 0], [0, 0], [0, 0]])
    >>> data = [[0, 1, 1, 0], [1, 0, 0, 1], [1, 1, 0, 0]]
    >>> score(data, data, (2, 2), first)
    Scores(second=0.0, third=0.0, adversarial=0.5, entropy=0.0, spectrum=0.0, \
classes=0.0)
    """
    x, y = check_pair(samples, data)
    _check_callable(classifier)
    near, own = adversarial_accuracy(x, y)
    return Scores(
        second=second_moment_error(x, y),
        third=third_moment_error(x, y),
        adversarial=(near - 0.5) ** 2 + (own - 0.5) ** 2,
        entropy=compressed_size(x) / compressed_size(y) - 1,
        spectrum=spectral_distance(x, y, shape),
        classes=class_divergence(*(_classes(classifier, z) for z in (x, y))),
    )


def _classes(classifier, x):
    classes = classifier(x)
    return check_classes(classes, "classifier(samples)", n_samples=len(x))


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

    Raises
    ------
    ValueError, TypeError
        Fewer data, n below 2, or as in `score`.

    Examples
    --------
    >>> from rbmlib.scores import LinearClassifier
    >>> first = LinearClassifier([[-1, 1], [0, 0], [0, 0], [0, 0], [0, 0]])
    >>> data = [[0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 1, 1], [0, 1, 0, 1]]
    >>> round(baseline(data, (2, 2), first, n=2).second, 6)
    0.114583
    """
    data = check_samples(data, BINARY, None, "data")
    _check_callable(classifier)
    n = check_positive(n, "n", least=2)
    n_pairs = len(data) // (2 * n)
    if n_pairs < 1:
        raise ValueError(
            f"data must hold at least 2n = {2 * n} samples, got {len(data)}"
        )
    sets = data[: 2 * n * n_pairs].reshape(n_pairs, 2, n, -1)
    each = [score(x, y, shape, classifier) for x, y in sets[:8]]
    means = {name: np.mean([abs(getattr(s, name)) for s in each]) for name in NAMES}
    return Scores(**{name: float(value) for name, value in means.items()})


def quality(machines, data, times, *, shape, classifier, seed):
    """Score each machine's samples, from uniform noise, at increasing sampling times.

    Parameters
    ----------
    machines : sequence of RBM
        With binary visible units; for instance a `Trajectory`.
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

    Raises
    ------
    ValueError, TypeError
        As in `score`; no machine, or one with visible units that are not those of the
        data; or times that do not increase.

    Examples
    --------
    >>> from rbmlib.scores import LinearClassifier
    >>> machine = RBM.random(4, 2, scale=0.5, seed=1)
    >>> first = LinearClassifier([[-1, 1], [0, 0], [0, 0], [0, 0], [0, 0]])
    >>> data = [[0, 1, 1, 0], [1, 0, 0, 1], [1, 1, 0, 0]]
    >>> found = quality(
    ...     [machine], data, times=[1, 5], shape=(2, 2), classifier=first, seed=0
    ... )
    >>> [round(one.second, 3) for one in found[0]]
    [0.074, 0.041]
    """
    machines = check_sequence(machines, "machines", RBM, "an RBM")
    data = check_samples(data, BINARY, None, "data")
    for i, machine in enumerate(machines):
        _check_visible(machine, f"machines[{i}]", data.shape[1])
    times = check_integers(times, "times", ("n_times",), 1, 2**32 - 1).tolist()
    if sorted(set(times)) != times:
        raise ValueError(f"times must increase, got {shown(times)}")
    _check_callable(classifier)
    seed, out = check_seed(seed), []
    for machine in machines:
        noise = sampling.random_start(machine, len(data), seed)
        states = sampling.record(machine, noise, times, seed, lambda v, h: v)
        out.append([score(v, data, shape, classifier) for _, v in states])
    return out


def _check_visible(machine, argument, n_visible):
    if machine.visible.states != (0, 1) or machine.n_visible != n_visible:
        raise ValueError(
            f"{argument} must have {n_visible} visible units of states 0 and 1, as the "
            f"data have, got {machine!r}"
        )


def _check_callable(classifier):
    if not callable(classifier):
        raise TypeError(
            "classifier must be a function that takes samples and returns their "
            f"classes, got {shown(classifier)}"
        )
