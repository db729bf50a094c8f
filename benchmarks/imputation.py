"""Imputation of hidden entries: unknown entries drawn in training, beside simpler ways.

A share of the known entries is hidden at random; a third of them chooses what a method
leaves open (the age of a machine, the number of neighbours), the rest is the test.
All machines have the same size and training, and answer by `sampling.conditional`, the
mean of each hidden entry given the known ones of its row.  They differ in what they
learn from:

- sample: all rows, ``missing="sample"``;
- complete: the rows without a gap;
- zero: all rows, with 0, the first state, in the gaps.

knn is scikit-learn's KNNImputer.  Printed: the accuracy of the nearest state and the
root mean square error of the mean, over splits, and the paired difference to "sample"
with its standard error.

    python benchmarks/imputation.py digits|haplotypes|FILE.csv [splits] [share]
"""

import sys

import numpy as np
from sklearn.impute import KNNImputer

from rbmlib import datasets, sampling
from rbmlib.training import initial_machine, train
from rbmlib.units import BINARY, Categorical

# Hidden units, k, and what follows each other: learning rates, numbers of updates.
SIZES = {
    "digits": (100, 2, ((0.2, 6000), (0.04, 2000))),
    "haplotypes": (20, 1, ((0.2, 3000), (0.04, 1000))),
}
OTHERS = 12, 1, ((0.2, 3000), (0.04, 1000))
BATCH, SWEEPS, NEIGHBOURS = 100, 300, (5, 30)
METHODS = "column", "zero", "complete", "knn", "sample"


def load(name):
    """Return a table of states from 0, NaN where unknown, and their number."""
    if name == "digits":
        return datasets.load("digits").train.astype(float), 2
    if name == "haplotypes":  # the first common variants, as many as a vote has bills
        rows = datasets.load("simulated haplotypes").train
        common = np.flatnonzero(abs(rows.mean(0) - 0.5) < 0.3)[:16]
        return rows[:, common].astype(float), 2
    table = np.genfromtxt(name, delimiter=",", skip_header=1) - 1
    return table, int(np.nanmax(table)) + 1


def means(rbm, table, q):
    """Return the mean of each entry, given the known ones of its row."""
    known = ~np.isnan(table)
    _, mean = sampling.conditional(rbm, table, known, SWEEPS, seed=5)
    return mean if q == 2 else mean.reshape(*table.shape, q) @ np.arange(q)


def machine_answers(data, table, q, size, seed):
    """Return the answers of a machine at several ages of its training."""
    n_hidden, k, stages = size
    unit = BINARY if q == 2 else Categorical(q)
    rbm = initial_machine(data, n_hidden, scale=0.01, seed=seed, visible=unit)
    found = []
    for stage, (rate, n) in enumerate(stages):
        run = train(
            rbm,
            data,
            k=k,
            batch_size=min(BATCH, len(data)),
            learning_rate=rate,
            n_updates=n,
            checkpoints=[] if stage else [n // 4],
            missing="sample",
            seed=1000 * stage + seed,
            progress=False,
        )
        found += [means(rbm, table, q) for rbm in run[1:]]
        rbm = run[-1]
    return found


def knn_answers(table):
    """Return the answers of KNNImputer for several numbers of neighbours."""
    return [KNNImputer(n_neighbors=n).fit_transform(table) for n in NEIGHBOURS]


def answers(table, q, size, seed):
    """Return {method: its answers, of which one is to be chosen}."""
    complete = table[~np.isnan(table).any(axis=1)]
    column = np.where(np.isnan(table), np.nanmean(table, axis=0), table)
    found = {"column": [column], "knn": knn_answers(table)}
    found["sample"] = machine_answers(table, table, q, size, seed)
    found["zero"] = machine_answers(np.nan_to_num(table), table, q, size, seed)
    if len(complete) > 1:
        found["complete"] = machine_answers(complete, table, q, size, seed)
    return found, len(complete)


def split(whole, q, size, share, seed):
    """Return {method: (accuracy, error)} for one choice of hidden entries."""
    rng = np.random.default_rng(seed)
    places = np.argwhere(~np.isnan(whole))
    hidden = places[rng.random(len(places)) < share]
    rng.shuffle(hidden)
    choosing, test = np.split(hidden, [len(hidden) // 3])
    table = whole.copy()
    table[tuple(hidden.T)] = np.nan
    found, n_complete = answers(table, q, size, seed)

    def error(answer, where):
        return np.sqrt(np.mean((answer - whole)[tuple(where.T)] ** 2))

    scores = {}
    for name, candidates in found.items():
        answer = min(candidates, key=lambda answer: error(answer, choosing))
        right = np.rint(answer) == whole
        scores[name] = right[tuple(test.T)].mean(), error(answer, test)
    return scores, n_complete, len(test)


def main(name, n_splits, share):
    """Print the table."""
    whole, q = load(name)
    size = SIZES.get(name, OTHERS)
    runs = [split(whole, q, size, share, seed) for seed in range(n_splits)]
    print(
        f"{name}: {whole.shape[0]} x {whole.shape[1]}, {q} states, "
        f"{np.isnan(whole).mean():.1%} not there, {share:.0%} hidden: about "
        f"{np.mean([r[1] for r in runs]):.0f} complete rows, {runs[0][2]} entries of "
        f"test, {n_splits} splits"
    )
    for name in METHODS:
        if not all(name in scores for scores, *_ in runs):
            print(f"  {name:9s} no complete rows")
            continue
        x = np.array([scores[name] for scores, *_ in runs])
        d = x - np.array([scores["sample"] for scores, *_ in runs])
        bar = d.std(0, ddof=1) / np.sqrt(n_splits)
        print(
            f"  {name:9s} accuracy {x[:, 0].mean():.4f} ({d[:, 0].mean():+.4f} ± "
            f"{bar[0]:.4f})   error {x[:, 1].mean():.4f} ({d[:, 1].mean():+.4f} ± "
            f"{bar[1]:.4f})"
        )


if __name__ == "__main__":
    main(
        sys.argv[1],
        int(sys.argv[2]) if len(sys.argv) > 2 else 10,
        float(sys.argv[3]) if len(sys.argv) > 3 else 0.05,
    )
