"""Human haplotypes: 5008 rows of 805 genetic variants, from 26 populations.

The 1000 Genomes Project Consortium (2015), doi:10.1038/nature15393; the selection of
variants is that of B. Yelmen et al. (2021), doi:10.1371/journal.pgen.1009303.  1 is the
alternate allele.  Rows 2i and 2i + 1 are the two copies of one person, who is kept on
one side of the split.
"""

import numpy as np

from rbmlib.datasets import sources
from rbmlib.datasets.dataset import Dataset, stratified_split

FILE = "human_haplotypes.npz"
SHA256 = "7b5402a5810de4c057c0e7df0ba66ab0a4b747ad6adf8542f4159446f2062f19"


def load(path=None):
    """Return the haplotypes, labelled by continent, from a path or RBMLIB_DATA."""
    files, source = sources.find(path, [FILE])
    if files is None:
        raise FileNotFoundError(
            f"'haplotypes' needs {FILE}, which is not distributed here: give its path "
            f'or its folder in {sources.FOLDER_VARIABLE}, or use load("digits") or '
            "datasets.hierarchy"
        )
    sources.check_sha256(files[0], SHA256)
    with np.load(files[0]) as content:
        bits = np.unpackbits(content["bits"], axis=1, count=int(content["n_snp"]))
        continent = content["super_population"].astype(np.int64)
        names = tuple(content["super_population_long"].tolist())
        is_test = np.repeat(stratified_split(content["population"][::2]), 2)
    bits = bits.astype(np.float32)
    return Dataset(
        name="haplotypes",
        train=bits[~is_test],
        test=bits[is_test],
        train_labels=continent[~is_test],
        test_labels=continent[is_test],
        label_names=names,
        shape=None,
        source=source,
    )
