"""One door to the real data sets."""

from inspect import signature

from rbmlib.checks import check_choice, check_path, shown
from rbmlib.datasets import celeba, digits, faces, genotypes, haplotypes, mnist

LOADERS = {
    "digits": digits.load,
    "mnist": mnist.load,
    "haplotypes": haplotypes.load,
    "human haplotypes": haplotypes.load_human,
    "simulated haplotypes": haplotypes.load_simulated,
    "genotypes": genotypes.load,
    "simulated genotypes": genotypes.load_simulated,
    "faces": faces.load,
    "celeba": celeba.load,
}


def load(name, path=None, **options):
    """Return a data set by name, as states of {0, 1} units; genotypes have 0, 1, 2.

    Files are taken from ``path``; else from the folder named by the environment
    variable ``RBMLIB_DATA``; else, for "mnist", from the cache or a download.  Each
    file must have its known checksum.  The result's ``source`` says which was taken,
    and so does the log at level INFO.

    Parameters
    ----------
    name : "digits", "mnist", "haplotypes", "genotypes", "faces" or "celeba"
        "digits" comes with scikit-learn and needs no file.  "haplotypes" is the human
        set where its file is found, else a simulated one that comes with the library;
        "human haplotypes" and "simulated haplotypes" insist.  "genotypes" are human,
        the sum of a person's two haplotypes, for units of type `Categorical(3)`;
        "simulated genotypes" come with the library.  "celeba" are 202 599 portraits,
        which may not be passed on: it takes the files of their authors.
    path : str or path, optional
        File, or folder of the files.
    **options
        Of "faces" (16, 32 or 64) and "celeba": ``size=32`` pixels on a side;
        ``levels="bits"`` (a pixel is on where it is brighter than the median of its
        image) or "grey" (in [0, 1], for Gaussian units).  Of "celeba" alone:
        ``crop=(15, 35, 163, 183)``, what is taken of the 178 × 218 pixels (left, top,
        right, bottom); ``attribute=None``, one of the 40 names in list_attr_celeba.txt,
        which gives the labels; ``held_out="test"`` or "validation", the part that
        becomes ``test``; ``n_train=None``, the first so many training images, and the
        same share of those held out; ``official=True``: each file must have the MD5
        checksum of the official one.

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
    known = [x for x in signature(LOADERS[name]).parameters if x != "path"]
    if unknown := sorted(options.keys() - set(known)):
        takes = f"one of {', '.join(known)}" if known else "left out"
        raise TypeError(
            f"an option of {name!r} must be {takes}, got {unknown[0]}="
            f"{shown(options[unknown[0]])}"
        )
    return LOADERS[name](path if path is None else check_path(path), **options)
