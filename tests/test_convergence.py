"""Split-R̂ and the effective sample size, against ArviZ and against known chains."""

import numpy as np
import pytest

from rbmlib import sampling
from rbmlib.autocorrelation.convergence import rank_ess, split_rhat
from rbmlib.rbm import RBM
from rbmlib.units import SPIN


def chains(rho, shape, seed, shift=0.0):
    rng = np.random.default_rng(seed)
    x = np.zeros(shape)
    for t in range(1, shape[1]):
        x[:, t] = rho * x[:, t - 1] + rng.normal(size=shape[0])
    return x + shift * np.arange(shape[0])[:, None]


CASES = {
    "independent": chains(0.0, (4, 500), 1),
    "correlated": chains(0.9, (4, 1000), 2),
    "odd length": chains(0.5, (3, 501), 3),
    "disagreeing": chains(0.3, (4, 400), 4, shift=1.0),
    "heavy tails": chains(0.6, (4, 600), 5) ** 3,
    "discrete": np.sign(chains(0.8, (6, 400), 6)),
    "alternating": chains(-0.5, (4, 400), 7),
    "short": chains(0.7, (4, 9), 8),
}


@pytest.mark.parametrize("name", CASES)
def test_arviz_agrees(name):
    arviz = pytest.importorskip("arviz")
    x = CASES[name]
    assert split_rhat(x) == pytest.approx(float(arviz.rhat(x, method="rank")), rel=1e-9)
    assert rank_ess(x) == pytest.approx(float(arviz.ess(x, method="bulk")), rel=1e-6)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_effective_size_of_a_known_chain(rho):
    x = chains(rho, (8, 4000), 9)
    exact = x.size * (1 - rho) / (1 + rho)
    # Its relative error is about sqrt(2 (2W + 1)/n), 3% here, doubled for the ranks.
    assert abs(rank_ess(x) / exact - 1) < 0.2


def test_a_machine_that_does_not_mix_is_found_out():
    two_wells = RBM(np.full((8, 8), 0.25), np.zeros(8), np.zeros(8), SPIN, SPIN)
    start = np.where(np.arange(6)[:, None] < 3, -1.0, 1.0) * np.ones(8)
    times = range(1, 201)
    m = [
        x
        for _, x in sampling.record(
            two_wells, start, times, 3, lambda v, h: v.mean(1) + 0.01 * h.mean(1)
        )
    ]
    assert split_rhat(np.transpose(m)) > 1.5
    one_side = np.transpose(m)[3:]
    assert split_rhat(one_side) < 1.1  # blind to the other well, as the text says


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros(10), "shape"),
        (np.zeros((2, 5)), "at least 8 steps"),
        (np.full((2, 20), np.nan), "finite"),
        (np.ones((2, 20)), "does not vary"),
    ],
)
def test_refusals(x, message):
    for function in (split_rhat, rank_ess):
        with pytest.raises(ValueError, match=message):
            function(x)
