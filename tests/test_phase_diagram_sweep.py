"""Sweeps: the same numbers on one core, on several, on a cluster, and resumed."""

import joblib
import numpy as np

import cluster  # noqa: F401  registers the backend of this name
from rbmlib.phase_diagram import measure_point, solve_grid, sweep
from rbmlib.phase_diagram.plane import FIELDS

MACHINES = [
    {
        "law": law,
        "w": 1.5,
        "sigma": 0.5,
        "kappa": 0.5,
        "n_visible": 60,
        "seed": seed,
        "n_sweeps": 5,
        "n_burn": 5,
    }
    for law in ("gaussian", ["sparse", 0.5])
    for seed in range(4)
]
ROWS = [
    {
        "law": "gaussian",
        "w": np.linspace(0, 6, 50).tolist(),
        "sigma": sigma,
        "kappa": 4.0,
    }
    for sigma in np.linspace(0, 5, 10).tolist()
]


def test_grid_by_rows():
    rows = sweep.run(sweep.grid_row, ROWS, progress=False)
    values = np.array(rows, float)  # (sigma, field, w, kind)
    sigmas = [[row["sigma"]] for row in ROWS]
    grid = solve_grid(ROWS[0]["w"], sigmas, 4.0)
    for k, name in enumerate(FIELDS):
        assert np.array_equal(values[:, k], getattr(grid, name), equal_nan=True)


def test_several_processes_give_the_same_numbers():
    alone = sweep.run(measure_point, MACHINES, progress=False)
    assert alone == sweep.run(measure_point, MACHINES, n_jobs=2, progress=False)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert alone == sweep.run(measure_point, MACHINES, progress=False)


def test_a_cluster_gives_the_same_numbers():
    with joblib.parallel_config(backend="cluster", n_jobs=-1):
        machines = sweep.run(measure_point, MACHINES, progress=False)
        rows = sweep.run(sweep.grid_row, ROWS, progress=False)
    assert machines == sweep.run(measure_point, MACHINES, progress=False)
    assert rows == sweep.run(sweep.grid_row, ROWS, progress=False)


def test_progress_is_shown(capsys):
    sweep.run(dict, [{"x": 1}, {"x": 2}])
    assert "2/2" in capsys.readouterr().err
