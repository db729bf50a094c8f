"""Effective couplings: check values, the sum over all sets, and the large-N formula."""

from itertools import combinations, product
from math import comb, prod

import numpy as np
import pytest
from scipy.integrate import quad

from rbmlib.effective_couplings import all_couplings, characteristic, couplings, large_n
from rbmlib.enumeration import all_states
from rbmlib.rbm import RBM
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Gaussian, ReLU

HIDDEN = [SPIN, BINARY, GAUSSIAN, Gaussian(0.5)]


def spin_machine(n_visible, n_hidden, seed, hidden=SPIN, scale=0.5):
    return RBM.random(
        n_visible,
        n_hidden,
        scale=scale,
        bias_scale=0.5,
        seed=seed,
        visible=SPIN,
        hidden=hidden,
    )


def check_values(method_a, method_b):
    return np.testing.assert_allclose(method_a, method_b, rtol=0, atol=1e-10)


def test_couplings_of_one_hidden_unit_have_their_check_values():
    # Computed once with a program that shares no code with this library.
    rbm = RBM([[0.5], [0.8], [1.1]], [0, 0, 0], [0.3], SPIN, SPIN)
    expected = {
        (0,): 0.07110268, (1,): 0.10508356, (2,): 0.17425827, (0, 1): 0.17181680,
        (0, 2): 0.29855292, (1, 2): 0.52844461, (0, 1, 2): -0.05563343,
    }  # fmt: skip
    for indices, value in expected.items():
        found = couplings(rbm, len(indices))[indices]
        assert found == pytest.approx(value, abs=5e-9)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("seed", range(5))
def test_all_orders_together_are_the_free_energy(hidden, seed):
    n = 5
    rbm = spin_machine(n, 3, seed, hidden)
    tensors = [couplings(rbm, order) for order in range(n + 1)]
    for s in all_states(SPIN, n):
        total = sum(
            tensors[order][units] * prod(s[list(units)])
            for order in range(n + 1)
            for units in combinations(range(n), order)
        )
        assert total == pytest.approx(-rbm.free_energy(s), abs=1e-10)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_exact_couplings_are_averages_over_states(hidden):
    n, rbm = 6, spin_machine(6, 4, 1, hidden)
    states = np.array(list(product((-1, 1), repeat=n)))
    minus_f = -rbm.free_energy(states)
    for order in (0, 1, 2, 3, 6):
        tensor = couplings(rbm, order)
        for units in combinations(range(n), order):
            expected = (minus_f * states[:, list(units)].prod(1)).mean()
            check_values(tensor[units], expected)


def test_a_tensor_is_symmetric_and_empty_where_an_index_repeats():
    tensor = couplings(spin_machine(5, 3, 0), 3)
    assert np.array_equal(tensor, tensor.transpose(1, 0, 2))
    assert np.array_equal(tensor, tensor.transpose(2, 1, 0))
    i = np.arange(5)
    assert not tensor[i, i].any() and not tensor[i, :, i].any()
    assert np.count_nonzero(tensor) == 5 * 4 * 3


def test_all_couplings_are_addressed_by_bits():
    rbm = spin_machine(4, 3, 2)
    flat = all_couplings(rbm)
    assert flat[0b1000] == couplings(rbm, 1)[0]
    assert flat[0b0101] == couplings(rbm, 2)[1, 3]
    assert flat[0] == couplings(rbm, 0)


@pytest.mark.parametrize("method", ["exact", "gaussian"])
@pytest.mark.parametrize("variance", [1.0, 0.5])
def test_gaussian_hidden_units_give_pairs_only(method, variance):
    rbm = spin_machine(7, 3, 0, Gaussian(variance))
    hopfield = variance * rbm.W @ rbm.W.T
    np.fill_diagonal(hopfield, 0.0)
    check_values(couplings(rbm, 1, method), rbm.a + variance * rbm.W @ rbm.b)
    check_values(couplings(rbm, 2, method), hopfield)
    check_values(couplings(rbm, 3, method), 0.0)
    check_values(couplings(rbm, 4, method), 0.0)


@pytest.mark.parametrize("method", ["exact", "gaussian"])
def test_without_fields_odd_orders_vanish(method):
    W = spin_machine(7, 4, 3).W
    rbm = RBM(W, np.zeros(7), np.zeros(4), SPIN, SPIN)
    check_values(couplings(rbm, 1, method), 0.0)
    check_values(couplings(rbm, 3, method), 0.0)
    assert np.abs(couplings(rbm, 2, method)).max() > 0.05


@pytest.mark.parametrize("method", ["exact", "gaussian"])
def test_small_weights_give_the_derivatives_of_gamma(method):
    w, theta = 1e-2, 0.4
    rbm = RBM(np.full((6, 1), w), np.zeros(6), [theta], SPIN, SPIN)
    t = np.tanh(theta)
    slopes = {1: t, 2: 1 - t**2, 3: -2 * t * (1 - t**2)}
    for order, slope in slopes.items():
        # The next term has w^2 more, times a factor from the n_visible spins.
        found = couplings(rbm, order, method)[tuple(range(order))]
        assert found == pytest.approx(slope * w**order, rel=20 * w**2)


@pytest.mark.parametrize("hidden", [SPIN, BINARY])
@pytest.mark.parametrize("scale", [0.3, 1.0])
def test_large_n_formula_is_close_to_the_exact_sum(hidden, scale):
    """Replace one spin after the other by a Gaussian number of the same variance.

    The first three moments agree, so each exchange changes E Γ(x + w s) by at most
    w^4 max|Γ''''| (1 + 3)/24 (Lindeberg); max|Γ''''| is 2 for ±1, 1/8 for {0, 1}.
    """
    rbm = spin_machine(14, 4, 1, hidden, scale / np.sqrt(14))
    bound = (rbm.W**4).sum() / 6 * (2 if hidden == SPIN else 1 / 8)
    for order in (0, 1, 2, 3):
        error = couplings(rbm, order, "gaussian") - couplings(rbm, order)
        assert np.abs(error).max() < bound
        assert order == 3 or np.abs(error).max() > 1e-9  # it is another formula


def test_large_n_formula_improves_with_n():
    """At weights of variance 1/N the error of a field is O(1/N) of the field."""
    ratios = []
    for n in (6, 18):
        W = np.full((n, 1), 1 / np.sqrt(n))
        rbm = RBM(W, np.zeros(n), [0.5], SPIN, SPIN)
        exact = couplings(rbm, 1)[0]
        ratios.append(n * (couplings(rbm, 1, "gaussian")[0] / exact - 1))
    # n times the relative error tends to a constant.
    assert ratios[0] == pytest.approx(ratios[1], rel=0.5) and abs(ratios[0]) > 0.01


@pytest.mark.parametrize("scale", [0.2, 2.0, 30.0])
def test_large_n_formula_is_the_integral_also_for_large_arguments(scale):
    n, theta = 12, 0.7
    w = scale * np.linspace(0.8, 1.2, n)
    rbm = RBM(w[:, None], np.zeros(n), [theta], SPIN, SPIN)
    deviation = np.sqrt(np.square(w[2:]).sum())

    def integrand(x, i=0, j=1):
        even = sum(SPIN.log_partition(theta + s * (w[i] + w[j]) + x) for s in (1, -1))
        odd = sum(SPIN.log_partition(theta + s * (w[i] - w[j]) + x) for s in (1, -1))
        gauss = np.exp(-(x**2) / (2 * deviation**2)) / np.sqrt(2 * np.pi)
        return (even - odd) / 4 * gauss / deviation

    kinks = sorted(-theta + s * w[0] + r * w[1] for s in (1, -1) for r in (1, -1))
    expected, _ = quad(
        integrand,
        -9 * deviation,
        9 * deviation,
        points=kinks,
        limit=500,
        epsabs=1e-12,
        epsrel=1e-12,
    )
    found = couplings(rbm, 2, "gaussian")[0, 1]
    assert found == pytest.approx(expected, abs=1e-9 * max(1.0, scale))


def test_one_dominating_weight_is_summed_explicitly():
    """Without the explicit sum, the two ±5 of X_a would be smeared over a Gaussian."""
    W = np.r_[5.0, np.full(9, 0.1)][:, None]
    rbm = RBM(W, np.zeros(10), [1.0], SPIN, SPIN)
    exact, found = couplings(rbm, 2), couplings(rbm, 2, "gaussian")
    # Only the nine small weights are Gaussian: the bound of the test above for them.
    assert np.abs(found - exact).max() < 9 * 0.1**4 / 6 * 2
    # The plain Gaussian average of Γ'' w² is of another size: no such pair is real.
    x = np.linspace(-60, 60, 100_001)
    plain = np.sum(0.01 / np.cosh(1 + x) ** 2 * np.exp(-(x**2) / 50.16)) * (x[1] - x[0])
    plain /= np.sqrt(2 * np.pi * 25.08)
    assert abs(plain - exact[1, 2]) > 10 * abs(found - exact).max()


def test_maximal_order_and_a_dead_hidden_unit_cause_no_trouble():
    rbm = spin_machine(3, 2, 4)
    dead = RBM(np.c_[rbm.W, np.zeros(3)], rbm.a, np.r_[rbm.b, 0.3], SPIN, SPIN)
    for order in (1, 2, 3):
        both = [couplings(dead, order, m) for m in ("exact", "gaussian")]
        check_values(both[0], couplings(rbm, order))
        if order >= 2:  # at most one spin is left: explicit, so the formula is exact
            check_values(both[1], both[0])


def test_many_visible_units_are_no_obstacle_to_the_large_n_formula():
    rbm = spin_machine(60, 10, 0, scale=0.1)
    J = couplings(rbm, 2, "gaussian")
    assert J.shape == (60, 60) and np.array_equal(J, J.T) and not J.diagonal().any()
    # Small weights: J is near Σ_a (1 - tanh² b_a) w_ia w_ja.
    hopfield = (rbm.W * (1 - np.tanh(rbm.b) ** 2)) @ rbm.W.T
    off = ~np.eye(60, dtype=bool)
    assert np.corrcoef(J[off], hopfield[off])[0, 1] > 0.98


@pytest.mark.parametrize("hidden", [SPIN, BINARY])
@pytest.mark.parametrize("scale", [1e-3, 0.3, 1.0, 4.0])
@pytest.mark.parametrize("n, order", [(12, 2), (8, 3), (6, 4), (3, 2), (4, 4)])
def test_characteristic_functions_give_the_direct_sums(n, order, scale, hidden):
    """Also where one, two or three weights dominate, and where none is left outside.

    The direct sums' step leaves exp(-2π (π/2) / 0.35) = 6e-13 of Γ at its kink.
    """
    W = spin_machine(n, 6, order, hidden, scale / np.sqrt(n)).W.copy()
    W[:, 1] *= np.arange(n) % 3 == 0
    for a, many in enumerate((1, 2, 3), start=2):
        W[:many, a] *= 8
    b = scale * np.array([1.0, -2.0, 0.3, 1.0, 0.0, 50.0])
    rbm = RBM(W, np.zeros(n), b, SPIN, hidden)
    sets = np.array(list(combinations(range(n), order)))
    direct = large_n.direct(rbm, sets)
    found = couplings(rbm, order, "gaussian", sets)
    assert np.abs(found - direct).max() < 1e-12 * max(1.0, np.abs(W).max())


def check_sets(one, other):
    return np.testing.assert_allclose(one, other, rtol=0, atol=2e-12)


@pytest.mark.parametrize("hidden", [SPIN, BINARY])
@pytest.mark.parametrize("scale", [1e-3, 0.3, 2.0, 10.0])
def test_an_integral_gives_the_sum_over_all_states(scale, hidden):
    """The same couplings two ways, at every order: an integral knows no states."""
    W = spin_machine(9, 4, 1, hidden, scale / 3).W.copy()
    W[:, 1] *= np.arange(9) < 3  # equal to no other spins for three of them
    W[:, 2] = W[0, 2]  # cosines that vanish together
    rbm = RBM(W, np.zeros(9), scale * np.array([1, -0.5, 0, 50]), SPIN, hidden)
    every = all_couplings(rbm)
    for order in range(10):
        sets = np.array(list(combinations(range(9), order)), np.int64)
        sets = sets.reshape(comb(9, order), order)
        expected = every[(1 << (8 - sets)).sum(1)]
        found = characteristic.exact(rbm, sets)
        bound = 1e-14 * (np.abs(W).sum() + np.abs(rbm.b).sum() + 1)
        np.testing.assert_allclose(found, expected, rtol=0, atol=20 * bound)


@pytest.mark.parametrize("hidden", [SPIN, BINARY, Gaussian(0.5)])
def test_machines_too_large_to_enumerate_have_exact_couplings(hidden):
    """Units without weights change nothing, and bring a machine over the limit."""
    small = spin_machine(7, 5, 2, hidden, 1.0)
    W = np.r_[small.W, np.zeros((20, 5))]
    large = RBM(W, np.r_[small.a, np.zeros(20)], small.b, SPIN, hidden)
    for order in range(4):
        some = (slice(7),) * order
        expected, found = couplings(small, order), couplings(large, order)
        np.testing.assert_allclose(found[some], expected, rtol=0, atol=1e-11)
        assert np.abs(found).sum() == pytest.approx(np.abs(expected).sum(), abs=1e-8)


@pytest.mark.parametrize("method", ["exact", "gaussian"])
@pytest.mark.parametrize("hidden", [SPIN, GAUSSIAN])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_chosen_sets_have_their_entries_of_the_tensor(order, hidden, method):
    rbm = spin_machine(8, 4, 0, hidden)
    sets = np.array([[7, 2, 4], [0, 1, 2], [4, 2, 7]])[:, :order]
    tensor, found = couplings(rbm, order, method), couplings(rbm, order, method, sets)
    assert found.shape == (3,)
    # Other sets of a call, other nodes: both are 6e-13 of Γ from the integral at most.
    check_sets(found, tensor[tuple(sets.T)])


def test_large_machines_are_answered_by_blocks():
    """The block size decides nothing, and chosen sets need no tensor."""
    rbm = spin_machine(700, 3, 1, scale=0.05)
    J = couplings(rbm, 2, "gaussian")  # more pairs than a block has
    sets = np.array([[0, 1], [698, 699], [5, 640]])
    check_sets(couplings(rbm, 2, "gaussian", sets), J[tuple(sets.T)])
    four = np.arange(4)[None]  # a tensor would have 2e11 entries
    check_sets(couplings(rbm, 4, "gaussian", four), large_n.direct(rbm, four))


@pytest.mark.parametrize(
    "order, sets, error, message",
    [
        (2, [[0, 0]], ValueError, r"2 different units each, got \[0 0\]"),
        (2, [[0, 3]], ValueError, r"integers in \[0, 2\], got 3"),
        (2, [[0, -1]], ValueError, r"integers in \[0, 2\], got -1"),
        (2, [0, 1], ValueError, r"sets must have shape \(n_sets, 2\)"),
        (3, [[0, 1]], ValueError, r"sets must have shape \(n_sets, 3\)"),
        (2, np.zeros((0, 2), int), ValueError, "sets must have shape"),
        (2, [[0.0, 1.0]], TypeError, "sets must hold integers, got dtype float"),
        (0, np.zeros((1, 0), int), ValueError, "sets must be None for order 0"),
    ],
)
@pytest.mark.parametrize("method", ["exact", "gaussian"])
def test_sets_that_are_none_are_refused(order, sets, error, message, method):
    with pytest.raises(error, match=message):
        couplings(spin_machine(3, 2, 0), order, method, sets)


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ((RBM.random(3, 2, seed=0), 1), ValueError, r"binary units; map .*to_spin"),
        (
            (RBM.random(3, 2, seed=0, visible=GAUSSIAN), 1),
            ValueError,
            "visible units, got gaussian",
        ),
        ((spin_machine(3, 2, 0), 4), ValueError, "between 0 and n_visible = 3, got 4"),
        ((spin_machine(3, 2, 0), -1), ValueError, "got -1"),
        ((spin_machine(3, 2, 0), 1.0), TypeError, "order must be an integer, got flo"),
        ((spin_machine(3, 2, 0), 1, "mc"), ValueError, "method must be .* got 'mc'"),
        ((spin_machine(26, 2, 0, ReLU()), 1), ValueError, "limited to 25 units"),
        ((spin_machine(26, 2, 0, scale=1e3), 2), ValueError, "W and b must .* up to 1"),
        ((spin_machine(20, 2, 0), 9), ValueError, "use all_couplings"),
    ],
)
def test_what_has_no_answer_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        couplings(*arguments)
