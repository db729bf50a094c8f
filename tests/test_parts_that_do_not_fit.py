"""Arguments that are good alone and do not belong together; and sparse samples."""

import dataclasses

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy import sparse

from rbmlib import autocorrelation as ac
from rbmlib import (
    datasets,
    enumeration,
    ising,
    likelihood,
    mean_field,
    plotting,
    randomness,
    sampling,
    tempering,
)
from rbmlib import linear_regime as lr
from rbmlib.datasets import Dataset, clusters, hierarchy, planted_potts
from rbmlib.ising import curie_weiss, inverse
from rbmlib.rbm import RBM
from rbmlib.trajectories import Trajectory
from rbmlib.units import BINARY, SPIN, Categorical

RBM_43 = RBM.random(4, 3, scale=0.5, seed=0)
SPINS = RBM.random(4, 3, scale=0.5, seed=0, visible=SPIN)
LAST = 2**32 - 1
THREE = RBM.random(3, 2, seed=0)
POTTS = RBM(np.zeros((3, 4, 2)), np.zeros((3, 4)), np.zeros(2), Categorical(4), BINARY)
YOUNG = lr.growth(RBM(np.zeros((2, 1)), [0, 0], [0]), [[0.25, 0.1], [0.1, 0.25]])
MODES = lr.spectrum(Trajectory([0], [THREE])).u[0]


def message(call):
    with pytest.raises((TypeError, ValueError)) as error:
        call()
    return str(error.value)


@pytest.mark.parametrize(
    "call, found",
    [
        (lambda: lr.growth(POTTS, np.eye(3)), "rbm must have visible units of one"),
        (lambda: lr.leading_gradient(POTTS, np.eye(3)), "rbm must have visible units"),
        (lambda: lr.fluctuations(POTTS, [0.5] * 3), "rbm must have visible units"),
        (lambda: lr.growth(THREE, np.eye(2)), "covariance must have shape (3, 3)"),
        (lambda: YOUNG.weights(np.ones((3, 1)), [1], 0.1), "W must have shape (2, "),
        (lambda: YOUNG.per_update(1e3), "learning_rate must be below 40, "),
        (lambda: lr.overlaps(MODES, MODES[:, :1]), "directions must have at least 2"),
        (lambda: lr.overlaps(MODES, np.eye(4)), "directions must have shape (3, "),
        (lambda: lr.overlaps(2 * MODES, MODES), "u must hold unit vectors"),
        (
            lambda: lr.subspace_overlap(MODES[:, [0, 0]], MODES),
            "u must have orthonormal columns",
        ),
        (lambda: lr.participation_ratio(np.zeros((3, 1))), "u must hold unit vectors"),
        (
            lambda: lr.log_slopes([0, 1, 2], np.ones((2, 5))),
            "w must have shape (3, ...",
        ),
        (lambda: lr.log_slopes([1, 1], [1, 2]), "ages must increase"),
        (lambda: lr.rotations([1.0, -1.0], np.eye(2)), "w must hold strengths of dif"),
        (lambda: lr.rotations([2.0, 1.0], np.eye(3)), "c must have shape (2, 2)"),
        (lambda: lr.rotations([2, 1], [[1, 2], [0, 1]]), "c must be symmetric"),
        (
            lambda: lr.full_flow(np.eye(2) / 9, np.eye(3), [0, 1]),
            "covariance must have",
        ),
        (lambda: lr.rdm_variance(0.5, 10**12), "k must be at most 1000000"),
        (
            lambda: mean_field.free_energy(THREE, np.ones((4, 3)), np.ones((5, 2))),
            "m_v and m_h must have equal leading dimensions, got (4,) and (5,)",
        ),
        (
            lambda: mean_field.jacobian(THREE, np.ones((4, 3)), np.ones(2)),
            "m_v must be the means of one point",
        ),
        (
            lambda: mean_field.fixed_points(THREE, (np.ones(3), np.ones(3))),
            "m0[1] must have shape (..., 2)",
        ),
        (lambda: mean_field.update(THREE, [1] * 3, [1] * 2, damping=1), "damping must"),
        (lambda: ising.exact_marginals(np.zeros((3, 3)), [0, 0]), "a must have shape"),
        (
            lambda: ising.heat_bath(4, 2.0, 1, 0, n_chains=2, start=np.ones((3, 4, 4))),
            "start must have shape (2, 4, 4)",
        ),
        (
            lambda: ising.density_of_states(2, 2).mean(lambda E, M: 1.0, 2.0),
            "observable(E, M) must have shape",
        ),
        (lambda: curie_weiss.exact(10**12, 1.0), "N must be at most 10000000"),
        (lambda: inverse.tap(np.ones((3, 2)), [1, 1]), "counts must have shape (3,)"),
        (lambda: planted_potts(1, 10**6, 4, 0, 1, 0, 0), "n_sites * q must be at most"),
        (lambda: hierarchy(1, 4, {2, 3}, (0.1, 0.2), 0.1, 0), "branching must be real"),
        (lambda: hierarchy(1, 4, b"ab", (0.1, 0.2), 0.1, 0), "branching must be real"),
        (lambda: hierarchy(1, 4, (2, 2), (0.1,), 0.1, 0), "branching and flips must"),
        (
            lambda: hierarchy(1, 4, [2**13] * 2, [0.1] * 2, 0.1, 0),
            "branching must lead",
        ),
        (lambda: plotting.tile(np.ones((2, 6)), (2, 2), 2), "X must have shape"),
        (
            lambda: plotting.images(
                Figure().subplots(), [[1.0]], (1, 1), limits=(1, 0)
            ),
            "limits must not decrease, got 1 and 0",
        ),
        (
            lambda: plotting.weights(Figure().subplots(), np.ones((3, 2)), (2, 2)),
            "W must have shape (4, n_filters)",
        ),
        (
            lambda: plotting.bipartite(Figure().subplots(), POTTS),
            "rbm must have visible",
        ),
    ],
)
def test_parts_that_do_not_fit_are_refused(call, found):
    assert found in message(call)


def two(**change):
    parts = {
        "name": "two",
        "train": np.eye(4),
        "test": [[1, 0, 0, 0]],
        "train_labels": [0, 1, 1, 0],
        "test_labels": [0],
        "label_names": ["left", "right"],
        "shape": (2, 2),
        "source": "here",
    }
    return Dataset(**(parts | change))


@pytest.mark.parametrize(
    "change, found",
    [
        ({"test": [[1, 0]]}, "test must have 4 columns, as train has, got 2"),
        ({"train_labels": [0, 1]}, "train_labels must have shape (4,), got (2,)"),
        ({"test_labels": [2]}, "test_labels must hold integers in [0, 1], got 2"),
        ({"test_labels": None}, "train_labels and test_labels must both be given"),
        ({"label_names": []}, "label_names must name the train_labels"),
        ({"label_names": "ab"}, "label_names must be a sequence"),
        ({"shape": (4, 2)}, "shape must have 4 pixels"),
        ({"train": [[0.5, np.nan]]}, "train must hold finite numbers, got nan"),
    ],
)
def test_a_set_of_parts_that_do_not_fit_is_refused(change, found):
    assert found in message(lambda: two(**change))


def test_a_set_keeps_every_digit():
    """float32 where that is exact; nothing is rounded, and integers are states."""
    assert two().train.dtype == np.float32 and two().test.dtype == np.int32
    assert two(train=np.eye(4) / 3).train.tolist() == (np.eye(4) / 3).tolist()
    assert two(train=np.eye(4) > 0).train.dtype == np.int32
    assert "test must hold integers" in message(lambda: two(test=[[2**40, 0, 0, 0]]))
    assert dataclasses.replace(two(), name="other").train_labels.tolist() == [
        0,
        1,
        1,
        0,
    ]


def test_a_mixture_knows_the_law_of_states_alone():
    data = clusters(4, 6, 2, 0.1, 0)
    assert "v must" in message(lambda: data.log_probability([0.5] * 6))
    assert "v must" in message(lambda: data.log_probability([1] * 5))


@pytest.mark.parametrize(
    "form", [sparse.csr_array, sparse.coo_matrix, sparse.csc_array]
)
def test_sparse_samples_give_the_same_answer(form):
    v = np.random.default_rng(0).integers(0, 2, (60, 6))
    s = 2 * v - 1
    for method in (inverse.pseudo_likelihood, inverse.naive_mean_field):
        dense, found = method(s, np.arange(60)), method(form(s), np.arange(60))
        assert dense.J.tobytes() == found.J.tobytes()
    assert "samples must" in message(lambda: inverse.tap(form(v)))
    J = ising.hopfield_couplings(s)
    assert J.tobytes() == ising.hopfield_couplings(form(s)).tobytes()
    assert np.array_equal(two(train=form(v[:4, :4])).train, v[:4, :4])
    tiles = plotting.tile(form(v), (2, 3), 5)
    assert np.array_equal(tiles, plotting.tile(v, (2, 3), 5), equal_nan=True)
    contacts = form(np.eye(4, k=1) + np.eye(4, k=-1) > 0)
    found = datasets.planted_potts(2, 4, 3, contacts, 1.0, 0, 0)
    assert found.contacts.sum() == 6
    start = mean_field.fixed_points(RBM.random(6, 2, seed=0), form(v[:3]))
    assert start.is_mode.all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: RBM_43.energy(np.zeros((3, 4)), np.zeros((2, 3))),
            "h must have as",
        ),
        (lambda: enumeration.all_states(BINARY, 10**12), "limited to 25 units"),
        (lambda: enumeration.all_states(Categorical(3), 1000), "got 1000 units"),
        (lambda: enumeration.all_states(Categorical((2, 3)), 3), "n_units must be 2"),
        (
            lambda: enumeration.divergence([0.5, 0.5], [0.25] * 4),
            "q must have the",
        ),
        (
            lambda: enumeration.divergence([0.5, 0.6], [0.5] * 2),
            "p must .* got 1.1",
        ),
        (lambda: randomness.keys(0, 0, 0, [0, -1]), "chains must hold .* got -1"),
        (lambda: randomness.bell(0, 0, (2**20, 2**20)), "shape must have at most 2"),
        (lambda: sampling.random_start(RBM_43, 2, 0, first_chain=LAST), "last chain"),
        (lambda: sampling.random_start(RBM_43, 1, 0, sweep=-1), "sweep must be in"),
        (
            lambda: ac.correlation(np.eye(4)[None], mean=[0, 0]),
            r"mean must .*\(4,\)",
        ),
        (lambda: likelihood.trajectory_ais([RBM_43, SPINS], seed=0), "trajectory must"),
        (lambda: tempering.between(RBM_43, SPINS, 2), "last must have the units"),
        (lambda: tempering.between_ages([RBM_43], first=1), "first must be at most 0"),
        (lambda: tempering.in_beta(RBM_43, 2, SPINS), "reference must have the units"),
    ],
)
def test_what_does_not_belong_together_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_an_array_times_a_machine_is_no_array_of_machines():
    for product in (lambda: np.ones(3) * RBM_43, lambda: RBM_43 * np.ones(3)):
        with pytest.raises(TypeError, match="factor must be a finite number, got an"):
            product()
    assert np.float64(2) * RBM_43 == 2 * RBM_43
