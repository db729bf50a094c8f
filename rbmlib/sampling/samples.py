"""Samples in one call: chains from noise, and where each is after many sweeps."""

from rbmlib.checks import check_positive
from rbmlib.sampling.gibbs import gibbs, random_start


def sample(rbm, n_samples, n_sweeps=1000, seed=0, n_threads=1):
    """Return samples of a machine: chains that start at noise, one for each.

    They are samples of its law only if ``n_sweeps`` is many times its mixing time
    (`rbmlib.mixing_time.measure`).

    Parameters
    ----------
    rbm : RBM
    n_samples, n_sweeps : int
        At least 1.
    seed : int
        In [0, 2^64).
    n_threads : int
        As in `gibbs`; changes no bit.

    Returns
    -------
    v : ndarray, shape (n_samples, n_visible)

    Raises
    ------
    ValueError, TypeError
        What `gibbs` and `random_start` refuse.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[8.0], [8.0], [-8.0]], [-4.0, -4.0, 4.0], [-4.0])
    >>> sample(machine, 4, n_sweeps=100, seed=1).astype(int).tolist()
    [[1, 1, 0], [0, 0, 1], [1, 1, 0], [1, 1, 0]]
    """
    n_samples = check_positive(n_samples, "n_samples")
    v0 = random_start(rbm, n_samples, seed)
    v, _ = gibbs(rbm, v0, n_sweeps, seed, n_threads=n_threads)
    return v
