"""Gibbs sampling, training and annealing beside bare matrix products and peers.

Every candidate runs in turn, round after round, and each figure is the median over the
rounds of the ratio to the bare products of the same round: the clock of the processor
cancels.  Times are processor times of one thread, except where two threads run.

    python benchmarks/bench_sampling.py [rounds]

Pin it to one core (taskset -c 0) for steady figures; the line of two threads needs two
idle ones.  Peers stand in the table when they are installed (`sampling_peers`).
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import subprocess
import sys
import time
from pathlib import Path

import fresh_process
import numpy as np
import sampling_peers as peers

from rbmlib import likelihood, sampling, training
from rbmlib.rbm import RBM
from rbmlib.training.held import held_for
from rbmlib.training.run import Run

SIZES = [(784, 500, 1000), (805, 100, 2500), (64, 64, 1000), (784, 100, 100)]
LARGE = SIZES[0]
AVX2 = {
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "+avx2,+fma",
    "OPENBLAS_CORETYPE": "Haswell",
}


def bare_sweep(n_visible, n_hidden, n_chains):
    """Return the two products of a sweep, and nothing else."""
    v, h, W = peers.random_state(n_visible, n_hidden, n_chains)
    x, y = np.empty_like(h), np.empty_like(v)

    def run():
        np.matmul(v, W, out=x)
        np.matmul(h, W.T, out=y)

    return run


def bare_update(n_visible, n_hidden, n_chains, k):
    """Return the 2k + 4 products of a PCD-k update, and nothing else."""
    sweep = bare_sweep(n_visible, n_hidden, n_chains)
    v, h, W = peers.random_state(n_visible, n_hidden, n_chains)

    def run():
        for _ in range(k):
            sweep()
        for _ in range(2):
            np.matmul(v, W)
            np.matmul(v.T, h)

    return run


def our_gibbs(n_visible, n_hidden, n_chains, n_sweeps, n_threads=1):
    """Return a call of `gibbs`, with its checks, rounding, packing and unpacking."""
    machine = RBM.random(n_visible, n_hidden, scale=0.05, seed=0)
    v = sampling.random_start(machine, n_chains, seed=0)
    return lambda: sampling.gibbs(machine, v, n_sweeps, seed=1, n_threads=n_threads)


def our_update(n_visible, n_hidden, n_chains, k, n_threads=1):
    """Return one PCD-k update of `rbmlib.training`."""
    data = peers.random_data(n_visible, 4 * n_chains)
    start = training.initial_machine(data, n_hidden, scale=0.01, seed=0)
    first = training.train(
        start,
        data,
        method="pcd",
        k=k,
        n_updates=1,
        batch_size=n_chains,
        learning_rate=0.01,
        seed=0,
        progress=False,
    )
    return Run(first, held_for(first.settings, data, start.visible), n_threads).update


def our_ais(n_visible, n_hidden, n_chains, n_temperatures):
    """Return annealing through n_temperatures."""
    machine = RBM.random(n_visible, n_hidden, scale=0.05, seed=0)
    data = sampling.random_start(machine, 1000, seed=1)
    return lambda: likelihood.ais(
        machine, n_chains=n_chains, n_temperatures=n_temperatures, seed=0, data=data
    )


def repeated(run, n):
    """Return a function that runs n times."""

    def all_of_them():
        for _ in range(n):
            run()

    return all_of_them


def compare(title, candidates, rounds, clock=time.thread_time):
    """Print and return the median ratio of each candidate to the first one.

    A candidate is (make, n): ``make()`` returns a function that does n units of work.
    """
    runs = {}
    for name, (make, n) in candidates.items():
        try:
            runs[name] = make(), n
        except ImportError:
            print(f"  ({name} is not installed)")
            continue
        runs[name][0]()  # warm up: compilation, page faults
    times = {name: [] for name in runs}
    for _ in range(rounds):
        for name, (run, n) in runs.items():
            start = clock()
            run()
            times[name].append((clock() - start) / n)
    print(title)
    base, ratios = np.array(next(iter(times.values()))), {}
    for name, t in times.items():
        ratios[name] = float(np.median(np.array(t) / base))
        print(
            f"  {name:34s} {1e3 * np.median(t):9.3f} ms   {ratios[name]:6.2f}x",
            flush=True,
        )
    return ratios


def compare_sweeps(size, rounds):
    """Compare one sweep of a machine and a number of chains."""
    n = max(1, int(4e8 / np.prod(size)))  # sweeps that take about 10 ms
    compare(
        "one sweep, {} x {}, {} chains, one thread".format(*size),
        {
            "two bare products": (lambda: repeated(bare_sweep(*size), n), n),
            "rbmlib, a run of 50 sweeps": (lambda: our_gibbs(*size, 50), 50),
            "rbmlib, a run of 1 sweep": (
                lambda: repeated(our_gibbs(*size, 1), n),
                n,
            ),
            "NumPy float32": (lambda: repeated(peers.numpy_sweep(*size), n), n),
            "scikit-learn gibbs": (
                lambda: repeated(peers.sklearn_sweep(*size), n),
                n,
            ),
            "rbms sample_state": (lambda: repeated(peers.rbms_sweep(*size), n), n),
        },
        rounds,
    )


def compare_training(rounds, k=10):
    """Compare a PCD-k update, batch = chains."""
    compare(
        "PCD-{} update, {} x {}, batch = chains = {}".format(k, *LARGE),
        {
            f"{2 * k + 4} bare products": (lambda: bare_update(*LARGE, k), 1),
            "rbmlib": (lambda: our_update(*LARGE, k), 1),
        },
        rounds,
    )


def compare_annealing(rounds, n=50):
    """Compare one temperature of annealed importance sampling."""
    compare(
        "one temperature of AIS, {} x {}, {} chains".format(*LARGE),
        {
            "two bare products": (lambda: bare_sweep(*LARGE), 1),
            "rbmlib": (lambda: our_ais(*LARGE, n), n),
        },
        rounds,
    )


def compare_threads(rounds):
    """Compare one and two threads, by the clock on the wall."""
    one = {f"{n} thread(s)": (lambda n=n: our_gibbs(*LARGE, 20, n), 20) for n in (1, 2)}
    title = "one sweep, {} x {}, {} chains, wall time".format(*LARGE)
    compare(title, one, rounds, time.perf_counter)


def compare_avx2(rounds):
    """Run the comparison of sweeps without AVX-512, on both sides."""
    print("with AVX2 only:", flush=True)
    subprocess.run(
        [sys.executable, Path(__file__), str(rounds), "sweeps"],
        env=os.environ | AVX2,
        check=True,
    )


def main(rounds, sweeps_only=False):
    if sweeps_only:
        compare_sweeps(LARGE, rounds)
        return
    for size in SIZES:
        compare_sweeps(size, rounds)
    compare_training(max(5, rounds // 3))
    compare_annealing(max(5, rounds // 3))
    pinned = hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) == 1
    if not pinned:
        compare_threads(rounds)
    compare_avx2(rounds)
    fresh_process.report()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 21, "sweeps" in sys.argv)
