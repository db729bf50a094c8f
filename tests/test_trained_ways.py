"""The stored comparison of ways belongs to its settings, and a part is made again."""

import numpy as np
import pytest

from rbmlib import enumeration
from rbmlib.rbm import RBM
from rbmlib.trained import make_ways, ways


def test_the_stored_results_belong_to_their_settings():
    assert ways.load().shape == (len(ways.settings()), len(ways.Ways._fields))
    for task, n_seeds in ways.N_SEEDS.items():
        found = ways.results(task)
        assert found.test.shape == (len(ways.WAYS), n_seeds)
        assert np.isfinite([found.train, found.test]).all()
        assert np.isnan(found.off).all() == (task != "clusters")
        assert list(ways.UPDATES[task]) == list(ways.WAYS)
    with pytest.raises(ValueError, match="task must be"):
        ways.results("faces")


@pytest.mark.filterwarnings("ignore:.*chains fall behind:RuntimeWarning")
def test_a_stored_run_is_made_again():
    setting = {"task": "digits", "way": "PCD-10", "seed": 1}
    found = make_ways.measure(setting)
    stored = ways.load()[ways.settings().index(setting)]
    np.testing.assert_allclose(found, stored, atol=10.0**-ways.DIGITS)


def test_clusters_have_exactly_their_shares():
    samples, prototypes = make_ways.clusters(0, 1000)
    found = make_ways.shares(samples, prototypes)
    assert np.abs(found - ways.SHARES).max() < 0.005
    assert make_ways.shares(prototypes, prototypes).tolist() == [0.25] * 4


def test_drawn_states_have_the_law_of_the_machine():
    machine = RBM.random(5, 3, scale=1.5, seed=1)
    v = make_ways.draw(machine, seed=0)
    mean = enumeration.moments(machine)[0]
    error = np.sqrt(mean * (1 - mean) / len(v))
    assert np.abs((v.mean(0) - mean) / error).max() < 4.5


def test_what_the_results_say():
    """Where chains leave their modes PCD wins; where they do not, it is misled."""
    of = {task: ways.results(task) for task in ways.TASKS}
    names = list(ways.WAYS)
    pcd, ptt, weighted = (
        names.index(name) for name in ("PCD-10", "PTT-1", "weighted-10")
    )
    for task in ("digits", "mnist"):
        rest = np.delete(of[task].test, pcd, axis=0)
        assert (of[task].test[pcd] > rest).all()
    clusters = of["clusters"]
    assert (clusters.test[weighted] > clusters.test[pcd]).all()
    assert clusters.off[ptt].max() < clusters.off[pcd].min()
    assert (clusters.off[pcd] > 5 * clusters.chains_off[pcd]).all()
