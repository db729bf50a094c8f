"""Chains with weights: fair along any path, drawn again fairly, and kept in a file."""

from dataclasses import replace

import numpy as np
import pytest

from rbmlib import enumeration, likelihood, randomness, training
from rbmlib.rbm import RBM
from rbmlib.sampling.sampler import Paths
from rbmlib.training import population
from rbmlib.units import GAUSSIAN

N, N_CHAINS = 10, 24


def three_modes(flip=0.05):
    """Return 1000 samples of ten units, in three modes of shares .5, .3 and .2."""
    modes = [[1] * 5 + [0] * 5, [0] * 5 + [1] * 5, [1, 0] * 5]
    noise = randomness.draws(3, randomness.NOISE, 0, np.arange(1000), N)
    return np.repeat(modes, [500, 300, 200], axis=0) ^ (noise < int(flip * 2**32))


@pytest.fixture(scope="module")
def path():
    """Machines on a path that no chain decides, from hardly any weights to modes."""
    end = training.low_rank_start(three_modes(), 4, n_directions=2, seed=0).machine
    return [(x * end).on_grid() for x in np.linspace(0, 1, 8)]


def carried(path, seed, k=1):
    """Return a population after the path, and its weights."""
    settings = {"n_chains": N_CHAINS, "seed": seed}
    kept, weights = population.first_chains(path[0], settings, three_modes()), None
    for age, machine in enumerate(path):
        sampler = Paths.of(machine, seed)
        kept, weights = population.advance(kept, sampler, machine, k, age)
    return kept, weights / weights.sum()


def ratios(path, n_seeds):
    """Return Ẑ/Z of populations, and that times what their mean of v is off."""
    exact, mean = path[-1].log_z(), enumeration.moments(path[-1])[0]
    found = []
    for seed in range(n_seeds):
        kept, w = carried(path, seed)
        top = kept.log_w.max()
        log_z = kept.log_z + top + np.log(np.exp(kept.log_w - top).mean())
        ratio = np.exp(log_z - exact)
        found.append([ratio, *ratio * (w @ kept.v - mean)])
    return np.array(found)


def test_weights_are_fair_on_any_path(path, monkeypatch):
    """The mean of Ẑ is Z, and that of Ẑ ⟨v⟩ is Z times the mean of the machine."""
    found = ratios(path, 64)
    error = found.std(0, ddof=1) / 8
    z = (found.mean(0) - np.eye(N + 1)[0]) / error
    assert np.abs(z).max() < 4.5 and error.max() < 0.2
    right = population.swaps.work  # a wrong weight would be noticed
    monkeypatch.setattr(population.swaps, "work", lambda *x: 0.8 * right(*x))
    found = ratios(path, 16)
    assert abs(found[:, 0].mean() - 1) > 8 * found[:, 0].std(ddof=1) / 4


def test_chains_are_drawn_again_as_often_as_they_weigh(path):
    log_w = -np.arange(N_CHAINS) / 3.0
    w = np.exp(log_w) / np.exp(log_w).sum()
    start = population.Weighted(np.arange(N_CHAINS)[:, None], path[0], log_w, 1.0)
    counts = []
    for age in range(400):
        drawn = population._drawn_again(start, 5, age)
        counts.append(np.bincount(drawn.v[:, 0], minlength=N_CHAINS))
        assert drawn.log_z == pytest.approx(1.0 + np.log(np.exp(log_w).mean()))
        assert not drawn.log_w.any()
    counts = np.array(counts)
    assert np.abs(counts - N_CHAINS * w).max() < 1 + 1e-4
    rest = N_CHAINS * w % 1  # one copy more with this probability
    scatter = np.sqrt(rest * (1 - rest) / len(counts))
    assert np.abs((counts.mean(0) - N_CHAINS * w) / scatter).max() < 4.5
    assert population.effective(log_w) == pytest.approx(1 / (w @ w), rel=1e-4)


def test_weights_make_one_sweep_an_update_enough():
    data = three_modes()
    how = {"n_updates": 400, "learning_rate": 0.3, "checkpoints": [], "seed": 1}
    start = training.initial_machine(data, 4, scale=0.01, seed=0)
    chains = {"k": 1, "batch_size": 1000, "n_chains": 500, "progress": False}
    run = training.train(start, data, method="weighted", **how, **chains)
    best = training.train(start, data, method="exact", progress=False, **how)[-1]
    both = (likelihood.log_likelihood(x, data) for x in (best, run[-1]))
    assert abs(np.subtract(*both)) < 0.03
    found = training.population_of(run)
    assert found.weights.sum() == pytest.approx(1) and 200 < found.ess <= 500
    mean = enumeration.moments(run[-1])[0]
    assert np.abs(found.weights @ found.v - mean).max() < 0.1
    # The machine follows its chains, so that their Z is too small: half as much with
    # twice as many.
    assert -1 < found.log_z - run[-1].log_z() < -0.2


def test_what_is_no_population_is_refused(path):
    data = three_modes()
    how = {"method": "weighted", "learning_rate": 0.1, "seed": 0, "n_chains": 200}
    start = RBM.random(N, 3, scale=0.1, seed=0, hidden=GAUSSIAN)
    with pytest.raises(ValueError, match="rbm must have .* for method='weighted'"):
        training.begin(start, data, **how)
    run = training.begin(path[0], data, **how)
    assert training.population_of(run).ess > 50
    off = {name: run.state[name] for name in run.state}
    changes = {
        "population_log_w": np.zeros(3),
        "population_log_z": np.zeros(2),
        "population_W": run.state["population_W"] + 1e-9,
    }
    for name, value in changes.items():
        wrong = replace(run, state=off | {name: value})
        with pytest.raises(ValueError, match=rf"state\['{name}'\] must hold"):
            training.population_of(wrong)
    with pytest.raises(ValueError, match="must be a run by method='weighted'"):
        training.population_of(replace(run, state={x: off[x] for x in "Wab"}))
