"""Has a distribution split?  Densities with known valleys, and chains known exactly."""

import re

import numpy as np
import pytest

from rbmlib import enumeration, mean_field
from rbmlib.mode_tracking import find_modes, share_at_home, valley_over_peak
from rbmlib.rbm import RBM
from rbmlib.units import BINARY, SPIN

PAIR = RBM(4 * np.ones((3, 2)), [-4.0, -4.2, -4.0], [-6.0, -6.2])
CORNERS = [[0, 0, 0], [1, 1, 1]]


def two_humps(distance, shares, seed):
    """Return 60 chains of 500 values: unit Gaussians at 0 and at a distance."""
    rng = np.random.default_rng(seed)
    hump = rng.random((60, 500)) < shares[1]
    return rng.normal(size=(60, 500)) + distance * hump


def smoothed_ratio(distance, shares, width):
    """Return valley over lower peak of that density after the kernel."""
    spread = np.sqrt(1 + distance**2 * shares[0] * shares[1])
    s2 = 1 + (width * spread) ** 2
    x = np.linspace(-1, distance + 1, 4001)
    f = shares[0] * np.exp(-(x**2) / 2 / s2)
    f += shares[1] * np.exp(-((x - distance) ** 2) / 2 / s2)
    middle = slice(*np.searchsorted(x, (0.2 * distance, 0.8 * distance)))
    valley = f[middle].min()
    at = x[middle][f[middle].argmin()]
    return valley / min(f[x < at].max(), f[x > at].max())


@pytest.mark.parametrize(
    ("distance", "shares"), [(4.0, (0.5, 0.5)), (3.0, (0.4, 0.6)), (4.0, (0.8, 0.2))]
)
def test_a_known_valley_is_measured_within_its_error(distance, shares):
    for seed, width in ((0, 0.1), (1, 0.2)):
        found = valley_over_peak(two_humps(distance, shares, seed), width)
        exact = smoothed_ratio(distance, shares, width)
        assert found.error < 0.05
        assert abs(found.ratio - exact) < 4 * found.error


def test_noise_digs_no_valley_into_a_single_hump():
    # Places that one half of the chains chooses are innocent in the other half.
    for seed in range(5):
        found = valley_over_peak(two_humps(0.0, (0.5, 0.5), seed))
        assert found.ratio > 1 - 4 * max(found.error, 1e-12)


def test_units_and_order_of_the_chains_do_not_matter_for_separate_humps():
    x = two_humps(30.0, (0.5, 0.5), 3)
    assert valley_over_peak(x).ratio < 1e-6
    for other in (x * 1e-30, x * 1e30, x + 1e6):
        assert valley_over_peak(other).ratio < 1e-6
    # Chains that stay where they are, taken in turn from the two humps.
    stuck = np.random.default_rng(0).normal(size=(64, 50))
    stuck[::2] += 30
    assert valley_over_peak(stuck).ratio < 1e-6


def test_find_modes_counts_each_mode_once():
    modes = find_modes(PAIR, CORNERS * 3, order=1)
    found = mean_field.fixed_points(PAIR, CORNERS, order=1)
    assert found.counts() == {"mode": 2}
    assert np.array_equal(modes, found.m_v)
    symmetric = RBM(np.full((40, 40), 0.05), np.zeros(40), np.zeros(40), SPIN, SPIN)
    up = np.ones((2, 40))
    up[1] = -1
    assert len(find_modes(symmetric, up)) == 2  # w = 2: ordered


def exact_share(modes, n_sweeps):
    """Return P(home after n_sweeps | start in each mode) from the whole kernel."""
    v, h = (enumeration.all_states(BINARY, n) for n in (3, 2))
    p_h = PAIR.hidden.mean(PAIR.b + v @ PAIR.W)
    p_v = PAIR.visible.mean(PAIR.a + h @ PAIR.W.T)
    to_h = np.prod(np.where(h[None] == 1, p_h[:, None], 1 - p_h[:, None]), axis=2)
    to_v = np.prod(np.where(v[None] == 1, p_v[:, None], 1 - p_v[:, None]), axis=2)
    kernel = np.linalg.matrix_power(to_h @ to_v, n_sweeps)
    ends = mean_field.fixed_points(PAIR, v, order=1)
    home = np.abs(ends.m_v[:, None] - modes).max(2) < 1e-3
    start = np.prod(np.where(v[:, None] == 1, modes, 1 - modes), axis=2)
    return np.einsum("vk,vw,wk->k", start, kernel, home)


def test_shares_at_home_are_those_of_the_exact_chain():
    modes = find_modes(PAIR, CORNERS, order=1)
    sweeps = [1, 5, 30, 1000]
    found = share_at_home(PAIR, modes, sweeps, 4000, seed=1, order=1)
    exact = np.array([exact_share(modes, t) for t in sweeps])
    assert found.shape == (4, 2)
    assert exact[0].min() > 0.9 > 0.6 > exact[3].mean()  # it stays, then forgets
    error = np.sqrt(exact * (1 - exact) / 4000) + 1e-9
    assert (np.abs(found - exact) < 4 * error + 1e-3).all()
    assert abs(found[-1].sum() - 1) < 4 * np.sqrt(2 * 0.25 / 4000)  # chance: 1/n_modes


def test_means_that_are_no_modes_are_refused():
    modes = find_modes(PAIR, CORNERS, order=1)
    with pytest.raises(ValueError, match="modes of rbm at order 1"):
        share_at_home(PAIR, [[0.5, 0.5, 0.5]], [1], 5, seed=0, order=1)
    with pytest.raises(ValueError, match=re.escape("differ by more than eps = 0.02")):
        share_at_home(PAIR, [modes[0], modes[0]], [1], 5, seed=0, order=1)
    with pytest.raises(ValueError, match="sweeps must hold a number"):
        share_at_home(PAIR, modes, [], 5, seed=0, order=1)
    with pytest.raises(ValueError, match=re.escape("shape (n_modes, n_visible)")):
        share_at_home(PAIR, modes[0], [1], 5, seed=0, order=1)
    with pytest.raises(ValueError, match="at least 8 chains, got 7"):
        valley_over_peak(np.eye(7))
    with pytest.raises(ValueError, match="values must differ"):
        valley_over_peak(np.ones((8, 3)))
