"""Gibbs sampling and PCD updates beside the bare matrix products and other libraries.

Every candidate runs in turn, round after round, and each figure is the median over the
rounds of the ratio to the bare products of the same round: the clock of the processor
cancels.  Times are processor times of one thread.

    python benchmarks/bench_sampling.py [rounds]

Pin it to one core (taskset -c 0) for steady figures.  scikit-learn and rbms (torch)
stand in the table when they are installed.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import time

import numpy as np

from rbmlib import sampling, training
from rbmlib.rbm import RBM
from rbmlib.training.run import Run

N_VISIBLE, N_HIDDEN = 784, 500


def bare_sweep(n_chains):
    """Return the two products of a sweep, and nothing else."""
    rng = np.random.default_rng(0)
    v = (rng.random((n_chains, N_VISIBLE)) < 0.5).astype(np.float32)
    h = (rng.random((n_chains, N_HIDDEN)) < 0.5).astype(np.float32)
    W = rng.normal(0, 0.05, (N_VISIBLE, N_HIDDEN)).astype(np.float32)
    x, y = np.empty_like(h), np.empty_like(v)

    def run():
        np.matmul(v, W, out=x)
        np.matmul(h, W.T, out=y)

    return run


def bare_update(n_chains, k):
    """Return the 2k + 4 products of a PCD-k update, and nothing else."""
    sweep = bare_sweep(n_chains)
    v = np.ones((n_chains, N_VISIBLE), np.float32)
    h = np.ones((n_chains, N_HIDDEN), np.float32)
    W = np.ones((N_VISIBLE, N_HIDDEN), np.float32)

    def run():
        for _ in range(k):
            sweep()
        for _ in range(2):
            np.matmul(v, W)
            np.matmul(v.T, h)

    return run


def our_sweep(n_chains):
    """Return one sweep of `rbmlib.sampling`."""
    machine = RBM.random(N_VISIBLE, N_HIDDEN, scale=0.05, seed=0)
    sampler = sampling.Sampler(
        machine.visible, machine.hidden, machine.W, machine.a, machine.b, seed=1
    )
    v = sampling.random_start(machine, n_chains, seed=0)
    return lambda: sampler.run(v, 1)


def our_update(n_chains, k):
    """Return one PCD-k update of `rbmlib.training`."""
    rng = np.random.default_rng(1)
    data = (rng.random((2 * n_chains, N_VISIBLE)) < 0.15).astype(np.float32)
    start = training.initial_machine(data, N_HIDDEN, scale=0.01, seed=0)
    first = training.train(
        start, data, method="pcd", k=k, n_updates=1, batch_size=n_chains,
        learning_rate=0.01, seed=0, progress=False,
    )  # fmt: skip
    return Run(first, data).update


def sklearn_sweep(n_chains):
    """Return scikit-learn's Gibbs step."""
    from sklearn.neural_network import BernoulliRBM

    rng = np.random.default_rng(0)
    v = (rng.random((n_chains, N_VISIBLE)) < 0.5).astype(np.float32)
    model = BernoulliRBM(N_HIDDEN, n_iter=1, batch_size=100, random_state=0)
    model.fit(v[:100])
    return lambda: model.gibbs(v)


def rbms_sweep(n_chains):
    """Return one sweep of rbms (torch)."""
    import torch
    from rbms.bernoulli_bernoulli.classes import BBRBM

    torch.set_num_threads(1)
    model = BBRBM.init_parameters(
        num_hiddens=N_HIDDEN,
        dataset=_TorchData(torch.rand(200, N_VISIBLE).round()),
        device=torch.device("cpu"), dtype=torch.float32,
    )  # fmt: skip
    chains = model.init_chains(num_samples=n_chains)
    return lambda: model.sample_state(chains=chains, n_steps=1)


class _TorchData:
    def __init__(self, data):
        self.data, self.weights = data, data[:, :1] * 0 + 1

    def get_num_visibles(self):
        return self.data.shape[1]


def compare(title, candidates, rounds):
    """Print the median ratio of each candidate to the first one."""
    runs = {}
    for name, make in candidates.items():
        try:
            runs[name] = make()
            runs[name]()  # warm up: compilation, page faults
        except ImportError:
            print(f"  ({name} is not installed)")
    times = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.thread_time()
            run()
            times[name].append(time.thread_time() - start)
    base = np.array(next(iter(times.values())))
    print(title)
    for name, t in times.items():
        ratio = np.median(np.array(t) / base)
        print(f"  {name:32s} {1e3 * np.median(t):8.2f} ms   {ratio:5.2f}x")


def main(rounds):
    compare(
        f"one sweep, {N_VISIBLE} x {N_HIDDEN}, 1000 chains, one thread",
        {
            "two bare products": lambda: bare_sweep(1000),
            "rbmlib": lambda: our_sweep(1000),
            "scikit-learn gibbs": lambda: sklearn_sweep(1000),
            "rbms sample_state": lambda: rbms_sweep(1000),
        },
        rounds,
    )
    compare(
        f"PCD-10 update, {N_VISIBLE} x {N_HIDDEN}, batch 500, one thread",
        {
            "24 bare products": lambda: bare_update(500, 10),
            "rbmlib": lambda: our_update(500, 10),
        },
        max(5, rounds // 3),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 31)
