"""Make the stored trees again, from stored runs and the real data."""

import json
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from rbmlib import datasets, sampling
from rbmlib.mode_tracking.generation import principal_axes, start_in_modes
from rbmlib.mode_tracking.purity import cluster_purity, purity
from rbmlib.mode_tracking.tracking import track
from rbmlib.scores import NearestImage, adversarial_accuracy
from rbmlib.trained import runs
from rbmlib.trained.record import one_of
from rbmlib.trained.trees import CLOUD_EDGES

N_COMPARED = 1000  # samples of each kind of the adversarial accuracy
TOL = 1e-12  # so that means round alike whatever the order of sums in floating point


@dataclass(frozen=True)
class Source:
    """What a stored tree is made from.

    Attributes
    ----------
    run : str
        Name of the stored run.
    oldest : int
        Age of the leaves: the last one at which the expansion still settles and the
        tree can be drawn.
    n_samples : int
        The first so many training samples.
    order : int
    n_sweeps : int
        Also compare that many sweeps of the oldest machine, from the modes, with data.
    """

    run: str
    oldest: int
    n_samples: int
    order: int = 2
    n_sweeps: int = 0


SOURCES = {
    "mnist": Source("mnist", oldest=3135, n_samples=3000),
    "faces": Source("faces", oldest=298, n_samples=1400),
    "human haplotypes": Source(
        "human_haplotypes", oldest=3274, n_samples=4004, n_sweeps=100
    ),
}


def make(name):
    """Return the arrays of a stored tree, made from the real data.

    Parameters
    ----------
    name : "mnist", "faces" or "human haplotypes"

    Returns
    -------
    dict of str to ndarray
    """
    source, data = one_of(SOURCES, name), datasets.load(name)
    run = runs.load(source.run)
    samples = data.train[: source.n_samples]
    labels = np.zeros(len(samples), int)  # all of one kind, where there are no labels
    if data.train_labels is not None:
        labels = data.train_labels[: source.n_samples]
    young = run.until(source.oldest).trajectory
    tree = track(young, samples, order=source.order, tol=TOL)
    arrays = {
        "label_counts": tree.label_counts(labels),
        "ward_purity": _ward_purity(tree, samples, labels),
        "order": source.order,
        "eps": tree.eps,
        "ages": tree.ages,
        "n_modes": tree.n_modes,
        "unassigned": json.dumps(tree.unassigned, sort_keys=True),
    }
    if source.n_sweeps:
        arrays |= _sums(tree, samples, run)
        found = _compare(tree, run.trajectory[-1], data, source)
        arrays["comparison"] = json.dumps(found, sort_keys=True)
    for k, level in enumerate(tree.levels):
        arrays[f"age_{k}"], arrays[f"up_{k}"] = level.age, level.up
        arrays[f"m_{k}"] = np.rint(255 * level.m_v).astype(np.uint8)
    return {key: np.asarray(value) for key, value in arrays.items()}


def _ward_purity(tree, samples, labels):
    sizes = [level.n_modes for level in purity(tree, labels, n_shuffles=1)]
    ward = [
        cluster_purity(AgglomerativeClustering(n).fit_predict(samples), labels)
        for n in sizes
    ]
    return np.round(ward, 4)


def _sums(tree, samples, run):
    """Return `StoredTree.leaf_sums` and `cloud`."""
    there = tree.leaf_of >= 0
    sums = np.zeros((tree.n_leaves, samples.shape[1]), np.int64)
    np.add.at(sums, tree.leaf_of[there], samples[there].astype(np.int64))
    places = (samples - run.mean) @ principal_axes(run.covariance)
    cloud = np.histogram2d(*places.T, CLOUD_EDGES)[0].astype(np.int64)
    return {"leaf_sums": sums, "cloud": cloud}


def _compare(tree, machine, data, source):
    """Return what `StoredTree.comparison` holds."""
    start = start_in_modes(tree, source.n_samples, seed=5)
    made, _ = sampling.gibbs(machine, start, source.n_sweeps, seed=9)
    step = len(made) // N_COMPARED
    some = slice(0, step * N_COMPARED, step)
    train, test = data.train[: len(made)][some], data.test[:N_COMPARED]
    accuracy = {
        "train": adversarial_accuracy(train, made[some]),
        "test": adversarial_accuracy(test, made[some]),
        "data": adversarial_accuracy(train, test),
    }
    classify = NearestImage(data.train, data.train_labels, n_nearest=5)
    shares = {
        kind: np.bincount(classify(x), minlength=len(data.label_names)) / len(x)
        for kind, x in (("made", made), ("kept", data.test))
    }
    return {
        kind: [round(float(value), 4) for value in values]
        for kind, values in (accuracy | shares).items()
    }
