"""Split-R̂ and the effective sample size, against ArviZ and against known chains."""

import json

import numpy as np
import pytest

import arviz_numbers
from rbmlib import sampling
from rbmlib.autocorrelation import convergence
from rbmlib.autocorrelation.convergence import rank_ess, split_rhat
from rbmlib.rbm import RBM
from rbmlib.units import SPIN

STORED = json.loads(arviz_numbers.FILE.read_text())["numbers"]


@pytest.mark.parametrize("name", arviz_numbers.CASES)
def test_arviz_agrees(name):
    # The input has the same bits; sums of a few thousand terms, each good to 1e-16.
    x, numbers = arviz_numbers.CASES[name], STORED[name]
    assert split_rhat(x) == pytest.approx(numbers["rhat"], rel=1e-12)
    assert rank_ess(x) == pytest.approx(numbers["bulk_ess"], rel=1e-11)


def test_the_stored_cases_are_these_and_tell_each_part_apart():
    assert STORED.keys() == arviz_numbers.CASES.keys()
    # Only the folded half sees chains of one mean and several widths.
    x = arviz_numbers.CASES["of different scale"]
    location = convergence._rhat(convergence._normal_scores(convergence._split(x)))
    assert location < 1.02 < 1.08 < STORED["of different scale"]["rhat"]


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_effective_size_of_a_known_chain(rho):
    x = arviz_numbers.chains(rho, (8, 4000), 9)
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
        (np.ones((2, 20)), "x must vary, got 1"),
    ],
)
def test_refusals(x, message):
    for function in (split_rhat, rank_ess):
        with pytest.raises(ValueError, match=message):
            function(x)
