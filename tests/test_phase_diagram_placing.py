"""Modes of small machines: found, or said to need more units."""

import numpy as np
import pytest

from rbmlib.phase_diagram import least_units, place, sample_machine


def found(w, sigma, shape, n=20):
    """Return in how many machines of a planted mode it is the only one seen."""
    places = [place(sample_machine(w, sigma, *shape, seed=k).rbm.W) for k in range(n)]
    return sum(len(one.w) == 1 for one in places)


@pytest.mark.parametrize("shape", [(16, 8), (8, 16), (50, 10), (30, 8), (100, 20)])
def test_a_strong_mode_of_a_small_machine_is_seen(shape):
    assert found(2.0, 0.3, shape) >= 19


@pytest.mark.parametrize("shape", [(16, 8), (10, 10), (50, 10), (200, 50)])
def test_noise_alone_has_no_mode(shape):
    rng = np.random.default_rng(0)
    noise = [place(rng.normal(size=shape)) for _ in range(200)]
    assert sum(len(one.w) for one in noise) == 0


def test_its_strength_and_the_noise_are_right_on_average():
    """Over 200 machines of 16 × 8: 16 N_v N_h entries fix σ to a few in a hundred."""
    places = [place(sample_machine(2.0, 0.3, 16, 8, seed=k).rbm.W) for k in range(200)]
    places = [one for one in places if len(one.w)]
    assert len(places) >= 190
    w = np.array([one.w[0] for one in places])
    sigma = np.array([one.sigma for one in places])
    assert abs(w.mean() - 2) < 0.1  # the product of two lengths: 1 - 1/4N_v - 1/4N_h
    assert abs(np.sqrt((sigma**2).mean()) - 0.3) < 0.015


@pytest.mark.parametrize(
    ("w", "sigma", "kappa"), [(2.0, 0.3, 0.5), (1.5, 0.5, 1.0), (1.2, 0.7, 2.0)]
)
def test_as_many_units_as_it_says_are_enough_and_a_quarter_is_not(w, sigma, kappa):
    n_visible, n_hidden = least_units(w, sigma, kappa)
    # Of hundreds .90 to .98 are seen; 48 of 60 is 2.6 standard errors below .90.
    assert found(w, sigma, (n_visible, n_hidden), 60) >= 48
    fewer = max(2, n_visible // 4), max(2, n_hidden // 4)
    assert found(w, sigma, fewer, 60) < 48


def test_the_weakest_mode_that_can_be_seen_is_said():
    one = place(sample_machine(2.0, 0.3, 100, 50, seed=0).rbm.W)
    assert one.sigma < one.weakest < one.w[0]
    larger = place(sample_machine(2.0, 0.3, 1000, 500, seed=0).rbm.W)
    assert larger.weakest < one.weakest
    W = np.outer(np.ones(6), np.ones(4))
    assert place(W).weakest == place(W).sigma == 0.0


def test_a_mode_too_close_to_the_noise_is_refused():
    with pytest.raises(ValueError, match="w must be further above sigma"):
        least_units(1.0000001, 1.0)
