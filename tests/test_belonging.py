"""Arguments that are good alone but do not belong together; sizes beyond all use."""

import numpy as np
import pytest

from rbmlib import autocorrelation as ac
from rbmlib import enumeration, likelihood, randomness, sampling, tempering
from rbmlib.rbm import RBM
from rbmlib.units import BINARY, SPIN, Categorical

RBM_43 = RBM.random(4, 3, scale=0.5, seed=0)
SPINS = RBM.random(4, 3, scale=0.5, seed=0, visible=SPIN)
LAST = 2**32 - 1


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
