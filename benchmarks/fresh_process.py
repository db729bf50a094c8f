"""What a reader waits for: imports, the first sweep, and the memory of a large run.

Each figure is taken in a fresh process, with a cache of compiled kernels of its own.
"""

import os
import subprocess
import sys
import tempfile

START = """
import time
clock = time.process_time
begin = clock()
import numpy as np
numpy_there = clock()
from rbmlib import sampling
from rbmlib.rbm import RBM
machine = RBM.random(784, 500, scale=0.05, seed=0)
"""
FIRST_SWEEP = """
v = sampling.random_start(machine, 1000, seed=0)
begin = clock()
sampling.gibbs(machine, v, 1, seed=1)
print(clock() - begin)
"""
IMPORT = "print(clock() - numpy_there)"
PEAK = """
import resource, tracemalloc
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
v = sampling.random_start(machine, 100, seed=0)
sampling.gibbs(machine, v, 2, seed=1)
before = peak()
v = sampling.random_start(machine, 10_000, seed=0)
sampling.gibbs(machine, v, 2, seed=1)
print(peak(), before)
"""


def run(code, cache):
    """Return the numbers that a fresh process prints."""
    result = subprocess.run(
        [sys.executable, "-c", START + code],
        env=os.environ | {"NUMBA_CACHE_DIR": cache},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [float(x) for x in result.stdout.split()]


def report(repeats=5):
    """Print the figures; times are the smallest of a few, in processor time."""
    cold = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as cache:
            cold += run(FIRST_SWEEP, cache)
    with tempfile.TemporaryDirectory() as cache:
        run(FIRST_SWEEP, cache)
        cached = [run(FIRST_SWEEP, cache)[0] for _ in range(repeats)]
        imports = [run(IMPORT, cache)[0] for _ in range(repeats)]
        run(PEAK, cache)
        peak, before = run(PEAK, cache)
    print("fresh processes, processor time (smallest, median)")
    for name, times in (
        ("first sweep, nothing cached", cold),
        ("first sweep, cached", cached),
        ("import rbmlib.sampling after NumPy", imports),
    ):
        middle = sorted(times)[len(times) // 2]
        print(f"  {name:34s} {min(times):9.3f} s    {middle:6.3f} s")
    print("memory of 784 x 500, 10000 chains")
    print(
        f"  peak of the process {peak:.0f} MB, of which {before:.0f} MB before the run"
    )


if __name__ == "__main__":
    report()
