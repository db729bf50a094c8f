"""Genotypes: how many of a person's two copies of a site are the alternate allele.

0, 1 or 2, the sum of the two haplotypes of one person (`rbmlib.datasets.haplotypes`),
which are rows 2i and 2i + 1 there; the split is that of the haplotypes.  Counts of an
allele do not say which copy has it: a genotype is what an array or a sequencer reads,
before any phasing.

Human set: 2504 people.  The file names the person of each row, and each has two rows,
A and B, one after the other.  That they are one person shows in the counts, too: within
the 26 populations, 1.7 % fewer sites differ between the two rows than between rows of
two people, because the two parents of a person are more alike than two strangers of
their population.  Where all populations are put together, 24 % fewer sites differ than
in Hardy-Weinberg equilibrium.

Simulated set: 1250 people, 250 of each population.  Parents meet at random there, so
that any two rows of a population are as good a pair as another; rows 2i and 2i + 1 are
the pair that the simulation took for one person.
"""

from dataclasses import replace

import numpy as np

from rbmlib.datasets import haplotypes, sources


def load(path=None):
    """Return human genotypes, labelled by continent, from a path or RBMLIB_DATA."""
    sources.local(path, haplotypes.FILE, "genotypes", "simulated genotypes")
    return _added(haplotypes.load_human(path), "genotypes")


def load_simulated(path=None):
    """Return the simulated genotypes, labelled by population.

    Raises
    ------
    ValueError
        A path: they are made from what comes with the library.
    """
    if path is not None:
        raise ValueError(f"path must be left out for 'simulated genotypes', got {path}")
    return _added(haplotypes.load_simulated(), "simulated genotypes")


def _added(rows, name):
    """Return the set with the two rows of each person added: the split keeps them."""
    train, test = rows.train.astype(np.int32), rows.test.astype(np.int32)
    return replace(
        rows,
        name=name,
        train=train[::2] + train[1::2],
        test=test[::2] + test[1::2],
        train_labels=rows.train_labels[::2],
        test_labels=rows.test_labels[::2],
    )
