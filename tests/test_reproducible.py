"""The same bits under other BLAS kernels, thread counts and instruction sets.

Each setting is a fresh process; compiled kernels are kept by instruction set.  It
trains a 784 × 200 machine by 200 PCD-10 updates, samples it for 100 sweeps, anneals a
±1 machine and samples it by two threads, does the same with categorical units, and
prints hashes.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rbmlib import likelihood, randomness, sampling, training
from rbmlib.rbm import RBM
from rbmlib.units import SPIN, Categorical

ROOT = Path(__file__).resolve().parents[1]


def _supported(feature):
    cpuinfo = Path("/proc/cpuinfo")
    return cpuinfo.exists() and feature in cpuinfo.read_text()


SETTINGS = {
    "default": {},
    "two threads": {"OPENBLAS_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2"},
    "Nehalem": {"OPENBLAS_CORETYPE": "Nehalem"},
    "Sandybridge": {"OPENBLAS_CORETYPE": "Sandybridge"},
    "Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "no vector code in NumPy": {
        "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3",
        "OPENBLAS_CORETYPE": "Prescott",
    },
    "generic numba": {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""},
    "AVX2 numba": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma"},
    "no AVX numba": {"NUMBA_ENABLE_AVX": "0"},
}
if _supported("avx512f"):
    SETTINGS["SkylakeX"] = {"OPENBLAS_CORETYPE": "SkylakeX"}


def work():
    """Return hashes: of a training run, of chains sampled from it, of a ±1 machine."""
    data = _data(1000, 784)
    start = training.initial_machine(data, 200, scale=0.01, seed=1)
    run = training.train(
        start,
        data,
        method="pcd",
        k=10,
        n_updates=200,
        batch_size=100,
        learning_rate=0.05,
        seed=2,
        checkpoints=[50],
        progress=False,
    )
    v, h = sampling.gibbs(run[-1], run.chains, 100, seed=3)
    masters = [run.state[name] for name in ("W", "a", "b")]
    stored = [x for machine in run.machines for x in (machine.W, machine.a, machine.b)]
    spins = RBM.random(130, 75, scale=0.2, seed=5, visible=SPIN, hidden=SPIN)
    start = sampling.random_start(spins, 100, seed=6)
    chains = sampling.gibbs(spins, start, 30, seed=7, n_threads=2)
    weights = likelihood.ais(spins, n_chains=100, n_temperatures=20, seed=8).log_weights
    trained = _sha256(*masters, *stored, run.chains)
    return trained, _sha256(v, h), _sha256(*chains, weights), _sha256(*_categorical())


def _categorical():
    """Return a training run of units with 2 to 21 states, and chains of it."""
    q = np.tile([21, 2, 2, 3, 10], 8)
    words = randomness.draws(9, randomness.START, 0, np.arange(300), len(q))
    data = (words % np.minimum(q, 1 + words[:, :1] % 21)).astype(np.int32)
    start = training.initial_machine(
        data, 30, scale=0.05, seed=1, visible=Categorical(q), hidden=SPIN
    )
    run = training.train(
        start,
        data,
        k=2,
        n_updates=50,
        batch_size=60,
        learning_rate=0.1,
        seed=2,
        checkpoints=[50],
        progress=False,
    )
    v, h = sampling.gibbs(run[-1], run.chains, 20, seed=3, n_threads=2)
    return *(run.state[name] for name in ("W", "a", "b")), run.chains, v, h


def _data(n_samples, n_visible):
    """Noisy copies of four patterns: correlated, so that features are learned."""
    patterns = randomness.draws(7, randomness.START, 0, np.arange(4), n_visible) >> 31
    flips = randomness.draws(7, randomness.START, 1, np.arange(n_samples), n_visible)
    return (patterns[np.arange(n_samples) % 4] ^ (flips < 2**32 // 10)).astype(float)


def _sha256(*arrays):
    import hashlib

    digest = hashlib.sha256()
    for x in arrays:
        digest.update(np.ascontiguousarray(x).tobytes())
    return digest.hexdigest()


def _run_in_fresh_process(setting):
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("OPENBLAS", "NUMBA", "NPY_", "OMP_"))
    }
    env |= {"OPENBLAS_NUM_THREADS": "1"} | setting
    code = (
        "import sys; sys.path[:0] = [sys.argv[1]]; from tests import test_reproducible;"
        "print(*test_reproducible.work())"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(ROOT)],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    return tuple(result.stdout.split())


@pytest.fixture(scope="module")
def expected():
    return work()


@pytest.mark.parametrize("name", SETTINGS)
def test_training_and_sampling_give_the_same_bits(name, expected):
    assert _run_in_fresh_process(SETTINGS[name]) == expected


def test_the_settings_do_change_a_plain_product(tmp_path):
    # Without the grid the same settings are not equal: the test above has teeth.
    code = (
        "import numpy as np, hashlib; r = np.random.default_rng(0);"
        "x = r.random((300, 784), np.float32) @ r.random((784, 200), np.float32);"
        "print(hashlib.sha256(x.tobytes()).hexdigest())"
    )
    seen = set()
    for kernel in ("Prescott", "Nehalem", "Sandybridge", "Haswell"):
        env = {**os.environ, "OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": "1"}
        result = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True
        )
        seen.add(result.stdout)
    if len(seen) == 1:
        pytest.skip("NumPy's BLAS here ignores OPENBLAS_CORETYPE")
    assert len(seen) > 1


def test_seven_batches_of_chains_give_the_same_bits():
    data = _data(350, 60)
    machine = training.initial_machine(data, 40, scale=0.3, seed=1)
    v0 = sampling.random_start(machine, 350, seed=5)
    whole = sampling.gibbs(machine, v0, 50, seed=6)
    pieces = [
        sampling.gibbs(machine, v0[i : i + 50], 50, seed=6, first_chain=i)
        for i in range(0, 350, 50)
    ]
    for layer in (0, 1):
        assert np.array_equal(whole[layer], np.concatenate([p[layer] for p in pieces]))


@pytest.mark.parametrize("method", ["pcd", "cd", "rdm"])
def test_an_interrupted_run_resumes_to_the_same_bits(method, tmp_path):
    data = _data(330, 60)
    start = training.initial_machine(data, 40, scale=0.05, seed=1)
    common = {
        "method": method,
        "k": 3,
        "batch_size": 100,
        "learning_rate": 0.1,
        "seed": 4,
        "progress": False,
    }
    whole = training.train(start, data, n_updates=60, checkpoints=[17, 40], **common)
    part = training.train(start, data, n_updates=17, checkpoints=[17], **common)
    part.save(tmp_path / "part.h5")
    loaded = type(part).load(tmp_path / "part.h5")
    resumed = training.resume(
        loaded, data, n_updates=60, checkpoints=[40], progress=False
    )
    assert resumed.ages.tolist() == whole.ages.tolist() == [0, 17, 40, 60]
    assert all(x == y for x, y in zip(resumed.machines, whole.machines, strict=True))
    for name in ("W", "a", "b"):
        assert np.array_equal(resumed.state[name], whole.state[name])
    if method == "pcd":
        assert np.array_equal(resumed.chains, whole.chains)
