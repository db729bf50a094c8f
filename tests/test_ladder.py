"""Training on a ladder of its own ages: the exact law, the rungs, and their file."""

from dataclasses import replace

import numpy as np
import pytest

from rbmlib import enumeration, randomness, sampling, tempering, training
from rbmlib.rbm import RBM
from rbmlib.sampling.sampler import Paths
from rbmlib.tempering import swaps
from rbmlib.training import ladder as ladders
from rbmlib.training import rungs, tempered
from rbmlib.trajectories import Trajectory
from rbmlib.units import BINARY, SPIN, Gaussian

HELD = {"learning_rate": 1e-30, "k": 1, "batch_size": 10, "progress": False}
QUIET = {"checkpoints": [], "progress": False}


def two_valleys(unit=SPIN):
    """Return a machine whose chains stay in one of two unequal valleys."""
    W = np.full((8, 4), 0.6)
    machine = RBM(W, np.full(8, 0.03), np.zeros(4), SPIN, SPIN)
    return (machine if unit is SPIN else machine.to_binary()[0]).on_grid()


def law_and_data(machine):
    v, p = enumeration.visible_probabilities(machine)
    return v, p, v[np.random.default_rng(0).choice(len(v), 2000, p=p)]


def held(machine, data, n_updates, method="ptt", n_chains=4000, seed=0):
    """Return a run whose steps are too small to change a bit of the machine."""
    options = HELD | {"method": method, "n_chains": n_chains, "n_updates": n_updates}
    run = training.train(machine, data, seed=seed, checkpoints=[], **options)
    assert run[-1] == machine
    return run


def worst(v, states, p):
    """Return the largest of up to 64 standardised deviations from a law."""
    low = states.min()
    order = 2 ** np.arange(states.shape[1])[::-1]
    index = (v > low).astype(int) @ order
    count = np.bincount(index, minlength=len(p))[(states > low).astype(int) @ order]
    expected = len(v) * p
    many = expected > 20
    return np.abs((count - expected) / np.sqrt(expected * (1 - p)))[many].max()


@pytest.mark.parametrize("unit", [BINARY, SPIN])
def test_the_top_of_the_ladder_has_the_enumerated_law(unit):
    machine = two_valleys(unit)
    states, p, data = law_and_data(machine)
    run = held(machine, data, 60)
    assert worst(run.chains, states, p) < 4.5
    # Chains alone stay where noise put them.
    assert worst(held(machine, data, 60, "pcd").chains, states, p) > 10
    ladder = training.ladder_of(run)
    assert len(ladder.machines) > 2 and ladder.acceptance.min() > rungs.TARGET - 0.05
    for rung, v in zip(ladder.machines, ladder.v, strict=True):
        assert worst(v, *enumeration.visible_probabilities(rung)) < 4.5


def test_a_ladder_in_beta_has_the_enumerated_law_too():
    machine = two_valleys()
    states, p, data = law_and_data(machine)
    run = held(machine, data, 150, "tempered", n_chains=2000)
    assert worst(run.chains, states, p) < 4.5
    foot, *others = tempered.restored(run).below
    assert worst(foot, states, p) > 10 and len(others) == tempered.N_BELOW - 1
    state = run.state | {"tempered_chains": run.state["tempered_chains"][1:]}
    with pytest.raises(ValueError, match=r"state\['tempered_chains'\] must have shape"):
        training.resume(replace(run, state=state), data, n_updates=160, progress=False)
    start = RBM(np.zeros((8, 2)), np.zeros(8), np.zeros(2), SPIN, Gaussian(1.0))
    with pytest.raises(ValueError, match="for method='tempered'"):
        training.begin(start, data, method="tempered", learning_rate=0.1, seed=0)


def test_a_wrong_exchange_would_be_noticed(monkeypatch):
    machine = two_valleys()
    states, p, data = law_and_data(machine)
    right = swaps.accepted
    monkeypatch.setattr(swaps, "accepted", lambda delta, words: right(delta / 2, words))
    assert worst(held(machine, data, 60).chains, states, p) > 6


def two_clusters(n_samples=400, n_visible=24, flip=0.05):
    rng = np.random.default_rng(1)
    label = rng.random((n_samples, 1)) < 0.7
    return (label ^ (rng.random((n_samples, n_visible)) < flip)).astype(float)


def trained(checkpoints=()):
    data = two_clusters()
    start = training.initial_machine(data, 6, scale=0.01, seed=0)
    options = {"k": 1, "batch_size": 100, "learning_rate": 0.1, "seed": 1}
    options |= {"method": "ptt", "n_updates": 500, "progress": False}
    return training.train(start, data, checkpoints=list(checkpoints), **options)


@pytest.fixture(scope="module")
def run():
    return trained()


def test_the_machine_that_was_present_becomes_a_rung(run):
    ladder = training.ladder_of(run)
    assert ladder.ages[0] == 0 and (np.diff(ladder.ages) > 0).all()
    assert ladder.ages[-1] == 500 and ladder.machines[-1] == run[-1]
    assert not ladder.machines[0].W.any() and len(ladder.machines) > 2
    assert np.array_equal(ladder.v[-1], run.chains)
    assert (ladder.acceptance[:-1] > 0.15).all()
    again = trained(ladder.ages[1:-1])
    for age, machine in zip(ladder.ages[1:], ladder.machines[1:], strict=True):
        assert again.at(age) == machine


def test_a_ladder_goes_on_by_replica_exchange(run):
    ladder = training.ladder_of(run)
    found = tempering.exchange(ladder.machines, ladder.v, 100, seed=3, skip=20)
    exact = np.array([m.on_grid().log_z() for m in ladder.machines])
    assert np.abs((found.log_z - exact)[1:] / found.log_z_error[1:]).max() < 4
    # Shares of both clusters are those of the data, .7 and .3.
    up = found.v[-1].mean(1) > 0.5
    assert abs(up.mean() - two_clusters().mean(1).round().mean()) < 0.15


def test_rungs_that_are_not_needed_are_dropped():
    machine = two_valleys()
    _, _, data = law_and_data(machine)
    run = held(machine, data, 4, n_chains=500)
    replicas = ladders.restored(run)
    n = len(replicas.rungs)
    assert n > 2
    # The present machine goes back to the foot: all other rungs are in vain.
    foot = replicas.rungs[0].machine
    v = replicas.rungs[0].v
    moved = replicas._replace(v=np.roll(v, 1, axis=0))
    found = ladders._grown(moved, foot, 0.0, 10, 10)
    assert len(found.rungs) == 1 and found.rungs[0].machine == foot
    # A machine far from all is reached by several.
    signs = np.array([1.0, -1.0] * 4)
    W = machine.W * signs[:, None]
    far = RBM(1.5 * W, 0.3 * signs, machine.b, SPIN, SPIN).on_grid()
    v, _ = sampling.gibbs(far, replicas.v, 50, seed=0)
    found = ladders._grown(replicas._replace(v=v), far, 0.0, 10, 10)
    assert len(found.rungs) > n and found.accepted[n - 1 :].sum() == 0


def test_a_file_keeps_the_ladder_and_is_refused_when_it_was_changed(run, tmp_path):
    data = two_clusters()
    run.save(tmp_path / "run.h5")
    loaded = Trajectory.load(tmp_path / "run.h5")
    one, other = (
        training.resume(r, data, n_updates=520, progress=False) for r in (run, loaded)
    )
    assert one[-1] == other[-1] and np.array_equal(one.chains, other.chains)
    half = run.state["ladder_W"][:, :, :3]
    off = run.state["ladder_W"] + np.float32(1e-7)
    changes = {
        "ladder_W": (half, off),
        "ladder_ages": (run.state["ladder_ages"] - 1, run.state["ladder_ages"][:-1]),
        "ladder_chains": (2 * run.state["ladder_chains"] + 1,),
        "ladder_proposed": (run.state["ladder_accepted"] - 1,),
    }
    for name, values in changes.items():
        for value in values:
            wrong = replace(run, state=run.state | {name: value})
            with pytest.raises(ValueError, match=rf"state\['{name}'\] must"):
                training.resume(wrong, data, n_updates=520, progress=False)
    without = replace(run, state={x: run.state[x] for x in "Wab"})
    with pytest.raises(ValueError, match="state must hold W, a, b, ladder_W"):
        training.resume(without, data, n_updates=520, progress=False)
    with pytest.raises(ValueError, match="must be a run by method='ptt'"):
        training.ladder_of(without)


def test_no_address_is_used_twice(monkeypatch):
    used, swapped, run, draws = [], [], Paths.run, randomness.draws

    def watched(self, v, n_sweeps, first_sweep=0, first_chain=0, n_threads=1):
        sweeps = range(first_sweep, first_sweep + n_sweeps)
        chains = range(first_chain, first_chain + len(v))
        used.extend((self.sweeps, s, c) for s in sweeps for c in chains)
        return run(self, v, n_sweeps, first_sweep, first_chain, n_threads)

    def watched_draws(seed, stream, sweep, chains, n_units):
        if stream == randomness.LADDER:
            swapped.extend((sweep, c) for c in chains)
        return draws(seed, stream, sweep, chains, n_units)

    monkeypatch.setattr(Paths, "run", watched)
    monkeypatch.setattr(randomness, "draws", watched_draws)
    data = two_clusters()
    start = two_clusters()[:6].T - 0.5
    start = RBM(3.0 * start, np.zeros(24), np.zeros(6))
    options = {"batch_size": 50, "n_chains": 5, "learning_rate": 1.0, "k": 3}
    training.train(start, data, method="ptt", seed=0, n_updates=40, **options, **QUIET)
    assert len(used) > 1000 and len(set(used)) == len(used)
    assert len(swapped) > 100 and len(set(swapped)) == len(swapped)


def test_units_without_exact_exchanges_are_refused():
    machine = RBM.random(8, 2, seed=0, hidden=Gaussian(1.0))
    with pytest.raises(ValueError, match="or ±1 units for method='ptt', got RBM"):
        training.train(
            machine, np.eye(20, 8), method="ptt", n_updates=1, seed=0, **HELD
        )
