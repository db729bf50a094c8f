"""Digits and their labels as one machine, where only some labels are known.

A label is one categorical site beside the 64 pixels; `likelihood.class_probabilities`
classifies.  The machine learns from all digits, with ``missing="sample"`` for the
labels that are not known, or from those with a label alone.  Printed for increasing
ages: the share of test digits that are classified rightly, mean and standard error over
the choices of the known labels, which are also the seeds.

    python benchmarks/labels.py [seeds]
"""

import sys

import numpy as np

from rbmlib import datasets
from rbmlib.likelihood import class_probabilities
from rbmlib.training import initial_machine, train
from rbmlib.units import Categorical

N_HIDDEN, AGES = 64, [400, 1500]
HOW = {"k": 1, "batch_size": 100, "learning_rate": 0.1, "progress": False}
UNIT = Categorical([2] * 64 + [10])


def accuracies(data, test, labels, seed):
    """Return the accuracy on the test digits at each age."""
    start = initial_machine(data, N_HIDDEN, scale=0.01, seed=seed, visible=UNIT)
    run = train(
        start,
        data,
        n_updates=AGES[-1],
        checkpoints=AGES,
        missing="sample",
        seed=seed,
        **HOW | {"batch_size": min(HOW["batch_size"], len(data))},
    )
    rows = np.column_stack([test, np.full(len(test), np.nan)])
    found = [class_probabilities(rbm, rows, -1).argmax(1) for rbm in run[1:]]
    return [(guess == labels).mean() for guess in found]


def main(n_seeds):
    """Print the table."""
    digits = datasets.load("digits")
    whole = np.column_stack([digits.train, digits.train_labels]).astype(float)
    test, labels = digits.test, digits.test_labels
    print(f"{len(whole)} digits, {len(test)} of test, ages {AGES}, {n_seeds} seeds")
    for share in (1.0, 0.5, 0.1):
        found = {"all digits": []} | ({"labelled alone": []} if share < 1 else {})
        for seed in range(n_seeds):
            known = np.random.default_rng(seed).random(len(whole)) < share
            data = whole.copy()
            data[~known, -1] = np.nan
            for name, rows in zip(found, (data, data[known]), strict=False):
                found[name].append(accuracies(rows, test, labels, seed))
        for name, x in found.items():
            mean, bar = np.mean(x, 0), np.std(x, 0, ddof=1) / np.sqrt(len(x))
            text = "   ".join(
                f"{m:.4f} ± {e:.4f}" for m, e in zip(mean, bar, strict=True)
            )
            print(f"  {share:4.0%} of the labels, {name:14s} {text}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
