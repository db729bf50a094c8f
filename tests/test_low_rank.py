"""The low-rank start: its density, its log Z, its samples, and what is approximate."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logsumexp

from rbmlib import enumeration, training
from rbmlib.rbm import RBM
from rbmlib.trained import make_ways, ways
from rbmlib.training import coulomb, low_rank
from rbmlib.training.half_sphere import half_sphere
from rbmlib.training.volume import Volume
from rbmlib.units import BINARY, SPIN, Gaussian


def clusters(n_visible, shares=(0.5, 0.3, 0.2), n_samples=1000, flip=0.1, seed=0):
    """Return noisy copies of prototypes, of which the shares are exact, and those."""
    rng = np.random.default_rng(seed)
    prototypes = rng.random((len(shares), n_visible)) < 0.5
    labels = np.repeat(
        range(len(shares)), np.rint(np.multiply(shares, n_samples)).astype(int)
    )
    noise = rng.random((n_samples, n_visible)) < flip
    return (prototypes[labels] ^ noise).astype(float), prototypes


def volume_of(data, d):
    s = 2.0 * data - 1.0
    bias = SPIN.bias_of_mean(s.mean(0), 1e-4)
    return Volume.around(s, bias, low_rank._directions(s, d)), s


UNITS = [(BINARY, BINARY, 1), (SPIN, SPIN, 2), (SPIN, BINARY, 1), (BINARY, SPIN, 3)]


@pytest.mark.parametrize(("visible", "hidden", "d"), UNITS)
def test_log_z_has_its_error_whatever_the_saddle_point_says(visible, hidden, d):
    """At 10 units the fit may be off by more than that error, and log Z is not."""
    data, _ = clusters(10)
    states = data if visible is BINARY else 2 * data - 1
    options = {"n_directions": d, "visible": visible, "hidden": hidden, "scale": 0.01}
    options["n_charges"] = 8
    start = training.low_rank_start(states, 9, seed=1, **options)
    exact, found = start.machine.log_z(), start.log_z
    assert abs(found.log_z - exact) < 4 * found.error and found.error < 0.05
    assert abs(start.saddle_log_z - exact) < 0.5
    # The same density, whatever the states are called.
    assert start.machine == start.machine.on_grid() and not found.doubts
    low = start.machine.W[:, -1]
    assert d > 1 or np.abs(low).max() < 0.1


def test_samples_have_the_enumerated_law():
    data, _ = clusters(8)
    start = training.low_rank_start(data, 6, n_directions=2, seed=0, n_charges=4)
    n = 6000
    v = start.samples(n, seed=3)
    states, p = enumeration.visible_probabilities(start.machine)
    order = 2 ** np.arange(8)[::-1]
    count = np.bincount((v @ order).astype(int), minlength=256)
    count = count[(states @ order).astype(int)]
    many = n * p > 20
    z = (count - n * p)[many] / np.sqrt(n * p * (1 - p))[many]
    assert many.sum() > 20 and np.abs(z).max() < 4.5
    assert abs(count[~many].sum() - n * p[~many].sum()) < 5 * np.sqrt(
        n * p[~many].sum()
    )
    # Sample s does not depend on how many are drawn, and another seed gives others.
    assert np.array_equal(start.samples(10, seed=3), v[:10])
    assert not np.array_equal(start.samples(10, seed=4), v[:10])


def test_the_error_of_the_saddle_point_is_small_at_any_size():
    errors = []
    for n_visible in (10, 40, 160):
        data, _ = clusters(n_visible, n_samples=2000)
        start = training.low_rank_start(data, 8, n_charges=8, seed=0, scale=0.0)
        errors.append(abs(start.saddle_log_z - start.machine.log_z()))
    assert max(errors) < 0.02


def test_the_volume_is_the_law_of_independent_spins():
    data, _ = clusters(16)
    volume, s = volume_of(data, 1)
    # Exactly: all 2^16 states.
    free = RBM(np.zeros((16, 1)), volume.a, [0.0], SPIN, SPIN)
    states, p = enumeration.visible_probabilities(free)
    x = ((states - volume.mu) @ volume.U)[:, 0]
    assert abs(np.exp(logsumexp(volume.log_p)) - 1) < 1 / 16
    cells = np.exp(volume.log_p)
    for power in (1, 2):
        found = (cells * volume.x[:, 0] ** power).sum() / cells.sum()
        assert found == pytest.approx(p @ x**power, abs=0.03)
    # K is exact.
    direct = np.log(p @ np.exp(np.outer(x, volume.tau[::20, 0])))
    assert np.abs(volume.K[::20] - direct).max() < 1e-9
    assert volume.shares(s).sum() == pytest.approx(1.0)


def test_the_convex_fit_is_the_maximum():
    data, _ = clusters(64)
    volume, s = volume_of(data, 1)
    shares = volume.shares(s)
    normals, places = coulomb._positions(volume.x[shares > 0])
    features = coulomb._features(volume.x, normals, places)
    zeros, ends = np.zeros(len(places)), []
    for theta, q in ((np.zeros(1), zeros), (np.ones(1), zeros + 0.3)):
        theta, q = coulomb._convex(volume, shares, normals, places, theta, q)
        ratio = features @ np.append(theta, q)
        log_z = logsumexp(volume.log_p + ratio)
        p = np.exp(volume.log_p + ratio - log_z)
        ends.append((shares @ ratio - log_z, p))
        # A concave function rises to its maximum at most as its slope says, over the
        # distance to there: no charge may grow, and none that is on may change.
        slope = ((shares - p) @ features)[1:]
        assert slope.max() < 0.1 and np.abs(slope[q > 0.01]).max() < 0.1
    (first, p), (second, r) = ends
    assert first == pytest.approx(second, abs=5e-3)
    assert np.abs(p - r).sum() < 0.05


def test_the_start_has_the_shares_of_the_clusters():
    # Three clusters stand in a plane: two directions show them all.
    shares = (0.5, 0.3, 0.2)
    data, prototypes = clusters(64, shares, 2000, seed=3)
    start = training.low_rank_start(data, 24, n_directions=2, seed=0)
    v = start.samples(2000, seed=1)
    nearest = (v[:, None] != prototypes).sum(-1).argmin(1)
    found = np.bincount(nearest, minlength=3) / len(v)
    assert np.abs(found - shares).max() < 0.045
    # Its likelihood beats that of independent units.
    free = training.initial_machine(data, 1, scale=0.0, seed=0)
    gain = -start.machine.free_energy(data).mean() - start.log_z.log_z
    assert gain > -free.free_energy(data).mean() - free.log_z() + 5


def test_four_clusters_stand_in_three_directions():
    # 64 units.  Draws of the machine are exact, as it has few hidden units: the largest
    # of their errors is .0035, and eight seeds are off by .001 to .013.
    data, prototypes = make_ways.clusters(1)
    start = training.low_rank_start(data, 12, n_directions=3, seed=0)
    found = make_ways.shares(make_ways.draw(start.machine, 0), prototypes)
    assert np.abs(found - ways.SHARES).max() < 0.02
    assert not start.log_z.doubts


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_normals_look_everywhere(d):
    normals = half_sphere(d)
    n = len(normals)
    assert np.abs((normals**2).sum(1) - 1).max() < 1e-12
    # A cap of angle r takes 1 - cos r of a half sphere, or 2r / π of a half turn; with
    # one n-th of it no direction should be farther than 2r from all normals.
    r = {1: 0.0, 2: np.pi / (2 * n), 3: np.arccos(1 - 1 / n)}[d]
    any_way = np.random.default_rng(0).normal(size=(2000, d))
    any_way /= np.sqrt((any_way**2).sum(1, keepdims=True))
    assert np.abs(any_way @ normals.T).max(1).min() > np.cos(2 * r) - 1e-12
    # And none is there twice.
    assert n == 1 or np.abs(normals @ normals.T - np.eye(n)).max() < np.cos(r / 2)


def test_training_goes_on_from_it():
    data, _ = clusters(20)
    start = training.low_rank_start(data, 8, seed=0)
    how = {"k": 1, "batch_size": 100, "learning_rate": 0.02, "seed": 0}
    run = training.begin(start.machine, data, **how)
    run = replace(run, chains=start.samples(100, seed=1))
    run = training.resume(run, data, n_updates=50, progress=False)
    assert run[0] == start.machine and run.ages[-1] == 50
    ladder = training.ladder_of(
        training.begin(start.machine, data, method="ptt", **how)
    )
    assert len(ladder.machines) > 2 and ladder.machines[-1] == start.machine
    found = np.bincount((ladder.v[-1] > 0).sum(1).astype(int), minlength=21) / 100
    law = (
        np.bincount((start.samples(2000, 5) > 0).sum(1).astype(int), minlength=21)
        / 2000
    )
    assert np.abs(np.cumsum(found - law)).max() < 0.3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_directions": 4}, "n_directions must be at most 3, got 4"),
        (
            {"n_directions": 3, "data": clusters(200, ways.SHARES, flip=0.03)[0]},
            "data must ask for at most 20000 points in n_directions = 3, got",
        ),
        ({"n_charges": 9}, "n_charges must be at most 4, got 9"),
        ({"visible": Gaussian(1.0)}, "visible must be {0, 1} or ±1 units"),
        ({"hidden": Gaussian(1.0)}, "hidden must be {0, 1} or ±1 units"),
        (
            {"data": np.ones((5, 6))},
            "data must vary in n_directions = 1 directions, got 0",
        ),
    ],
)
def test_what_has_no_low_rank_start_is_refused(change, message):
    good = {"data": clusters(6)[0], "n_hidden": 4, "seed": 0}
    with pytest.raises(ValueError, match=message):
        training.low_rank_start(**good | change)
