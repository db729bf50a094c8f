"""Samples of the square lattice, for a machine that has to find its neighbours.

Black squares touch white ones only, so that the lattice is itself a machine: black
spins visible, white ones hidden.  Its block Gibbs sweeps draw chains quickly.
"""

from typing import NamedTuple

import numpy as np

from rbmlib import sampling
from rbmlib.checks import check_positive, check_real
from rbmlib.ising import lattice, square_lattice_couplings
from rbmlib.rbm import RBM
from rbmlib.units import SPIN


class Magnet(NamedTuple):
    """What `magnet` returns.

    Attributes
    ----------
    samples : ndarray of float32, shape (n_samples, L²)
        Of ±1, row by row of the lattice.
    couplings : ndarray, shape (L², L²)
        1/T between neighbours on the torus, else zero.
    """

    samples: np.ndarray
    couplings: np.ndarray


def magnet(n_samples, L, temperature, seed, n_sweeps=200):
    """Draw independent samples of the Ising model on an L x L torus.

    Each sample is the end of a chain of its own, from uniform spins.  Near and below
    the critical temperature, 2.27, chains need many more sweeps than the 200.

    Parameters
    ----------
    n_samples : int
    L : int
        Even, at least 4.
    temperature : float
        At least 0.1, J and the Boltzmann constant being 1.
    seed, n_sweeps : int

    Returns
    -------
    Magnet

    Raises
    ------
    TypeError, ValueError
        A number out of its range.

    Examples
    --------
    >>> data = magnet(1000, 4, temperature=3.0, seed=0)
    >>> data.samples.shape, round(float(data.couplings[0, 1]), 3)
    ((1000, 16), 0.333)
    """
    n_samples = check_positive(n_samples, "n_samples")
    L = check_positive(L, "L", least=4, most=64)
    if L % 2:
        raise ValueError(f"L must be even, for two colours of squares, got {L}")
    temperature = check_real(temperature, "temperature", 0.1)
    J, (black, white) = (
        square_lattice_couplings(L, temperature),
        lattice.update_groups(L),
    )
    none = np.zeros(len(black))
    board = RBM(J[np.ix_(black, white)], none, none, SPIN, SPIN)
    start = sampling.random_start(board, n_samples, seed)
    samples = np.empty((n_samples, L * L), np.float32)
    samples[:, black], samples[:, white] = sampling.gibbs(
        board, start, n_sweeps, seed=seed
    )
    return Magnet(samples, J)
