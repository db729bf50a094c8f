"""One door to the real data sets."""

from rbmlib.checks import check_choice, check_path
from rbmlib.datasets import digits, faces, genotypes, haplotypes, mnist

LOADERS = {
    "digits": digits.load,
    "mnist": mnist.load,
    "haplotypes": haplotypes.load,
    "human haplotypes": haplotypes.load_human,
    "simulated haplotypes": haplotypes.load_simulated,
    "genotypes": genotypes.load,
    "simulated genotypes": genotypes.load_simulated,
    "faces": faces.load,
}


def load(name, *, path=None):
    """Return a data set by name, as states of {0, 1} units; genotypes have 0, 1, 2.

    Files are taken from ``path``; else from the folder named by the environment
    variable ``RBMLIB_DATA``; else, for "mnist", from the cache or a download.  Each
    file must have its known checksum.  The result's ``source`` says which was taken,
    and so does the log at level INFO.

    Parameters
    ----------
    name : "digits", "mnist", "haplotypes", "genotypes" or "faces"
        "digits" comes with scikit-learn and needs no file.  "haplotypes" is the human
        set where its file is found, else a simulated one that comes with the library;
        "human haplotypes" and "simulated haplotypes" insist.  "genotypes" are human,
        the sum of a person's two haplotypes, for units of type `Categorical(3)`;
        "simulated genotypes" come with the library.
    path : str or path, optional
        File, or folder of the files.

    Returns
    -------
    Dataset

    Raises
    ------
    TypeError, ValueError
        Unknown name, no path, or a file with a wrong checksum.
    FileNotFoundError
        ``path`` does not hold the files, or they are in no place at all.
    ConnectionError
        The download failed.

    Examples
    --------
    >>> load("digits")
    Dataset('digits', 1438 train, 359 test, 64 units, from scikit-learn)
    >>> load("simulated genotypes").train[:2, :8].tolist()
    [[0, 0, 0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0]]
    """
    check_choice(name, "name", tuple(LOADERS))
    return LOADERS[name](path if path is None else check_path(path))
