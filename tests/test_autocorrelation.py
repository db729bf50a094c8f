"""Times of autoregressive chains, whose memory is known, and honest refusals."""

import copy
import pickle

import numpy as np
import pytest
from scipy import stats
from scipy.signal import lfilter

from calibration import assert_calibrated
from rbmlib import autocorrelation as ac
from rbmlib.autocorrelation import lagged_sums


def _ar1(a, shape, seed):
    """x(t + 1) = a x(t) + noise, stationary: ρ(t) = a^t, τ = (1 + a) / 2(1 - a)."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=shape)
    noise[..., 0] /= np.sqrt(1 - a * a)
    return lfilter([1.0], [1.0, -a], noise, axis=-1)


def _tau(a):
    return 0.5 * (1 + a) / (1 - a)


@pytest.mark.parametrize("a", [-0.5, 0.0, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("n_chains", [1, 20])
def test_integrated_time_of_a_known_chain(a, n_chains):
    x = _ar1(a, (n_chains, 200_000 // n_chains), seed=3)
    result = ac.integrated_time(x)
    # Cutting at the window leaves out a^W of the sum: e^-c at most, a bias below 1 %.
    assert abs(result - _tau(a)) < 4 * result.error + 0.01 * _tau(a)


def _scatter(a, window):
    """√n times the standard deviation of Σ_{t=1}^W ρ(t), by Bartlett's formula."""
    m, s = np.arange(1, 400)[:, None], np.arange(1, window + 1)
    terms = a ** (m + s) + a ** abs(m - s) - 2 * a**m * a**s
    return np.sqrt(np.square(terms.sum(axis=1)).sum())


def test_the_error_of_the_time_is_its_scatter():
    a = 0.9
    results = [ac.integrated_time(_ar1(a, 20_000, seed)) for seed in range(200)]
    # The formula is that of W >> τ, too large by a quarter at W = 6 τ.
    window = int(np.median([r.window for r in results]))
    ratio = _scatter(a, window) / (_tau(a) * np.sqrt(2 * (2 * window + 1)))
    assert 0.75 < ratio < 0.85
    z = [(r - _tau(a)) / r.error for r in results]
    assert_calibrated(z, stats.norm(scale=ratio))


@pytest.mark.parametrize("a", [0.5, 0.8, 0.95])
def test_the_window_closes_at_six_times(a):
    x = _ar1(a, (4, 50_000), seed=9)
    result = ac.integrated_time(x)
    tau = ac.correlation(x, 300).cumsum() - 0.5
    lag = np.arange(301)
    assert result.window == lag[(lag >= 6 * tau) & (lag >= 8)][0]
    assert result == pytest.approx(tau[result.window], rel=1e-12)
    assert result.error == pytest.approx(
        result * np.sqrt(2 * (2 * result.window + 1) / x.size), rel=1e-12
    )


def test_error_bars_are_the_scatter_of_the_mean():
    results = [ac.mean_with_error(_ar1(0.7, 4000, seed)) for seed in range(200)]
    assert_calibrated([mean / error for mean, error, _ in results])


@pytest.mark.parametrize("shape", [(20, 400), (20_000,)])
def test_the_error_of_the_exponential_time_is_its_scatter(shape):
    exact = -1 / np.log(0.7)
    results = [ac.exponential_time(_ar1(0.7, shape, s), mean=0.0) for s in range(200)]
    # A jackknife over twenty groups.
    assert_calibrated([(r - exact) / r.error for r in results], stats.t(19))


def test_variables_are_not_counted_as_samples():
    # They may be copies of each other: then they tell no more than one of them.
    x = _ar1(0.5, (2, 4000), seed=1)
    one, copies = ac.integrated_time(x), ac.integrated_time(np.stack([x] * 5, axis=2))
    assert copies == pytest.approx(one) and copies.error == pytest.approx(one.error)


def test_fourier_and_direct_sums_agree_with_the_definition():
    x = _ar1(0.9, (3, 1001), seed=1)
    plain = [np.vdot(x[:, : 1001 - t], x[:, t:]) for t in range(1001)]
    assert np.allclose(lagged_sums.direct_sums(x, 0, 1001), plain, rtol=0, atol=1e-9)
    assert np.allclose(lagged_sums.direct_sums(x, 77, 300), plain[77:300], atol=1e-9)
    assert np.allclose(lagged_sums.transformed_sums(x, 1001), plain, atol=1e-9)


def test_a_window_beyond_the_direct_lags_closes():
    a = 1 - 1 / 150  # τ near 150: the window lies at 900 lags
    result = ac.integrated_time(_ar1(a, (10, 100_000), seed=4))
    assert result.window > lagged_sums.DIRECT_LAGS
    assert abs(result - _tau(a)) < 4 * result.error


def test_variables_are_summed():
    x = np.stack([_ar1(0.9, (4, 5000), 5), 10 * _ar1(0.5, (4, 5000), 6)], axis=2)
    x -= x.mean(axis=(0, 1))
    c = [
        sum(np.vdot(x[:, : 5000 - t, i], x[:, t:, i]) for i in (0, 1)) / (5000 - t)
        for t in range(30)
    ]
    assert np.allclose(ac.correlation(x, 29), np.array(c) / c[0])


def test_the_mean_over_chains_shows_what_a_chain_hides():
    # Chains stuck in one of two modes: each looks memoryless around its own mean.
    rng = np.random.default_rng(0)
    modes = np.repeat([-1.0, 1.0], 10)[:, None]
    x = modes + 0.1 * rng.normal(size=(20, 1000))
    assert ac.correlation(x, 500)[-1] > 0.95
    own = np.mean([ac.correlation(row, 500)[100:].mean() for row in x])
    assert abs(own) < 0.05
    with pytest.raises(ValueError, match="20000 steps in chains of 1000, with an"):
        ac.integrated_time(x)


@pytest.mark.parametrize("shape", [(20, 20_000), (400_000,)])
def test_exponential_time_of_a_known_chain(shape):
    tau = ac.exponential_time(_ar1(0.95, shape, seed=2), mean=0.0)
    assert abs(tau + 1 / np.log(0.95)) < 4 * tau.error
    assert tau.error < 0.08 * tau


def test_exponential_time_is_that_of_the_slowest_part():
    x = _ar1(0.5, (40, 20_000), seed=7) + 0.3 * _ar1(0.97, (40, 20_000), seed=8)
    tau = ac.exponential_time(x)
    assert ac.integrated_time(x) < 0.6 * tau
    assert abs(tau + 1 / np.log(0.97)) < 4 * tau.error


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1.0], "n_steps >= 2"),
        (np.zeros((2, 3, 4, 5)), r"got \(2, 3, 4, 5\)"),
        ([0.0, np.nan, 1.0], "x must hold finite numbers"),
        (np.full(100, 3.7), "x must vary, got 3.7"),
        (_ar1(0.999, 2000, 0), "too short: 2000 steps in chains of 2000, with an int"),
        ([1.0, -1.0] * 200, "alternates"),
        (_ar1(-0.9, 10_000, 0), "alternates"),
    ],
)
def test_bad_series_are_refused(x, message):
    with pytest.raises(ValueError, match=message):
        ac.integrated_time(x)


def test_a_decay_too_fast_to_see_is_refused():
    with pytest.raises(ValueError, match="too fast for an exponential time"):
        ac.exponential_time(_ar1(0.05, (2, 500), 0))
    with pytest.raises(ValueError, match=r"max_lag must be in \[0, 99\], got 100"):
        ac.correlation(_ar1(0.5, 100, 0), 100)


def test_the_same_bits_for_any_split_into_calls():
    x = _ar1(0.9, (3, 4000), seed=1)
    whole = lagged_sums.direct_sums(x, 0, 128)
    assert np.array_equal(lagged_sums.direct_sums(x, 64, 128), whole[64:])


def test_a_time_can_be_copied_and_sent_to_another_process():
    tau = ac.Time(2.5, 0.25, 15)
    for other in (copy.deepcopy(tau), pickle.loads(pickle.dumps(tau))):
        assert (other, other.error, other.window) == (2.5, 0.25, 15)
        assert type(other) is ac.Time


@pytest.mark.parametrize("shape", [(3, 900, 7), (12, 700, 5)])
def test_many_numbers_are_looked_at_in_blocks_to_the_same_bits(shape, monkeypatch):
    rng, x = np.random.default_rng(1), np.zeros(shape)
    for t in range(1, shape[1]):
        x[:, t] = 0.95 * x[:, t - 1] + rng.normal(size=(shape[0], shape[2]))
    for series in (x, x.astype(np.float32), np.sign(x).astype(np.int8)):
        few = [
            f(series.astype(float)) for f in (ac.integrated_time, ac.exponential_time)
        ]
        rho = ac.correlation(series.astype(float), 600)
        with monkeypatch.context() as patch:
            patch.setattr("rbmlib.autocorrelation.series.MOST_NUMBERS", 0)
            patch.setattr("rbmlib.autocorrelation.lagged_sums._NUMBERS", 5000)
            many = [f(series) for f in (ac.integrated_time, ac.exponential_time)]
            assert few == many
            assert [t.error for t in few] == [t.error for t in many]
            # Transforms of other blocks add up in another order.
            np.testing.assert_allclose(ac.correlation(series, 600), rho, atol=1e-12)


def test_a_bad_number_among_many_is_refused(monkeypatch):
    monkeypatch.setattr("rbmlib.autocorrelation.series.MOST_NUMBERS", 0)
    x = np.zeros((3, 20, 4))
    with pytest.raises(ValueError, match="x must vary, got 0"):
        ac.integrated_time(x)
    x[2, 3, 1] = np.nan
    with pytest.raises(ValueError, match="x must hold finite numbers, got nan"):
        ac.integrated_time(x)
