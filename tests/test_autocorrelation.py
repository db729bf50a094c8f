"""Times of autoregressive chains, whose memory is known, and honest refusals."""

import numpy as np
import pytest
from scipy.signal import lfilter

from rbmlib import autocorrelation as ac


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
    assert abs(result.tau - _tau(a)) < 4 * result.error + 0.01 * _tau(a)


def test_the_error_of_the_time_is_its_scatter():
    results = [ac.integrated_time(_ar1(0.8, 20_000, seed)) for seed in range(60)]
    taus = np.array([r.tau for r in results])
    # The formula holds for W >> τ; at W = 5 τ it is known to err to the large side.
    ratio = taus.std() / np.mean([r.error for r in results])
    assert 0.6 < ratio < 1 + 4 * 0.09  # the scatter of 60 values is known to 9 %


def test_error_bars_cover_the_mean():
    covered = 0
    for seed in range(400):
        mean, error, _ = ac.mean_with_error(_ar1(0.7, 4000, seed))
        covered += abs(mean) < error
    # Binomial with p = 0.683: standard deviation 9.3 of 400; the bias of τ takes 2 %.
    assert abs(covered - 0.683 * 400) < 4 * 9.3 + 8


def test_fourier_and_direct_sums_agree(monkeypatch):
    x = _ar1(0.9, (3, 1000), seed=1)
    direct = ac.correlation(x, 200)
    monkeypatch.setattr(ac, "_DIRECT_LAGS", 0)
    assert np.allclose(ac.correlation(x, 200), direct, atol=1e-12)


def test_the_mean_over_chains_shows_what_a_chain_hides():
    # Chains stuck in one of two modes: each looks memoryless around its own mean.
    rng = np.random.default_rng(0)
    modes = np.repeat([-1.0, 1.0], 10)[:, None]
    x = modes + 0.1 * rng.normal(size=(20, 1000))
    assert ac.correlation(x, 500)[-1] > 0.95
    own = np.mean([ac.correlation(row, 500)[100:].mean() for row in x])
    assert abs(own) < 0.05
    with pytest.raises(ValueError, match="at least 50 τ steps a chain, got 1000"):
        ac.integrated_time(x)


def test_exponential_time_of_a_known_chain():
    x = _ar1(0.95, (20, 20_000), seed=2)
    tau, error = ac.exponential_time(x, first=5, last=40, mean=0.0)
    assert abs(tau + 1 / np.log(0.95)) < 4 * error
    assert error < 0.05 * tau


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1.0], "at least 2 steps"),
        (np.zeros((2, 3, 4)), r"got \(2, 3, 4\)"),
        ([0.0, np.nan, 1.0], "must be finite, got nan"),
        (np.full(100, 3.7), "got a constant series"),
        (_ar1(0.999, 2000, 0), "run longer"),
    ],
)
def test_bad_series_are_refused(x, message):
    with pytest.raises(ValueError, match=message):
        ac.integrated_time(x)


def test_a_range_without_signal_is_refused():
    with pytest.raises(ValueError, match="must be positive between first and last"):
        ac.exponential_time(_ar1(0.1, (2, 500), 0), first=5, last=60)
    with pytest.raises(ValueError, match="at least 2 chains"):
        ac.exponential_time(_ar1(0.5, 500, 0), first=1, last=5)
