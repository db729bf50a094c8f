"""Trees of data that are not distributed here, kept as pictures and counts.

    python -m rbmlib.trained.trees mnist "human haplotypes" [--record]

makes them again from a stored run (`rbmlib.trained`) and the real data under
RBMLIB_DATA, and compares with the record.  No sample is stored: only the modes, rounded
to 1/255, the tree, and how many samples of each label a leaf has; for genomes also how
often each leaf has each allele, and a histogram of the samples along two axes.
"""

import argparse
import io
import json
import zipfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from rbmlib import datasets, sampling, trained
from rbmlib.mode_tracking.generation import principal_axes, start_in_modes
from rbmlib.mode_tracking.purity import cluster_purity, purity
from rbmlib.mode_tracking.tracking import track
from rbmlib.mode_tracking.tree import Level, ModeTree
from rbmlib.scores import NearestImage, adversarial_accuracy
from rbmlib.trained import array_hash

FOLDER = resources.files("rbmlib.trained")
HASHES = "trees.sha256.json"
N_COMPARED = 1000  # samples of each kind of the adversarial accuracy
CLOUD_EDGES = (np.linspace(-6, 10, 49), np.linspace(-6, 7, 49))  # hold all samples
TOL = 1e-12  # so that means round alike whatever the order of sums in floating point


@dataclass(frozen=True)
class Source:
    """What a stored tree is made from.

    Attributes
    ----------
    oldest : int
        Age of the leaves: the last one at which the expansion still settles and the
        tree can be drawn.
    n_samples : int
        The first so many training samples.
    order : int
    n_sweeps : int
        Also compare that many sweeps of the oldest machine, from the modes, with data.
    """

    oldest: int
    n_samples: int
    order: int = 2
    n_sweeps: int = 0


SOURCES = {
    "mnist": Source(oldest=3135, n_samples=3000),
    "human haplotypes": Source(oldest=3274, n_samples=4004, n_sweeps=100),
}


@dataclass(frozen=True, eq=False)
class StoredTree:
    """A tree, the labels of its samples, and how well others do.

    Attributes
    ----------
    tree : ModeTree
        Its samples are sorted by leaf and label.
    labels : ndarray of int64, shape (n_samples,)
    ward_purity : ndarray, shape (n_levels,)
        Purity of Ward clustering into as many clusters as each level has modes.
    comparison : dict of str to list of float
        `adversarial_accuracy` of training data and generated samples ("train"), of test
        data and them ("test"), of training and test data ("data"); each has first the
        share of the data named first whose neighbour is of their kind.  Shares of the
        labels that five nearest training samples give to generated samples ("made")
        and to test data ("kept").  Empty for a tree without `n_sweeps`.
    leaf_sums : ndarray of int64, shape (n_leaves, n_visible), or None
        Sum of the samples of each leaf; for haplotypes, counts of alleles.  None for a
        tree without `n_sweeps`, as the next.
    cloud : ndarray of int64, shape (48, 48), or None
        Samples in each cell of `CLOUD_EDGES`, after projection, from their mean, on the
        two `principal_axes` of the covariance that `rbmlib.trained` stores.
    """

    tree: ModeTree
    labels: np.ndarray
    ward_purity: np.ndarray
    comparison: dict
    leaf_sums: np.ndarray | None = None
    cloud: np.ndarray | None = None


def make(name):
    """Return the arrays of a stored tree, made from the real data.

    Parameters
    ----------
    name : "mnist" or "human haplotypes"

    Returns
    -------
    dict of str to ndarray
    """
    if name not in SOURCES:
        raise ValueError(f"name must be one of {', '.join(SOURCES)}; got {name!r}")
    source, data = SOURCES[name], datasets.load(name)
    run = trained.load(_stem(name)).until(source.oldest).trajectory
    samples = data.train[: source.n_samples]
    labels = data.train_labels[: source.n_samples]
    tree = track(run, samples, order=source.order, tol=TOL)
    sizes = [level.n_modes for level in purity(tree, labels, n_shuffles=1)]
    ward = [
        cluster_purity(AgglomerativeClustering(n).fit_predict(samples), labels)
        for n in sizes
    ]
    arrays = {
        "label_counts": tree.label_counts(labels),
        "ward_purity": np.round(ward, 4),
        "order": source.order,
        "eps": tree.eps,
        "ages": tree.ages,
        "n_modes": tree.n_modes,
        "unassigned": json.dumps(tree.unassigned, sort_keys=True),
    }
    if source.n_sweeps:
        whole = trained.load(_stem(name))
        found = _compare(tree, whole.trajectory[-1], data, source)
        arrays["comparison"] = json.dumps(found, sort_keys=True)
        there = tree.leaf_of >= 0
        sums = np.zeros((tree.n_leaves, samples.shape[1]), np.int64)
        np.add.at(sums, tree.leaf_of[there], samples[there].astype(np.int64))
        arrays["leaf_sums"] = sums
        places = (samples - whole.mean) @ principal_axes(whole.covariance)
        arrays["cloud"] = np.histogram2d(*places.T, CLOUD_EDGES)[0].astype(np.int64)
    for k, level in enumerate(tree.levels):
        arrays[f"age_{k}"], arrays[f"up_{k}"] = level.age, level.up
        arrays[f"m_{k}"] = np.rint(255 * level.m_v).astype(np.uint8)
    return {key: np.asarray(value) for key, value in arrays.items()}


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


def load(name):
    """Return one of the trees that come with the library.

    Parameters
    ----------
    name : "mnist" or "human haplotypes"

    Returns
    -------
    StoredTree

    Raises
    ------
    ValueError
        Unknown name, or a file whose content has not the recorded sha256.

    Examples
    --------
    >>> load("mnist").tree.levels[-1].m_v.shape
    (1, 784)
    """
    if name not in SOURCES:
        raise ValueError(f"name must be one of {', '.join(SOURCES)}; got {name!r}")
    arrays = _arrays(name)
    counts = arrays["label_counts"]
    leaf, label = np.indices(counts.shape)
    levels = tuple(
        Level(int(arrays[f"age_{k}"]), arrays[f"m_{k}"] / 255, arrays[f"up_{k}"])
        for k in range(len(arrays["ward_purity"]))
    )
    tree = ModeTree(
        levels,
        np.repeat(leaf.ravel(), counts.ravel()),
        arrays["ages"],
        arrays["n_modes"],
        json.loads(str(arrays["unassigned"])),
        int(arrays["order"]),
        float(arrays["eps"]),
    )
    labels = np.repeat(label.ravel(), counts.ravel())
    comparison = json.loads(str(arrays.get("comparison", "{}")))
    return StoredTree(
        tree,
        labels,
        arrays["ward_purity"],
        comparison,
        arrays.get("leaf_sums"),
        arrays.get("cloud"),
    )


def _arrays(name):
    """Return the content of a file, which must have the recorded hash."""
    with np.load(_file(name)) as content:
        arrays = {key: content[key] for key in content.files}
    if (found := sha256(arrays)) != (expected := recorded_hashes()[name]):
        raise ValueError(
            f"{_file(name).name} must have the recorded sha256 {expected}, got {found}"
        )
    return arrays


def sha256(arrays):
    """Return the hash of the stored arrays."""
    return array_hash.digest(arrays).hexdigest()


def recorded_hashes():
    """Return {name: sha256} of the trees that come with the library."""
    return json.loads((FOLDER / HASHES).read_text())


def record(name, arrays):
    """Store a tree and its hash in the library; equal arrays give an equal file."""
    with zipfile.ZipFile(_file(name), "w", zipfile.ZIP_DEFLATED) as archive:
        for key in sorted(arrays):
            memory = io.BytesIO()
            np.save(memory, arrays[key])
            archive.writestr(
                zipfile.ZipInfo(f"{key}.npy"), memory.getvalue(), zipfile.ZIP_DEFLATED
            )
    path = Path(str(FOLDER / HASHES))
    hashes = json.loads(path.read_text()) if path.exists() else {}
    hashes[name] = sha256(arrays)
    path.write_text(json.dumps(hashes, indent=2, sort_keys=True) + "\n")


def main():
    """Make the named trees, or all, and compare them with the record."""
    parser = argparse.ArgumentParser(prog="rbmlib.trained.trees")
    parser.add_argument("names", nargs="*", help=f"default: {' '.join(SOURCES)}")
    parser.add_argument("--record", action="store_true", help="store what comes out")
    options = parser.parse_args()
    for name in options.names or SOURCES:
        arrays = make(name)
        if options.record:
            record(name, arrays)
        if parts := differences(arrays, _arrays(name)):
            raise SystemExit(
                f"the tree of {name} differs from the recorded one: {', '.join(parts)}"
            )
        print(f"tree of {name}: the recorded one, sha256 {recorded_hashes()[name]}")


def differences(found, expected):
    """Return the names of arrays that differ."""
    both = found.keys() & expected.keys()
    same = {key for key in both if _equal(found[key], expected[key])}
    return sorted((found.keys() | expected.keys()) - same)


def _equal(a, b):
    return a.dtype == b.dtype and np.array_equal(a, b)


def _file(name):
    return Path(str(FOLDER / f"{_stem(name)}_tree.npz"))


def _stem(name):
    return name.replace(" ", "_")


if __name__ == "__main__":
    main()
