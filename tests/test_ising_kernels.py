"""Every kernel gives the bits of its definition, whatever runs beside it."""

import hashlib
import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from rbmlib import randomness
from rbmlib.ising import heat_bath, metropolis, swendsen_wang, wolff
from rbmlib.ising.lattice import neighbours
from rbmlib.ising.rates import bond_threshold, heat_bath_table, metropolis_table
from rbmlib.ising.reference import byte_u, reference_sweep, toss_u

LOCAL = {heat_bath: heat_bath_table, metropolis: metropolis_table}
CLUSTERS = (wolff, swendsen_wang)
CASES = [(2.27, 0.0), (0.0, 0.0), (1.5, 0.3), (0.0, 2.0), (3.0, -5.0)]


def _observables(spins, h):
    s = spins.astype(int)
    bonds = (s * np.roll(s, 1, -1)).sum((-2, -1)) + (s * np.roll(s, 1, -2)).sum(
        (-2, -1)
    )
    m = s.mean((-2, -1))
    return -bonds / s.shape[-1] ** 2 - h * m, m


def _check(run, path, chain, h):
    assert np.array_equal(run.spins[chain], path[-1])
    energy, m = _observables(np.array(path), h)
    assert np.allclose(run.energy[chain], energy, rtol=0, atol=1e-12)
    assert np.allclose(run.magnetization[chain], m, rtol=0, atol=1e-12)


def _reference(start, table, uniform, sweeps):
    path, spins = [], (start > 0).astype(np.uint8)
    for sweep in sweeps:
        spins = reference_sweep(spins, table, uniform(sweep))
        path.append(2 * spins.astype(np.int8) - 1)
    return path


@pytest.mark.parametrize(("T", "h"), CASES)
@pytest.mark.parametrize(
    ("sampler", "L"),
    [(heat_bath, 2), *itertools.product(LOCAL, [3, 4, 5, 6, 16, 17, 64, 130])],
)
def test_bytes_equal_the_definition(sampler, T, h, L):
    start = np.random.default_rng(L).choice([-1, 1], size=(L, L))
    # 130² spins in six sweeps have one or two ties of the first 16 bits.
    sweeps = range(9, 15 if L == 130 else 11)
    run = sampler(L, T, len(sweeps), 7, h=h, start=start, first_sweep=9, first_chain=5)
    table = LOCAL[sampler](T, h, 48)
    path = _reference(start, table, lambda t: byte_u(L, 7, t, 5), sweeps)
    _check(run, path, 0, h)


@pytest.mark.parametrize(("T", "h"), CASES)
@pytest.mark.parametrize("sampler", LOCAL)
@pytest.mark.parametrize("L", [3, 4, 5, 6, 16])
def test_replicas_equal_the_definition(sampler, T, h, L):
    start = np.random.default_rng(L).choice([-1, 1], size=(70, L, L))
    run = sampler(
        L, T, 2, 7, h=h, n_chains=70, start=start, first_chain=128, kernel="replicas"
    )
    table = LOCAL[sampler](T, h, 44)
    for chain in (0, 31, 32, 63, 69):
        group, lane = 2 + chain // 64, chain % 64
        path = _reference(
            start[chain],
            table,
            lambda t, lane=lane, g=group: toss_u(L, "replicas", lane, 7, t, g),
            range(2),
        )
        _check(run, path, chain, h)


@pytest.mark.parametrize(
    ("L", "T", "h"), [(128, *case) for case in CASES] + [(256, 2.27, 0.0)]
)
@pytest.mark.parametrize("sampler", LOCAL)
def test_strips_equal_the_definition(sampler, T, h, L):
    start = np.random.default_rng(L).choice([-1, 1], size=(L, L))
    run = sampler(L, T, 2, 7, h=h, start=start, first_chain=3, kernel="strips")
    table = LOCAL[sampler](T, h, 44)
    path = _reference(start, table, lambda t: toss_u(L, "strips", 0, 7, t, 3), range(2))
    _check(run, path, 0, h)


def test_ties_are_settled_by_the_last_bits():
    # 64² spins · 4 sweeps / 4096: four spins of a lane without a tail in 12 tosses.
    start = np.ones((64, 64), int)
    run = heat_bath(64, 3.0, 4, 1, n_chains=64, start=start, kernel="replicas")
    table = heat_bath_table(3.0, 0.0, 44)
    for lane in range(0, 64, 7):
        path = _reference(
            start, table, lambda t, n=lane: toss_u(64, "replicas", n, 1, t, 0), range(4)
        )
        assert np.array_equal(run.spins[lane], path[-1])


def _cluster_labels(spins, T, h, words):
    """Return the cluster of each site, and which hold the ghost, by a graph library."""
    s, n = spins.ravel(), spins.size
    right, _, down, _ = neighbours(len(spins), len(spins)).T
    site = np.arange(n)
    i, j = np.concatenate([site, site]), np.concatenate([right, down])
    bond = np.concatenate([2 * site, 2 * site + 1])
    linked = (s[i] == s[j]) & (words[bond] < bond_threshold(1.0, T))
    graph = coo_array((np.ones(linked.sum()), (i[linked], j[linked])), shape=(n, n))
    labels = connected_components(graph, directed=False)[1]
    ghost = words[2 * n + 1 + site] < bond_threshold(abs(h), T)
    held = np.isin(labels, labels[ghost & (s == np.sign(h))])
    return labels, held


@pytest.mark.parametrize(("T", "h"), CASES)
@pytest.mark.parametrize("L", [2, 3, 8, 17])
def test_clusters_equal_the_components_of_their_graph(T, h, L):
    n, start = L * L, np.random.default_rng(L).choice([-1, 1], size=(L, L))
    for sampler in CLUSTERS:
        run = sampler(L, T, 5, 11, h=h, start=start, first_chain=2)
        path, spins = [], start.copy()
        for sweep in range(5):
            words = randomness.draws(
                11, randomness.ISING_CLUSTERS, sweep, [2], 4 * n + 1
            )[0].astype(np.uint64)
            labels, held = _cluster_labels(spins, T, h, words)
            if sampler is wolff:
                first = int(words[2 * n]) * n >> 32
                new = np.where(labels == labels[first], -spins.ravel(), spins.ravel())
            else:
                roots = np.array([np.flatnonzero(labels == c)[0] for c in labels])
                new = np.where(words[3 * n + 1 + roots] >= 2**31, 1, -1)
            spins = np.where(held, spins.ravel(), new).reshape(L, L)
            path.append(spins)
        _check(run, path, 0, h)


SETTINGS = [
    (heat_bath, {"kernel": "bytes"}, 16),
    (metropolis, {"kernel": "bytes"}, 9),
    (heat_bath, {"kernel": "replicas"}, 6),
    (metropolis, {"kernel": "strips"}, 128),
    (wolff, {}, 12),
    (swendsen_wang, {}, 12),
]


@pytest.mark.parametrize(("sampler", "kernel", "L"), SETTINGS)
def test_paths_depend_on_nothing_else(sampler, kernel, L):
    whole = sampler(L, 2.2, 6, 3, n_chains=130, **kernel)
    threads = sampler(L, 2.2, 6, 3, n_chains=130, n_threads=3, **kernel)
    assert np.array_equal(whole.spins, threads.spins)
    assert np.array_equal(whole.energy, threads.energy)

    last = sampler(L, 2.2, 6, 3, n_chains=2, first_chain=128, **kernel)
    assert np.array_equal(whole.spins[128:], last.spins)
    assert np.array_equal(whole.magnetization[128:], last.magnetization)

    half = sampler(L, 2.2, 2, 3, n_chains=130, **kernel)
    rest = sampler(
        L,
        2.2,
        4,
        3,
        n_chains=130,
        start=half.spins,
        first_sweep=half.next_sweep,
        interval=2,
        **kernel,
    )
    assert np.array_equal(whole.spins, rest.spins)
    assert np.array_equal(whole.energy[:, 3::2], rest.energy)

    other = sampler(L, 2.2, 6, 4, n_chains=130, **kernel)
    assert not np.array_equal(whole.spins, other.spins)


def digest():
    """Return the hash of one run of each kernel, or two where loops differ."""
    runs = [
        heat_bath(32, 2.27, 50, 5),
        metropolis(15, 2.0, 50, 5, h=0.1),
        metropolis(128, 2.27, 20, 5, kernel="strips"),
        heat_bath(8, 2.27, 50, 5, h=-0.2, n_chains=64, kernel="replicas"),
        wolff(32, 2.27, 50, 5),
    ]
    parts = [x.tobytes() for run in runs for x in (run.spins, run.energy)]
    return hashlib.sha256(b"".join(parts)).hexdigest()


@pytest.mark.thorough
def test_the_same_bits_without_vector_instructions():
    # numba's cache keeps the code of each processor: this one's is compiled only once.
    plain = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    there = subprocess.run(
        [sys.executable, "-c", f"import {__name__} as t; print(t.digest())"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | plain,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert there.split() == [digest()]


@pytest.mark.parametrize("sampler", [*LOCAL, *CLUSTERS])
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"L": 1}, ValueError, "L must be at least 2, got 1"),
        ({"L": 8.0}, TypeError, "L must be an integer, got float"),
        ({"T": -0.1}, ValueError, "T must be a finite number >= 0, got -0.1"),
        ({"h": np.inf}, ValueError, "h must be a finite number, got inf"),
        ({"n_sweeps": 0}, ValueError, "n_sweeps must be at least 1, got 0"),
        ({"interval": 3}, ValueError, "multiple of interval = 3, got 4"),
        ({"seed": -1}, ValueError, "seed must be in"),
        ({"n_chains": 0}, ValueError, "n_chains must be at least 1"),
        ({"n_threads": 0}, ValueError, "n_threads must be at least 1"),
        ({"first_sweep": 2**32 - 2}, ValueError, "first_sweep"),
        ({"start": "down"}, ValueError, "start must be 'random', 'up' or an array"),
        ({"start": np.ones((7, 7))}, ValueError, r"shape \(1, 8, 8\) or \(8, 8\)"),
        ({"start": np.zeros((8, 8))}, ValueError, "only -1 and 1, got 0"),
    ],
)
def test_bad_input_is_refused(sampler, arguments, error, message):
    call = {"L": 8, "T": 2.0, "n_sweeps": 4, "seed": 0, **arguments}
    with pytest.raises(error, match=message):
        sampler(**call)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"kernel": "words"},
            "kernel must be one of 'bytes', 'replicas', 'strips', got 'words'",
        ),
        ({"kernel": "strips"}, "L must be a multiple of 128 .* got L = 8"),
        ({"kernel": "replicas", "first_chain": 3}, "a multiple of 64 with kernel"),
    ],
)
def test_kernels_refuse_what_they_cannot_hold(arguments, message):
    with pytest.raises(ValueError, match=message):
        heat_bath(8, 2.0, 4, 0, **arguments)


def test_metropolis_refuses_the_smallest_lattice():
    with pytest.raises(ValueError, match="L must be at least 3 for metropolis"):
        metropolis(2, 2.0, 4, 0)
