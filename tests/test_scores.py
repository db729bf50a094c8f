"""Scores: against loops over their definitions, and what they must tell apart."""

import re
from itertools import combinations

import numpy as np
import pytest
from scipy import sparse

from rbmlib import datasets, randomness, sampling, scores
from rbmlib.rbm import RBM
from rbmlib.units import SPIN


def images(n, n_visible, seed, p=0.4):
    return (np.random.default_rng(seed).random((n, n_visible)) < p).astype(float)


X, Y = images(30, 12, 1), images(30, 12, 2, p=0.6)
DIGITS = datasets.load("digits")
CLASSIFY = scores.LinearClassifier.train(DIGITS.train, DIGITS.train_labels, n_epochs=3)
# The images stand in the order of their writers: neighbours are more alike than others.
SHUFFLED = DIGITS.train[randomness.permutation(1, 0, len(DIGITS.train))]


def test_second_moments_by_loops():
    errors = [
        (
            np.mean((X[:, i] - X[:, i].mean()) * (X[:, j] - X[:, j].mean()))
            - np.mean((Y[:, i] - Y[:, i].mean()) * (Y[:, j] - Y[:, j].mean()))
        )
        ** 2
        for i, j in combinations(range(12), 2)
    ]
    assert scores.second_moment_error(X, Y) == pytest.approx(np.mean(errors))
    assert scores.second_moment_error(X, X) == 0


def test_third_moments():
    # Every triple of 12 units is drawn about nine times: nearly the mean over all.
    def moment(z, i, j, k):
        d = z - z.mean(0)
        return np.mean(d[:, i] * d[:, j] * d[:, k])

    errors = [(moment(X, *t) - moment(Y, *t)) ** 2 for t in combinations(range(12), 3)]
    error = np.std(errors) / np.sqrt(2000)
    assert abs(scores.third_moment_error(X, Y) - np.mean(errors)) < 4 * error
    # Same pairs, other triples: the parity of three fair bits.
    bits = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    even = bits[bits.sum(1) % 2 == 0]
    odd = bits[bits.sum(1) % 2 == 1]
    assert scores.second_moment_error(even, odd) == pytest.approx(0)
    assert scores.third_moment_error(even, odd) == pytest.approx(0.25**2)


def test_adversarial_accuracy_by_loops():
    both = np.concatenate([X, Y])
    own = []
    for c in range(60):
        distance = np.abs(both - both[c]).sum(1)
        distance[c] = np.inf
        first, second = distance[:30].min(), distance[30:].min()
        mine, other = (first, second) if c < 30 else (second, first)
        own.append(1.0 if mine < other else 0.5 if mine == other else 0.0)
    expected = np.mean(own[:30]), np.mean(own[30:])
    assert scores.adversarial_accuracy(X, Y) == pytest.approx(expected)


def test_adversarial_accuracy_says_own_set():
    data = SHUFFLED[:300]
    # Copies: the nearest other configuration is the original, in the other set.
    a, b = scores.adversarial_accuracy(data, data)
    assert a < 0.1 and b < 0.1
    same = np.ones_like(data)  # all alike: samples next to samples, data next to data
    assert scores.adversarial_accuracy(same, data) == (1.0, 1.0)
    fresh = scores.adversarial_accuracy(SHUFFLED[300:600], data)
    # Error of a share of 300, doubled for neighbours that come in pairs.
    assert np.abs(np.array(fresh) - 0.5).max() < 4 * np.sqrt(2 * 0.25 / 300)


def test_compressed_size():
    noise = images(400, 64, 3, p=0.5)
    assert scores.compressed_size(noise) > 8  # 64 bits cannot be squeezed
    data = scores.compressed_size(DIGITS.train[:400])
    assert scores.compressed_size(np.tile(noise[:1], (400, 1))) < 0.1 * data


def test_power_spectrum():
    x = np.random.default_rng(0).normal(size=(500, 64))
    # White noise has power 1 at each wave number; 500 images, at least 1 mode a ring.
    spectrum = scores.power_spectrum(x, (8, 8))
    assert spectrum.shape == (5,)
    assert np.abs(spectrum - 1).max() < 4 * np.sqrt(2 / 500)
    wave = np.cos(2 * np.pi * 3 * np.arange(8) / 8) * np.ones((8, 1))
    spectrum = scores.power_spectrum(wave.reshape(1, 64), (8, 8))
    assert spectrum.argmax() == 3 and np.allclose(np.delete(spectrum, 3), 0)


def test_classifiers():
    nearest = scores.NearestImage(DIGITS.train, DIGITS.train_labels)
    assert np.mean(nearest(DIGITS.test) == DIGITS.test_labels) > 0.9
    assert np.mean(CLASSIFY(DIGITS.test) == DIGITS.test_labels) > 0.85
    assert CLASSIFY.weights.dtype == np.int16 and CLASSIFY.weights.shape == (65, 10)
    again = scores.LinearClassifier.train(DIGITS.train, DIGITS.train_labels, n_epochs=3)
    assert (again.weights == CLASSIFY.weights).all()
    fields = DIGITS.test @ CLASSIFY.weights[:-1] + CLASSIFY.weights[-1]
    assert (CLASSIFY(DIGITS.test) == fields.argmax(1)).all()


def test_nearest_images_vote_and_ties_have_one_answer():
    images, labels = [[0, 0], [0, 1], [1, 0], [1, 1]], [5, 4, 4, 9]
    found = [scores.NearestImage(images, labels, n)([[0, 0]])[0] for n in (1, 2, 3)]
    assert found == [5, 4, 4]  # one vote each for 4 and 5; then two for 4
    assert scores.NearestImage(images[1:], labels[1:], 3)([[1, 1]])[0] == 4


def test_class_histogram():
    counts = scores.class_counts(np.array([1, 1, 3]), 5)
    assert counts.tolist() == [0, 2, 0, 1, 0]
    assert scores.class_entropy([5] * 10) == pytest.approx(np.log(10))
    assert scores.class_entropy([7, 0, 0]) == 0
    even = np.repeat(np.arange(10), 50)
    assert scores.class_divergence(even, even) == 0
    # All ones: log(10) less what the imagined samples take off.
    assert 1.5 < scores.class_divergence(np.ones(500, int), even) < np.log(10)


def test_baseline_is_what_data_score():
    floor = scores.baseline(SHUFFLED, DIGITS.shape, CLASSIFY, 300)
    fresh = scores.score(DIGITS.test[:300], SHUFFLED[:300], (8, 8), CLASSIFY)
    noise = scores.score(images(300, 64, 5), SHUFFLED[:300], (8, 8), CLASSIFY)
    ones = DIGITS.train[DIGITS.train_labels == 1]
    collapsed = scores.score(
        np.resize(ones, (300, 64)), SHUFFLED[:300], (8, 8), CLASSIFY
    )
    for name in scores.NAMES:
        least = max(getattr(floor, name), abs(getattr(fresh, name)))
        assert abs(getattr(noise, name)) > 2 * least
    for name in ("second", "adversarial", "entropy", "classes"):
        assert abs(getattr(collapsed, name)) > 2 * getattr(floor, name)


def test_quality_scores_the_chains_of_the_sampler():
    machine = RBM.random(64, 5, scale=0.5, seed=1)
    data = DIGITS.test[:50]
    found = scores.quality(
        [machine], data, [1, 4], shape=(8, 8), classifier=CLASSIFY, seed=2
    )
    v = sampling.random_start(machine, 50, 2)
    v, _ = sampling.gibbs(machine, v, 4, 2)
    assert found[0][1] == scores.score(v, data, (8, 8), CLASSIFY)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: scores.second_moment_error(X, Y[:20]), "same shape"),
        (lambda: scores.adversarial_accuracy(X + 0.5, Y), "samples must hold states"),
        (lambda: scores.baseline(X, (3, 4), CLASSIFY, 20), "at least 2n = 40"),
        (lambda: scores.NearestImage(X, [1, 2]), "one for each"),
        (lambda: scores.NearestImage([[0], [1]], [1, 2], 3), "at most 2, got 3"),
        (lambda: scores.LinearClassifier([[0.5], [1]]), "integers, got dtype float64"),
        (lambda: scores.LinearClassifier([[1]]), "n_visible >= 1, got (1, 1)"),
        (lambda: scores.LinearClassifier([[2**53], [1]]), "got 9007199254740992"),
        (
            lambda: scores.LinearClassifier([[1], [0]])([[1, 0]]),
            "samples must have shape (..., 1), got (1, 2)",
        ),
        (
            lambda: scores.NearestImage([[0]], [1])([[1, 0]]),
            "samples must have shape (..., 1), got (1, 2)",
        ),
        (lambda: scores.NearestImage([[0, 2]], [1]), "images"),
        *(
            (lambda y=y: scores.LinearClassifier.train([[0, 1], [1, 0]], y), message)
            for y, message in [
                ([1], "labels must have shape (2,), got (1,)"),
                ([[1], [0]], "labels must have shape (2,), got (2, 1)"),
                ([1, -1], "labels must hold integers in [0, "),
                ([1, 2**40], "got 1099511627776"),
                ([1.5, 0.5], "labels must hold integers, got dtype float64"),
            ]
        ),
        (lambda: scores.LinearClassifier.train([[0.5]], [1]), "images"),
    ],
)
def test_refusals(call, message):
    with pytest.raises((ValueError, TypeError), match=re.escape(message)):
        call()


HALF = X.copy()
HALF[3, 4] = 0.9999999
MACHINES = [RBM.random(12, 2, seed=0)]


def quality(machines, times=(1,), classifier=len):
    return scores.quality(
        machines, X, times, shape=(3, 4), classifier=classifier, seed=0
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: scores.compressed_size(HALF), "whole numbers .*0.9999999$"),
        (lambda: scores.compressed_size(-X), r"in \[0, 255\], got -1$"),
        (lambda: scores.compressed_size(X[0]), r"must have shape .*, got \(12,\)"),
        (lambda: scores.compressed_size(X * np.nan), "got nan"),
        (lambda: scores.compressed_size(np.ma.masked_equal(X, 1)), "without masked"),
        (lambda: scores.hamming(X, X[:, :5]), "^y must"),
        (lambda: scores.hamming(HALF, X), "^x must"),
        (lambda: scores.second_moment_error(HALF, Y), "^samples must"),
        (lambda: scores.second_moment_error(X, HALF), "^data must"),
        (
            lambda: scores.second_moment_error(X[:, :1], Y[:, :1]),
            "from 2 to 8388608 units",
        ),
        (
            lambda: scores.third_moment_error(X[:, :2], Y[:, :2]),
            "from 3 to 8388608 units",
        ),
        (lambda: scores.power_spectrum(X, (3, 5)), r"product of 12, .*got \(3, 5\)"),
        (
            lambda: scores.power_spectrum(X, 12),
            r"shape must have shape \(2,\), got \(\)",
        ),
        (lambda: scores.power_spectrum(X * np.nan, (3, 4)), "finite numbers .*got nan"),
        (
            lambda: scores.power_spectrum(X * 1j, (3, 4)),
            "real numbers, got dtype complex128",
        ),
        (lambda: scores.spectral_distance(X, X[:, :3], (3, 4)), "units of y"),
        (lambda: scores.class_counts([0, 10]), r"classes .* in \[0, 9\], got 10"),
        (lambda: scores.class_counts([0, -1]), "got -1"),
        (lambda: scores.class_counts([0.0]), "classes must hold integers, .*float64"),
        (lambda: scores.class_entropy([3, -1]), "counts must hold finite .*got -1"),
        (lambda: scores.class_entropy([3, np.nan]), "got nan"),
        (lambda: scores.class_entropy([0, 0]), "not empty, got only zeros"),
        (lambda: scores.class_divergence([], [1]), "found must hold integers"),
        (lambda: scores.class_divergence([1], [-1]), "expected must .*got -1"),
        (
            lambda: scores.class_divergence([1], [2**60]),
            r"expected must hold .* in \[0",
        ),
        (lambda: scores.baseline(X, (3, 4), len, 1), "n must be at least 2, got 1"),
        (lambda: scores.baseline(HALF, (3, 4), len, 5), "data must"),
        (
            lambda: scores.score(X, Y, (3, 4), lambda z: [1, 2]),
            r"classifier\(samples\) must have shape \(30,\), got \(2,\)",
        ),
        (
            lambda: scores.score(X, Y, (3, 4), lambda z: z.mean(1)),
            r"classifier\(samples\) must hold integers, got dtype float64",
        ),
        (lambda: quality([RBM.random(11, 2, seed=0)]), r"machines\[0\] .* 12 visible"),
        (
            lambda: quality([RBM.random(12, 2, seed=0, visible=SPIN)]),
            r"machines\[0\] must have .* states 0 and 1, .*spin",
        ),
        (lambda: quality([]), "machines must hold at least 1"),
        (lambda: quality(MACHINES, [3, 2]), r"times must increase, got \[3, 2\]"),
        (lambda: quality(MACHINES, [2, 2]), r"times must increase, got \[2, 2\]"),
    ],
)
def test_what_is_no_state_class_or_count_is_refused(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_a_classifier_is_a_function():
    for call in (
        lambda: scores.score(X, Y, (3, 4), None),
        lambda: scores.baseline(X, (3, 4), None, 5),
        lambda: quality(MACHINES, classifier=None),
    ):
        with pytest.raises(TypeError, match="classifier must be a function .*None"):
            call()


def test_rings_without_power():
    blank = np.zeros((2, 16))
    assert scores.spectral_distance(blank, blank, (4, 4)) == 0
    assert scores.spectral_distance(blank, images(2, 16, 1), (4, 4)) == np.inf


@pytest.mark.parametrize("shape", [(6, 7), (28, 28), (5, 5)])
def test_the_rounding_of_a_transform_is_no_power(shape):
    flat = np.full((2, shape[0] * shape[1]), 0.7)
    assert np.flatnonzero(scores.power_spectrum(flat, shape)).tolist() == [0]
    other = images(2, flat.shape[1], 1)
    assert scores.spectral_distance(flat, other, shape) == np.inf


def test_rare_classes_have_no_entropy_rather_than_none():
    assert scores.class_entropy([1e300, 1e-300]) == 0.0


@pytest.mark.parametrize(
    "labels",
    [
        [1, "1", "01"],
        ["a", "a\0", "b"],  # NumPy alone drops the end
        [(1, 2), 1, None],
        ["b", "a", "c"],
        np.array([2.5, 0.5, -1]),
        [True, False, 2],
    ],
)
def test_a_label_is_itself_alone(labels):
    points = np.eye(3)
    found = scores.NearestImage(points, labels)(points[[2, 0, 1, 0]])
    expected = [labels[i] for i in (2, 0, 1, 0)]
    assert found.tolist() == expected


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, np.nan], "labels must be equal to themselves .* got nan"),
        ([1, {1}], r"a hash, got \{1\}"),
        (np.ma.masked_equal([1, 2], 2), "got 1 masked of 2"),
        ([1], r"one for each of the 2 samples, got shape \(1,\)"),
        ("ab", r"got shape \(\)"),
    ],
)
def test_what_is_no_label_is_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        scores.NearestImage([[0, 1], [1, 0]], labels)


def test_sparse_samples_have_the_same_scores():
    x, y = sparse.csr_matrix(X), sparse.coo_array(Y)
    classify = scores.LinearClassifier.train(x, np.arange(30) % 2)
    dense = scores.LinearClassifier.train(X, np.arange(30) % 2)
    assert np.array_equal(classify.weights, dense.weights)
    assert np.array_equal(classify(x), dense(X))
    assert scores.score(x, y, (3, 4), dense) == scores.score(X, Y, (3, 4), dense)
    assert np.array_equal(scores.hamming(x, y), scores.hamming(X, Y))
    assert scores.compressed_size(x) == scores.compressed_size(X)
    assert np.array_equal(
        scores.power_spectrum(x, (3, 4)), scores.power_spectrum(X, (3, 4))
    )


def test_a_linear_classifier_learns_texts_as_it_learns_numbers():
    images, texts = np.eye(4)[[0, 1, 2, 3, 0, 1]], list("xyxyxy")
    named = scores.LinearClassifier.train(images, texts)
    numbered = scores.LinearClassifier.train(images, [0, 1] * 3)
    assert np.array_equal(named.weights, numbered.weights)
    assert named(images).tolist() == ["xy"[k] for k in numbered(images)]
    with pytest.raises(ValueError, match="classes must be one for each of 2 columns"):
        scores.LinearClassifier(numbered.weights, ["x"])
