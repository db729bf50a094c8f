"""Starts in the modes of a tree: their shares, their means, draws of their own."""

import re

import numpy as np
import pytest

from rbmlib import sampling
from rbmlib.mode_tracking import Level, ModeTree, start_in_modes
from rbmlib.rbm import RBM
from rbmlib.units import BINARY, SPIN


def tree(m_v, leaf_of):
    """Return a tree of leaves with these means that join at its root."""
    level = Level(9, m_v, np.zeros(len(m_v), int))
    return ModeTree([level], leaf_of, [9], [len(m_v)], {}, 2, 0.01)


def test_modes_are_taken_as_often_as_they_have_samples():
    # Three modes that a state names without doubt, of 1, 5 and 2 samples; one sample
    # belongs to no mode.
    modes = tree([[0, 0, 1], [0, 1, 0], [1, 0, 0]], [1, 1, 0, 2, -1, 1, 1, 2, 1])
    for n_chains, expected in ((8, [1, 5, 2]), (80, [10, 50, 20]), (4, [1, 2, 1])):
        v = start_in_modes(modes, n_chains, seed=3)
        leaf = 2 - v.argmax(1)
        assert (v.sum(1) == 1).all()
        assert np.bincount(leaf, minlength=3).tolist() == expected
    again = start_in_modes(modes, 8, seed=4)
    assert np.array_equal(again, start_in_modes(modes, 8, seed=3))  # nothing to draw


def test_units_are_on_with_their_mean_in_the_mode():
    means, n = [[0.1, 0.5, 0.9], [0.8, 0.3, 0.0]], 20_000
    v = start_in_modes(tree(means, [0, 1]), 2 * n, seed=1)
    for leaf, p in enumerate(np.array(means)):
        share = v[leaf * n : (leaf + 1) * n].mean(0)
        # Six binomial shares: false alarm 4e-5.
        assert (np.abs(share - p) <= 4.5 * np.sqrt(p * (1 - p) / n)).all()
    assert abs(np.corrcoef(v[:n].T)[0, 1]) < 4.5 / np.sqrt(n)


def test_starts_in_modes_share_no_draw_with_random_starts():
    """Both compare words with 2^31: from the same words they would be opposites."""
    n_units, n = 200, 100
    v = start_in_modes(tree(np.full((1, n_units), 0.5), [0]), n, seed=7)
    machine = RBM(np.zeros((n_units, 1)), np.zeros(n_units), np.zeros(1))
    for other in (
        sampling.random_start(machine, n, seed=7),
        *sampling.gibbs(machine, np.zeros((n, n_units)), 1, seed=7)[:1],
    ):
        assert abs((v == other).mean() - 0.5) < 4.5 * 0.5 / np.sqrt(v.size)


@pytest.mark.parametrize(
    ("m_v", "leaf_of", "unit", "message"),
    [
        ([[0, 1]], [-1, -1], BINARY, "tree must have a sample with a mode, got none"),
        ([[0, 1.5]], [0], BINARY, "modes of the tree must"),
        ([[0, -1.5]], [0], SPIN, "modes of the tree must"),
        ([[0, 1]], [0], "binary", "unit must be BINARY, SPIN"),
    ],
)
def test_modes_from_which_nothing_can_start(m_v, leaf_of, unit, message):
    with pytest.raises((ValueError, TypeError), match=re.escape(message)):
        start_in_modes(tree(m_v, leaf_of), 3, seed=0, unit=unit)
