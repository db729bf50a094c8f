"""Haplotypes, simulated or human: rows of 805 genetic variants, with five labels.

The human set: 5008 rows from 26 populations.  The 1000 Genomes Project Consortium
(2015), doi:10.1038/nature15393; the selection of variants is that of B. Yelmen et al.
(2021), doi:10.1371/journal.pgen.1009303.  1 is the alternate allele.

The simulated set, which comes with the library: 2500 rows, 500 of each of five
populations whose history is known because `tools/simulate_haplotypes.py` wrote it.

Rows 2i and 2i + 1 are the two copies of one person, who is kept on one side of the
split.
"""

import hashlib
from importlib import resources

import numpy as np

from rbmlib.datasets import sources
from rbmlib.datasets.dataset import Dataset, stratified_split

FILE = "human_haplotypes.npz"
SHA256 = "7b5402a5810de4c057c0e7df0ba66ab0a4b747ad6adf8542f4159446f2062f19"
SIMULATED = "simulated_haplotypes.npz"
SIMULATED_SHA256 = "b5b865e9eacdde7bb5022349f313d44c87b553741b44fc3b187633e11e1e5153"
SIMULATED_NAMES = (
    "African",
    "admixed American",
    "East Asian",
    "European",
    "South Asian",
)


def load(path=None):
    """Return the human set from a path or RBMLIB_DATA, else the simulated one."""
    files, _ = sources.find(path, [FILE])
    return load_simulated() if files is None else load_human(path)


def load_human(path=None):
    """Return human haplotypes, labelled by continent, from a path or RBMLIB_DATA.

    Raises
    ------
    ConnectionError, ValueError
        No file, or one with another checksum.
    """
    name = "human haplotypes"
    file, source = sources.local(path, FILE, name, "simulated haplotypes")
    sources.check_sha256(file, SHA256)
    with np.load(file) as content:
        bits = np.unpackbits(content["bits"], axis=1, count=int(content["n_snp"]))
        continent = content["super_population"].astype(np.int64)
        names = tuple(content["super_population_long"].tolist())
        populations = content["population"]
    return _split(name, bits, continent, populations, names, source)


def load_simulated(path=None):
    """Return the simulated haplotypes, labelled by population.

    Raises
    ------
    ValueError
        A path: they come with the library; or a file with another checksum.
    """
    if path is not None:
        raise ValueError(
            f"path must be left out for 'simulated haplotypes', got {path}"
        )
    file = resources.files("rbmlib.datasets") / SIMULATED
    with file.open("rb") as stream, np.load(stream) as content:
        bits = np.unpackbits(content["bits"], axis=1, count=int(content["n_snp"]))
        population = content["population"].astype(np.uint8)
    found = hashlib.sha256(bits.tobytes() + population.tobytes()).hexdigest()
    if found != SIMULATED_SHA256:
        raise ValueError(
            f"{SIMULATED} must hold bits and labels of sha256 {SIMULATED_SHA256}, got "
            f"{found}"
        )
    population = population.astype(np.int64)
    return _split(
        "simulated haplotypes", bits, population, population, SIMULATED_NAMES, "rbmlib"
    )


def _split(name, bits, labels, groups, names, source):
    """Return the set, split by person and evenly over `groups`."""
    is_test = np.repeat(stratified_split(groups[::2]), 2)
    bits = bits.astype(np.float32)
    return Dataset(
        name=name,
        train=bits[~is_test],
        test=bits[is_test],
        train_labels=labels[~is_test],
        test_labels=labels[is_test],
        label_names=names,
        shape=None,
        source=source,
    )
