"""A start that already has the data's main modes: a machine of a few directions.

The first phase transitions of training are slow and may go wrong: chains that have lost
a mode do not find it again.  In one to three directions nothing needs chains.  The
density of the data there is fitted (`coulomb`), its charges are hidden units, and the
machine that they make can be sampled independently and has a known log Z.

What is approximate is the fit alone: it takes the number of states at a point by saddle
point, divided by the sums that it must have (`volume`).  The machine is then compared
with a mixture of independent spins,

    q(s) = Σ_k π_k Π_i exp([a + Uτ_k]_i s_i) / 2 cosh [a + Uτ_k]_i,

which has nearly its law.  Weights p*(s)/q(s) of draws from q give log Z with an error,
without bias in Z.  Draws that are accepted in proportion to their weights have the
machine's law, if none weighs more than the bound: that is the largest weight at the
points of the fit, with a margin, and a draw above it would start the drawing again.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import eigh
from scipy.special import logsumexp

from rbmlib import randomness
from rbmlib.checks import check_positive, check_real
from rbmlib.likelihood.estimate import Estimate
from rbmlib.rbm import MAX_SCALE, RBM
from rbmlib.training import coulomb
from rbmlib.training.mixture import Mixture
from rbmlib.training.settings import check_data
from rbmlib.training.volume import Volume
from rbmlib.units import BINARY, SPIN, check_unit

N_DRAWS = 2000  # of the estimate of log Z
LEAST = 1e-9  # variance along a direction in which data vary


@dataclass(frozen=True, eq=False)
class LowRank:
    """A machine of one to three directions, with what is known of it.

    Attributes
    ----------
    machine : RBM
        On its grid.
    log_z : Estimate
        Of `machine`, from weighted independent draws; its error is that of sampling.
    saddle_log_z : float
        The same by saddle point, without the small weights: what the fit used.
    directions : ndarray, shape (n_visible, n_directions)
        Principal directions of the data, orthonormal.
    """

    machine: RBM
    log_z: Estimate
    saddle_log_z: float
    directions: np.ndarray
    _mixture: object = field(repr=False)

    def samples(self, n_samples, seed):
        """Return independent samples of the machine, by rejection.

        Parameters
        ----------
        n_samples : int
        seed : int
            In [0, 2^64).

        Returns
        -------
        ndarray of float32, shape (n_samples, n_visible)

        Raises
        ------
        TypeError, ValueError
            A number that is no integer >= 1, or a bad seed.

        Examples
        --------
        >>> data = np.tile([[1, 1, 0, 0], [0, 0, 1, 1]], (50, 1))
        >>> start = low_rank_start(data, 2, seed=0)
        >>> start.samples(1000, seed=1).mean(0).round(1).tolist()
        [0.5, 0.5, 0.5, 0.5]
        """
        n = check_positive(n_samples, "n_samples")
        return self._mixture.accept(n, randomness.check_seed(seed))


def low_rank_start(
    data,
    n_hidden,
    *,
    n_directions=1,
    n_charges=None,
    scale=1e-4,
    seed,
    visible=BINARY,
    hidden=BINARY,
    clip=1e-4,
):
    """Return a machine that has the density of the data along their main directions.

    Clusters of the data that fall together in these directions are not told apart, and
    chains find them no more easily afterwards: n clusters need n - 1 directions.  Three
    directions take some seconds and 300 MB; they are refused for tight clusters of many
    units, which need too many points: 5 % of flips in many more than 100 units.

    Its visible biases, without the hidden units, have the mean of the data; each of its
    first hidden units is a charge on those principal directions, and the others
    have small random weights, as those of `initial_machine`.  Training goes on from
    there by "ptt", whose ladder is built up to any start, or by "pcd" with chains that
    begin at samples of the start::

        run = begin(start.machine, data, k=10, …)
        run = replace(run, chains=start.samples(n_chains, seed=1))
        run = resume(run, data, n_updates=…)

    Parameters
    ----------
    data : array_like, shape (n_samples, n_visible)
    n_hidden : int
    n_directions : 1, 2 or 3
    n_charges : int, optional
        At most so many charges, up to n_hidden; default: 10 for each direction.
    scale, seed, visible, hidden, clip
        As in `initial_machine`; {0, 1} or ±1 units.

    Returns
    -------
    LowRank
        Its numbers are double-precision sums, whose last digits may differ between
        computers; a machine that was stored trains to the same bits everywhere.

    Raises
    ------
    ValueError, TypeError
        Data that are no states of the visible units, vary in fewer directions, or need
        too many points in three; units of other kinds, or a number out of its range.

    Examples
    --------
    >>> data = np.tile([[1, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 1]], (50, 1))
    >>> start = low_rank_start(data, 3, seed=0)
    >>> start.machine
    RBM(6 binary visible, 3 binary hidden)
    >>> exact = start.machine.log_z()
    >>> bool(abs(start.log_z.log_z - exact) < 4 * start.log_z.error + 1e-9)
    True
    """
    n_hidden = check_positive(n_hidden, "n_hidden", most=2**32)
    n_directions = check_positive(n_directions, "n_directions", most=3)
    most = min(n_hidden, 10 * n_directions) if n_charges is None else n_charges
    n_charges = check_positive(most, "n_charges", most=n_hidden)
    scale = check_real(scale, "scale", -MAX_SCALE, MAX_SCALE)
    clip = check_real(clip, "clip", 0, 0.5)
    seed = randomness.check_seed(seed)
    units = check_unit(visible, "visible"), check_unit(hidden, "hidden")
    for unit, name in zip(units, ("visible", "hidden"), strict=True):
        if not unit.bits:
            raise ValueError(f"{name} must be {{0, 1}} or ±1 units, got {unit!r}")
    data = check_data(data, visible)
    s = np.where(data > 0, 1.0, -1.0)
    volume = Volume.around(s, _biases(s, clip), _directions(s, n_directions))
    density = coulomb.fit(volume, volume.shares(s), n_charges)
    charged = _machine(volume, density, *units)
    extra = n_hidden - charged.n_hidden
    W = scale * randomness.bell(seed, randomness.WEIGHTS, (charged.n_visible, extra))
    machine = RBM(
        np.hstack([charged.W, W]),
        charged.a,
        np.append(charged.b, np.zeros(extra)),
        *units,
    ).on_grid()
    mixture = Mixture(volume, density, machine)
    v, log_w, _ = mixture.draw(N_DRAWS, seed, 0)
    saddle = float(logsumexp(volume.log_p + density.log_ratio(volume.x)))
    log_z = Estimate.from_weights(log_w, 0.0)
    return LowRank(machine, log_z, saddle + mixture.constant(v), volume.U, mixture)


def _biases(s, clip):
    """Return the biases of free ±1 units with the mean of samples."""
    return SPIN.bias_of_mean(s.mean(0), clip)


def _directions(s, n_directions):
    """Return the principal directions of samples, each with its largest entry > 0."""
    centred = s - s.mean(0)
    n = s.shape[1]
    largest = [max(0, n - n_directions), n - 1]
    variance, U = eigh(centred.T @ centred / len(s), subset_by_index=largest)
    n_varied = int((variance > LEAST).sum())
    if n_varied < n_directions:
        raise ValueError(
            f"data must vary in n_directions = {n_directions} directions, got "
            f"{n_varied}"
        )
    U = U[:, ::-1]
    return U * np.sign(U[np.abs(U).argmax(0), np.arange(n_directions)])


def _machine(volume, density, visible, hidden):
    """Return the machine of ±1 units of a density, in the states of others."""
    W, c = volume.U @ density.w.T, density.c
    a, b = volume.a + volume.U @ density.theta, c - volume.mu @ W
    if visible.low == 0:  # s = 2v - 1
        W, a, b = 2 * W, 2 * a, b - W.sum(0)
    if hidden.low == 0:
        W, a, b = 2 * W, a - W.sum(1), 2 * b
    return RBM(W, a, b, visible, hidden)
