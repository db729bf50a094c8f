"""Extreme weights give numbers or a reason, and an estimate says what it is worth."""

import itertools
import re

import numpy as np
import pytest

from rbmlib import effective_couplings, enumeration
from rbmlib.likelihood import (
    Estimate,
    ais,
    assess,
    log_likelihood,
    reverse_ais,
    trajectory_ais,
)
from rbmlib.rbm import RBM
from rbmlib.training.gradient import exact_gradient
from rbmlib.trajectories import Trajectory
from rbmlib.units import BINARY, GAUSSIAN, SPIN, Categorical, Gaussian, ReLU

UNITS = (BINARY, SPIN, GAUSSIAN, ReLU(), Categorical(3))
SCALES = (0.0, 1e-320, 1e2, 1e18, 1e69, 1e308)


def machine(visible, hidden, scale, strong):
    rng = np.random.default_rng(0)
    shape = (3, 3, 2) if visible.widths(1) is not None else (3, 2)
    parameters = [0.1 * rng.normal(size=shape), rng.normal(size=shape[:-1])]
    parameters = dict(zip("Wab", [*parameters, rng.normal(size=2)], strict=True))
    for name in strong:
        parameters[name] = np.clip(scale * parameters[name], -1e308, 1e308)
    return RBM(**parameters, visible=visible, hidden=hidden)


def of_estimate(estimate):
    return estimate.log_z, estimate.error, estimate.ess


NUMBERS = {
    "log Z": lambda rbm, v: rbm.log_z(),
    "energies": lambda rbm, v: (rbm.free_energy(v), rbm.energy(v, np.ones((2, 2)))),
    "means": lambda rbm, v: (rbm.mean_h(v), rbm.mean_v(np.ones((2, 2)))),
    "probabilities": lambda rbm, v: (
        enumeration.probabilities(rbm)[1],
        enumeration.visible_probabilities(rbm)[1],
    ),
    "moments": lambda rbm, v: enumeration.moments(rbm),
    "likelihood": lambda rbm, v: log_likelihood(rbm, v),
    "gradient": lambda rbm, v: exact_gradient(rbm, v),
    "ais": lambda rbm, v: of_estimate(ais(rbm, n_chains=4, n_temperatures=3, seed=0)),
    "reverse": lambda rbm, v: of_estimate(
        reverse_ais(rbm, v, n_temperatures=3, seed=0)
    ),
    "grid": lambda rbm, v: rbm.on_grid().log_z(),
    "mapped": lambda rbm, v: (rbm.to_spin()[1], rbm.to_binary()[1]),
    "couplings": lambda rbm, v: [
        effective_couplings.couplings(rbm, 2, x) for x in ("exact", "gaussian")
    ],
    "potts": lambda rbm, v: effective_couplings.potts_couplings(rbm),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("hidden", UNITS[:4], ids=lambda unit: unit.name)
@pytest.mark.parametrize("visible", UNITS, ids=lambda unit: unit.name)
def test_extreme_parameters_give_numbers_or_a_reason(visible, hidden):
    for scale, strong in itertools.product(SCALES, ("W", "ab")):
        try:
            rbm = machine(visible, hidden, scale, strong)
        except ValueError as error:
            assert scale > 1 and str(error)[0] in strong
            continue
        v = np.ones((2, 3), visible.dtype)
        for name, numbers in NUMBERS.items():
            try:
                found = numbers(rbm, v)
            except (ValueError, TypeError) as error:
                assert re.search("must|expected|layer", str(error)), (name, error)
            else:
                for x in found if isinstance(found, (tuple, list)) else [found]:
                    assert np.isfinite(np.asarray(x, float)).all(), (name, scale)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: RBM([[1e71]], [0], [0]), "W must hold numbers up to 1e.70 .* 1e.71"),
        (lambda: RBM([[1]], [0], [-1e300]), "b must hold numbers up to"),
        (lambda: RBM([[0]], [0], [0], Gaussian(1e30)), "visible must be .* 1e.30"),
        (
            lambda: enumeration.probabilities(RBM([[1e12]], [0], [0])),
            "rbm must have energies below",
        ),
        (
            lambda: effective_couplings.couplings(
                RBM(np.full((4, 1), 1e5), [0] * 4, [0], SPIN, SPIN), 2, "gaussian"
            ),
            "W must give fields",
        ),
        (lambda: Estimate.from_weights(np.array([0.0, np.nan]), 0.0), "got nan"),
        (lambda: Estimate.from_weights(np.array([0.0, np.inf]), 0.0), "got inf"),
        (lambda: Estimate.from_weights(np.full(3, -np.inf), 0.0), "got -inf"),
        (lambda: Estimate.from_weights(np.zeros(1), 0.0), "at least two chains"),
    ],
)
def test_limits_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_means_stay_in_their_range():
    rbm = RBM([[1e3, 2e3]], [-1e4], [3e3, -1e3], SPIN, BINARY)
    mean_v, mean_h, _ = enumeration.moments(rbm)
    assert (np.abs(mean_v) <= 1).all() and (mean_h >= 0).all() and (mean_h <= 1).all()


def test_an_estimate_shows_its_worth():
    good = ais(RBM.random(20, 8, scale=0.5, seed=1), n_chains=200, seed=0)
    text = repr(good)
    assert "±" in text and "200 chains" in text and "effective sample size" in text
    assert good.doubts == "" and "trusted" not in text and len(text) < 120
    few = Estimate.from_weights(np.array([0.0] * 99 + [20.0]), 0.0)
    assert "not to be trusted: the effective sample size 1 of 100" in repr(few)
    broken = Estimate(np.nan, 0.1, 50.0, np.zeros(50))
    assert "not to be trusted: a number that is not finite" in repr(broken)
    rows = Estimate.from_weights(np.array([[0.0] * 50, [0.0] * 49 + [30.0]]), 0.0)
    assert rows.doubts[0] == "" and rows.doubts[1]
    assert "at 1 of the ages, first at index 1" in repr(rows) and len(repr(rows)) < 300
    ages = [RBM.random(6, 3, scale=s, seed=1) for s in (0.1, 0.2)]
    assert repr(trajectory_ais(ages, n_chains=50, seed=0)).startswith("Estimate(log Z")


def test_doubts_come_where_the_error_bar_is_wrong():
    """Log-normal weights of width s: log Z is 0, whatever s."""
    rng, n, runs = np.random.default_rng(0), 500, 400
    for s, most_wrong, least_doubted in ((1.0, 0.01, 0.0), (3.0, 1.0, 0.99)):
        x = s * rng.normal(size=(runs, n)) - s * s / 2
        rows = Estimate.from_weights(x, 0.0)
        doubted = np.array([bool(doubt) for doubt in rows.doubts])
        assert doubted.mean() >= least_doubted and (s > 1 or not doubted.any())
        wrong = np.abs(rows.log_z) > 4 * rows.error
        assert (wrong & ~doubted).mean() <= 0.01 and wrong.mean() <= most_wrong


def test_weights_of_two_kinds_are_no_reason_for_doubt():
    # A tenth of the chains ten times heavier, and some that are worth nothing.
    log_w = np.repeat([0.0, np.log(10), -1e6, -np.inf], [300, 50, 100, 50])
    assert Estimate.from_weights(log_w, 0.0).doubts == ""


@pytest.mark.parametrize("name", ["n_chains", "n_temperatures"])
@pytest.mark.parametrize("function", [ais, trajectory_ais, assess])
def test_numbers_beyond_what_can_be_counted_are_refused_by_name(function, name):
    rbm, x = RBM.random(3, 2, seed=0), np.eye(3)
    given = {ais: (rbm,), trajectory_ais: ([rbm],), assess: (Trajectory([0], [rbm]), x)}
    with pytest.raises(ValueError, match=f"{name} must be at most .* got 1{'0' * 30}$"):
        function(*given[function], seed=0, **{name: 10**30})
