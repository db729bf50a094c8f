"""The stored marks of planted interactions belong to their settings, and say this."""

import numpy as np
import pytest

from rbmlib import interactions
from rbmlib.interactions.experiment import CHECKPOINTS
from rbmlib.interactions.learning import RATES
from rbmlib.ising.inverse import pseudo_likelihood
from rbmlib.trained import interactions as stored


def test_the_stored_marks_belong_to_their_settings():
    marks = stored.load()
    assert marks.shape == (len(stored.settings()), 6, len(stored.AGES) + 1)
    assert stored.AGES == (0, *CHECKPOINTS, *(age for age, _ in RATES))
    for kind, seeds in stored.GRAPHS:
        found = stored.marks(**kind)
        assert found.auc.shape == (len(seeds), len(stored.AGES) + 1)
        none = kind.get("n_triples") == 0
        assert np.isnan(found.triple_error).all() == none
    for other in ({"n_triples": 7}, {"l1": 0.5}, {"l3": 0.01}):
        with pytest.raises(ValueError, match=r"kind must be one of .*got \{"):
            stored.marks(20_000, **other)


def test_a_stored_mark_is_measured_again():
    """Only the model of pairs of the quickest: a machine takes half a minute."""
    k = stored.settings().index(stored.USUAL | {"n_samples": 1000, "seed": 0})
    planted = interactions.plant(1000, 0)
    again = interactions.pair_recovery(pseudo_likelihood(planted.samples).J, planted)
    assert np.round(again, 5).tolist() == np.round(stored.load()[k, :2, -1], 5).tolist()


def test_what_the_marks_say():
    """Found triples, errors beside the pseudo-likelihood's, and a null.

    Every pair and triple is found from 20,000 samples, on each of the graphs; the
    largest of 17,296 triples where none is planted is far below the smallest that is.
    """
    planted, none = stored.marks(20_000), stored.marks(20_000, 0)
    assert (planted.n_first[:, -2] == 12).mean() >= 0.9
    assert planted.auc[:, -2].min() > 0.9999
    for kind in (planted, none):
        assert (kind.pair_error[:, -2] / kind.pair_error[:, -1]).mean() < 1.25
    assert none.largest_other[:, -2].max() < planted.smallest_planted[:, -2].min() / 4
    # Pairs come first: when nearly all stand before the rest, hardly a triple does.
    assert planted.auc[:, 1].min() > 0.99 and planted.n_first[:, 1].mean() < 1


def test_few_samples_lose_triples_first():
    """All pairs stand first at every number, their errors as the inverse root of it."""
    kinds = {n: stored.marks(n) for n in (1000, 2000, 5000, 20_000)}
    assert min(x.auc[:, -2].min() for x in kinds.values()) > 0.999
    found = [x.n_first[:, -2] for x in kinds.values()]
    assert found[0].max() < found[1].min() and found[1].max() < found[2].min() == 12
    scaled = [x.pair_error[:, -1].mean() * np.sqrt(n) for n, x in kinds.items()]
    assert max(scaled) < 1.15 * min(scaled)
