"""Sequences of a planted Potts model: its law, its samples, and contacts from data.

Statistical tests have fixed seeds; each says how rarely it refuses a right sampler.
"""

import hashlib
from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import chisquare, hypergeom

from rbmlib.datasets import planted_potts
from rbmlib.effective_couplings import potts_couplings
from rbmlib.training import initial_machine, train
from rbmlib.units import SPIN, Categorical

# Of all states, couplings and fields: numbers in the book may depend on each of them.
BITS = "b3c28cdb5e75501d582c93331e27db160e715b670284da756f470a468f816bd5"

STEP = 2.0**-20  # of the grid of couplings and fields
SMALL = {"n_sites": 5, "q": 3, "contacts": 5, "strength": 1.0, "field": 0.3, "seed": 3}


def states(n_sites, q):
    return np.array(list(product(range(q), repeat=n_sites)))


def by_the_letter(data, v):
    total = sum(data.fields[i, a] for i, a in enumerate(v))
    pairs = combinations(range(len(v)), 2)
    return total + sum(data.couplings[i, v[i], k, v[k]] for i, k in pairs)


def after(data, n_sweeps):
    """The exact law of chains that start uniformly, as an array with an axis a site."""
    n_sites, q = data.fields.shape
    logs = [by_the_letter(data, v) for v in states(n_sites, q)]
    weights = np.exp(logs).reshape((q,) * n_sites)
    p = np.full(weights.shape, q ** -float(n_sites))
    for _ in range(n_sweeps):
        for i in range(n_sites):
            given_others = weights / weights.sum(i, keepdims=True)
            p = p.sum(i, keepdims=True) * given_others
    return p


def counts_of(data):
    n_sites, q = data.fields.shape
    index = np.ravel_multi_index(data.samples.T, (q,) * n_sites)
    return np.bincount(index, minlength=q**n_sites)


@pytest.mark.parametrize("strength", [0.01, 0.7, 100])
@pytest.mark.parametrize("q", [2, 3, 21])
def test_contacts_are_the_support_of_couplings_of_the_given_strength(q, strength):
    data = planted_potts(2, 12, q, 15, strength, 0.5, seed=1, n_sweeps=1)
    J, fields = data.couplings, data.fields
    assert np.array_equal(data.contacts, np.abs(J).max((1, 3)) > 0)
    assert data.contacts.sum() == 30 and data.contacts.dtype == bool
    assert np.array_equal(J, J.transpose(2, 3, 0, 1))
    for array in (J, fields):  # on the grid, and there the sums are exactly zero
        assert np.array_equal(array, np.rint(array / STEP) * STEP)
        assert not array.sum(-1).any() and not array.sum(1).any()
    # Rounding moves an entry by half a step, the last of a row by q - 1 halves, and
    # the last of all by (q - 1)²: together a vector of q (q - 1) halves.
    norms = np.sqrt(np.square(J).sum((1, 3)))[data.contacts]
    np.testing.assert_allclose(norms, strength, rtol=1e-12, atol=q * (q - 1) / 2 * STEP)
    norms = np.linalg.norm(fields, axis=1)
    np.testing.assert_allclose(norms, 0.5, rtol=1e-12, atol=q / 2 * STEP)


def test_the_law_is_the_sum_by_the_letter():
    data = planted_potts(10, **SMALL)
    v = states(5, 3)
    logs = np.array([by_the_letter(data, x) for x in v])
    assert np.array_equal(data.log_weight(v), logs)  # exact sums
    assert data.log_z() == pytest.approx(np.log(np.exp(logs).sum()), abs=1e-12)
    p = np.exp(data.log_probability(v))
    np.testing.assert_allclose(p, np.exp(logs) / np.exp(logs).sum(), rtol=1e-12)
    one, two = data.marginals()
    for i, a in product(range(5), range(3)):
        assert one[i, a] == pytest.approx(p[v[:, i] == a].sum(), abs=1e-12)
        for k, b in product(range(5), range(3)):
            both = (v[:, i] == a) & (v[:, k] == b)
            assert two[i, a, k, b] == pytest.approx(p[both].sum(), abs=1e-12)


@pytest.mark.parametrize("n_sweeps", [1, 2, 20])
def test_samples_follow_the_law_of_their_number_of_sweeps(n_sweeps):
    data = planted_potts(30_000, **SMALL, n_sweeps=n_sweeps)
    expected = len(data.samples) * after(data, n_sweeps).ravel()
    assert expected.min() > 5
    # Refuses one true law in a thousand.
    assert chisquare(counts_of(data), expected).pvalue > 1e-3
    if n_sweeps == 1:  # and tells one sweep from equilibrium
        law = len(data.samples) * np.exp(data.log_probability(states(5, 3)))
        assert chisquare(counts_of(data), law).pvalue < 1e-6


def test_frequencies_of_sites_and_pairs_are_those_of_the_law():
    data = planted_potts(20_000, **SMALL, n_sweeps=20)
    law = np.exp(data.log_probability(states(5, 3)))
    # 20 sweeps are equilibrium, for all that 20,000 samples can see.
    assert np.abs(after(data, 20).ravel() - law).sum() < 1e-6
    columns = np.eye(3)[data.samples].reshape(-1, 15)
    found = (columns.T @ columns / len(columns)).reshape(5, 3, 5, 3)
    one, two = data.marginals()
    error = np.sqrt(two * (1 - two) / len(columns))
    # 10 pairs of 9 numbers and 5 sites of 3, each beyond 4 standard errors once in
    # 16,000: refuses a right sampler in less than one case of a hundred.
    assert np.all(np.abs(found - two) <= 4 * error)
    np.testing.assert_allclose(np.einsum("iaia->ia", two), one)


def test_a_sample_does_not_depend_on_its_neighbours():
    few, many = (planted_potts(n, **SMALL) for n in (10, 500))
    assert np.array_equal(few.samples, many.samples[:10])
    assert np.array_equal(few.couplings, many.couplings)
    other = planted_potts(500, **SMALL | {"seed": 4})
    assert not np.array_equal(other.samples, many.samples)
    assert not np.array_equal(other.couplings, many.couplings)


def test_the_bits_never_change():
    data = planted_potts(100, 30, 5, 45, 2.0, 0.5, seed=2**63)
    assert data.samples.dtype == np.int32
    arrays = (data.samples, data.couplings / STEP, data.fields / STEP)
    content = b"".join(np.rint(x).astype("<i8").tobytes() for x in arrays)
    assert hashlib.sha256(content).hexdigest() == BITS


def test_a_given_map_of_contacts():
    data = planted_potts(20, **SMALL)
    same = planted_potts(20, **SMALL | {"contacts": data.contacts})
    assert np.array_equal(data.couplings, same.couplings)
    assert np.array_equal(data.samples, same.samples)
    ring = np.roll(np.eye(6, dtype=bool), 1, axis=1)
    data = planted_potts(3, 6, 4, ring | ring.T, 1.0, 0, seed=0)
    assert np.array_equal(data.contacts, ring | ring.T)
    assert not data.fields.any()


def test_all_pairs_are_contacts_equally_often():
    maps = [planted_potts(1, 5, 2, 2, 1, 0, s, 1).contacts for s in range(1000)]
    found = np.sum(maps, axis=0)[np.triu_indices(5, 1)]
    # Two of ten pairs exclude each other: less scatter than independent counts have,
    # so that this refuses a right draw less than once in a thousand.
    assert found.sum() == 2000 and chisquare(found).pvalue > 1e-3


def test_without_contacts_and_fields_states_are_uniform():
    data = planted_potts(20_000, 3, 4, 0, 1.0, 0, seed=0, n_sweeps=1)
    assert not data.contacts.any() and not data.couplings.any()
    assert chisquare(counts_of(data)).pvalue > 1e-3  # refuses one in a thousand


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"n_samples": 0}, ValueError, "n_samples must be at least 1, got 0"),
        ({"n_sites": 2.5}, TypeError, "n_sites must be an integer, got float"),
        ({"q": 1}, ValueError, "q must be at least 2, got 1"),
        ({"q": (3, 3)}, TypeError, "q must be an integer, got tuple"),
        ({"contacts": 11}, ValueError, "from 0 to 10, the number of pairs.*got 11"),
        ({"contacts": -1}, ValueError, "contacts must be from 0 .* got -1"),
        ({"contacts": 1.5}, TypeError, "contacts must be an integer, got float"),
        ({"contacts": np.eye(5)}, ValueError, "of bool with the shape.*got float64"),
        ({"contacts": [[False]]}, ValueError, r"\(5, 5\); got bool of shape \(1, 1\)"),
        ({"contacts": np.eye(5) > 0}, ValueError, r"diagonal, got True at \(0, 0\)"),
        ({"contacts": np.eye(5, k=1) > 0}, ValueError, r"symmetric.*True at \(0, 1\)"),
        ({"strength": 0}, ValueError, r"strength must be in \[0.01, 100\], got 0"),
        ({"strength": float("nan")}, ValueError, "strength must be .* got nan"),
        ({"strength": "1"}, TypeError, "strength must be .* got '1'"),
        ({"field": -1}, ValueError, r"field must be .* in \[0, 100\], got -1"),
        ({"field": 0.001}, ValueError, r"in \[0.01, 100\] or zero, got 0.001"),
        ({"field": [1, 0]}, TypeError, r"field must be .* got \[1, 0\]"),
        ({"seed": -1}, ValueError, "seed must be in"),
        ({"n_sweeps": 0}, ValueError, "n_sweeps must be at least 1, got 0"),
    ],
)
def test_bad_arguments_are_refused(change, error, message):
    with pytest.raises(error, match=message):
        planted_potts(**({"n_samples": 5} | SMALL | change))


def test_states_and_sums_that_cannot_be_are_refused():
    data = planted_potts(1, 16, 3, 5, 1.0, 0, seed=0)
    with pytest.raises(ValueError, match="v must hold states of categorical.*got 3"):
        data.log_weight([0] * 15 + [3])
    for exact in (data.log_z, data.marginals, lambda: data.log_probability([0] * 16)):
        with pytest.raises(ValueError, match=r"may be 2\^25; this model has 3\^16"):
            exact()


# ---------------------------------------------------------------- contacts from data


def mutual_information(samples, q):
    """Of all pairs of sites, from their frequencies."""
    columns = np.eye(q)[samples].reshape(len(samples), -1)
    two = (columns.T @ columns / len(samples)).reshape((samples.shape[1], q) * 2)
    one = columns.mean(0).reshape(-1, q)
    ratio = two / np.multiply.outer(one, one)
    return (two * np.log(np.where(two > 0, ratio, 1))).sum((1, 3))


def test_pairs_of_most_mutual_information_are_mostly_contacts():
    n_sites, n_contacts = 30, 30
    data = planted_potts(2000, n_sites, 4, n_contacts, 2.0, 0.5, seed=0, n_sweeps=50)
    pairs = np.triu_indices(n_sites, 1)
    order = np.argsort(mutual_information(data.samples, 4)[pairs])
    hits = data.contacts[pairs][order[-n_contacts:]].sum()
    # Seeds 0 to 19 give all 30.  Of blind guesses fewer than one in 10^9 has half.
    assert hits >= 15 and hypergeom(435, 30, 30).sf(14) < 1e-9


def test_a_machine_trained_on_the_samples_finds_all_contacts():
    """Mutual information does not, with this seed: it takes chains for contacts."""
    data = planted_potts(3000, 10, 3, 12, 2.0, 0.5, seed=5, n_sweeps=50)
    start = initial_machine(
        data.samples, 24, scale=0.1, seed=5, visible=Categorical(3), hidden=SPIN
    )
    run = train(
        start,
        data.samples,
        k=1,
        n_updates=600,
        batch_size=200,
        learning_rate=0.2,
        seed=5,
        checkpoints=[600],
        progress=False,
    )
    pairs = np.triu_indices(10, 1)
    contacts = data.contacts[pairs]
    for method in ("exact", "gaussian"):
        J, norm = potts_couplings(run[-1], method)
        norm = norm[pairs]
        # Over seeds 0 to 19 the weakest contact has 1.35 times the norm of the
        # strongest other pair, or more; here 2.5 times.
        assert norm[contacts].min() > norm[~contacts].max()
        for i, k in np.argwhere(np.triu(data.contacts)):
            planted, found = data.couplings[i, :, k], J[i, :, k]
            size = np.linalg.norm(planted) * np.linalg.norm(found)
            assert (planted * found).sum() / size > 0.9  # here 0.968 or more
    information = mutual_information(data.samples, 3)[pairs]
    assert information[contacts].min() < information[~contacts].max()
