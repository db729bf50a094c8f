"""A machine in a file of its own: the same comes back, or an error names the file."""

import h5py
import numpy as np
import pytest

from rbmlib.rbm import RBM
from rbmlib.trajectories import History, Trajectory
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Categorical, Gaussian, ReLU
from test_trajectory_files import DATA


def machine_of(visible, hidden, shape=(5,)):
    """A machine of five visible and two hidden units, no number of it a float32."""
    rng = np.random.default_rng(4)
    W, a = rng.normal(size=(*shape, 2)) / 7, rng.normal(size=shape) / 7
    return RBM(W, a, rng.normal(size=2) / 7, visible, hidden)


@pytest.mark.parametrize("hidden", [BINARY, SPIN, GAUSSIAN, Gaussian(0.3), ReLU()])
@pytest.mark.parametrize(
    ("visible", "shape"),
    [
        (BINARY, (5,)),
        (SPIN, (5,)),
        (Gaussian(0.5), (5,)),
        (Categorical(3), (5, 3)),
        (Categorical([2, 3, 2, 4, 5]), (16,)),
    ],
)
def test_a_machine_comes_back_with_its_units(tmp_path, visible, shape, hidden):
    machine, path = machine_of(visible, hidden, shape), tmp_path / "machine.h5"
    machine.save(path)
    found = RBM.load(path)
    assert found == machine and found.visible == visible and found.hidden == hidden
    assert Trajectory.load(path)[-1] == machine
    with h5py.File(path) as file:
        assert file["update_1/params/weight_matrix"].dtype == np.float64


def test_on_its_grid_it_is_the_file_of_a_run_of_one_age(tmp_path):
    machine = RBM.random(6, 3, seed=1).on_grid()
    machine.save(tmp_path / "machine.h5")
    Trajectory([0], [machine]).save(tmp_path / "run.h5")
    assert (tmp_path / "machine.h5").read_bytes() == (tmp_path / "run.h5").read_bytes()


def test_a_damaged_file_gives_the_same_machine_or_a_valueerror(tmp_path):
    machine, path = machine_of(BINARY, BINARY), tmp_path / "machine.h5"
    machine.save(path)
    whole, rng, refused = path.read_bytes(), np.random.default_rng(0), 0
    damaged = [
        whole[:n] + bytes(len(whole[n : n + 512])) + whole[n + 512 :]
        for n in range(0, len(whole), 512)
    ]
    damaged += [whole[:n] for n in range(0, len(whole), 1024)]
    for place in rng.integers(len(whole), size=60).tolist():
        changed = whole[place] ^ int(rng.integers(1, 256))
        damaged.append(whole[:place] + bytes([changed]) + whole[place + 1 :])
    for data in damaged:
        path.write_bytes(data)
        try:
            assert RBM.load(path) == machine
        except ValueError as error:
            assert str(path) in str(error)
            refused += 1
    assert refused > 20


def test_another_number_or_unit_is_noticed(tmp_path):
    machine, path = machine_of(SPIN, Gaussian(0.3)), tmp_path / "machine.h5"
    for name, value in (
        ("update_1/params/vbias", 1.5),
        ("rbmlib/hidden_variance", 0.4),
    ):
        machine.save(path)
        with h5py.File(path, "r+") as file:
            file[name][...] = value
        with pytest.raises(ValueError, match="not those that were saved") as caught:
            RBM.load(path)
        assert str(path) in str(caught.value)


def test_a_run_is_no_machine_but_one_age_of_it_is(tmp_path):
    machine, path = RBM.random(4, 2, seed=3).on_grid(), tmp_path / "run.h5"
    Trajectory([0, 9], [machine, (2 * machine).on_grid()]).save(path)
    with pytest.raises(ValueError, match="one machine, got 2 of a run") as caught:
        RBM.load(path)
    assert str(path) in str(caught.value)
    Trajectory(
        [9],
        [machine],
        chains=np.eye(4),
        settings={"k": 3, "method": "pcd", "learning_rate": 0.1, "centred": True},
        state={"W": machine.W},
        history=History({"age": [9], "norm": [0.5], "verdict": ["trusted"]}),
    ).save(path)
    assert RBM.load(path) == machine


def test_a_machine_of_rbms_is_read(tmp_path):
    path = tmp_path / "theirs.h5"
    path.write_bytes((DATA / "BGRBM.h5").read_bytes())
    with h5py.File(path, "r+") as file:
        del file["update_1"]
    with pytest.raises(ValueError, match="hidden_variance is missing"):
        RBM.load(path)
    found = RBM.load(path, hidden_variance=1 / 40)
    assert found == Trajectory.load(path, hidden_variance=1 / 40)[-1]


def test_what_cannot_be_read_or_written_is_named(tmp_path):
    machine, path = RBM.random(4, 2, seed=3), tmp_path / "machine.h5"
    with pytest.raises(FileNotFoundError, match="machine.h5"):
        RBM.load(path)
    machine.save(path)
    before = path.read_bytes()
    with pytest.raises(FileNotFoundError, match="nowhere"):
        machine.save(tmp_path / "nowhere" / "machine.h5")
    with pytest.raises(TypeError, match="path must be"):
        machine.save(3)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
