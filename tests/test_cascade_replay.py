"""Loops of replayed runs, the best age of a finite sample, and spiked data."""

import numpy as np
import pytest

from rbmlib import cascade, linear_regime
from rbmlib.linear_regime.gaussian import flow_rate
from rbmlib.randomness import Stream, normals


def test_a_replay_is_the_product_of_sweeps():
    w, field = [0.6, 1.0, 1.3], [0.1, 0.05, 0.0]
    forward, backward = cascade.replay(12, w, field, 3)
    p = cascade.law(12, 0.6, 0.1)
    for k in range(3):
        to_hidden, to_visible = cascade.sweep_kernels(12, w[k], field[k])
        for _ in range(3):
            p = (p @ to_hidden) @ to_visible
        np.testing.assert_allclose(forward[k], p, rtol=1e-10)
    np.testing.assert_allclose(backward[-1], cascade.law(12, 1.3), rtol=1e-10)


def runs(N, ages=41):
    """Return an unbiased and a biased run: (w, field, what is observed)."""
    m = cascade.overlaps(N)
    times = np.linspace(0, 20 / N, ages)
    free = cascade.flow(cascade.law(N, 1.4**0.5), 0.5, times)
    share = np.log(0.8 / 0.2) / (2 * N * cascade.phases(1.4**0.5, 0.0)[0])
    data = cascade.law(N, 1.4**0.5, share)
    start = np.arctanh(cascade.moments_of(data).overlap)
    biased = cascade.flow(data, 0.3, np.linspace(0, 4, ages), field0=start)
    return (free, np.abs(m)), (biased, -m)


def areas(N, ks):
    x = np.linspace(0, 1, 41)
    found = []
    for path, observable in runs(N):
        loops = (cascade.replay(N, path.w, path.field, k) for k in ks)
        found.append(
            [cascade.loop_area(x, f @ observable, b @ observable) for f, b in loops]
        )
    return np.array(found)


def test_the_loop_closes_as_a_power_without_bias_and_not_at_all_with_it():
    free, biased = areas(60, (1, 2, 4, 2**20))
    assert np.all(np.diff(np.log(free[:3])) / np.log(2) < -0.9)
    assert abs(free[-1]) < 1e-12 > abs(biased[-1])  # a finite machine closes in the end
    small, large = areas(60, (64,))[1, 0], areas(120, (64,))[1, 0]
    path = runs(120)[1][0]
    both = np.array(
        [cascade.phases(*age) for age in zip(path.w, path.field, strict=True)]
    )
    infinite = 0.2 * np.trapezoid(
        np.nan_to_num(both[:, 0] - both[:, 1]), np.linspace(0, 1, 41)
    )
    assert small < large < infinite
    assert large > 0.85 * infinite


def test_chains_make_the_loop_of_the_exact_laws():
    N, k, n = 40, 3, 400
    x, pattern = np.linspace(0, 1, 41), np.where(np.arange(N) % 3, 1.0, -1.0)
    for path, _ in runs(N):
        ages = [
            cascade.machine(pattern, *age)
            for age in zip(path.w, path.field, strict=True)
        ]
        forward, backward = cascade.replay(N, path.w, path.field, k)
        ways = []
        for seed, (back, exact) in enumerate(((False, forward), (True, backward))):
            place = -1 if back else 0
            start = cascade.law(N, path.w[place], path.field[place])
            v = cascade.draw(start, pattern, n, seed=seed)
            chains = cascade.replay_chains(ages, v, k, seed=seed + 5, backward=back)
            m = np.abs(chains @ pattern / N)
            error = m.std(1) / n**0.5
            assert np.all(
                np.abs(m.mean(1) - exact @ np.abs(cascade.overlaps(N))) < 5 * error
            )
            ways.append(m)
        loops = [
            cascade.loop_area(x, f, b)
            for f, b in zip(*np.swapaxes(ways, 1, 2), strict=True)
        ]
        exact = cascade.loop_area(
            x, *(p @ np.abs(cascade.overlaps(N)) for p in (forward, backward))
        )
        assert abs(np.mean(loops) - exact) < 4 * np.std(loops) / n**0.5


def test_phases_solve_their_equation_up_to_the_spinodal():
    w = 1.3
    edge = float(cascade.spinodal_field(w))
    for a in (0.0, 0.5 * edge, -0.999 * edge):
        for m in cascade.phases(w, a):
            assert np.isclose(np.tanh(w**2 * m + a), m, atol=1e-12)
            assert w**2 * (1 - m**2) < 1  # stable
    assert np.isnan(cascade.phases(w, 1.001 * edge)[1])


LEVELS, SHARES = [1.0, 4.0], [0.9, 0.1]


@pytest.mark.parametrize("per_unit", [0.5, 1.5, 3.0, 10.0])
def test_the_law_of_a_sample_covariance(per_unit):
    few = cascade.sample_spectrum(LEVELS, SHARES, 1 / per_unit, 1500)
    assert np.isclose(few.weights.sum(), min(1, per_unit), atol=2e-4)
    assert np.isclose(few.weights @ few.variances, 1.3, rtol=2e-3)
    N, M = 400, int(400 * per_unit)
    true = np.repeat(LEVELS, [360, 40])
    z = normals(5, Stream.NOISE, 0, np.arange(M), N) * np.sqrt(true)
    lam, u = np.linalg.eigh(z.T @ z / M)
    xi = np.einsum("ik,i,ik->k", u, true, u)
    for low, high in ((0.05, 1.0), (1.0, 2.5), (2.5, 50.0)):
        inside = (low < few.variances) & (few.variances < high)
        found = (low < lam) & (lam < high)
        # Linear statistics of N eigenvalues fluctuate by order 1/N.
        assert abs(found.mean() - few.weights[inside].sum()) < 0.012
        goal = (few.weights * few.true_variances)[inside].sum()
        assert abs(xi[found].sum() / N - goal) < 0.03


@pytest.mark.parametrize("per_unit", [0.5, 1.5, 3.0, 10.0])
def test_the_best_age_is_that_of_a_full_run(per_unit):
    times = np.round(0.25 * 1.25 ** np.arange(10), 2)
    few = cascade.sample_spectrum(LEVELS, SHARES, 1 / per_unit)
    predicted = cascade.predicted_gain(few, cascade.growth(few.variances, 0.1, times))
    N, M, step = 100, int(100 * per_unit), 0.01
    true, gains = np.repeat(LEVELS, [90, 10]), []
    # Of 60 single samples with M/N = 0.5, 3 are two checkpoints off: a mean of three.
    for seed in range(3):
        z = normals(seed, Stream.NOISE, 0, np.arange(M), N) * np.sqrt(true)
        W, done = 0.1 * np.eye(N), 0
        for t in times:
            while done < round(t / step):
                W, done = W + step * flow_rate(W, z.T @ z / M), done + 1
            gains.append(cascade.gain(W, np.diag(true)))
    gains = np.reshape(gains, (3, -1)).mean(0)
    assert abs(int(np.argmax(gains)) - int(np.argmax(predicted))) <= 1
    # Of one sample it differs by up to 0.006 in 60 samples with M/N = 0.5.
    assert abs(max(gains) - predicted.max()) < 0.006


def test_growth_is_the_closed_form_and_ends_where_it_must():
    times = np.array([0.0, 0.5, 2.0, 6.0])
    x = cascade.growth([3.0, 1.2, 0.4], 0.1, times)
    for column, variance in zip(x.T, (3.0, 1.2, 0.4), strict=True):
        goal = linear_regime.mode_weight(times, 0.1, variance)
        np.testing.assert_allclose(np.sqrt(column), goal, rtol=1e-6)
    end = cascade.growth([3.0, 1.2], 0.1, [0, 60], penalty=0.5)[-1]
    np.testing.assert_allclose(end, [1 - 1 / 2.5, 0], atol=1e-6)


def test_gain_is_a_difference_of_log_likelihoods():
    W, C = np.array([[0.3, 0.1], [0.0, 0.5]]), np.array([[2.0, 0.3], [0.3, 1.0]])
    K = np.eye(2) - W @ W.T
    full = 0.5 * (np.linalg.slogdet(K)[1] - np.trace(C @ K))
    assert np.isclose(cascade.gain(W, C), (full + 0.5 * np.trace(C)) / 2)


def test_the_top_eigenvector_of_spiked_data_has_the_overlap_of_theory():
    N, w = 300, np.sqrt(300) * np.arctanh(1 / np.sqrt(300))
    pattern = np.where(np.arange(N) % 2, 1.0, -1.0)
    for per_unit, tolerance in ((0.3, 0.05), (4.0, 0.08)):
        found = []
        for seed in range(3):
            p = cascade.law(N, w, n_hidden=1)
            s = cascade.draw(p, pattern, int(per_unit * N), seed)
            u = np.linalg.eigh(s.T @ s)[1][:, -1]
            found.append((u @ pattern) ** 2 / N)
        goal = cascade.spike_overlap(1.0, per_unit)
        assert abs(np.mean(found) - goal) < tolerance
    assert cascade.spike_threshold(1.0) == 1
