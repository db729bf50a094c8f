"""Trees of data that are not distributed here, kept as pictures and counts.

Made from a stored run and the real data by ``python -m rbmlib.trained.make "mnist
tree"``.  No sample is stored: only the modes, rounded to 1/255, the tree, and how many
samples of each label a leaf has; for genomes also how often each leaf has each allele,
and a histogram of the samples along two axes.
"""

import json
from dataclasses import dataclass

import numpy as np

from rbmlib.mode_tracking import Level, ModeTree
from rbmlib.trained.record import Stored, one_of, pack_npz, read_npz

CLOUD_EDGES = (np.linspace(-6, 10, 49), np.linspace(-6, 7, 49))  # hold all samples


@dataclass(frozen=True, eq=False)
class StoredTree:
    """A tree, the labels of its samples, and how well others do.

    Attributes
    ----------
    tree : ModeTree
        Its samples are sorted by leaf and label.
    labels : ndarray of int64, shape (n_samples,)
        All 0 where the data have none.
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


def load(name):
    """Return one of the trees that come with the library.

    Parameters
    ----------
    name : "mnist", "faces" or "human haplotypes"

    Returns
    -------
    StoredTree

    Raises
    ------
    ValueError
        Unknown name; a file that is damaged, or whose content does not have the
        recorded sha256.

    Examples
    --------
    >>> load("mnist").tree.levels[-1].m_v.shape
    (1, 784)
    """
    arrays = one_of(TREES, name).load()
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


def parts(arrays):
    """Return what is hashed: sorted arrays, and no text."""
    return {name: arrays[name] for name in sorted(arrays)}, ""


TREES = {
    name: Stored(f"{name} tree", file, read_npz, pack_npz, parts)
    for name, file in (
        ("mnist", "mnist_tree.npz"),
        ("faces", "faces_tree.npz"),
        ("human haplotypes", "human_haplotypes_tree.npz"),
    )
}
