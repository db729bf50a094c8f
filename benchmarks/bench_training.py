"""Training by "pcd", by "ptt" and from a low-rank start, at equal processor time.

    python benchmarks/bench_training.py [clusters] [digits] [mnist] [n_seeds]

"clusters" asks for shares: 64 units, four clusters of shares .4, .3, .2 and .1.  Every
method makes the same updates, at rates that fall; the shares of a trained machine are
those of samples by replica exchange on a ladder of its own, with errors from ten parts
of the record.  Chains that keep to their clusters have the shares of the data whatever
the machine has, so a machine is asked and not its chains.

"digits" and "mnist" ask for the log-likelihood of test data after equal processor
times (one thread), with the verdict of `likelihood.assess`.  MNIST is taken from
RBMLIB_DATA or the cache.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import time
from dataclasses import replace

import numpy as np

from rbmlib import datasets, likelihood, tempering, training

SHARES = np.array([0.4, 0.3, 0.2, 0.1])
RATES = [(0.05, 1000), (0.01, 2000), (0.002, 3000), (0.0004, 4500)]  # up to an age
METHODS = {  # method, k, directions of the start
    "PCD-10": ("pcd", 10, 0),
    "PCD-40": ("pcd", 40, 0),
    "PCD-100": ("pcd", 100, 0),
    "PTT-1": ("ptt", 1, 0),
    "low rank, PCD-10": ("pcd", 10, 2),
    "low rank, PTT-1": ("ptt", 1, 2),
}
OF_CLUSTERS = [name for name in METHODS if name != "PCD-100"]
OF_IMAGES = [name for name in METHODS if name != "PCD-40"]


def begin(data, name, n_hidden, seed, **how):
    """Return the run of age 0 by one of the `METHODS`."""
    method, k, n_directions = METHODS[name]
    how |= {"method": method, "k": k, "seed": seed}
    if not n_directions:
        start = training.initial_machine(data, n_hidden, seed=seed)
        return training.begin(start, data, **how)
    start = training.low_rank_start(
        data, n_hidden, n_directions=n_directions, seed=seed
    )
    run = training.begin(start.machine, data, **how)
    return replace(run, chains=start.samples(len(run.chains), seed))


# ---------------------------------------------------------------- clusters


def clusters(seed, n_samples=4000, n_visible=64, flip=0.05):
    """Return samples whose clusters have exactly the `SHARES`, and prototypes."""
    rng = np.random.default_rng(seed)
    prototypes = rng.random((4, n_visible)) < 0.5
    labels = np.repeat(np.arange(4), np.rint(SHARES * n_samples).astype(int))
    noise = rng.random((n_samples, n_visible)) < flip
    return (prototypes[labels] ^ noise)[rng.permutation(n_samples)], prototypes


def shares(v, prototypes):
    """Return the share of states that is nearest to each prototype."""
    nearest = (v[..., None, :] != prototypes).sum(-1).argmin(-1)
    return np.bincount(nearest.ravel(), minlength=4) / nearest.size


def shares_of_machine(machine, data, prototypes, seed, n_chains=500, n_rounds=600):
    """Return a machine's shares, their errors, and how many round trips made them."""
    how = {"k": 1, "batch_size": 100, "learning_rate": 0.1, "seed": seed + 1000}
    run = training.begin(machine, data, method="ptt", n_chains=n_chains, **how)
    ladder = training.ladder_of(run)
    found = tempering.exchange(
        ladder.machines,
        ladder.v,
        n_rounds,
        seed=seed + 1000,
        skip=n_rounds // 3,
        observe=lambda v: shares(v[-1], prototypes),
    )
    parts = np.array(found.records[n_rounds // 3 :]).reshape(10, -1, 4).mean(1)
    return parts.mean(0), parts.std(0, ddof=1) / np.sqrt(10), found.round_trips.sum()


def compare_clusters(n_seeds):
    """Print the shares of machines; PCD-40 takes about the time of PTT-1."""
    print("shares .4 .3 .2 .1 of four clusters, 64 x 32; the largest deviation")
    for seed in range(n_seeds):
        data, prototypes = clusters(seed)
        for name in OF_CLUSTERS:
            before = time.thread_time()
            how = {"batch_size": 500, "n_chains": 2000, "learning_rate": 1.0}
            run = begin(data, name, 32, seed, **how)
            for rate, age in RATES:
                run = replace(run, settings=run.settings | {"learning_rate": rate})
                run = training.resume(
                    run, data, n_updates=age, checkpoints=[], progress=False
                )
            spent = time.thread_time() - before
            found, error, trips = shares_of_machine(run[-1], data, prototypes, seed)
            of_chains = np.abs(shares(run.chains, prototypes) - SHARES).max()
            print(
                f"  seed {seed}  {name:18s} {spent:6.1f} s  {found.round(3)}  "
                f"{np.abs(found - SHARES).max():.3f} ± {error.max():.3f} "
                f"({trips} round trips; the chains: {of_chains:.3f})",
                flush=True,
            )


# ---------------------------------------------------------------- images


def train_for(seconds, data, name, n_hidden, seed, **how):
    """Return a run after so much processor time, of which its start is a part."""
    before = time.thread_time()
    run, step = begin(data, name, n_hidden, seed, **how), 10
    while (spent := time.thread_time() - before) < seconds:
        n = int(run.ages[-1]) + step
        run = training.resume(run, data, n_updates=n, checkpoints=[], progress=False)
        took = time.thread_time() - before - spent
        # The next stop is half as far again, or where time will be up.
        rest = (seconds - spent - took) * step / took
        step = max(1, int(min(1.5 * step, rest)))
    return run


def compare_images(name, n_seeds, seconds, n_hidden, rate, batch_size):
    """Print log-likelihoods after equal processor times."""
    images = datasets.load(name)
    data = images.train[:20_000]
    size = f"{images.train.shape[1]} x {n_hidden}"
    print(f"{name}, {size}, {seconds} s each: log-likelihood of test data, in nats")
    how = {"batch_size": batch_size, "n_chains": batch_size, "learning_rate": rate}
    for method in OF_IMAGES:
        for seed in range(n_seeds):
            run = train_for(seconds, data, method, n_hidden, seed, **how)
            # A few ages are enough to anneal along them.
            few = run.ages[np.unique(np.linspace(0, len(run) - 1, 4).astype(int))]
            part = replace(
                run, ages=few, machines=[run.at(int(age)) for age in few], state=None
            )
            row = likelihood.assess(part, data[:2000], images.test, seed=seed)[-1]
            print(
                f"  {method:18s} seed {seed}  {row.age:6d} updates  train "
                f"{row.train:8.2f}  test {row.test:8.2f} ± {row.error:.2f}, at most "
                f"{row.test_at_most:8.2f}  {row.verdict}",
                flush=True,
            )


def main(names, n_seeds):
    """Print the tables that were asked for."""
    if "clusters" in names:
        compare_clusters(n_seeds or 3)
    if "digits" in names:
        compare_images("digits", n_seeds or 3, 8, 64, 0.05, 400)
    if "mnist" in names:
        compare_images("mnist", n_seeds or 1, 30, 200, 0.05, 500)


if __name__ == "__main__":
    asked = [x for x in sys.argv[1:] if not x.isdigit()]
    number = [int(x) for x in sys.argv[1:] if x.isdigit()]
    main(asked or ["clusters", "digits", "mnist"], *number or [None])
