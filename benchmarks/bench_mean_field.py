"""TAP fixed points from 4500 starts at once, beside the bare products they need.

The machine is the stored one of simulated haplotypes, 805 x 100, at its last age; the
starts are haplotypes and, for the rest, haplotypes with a tenth of their sites flipped.
Each update needs four products of the starts that have not yet converged, with W and
with its squares; the bare run makes exactly these, in single precision, and nothing
else.  Both run in turn, and the figure is the median of the ratios of a round.

    taskset -c 0 python benchmarks/bench_mean_field.py [rounds]
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import time

import numpy as np

from rbmlib import datasets, mean_field, trained
from rbmlib.mean_field.single_precision import SinglePrecision

N_STARTS = 4500


def starts():
    """Return N_STARTS visible means to start from."""
    people = datasets.load("simulated haplotypes")
    rows = np.concatenate([people.train, people.test])
    rng = np.random.default_rng(0)
    more = rows[rng.integers(0, len(rows), N_STARTS - len(rows))]
    flipped = np.where(rng.random(more.shape) < 0.1, 1 - more, more)
    return np.concatenate([rows, flipped])


def batch_sizes(rbm, m0):
    """Return how many starts each update in single precision has."""
    sizes, step = [], SinglePrecision.step

    def counted(self, v, h):
        sizes.append(len(v))
        return step(self, v, h)

    SinglePrecision.step = counted
    try:
        mean_field.fixed_points(rbm, m0)
    finally:
        SinglePrecision.step = step
    return sizes


def bare_products(rbm, m0, sizes):
    """Return a run of the four products of each update."""
    W = rbm.W.astype(np.float32)
    squares = W**2
    back, squares_back = (np.ascontiguousarray(x.T) for x in (W, squares))
    v, h = m0.astype(np.float32), np.ones((len(m0), rbm.n_hidden), np.float32)
    to_h, to_v = np.empty_like(h), np.empty_like(v)

    def run():
        for n in sizes:
            for x, y in ((W, back), (squares, squares_back)):
                np.dot(v[:n], x, out=to_h[:n])
                np.dot(h[:n], y, out=to_v[:n])

    return run


def main(rounds):
    """Print the table."""
    rbm, m0 = trained.load("simulated_haplotypes").trajectory[-1], starts()
    sizes = batch_sizes(rbm, m0)  # and compilation
    runs = {
        "bare products": bare_products(rbm, m0, sizes),
        "fixed_points": lambda: mean_field.fixed_points(rbm, m0),
    }
    times = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.thread_time()
            run()
            times[name].append(time.thread_time() - start)
    found = mean_field.fixed_points(rbm, m0)
    print(f"TAP, 805 x 100, {len(m0)} starts to 1e-6: {found.counts()}")
    print(f"  {len(sizes)} updates, {sum(sizes) / len(m0):.1f} a start on average")
    base = np.array(times["bare products"])
    for name, values in times.items():
        ratio = np.median(np.array(values) / base)
        print(f"  {name:16s} {np.median(values):8.3f} s   {ratio:5.2f}x")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
