"""Training with gaps: the gradient of what was observed, its chains, its files."""

from itertools import product

import numpy as np
import pytest
from scipy.special import logsumexp, softmax

from rbmlib import likelihood, randomness, sampling, training
from rbmlib.enumeration import all_states
from rbmlib.likelihood import given
from rbmlib.randomness import SWEEPS
from rbmlib.rbm import RBM
from rbmlib.training.gradient import difference, exact_statistics
from rbmlib.training.held import held_for
from rbmlib.training.missing import exact_data_term
from rbmlib.training.progress import _likelihood_note
from rbmlib.training.run import Run
from rbmlib.trajectories import Trajectory
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Categorical, Gaussian, ReLU

DISCRETE = (BINARY, SPIN, Categorical(3), Categorical([2, 4, 3, 2, 5]))
HIDDEN_UNITS = (BINARY, SPIN, Gaussian(0.3), ReLU(0.5))
CASES = list(product(DISCRETE, HIDDEN_UNITS))
VISIBLE_UNITS = (*DISCRETE, Gaussian(0.8))
N = 5  # visible units


def machine_of(visible, hidden, seed, n_hidden=4, scale=0.6):
    shape = visible.bias_shape(N)
    rng = np.random.default_rng(seed)
    W, a, b = (rng.normal(0, scale, s) for s in (shape + (n_hidden,), shape, n_hidden))
    return RBM(W, a, b, visible, hidden)


def with_gaps(v, seed, share=0.4):
    """Return states as a masked array; row 0 has no known entry, row 1 no gap."""
    gaps = np.random.default_rng(seed).random(v.shape) < share
    gaps[0], gaps[1] = True, False
    return np.ma.MaskedArray(v, gaps)


def data_of(visible, hidden, seed, n=8):
    rbm = machine_of(visible, hidden, seed)
    return rbm, with_gaps(sampling.random_start(rbm, n, seed=seed), seed)


@pytest.mark.parametrize("few", [2**12, 0])  # by hidden states, by completions
@pytest.mark.parametrize("case", range(len(CASES)))
def test_what_is_unknown_is_summed_out(case, few, monkeypatch):
    monkeypatch.setattr(given, "_FEW", few)
    rbm, data = data_of(*CASES[case], seed=case)
    states = all_states(rbm.visible, N)
    logs = -rbm.free_energy(states)
    exact, sums = [], [0, 0, 0]
    for row, gaps in zip(data.data, data.mask, strict=True):
        fits = (states == row)[:, ~gaps].all(1)
        exact.append(logsumexp(logs[fits]) - logsumexp(logs))
        p, h = softmax(logs[fits]), rbm.mean_h(states[fits])
        v = rbm.visible.encode(states[fits])
        for i, x in enumerate(((v * p[:, None]).T @ h, p @ v, p @ h)):
            sums[i] = sums[i] + x
    found = likelihood.log_observed(rbm, data)
    # Sums of some hundred numbers of order one, in double precision.
    np.testing.assert_allclose(found, exact, atol=1e-12)
    for x, y in zip(given.sums_of_means(rbm, data), sums, strict=True):
        np.testing.assert_allclose(x, y, atol=1e-12)


@pytest.mark.parametrize("hidden", [BINARY, SPIN])
def test_what_is_unknown_of_gaussian_units_is_integrated_out(hidden):
    rbm, data = data_of(Gaussian(0.8), hidden, seed=2)
    exact = []
    for row, gaps in zip(data.data, data.mask, strict=True):
        v, a = row[~gaps], rbm.a[~gaps]
        if not gaps.any():
            exact.append(-rbm.free_energy(row) - rbm.log_z())
            continue
        part = sampling.condition(rbm, row, ~gaps)
        exact.append(v @ a - rbm.visible.energy(v).sum() + part.log_z() - rbm.log_z())
    found = likelihood.log_observed(rbm, data)
    np.testing.assert_allclose(found, exact, atol=1e-12)


SLOPES = [
    *product((BINARY,), HIDDEN_UNITS),
    *zip(VISIBLE_UNITS[1:], (SPIN, BINARY, Gaussian(0.3), SPIN), strict=True),
]


@pytest.mark.parametrize(("visible", "hidden"), SLOPES)
def test_the_gradient_is_the_slope_of_what_was_observed(visible, hidden):
    rbm, data = data_of(visible, hidden, seed=4)
    terms = exact_data_term(rbm, data), exact_statistics(rbm)
    parts, step = {"W": rbm.W, "a": rbm.a, "b": rbm.b}, 1e-5
    for (name, value), grad in zip(parts.items(), difference(*terms), strict=True):
        assert grad.shape == value.shape
        for index in np.ndindex(value.shape):
            ends = []
            for sign in (1, -1):
                moved = value.copy()
                moved[index] += sign * step
                shifted = RBM(**{**parts, name: moved}, visible=visible, hidden=hidden)
                ends.append(likelihood.log_observed(shifted, data).mean())
            # step² of the third derivative, and rounding of 1e-14 over step.
            assert abs((ends[0] - ends[1]) / (2 * step) - grad[index]) < 1e-7


@pytest.mark.parametrize("visible", VISIBLE_UNITS)
def test_the_chains_draw_what_is_unknown_from_its_exact_law(visible):
    rbm = machine_of(visible, SPIN, 5).on_grid()
    few = with_gaps(sampling.random_start(rbm, 4, seed=1), seed=3)
    data, n = few[np.repeat(np.arange(4), 1500)], 1500
    run = training.train(
        rbm, data, k=4, n_updates=60, batch_size=1000, learning_rate=1e-12, seed=2,
        missing="sample", progress=False,
    )  # fmt: skip
    assert run[-1] == rbm
    held = held_for(run.settings, data, visible)
    drawn, _ = Run(run, held).unknown.draw(Run(run, held), np.arange(len(data)))
    assert (drawn == data)[~data.mask].all()
    for row in range(4):
        v = visible.encode(drawn[row * n : (row + 1) * n])
        exact = exact_data_term(rbm, few[row : row + 1]).v.reshape(-1)
        # Chains are independent after 10 turns of 4 sweeps; 4 rows of 5 to 16 columns.
        bar = v.std(0) / n**0.5
        assert (abs(v.mean(0) - exact) <= 4.9 * bar + 1e-6).all()


def start_of(data, visible, hidden=SPIN):
    return training.initial_machine(
        data, 4, scale=0.1, seed=0, visible=visible, hidden=hidden
    )


def options_of(method):
    sizes = {} if method == "exact" else {"k": 2, "batch_size": 8}
    how = {"method": method, "learning_rate": 0.05, "seed": 3, "progress": False}
    return how | sizes | {"missing": "sample"}


RUNS = list(product(("pcd", "cd", "rdm", "exact"), VISIBLE_UNITS))


@pytest.mark.parametrize(("method", "visible"), RUNS)
def test_a_run_resumes_to_the_same_bits_from_its_file(method, visible, tmp_path):
    _, data = data_of(visible, SPIN, seed=1, n=30)
    start, how = start_of(data, visible), options_of(method)
    whole = training.train(start, data, n_updates=11, checkpoints=[4], **how)
    half = training.train(start, data, n_updates=4, checkpoints=[4], **how)
    half.save(tmp_path / "run.h5")
    half = Trajectory.load(tmp_path / "run.h5")
    gaps = np.where(data.mask, np.nan, data.data.astype(float))  # the same data
    rest = training.resume(half, gaps, n_updates=11, checkpoints=[4], progress=False)
    assert rest[:] == whole[:]
    assert set(rest.state) == set("Wab") | ({"unknown"} if method != "exact" else set())
    for name, value in whole.state.items():
        np.testing.assert_array_equal(rest.state[name], value)


@pytest.mark.parametrize("moment", ["before", "after"])  # it is put, it is drawn
def test_an_interrupted_update_leaves_no_trace(moment, monkeypatch):
    _, data = data_of(BINARY, SPIN, seed=1, n=30)
    how = options_of("pcd")
    begun = training.begin(
        start_of(data, BINARY),
        data,
        **{k: v for k, v in how.items() if k != "progress"},
    )
    held = held_for(begun.settings, data, BINARY)
    whole, broken = Run(begun, held), Run(begun, held)
    for _ in range(7):
        whole.update()
    unknown = type(broken.unknown)
    name = {"before": "put", "after": "draw"}[moment]
    right = getattr(unknown, name)

    def stops(self, *arguments):
        right(self, *arguments)
        raise KeyboardInterrupt

    for _ in range(7):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(unknown, name, stops)
            broken.update()
        kept = broken.trajectory()
        assert kept.ages[-1] == broken.age
        broken.update()
    for name, value in whole.trajectory().state.items():
        np.testing.assert_array_equal(broken.trajectory().state[name], value)


@pytest.mark.parametrize("method", ["pcd", "cd", "rdm", "exact"])
def test_without_a_gap_the_run_has_the_bits_of_any_other(method):
    data = sampling.random_start(machine_of(BINARY, SPIN, 1), 30, seed=1)
    how = options_of(method)
    one = training.train(start_of(data, BINARY), data, n_updates=9, **how)
    how["missing"] = None
    other = training.train(start_of(data, BINARY), data, n_updates=9, **how)
    assert one[:] == other[:] and set(one.state) == set("Wab")
    assert "missing" not in other.settings


def test_unknown_entries_have_random_numbers_of_their_own(monkeypatch):
    used, right = [], randomness.sweep_key

    def watched(seed, stream, sweep):
        used.append((stream, sweep))
        return right(seed, stream, sweep)

    monkeypatch.setattr(randomness, "sweep_key", watched)
    _, data = data_of(BINARY, SPIN, seed=1, n=30)
    training.train(start_of(data, BINARY), data, n_updates=5, **options_of("pcd"))
    ranges = "runs", "imputation"
    found = [sum(sweep in SWEEPS[x] for _, sweep in used) for x in ranges]
    assert found == [20, 20] and len(set(used)) == len(used) == 40


def test_a_run_is_refused_before_it_runs_out_of_random_numbers():
    _, data = data_of(BINARY, SPIN, seed=1, n=30)
    begun = training.begin(
        start_of(data, BINARY), data, k=2, batch_size=8, learning_rate=0.1, seed=0,
        missing="sample",
    )  # fmt: skip
    most = len(SWEEPS["imputation"]) // 2
    with pytest.raises(ValueError, match=f"n_updates must be at most {most} at k=2"):
        training.resume(begun, data, n_updates=most + 1)


def test_it_climbs_to_the_likelihood_of_the_exact_method():
    W = [[1, 0], [1, 0.5], [1, -0.5], [0, 1], [0, -1]]
    truth = RBM(W, [0.1, 0, 0, 0, 0.2], [0, 0.1], SPIN, SPIN)
    v, _ = sampling.gibbs(truth, np.ones((2000, N)), 100, seed=1)
    data, rates = with_gaps(v, 6, share=0.3), {"exact": 0.2, "pcd": 0.05}
    reached = {}
    for method, rate in rates.items():
        how = options_of(method) | {"learning_rate": rate}
        how |= {} if method == "exact" else {"batch_size": 200}
        n_updates = int(40 / rate)
        run = training.train(start_of(data, SPIN), data, n_updates=n_updates, **how)
        reached[method] = likelihood.log_observed(run[-1], data).mean()
        before = likelihood.log_observed(run[0], data).mean()
        assert reached[method] > before + 0.2
    # Noise of the gradient keeps PCD off by rate / 4 times its variance, at most
    # 2 / 200 for each of 29 parameters: by .004.  The exact method fits the noise.
    assert abs(reached["pcd"] - reached["exact"]) < 0.01
    assert reached["exact"] > likelihood.log_observed(truth, data).mean()


def test_the_start_has_the_means_of_what_is_known():
    data = [[1, np.nan, 0], [1, 1, np.nan], [0, np.nan, 1], [1, 0, 1]]
    a = training.initial_machine(data, 1, seed=0).a
    np.testing.assert_allclose(1 / (1 + np.exp(-a)), [3 / 4, 1 / 2, 2 / 3], atol=1e-6)
    unit = Categorical([2, 2, 3])
    a = training.initial_machine(data, 1, seed=0, visible=unit).a
    np.testing.assert_allclose(softmax(a[4:]), [1 / 3, 2 / 3, 0], atol=2e-4)
    with pytest.raises(
        ValueError, match="known state of each unit, got none of unit 1"
    ):
        training.initial_machine([[1, np.nan], [0, np.nan]], 1, seed=0)


@pytest.mark.parametrize("unit", [*VISIBLE_UNITS, Categorical(200)], ids=repr)
def test_data_with_gaps_are_held_with_their_mask(unit):
    data = with_gaps(sampling.random_start(machine_of(unit, SPIN, 1), 40, seed=1), 1)
    held = held_for({"batch_size": 7}, data, unit)
    for which in ([3, 0, 39], slice(10), slice(None)):
        rows = held.rows(which)
        assert rows.dtype == data.dtype and (rows.mask == data.mask[which]).all()
        np.testing.assert_array_equal(rows.data, data.data[which])
    np.testing.assert_array_equal(held.n_gaps, data.mask.sum(1))


def test_the_bar_shows_the_likelihood_of_what_is_known():
    rbm, data = data_of(BINARY, SPIN, seed=1)
    value = likelihood.log_observed(rbm, data).mean()
    assert _likelihood_note(rbm, data) == (
        f"log-likelihood of what is known {value:.3f} (exact)"
    )
    large = RBM.random(40, 40, seed=0)
    gaps = with_gaps(sampling.random_start(large, 9, seed=1), 1)
    assert "not known" in _likelihood_note(large, gaps)


def test_gaps_are_refused_where_nobody_asked_for_them():
    _, data = data_of(BINARY, SPIN, seed=1)
    gaps = data.astype(float).filled(np.nan)
    how = options_of("exact") | {"n_updates": 1}
    del how["missing"]
    for rows in (data, gaps):
        with pytest.raises(ValueError, match=r'fill them.*missing="sample"'):
            training.train(start_of(data, BINARY), rows, **how)
    for missing in ("drop", True):
        with pytest.raises((ValueError, TypeError), match="missing must be"):
            training.train(start_of(data, BINARY), data, **how, missing=missing)
    bad = gaps.copy()
    bad[1, 0] = 2
    with pytest.raises(ValueError, match="data must hold states .* got 2"):
        training.train(start_of(data, BINARY), bad, **how, missing="sample")


def test_a_state_that_does_not_fit_the_gaps_is_refused():
    unit = Categorical([2, 4, 3, 2, 5])
    _, data = data_of(unit, SPIN, seed=1, n=30)
    how = options_of("pcd")
    run = training.train(start_of(data, unit), data, n_updates=2, **how)
    values = run.state["unknown"]
    parts = run.ages, run.machines, run.chains, run.settings
    for bad, message in (
        (values[:-1], r"uint8 of shape \(\d+,\), one for each gap"),
        (values.astype(float), "uint8 of shape"),
        (np.full_like(values, 9), "number 5 states from 0, got 9"),
        (np.full_like(values, 4), "states of categorical units"),
    ):
        spoilt = Trajectory(*parts, dict(run.state) | {"unknown": bad})
        with pytest.raises(ValueError, match=message):
            training.resume(spoilt, data, n_updates=3, progress=False)
    without = Trajectory(*parts, {name: run.state[name] for name in "Wab"})
    with pytest.raises(ValueError, match="must hold W, a, b and unknown"):
        training.resume(without, data, n_updates=3, progress=False)
    other = data.copy()
    other.mask[1, 1] = True
    with pytest.raises(ValueError, match="sha256|one for each gap"):
        training.resume(run, other, n_updates=3, progress=False)


def test_too_much_to_sum_is_refused():
    large = RBM.random(40, 40, seed=0)
    row = np.full((1, 40), np.nan)
    with pytest.raises(ValueError, match="got 40 unknown units in a row, and 40 bin"):
        likelihood.log_observed(large, row, log_z=0.0)
    row[0, 5:] = 1
    found = likelihood.log_observed(large, row, log_z=0.0)
    part = sampling.condition(large, row[0], np.arange(40) >= 5)
    np.testing.assert_allclose(found, large.a[5:].sum() + part.log_z(), rtol=1e-12)


@pytest.mark.parametrize(("visible", "hidden"), CASES)
def test_class_probabilities_are_the_conditional_law(visible, hidden):
    rbm = machine_of(visible, hidden, 3)
    v = sampling.random_start(rbm, 6, seed=1)
    for site in (-1, 1):
        states = all_states(visible.part(np.arange(N) == site % N), 1)
        exact = []
        for state in states[:, 0]:
            rows, known = v.copy(), np.arange(N) != site % N
            rows[:, site] = state
            exact.append(np.exp(likelihood.log_conditional(rbm, rows, known)))
        unlabelled = v.astype(float)
        unlabelled[:, site] = np.nan
        for rows in (v, unlabelled):
            found = likelihood.class_probabilities(rbm, rows, site)
            np.testing.assert_allclose(found.T, exact, atol=1e-12)


def test_class_probabilities_refuse_what_they_cannot_know():
    rbm = machine_of(BINARY, SPIN, 3)
    with pytest.raises(ValueError, match="known at all units but site 4, got 1 gaps"):
        likelihood.class_probabilities(rbm, [[1, np.nan, 0, 1, np.nan]], -1)
    with pytest.raises(ValueError, match="discrete"):
        likelihood.class_probabilities(machine_of(GAUSSIAN, SPIN, 3), [[0.0] * N], 0)
    with pytest.raises(ValueError, match="site must be at most 4, got 5"):
        likelihood.class_probabilities(rbm, [[1] * N], 5)


def test_a_label_is_learned_beside_the_pixels_where_some_have_none():
    rng = np.random.default_rng(0)
    label = rng.integers(0, 3, 600)
    pixels = rng.random((600, 9)) < np.where(
        np.arange(9) // 3 == label[:, None], 0.9, 0.1
    )
    data = np.column_stack([pixels, label]).astype(float)
    data[rng.random(600) < 0.5, -1] = np.nan
    unit = Categorical([2] * 9 + [3])
    start = training.initial_machine(data, 6, scale=0.1, seed=0, visible=unit)
    run = training.train(
        start, data, k=2, n_updates=600, batch_size=60, learning_rate=0.1, seed=1,
        missing="sample", progress=False,
    )  # fmt: skip
    gaps = np.isnan(data[:, -1])
    p = likelihood.class_probabilities(run[-1], data, -1)
    on = pixels.reshape(600, 3, 3).sum(2)
    best = 3 * (on == on.max(1, keepdims=True)) * (on.max(1) > 0)[:, None]
    ruled = (best[np.arange(600), label] > 0)[gaps].mean()  # by the rule of the data
    assert (p.argmax(1) == label)[gaps].mean() > ruled - 0.1 > 0.8
    # Samples of class 2: the label is known, and nothing else.
    rows = np.full((400, 10), np.nan)
    rows[:, -1] = 2
    v, _ = sampling.conditional(run[-1], rows, np.arange(10) == 9, 200, seed=1)
    assert (v[:, -1] == 2).all() and (v[:, 6:9].mean() > 0.75 > 0.3 > v[:, :6].mean())
