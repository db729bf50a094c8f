"""The Gibbs sampler: one definition, the right law, and no hidden dependence."""

import numpy as np
import pytest
from scipy import stats

from rbmlib import enumeration, randomness, sampling
from rbmlib.grid import MAX_STEPS, grid_exponent, round_to_grid
from rbmlib.rbm import RBM
from rbmlib.units import BINARY, SPIN, Gaussian, logistic

DISCRETE = [BINARY, SPIN]
UNITS = [BINARY, SPIN, Gaussian(0.7)]
CHAINS = 40_000


# ---------------------------------------------------------------- same bits


@pytest.mark.parametrize("visible", DISCRETE)
@pytest.mark.parametrize("hidden", DISCRETE)
@pytest.mark.parametrize("shape", [(1, 1, 1), (37, 53, 300), (130, 7, 513)])
def test_gibbs_equals_its_definition(visible, hidden, shape):
    n_visible, n_hidden, n_chains = shape
    machine = RBM.random(
        n_visible,
        n_hidden,
        scale=0.5,
        bias_scale=0.3,
        seed=2,
        visible=visible,
        hidden=hidden,
    )
    v0 = sampling.random_start(machine, n_chains, seed=3)
    fast = sampling.gibbs(machine, v0, 9, seed=4, first_sweep=5, first_chain=6)
    slow = sampling.reference_gibbs(machine, v0, 9, 4, first_sweep=5, first_chain=6)
    for x, y in zip(fast, slow, strict=True):
        assert x.dtype == np.float32 and np.array_equal(x, y)


def test_a_run_may_be_cut_anywhere():
    machine = RBM.random(30, 20, scale=0.5, seed=1)
    v0 = sampling.random_start(machine, 700, seed=2)
    whole = sampling.gibbs(machine, v0, 10, seed=3)
    v, _ = sampling.gibbs(machine, v0, 4, seed=3)
    in_time = sampling.gibbs(machine, v, 6, seed=3, first_sweep=4)
    cuts = [0, 100, 101, 699, 700]
    in_chains = [
        sampling.gibbs(machine, v0[i:j], 10, seed=3, first_chain=i)
        for i, j in zip(cuts, cuts[1:], strict=False)
    ]
    for layer in (0, 1):
        assert np.array_equal(whole[layer], in_time[layer])
        pieces = np.concatenate([piece[layer] for piece in in_chains])
        assert np.array_equal(whole[layer], pieces)


def test_record_observes_the_same_chain():
    machine = RBM.random(12, 8, scale=0.5, seed=1)
    v0 = sampling.random_start(machine, 50, seed=2)
    seen = dict(sampling.record(machine, v0, [1, 4, 9], 3, lambda v, h: v.copy()))
    assert list(seen) == [1, 4, 9]
    assert np.array_equal(seen[9], sampling.gibbs(machine, v0, 9, seed=3)[0])


def test_exchanging_the_states_exchanges_the_decisions():
    x = np.linspace(-30, 30, 10_001).astype(np.float32)
    words = randomness.draws(1, 0, 0, [0], x.size)[0]
    keep = x != 0
    flipped = ~logistic.is_on(-x, words)
    assert np.array_equal(logistic.is_on(x, words)[keep], flipped[keep])


# ---------------------------------------------------------------- exact sums


def test_fields_are_exact_sums_in_any_order():
    machine = RBM.random(800, 300, scale=0.3, bias_scale=2.0, seed=5)
    grid = round_to_grid(machine.W, machine.a, machine.b)
    v = sampling.random_start(machine, 64, seed=1)
    exact = v.astype(np.float64) @ grid.W.astype(np.float64) + grid.b
    for order in (
        np.arange(800),
        np.arange(800)[::-1],
        randomness.permutation(0, 0, 800),
    ):
        x = np.ascontiguousarray(v[:, order]) @ grid.W[order] + grid.b
        assert x.dtype == np.float32 and np.array_equal(x, exact)


def _steps(m, g):
    W, a, b = (np.abs(np.rint(x * 2.0**g)) for x in (m.W, m.a, m.b))
    return max((W.sum(0) + b).max(), (W.sum(1) + a).max())


@pytest.mark.parametrize("scale", [1e-6, 0.01, 1.0, 50.0])
def test_the_grid_is_the_finest_that_is_exact(scale):
    m = RBM.random(70, 40, scale=scale, bias_scale=scale, seed=8)
    g = grid_exponent(m.W, m.a, m.b)

    assert _steps(m, g) <= MAX_STEPS
    assert g == 40 or _steps(m, g + 1) > MAX_STEPS
    once = m.on_grid()
    assert once == once.on_grid()
    assert np.abs(once.W - m.W).max() <= 2.0 ** -(g + 1)


def test_the_grid_at_its_bound():
    # A few steps on either side of 2^24, where rounding decides.
    for number in range(200):
        m = RBM.random(9, 5, scale=1.0, bias_scale=1.0, seed=number)
        largest = max(
            (np.abs(m.W).sum(0) + np.abs(m.b)).max(),
            (np.abs(m.W).sum(1) + np.abs(m.a)).max(),
        )
        m = (2.0**-7 * (1 + (number - 100) * 1e-8) / largest) * m
        g = grid_exponent(m.W, m.a, m.b)
        assert g in (30, 31) and _steps(m, g) <= MAX_STEPS < _steps(m, g + 1)


def test_a_machine_too_large_for_the_grid_is_refused():
    with pytest.raises(ValueError, match="too large for exact float32 sums"):
        RBM([[1e6]], [0], [0]).on_grid()


# ---------------------------------------------------------------- the decision


def test_decision_probability_is_the_logistic_function():
    # The unlikely state is drawn iff u < q: the set of such words is an interval.
    x = np.float32([0.0, 0.3, -1.0, 2.5, -7.0, 10.0])
    for gain in (1, 2):
        for field in x:
            q = 1 / (1 + np.exp(gain * abs(float(field))))
            k = int(round(q * 2**31))
            # float32 arithmetic moves the edge by a few parts in 2^24.
            edge = np.arange(-1, 2) * max(2, int(k * 4e-6)) + k
            words = (np.clip(edge, 0, 2**31 - 1) << 1).astype(np.uint32)
            on = logistic.is_on(np.full(3, field), words, gain)
            unlikely = on != (field >= 0)
            assert unlikely[0] and not unlikely[2], (gain, field)


def test_exponential_is_accurate():
    x = np.linspace(-59, 59, 400_001).astype(np.float32)
    error = np.abs(logistic.exp_abs(x) / np.exp(np.abs(x).astype(np.float64)) - 1)
    assert np.all(error < 3e-7 * (1 + np.abs(x)))


def test_grid_probability_is_the_nearest_grid_point():
    x = np.linspace(-20, 20, 100_001).astype(np.float32)
    p = logistic.grid_probability(x, 12)
    steps = p.astype(np.float64) * 2**12
    assert np.array_equal(steps, np.rint(steps))
    exact = 1 / (1 + np.exp(-x.astype(np.float64)))
    assert np.abs(p - exact).max() <= 2.0**-13 + 1e-6
    machine = RBM([[0.0]], [0.0], [0.0])
    sampler = sampling.Sampler(
        machine.visible, SPIN, machine.W, machine.a, machine.b, 0
    )
    assert sampler.mean_h(np.zeros((1, 1), np.float32), 12) == 0.0


# ---------------------------------------------------------------- stationarity


def _machine(visible, hidden):
    return RBM.random(
        5, 3, scale=0.45, bias_scale=0.4, seed=11, visible=visible, hidden=hidden
    )


def _equilibrium(machine, seed):
    """Independent visible configurations from the exact law."""
    if machine.visible.states is None and machine.hidden.states is None:
        cov = _covariance(machine)
        mean = cov @ np.concatenate([machine.a, machine.b])
        noise = randomness.normals(seed, randomness.START, 0, np.arange(CHAINS), 8)
        return (mean + noise @ np.linalg.cholesky(cov).T)[:, :5]
    states, p = enumeration.probabilities(machine)
    u = randomness.draws(seed, randomness.START, 1, np.arange(CHAINS), 1)[:, 0] / 2**32
    layer = states[np.searchsorted(np.cumsum(p)[:-1], u, side="right")]
    if enumeration.enumerated_layer(machine) == "visible":
        return layer
    noise = randomness.normals(seed, randomness.START, 2, np.arange(CHAINS), 5)
    if machine.visible.states is None:
        x = machine.visible_field(layer)
        return machine.visible.mean(x) + np.sqrt(0.7) * noise
    low, high = machine.visible.states
    upper = (machine.mean_v(layer) - low) / (high - low)
    return np.where(stats.norm.cdf(noise) < upper, high, low)


def _covariance(machine):
    top = np.hstack([np.eye(5) / 0.7, -machine.W])
    return np.linalg.inv(np.vstack([top, np.hstack([-machine.W.T, np.eye(3) / 0.7])]))


def _deviations(machine, v, h):
    """Standardised distances from the exact law, each of variance about one."""
    z = []
    discrete = [
        (x, unit)
        for x, unit in ((v, machine.visible), (h, machine.hidden))
        if unit.states is not None
    ]
    if discrete:
        z.append(_count_deviation(machine, discrete))
    for x, mean, unit in (
        (v, machine.mean_v, machine.visible),
        (h, None, machine.hidden),
    ):
        if unit.states is None and mean is not None:
            residual = (x - mean(h)) / np.sqrt(unit.variance_at_rest)
            z += _normal_deviations(residual)
    if not discrete:
        joint = np.hstack([v, h])
        cov = _covariance(machine)
        centred = joint - cov @ np.concatenate([machine.a, machine.b])
        z += _normal_deviations(np.linalg.solve(np.linalg.cholesky(cov), centred.T).T)
    return np.array(z)


def _count_deviation(machine, discrete):
    """(χ² - d) / √(2d) of the joint states of the discrete layers."""
    x = np.hstack([states for states, _ in discrete])
    code = (x > 0) @ (1 << np.arange(x.shape[1])[::-1])
    if len(discrete) == 2:
        v = enumeration.all_states(machine.visible, 5)
        h = enumeration.all_states(machine.hidden, 3)
        energy = machine.energy(v[:, None, :], h[None, :, :]).ravel()
        p = np.exp(-energy - machine.log_z())
    elif machine.visible.states is None:
        h = enumeration.all_states(machine.hidden, 3)
        p = np.exp(-machine.hidden_free_energy(h) - machine.log_z())
    else:
        p = enumeration.visible_probabilities(machine)[1]
    counts = np.bincount(code, minlength=p.size)
    chi2 = ((counts - CHAINS * p) ** 2 / (CHAINS * p)).sum()
    return (chi2 - (p.size - 1)) / np.sqrt(2 * (p.size - 1))


def _normal_deviations(x):
    n = x.size
    return [x.sum() / np.sqrt(n), ((x**2).sum() - n) / np.sqrt(2 * n)]


@pytest.mark.parametrize("visible", UNITS, ids=lambda u: u.name)
@pytest.mark.parametrize("hidden", UNITS, ids=lambda u: u.name)
def test_equilibrium_is_stationary(visible, hidden):
    machine = _machine(visible, hidden)
    v = _equilibrium(machine, seed=21)
    done = 0
    for sweeps in (1, 4, 16):
        v, h = sampling.gibbs(machine, v, sweeps - done, seed=22, first_sweep=done)
        done = sweeps
        assert np.abs(_deviations(machine, v, h)).max() < 4, (sweeps, visible, hidden)


@pytest.mark.parametrize("by_bits", [False, True])
def test_stationarity_catches_a_wrong_conditional(monkeypatch, by_bits):
    # The classic mistake: p(s = +1 | x) = σ(x) for ±1 units, instead of σ(2x).
    machine = _machine(SPIN, SPIN)
    v = _equilibrium(machine, seed=21)
    place = "rbmlib.sampling.kernels.layers" if by_bits else "rbmlib.sampling.logistic"
    monkeypatch.setattr(f"{place}.LOG2_E", logistic.LOG2_E / np.float32(2))
    monkeypatch.setattr("rbmlib.sampling.sampler.bits_pay", lambda *_: by_bits)
    v, h = sampling.gibbs(machine, v, 1, seed=22)
    assert np.abs(_deviations(machine, v, h)).max() > 40


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"v0": np.zeros((3, 4))}, r"v0 must have shape \(\.\.\., 5\), got \(3, 4\)"),
        ({"v0": np.zeros((0, 5))}, "at least one chain"),
        ({"v0": np.zeros(5)}, r"got \(5,\)"),
        ({"v0": -np.ones((3, 5))}, "0 or 1; got -1"),
        ({"v0": np.full((3, 5), np.nan)}, "got nan"),
        ({"v0": np.full((3, 5), "a")}, "must be real numbers"),
        ({"n_sweeps": 0}, "n_sweeps must be at least 1, got 0"),
        ({"seed": -1}, "seed must be in"),
        ({"first_sweep": 2**32}, "sweep must be in"),
    ],
)
def test_bad_input_is_refused(change, message):
    good = {"v0": np.zeros((3, 5)), "n_sweeps": 2, "seed": 0}
    machine = _machine(BINARY, BINARY)
    with pytest.raises(ValueError, match=message):
        sampling.gibbs(machine, **{**good, **change})


def test_a_fraction_of_a_sweep_is_refused():
    with pytest.raises(TypeError, match="n_sweeps must be an integer, got float"):
        sampling.gibbs(_machine(SPIN, SPIN), np.ones((3, 5)), 1.5, seed=0)
