"""What training and sampling cost beside their peers: the table of the book's page.

    python benchmarks/bench_updates.py [rounds] [couplings]

Rounds, ratios and times as in `bench_sampling`: pinned to one core (taskset -c 0), and
not pinned for the row of two threads, which needs two idle ones.  Rows that were
measured are written into the table of `PAGE`; the others stay as they are.  With
"couplings", seconds of two large calls are printed too.
"""

import gc
import io
import json
import os
import re
import sys
import time
import tracemalloc
from contextlib import redirect_stderr
from functools import partial
from pathlib import Path

import bench_sampling as bench
import numpy as np
import sampling_peers as peers

from rbmlib import effective_couplings, sampling, training
from rbmlib.rbm import RBM
from rbmlib.training.held import HeldBits
from rbmlib.units import SPIN

PAGE = Path(__file__).parents[1] / "book/fast_sampling.ipynb"
HEAD = "| work | beside | ratio |\n|---|---|---|\n"
SMALL = [(16, 8, 100), (25, 25, 100), (2000, 50, 100)]


def small_updates(rounds):
    """Yield a PCD-1 update beside scikit-learn's."""
    for size in SMALL:
        title = "PCD-1 update, {} × {}, batch = chains = {}".format(*size)
        yield title, "scikit-learn's", _small_update(title, size, rounds)


def _small_update(title, size, rounds):
    n = max(1, int(2e7 / np.prod(size)))
    candidates = {
        "scikit-learn": lambda: bench.repeated(peers.sklearn_update(*size), n),
        "rbmlib": lambda: bench.repeated(bench.our_update(*size, 1), n),
    }
    return bench.compare(title, {x: (y, n) for x, y in candidates.items()}, rounds)


def long_updates(rounds):
    """Yield a PCD-10 update beside that of rbms."""
    size = SMALL[-1]
    title = "PCD-10 update, {} × {}, batch = chains = {}".format(*size)
    yield (
        title,
        "that of rbms on a CPU",
        bench.compare(
            title,
            {
                "rbms": (lambda: peers.rbms_update(*size, 10), 1),
                "rbmlib": (lambda: bench.our_update(*size, 10), 1),
            },
            rounds,
        ),
    )


def one_sweep(rounds):
    """Yield a call of one sweep beside the two products, and one with known units."""
    title = "a call of one sweep, {} × {}, {} chains".format(*bench.LARGE)
    yield (
        title,
        "the two bare products",
        bench.compare(
            title,
            {
                "two bare products": (lambda: bench.bare_sweep(*bench.LARGE), 1),
                "rbmlib": (lambda: bench.our_gibbs(*bench.LARGE, 1), 1),
            },
            rounds,
        ),
    )
    machine = RBM.random(784, 500, scale=0.05, seed=0)
    v, known = sampling.random_start(machine, 1000, seed=0), np.arange(784) % 2 > 0
    title = "50 sweeps with half of the units known, {} × {}, {} chains"
    title = title.format(*bench.LARGE)
    yield (
        title,
        "free sampling",
        bench.compare(
            title,
            {
                "gibbs": (lambda: bench.our_gibbs(*bench.LARGE, 50), 1),
                "conditional": (
                    lambda: lambda: sampling.conditional(machine, v, known, 50, seed=1),
                    1,
                ),
            },
            max(3, rounds // 4),
        ),
    )


def the_bar(rounds):
    """Yield training with its progress bar beside training without."""
    data = peers.random_data(2000, 400)
    start = training.initial_machine(data, 50, scale=0.01, seed=0)

    def train(progress):
        with redirect_stderr(io.StringIO()):
            training.train(
                start, data, k=1, n_updates=200, batch_size=100, learning_rate=0.01,
                seed=0, progress=progress,
            )  # fmt: skip

    title = "200 updates with the progress bar, 2000 × 50"
    yield (
        title,
        "without it",
        bench.compare(
            title,
            {
                "without": (lambda: lambda: train(progress=False), 1),
                "with": (lambda: lambda: train(progress=True), 1),
            },
            max(3, rounds // 4),
        ),
    )


def two_threads(rounds):
    """Yield an update by one thread beside the same by two, by the wall clock."""
    for k in (1, 10):
        title = f"PCD-{k} update by one thread, {{}} × {{}}, batch = chains = {{}}"
        title = title.format(*bench.LARGE)
        candidates = {
            f"threads: {n}": (partial(bench.our_update, *bench.LARGE, k, n), 1)
            for n in (2, 1)
        }
        yield (
            title,
            "by two",
            bench.compare(title, candidates, rounds, time.perf_counter),
        )


def held_data():
    """Return title, peer and ratio: the memory of data held for training."""
    data = np.zeros((60_000, 784), np.float32)
    gc.collect()
    tracemalloc.start()
    held = HeldBits(data, low=0)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    print(f"data held: {size / 1e6:.1f} MB of {len(held)} x 784 states")
    return "memory of 60 000 × 784 states in `train`", "as float32", size / data.nbytes


def large_couplings():
    """Print the seconds of all triple, and of all pair couplings of large machines."""
    for order, n_visible, n_hidden in ((3, 48, 160), (2, 1000, 200)):
        machine = RBM.random(n_visible, n_hidden, scale=0.1, seed=0, visible=SPIN)
        start = time.process_time()
        effective_couplings.couplings(machine, order, method="gaussian")
        seconds = time.process_time() - start
        print(f"couplings of order {order}, {n_visible} x {n_hidden}: {seconds:.1f} s")


def rows_of(parts):
    """Return the rows of a table: of pairs, the last candidate beside the first."""
    return {
        title: (peer, list(ratios.values())[1])
        for title, peer, ratios in parts
        if len(ratios) == 2
    }


def write(rows):
    """Write rows into the table of the page, each in its place or at the end."""
    page = json.loads(PAGE.read_text(encoding="utf-8"))
    (cell,) = (x for x in page["cells"] if HEAD in "".join(x["source"]))
    before, table = "".join(cell["source"]).split(HEAD)
    table, gap, after = table.partition("\n\n")
    for title, (peer, ratio) in rows.items():
        line = f"| {title} | {peer} | {ratio:.2f} |"
        place = re.compile(rf"^\| {re.escape(title)} \|.*$", re.MULTILINE)
        found = place.search(table)
        table = place.sub(line, table) if found else f"{table}\n{line}".strip()
    text = before + HEAD + table + gap + after
    cell["source"] = text.splitlines(keepends=True)
    text = json.dumps(page, indent=1, ensure_ascii=False, sort_keys=True)
    PAGE.write_text(text + "\n", encoding="utf-8")


def main(rounds, couplings=False):
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else "?"
    parts = [small_updates, long_updates, one_sweep, the_bar]
    if len(cores) > 1 or cores == "?":
        parts.append(two_threads)
    for part in parts:
        write(rows_of(part(rounds)))
    title, peer, ratio = held_data()
    write({title: (peer, ratio)})
    if couplings:
        large_couplings()


if __name__ == "__main__":
    numbers = [int(x) for x in sys.argv[1:] if x.isdigit()]
    main(*numbers or [21], couplings="couplings" in sys.argv)
