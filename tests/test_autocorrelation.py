"""Times of autoregressive chains, whose memory is known, and honest refusals."""

import numpy as np
import pytest
from scipy.signal import lfilter

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


def test_the_error_of_the_time_is_its_scatter():
    results = [ac.integrated_time(_ar1(0.8, 20_000, seed)) for seed in range(60)]
    # The formula holds for W >> τ; at W = 6 τ it is known to err to the large side.
    ratio = np.std(results) / np.mean([r.error for r in results])
    assert 0.6 < ratio < 1 + 4 * 0.09  # the scatter of 60 values is known to 9 %


def test_error_bars_cover_the_mean():
    covered = 0
    for seed in range(400):
        mean, error, _ = ac.mean_with_error(_ar1(0.7, 4000, seed))
        covered += abs(mean) < error
    # Binomial with p = 0.683: standard deviation 9.3 of 400; the bias of τ takes 2 %.
    assert abs(covered - 0.683 * 400) < 4 * 9.3 + 8


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
        ([0.0, np.nan, 1.0], "must be finite"),
        (np.full(100, 3.7), "does not vary"),
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
