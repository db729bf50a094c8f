"""Couplings by characteristic functions, beside the sums node by node.

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
        times = [
            (
                seconds(lambda rbm=rbm, some=some: large_n.direct(rbm, some)),
                seconds(lambda rbm=rbm, n=order: couplings(rbm, n, "gaussian")),
            )
            for _ in range(rounds)
        ]
        n_sets = comb(n, order)
        direct, fast = np.array(times).T
        direct *= n_sets / N_SAMPLED
        print(f"{n} x {n_hidden}, {n_sets} sets of {order}")
        print(f"  node by node   {np.median(direct):8.1f} s  (from {N_SAMPLED} sets)")
        ratio = np.median(fast / direct)
        print(f"  couplings      {np.median(fast):8.2f} s   {ratio:.4f}x")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
