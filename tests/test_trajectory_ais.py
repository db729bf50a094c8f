"""Annealing along the machines of a training run: log Z at every age."""

import numpy as np
import pytest

from annealed import is_calibrated, machine, z_scores
from rbmlib.likelihood import Estimate, trajectory_ais
from rbmlib.sampling import gibbs
from rbmlib.units import GAUSSIAN


@pytest.fixture(scope="module")
def ages():
    """Machines that are no multiples of each other, as in training."""
    path = [machine(12, 6, seed, scale=0.25) for seed in range(8)]
    return [sum(path[1 : t + 1], path[0]) for t in range(8)]


@pytest.mark.parametrize("n_temperatures", [10, 30])
def test_trajectory_ais_agrees_with_exact_log_z_at_every_age(ages, n_temperatures):
    result = trajectory_ais(ages, n_chains=1000, n_temperatures=n_temperatures, seed=0)
    exact = np.array([rbm.log_z() for rbm in ages])
    assert np.ptp(exact) > 1  # the ages do differ
    assert result.log_weights.shape == (8, 1000) and (result.ess > 100).all()
    # 4.5 standard errors at each of 8 ages: 5e-5 for a false alarm.
    assert (np.abs(result.log_z - exact) < 4.5 * result.error).all()


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

    def late(machines, v, seed, first_sweep):
        machines = iter(machines)
        previous, log_w = next(machines), np.zeros(len(v))
        for sweep, new in enumerate(machines, first_sweep):
            v, _ = gibbs(new, v, 1, seed, first_sweep=sweep)
            log_w = log_w + previous.free_energy(v) - new.free_energy(v)
            yield log_w
            previous = new

    def estimate(rbm, seed):
        ages = [beta * rbm for beta in np.linspace(0.1, 1, 10)]
        result = trajectory_ais(ages, n_chains=400, n_temperatures=4, seed=seed)
        last = Estimate.from_weights(result.log_weights[-1], 0.0)
        return Estimate(result.log_z[-1], last.error, last.ess, last.log_weights)

    assert is_calibrated(z_scores(estimate))
    monkeypatch.setattr("rbmlib.likelihood.along_training.along_machines", late)
    assert not is_calibrated(z_scores(estimate))
