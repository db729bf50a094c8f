"""The estimator keeps scikit-learn's rules, and is the library's machine."""

import pickle

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from rbmlib import enumeration, sampling, training
from rbmlib.estimator import RBMTransformer
from rbmlib.rbm import RBM


@parametrize_with_checks([RBMTransformer(n_updates=10, k=1)])
def test_rules_of_scikit_learn(estimator, check):
    check(estimator)


def bars(n=200):
    """Either the left half or the right one, with one flip in ten."""
    left = np.arange(n) % 2
    X = np.where(np.arange(6) < 3, left[:, None], 1 - left[:, None])
    flips = np.random.default_rng(0).random(X.shape) < 0.1
    return np.where(flips, 1 - X, X), left


def fitted(**options):
    options = {"n_updates": 400, "learning_rate": 0.1, "seed": 3} | options
    return RBMTransformer(2, **options).fit(bars()[0])


def test_it_is_the_run_that_the_library_trains():
    X, _ = bars()
    start = training.initial_machine(X, 2, seed=3, scale=0.01)
    run = training.train(
        start, X, k=10, batch_size=100, n_updates=400, learning_rate=0.1, seed=3,
        progress=False,
    )  # fmt: skip
    machine = fitted()
    assert machine.machine_ == run[-1]
    assert np.array_equal(machine.transform(X), run[-1].mean_h(X))
    found = machine.sample(5, n_sweeps=20, seed=7)
    assert np.array_equal(found, sampling.sample(run[-1], 5, 20, 7))


def test_a_score_is_the_exact_log_likelihood():
    X, _ = bars()
    machine = fitted()
    states = enumeration.all_states(machine.machine_.visible, 6)
    assert np.exp(machine.score_samples(states)).sum() == pytest.approx(1, abs=1e-9)
    assert machine.score(X) == pytest.approx(machine.score_samples(X).mean())


def test_a_density_is_one_in_the_units_of_the_table():
    rng = np.random.default_rng(1)
    X = rng.normal(50, 4, (300, 1))
    machine = RBMTransformer(2, n_updates=200, seed=0).fit(X)
    grid = np.linspace(0, 100, 4001)
    density = np.exp(machine.score_samples(grid[:, None]))
    assert np.trapezoid(density, grid) == pytest.approx(1, abs=1e-6)
    v = machine.sample(400, n_sweeps=50)
    assert abs(v.mean() - X.mean()) < 5 * 4 / np.sqrt(300)


def test_a_large_machine_is_scored_by_annealing_and_its_bound():
    strong = RBM.random(20, 18, scale=1.0, seed=0).on_grid()
    machine = RBMTransformer(18, n_updates=1, seed=0)
    machine.fit(np.arange(200).reshape(10, 20) % 3 % 2)
    exact = strong.log_z()
    assert machine._log_z(strong) == pytest.approx(exact, abs=0.2)


def test_pickles_hold_the_file_of_the_run_with_its_checksum():
    X, _ = bars()
    machine = fitted()
    data = pickle.dumps(machine)
    assert b"\x89HDF" in data
    again = pickle.loads(data)
    assert again.machine_ == machine.machine_ and again.score(X) == machine.score(X)
    state = machine.__getstate__()
    number = machine.machine_.W.astype(np.float32).tobytes()[:8]
    damaged = state["run_"].replace(number, b"\0" * 8)
    assert damaged != state["run_"]
    with pytest.raises(ValueError, match="damaged"):
        RBMTransformer().__setstate__(state | {"run_": damaged})


def test_in_a_pipeline_and_a_grid_search():
    X, left = bars()
    classifier = make_pipeline(fitted(), LogisticRegression()).fit(X, left)
    assert classifier.score(X, left) > 0.9
    grid = {"n_hidden": [1, 2], "k": [1, 3]}
    search = GridSearchCV(fitted(n_updates=50), grid, cv=2).fit(X)
    assert search.best_params_["n_hidden"] in (1, 2)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_sparse_samples_are_the_same():
    X, _ = bars()
    machine = clone(fitted()).fit(sparse.csr_array(X))
    assert machine.machine_ == fitted().machine_
    assert np.array_equal(machine.transform(sparse.csc_array(X)), machine.transform(X))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_hidden", 0), ("n_hidden", 1.5), ("visible", "bits"), ("method", "cd1"),
        ("k", 0), ("k", "1"), ("n_updates", 0), ("batch_size", 201), ("batch_size", -1),
        ("learning_rate", 0.0), ("learning_rate", "fast"), ("centred", 1), ("seed", -1),
        ("seed", None),
    ],
)  # fmt: skip
def test_fit_refuses_a_bad_parameter_by_name(name, value):
    with pytest.raises((ValueError, TypeError), match=rf"{name} must .*got"):
        RBMTransformer(2, n_updates=1).set_params(**{name: value}).fit(bars()[0])


def test_what_does_not_fit_is_refused():
    X, _ = bars()
    with pytest.raises(NotFittedError):
        RBMTransformer().transform(X)
    with pytest.raises(ValueError, match="visible must be one of 'auto', 'binary'"):
        RBMTransformer(visible="bits").fit(X)
    with pytest.raises(ValueError, match="0 or 1; got 2"):
        RBMTransformer(visible="binary").fit(2 * X)
    with pytest.raises(ValueError, match="0 or 1; got 0.5"):
        fitted().transform(X / 2)
