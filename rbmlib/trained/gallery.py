"""What the gallery shows of data that are not here: measured once, and stored.

Likelihoods, distances and scores of the machines of `rbmlib.trained.load("faces")`,
few portraits as bits and grey levels, and a comparison of units for grey levels.  Made
by ``python -m rbmlib.trained.make gallery`` from the stored machines and the portraits,
which are in the public domain.
"""

import numpy as np

from rbmlib import sampling
from rbmlib.trained import runs
from rbmlib.trained.record import Stored, pack_npz, read_npz

RUN = "faces"
SHAPE = (32, 32)
SEED = 23
SWEEPS = 200  # at each stored age, of a walk from noise along the ages
FROM_NOISE = 1000  # sweeps of the last machine alone
FIRST_AGE = 101  # of independent pixels and a few modes
N_SHOWN = 8  # samples with their nearest training images
# What is compared with held-out portraits, and how.
KINDS = ("along ages", "from noise", "first age", "Gaussian", "portraits")
SCORES = ("second", "third", "A_S", "A_T", "entropy", "spectrum")
UNITS = ("independent", "Gaussian density", "Gaussian units", "categorical units")


def load():
    """Return {name: array}.

    ``ages``, ``verdicts`` of `rbmlib.likelihood.assess`, and ``likelihood`` with its
    columns log_z, error, at_least, train, test, train_error, test_error, train_at_most,
    test_at_most and at_most, in nats an image; ``chosen``, the age that is
    best for portraits held out, by annealing or the largest lower bound.

    ``share``, shape (n_ages, 2): share of samples nearer to a training image than
    held-out portraits are, and its error; ``side``: share of samples whose nearest
    portrait, of as many held out and of training, is one of training.

    Of the chosen age: ``distance`` of samples and ``held_out_distance`` of portraits to
    their nearest training image, and ``nearest_bits``, packed, of the first `N_SHOWN`.
    ``scores``, shape (`KINDS`, `SCORES`, 2): means over sets, and their errors.

    ``portraits`` and ``portrait_bits``: grey levels of three, in bytes, and their bits.
    ``explained``: share of the variance of grey levels that bits tell.  ``grey``,
    ``grey_scores``, ``grey_samples``, a row for each of `UNITS`, and the scores of
    ``grey_portraits``: as in `rbmlib.trained.make_grey`.

    Raises
    ------
    ValueError
        A file that is damaged, or whose content does not have the recorded sha256.

    Examples
    --------
    >>> load()["scores"].shape
    (5, 6, 2)
    """
    return STORED.load()


def walk(n):
    """Yield the stored ages and n samples of each: noise that walks along the run.

    Parameters
    ----------
    n : int
        Chains; they make `SWEEPS` sweeps at each age, and go on from age to age.

    Yields
    ------
    age : int
    v : ndarray of float32, shape (n, n_visible)

    Examples
    --------
    >>> age, v = next(walk(2))
    >>> age, v.shape
    (0, (2, 1024))
    """
    run = runs.load(RUN).trajectory
    v = sampling.random_start(run[0], n, SEED)
    for k, (age, machine) in enumerate(zip(run.ages, run, strict=True)):
        v, _ = sampling.gibbs(machine, v, SWEEPS, SEED, first_sweep=k * SWEEPS)
        yield int(age), v


def from_noise(age, n):
    """Return samples of the machine of an age alone: `FROM_NOISE` sweeps from noise.

    Parameters
    ----------
    age : int
        Stored.
    n : int
        Samples.

    Returns
    -------
    ndarray of float32, shape (n, n_visible)

    Examples
    --------
    >>> from_noise(101, 2).shape
    (2, 1024)
    """
    machine = runs.load(RUN).trajectory.at(age)
    noise = sampling.random_start(machine, n, SEED)
    return sampling.gibbs(machine, noise, FROM_NOISE, SEED)[0]


def moments():
    """Return the mean and the covariance of the training portraits' bits.

    With an imagined image of either kind, so that no mean is 0 or 1.

    Examples
    --------
    >>> mean, covariance = moments()
    >>> mean.shape, covariance.shape
    ((1024,), (1024, 1024))
    """
    run = runs.load(RUN)
    mean = (run.mean * run.n_samples + 1) / (run.n_samples + 2)
    return mean, run.covariance


def parts(arrays):
    """Return what is hashed: sorted arrays, a number as an array of one; no text."""
    return {name: np.atleast_1d(arrays[name]) for name in sorted(arrays)}, ""


STORED = Stored("gallery", "gallery.npz", read_npz, pack_npz, parts)
