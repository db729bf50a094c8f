"""Some units known: against sums over all states, and against the definition."""

from itertools import product

import numpy as np
import pytest
from scipy.special import logsumexp, softmax

from rbmlib import likelihood, randomness, sampling
from rbmlib.enumeration import all_states
from rbmlib.randomness import HIDDEN, VISIBLE
from rbmlib.rbm import RBM
from rbmlib.sampling.sampler import Paths
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Categorical, Gaussian, ReLU

DISCRETE = (BINARY, SPIN, Categorical(3), Categorical([2, 4, 3, 2, 5]))
HIDDEN_UNITS = (BINARY, SPIN, Gaussian(0.3), ReLU(0.5))
N = 5  # visible units


def machine_of(visible, hidden, seed, n_visible=N, n_hidden=4, scale=0.8):
    """Return a machine with weights of order one."""
    shape = visible.bias_shape(n_visible)
    rng = np.random.default_rng(seed)
    W, a, b = (rng.normal(0, scale, s) for s in (shape + (n_hidden,), shape, n_hidden))
    return RBM(W, a, b, visible, hidden).on_grid()


def law(rbm, v, known):
    """Return all states that agree with the known units, and their probabilities."""
    states = all_states(rbm.visible, rbm.n_visible)
    states = states[(states == v)[:, known].all(1)]
    return states, softmax(-rbm.free_energy(states))


def masks(seed):
    """Return masks of nothing known, of all, and two random ones."""
    rng = np.random.default_rng(seed)
    return [np.zeros(N, bool), np.ones(N, bool), *(rng.random((2, N)) < 0.5)]


CASES = list(product(DISCRETE, HIDDEN_UNITS))


@pytest.mark.parametrize("case", range(len(CASES)))
def test_discrete_units_follow_the_exact_law(case):
    rbm = machine_of(*CASES[case], seed=case)
    for number, known in enumerate(masks(case)):
        v = sampling.random_start(rbm, 1, seed=number)[0]
        states, p = law(rbm, v, known)
        columns = rbm.visible.encode(states)
        exact, n_chains = p @ columns, 2000
        rows = np.tile(v, (n_chains, 1))
        found, mean = sampling.conditional(rbm, rows, known, 60, seed=10 + number)
        assert (found[:, known] == v[known]).all()
        last = rbm.visible.encode(found)
        # States of chains are independent; 48 cases of 5 to 16 columns, two sided:
        # 4.9 standard errors are passed by chance once in a thousand such tests.
        for sample in (last, mean):
            error = columns.std(0) if sample is last else sample.std(0)
            bar = np.sqrt(p @ (columns - exact) ** 2) if sample is last else error
            assert (
                abs(sample.mean(0) - exact) <= 4.9 * bar / n_chains**0.5 + 1e-6
            ).all()


@pytest.mark.parametrize("case", range(16))
def test_each_row_follows_the_law_of_its_own_mask(case):
    rng = np.random.default_rng(100 + case)
    visible, hidden = CASES[case]
    if isinstance(visible, Categorical):
        visible = Categorical([2, *rng.integers(2, 7, rng.integers(1, 5)).tolist()])
    n_visible = len(visible.q) if visible.bits is None else int(rng.integers(2, 9))
    n_hidden = int(rng.integers(1, 7))
    rbm = machine_of(visible, hidden, 100 + case, n_visible, n_hidden)
    v, n = sampling.random_start(rbm, 10, seed=case), 200
    known = rng.random(v.shape) < rng.random((10, 1))
    rows = np.repeat(np.arange(10), n)
    found, mean = sampling.conditional(rbm, v[rows], known[rows], 60, seed=case)
    assert (found == v[rows])[known[rows]].all()
    for row in range(10):
        states, p = law(rbm, v[row], known[row])
        columns = visible.encode(states)
        exact, mine = p @ columns, rows == row
        # A mean given h varies less than a state does.  Bernstein's bound, also for
        # rare states: 160 rows of 1 to 26 columns, twice, and 2 exp(-16) for each.
        variance, width = p @ (columns - exact) ** 2, visible.high - visible.low
        bound = np.sqrt(2 * 16 * variance / n) + 2 * 16 / 3 * width / n
        for sample in (visible.encode(found[mine]), mean[mine]):
            assert (abs(sample.mean(0) - exact) <= bound).all()


@pytest.mark.parametrize("hidden", [BINARY, SPIN, Gaussian(0.3)])
def test_gaussian_units_follow_the_exact_law(hidden):
    rng = np.random.default_rng(3)
    W, a, b = (rng.normal(0, 0.4, s) for s in ((N, 3), N, 3))
    rbm = RBM(W, a, b, Gaussian(0.8), hidden)
    for number, known in enumerate(masks(5)):
        v = rng.normal(size=N)
        exact = v.copy()
        exact[~known] = gaussian_means(rbm, v, known)
        rows = np.tile(v, (2000, 1))
        found, mean = sampling.conditional(rbm, rows, known, 100, seed=number)
        assert (found[:, known] == v[known]).all()
        for sample in (found, mean):
            bar = sample.std(0) / len(sample) ** 0.5
            assert (abs(sample.mean(0) - exact) <= 4.9 * bar + 1e-9).all()


def gaussian_means(rbm, v, known):
    """Return the means of unknown Gaussian units, by hand."""
    W, a, b = rbm.W[~known], rbm.a[~known], rbm.b + v[known] @ rbm.W[known]
    s2 = rbm.visible.own_variance
    if isinstance(rbm.hidden, Gaussian):
        t2 = rbm.hidden.own_variance
        A = np.block([[np.eye(len(a)) / s2, -W], [-W.T, np.eye(len(b)) / t2]])
        return np.linalg.solve(A, np.concatenate([a, b]))[: len(a)]
    h = all_states(rbm.hidden, len(b))
    x = a + h @ W.T
    p = softmax(h @ b + s2 * (x**2).sum(1) / 2)
    return p @ (s2 * x)


def reference(rbm, v, known, n_sweeps, seed):
    """Return the chain by the letter: draw all, put the known units back."""
    start, chains = v, np.arange(len(v))
    for sweep in range(n_sweeps):
        x = rbm.hidden_field(v)
        h = rbm.hidden.draw(x, seed, HIDDEN, sweep, chains)
        x = rbm.visible_field(h).reshape(len(v), -1)
        v = np.where(known, start, rbm.visible.draw(x, seed, VISIBLE, sweep, chains))
    return v


BIT_KINDS = [(BINARY, BINARY), (SPIN, SPIN), (SPIN, BINARY)]
SITE_KINDS = [Categorical(3), Categorical([2] * 30 + [3, 5, 17] * 5), Categorical(21)]


@pytest.mark.parametrize(
    ("visible", "hidden", "n_visible"),
    [(*kind, 130) for kind in BIT_KINDS] + [(kind, SPIN, 45) for kind in SITE_KINDS],
)
@pytest.mark.parametrize("n_rows", [7, 300])  # by products, and by kernels
def test_every_path_follows_the_definition(visible, hidden, n_visible, n_rows):
    rbm = machine_of(visible, hidden, 1, n_visible, n_hidden=70, scale=0.2)
    v = sampling.random_start(rbm, n_rows, seed=2)
    known = randomness.draws(3, randomness.START, 0, np.arange(n_rows), n_visible)
    known = known < 2**31
    whole, mean = sampling.conditional(rbm, v, known, 7, seed=4)
    np.testing.assert_array_equal(whole, reference(rbm, v, known, 7, 4))
    threads, _ = sampling.conditional(rbm, v, known, 7, seed=4, n_threads=2)
    np.testing.assert_array_equal(whole, threads)
    # A run in two parts, and a row alone.
    half, _ = sampling.conditional(rbm, v, known, 3, seed=4)
    rest, same = sampling.conditional(rbm, half, known, 4, seed=4, first_sweep=3)
    np.testing.assert_array_equal(whole, rest)
    np.testing.assert_array_equal(mean, same)  # both of the last sweep alone
    alone, its = sampling.conditional(rbm, v[5:6], known[5:6], 7, 4, first_chain=5)
    np.testing.assert_array_equal(whole[5:6], alone)
    np.testing.assert_array_equal(mean[5:6], its)


@pytest.mark.parametrize("visible", [BINARY, SPIN, Categorical(3), GAUSSIAN])
def test_with_nothing_known_it_is_the_free_chain(visible):
    rbm = machine_of(visible, SPIN, 1, scale=0.3)
    v = sampling.random_start(rbm, 300, seed=2)
    free, _ = sampling.gibbs(rbm, v, 9, seed=3)
    found, mean = sampling.conditional(rbm, v, np.zeros(N, bool), 9, seed=3)
    np.testing.assert_array_equal(found, free)
    found, mean = sampling.conditional(rbm, v, np.ones(N, bool), 9, seed=3)
    np.testing.assert_array_equal(found, v)
    np.testing.assert_array_equal(mean, rbm.visible.encode(v))


def test_gaps_are_filled_as_a_random_start():
    rbm = machine_of(Categorical(4), BINARY, 1)
    v = sampling.random_start(rbm, 20, seed=5).astype(float)
    known = np.arange(N) < 2
    start = sampling.random_start(rbm, 20, seed=6, sweep=3)
    gaps = np.where(known, v, np.nan)
    given = np.where(known, v, start)
    for rows in (gaps, given):
        found = sampling.conditional(rbm, rows, known, 2, seed=6, first_sweep=3)
        expected = sampling.conditional(rbm, given, known, 2, seed=6, first_sweep=3)
        np.testing.assert_array_equal(found[0], expected[0])


@pytest.mark.parametrize("visible", [BINARY, SPIN, Categorical(3), SITE_KINDS[1]])
@pytest.mark.parametrize("n_rows", [9, 300])
def test_means_are_those_of_every_tenth_sweep(visible, n_rows):
    rbm = machine_of(visible, SPIN, 1, n_visible=45, scale=0.2)
    v, known = sampling.random_start(rbm, n_rows, seed=2), np.arange(45) % 3 == 1
    _, mean = sampling.conditional(rbm, v, known, 45, seed=4)
    total = 0
    for end in (25, 35, 45):
        # v is drawn from the h before it: here from the h of the last sweep.
        state = sampling.conditional(rbm, v, known, end - 1, seed=4)[0]
        x, chains = rbm.hidden_field(state), np.arange(len(v))
        h = rbm.hidden.draw(x, 4, HIDDEN, end - 1, chains)
        total = total + rbm.visible.mean(rbm.visible_field(h).reshape(len(v), -1))
    fixed = np.repeat(known, rbm.visible.widths(45)) if visible.bits is None else known
    exact = np.where(fixed, rbm.visible.encode(v), total / 3)
    np.testing.assert_allclose(mean, exact, atol=2**-19)


@pytest.mark.parametrize(
    ("visible", "hidden"),
    [*CASES, (Gaussian(0.8), SPIN), (Gaussian(0.8), Gaussian(0.3))],
)
def test_the_machine_of_the_unknown_units_has_their_law(visible, hidden):
    rbm = machine_of(visible, hidden, 7, scale=0.5)
    v = sampling.random_start(rbm, 6, seed=1)
    for known in masks(2)[2:]:
        given = np.where(known, v[0], v)
        part = sampling.condition(rbm, v[0], known)
        # Free energies of the whole and of the part differ by one constant.
        shift = rbm.free_energy(given) - part.free_energy(given[:, ~known])
        assert np.ptp(shift) < 1e-10
    gaps = np.where(known, v[0].astype(float), np.nan)
    assert sampling.condition(rbm, gaps, known) == part


@pytest.mark.parametrize(("visible", "hidden"), CASES)
def test_log_conditional_is_a_sum_over_states(visible, hidden):
    rbm = machine_of(visible, hidden, 4)
    v = sampling.random_start(rbm, 8, seed=1)
    known = np.vstack([masks(1), masks(2)])
    found = likelihood.log_conditional(rbm, v, known)
    for row, mask, value in zip(v, known, found, strict=True):
        states, _ = law(rbm, row, mask)
        total = logsumexp(-rbm.free_energy(states))
        assert abs(value + rbm.free_energy(row[None])[0] + total) < 1e-9
    free = likelihood.log_conditional(rbm, v, np.zeros(N, bool))
    np.testing.assert_allclose(free, -rbm.free_energy(v) - rbm.log_z())


def test_log_conditional_of_gaussian_units_is_a_density():
    rbm = RBM([[0.5], [0.4]], [0.1, -0.2], [0.3], GAUSSIAN, SPIN)
    x = np.linspace(-9, 9, 2001)
    v = np.column_stack([np.full(x.size, 0.7), x])
    p = np.exp(likelihood.log_conditional(rbm, v, [True, False]))
    assert abs(p.sum() * (x[1] - x[0]) - 1) < 1e-6


@pytest.mark.parametrize(
    ("v", "known", "error", "message"),
    [
        ([[1, 0, 1]], [True] * 5, ValueError, r"v must have shape \(n_rows, 5\)"),
        ([1, 0, 1, 0, 1], [True] * 5, ValueError, r"v must have shape \(n_rows, 5\)"),
        (
            [[1, 0, 1, 0, 1]],
            [1, 0, 0, 0, 1],
            TypeError,
            "known must be an array of boo",
        ),
        ([[1, 0, 1, 0, 1]], [True], ValueError, r"known must have shape \(5,\) or"),
        ([[np.nan, 0, 1, 0, 1]], [True] * 5, ValueError, "v must .* nan"),
        ([[2, 0, 1, 0, 1]], [False] * 5, ValueError, "v must .* 2"),
    ],
)
def test_bad_rows_and_masks_are_refused(v, known, error, message):
    rbm = machine_of(BINARY, BINARY, 1)
    with pytest.raises(error, match=message):
        sampling.conditional(rbm, v, known, 1, seed=0)


def test_what_cannot_be_asked_is_refused():
    rbm = machine_of(BINARY, BINARY, 1)
    with pytest.raises(ValueError, match="at least one unit unknown"):
        sampling.condition(rbm, [0] * N, [True] * N)
    with pytest.raises(ValueError, match="v must hold"):
        likelihood.log_conditional(rbm, [[np.nan] * N], [False] * N)
    large = RBM.random(30, 30, seed=0)
    with pytest.raises(ValueError, match="25"):
        likelihood.log_conditional(large, np.zeros((1, 30)), [False] * 30)
    few = likelihood.log_conditional(large, np.zeros((1, 30)), np.arange(30) > 4)
    assert few.shape == (1,) and few[0] < 0


@pytest.mark.parametrize("visible", [BINARY, Categorical(3)])
@pytest.mark.parametrize(("n_chains", "n_sweeps"), [(300, 1), (5, 1), (5, 12)])
def test_means_that_are_not_asked_for_change_no_state(visible, n_chains, n_sweeps):
    machine = machine_of(visible, BINARY, 0)
    v = sampling.random_start(machine, n_chains, seed=1)
    known = np.random.default_rng(1).random(v.shape) < 0.5
    with_means, without = (
        Paths.of(machine, 2).run_known(v, known, n_sweeps, 0, 0, 1, means)
        for means in (True, False)
    )
    assert np.array_equal(with_means[0], without[0])
    assert with_means[1] is not None and without[1] is None
