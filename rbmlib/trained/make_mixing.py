"""Make the arrays of `rbmlib.trained.mixing` again, from stored machines and MNIST."""

from dataclasses import replace
from functools import cache, partial

import numpy as np

from rbmlib import datasets, mixing_time, randomness, sampling, scores, training
from rbmlib.trained.mixing import rounded
from rbmlib.trained.pieces import kept
from rbmlib.trained.recipes import RECIPES, coarse
from rbmlib.trained.runs import load

SHAPE = (28, 28)
N = 500  # chains, and data that they are compared with
SEED = 6
TIMES = [
    1, 2, 3, 5, 7, 10, 14, 20, 30, 45, 70, 100, 140, 200, 300, 500, 1000, 2000, 4000,
]  # fmt: skip
FROM_DATA = [100, 1000, 4000]
MEMORY_TIMES = [1, 2, 3, 4, 5, 7, 10, 14, 20, 30, 45, 70, 100, 200]
SCORED = [
    ("mnist-rdm-10", 1510),
    ("mnist-rdm-10", 383),
    ("mnist-rdm-30", 1510),
    ("mnist-rdm-100", 1510),
    ("mnist-pcd-100", 1510),
]
# Chains and longest record of the machines whose mixing time is measured.
MIXED = {
    name: (40, 2**12)
    for name in (
        *("mnist-rdm-10", "mnist-rdm-30", "mnist-rdm-100", "mnist-pcd-100"),
        *("mnist", "mnist-14x14"),
    )
} | {
    name: (100, 2**15)  # small machines, and slow ones
    for name in (*(f"digits-rdm-{k}" for k in (1, 3, 10, 30)), "digits")
}
# Do the chains of a training lag behind their machine?  As they go on: sweeps.
LAGGING, CONTINUED = ("mnist-pcd-100", 1510), [100, 300, 1000, 4000]
# Several trainings by one recipe, to see what depends on the run.
REPEATED = ("digits-rdm-3", "digits-rdm-10", "digits-rdm-30")
SEEDS = range(1, 6)
# The machine that travels in a page, at the ages that do.
SMALL, SMALL_SHAPE = "mnist-14x14", (14, 14)
SMALL_AGES = [572, 1727, 3000]
SMALL_TIMES = [t for t in TIMES if t <= 400] + [400]


def make(work=None):
    """Return {name: array}, as `mixing.load` does.

    Parameters
    ----------
    work : path, optional
        Folder for finished pieces: an interrupted run goes on from there.
    """
    pieces = {"data": _of_data, SMALL: _small}
    pieces[f"{LAGGING[0]}-chains"] = partial(chains, *LAGGING)
    for name, age in SCORED:
        pieces[f"{name}@{age}"] = partial(_scores, name, age)
    for name in MIXED:
        for age in mixing_ages(name):
            pieces[f"{name}-tau-{age}"] = partial(mixing, name, age)
    for name in REPEATED:
        for seed in SEEDS:
            pieces[f"{name}-seed-{seed}"] = partial(memory, name, seed)
    folder = None if work is None else work / "mixing"
    return _joined({key: kept(folder, key, piece) for key, piece in pieces.items()})


def mixing_ages(name):
    """Return the ages whose mixing time is measured: dense where learning begins."""
    ages = load(name).ages
    if name == "digits":
        return [*ages[ages >= 1480][::2]]
    if name.startswith("digits"):
        return [*ages[ages > 370]]
    return [*ages[(ages >= 49) & (ages < 300)], *ages[ages >= 300][1::2]]


@cache
def _mnist(block=1):
    """Return (train, test, test_labels, classifier), in a random order."""
    data = datasets.load("mnist")
    train, test = (coarse(x, data.shape, block) for x in (data.train, data.test))
    classify = scores.LinearClassifier.train(train, data.train_labels)
    new, order = (randomness.permutation(SEED, 0, len(x)) for x in (train, test))
    return train[new], test[order], data.test_labels[order], classify


def _of_data():
    train, test, labels, classify = _mnist()
    floor = scores.baseline(train, SHAPE, classify, N)
    return {
        "classifier": classify.weights,
        "accuracy": np.mean(classify(test) == labels),
        "baseline": [getattr(floor, name) for name in scores.NAMES],
        "counts": scores.class_counts(classify(test[:N])),
    }


def _small():
    train, test, labels, classify = _mnist(block=2)
    run, rows = load(SMALL).trajectory, []
    for age in SMALL_AGES:
        noise = sampling.random_start(run[0], N, SEED)
        states = sampling.record(run.at(age), noise, SMALL_TIMES, SEED, lambda v, h: v)
        rows.append([scores.second_moment_error(v, test[:N]) for _, v in states])
    return {
        "classifier": classify.weights,
        "accuracy": np.mean(classify(test) == labels),
        "second": rows,
        "baseline": scores.baseline(train, SMALL_SHAPE, classify, N).second,
        "times": SMALL_TIMES,
        "ages": SMALL_AGES,
    }


def _scores(name, age):
    _, test, _, classify = _mnist()
    machine, test = load(name).trajectory.at(age), test[:N]
    noise = sampling.random_start(machine, N, SEED)
    values, counts = [], []
    for _, v in sampling.record(machine, noise, TIMES, SEED, lambda v, h: v):
        found = scores.score(v, test, SHAPE, classify)
        values.append([getattr(found, score) for score in scores.NAMES])
        counts.append(scores.class_counts(classify(v)))
    from_data = [
        scores.class_counts(classify(v))
        for _, v in sampling.record(machine, test, FROM_DATA, SEED + 1, lambda v, h: v)
    ]
    return {"scores": values, "counts": counts, "counts_from_data": from_data}


def mixing(name, age):
    """Return the mixing time of a stored machine, as `make` stores it."""
    machine, (n_chains, most) = load(name).trajectory.at(age), MIXED[name]
    found = mixing_time.measure(machine, n_chains=n_chains, max_sweeps=most, seed=SEED)
    numbers = [found.tau_int, found.tau_int_error, found.tau_exp, found.tau_exp_error]
    return {
        "tau": [*numbers, float(found.known), float(found.n_sweeps)],
        "strengths": found.strengths,
    }


def chains(name, age):
    """Return the classes of the chains that a training has at an age.

    First as training left them, then after more sweeps of the machine of that age.
    """
    recipe, (_, _, _, classify) = RECIPES[name], _mnist()
    run = _trained(recipe, recipe.data(), age)
    later = sampling.record(run[-1], run.chains, CONTINUED, SEED, lambda v, h: v)
    states = [run.chains, *(v for _, v in later)]
    return {"counts": [scores.class_counts(classify(v)) for v in states]}


def _trained(recipe, data, age):
    """Train by a recipe of one learning rate, straight to an age."""
    how = {"n_updates": age, "checkpoints": 1, "progress": False}
    return training.resume(recipe.start(data), data, **how)


def memory(name, seed):
    """Return the covariance errors of one more training by a recipe of digits.

    Samples, as many as there are training images, are compared with these.
    """
    recipe = replace(RECIPES[name], seed=seed)
    data = recipe.data()
    run = _trained(recipe, data, recipe.n_updates)
    noise = sampling.random_start(run[-1], len(data), SEED)
    states = sampling.record(run[-1], noise, MEMORY_TIMES, SEED, lambda v, h: v)
    return {"second": [scores.second_moment_error(v, data) for _, v in states]}


def _joined(found):
    out = {f"{key}/{name}": x for key in found for name, x in found[key].items()}
    joined = {"times": np.array(TIMES), "times_from_data": np.array(FROM_DATA)}
    for key in ("classifier", "accuracy", "baseline", "counts"):
        joined[key] = out[f"data/{key}"]
    for part in found[SMALL]:
        joined[f"{SMALL}/{part}"] = out[f"{SMALL}/{part}"]
    for name, age in SCORED:
        for part in ("scores", "counts", "counts_from_data"):
            joined[f"{name}@{age}/{part}"] = out[f"{name}@{age}/{part}"]
    for name in MIXED:
        ages = mixing_ages(name)
        # What a page needs of the small machine has that name already.
        place = f"{name}-tau" if name == SMALL else name
        joined[f"{place}/ages"] = np.array(ages)
        for part in ("tau", "strengths"):
            rows = [out[f"{name}-tau-{age}/{part}"] for age in ages]
            joined[f"{place}/{part}"] = np.array(rows)
    joined["times_of_chains"] = np.array([0, *CONTINUED])
    joined[f"{LAGGING[0]}/chains"] = out[f"{LAGGING[0]}-chains/counts"]
    joined["memory_times"] = np.array(MEMORY_TIMES)
    for name in REPEATED:
        rows = [out[f"{name}-seed-{seed}/second"] for seed in SEEDS]
        joined[f"{name}/second"] = np.array(rows)
    return {
        name: rounded(x) if x.dtype.kind == "f" else x for name, x in joined.items()
    }
