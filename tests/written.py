"""Small files of runs, changed after they were written."""

import h5py
import numpy as np

from check_rbms import run_of


def written(tmp_path, name="BBRBM", edit=None):
    """Save a small run, apply ``edit`` to the open file, return run and path."""
    run, path = run_of(name, np.random.default_rng(5)), tmp_path / "run.h5"
    run.save(path)
    if edit is not None:
        with h5py.File(path, "r+") as file:
            edit(file)
    return run, path


def same(first, second):
    assert first.ages.tolist() == second.ages.tolist()
    assert first.machines == second.machines
    assert np.array_equal(first.chains, second.chains)
    assert first.settings == second.settings
    return True


def set_value(name, value):
    def edit(file):
        if name in file:
            del file[name]
        file[name] = value

    return edit


def without_ours(file):
    del file["rbmlib"]
