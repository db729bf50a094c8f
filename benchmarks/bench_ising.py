"""Ising updates per nanosecond, beside other libraries, NumPy and the same code in C.

One lattice of 256 x 256 at the critical temperature, one core.  The candidates run in
turn, round after round; a rate is the median over the rounds, a ratio the median of the
ratios within a round, so that the clock of the processor cancels.  Times are processor
times, except for the last line, which compares one thread with two by the wall clock
and needs two idle cores.

    taskset -c 0 python benchmarks/bench_ising.py [rounds]
    python benchmarks/bench_ising.py [rounds]  # the last line needs both cores

peapods and mcising stand in the table when they are installed, the C twin when there is
a gcc.
"""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from rbmlib.ising import CRITICAL_TEMPERATURE, heat_bath, metropolis
from rbmlib.ising.kernels.byte_kernel import BITS, byte_table
from rbmlib.ising.lattice import from_cells, layout, to_cells
from rbmlib.ising.rates import heat_bath_table
from rbmlib.randomness import ISING, stream_key

L, T = 256, CRITICAL_TEMPERATURE
ORIGIN = Path(__file__).parent


def ours(sampler, n_sweeps, n_chains=1, side=L, **options):
    """Return a run of rbmlib and the number of updates in it."""
    options = {"interval": n_sweeps, "start": "up", "n_chains": n_chains, **options}
    updates = side * side * n_sweeps * n_chains
    return lambda: sampler(side, T, n_sweeps, 1, **options), updates


def plain_numpy(n_sweeps=10):
    """Return Metropolis as in many lecture notes: np.roll, a mask, 64-bit floats."""
    rng, s = np.random.default_rng(1), np.ones((L, L))
    colour = np.indices((L, L)).sum(axis=0) % 2

    def run():
        for _ in range(n_sweeps):
            for c in (0, 1):
                field = sum(
                    np.roll(s, shift, axis) for shift in (1, -1) for axis in (0, 1)
                )
                flip = rng.random((L, L)) < np.exp(-2 * s * field / T)
                s[flip & (colour == c)] *= -1

    return run, L * L * n_sweeps


def good_numpy(n_sweeps=20):
    """Return Metropolis with split colours, bytes, 32-bit numbers and a table."""
    rng, half = np.random.default_rng(1), L // 2
    colours = [np.ones((L, half), np.int8), np.ones((L, half), np.int8)]
    accept = np.exp(-2 * np.arange(-4, 5) / T).astype(np.float32)

    def run():
        for _ in range(n_sweeps):
            for c in (0, 1):
                s, other = colours[c], colours[1 - c]
                field = np.roll(other, 1, 0) + np.roll(other, -1, 0) + other
                field[c::2] += np.roll(other[c::2], 1, 1)
                field[1 - c :: 2] += np.roll(other[1 - c :: 2], -1, 1)
                flip = rng.random((L, half), np.float32) < accept[s * field + 4]
                np.negative(s, out=s, where=flip)

    return run, L * L * n_sweeps


def peapods(n_sweeps=20):
    """Return Metropolis sweeps of peapods."""
    from peapods import Ising

    model = Ising((L, L), temperatures=np.array([T]))
    return lambda: model.sample(n_sweeps, sequential=True), L * L * n_sweeps


def mcising(n_sweeps=50):
    """Return Metropolis sweeps of mcising."""
    from mcising import IsingSimulation

    model = IsingSimulation(L, 1.0, 0.0, 0.0, 0.0, 1)
    return lambda: model.sweep(n_sweeps, temperature=T), L * L * n_sweeps


class _Layout(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_int64) for name in ("rows", "cols", "width", "size", "n_cells")
    ]


class _Table(ctypes.Structure):
    _fields_ = [
        ("first", ctypes.c_uint8 * 5),
        ("second", ctypes.c_uint8 * 5),
        ("inverse_from", ctypes.c_uint8),
        ("rest", ctypes.c_uint32 * 5),
    ]


def c_twin(n_sweeps=2000):
    """Return the heat bath compiled by gcc, after a check that it is the same."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "twin.so"
        flags = ["-O3", "-march=native", "-shared", "-fPIC"]
        subprocess.run(["gcc", *flags, "-o", path, ORIGIN / "ising_twin.c"], check=True)
        library = ctypes.CDLL(str(path))
    where, digits = layout(L, "bytes"), byte_table(heat_bath_table(T, 0.0, BITS))
    shape = _Layout(*where[:5])
    table = _Table(
        tuple(int(x) for x in digits.first[1]),
        tuple(int(x) for x in digits.second[1]),
        int(digits.inverse_from[1]),
        tuple(int(x) for x in digits.rest[1]),
    )
    key = [ctypes.c_uint32(int(k)) for k in stream_key(1, ISING)]
    cells = to_cells(np.ones((L, L)), where, np.uint8)

    def sweep(n):
        pointer = cells.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        library.run(pointer, ctypes.byref(shape), ctypes.byref(table), *key, n)

    sweep(100)
    found = 2 * from_cells(cells, where).astype(np.int8) - 1
    expected = heat_bath(L, T, 100, 1, start="up").spins[0]
    if not np.array_equal(found, expected):
        raise AssertionError("the C twin and the byte kernel disagree")
    return lambda: sweep(n_sweeps), L * L * n_sweeps


def candidates():
    """Return {name: (run, updates)} of everything that is there."""
    found = {
        "NumPy, np.roll and a mask": plain_numpy(),
        "NumPy, split colours": good_numpy(),
    }
    for library in (peapods, mcising):
        if importlib.util.find_spec(library.__name__):
            found[library.__name__] = library()
    if shutil.which("gcc"):
        found["bytes, heat bath, C (gcc)"] = c_twin()
    found["bytes, heat bath"] = ours(heat_bath, 2000)
    found["bytes, Metropolis"] = ours(metropolis, 2000)
    found["strips, heat bath"] = ours(heat_bath, 5000, kernel="strips")
    found["strips, Metropolis"] = ours(metropolis, 5000, kernel="strips")
    found["64 replicas of 64 x 64"] = ours(heat_bath, 1000, 64, 64, kernel="replicas")
    return found


def measure(found, rounds):
    """Return {name: updates per nanosecond, one for each round}."""
    rates = {name: [] for name in found}
    for run, _ in found.values():
        run()  # compile, and fill the caches
    for _ in range(rounds):
        for name, (run, updates) in found.items():
            start = time.process_time()
            run()
            rates[name].append(updates / (time.process_time() - start) / 1e9)
    return {name: np.array(values) for name, values in rates.items()}


def two_threads(rounds):
    """Return the speed-up of eight independent lattices on two threads."""
    gains = []
    runs = [ours(heat_bath, 2000, 8, n_threads=n)[0] for n in (1, 2)]
    for _ in range(rounds):
        times = []
        for run in runs:
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
        gains.append(times[0] / times[1])
    return np.median(gains)


def main():
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    rates = measure(candidates(), rounds)
    names = [n for n in ("peapods", "mcising", "NumPy, split colours") if n in rates]
    print(f"{L} x {L} at T_c, one core, {rounds} rounds")
    print(f"{'':28}{'updates/ns':>11}" + "".join(f"{'x ' + n:>24}" for n in names))
    for name, rate in rates.items():
        ratios = "".join(f"{np.median(rate / rates[n]):>24.1f}" for n in names)
        print(f"{name:28}{np.median(rate):>11.3f}{ratios}")
    twin = rates.get("bytes, heat bath, C (gcc)")
    if twin is not None:
        print(f"bytes / C: {np.median(rates['bytes, heat bath'] / twin):.2f}")
    if len(os.sched_getaffinity(0)) > 1:
        print(f"two threads / one, wall clock: {two_threads(rounds):.2f}")


if __name__ == "__main__":
    main()
