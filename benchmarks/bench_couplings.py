"""Couplings by characteristic functions, exact and large-N, beside sums node by node.

The machines have 48 x 160 and 1000 x 200 units, all of two states; the sums node by
node are `large_n.direct`, which also serves units of other types.  They take minutes,
so that a sample of the sets is timed and counted up.  A sum over that same sample by
the fast way would be unfair to it: its tables are made once for all sets.

    taskset -c 0 python benchmarks/bench_couplings.py [rounds]
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import time
from functools import partial
from math import comb

import numpy as np

from rbmlib.effective_couplings import couplings, large_n
from rbmlib.rbm import RBM
from rbmlib.units import SPIN

N_SAMPLED = 100
CASES = ((48, 160, 3, 0.15), (1000, 200, 2, 0.05))


def seconds(call):
    """Return the processor time of a call."""
    start = time.thread_time()
    call()
    return time.thread_time() - start


def main(rounds):
    """Print the table."""
    for n, n_hidden, order, scale in CASES:
        how = {"scale": scale, "bias_scale": 0.3, "seed": 0}
        rbm = RBM.random(n, n_hidden, visible=SPIN, hidden=SPIN, **how)
        rng = np.random.default_rng(0)
        some = np.array([rng.choice(n, order, False) for _ in range(N_SAMPLED)])
        calls = {
            "node by node": partial(large_n.direct, rbm, some),
            "gaussian": partial(couplings, rbm, order, "gaussian"),
            "exact": partial(couplings, rbm, order),
        }
        times = {
            name: np.array([seconds(call) for _ in range(rounds)])
            for name, call in calls.items()
        }
        times["node by node"] *= comb(n, order) / N_SAMPLED
        print(f"{n} x {n_hidden}, {comb(n, order)} sets of {order}")
        for name, values in times.items():
            ratio = np.median(values / times["node by node"])
            print(f"  {name:14s} {np.median(values):8.2f} s   {ratio:.4f}x")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
