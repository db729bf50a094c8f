"""Files of rbms 0.6.0 and 0.5.0: what is read, what is written, what is refused.

``data/rbms060`` holds five runs that rbms 0.6.0 wrote, cut to their first and last
update, and the numbers that rbms computed on these; the layout is untouched.
"""

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from check_rbms import excess
from rbmlib.files.settings import GROUPS
from rbmlib.rbm import RBM
from rbmlib.trajectories import Trajectory
from rbmlib.units import BY_LETTER, GAUSSIAN, SPIN, Gaussian
from written import same, set_value, without_ours, written

DATA = Path(__file__).parent / "data" / "rbms060"
NUMBERS = json.loads((DATA / "numbers.json").read_text())
N_VISIBLE, N_HIDDEN = 40, 8
# Every type of rbms whose units are here.
TYPES = [name for name in NUMBERS if {name[0], name[1]} <= set(BY_LETTER)]
SEEDS = {
    "BBRBM": 433595312017, "IIRBM": 519598728749, "PBRBM": 33792146825,
    "BGRBM": 833051279885, "IGRBM": 550213565367,
}  # fmt: skip


def load(name, **arguments):
    if name[1] == "G":
        arguments = {"hidden_variance": 1 / N_VISIBLE} | arguments
    return Trajectory.load(DATA / f"{name}.h5", **arguments)


# What rbms wrote


@pytest.mark.parametrize("name", TYPES)
def test_a_run_of_060_loads_with_its_settings(name):
    run = load(name)
    assert run.ages.tolist() == [0, 59]  # a run asked for 60 updates makes 59
    assert (run.n_visible, run.n_hidden) == (N_VISIBLE, N_HIDDEN)
    assert run[0].visible.letter + run[0].hidden.letter + "RBM" == name
    assert run.chains.shape == (100, N_VISIBLE)
    assert run.settings == {
        "n_chains": 100, "k": 5, "beta": 1.0, "method": "pcd", "batch_size": 100,
        "learning_rate": 0.05, "optim": "sgd", "max_lr": 10, "L1": 0.0, "L2": 0.0,
        "centred": True, "normalize_grad": False, "max_norm_grad": -1,
        "seed": SEEDS[name], "train_size": 0.6, "test_size": 0.4, "alphabet": "protein",
        "remove_duplicates": False, "use_weights": False, "n_save": 8, "spacing": "exp",
    }  # fmt: skip
    types = {key: type(value) for key, value in run.settings.items()}
    assert types["seed"] is types["k"] is int and types["centred"] is bool
    assert types["learning_rate"] is float


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("update", [1, 60])
def test_energies_and_log_z_are_those_of_rbms(name, update):
    expected = NUMBERS[name]["per_update"][str(update)]
    machine = load(name).at(update - 1)
    # Parameters are the same float32 numbers, and rbms added in float64; only a field
    # above 10, which it cuts, could cost more than rounding: 4.5e-5.
    np.testing.assert_allclose(
        machine.free_energy(expected["v"]) + excess(machine),
        expected["energy_visible"],
        atol=1e-12,
    )
    if "log_z" in expected:
        assert machine.log_z() == pytest.approx(expected["log_z"], abs=1e-10)


def test_the_excess_of_igrbm_is_named_and_no_other_type_has_one():
    assert excess(load("IGRBM")[0]) == N_HIDDEN * np.log(2 * np.pi / N_VISIBLE)
    assert all(excess(load(name)[0]) == 0 for name in TYPES if name != "IGRBM")


@pytest.mark.parametrize("name", ["BGRBM", "IGRBM"])
def test_a_name_of_two_machines_needs_the_variance(name):
    with pytest.raises(ValueError, match="hidden_variance is missing") as caught:
        load(name, hidden_variance=None)
    for words in (f"{name}.h5", "names two machines", "1/40", "hidden_variance=1 for"):
        assert words in str(caught.value)
    v = np.ones(N_VISIBLE)
    for variance in (1 / N_VISIBLE, 1):
        machine = load(name, hidden_variance=variance)[-1]
        assert machine.hidden == Gaussian(float(variance))
        field = machine.b + v @ machine.W
        np.testing.assert_allclose(machine.mean_h(v), variance * field, rtol=1e-12)


@pytest.mark.parametrize("variance", [0, -1.0, np.nan, "1"])
def test_a_wrong_variance_is_refused(variance):
    with pytest.raises((TypeError, ValueError), match="hidden_variance must"):
        load("BGRBM", hidden_variance=variance)


def test_a_variance_that_the_file_contradicts_is_refused(tmp_path):
    with pytest.raises(ValueError, match="hidden_variance must be left out for BBRBM"):
        load("BBRBM", hidden_variance=1.0)
    run, path = written(tmp_path, "BGRBM")
    assert same(Trajectory.load(path, hidden_variance=1 / run.n_visible), run)
    with pytest.raises(ValueError, match="must be left out or 0.05, as the file says"):
        Trajectory.load(path, hidden_variance=1.0)


def test_settings_stand_where_either_version_looks(tmp_path):
    def only_060(file):
        del file["rbmlib"]
        for name in set(file["hyperparameters"]) - {"num_chains"}:
            del file["hyperparameters"][name]

    def only_050(file):
        del file["rbmlib"]
        for name in GROUPS:
            del file[name]

    run, path = written(tmp_path, edit=only_060)
    assert Trajectory.load(path).settings == run.settings
    _, path = written(tmp_path, edit=only_050)
    lost = {"method", "centred"}  # 0.5.0 does not record them, but L1 and L2
    kept = {k: v for k, v in run.settings.items() if k not in lost}
    assert Trajectory.load(path).settings == kept | {"L1": 0.0, "L2": 0.0}


@pytest.mark.parametrize(
    "rates, expected",
    [
        ([0.05] * 3, 0.05),
        ([0.5, 0.25, 0.125], "0.5, 0.25, 0.125"),
        (np.float32([0.1]), 0.1),
        (0.1, 0.1),
    ],
)
def test_the_learning_rate_is_a_number_where_it_is_one(tmp_path, rates, expected):
    def edit(file):
        without_ours(file)
        set_value("train_args/learning_rate", rates)(file)

    _, path = written(tmp_path, edit=edit)
    run = Trajectory.load(path)
    assert run.settings["learning_rate"] == expected
    run.save(path)  # whatever it is, it is kept
    assert same(Trajectory.load(path), run)


def test_a_run_of_060_keeps_its_settings_through_our_file(tmp_path):
    run = load("IIRBM")
    run.save(tmp_path / "run.h5")
    assert same(Trajectory.load(tmp_path / "run.h5"), run)
    with h5py.File(tmp_path / "run.h5", "r+") as file:
        without_ours(file)
        assert file["train_args/learning_rate"].shape == (1,)
        assert not file["grad_args/no_center"][()]
    # Our file has what the loader of 0.5.0 asks for, so no setting is lost there.
    assert Trajectory.load(tmp_path / "run.h5").settings == run.settings


def test_chains_stand_in_the_sampler_too(tmp_path):
    def moved(file):
        file.create_group("sampler")
        file.move("parallel_chains", "sampler/parallel_chains")

    run, path = written(tmp_path, edit=moved)
    assert same(Trajectory.load(path), run)


# What rbms reads, from the source of its loaders: a path, the kind of its numbers, and
# its shape (q: the states of a Potts unit).  load_params takes all that params/ holds.

PARAMETERS = {
    "weight_matrix": ("f", ("n_visible", "q", "n_hidden")),
    "vbias": ("f", ("n_visible", "q")),
    "hbias": ("f", ("n_hidden",)),
}
MODEL = {
    "model_type": ("O", ()),
    "parallel_chains": ("f", ("n_chains", "n_visible")),
    "update_10/time": ("f", ()),
}
HYPERPARAMETERS = {
    "batch_size": ("i", ()), "gibbs_steps": ("i", ()), "learning_rate": ("f", ()),
    "L1": ("f", ()), "L2": ("f", ()), "seed": ("i", ()),
}  # fmt: skip
READ = {
    "0.5.0": MODEL | {f"hyperparameters/{k}": v for k, v in HYPERPARAMETERS.items()},
    "0.6.0": MODEL,
}
KNOWN = {"0.5.0": ("BBRBM", "PBRBM"), "0.6.0": tuple(NUMBERS)}


@pytest.mark.parametrize(
    "version, name", [(v, n) for v, names in KNOWN.items() for n in names if n in TYPES]
)
def test_the_file_has_what_either_version_reads(tmp_path, version, name):
    run, path = written(tmp_path, name)
    sizes = {"n_visible": 20, "n_hidden": 6, "n_chains": 5, "q": 4}
    with h5py.File(path) as file:
        assert set(file["update_10/params"]) == set(PARAMETERS)
        parameters = {f"update_10/params/{k}": v for k, v in PARAMETERS.items()}
        for place, (kind, shape) in (READ[version] | parameters).items():
            found = file[place]
            assert found.dtype.kind == kind, place
            shape = [sizes[x] for x in shape if x != "q" or name[0] == "P"]
            assert found.shape == tuple(shape), place
        assert file["model_type"][()].decode() == name
        assert np.array_equal(file["parallel_chains"][()], run.chains)


def test_a_run_without_chains_and_settings_has_it_too(tmp_path):
    Trajectory([9], [RBM.random(3, 2, seed=0).on_grid()]).save(tmp_path / "run.h5")
    with h5py.File(tmp_path / "run.h5") as file:
        assert all(place in file for place in READ["0.5.0"] if "seed" not in place)
        assert file["parallel_chains"].shape == (0, 3)


@pytest.mark.parametrize(
    "visible, hidden, name",
    [
        (SPIN, Gaussian(1 / 3), "IGRBM"),
        (SPIN, Gaussian(np.nextafter(1 / 3, 1)), "rbmlib:IGRBM"),
        (SPIN, GAUSSIAN, "rbmlib:IGRBM"),
        (Gaussian(2.0), Gaussian(0.1), "GGRBM"),
    ],
)
def test_only_the_machine_of_rbms_has_its_name(tmp_path, visible, hidden, name):
    machine = RBM.random(3, 2, seed=0, visible=visible, hidden=hidden).on_grid()
    run = Trajectory([0], [machine])
    run.save(tmp_path / "run.h5")
    with h5py.File(tmp_path / "run.h5") as file:
        assert file["model_type"][()].decode() == name
    assert Trajectory.load(tmp_path / "run.h5")[0].hidden == hidden
