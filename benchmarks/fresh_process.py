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
MEMORY = """
import pathlib, tracemalloc
import numba, numpy as np
def peak():  # not of getrusage: a new process inherits the peak of its parent there
    status = pathlib.Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return sum(int(x.split()[1]) for x in lines if x.startswith("VmHWM")) / 1024
"""
TRIVIAL_PEAK = """
numba.njit(lambda x: x + 1)(1)
print(peak())
"""
PEAK = """
sampling.gibbs(machine, np.zeros((100, 784), np.float32), 2, seed=1)
before = peak()
tracemalloc.start()
v = np.zeros((10_000, 784), np.float32)
v, h = sampling.gibbs(machine, v, 2, seed=1)
print(tracemalloc.get_traced_memory()[1] / 2**20, before, peak())
"""


def run(code, cache):
    """Return the numbers that a fresh process prints."""
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"NUMBA_CACHE_DIR": cache},
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(x) for x in result.stdout.split()]


def report(repeats=5):
    """Print the figures; times are the smallest of a few, in processor time."""
    cold = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as cache:
            cold += run(START + FIRST_SWEEP, cache)
    with tempfile.TemporaryDirectory() as cache:
        run(START + FIRST_SWEEP, cache)
        cached = [run(START + FIRST_SWEEP, cache)[0] for _ in range(repeats)]
        imports = [run(START + IMPORT, cache)[0] for _ in range(repeats)]
        run(START + MEMORY + PEAK, cache)
        arrays, before, peak = run(START + MEMORY + PEAK, cache)
        (trivial,) = run(MEMORY + TRIVIAL_PEAK, cache)
    print("fresh processes, processor time (smallest, median)")
    for name, times in (
        ("first sweep, nothing cached", cold),
        ("first sweep, cached", cached),
        ("import rbmlib.sampling after NumPy", imports),
    ):
        middle = sorted(times)[len(times) // 2]
        print(f"  {name:34s} {min(times):9.3f} s    {middle:6.3f} s")
    print("peak memory of 784 x 500, 10000 chains")
    print(f"  arrays, states in and out too      {arrays:8.0f} MB")
    if peak:
        print(f"  the process ({before:.0f} MB before)      {peak:8.0f} MB")
        print(f"  numba with a kernel of one addition{trivial:8.0f} MB")


if __name__ == "__main__":
    report()
