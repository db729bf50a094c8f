"""The machine of bytes: what it lost, and that it is made again in pieces."""

from dataclasses import replace

import numpy as np
import pytest

from rbmlib import sampling
from rbmlib.rbm import RBM
from rbmlib.trained import live as stored
from rbmlib.trained import make_live, record
from rbmlib.trajectories import Trajectory


def test_little_is_lost_by_bytes():
    found = stored.assessed()
    assert 0 < found["lost_error"] < 0.1 and abs(found["lost"]) < 0.5
    assert -100 < found["test"] < -60 and found["verdict"]
    assert found["test_at_least"] < found["test"] < found["test_at_most"]


def test_what_is_lost_is_the_exact_difference():
    machine = RBM.random(8, 6, scale=0.5, seed=1)
    *steps, exponent = stored.byte_steps(machine)
    of_bytes = stored.of_steps(*steps, exponent)
    assert 0 < np.abs(machine.W - of_bytes.W).max() <= 2.0 ** -(exponent + 1)
    test = sampling.sample(machine, 50, 100, seed=2)
    chains = sampling.sample(machine, 2000, 100, seed=3)
    lost, error = make_live.lost_by_bytes(machine, of_bytes, chains, test)
    exact = [-x.free_energy(test).mean() - x.log_z() for x in (machine, of_bytes)]
    assert abs(lost - (exact[0] - exact[1])) < 4 * error < 0.01


def test_bytes_are_the_nearest_steps():
    machine = RBM.random(5, 4, scale=0.3, seed=0)
    W, a, b, exponent = stored.byte_steps(machine)
    assert 64 <= np.abs(W).max() <= stored.LARGEST and W.dtype == np.int8
    again = stored.of_steps(W, a, b, exponent)
    assert np.abs(again.W - machine.W).max() <= 2.0 ** -(exponent + 1)
    assert np.abs(again.a - machine.a).max() <= 2.0 ** -(exponent + stored.FINER + 1)
    with pytest.raises(ValueError, match="a weight that is not zero"):
        stored.byte_steps(RBM([[0.0]], [1.0], [1.0]))


def test_an_interrupted_training_goes_on_to_the_same_bits(tmp_path, monkeypatch):
    small = {"dataset": "digits", "n_hidden": 5, "n_chains": 100, "batch_size": 100}
    recipe = replace(make_live.RECIPE, k=1, later_rates=((3, 0.01),), **small)
    monkeypatch.setattr(make_live, "RECIPE", recipe)
    monkeypatch.setattr(make_live, "AGES", (1, 3, 5))
    monkeypatch.setattr(make_live, "_assessed", lambda *found: {})
    whole = make_live.make(progress=False)
    monkeypatch.setattr(make_live, "AGES", (1, 3))
    make_live.make(tmp_path, progress=False)
    assert Trajectory.load(tmp_path / "live.h5").ages.tolist() == [0, 1, 3]
    monkeypatch.setattr(make_live, "AGES", (1, 3, 5))
    pieces = make_live.make(tmp_path, progress=False)
    assert record.sha256(*stored.parts(pieces)) == record.sha256(*stored.parts(whole))
    assert whole["age"] == 5 and whole["chains"].shape == (100, 8)
    assert (whole["levels"] <= 255).all() and whole["levels"].max() > 100
