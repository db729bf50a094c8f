"""A sweep of the categorical machine of rbms (torch) beside the two bare products.

rbms and torch want an environment of their own, so this stands alone:

    python3.12 -m venv peer && peer/bin/pip install rbms==0.6.0
    taskset -c 0 peer/bin/python benchmarks/rbms_categorical.py

Compare the ratio with that of `bench_categorical`, pinned to the same core.
"""

import os
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import torch
from rbms.potts_bernoulli.classes import PBRBM

SITES, STATES, HIDDEN, CHAINS, ROUNDS = 200, 21, 200, 1000, 9


def seconds(run):
    """Return the time of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main():
    """Print the medians, and the ratio round by round."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    columns = SITES * STATES
    W = rng.normal(0, 0.05, (columns, HIDDEN)).astype(np.float32)
    one_hot = np.zeros((CHAINS, SITES, STATES), np.float32)
    states = rng.integers(0, STATES, (CHAINS, SITES, 1))
    np.put_along_axis(one_hot, states, 1, axis=2)
    one_hot = one_hot.reshape(CHAINS, columns)
    h = (rng.random((CHAINS, HIDDEN)) < 0.5).astype(np.float32)
    x, y = np.empty_like(h), np.empty_like(one_hot)

    def products():
        np.matmul(one_hot, W, out=x)
        np.matmul(h, W.T, out=y)

    model = PBRBM(
        torch.from_numpy(W.reshape(SITES, STATES, HIDDEN)),
        torch.zeros(SITES, STATES),
        torch.zeros(HIDDEN),
    )
    chains = model.init_chains(num_samples=CHAINS)

    def sweep():
        model.sample_state(chains=chains, n_steps=1)

    for _ in range(3):  # torch compiles at first
        products(), sweep()
    times = np.array([[seconds(products), seconds(sweep)] for _ in range(ROUNDS)])
    bare, rbms = np.median(times, axis=0) * 1e3
    ratio = np.median(times[:, 1] / times[:, 0])
    print(f"two bare products {bare:.1f} ms, rbms {rbms:.1f} ms, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
