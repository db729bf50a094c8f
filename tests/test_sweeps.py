"""Sweeps over seeds and settings: the same bits on any backend, a Dask cluster too."""

import hashlib
import json
import warnings

import joblib
import numpy as np
import pytest

from rbmlib import sweeps
from rbmlib.files.layout import checksum
from rbmlib.training import initial_machine, train

GRID = {"seed": range(3), "k": [1, 2]}


def trained(seed, k):
    """Train a small machine; return the checksum of all that the run holds."""
    data = np.arange(48).reshape(12, 4) % 5 % 2
    start = initial_machine(data, 3, seed=seed, scale=0.1)
    how = {"batch_size": 4, "learning_rate": 0.1, "progress": False}
    return checksum(train(start, data, n_updates=20, k=k, seed=seed, **how))


def power(x, n=2):
    return x**n


def digest(results):
    return hashlib.sha256(json.dumps(results).encode()).hexdigest()


@pytest.fixture(scope="module")
def serial():
    results = sweeps.sweep(trained, GRID, progress=False)
    assert len({row["result"] for row in results}) == 6
    return results


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_every_backend_gives_the_same_bits(backend, serial):
    with joblib.parallel_config(backend=backend, n_jobs=2):
        found = sweeps.sweep(trained, GRID, progress=False)
    assert digest(found) == digest(serial)


def test_dask_gives_the_same_bits_and_fills_the_same_store(tmp_path, serial):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Dask itself
        from dask import config
        from distributed import Client, LocalCluster

        config.set({"distributed.comm.timeouts.connect": "60s"})
        workers = LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
        )
        with workers, Client(workers), joblib.parallel_config(backend="dask"):
            store = tmp_path / "runs.jsonl"
            found = sweeps.sweep(trained, GRID, store=store, progress=False)
    assert digest(found) == digest(serial)
    # What Dask has finished, one process takes from the store.
    again = sweeps.sweep(trained, GRID, store=store, progress=False)
    assert digest(again) == digest(serial)
    assert len(store.read_text().splitlines()) == 7


def test_a_grid_is_every_combination_the_last_fastest():
    found = sweeps.sweep(power, {"x": np.array([2, 3]), "n": (1, 2)}, progress=False)
    assert found == [{"x": x, "n": n, "result": x**n} for x in (2, 3) for n in (1, 2)]
    chosen = [{"x": 5}, {"n": 3, "x": 2}]
    found = sweeps.sweep(power, chosen, progress=False)
    assert [list(row) for row in found] == [["x", "result"], ["n", "x", "result"]]
    assert [row["result"] for row in found] == [25, 8]


def test_a_store_is_of_one_function(tmp_path):
    store = tmp_path / "store.jsonl"
    sweeps.sweep(power, {"x": [2]}, store=store, progress=False)
    with pytest.raises(ValueError, match="store must be of the task .*trained"):
        sweeps.sweep(trained, GRID, store=store, progress=False)


def test_an_error_has_its_setting():
    with pytest.raises(TypeError) as caught:
        sweeps.sweep(power, {"x": [1], "m": [2]}, progress=False)
    assert '{"m": 2, "x": 1}' in caught.value.__notes__[0]
