"""Counter-based draws: one definition, no visible correlation, any address."""

import numba
import numpy as np
import pytest
from scipy import stats

from rbmlib import randomness as rnd


@numba.njit
def _kernel_draws(k0, k1, chain, n):
    out = np.empty(n, np.uint32)
    k0, k1 = rnd.absorb(k0, k1, np.uint32(chain))
    for i in range(n):
        out[i] = rnd.draw(k0, k1, np.uint32(i))
    return out


def test_kernel_and_definition_are_the_same_function():
    for chain in (0, 1, 2**32 - 1):
        k0, k1 = rnd.sweep_key(2**64 - 1, rnd.VISIBLE, 2**32 - 1)
        expected = rnd.draws(2**64 - 1, rnd.VISIBLE, 2**32 - 1, [chain], 999)[0]
        assert np.array_equal(_kernel_draws(k0, k1, chain, 999), expected)


def test_a_chain_does_not_depend_on_its_neighbours():
    together = rnd.draws(5, rnd.HIDDEN, 3, np.arange(50), 40)
    alone = rnd.draws(5, rnd.HIDDEN, 3, [17], 40)
    assert np.array_equal(together[17:18], alone)


def test_every_part_of_the_address_matters():
    base = (1, rnd.HIDDEN, 1, [1])
    others = [(1 + 2**32, 0, 1, [1]), (2, 0, 1, [1]), (1, 1, 1, [1]), (1, 0, 2, [1])]
    first = rnd.draws(*base, 64)
    for address in others + [(1, 0, 1, [2])]:
        # 64 words that agree in one place by chance: probability 64 / 2^32.
        assert not np.any(first == rnd.draws(*address, 64))


@pytest.mark.parametrize("shift", [0, 8, 16, 24])
def test_bytes_are_uniform(shift):
    words = rnd.draws(11, rnd.HIDDEN, 0, np.arange(500), 2000)
    counts = np.bincount(((words >> np.uint32(shift)) & np.uint32(255)).ravel())
    assert stats.chisquare(counts).pvalue > 1e-3


def test_neighbouring_addresses_are_uncorrelated():
    words = np.stack([rnd.draws(3, 0, s, np.arange(200), 500) for s in range(40)])
    z = (words / 2**32 - 0.5) * np.sqrt(12)
    pairs = {
        "unit": z[:, :, 1:] * z[:, :, :-1],
        "chain": z[:, 1:] * z[:, :-1],
        "sweep": z[1:] * z[:-1],
    }
    for name, product in pairs.items():
        # Products of independent standard variables: mean 0, variance 1.
        assert abs(product.mean()) < 4 / np.sqrt(product.size), name


def test_each_bit_of_neighbours_is_independent():
    words = rnd.draws(9, rnd.VISIBLE, 7, np.arange(400), 1001)
    flips = words[:, 1:] ^ words[:, :-1]
    n = flips.size
    for bit in range(32):
        share = ((flips >> np.uint32(bit)) & np.uint32(1)).mean()
        assert abs(share - 0.5) < 4.5 * 0.5 / np.sqrt(n), bit


def test_normals_and_bell_have_the_right_moments():
    x = rnd.normals(0, rnd.START, 0, np.arange(100), 2000)
    assert stats.kstest(x.ravel(), "norm").pvalue > 1e-3
    y = rnd.bell(0, rnd.WEIGHTS, (400, 500))
    n = y.size
    assert abs(y.mean()) < 4 / np.sqrt(n)
    # Kurtosis of a sum of 12 uniforms: 3 - 1/10, so Var(y^2) = 1.9.
    assert abs((y**2).mean() - 1) < 4 * np.sqrt(1.9 / n)


def test_permutation_is_one():
    order = rnd.permutation(4, 2, 1000)
    assert np.array_equal(np.sort(order), np.arange(1000))
    assert not np.array_equal(order, rnd.permutation(4, 3, 1000))


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_seed_out_of_range_is_refused(seed):
    with pytest.raises(ValueError, match=r"seed must be in \[0, 2\^64\)"):
        rnd.keys(seed, 0, 0, [0])


@pytest.mark.parametrize("seed", [None, 1.0, "1"])
def test_seed_that_is_no_integer_is_refused(seed):
    with pytest.raises(TypeError, match="seed must be an integer"):
        rnd.keys(seed, 0, 0, [0])
