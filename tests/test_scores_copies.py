"""Copies of training images, and what pairs alone can do: both against known laws."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import multivariate_normal

from rbmlib import scores
from rbmlib.scores.binarised import _correlations


def images(n, n_visible, seed, p=0.4):
    return (np.random.default_rng(seed).random((n, n_visible)) < p).astype(float)


def test_the_nearest_image_by_a_loop():
    x, y = images(7, 20, 1), images(9, 20, 2)
    y[5] = y[2]  # of equal ones the first
    which, distance = scores.nearest_of(x, y)
    for k, row in enumerate(x):
        each = [int((row != image).sum()) for image in y]
        assert (which[k], distance[k]) == (each.index(min(each)), min(each))
    assert scores.nearest_of(y, y)[0].tolist() == [0, 1, 2, 3, 4, 2, 6, 7, 8]


def test_copies_are_all_nearer_and_the_held_out_as_near_as_themselves():
    train, held_out = images(30, 40, 3), images(20, 40, 4)
    assert scores.nearer_share(train[:10], held_out, train) == (1.0, 0.0)
    share, error = scores.nearer_share(held_out, held_out, train)
    assert share == 0.5 and 0.05 < error < 0.15
    far = 1 - train[:10]
    assert scores.nearer_share(far, held_out, train)[0] < 0.2


def test_the_share_counts_pairs():
    train = np.zeros((1, 6))
    x, y = np.tri(4, 6, -1), np.tri(5, 6, 1)  # distances 0 to 3, and 2 to 6
    pairs = [(a < b) + 0.5 * (a == b) for a in range(4) for b in range(2, 7)]
    assert scores.nearer_share(x, y, train)[0] == pytest.approx(np.mean(pairs))


def test_the_error_of_the_share_is_its_scatter():
    """Of 300 repetitions: their scatter is known to 4 %, 3.5 sigma are 14 %."""
    train = np.zeros((1, 60))
    found = [
        scores.nearer_share(images(25, 60, k, 0.38), images(40, 60, 1000 + k), train)
        for k in range(300)
    ]
    share, error = np.transpose(found)
    assert share.std() == pytest.approx(np.sqrt(np.mean(error**2)), rel=0.14)
    assert 0.55 < share.mean() < 0.65


@pytest.mark.parametrize("name", ["samples", "held_out"])
def test_a_set_of_one_is_refused(name):
    sets = {"samples": images(3, 4, 1), "held_out": images(3, 4, 2)}
    sets[name] = sets[name][:1]
    with pytest.raises(ValueError, match=f"{name} must hold at least 2 of them, got 1"):
        scores.nearer_share(**sets, train=images(3, 4, 3))


def test_correlations_of_the_gaussian_give_the_covariances_of_its_signs():
    """Against SciPy's bivariate normal law, also where a bit is rarely on."""
    t = np.array([0.0, -1.3, 0.8, 2.0])
    r = np.array([0.9, -0.6, 0.2])  # of neighbours
    covariance, p = np.zeros((4, 4)), ndtr(t)
    for (i, j), rho in zip(pairwise(range(4)), r, strict=True):
        both = multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf(t[[i, j]])
        covariance[i, j] = covariance[j, i] = both - p[i] * p[j]
    found = _correlations(t, covariance)
    assert np.diag(found, 1) == pytest.approx(r, abs=1e-4)
    assert found[0, 2] == found[1, 3] == pytest.approx(0, abs=1e-9)


def test_pixels_that_are_equal_or_opposite_are_within_reach():
    quarter = 0.25
    covariance = np.array([[quarter, quarter], [quarter, quarter]])
    for sign in (1, -1):
        found = _correlations(np.zeros(2), sign * covariance)[0, 1]
        assert 0.999 < sign * found < 1


def test_samples_have_the_moments_that_were_asked_for():
    """4 standard errors of 4000 samples each."""
    p = np.array([0.5, 0.3, 0.9])
    latent = np.array([[1.0, 0.5, -0.2], [0.5, 1.0, 0.1], [-0.2, 0.1, 1.0]])
    z = np.random.default_rng(1).multivariate_normal(np.zeros(3), latent, 400_000)
    target = np.cov((ndtr(z) < p).T, bias=True)
    x = scores.binarised_gaussian(p, target, 4000, seed=3)
    assert np.unique(x).tolist() == [0, 1]
    assert x.mean(0) == pytest.approx(p, abs=4 * 0.5 / np.sqrt(4000))
    assert np.cov(x.T, bias=True) == pytest.approx(target, abs=4 * 0.25 / 4000**0.5)
    again = scores.binarised_gaussian(p, target, 10, seed=3)
    assert np.array_equal(again, x[:10])


@pytest.mark.parametrize("mean", [[0.0, 0.5], [0.5, 1.0]])
def test_a_pixel_that_never_changes_is_refused(mean):
    with pytest.raises(ValueError, match=r"mean must be inside \(0, 1\)"):
        scores.binarised_gaussian(mean, np.eye(2) / 4, 3, seed=0)
