"""The exact log-likelihood, estimates from weights, and what is refused."""

import numpy as np
import pytest
from scipy import stats

import brute_force
from annealed import PAIRS, machine
from rbmlib.likelihood import (
    Estimate,
    ais,
    independent_machine,
    log_likelihood,
    reverse_ais,
    trajectory_ais,
)
from rbmlib.rbm import RBM
from rbmlib.units import SPIN, Gaussian


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("seed", range(3))
def test_exact_log_likelihood_agrees_with_brute_force(pair, seed):
    rbm = brute_force.random_machine(seed, *pair)
    joint = brute_force.weights(rbm)
    z = sum(joint.values())
    states = np.array([v for v, _ in joint])[:: rbm.n_hidden]
    marginals = [sum(w for (u, _), w in joint.items() if u == tuple(v)) for v in states]
    expected = np.mean(np.log(np.array(marginals) / z))
    assert log_likelihood(rbm, states) == pytest.approx(expected, abs=1e-10)
    shifted = log_likelihood(rbm, states, log_z=np.log(z) + 0.5)
    assert shifted == pytest.approx(expected - 0.5, abs=1e-10)


def test_log_likelihood_of_gaussian_data_is_that_of_the_density():
    """Without weights the visible units are independent Gaussian numbers."""
    rbm = RBM(np.zeros((2, 1)), [0.5, -1.0], [0.3], Gaussian(2.0), SPIN)
    x = np.random.default_rng(0).normal(size=(10, 2))
    density = stats.norm(loc=[1.0, -2.0], scale=np.sqrt(2.0)).logpdf(x).sum(1).mean()
    assert log_likelihood(rbm, x) == pytest.approx(density, abs=1e-10)


@pytest.mark.parametrize(
    "data, log_z, message",
    [
        ([1, 0, 1], None, r"data must have shape \(n_samples, 3\).*got \(3,\)"),
        (np.zeros((0, 3)), None, "at least one sample"),
        ([[1, 0]], None, r"data must have shape \(\.\.\., 3\), got \(1, 2\)"),
        ([[1, -1, 1]], None, "data must hold .* 0 or 1; got -1"),
        ([[1, 0, 1]], np.nan, "log_z must be a finite number, got nan"),
        ([[1, 0, 1]], [1.0], "log_z must be a finite number"),
    ],
)
def test_bad_data_and_log_z_are_refused(data, log_z, message):
    with pytest.raises((ValueError, TypeError), match=message):
        log_likelihood(machine(3, 2, 0), data, log_z=log_z)


def test_estimate_of_known_weights():
    w = np.array([1.0, 2.0, 3.0, 6.0])
    result = Estimate.from_weights(np.log(w) + 800, 5.0)
    assert result.log_z == pytest.approx(5 + 800 + np.log(3))
    assert result.error == pytest.approx(w.std(ddof=1) / 2 / 3)
    assert result.ess == pytest.approx(144 / 50)
    reverse = Estimate.from_weights(np.log(w), 5.0, sign=-1)
    assert reverse.log_z == pytest.approx(5 - np.log(3))
    rows = Estimate.from_weights(np.log([w, w]) + 800, 5.0)
    assert rows.log_z == pytest.approx([result.log_z] * 2)
    assert rows.error == pytest.approx([result.error] * 2)
    assert rows.ess == pytest.approx([result.ess] * 2)


def test_the_independent_machine_has_the_mean_of_the_data():
    data = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0], [1, 0, 0]])
    rbm = machine(3, 2, 0)
    # One sample of each state is added: (4 + 1)/6, (2 + 1)/6, (0 + 1)/6.
    mean = independent_machine(rbm, data).mean_v([0, 0])
    np.testing.assert_allclose(mean, [5 / 6, 1 / 2, 1 / 6], atol=2e-6)
    spin = independent_machine(rbm.to_spin()[0], 2 * data - 1).mean_v([-1, 1])
    np.testing.assert_allclose(spin, [2 / 3, 0, -2 / 3], atol=2e-6)
    gaussian = machine(3, 2, 0, Gaussian(2.0))
    x = np.random.default_rng(0).normal(size=(9, 3))
    mean = independent_machine(gaussian, x).mean_v([0, 1])
    np.testing.assert_allclose(mean, x.mean(0), atol=1e-12)


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"seed": -1}, ValueError, "seed must be in"),
        ({"seed": 0.5}, TypeError, "seed must be an integer"),
        ({"n_chains": 0}, ValueError, "n_chains must be at least 1, got 0"),
        ({"n_chains": 1}, ValueError, "n_chains must be at least 2 .*got 1"),
        ({"n_chains": 2.0}, TypeError, "n_chains must be an integer"),
        ({"n_temperatures": 0}, ValueError, "n_temperatures must be at least 1, got 0"),
        ({"reference": machine(4, 2, 0)}, ValueError, "reference must have W = 0"),
        (
            {"reference": RBM(np.zeros((3, 2)), np.zeros(3), np.zeros(2))},
            ValueError,
            "reference must have the units and sizes of RBM",
        ),
        (
            {"reference": RBM(np.zeros((4, 2)), np.zeros(4), np.zeros(2), SPIN)},
            ValueError,
            "reference must have the units and sizes of RBM",
        ),
        ({"reference": 0}, TypeError, "reference must be given as machines"),
        ({"data": [[1, 0, 1, -1]]}, ValueError, "data must hold"),
        ({"data": [1, 0, 1, 1]}, ValueError, "data must have shape"),
        ({"data": np.zeros((0, 4))}, ValueError, "at least one sample"),
        (
            {"data": [[1, 0, 1, 1]], "reference": machine(4, 2, 0)},
            ValueError,
            "reference or data, not both",
        ),
    ],
)
def test_ais_refuses_what_does_not_fit(arguments, error, message):
    with pytest.raises(error, match=message):
        ais(
            machine(4, 2, 1),
            **{"n_chains": 5, "n_temperatures": 2, "seed": 0} | arguments,
        )


def test_reverse_ais_refuses_samples_that_are_none():
    rbm = machine(4, 2, 1)
    for samples, message in (
        ([[1, 0, 1, -1]] * 2, "samples must hold .* 0 or 1; got -1"),
        (
            np.zeros((1, 4)),
            "samples must hold n_chains rows; n_chains must",
        ),
        (np.zeros((0, 4)), "samples must have shape .* at least one"),
        (np.zeros((5, 3)), r"samples must have shape \(\.\.\., 4\), got \(5, 3\)"),
    ):
        with pytest.raises(ValueError, match=message):
            reverse_ais(rbm, samples, n_temperatures=2, seed=0)


def test_trajectory_ais_refuses_what_is_no_sequence_of_alike_machines():
    good = machine(4, 2, 1)
    with pytest.raises(ValueError, match="trajectory must hold at least 1"):
        trajectory_ais([], seed=0)
    with pytest.raises(TypeError, match=r"trajectory\[1\] must be an RBM, got None"):
        trajectory_ais([good, None], seed=0)
    for other in (machine(4, 3, 1), machine(4, 2, 1, hidden=SPIN)):
        with pytest.raises(ValueError, match="trajectory must have the units"):
            trajectory_ais([good, other], seed=0)
    with pytest.raises(ValueError, match="n_temperatures must be at least 1"):
        trajectory_ais([good], n_temperatures=0, seed=0)
    with pytest.raises(ValueError, match="seed must be in"):
        trajectory_ais([good], seed=-1)
