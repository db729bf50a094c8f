"""The same bits under other BLAS kernels, thread counts and instruction sets.

Each setting is a fresh process.  It trains a 784 × 200 machine, on bits and, with few
chains, by matrix products, also with weighted samples, penalties and a rate that falls;
it samples it both ways, anneals and exchanges ±1 machines, by products and by two
threads; it trains and samples categorical units; and it prints hashes.  Compiled
kernels are kept as ever: numba tells instruction sets apart.
"""

import hashlib
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numba
import numpy as np
import pytest

from rbmlib import likelihood, randomness, sampling, tempering, training
from rbmlib.rbm import RBM
from rbmlib.sampling import products
from rbmlib.sampling.kernels import BitMachine
from rbmlib.training.compiled_update import CompiledUpdate
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
}
if _supported("avx512f"):
    SETTINGS["SkylakeX"] = {"OPENBLAS_CORETYPE": "SkylakeX"}

# Without another compilation.
QUICK = ("default", "two threads", "Haswell")


def _changes_code(setting):
    return any(key.startswith("NUMBA_CPU") for key in setting)


def work():
    """Return the hashes of everything that must not depend on the machine."""
    data = _data(1000, 784)
    start = training.initial_machine(data, 200, scale=0.01, seed=1)
    run = _train(start, data, n_updates=60, batch_size=100)
    few = _train(run[-1], data, n_updates=20, batch_size=10)
    options = {"l1": 0.001, "l2": 0.01, "sample_weight": np.sqrt(np.arange(1000))}
    falling = {"learning_rate": lambda age: 0.1 / (1 + age)}
    weighted = _train(run[-1], data, n_updates=10, batch_size=100, **options, **falling)
    ladder = _train(run[-1], data, n_updates=20, batch_size=100, method="ptt", k=1)
    v, h = sampling.gibbs(run[-1], run.chains, 100, seed=3)
    by_products = sampling.gibbs(run[-1], run.chains[:10], 100, seed=3)
    assert all(
        np.array_equal(x, y[:10]) for x, y in zip(by_products, (v, h), strict=True)
    )
    spins = RBM.random(130, 75, scale=0.2, seed=5, visible=SPIN, hidden=SPIN)
    start = sampling.random_start(spins, 100, seed=6)
    chains = sampling.gibbs(spins, start, 30, seed=7, n_threads=2)
    weights = [
        likelihood.ais(spins, n_chains=n, n_temperatures=20, seed=8).log_weights
        for n in (100, 10)
    ]
    known = np.arange(784) % 3 > 0
    given = [
        *sampling.conditional(run[-1], run.chains, known, 12, seed=4),
        *sampling.conditional(run[-1], run.chains[:10], known, 12, seed=4),
    ]
    rungs = tempering.in_beta(spins, 2)
    exchanged = tempering.exchange(rungs, start[:12], 30, seed=9)
    return {
        "training": _sha256(*_numbers(run)),
        "training with few chains": _sha256(*_numbers(few)),
        "training with options": _sha256(*_numbers(weighted)),
        "training on a ladder": _sha256(*_numbers(ladder), *ladder.state.values()),
        "sampling": _sha256(v, h),
        "conditional": _sha256(*given),
        "spins": _sha256(*chains),
        "annealing": _sha256(*weights),
        "exchange": _sha256(exchanged.v, exchanged.round_trips),
        "categorical": _sha256(*_categorical()),
    }


def _categorical():
    """Return a training run of units with 2 to 21 states, and chains of it."""
    q = np.tile([21, 2, 2, 3, 10], 8)
    words = randomness.draws(9, randomness.START, 0, np.arange(300), len(q))
    data = (words % np.minimum(q, 1 + words[:, :1] % 21)).astype(np.int32)
    start = training.initial_machine(
        data, 30, scale=0.05, seed=1, visible=Categorical(q), hidden=SPIN
    )
    run = _train(start, data, n_updates=30, batch_size=60)
    chains = sampling.gibbs(run[-1], run.chains, 20, seed=3, n_threads=2)
    few = sampling.gibbs(run[-1], run.chains[:7], 20, seed=3)
    known = np.arange(len(q)) % 3 > 0
    given = sampling.conditional(run[-1], run.chains, known, 12, seed=4)
    return *_numbers(run), *chains, *few, *given


def _train(start, data, **options):
    common = {"method": "pcd", "k": 10, "learning_rate": 0.05, "seed": 2}
    common |= {"checkpoints": [10], "progress": False}
    return training.train(start, data, **common | options)


def _numbers(run):
    masters = [run.state[name] for name in ("W", "a", "b")]
    stored = [x for machine in run.machines for x in (machine.W, machine.a, machine.b)]
    return [*masters, *stored, run.chains]


def plain_product():
    """Return the hash of a product of numbers on no grid: rounded as it comes."""
    rng = np.random.default_rng(0)
    x = rng.random((300, 784), np.float32) @ rng.random((784, 200), np.float32)
    return _sha256(x)


def target():
    """Return what numba compiles for: the processor's name and its features."""
    codegen = numba.core.registry.cpu_target.target_context.codegen()
    return [str(x) for x in codegen.magic_tuple()]


def _data(n_samples, n_visible):
    """Noisy copies of four patterns: correlated, so that features are learned."""
    patterns = randomness.draws(7, randomness.START, 0, np.arange(4), n_visible) >> 31
    flips = randomness.draws(7, randomness.START, 1, np.arange(n_samples), n_visible)
    return (patterns[np.arange(n_samples) % 4] ^ (flips < 2**32 // 10)).astype(float)


def _sha256(*arrays):
    digest = hashlib.sha256()
    for x in arrays:
        digest.update(np.ascontiguousarray(x).tobytes())
    return digest.hexdigest()


def _run_in_fresh_process(setting):
    others = "OPENBLAS", "NUMBA_CPU", "NUMBA_ENABLE", "NUMBA_NUM", "NPY_", "OMP_"
    env = {key: x for key, x in os.environ.items() if not key.startswith(others)}
    env |= {"OPENBLAS_NUM_THREADS": "1"} | setting
    code = (
        "import json, sys; sys.path[:0] = [sys.argv[1]];"
        "from tests import test_reproducible as t;"
        "print(json.dumps([t.work(), t.plain_product(), t.target()]))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(ROOT)],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def of_setting():
    """Return a function: what the process of a setting printed, each run once."""
    return cache(lambda name: _run_in_fresh_process(SETTINGS[name]))


@pytest.fixture(scope="module")
def expected():
    """Return the hashes of this process, which must use products and bits."""
    used = {"product": 0, "bits": 0}
    ways = (
        (products.Layer, "draw", "product"),
        (BitMachine, "run", "bits"),
        (CompiledUpdate, "__call__", "bits"),
    )
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, way in ways:
            right = getattr(owner, name)

            def counted(*arguments, right=right, way=way, **options):
                used[way] += 1
                return right(*arguments, **options)

            patch.setattr(owner, name, counted)
        hashes = work()
    # Without products the settings of BLAS would change nothing.
    assert used["product"] > 500 and used["bits"] > 50
    return hashes


def _later(name):
    return name if name in QUICK else pytest.param(name, marks=pytest.mark.thorough)


@pytest.mark.parametrize("name", [*map(_later, SETTINGS)])
def test_training_and_sampling_give_the_same_bits(name, expected, of_setting):
    assert of_setting(name)[0] == expected


@pytest.mark.thorough
def test_the_settings_do_change_a_plain_product(of_setting):
    # Without the grid the same processes do not agree: the test above has teeth.
    of_blas = [name for name, s in SETTINGS.items() if "OPENBLAS_CORETYPE" in s]
    seen = {of_setting(name)[1] for name in of_blas}
    if len(seen) == 1:
        pytest.skip("NumPy's BLAS here ignores OPENBLAS_CORETYPE")
    assert len(seen) > 1


@pytest.mark.thorough
def test_the_settings_do_change_the_compiled_code(of_setting):
    host = of_setting("default")[2]
    assert host == target()
    for name, setting in SETTINGS.items():
        differs = _changes_code(setting)
        if name == "no AVX numba":
            differs = "+avx," in host[2]
        assert (of_setting(name)[2] != host) == differs, name


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


@pytest.mark.parametrize("method", ["pcd", "ptt", "tempered", "weighted", "cd", "rdm"])
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
    assert set(resumed.state) == set(whole.state)
    for name, array in whole.state.items():
        assert np.array_equal(resumed.state[name], array)
    if method in ("pcd", "ptt", "tempered", "weighted"):
        assert np.array_equal(resumed.chains, whole.chains)
