"""Contacts of categorical sites, a lattice to learn from, and gaps that are filled."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import chisquare

from rbmlib import interactions, ising
from rbmlib.datasets import planted_potts
from rbmlib.ising.inverse import pseudo_likelihood


def test_the_correction_is_its_formula():
    S = np.random.default_rng(0).random((5, 5))
    S = S + S.T
    found = interactions.average_product(S)
    of_site = [np.mean([S[i, k] for k in range(5) if k != i]) for i in range(5)]
    of_all = np.mean([S[i, k] for i, k in combinations(range(5), 2)])
    for i, k in product(range(5), repeat=2):
        expected = S[i, k] - of_site[i] * of_site[k] / of_all if i != k else 0
        assert found[i, k] == pytest.approx(expected, abs=1e-12)


def test_precision_counts_contacts_from_the_largest_score_on():
    rng = np.random.default_rng(1)
    score = rng.permutation(36).reshape(6, 6).astype(float)
    score = np.maximum(score, score.T)
    contacts = np.triu(rng.random((6, 6)) < 0.4, 1)
    contacts = contacts | contacts.T
    found = interactions.contact_precision(score, contacts)
    pairs = sorted(combinations(range(6), 2), key=lambda pair: -score[pair])
    for n in range(1, 16):
        share = np.mean([contacts[pair] for pair in pairs[:n]])
        assert found[n - 1] == pytest.approx(share)
    # Of equals, contacts come last: a table of equal scores finds them at the end.
    flat = interactions.contact_precision(np.ones((6, 6)), contacts)
    n_contacts = contacts.sum() // 2
    assert flat[14 - n_contacts] == 0 and flat[-1] == n_contacts / 15


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: interactions.average_product(np.zeros((3, 3))), "zeros only"),
        (lambda: interactions.average_product(np.ones((2, 3))), "must be square"),
        (lambda: interactions.average_product([[0, 1], [2, 0]]), "symmetric, got 1.0"),
        (
            lambda: interactions.contact_precision(np.ones((2, 2)), np.ones((2, 2))),
            "contacts must be of bool",
        ),
        (lambda: interactions.potts_pseudo_likelihood([[0], [1]], 2, 0.1), "two sites"),
        (lambda: interactions.magnet(5, 5, 3.0, 0), "L must be even.*got 5"),
        (
            lambda: interactions.learn_pixels(np.eye(3), 0, ages=(3,)),
            r"at least two and increase, got \[3\]",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_two_states_are_a_spin():
    """J(a, b) of two states is ±J of ±1 spins, for each maximum of its likelihood."""
    rng = np.random.default_rng(2)
    s = np.sign(rng.normal(size=(400, 4)) + 0.6 * rng.normal(size=(400, 1)))
    found = interactions.potts_pseudo_likelihood((s > 0).astype(int), 2, l2=1e-9)
    spins = pseudo_likelihood(s).J
    np.testing.assert_allclose(found.J[:, 1, :, 1], spins, atol=1e-4)
    np.testing.assert_allclose(found.norm, 2 * np.abs(spins), atol=2e-4)


def test_planted_triples_have_their_law():
    data = planted_potts(
        4000, 4, 3, 2, 1.0, 0.5, seed=1, n_sweeps=40, n_triples=2, triple=2.0
    )
    K = data.triple_couplings
    assert not K.sum(1).any() and not K.sum(2).any() and not K.sum(3).any()
    np.testing.assert_allclose(np.sqrt(np.square(K).sum((1, 2, 3))), 2, atol=1e-4)
    v = np.array(list(product(range(3), repeat=4)))
    logs = [
        data.fields[range(4), x].sum()
        + sum(data.couplings[i, x[i], k, x[k]] for i, k in combinations(range(4), 2))
        + sum(T[tuple(x[sites])] for sites, T in zip(data.triples, K, strict=True))
        for x in v
    ]
    np.testing.assert_allclose(data.log_weight(v), logs, rtol=0, atol=1e-12)
    seen = np.bincount(np.ravel_multi_index(data.samples.T, (3,) * 4), minlength=81)
    p = np.exp(data.log_probability(v))
    common = p > 2e-3  # counts of eight and more
    expected = np.append(p[common], p[~common].sum()) * len(data.samples)
    counts = np.append(seen[common], seen[~common].sum())
    assert chisquare(counts, expected).pvalue > 1e-3
    # Without triples nothing has changed.
    assert planted_potts(2, 4, 3, 2, 1.0, 0.5, seed=1).triples.shape == (0, 3)


def test_the_magnet_has_its_energy():
    data = interactions.magnet(2000, 4, 3.0, seed=3)
    energy = -((data.samples @ (data.couplings > 0)) * data.samples).sum(1) / 2 / 16
    error = energy.std() / np.sqrt(len(energy))
    # A right sampler fails at four standard errors for 6 seeds of 100,000.
    assert abs(energy.mean() - ising.exact_energy(4, 3.0)) < 4 * error
    assert (data.couplings > 0).sum() == 4 * 16


def test_nearest_rows_and_calibration_are_their_definitions():
    rng = np.random.default_rng(4)
    train, rows = (rng.integers(0, 2, (n, 6)).astype(float) for n in (30, 5))
    known = rng.random((5, 6)) < 0.6
    found = interactions.nearest_rows(train, rows, known, 3)
    for row, mask, answer in zip(rows, known, found, strict=True):
        distance = [(row != x)[mask].sum() for x in train]
        first = sorted(range(30), key=lambda n: (distance[n], n))[:3]
        np.testing.assert_allclose(answer, train[first].mean(0))
    p, y = rng.random(200), rng.integers(0, 2, 200)
    curve = interactions.calibration(p, y, 4)
    for b in range(4):
        inside = (p >= b / 4) & (p < (b + 1) / 4)
        assert curve.count[b] == inside.sum()
        assert curve.said[b] == pytest.approx(p[inside].mean())
        assert curve.found[b] == pytest.approx(y[inside].mean())
    mask = interactions.half_known((400, 50), seed=0)
    # Standard error 0.0035: one seed in 16,000 is further off than four of them.
    assert abs(mask.mean() - 0.5) < 0.014


def test_a_label_may_be_missing():
    rng = np.random.default_rng(5)
    table = interactions.with_label(rng.integers(0, 2, (6, 64)), [3, -1, 0, 9, -1, 2])
    assert np.isnan(table[:, -1]).tolist() == [False, True, False, False, True, False]
    run = interactions.learn_digits(table, seed=0, ages=(1, 2))
    assert run.ages.tolist() == [0, 1, 2] and run[-1].n_visible == 65
