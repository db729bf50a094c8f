"""Data that a run holds: the same states, in little memory."""

import gc
import tracemalloc

import numpy as np
import pytest

from rbmlib import sampling, training
from rbmlib.rbm import RBM
from rbmlib.training.held import held_for
from rbmlib.training.run import Run
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Categorical

UNITS = [BINARY, SPIN, Categorical(5), Categorical(256), GAUSSIAN]


@pytest.mark.parametrize("unit", UNITS, ids=repr)
@pytest.mark.parametrize("settings", [{"batch_size": 7}, {}], ids=["batches", "all"])
def test_rows_are_those_of_the_data(unit, settings):
    shape = unit.bias_shape(13)
    machine = RBM(np.zeros((*shape, 1)), np.zeros(shape), [0.0], unit)
    data = sampling.random_start(machine, 2500, seed=1)
    held = held_for(settings, data, unit)
    for which in ([3, 0, 2499], slice(100), slice(None)):
        rows = held.rows(which)
        assert rows.dtype == data.dtype and np.array_equal(rows, data[which])
    assert len(held) == len(data)


def test_images_are_held_as_bits(monkeypatch):
    images = np.zeros((60_000, 784), np.uint8)
    images[:, ::7] = 1
    start = RBM.random(784, 5, scale=0.01, seed=0)
    held = []
    update = Run.update

    def measured(self):
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])
        update(self)

    monkeypatch.setattr(Run, "update", measured)
    how = {"k": 1, "batch_size": 10, "learning_rate": 0.1, "seed": 0}
    training.train(
        start, images[:50], n_updates=1, progress=False, **how
    )  # loads kernels
    held.clear()
    tracemalloc.start()
    try:
        training.train(start, images, n_updates=2, progress=False, **how)
    finally:
        tracemalloc.stop()
    # 98 bytes an image, and the order of the epoch: 8.
    assert max(held) < 60_000 * 98 + 60_000 * 8 + 2**20
