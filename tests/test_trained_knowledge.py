"""The stored results of chapter 8 belong to their settings, and say this."""

import numpy as np
import pytest

from rbmlib import datasets, interactions, randomness
from rbmlib.trained import knowledge


def test_each_experiment_has_a_row_for_each_setting():
    shapes = {"magnet": (4,), "contacts": (4, 190), "filling": (2, 4, 2)}
    shapes["labels"] = (5,)
    for name, settings in knowledge.SETTINGS.items():
        assert knowledge.load(name).shape == (len(settings), *shapes[name])
    with pytest.raises(ValueError, match="got 'nope'"):
        knowledge.load("nope")


def test_what_takes_no_time_is_measured_again():
    digits = datasets.load("digits")
    rows = np.concatenate([digits.train, digits.test]).astype(float)
    rows = rows[randomness.permutation(0, 0, len(rows))]
    learned, _, test = np.split(rows, [1200, 1400])
    errors = [
        np.sqrt(np.mean((learned.mean(0) - test)[~known] ** 2))
        for known in (
            interactions.half_known(test.shape, 1),
            np.broadcast_to(np.arange(64) < 32, test.shape),
        )
    ]
    stored = knowledge.load("filling")[0, :, 0, 0]
    np.testing.assert_allclose(errors, stored, rtol=0, atol=1e-5)
