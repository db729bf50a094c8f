"""Annealed importance sampling between a machine and an independent one.

Units without weights are independent: their log Z is known and their states can be
drawn directly.  Chains start there, the weights are switched on in small steps, and the
chains' weights w average to Z / Z_start (R. Neal (2001), doi:10.1023/A:1008923215028;
R. Salakhutdinov and I. Murray (2008), doi:10.1145/1390156.1390266).

⟨w⟩ is unbiased, hence its logarithm is biased low, and a log-likelihood that uses it is
biased high.  Annealing backwards from samples of the machine errs to the other side
(Y. Burda, R. Grosse, R. Salakhutdinov (2015), arXiv:1412.8566): the two bracket log Z.

What is annealed is the machine that is sampled, ``rbm.on_grid()``.
"""

import numpy as np

from rbmlib.checks import check_positive, check_samples
from rbmlib.grid import round_to_grid
from rbmlib.likelihood.estimate import Estimate, check_alike
from rbmlib.likelihood.path import along_line, along_machines
from rbmlib.randomness import check_seed
from rbmlib.rbm import RBM, check_machine
from rbmlib.sampling import random_start
from rbmlib.sampling.sampler import Paths

MOST_CHAINS = 2**32  # that have random numbers of their own
MOST_TEMPERATURES = 2**24  # β on multiples of 2^-24: more would stand still


def ais(rbm, *, n_chains=500, n_temperatures=1000, seed, reference=None, data=None):
    """Estimate log Z by annealing from an independent machine.

    Parameters
    ----------
    rbm : RBM
    n_chains : int
        Independent chains, at least 2.
    n_temperatures : int
        Steps, equally spaced in β, from the independent machine (β = 0) to `rbm`.
    seed : int
        In [0, 2^64).  A chain's path does not depend on the number of chains.
    reference : RBM, optional
        The independent machine: all weights zero.  Default:
        that of `independent_machine`.
    data : array_like, shape (n_samples, n_visible), optional
        Start instead from independent units with the mean of these data.

    Returns
    -------
    Estimate
        Biased low; `reverse_ais` is biased high.

    Raises
    ------
    ValueError, TypeError
        Numbers out of range, a reference with weights or other units, data that are no
        states, or both a reference and data.

    Examples
    --------
    >>> machine = RBM.random(20, 8, scale=0.5, seed=1)
    >>> result = ais(machine, n_chains=200, n_temperatures=100, seed=0)
    >>> abs(result.log_z - machine.log_z()) < 4 * result.error
    True
    """
    check_machine(rbm)
    _check_chains(check_positive(n_chains, "n_chains", most=MOST_CHAINS))
    betas, seed = inverse_temperatures(n_temperatures), check_seed(seed)
    reference = _reference(rbm, reference, data)
    v = draw_independent(reference, n_chains, seed)
    log_w, _ = anneal(rbm, reference, betas, v, seed, "annealing")
    return Estimate.from_weights(log_w, independent_log_z(reference))


def reverse_ais(rbm, samples, *, n_temperatures=1000, seed, reference=None, data=None):
    """Estimate log Z by annealing from samples of the machine to an independent one.

    Parameters
    ----------
    rbm : RBM
    samples : array_like, shape (n_chains, n_visible)
        Independent equilibrium samples of `rbm`, one for each chain (at least 2): drawn
        from the enumerated law, or long Gibbs chains.  Samples that have not reached
        equilibrium void the bound.
    n_temperatures, seed, reference, data
        As in `ais`.

    Returns
    -------
    Estimate
        Biased high.  The weights average to Z_reference / Z.

    Raises
    ------
    ValueError, TypeError
        As in `ais`.

    Examples
    --------
    >>> from rbmlib.sampling import gibbs, random_start
    >>> machine = RBM.random(20, 8, scale=0.5, seed=1)
    >>> v, _ = gibbs(machine, random_start(machine, 200, seed=0), 100, seed=0)
    >>> result = reverse_ais(machine, v, n_temperatures=100, seed=0)
    >>> abs(result.log_z - machine.log_z()) < 4 * result.error
    True
    """
    check_machine(rbm)
    v = check_samples(samples, rbm.visible, rbm.n_visible, "samples")
    _check_chains(len(v), "samples")
    betas, seed = inverse_temperatures(n_temperatures)[::-1], check_seed(seed)
    reference = _reference(rbm, reference, data)
    log_w, _ = anneal(rbm, reference, betas, v, seed, "reverse annealing")
    return Estimate.from_weights(log_w, independent_log_z(reference), sign=-1)


def independent_machine(rbm, data=None):
    """Return a machine without weights, of the sizes and units of another one.

    Parameters
    ----------
    rbm : RBM
    data : array_like, shape (n_samples, n_visible), optional
        The visible units have the mean of these data, with one imagined sample of each
        state added so that no bias is infinite.  Default: the visible biases of `rbm`.

    Returns
    -------
    RBM
        Hidden biases are zero: they are switched on with the weights.  Without weights
        they only multiply Z, and fields that grow together spread the weights of
        annealed chains less.

    Raises
    ------
    ValueError, TypeError
        No machine, or data that are no states of the visible units.

    Examples
    --------
    >>> machine = RBM.random(2, 3, seed=0)
    >>> independent_machine(machine, data=[[1, 0], [1, 0], [1, 1]]).a.round(4)
    array([ 1.3863, -0.4055])
    """
    a = check_machine(rbm).a
    if data is not None:
        data = check_samples(data, rbm.visible, rbm.n_visible, "data")
        a = rbm.visible.bias_of_mean(rbm.visible.smoothed_mean(data))
    return RBM(np.zeros_like(rbm.W), a, np.zeros_like(rbm.b), rbm.visible, rbm.hidden)


def independent_log_z(machine):
    """Return log Z of a machine whose weights are zero: a sum over its units."""
    visible = machine.visible.log_partition(machine.a).sum()
    return float(visible + machine.hidden.log_partition(machine.b).sum())


def draw_independent(machine, n_chains, seed, first_chain=0):
    """Return independent visible states of a machine whose weights are zero.

    Raises
    ------
    ValueError, TypeError
        Fewer than two chains, or a bad seed.
    """
    _check_chains(check_positive(n_chains, "n_chains", most=MOST_CHAINS))
    # Without weights, one sweep forgets where it came from.
    anywhere = random_start(machine, n_chains, seed, first_chain=first_chain)
    paths = Paths.of(machine, seed, "annealing start")
    return paths.run(anywhere, 1, first_chain=first_chain)[0]


def anneal(rbm, reference, betas, v, seed, sweeps, first_chain=0):
    """Return the log-weights of chains annealed from betas[0] to betas[-1].

    Parameters
    ----------
    rbm, reference : RBM
    betas : ndarray
        Of `inverse_temperatures`, or these backwards.
    v, seed, sweeps, first_chain
        As in `along_machines`.

    Returns
    -------
    log_w : ndarray, shape (n_chains,)
    v : ndarray
        Where the chains end.
    """
    ends = np.empty_like(v)
    common = v, seed, sweeps, first_chain, ends
    if not (rbm.visible.bits and rbm.hidden.bits):
        machines = (_between(reference, rbm, beta) for beta in betas)
        *_, log_w = along_machines(machines, *common)
        return log_w, ends
    grid = round_to_grid(rbm.W, rbm.a, rbm.b)
    start = tuple(x.astype(np.float32) for x in (reference.a, reference.b))
    units = (rbm.visible, rbm.hidden)
    return along_line(grid, units, start, betas, *common), ends


def _between(reference, rbm, beta):
    return (float(1.0 - beta) * reference + float(beta) * rbm).on_grid()


def inverse_temperatures(n_temperatures):
    """Return n + 1 equally spaced β from 0 to 1, on multiples of 2^-24.

    Raises
    ------
    ValueError, TypeError
        No integer in [1, 2^24].
    """
    n = check_positive(n_temperatures, "n_temperatures", most=MOST_TEMPERATURES)
    k = np.arange(n + 1)
    return np.rint(k * (2.0**24 / k[-1])) * 2.0**-24


def _reference(rbm, reference, data):
    """Return the independent machine that anneals to `rbm`, in single precision."""
    if reference is not None and data is not None:
        raise ValueError(
            "reference must be None where data are given, got both: give reference or "
            "data, not both"
        )
    if reference is None:
        reference = independent_machine(rbm.on_grid(), data)
    check_alike(rbm, reference, "reference")
    if reference.W.any():
        largest = np.abs(reference.W).max()
        raise ValueError(f"reference must have W = 0, got weights up to {largest:.4g}")
    return reference.on_grid()


def _check_chains(n_chains, argument="n_chains"):
    if n_chains < 2:
        where = (
            "" if argument == "n_chains" else f"{argument} must hold n_chains rows; "
        )
        raise ValueError(
            f"{where}n_chains must be at least 2 (else there is no error), got "
            f"{n_chains}"
        )
