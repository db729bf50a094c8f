"""Annealing along the machines of a training run: log Z at every age."""

import numpy as np
import pytest

from annealed import machine, parts, z_scores
from calibration import assert_calibrated, is_calibrated
from rbmlib.likelihood import Estimate, trajectory_ais
from rbmlib.sampling import gibbs
from rbmlib.units import GAUSSIAN


@pytest.fixture(scope="module")
def ages():
    """Machines that are no multiples of each other, as in training."""
    path = [machine(8, 4, seed, scale=0.25) for seed in range(8)]
    return [sum(path[1 : t + 1], path[0]) for t in range(8)]


def at_age(result, age):
    """Return one age of an estimate along a trajectory as an estimate of its own."""
    fields = ("log_z", "error", "ess", "log_weights")
    return Estimate(*(getattr(result, name)[age] for name in fields))


def test_trajectory_ais_agrees_with_exact_log_z_at_every_age(ages):
    n = 16_000
    result = trajectory_ais(ages, n_chains=n, n_temperatures=10, seed=0)
    exact = np.array([rbm.log_z() for rbm in ages])
    assert np.ptp(exact) > 1  # the ages do differ
    assert result.log_weights.shape == (8, n) and (result.ess > n / 10).all()
    # 4.5 standard errors at each of 8 ages: 5e-5 for a false alarm.
    assert (np.abs(result.log_z - exact) < 4.5 * result.error).all()
    for age in (3, 7):
        each = parts(at_age(result, age), 200)
        assert_calibrated([(part.log_z - exact[age]) / part.error for part in each])


def test_trajectory_ais_takes_a_trajectory_and_one_machine(ages):
    class Run:
        machines = tuple(ages)

    expected = trajectory_ais(ages, n_chains=20, seed=0).log_z
    assert np.array_equal(trajectory_ais(Run(), n_chains=20, seed=0).log_z, expected)
    first = trajectory_ais(ages[:1], n_chains=20, seed=0).log_z
    assert np.array_equal(first, expected[:1])


def test_trajectory_ais_goes_through_ages_of_gaussian_machines():
    end = machine(8, 5, 1, hidden=GAUSSIAN, scale=0.2)
    ages = [0.5 * end, end]
    result = trajectory_ais(ages, n_chains=1000, n_temperatures=10, seed=0)
    exact = np.array([rbm.log_z() for rbm in ages])
    assert (np.abs(result.log_z - exact) < 4 * result.error).all()


def test_generic_path_weighs_before_it_moves(monkeypatch):
    """The same planted mistake in the path along any sequence of machines."""

    def late(machines, v, seed, sweeps):
        machines = iter(machines)
        previous, log_w = next(machines), np.zeros(len(v))
        for sweep, new in enumerate(machines):
            v, _ = gibbs(new, v, 1, seed, first_sweep=sweep)
            log_w = log_w + previous.free_energy(v) - new.free_energy(v)
            yield log_w
            previous = new

    def estimate(rbm, seed):
        ages = [beta * rbm for beta in np.linspace(0.2, 1, 5)]
        return at_age(
            trajectory_ais(ages, n_chains=800, n_temperatures=4, seed=seed), -1
        )

    assert is_calibrated(z_scores(estimate, range(4)))
    monkeypatch.setattr("rbmlib.likelihood.along_training.along_machines", late)
    assert not is_calibrated(z_scores(estimate, range(4)))
