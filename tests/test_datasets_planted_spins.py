"""Spins with planted pairs and triples: their law, their samples, and their bits.

Statistical tests have fixed seeds; each says how rarely it refuses a right sampler.
"""

import hashlib
from itertools import product

import numpy as np
import pytest
from scipy.stats import chisquare

from rbmlib.datasets import planted_spins

# Of states, sets and couplings: numbers in the book may depend on each of them.
BITS = "6fc3cf007b673cab5acb50c0115b4a63b3e8f0443c69fdac4f94ad25408fcd67"
SMALL = {"n_spins": 6, "n_pairs": 5, "n_triples": 3, "pair": 0.6, "triple": 0.5}
STATES = np.array(list(product((-1, 1), repeat=6)))


def after(data, n_sweeps):
    """The exact law of chains that start uniformly, as an array with an axis a spin."""
    weights = np.exp(data.log_weight(STATES)).reshape((2,) * 6)
    p = np.full(weights.shape, 2.0**-6)
    for _ in range(n_sweeps):
        for i in range(6):
            p = p.sum(i, keepdims=True) * weights / weights.sum(i, keepdims=True)
    return p.ravel()


def counts_of(data):
    return np.bincount(((data.samples > 0) @ (1 << np.arange(5, -1, -1))), minlength=64)


@pytest.mark.parametrize("n_sweeps", [1, 2, 30])
def test_samples_follow_the_law_of_their_number_of_sweeps(n_sweeps):
    data = planted_spins(30_000, **SMALL, seed=7, n_sweeps=n_sweeps)
    expected = len(data.samples) * after(data, n_sweeps)
    assert expected.min() > 5
    # Refuses one true law in a thousand.
    assert chisquare(counts_of(data), expected).pvalue > 1e-3
    law = len(data.samples) * np.exp(data.log_probability(STATES))
    if n_sweeps == 1:  # and tells one sweep from equilibrium
        assert chisquare(counts_of(data), law).pvalue < 1e-6
    if n_sweeps == 30:
        assert np.abs(expected - law).sum() < 1e-6 * len(data.samples)


def test_the_law_is_the_sum_by_the_letter():
    data = planted_spins(1, **SMALL, seed=0)
    for s in STATES[::7]:
        pairs = sum(x * s[i] * s[j] for (i, j), x in zip(*data.pairs, strict=True))
        triples = sum(
            x * s[i] * s[j] * s[k] for (i, j, k), x in zip(*data.triples, strict=True)
        )
        assert data.log_weight(s) == pytest.approx(pairs + triples, abs=1e-14)
    assert np.exp(data.log_probability(STATES)).sum() == pytest.approx(1, abs=1e-12)


def test_sets_are_different_increasing_and_of_the_size_asked_for():
    data = planted_spins(1, 12, 40, 100, 0.3, 0.7, seed=1)
    for (sets, couplings), order, n, size in (
        (data.pairs, 2, 40, 0.3),
        (data.triples, 3, 100, 0.7),
    ):
        assert sets.shape == (n, order) and (np.diff(sets, axis=1) > 0).all()
        assert len(np.unique(sets, axis=0)) == n
        assert np.array_equal(
            np.abs(couplings), np.full(n, np.rint(size * 2**20)) / 2**20
        )
        assert (couplings > 0).any() and (couplings < 0).any()
    every = planted_spins(1, 5, 10, 10, 0.1, 0.1, seed=0)
    assert len(every.pairs.sets) == len(every.triples.sets) == 10
    none = planted_spins(1, 5, 0, 0, 0.1, 0.1, seed=0)
    assert none.pairs.sets.shape == (0, 2) and none.log_weight([1] * 5) == 0


def test_all_triples_are_planted_equally_often_with_either_sign():
    seen, positive = np.zeros((5, 5, 5)), 0
    for seed in range(300):
        triples = planted_spins(1, 5, 0, 2, 0, 1.0, seed, 1).triples
        np.add.at(seen, tuple(triples.sets.T), 1)
        positive += int((triples.couplings > 0).sum())
    found = seen[seen > 0]
    # Two of ten exclude each other: less scatter than independent counts have.
    assert len(found) == 10 and chisquare(found).pvalue > 1e-3
    assert abs(positive - 300) < 4 * np.sqrt(150)  # 6e-5 of fair signs


def test_a_sample_does_not_depend_on_its_neighbours_and_the_bits_never_change():
    few, many = (planted_spins(n, **SMALL, seed=2**63) for n in (10, 500))
    assert np.array_equal(few.samples, many.samples[:10])
    assert many.samples.dtype == np.float32
    content = b"".join(
        np.rint(x).astype("<i8").tobytes()
        for x in (
            many.samples,
            many.pairs.sets,
            many.triples.sets,
            many.pairs.couplings * 2**20,
            many.triples.couplings * 2**20,
        )
    )
    assert hashlib.sha256(content).hexdigest() == BITS
    other = planted_spins(500, **SMALL, seed=4)
    assert not np.array_equal(other.samples, many.samples)


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"n_samples": 0}, ValueError, "n_samples must be at least 1, got 0"),
        ({"n_spins": 2}, ValueError, "n_spins must be at least 3, got 2"),
        ({"n_spins": 257}, ValueError, "n_spins must be at most 256, got 257"),
        ({"n_pairs": 16}, ValueError, "n_pairs must be from 0 to 15, .*; got 16"),
        ({"n_triples": -1}, ValueError, "n_triples must be from 0 to 20, .*; got -1"),
        ({"n_triples": 1.5}, TypeError, "n_triples must be an integer, got float"),
        ({"pair": -0.1}, ValueError, r"pair must be .* in \[0, 10\], got -0.1"),
        ({"triple": float("nan")}, ValueError, "triple must be .* got nan"),
        ({"triple": "1"}, TypeError, "triple must be .* got '1'"),
        ({"seed": -1}, ValueError, "seed must be in"),
        ({"n_sweeps": 0}, ValueError, "n_sweeps must be at least 1, got 0"),
    ],
)
def test_bad_arguments_are_refused(change, error, message):
    with pytest.raises(error, match=message):
        planted_spins(**({"n_samples": 5, "seed": 0} | SMALL | change))


def test_states_that_are_none_and_models_too_large_to_sum_are_refused():
    data = planted_spins(1, 26, 3, 1, 0.5, 0.5, seed=0)
    with pytest.raises(ValueError, match="v must hold .*got 0"):
        data.log_weight([1] * 25 + [0])
    with pytest.raises(ValueError, match="limited to 25 units"):
        data.log_probability([1] * 26)
