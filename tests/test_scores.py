"""Scores: against loops over their definitions, and what they must tell apart."""

import re
from itertools import combinations

import numpy as np
import pytest

from rbmlib import datasets, randomness, sampling, scores
from rbmlib.rbm import RBM


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
        (lambda: scores.adversarial_accuracy(X + 0.5, Y), "states 0 and 1"),
        (lambda: scores.baseline(X, (3, 4), CLASSIFY, 20), "at least 2n = 40"),
        (lambda: scores.NearestImage(X, [1, 2]), "one for each"),
        (lambda: scores.NearestImage([[0], [1]], [1, 2], 3), "from 1 to 2, got 3"),
        (lambda: scores.LinearClassifier([[0.5]]), "integers"),
        (lambda: scores.LinearClassifier([[1], [0]])([[1, 0]]), "(n_samples, 1), got"),
        (lambda: scores.NearestImage([[0]], [1])([[1, 0]]), "(n_samples, 1), got"),
        (lambda: scores.NearestImage([[0, 2]], [1]), "images"),
        *(
            (lambda y=y: scores.LinearClassifier.train([[0, 1], [1, 0]], y), message)
            for y, message in [
                ([1], "labels must be one for each of the 2 images, got shape (1,)"),
                ([[1], [0]], "got shape (2, 1)"),
                ([1, -1], "labels must be integers >= 0, got np.int64(-1)"),
                ([1.5, 0.5], "labels must be integers >= 0, got np.float64(0.5)"),
            ]
        ),
        (lambda: scores.LinearClassifier.train([[0.5]], [1]), "images"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
