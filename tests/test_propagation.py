"""Laws pushed through the sampler: against sampling, and the memory of k."""

from functools import cache

import numpy as np
import pytest

from rbmlib import datasets, enumeration, sampling, training
from rbmlib.mixing_time import propagation
from rbmlib.mixing_time.propagation import divergence, law_after, law_of, uniform_law
from rbmlib.rbm import RBM
from rbmlib.units import BINARY, SPIN

N = 7


@cache
def toy():
    """Return the law of four clusters of seven bits, and a machine to start from."""
    data = datasets.clusters(10, N, n_clusters=4, flip=0.03, seed=0)
    v = enumeration.all_states(BINARY, N)
    law = np.exp(data.log_probability(v))
    mean = law @ v
    W = RBM.random(N, 4, scale=0.05, seed=1).W
    return law, RBM(W, np.log(mean / (1 - mean)), np.zeros(4))


@cache
def trained(method, k):
    law, start = toy()
    return propagation.train(
        start, law, method=method, k=k, n_updates=1500, learning_rate=0.5
    )


def test_law_after_is_what_chains_do():
    machine = RBM.random(5, 3, scale=1.5, bias_scale=0.5, seed=3).on_grid()
    n = 100_000
    start = sampling.random_start(machine, n, 0)
    for t, v in sampling.record(machine, start, [1, 2, 5], 1, lambda v, h: v):
        expected = law_after(machine, uniform_law(5), t)
        error = np.sqrt(expected * (1 - expected) / n)
        assert np.abs((law_of(v, 5) - expected) / error).max() < 4.5  # of 32 states


def test_kernels_keep_the_equilibrium():
    machine = RBM.random(6, 4, scale=1.0, bias_scale=0.5, seed=4)
    _, p = enumeration.visible_probabilities(machine)
    assert np.allclose(law_after(machine, p, 3), p)
    for kernel in propagation.kernels(machine):
        assert np.allclose(kernel.sum(1), 1)


def test_exact_method_is_exact_training():
    law, start = toy()
    counts = np.rint(law * 400).astype(int)
    data = np.repeat(enumeration.all_states(BINARY, N), counts, 0)
    ours = propagation.train(
        start, law_of(data, N), method="exact", n_updates=20, learning_rate=0.5
    )
    theirs = training.train(
        start,
        data,
        method="exact",
        n_updates=20,
        learning_rate=0.5,
        seed=0,
        checkpoints=1,
        progress=False,
    )[-1]
    assert np.allclose(ours.W, theirs.W, atol=1e-5)  # theirs is on its grid


@pytest.mark.parametrize("k", [1, 3, 10, 50])
def test_rdm_remembers_k(k):
    law, _ = toy()
    times = [*range(1, 31), 40, 45, 50, 55, 60, 70, 100, 300, 3000]
    kl = propagation.divergences(trained("rdm", k), law, uniform_law(N), times)
    best = times[int(kl.argmin())]
    assert best == k if k <= 10 else k / 1.2 <= best <= 1.2 * k
    if k <= 10:
        assert kl[-1] > 5 * kl.min()


@pytest.mark.parametrize("k", [1, 10])
def test_cd_remembers_no_k(k):
    law, _ = toy()
    times = [*range(1, 31), 100, 300, 3000]
    kl = propagation.divergences(trained("cd", k), law, uniform_law(N), times)
    assert (np.diff(kl) < 1e-6).all()


def test_the_memory_belongs_to_the_start():
    # Started at another law, the same machine is not best after k sweeps.
    law, _ = toy()
    machine = trained("rdm", 10)
    zeros = np.eye(2**N)[0]
    at_k = [divergence(law, law_after(machine, x, 10)) for x in (uniform_law(N), zeros)]
    assert at_k[1] > 5 * at_k[0]


@pytest.mark.parametrize("method", propagation.METHODS)
def test_training_refuses_machines_and_laws_that_it_would_change(method):
    options = {"method": method, "n_updates": 1, "learning_rate": 0.1}
    options |= {} if method == "exact" else {"k": 1}
    binary = RBM.random(3, 2, scale=0.5, seed=0)
    for machine in (binary.to_spin()[0], RBM.random(3, 2, seed=0, hidden=SPIN)):
        with pytest.raises(ValueError, match=r"rbm must have \{0, 1\} units, got RBM"):
            propagation.train(machine, uniform_law(3), **options)
    with pytest.raises(
        ValueError, match=r"data_law must have shape \(8,\), got \(4,\)"
    ):
        propagation.train(binary, uniform_law(2), **options)
    with pytest.raises(ValueError, match="at most 12 units a layer"):
        propagation.train(RBM.random(13, 2, seed=0), uniform_law(13), **options)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: propagation.kernels(RBM.random(13, 2, seed=0)), "at most 12 units"),
        (
            lambda: propagation.kernels(RBM([[1]], [0], [0], SPIN, SPIN)),
            "{0, 1} units",
        ),
        (
            lambda: propagation.train(
                toy()[1], toy()[0], method="pcd", k=1, n_updates=1, learning_rate=1
            ),
            "method",
        ),
        (
            lambda: propagation.train(
                toy()[1], toy()[0], method="rdm", n_updates=1, learning_rate=1
            ),
            "k must be given",
        ),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, law: law_of([[0, 2, 0]], 3), "data must hold .* got 2"),
        (lambda m, law: law_of(np.zeros((0, 3)), 3), "data must have .* one sample"),
        (lambda m, law: law_of([[0, 1, 0.5]], 3), "data must hold .* got 0.5"),
        (lambda m, law: law_of([[0, 1]], 3), r"data must have shape .* got \(1, 2\)"),
        (lambda m, law: uniform_law(60), "n_visible must be .* got 60"),
        (lambda m, law: law_after(m, law * 2, 1), "law must add up to 1, got 2.0"),
        (lambda m, law: law_after(m, law - 1, 1), "law must hold .* got -0.875"),
        (lambda m, law: law_after(m, law[:4], 1), "law must have shape"),
        (lambda m, law: law_after(m, law, -1), "n_sweeps must be .* got -1"),
        (lambda m, law: law_after(m, np.full(8, np.nan), 1), "law must hold .* nan"),
        (lambda m, law: propagation.divergences(m, law, law, [3, 1]), "times must"),
        (lambda m, law: propagation.divergences(m, law, law, [10**9]), "times must"),
        (lambda m, law: law_after(m, law, 10**9), "n_sweeps must be at most 1000000"),
        (lambda m, law: propagation.divergences(m, law, law * 3, [1]), "start_law"),
    ],
)
def test_laws_and_times_are_checked(call, message):
    with pytest.raises(ValueError, match=message):
        call(RBM.random(3, 2, scale=0.5, seed=0), uniform_law(3))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"k": 0}, "k must be at least 1"),
        ({"n_updates": -1}, "n_updates must be .* got -1"),
        ({"learning_rate": np.nan}, "learning_rate must be .* nan"),
        ({"learning_rate": -1.0}, "learning_rate must be .* got -1.0"),
        ({"learning_rate": 1e300}, "learning_rate must be .* got 1e.300"),
    ],
)
def test_numbers_of_training_are_checked(wrong, message):
    numbers = {"method": "rdm", "k": 1, "n_updates": 1, "learning_rate": 0.1}
    with pytest.raises(ValueError, match=message):
        propagation.train(
            RBM.random(3, 2, scale=0.5, seed=0), uniform_law(3), **(numbers | wrong)
        )
