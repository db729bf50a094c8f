"""Order parameters of a finite machine by Monte Carlo, with errors over disorder."""

from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_array, check_instance, check_positive, check_real
from rbmlib.phase_diagram.planted import LARGEST_LAYER, PlantedMachine, sample_machine
from rbmlib.phase_diagram.settings import check_setting
from rbmlib.randomness import check_seed
from rbmlib.sampling.sampler import Paths

MOST_SWEEPS = 2**29  # half of the addresses of a run
LARGEST = 1e150  # a result whose square is a number
NEEDED = ("w", "sigma", "kappa", "law", "n_visible", "seed")
OPTIONAL = ("n_chains", "n_burn", "n_sweeps", "mode")


class OrderParameters(NamedTuple):
    """What `measure` returns: m and m̄ along one mode, and the two overlaps."""

    m: float
    m_bar: float
    q: float
    q_bar: float


class Average(NamedTuple):
    """Means over disorder and their standard errors, each an `OrderParameters`."""

    mean: OrderParameters
    error: OrderParameters
    n_machines: int


def measure(machine, *, n_chains=8, n_burn=60, n_sweeps=100, seed=0, mode=0):
    """Sample one machine from its planted state and return its order parameters.

    Chains must start in the planted state: from random spins half of them would end in
    the opposite one, and overlaps of chains would average to nothing.  q is the overlap
    of time-averaged spins of *different* chains, (1/N_v) Σ_i ⟨s_i⟩_a ⟨s_i⟩_b with a ≠
    b: the overlap of a chain with itself would count its own noise.

    Parameters
    ----------
    machine : PlantedMachine
    n_chains : int
        At least 2.
    n_burn, n_sweeps : int
        Sweeps that are dropped, and that are measured; from 1 to 2^29.
    seed : int
    mode : int
        The mode along which chains start and magnetisations are measured.

    Returns
    -------
    OrderParameters

    Raises
    ------
    ValueError, TypeError
        No planted machine, or numbers out of range.

    Examples
    --------
    >>> machine = sample_machine(2.0, 0.3, 300, 300, "rademacher", seed=1)
    >>> measure(machine, n_chains=2, n_burn=5, n_sweeps=10).m > 0.9
    True
    """
    check_instance(machine, "machine", PlantedMachine)
    n_chains = check_positive(n_chains, "n_chains", 2)
    n_burn = check_positive(n_burn, "n_burn", most=MOST_SWEEPS)
    n_sweeps = check_positive(n_sweeps, "n_sweeps", most=MOST_SWEEPS)
    seed = check_seed(seed)
    mode = check_positive(mode, "mode", 0, len(machine.w) - 1)
    rbm = machine.rbm
    sampler = Paths(rbm.visible, rbm.hidden, rbm.W, rbm.a, rbm.b, seed)
    start = machine.planted_state(mode).astype(np.float32)
    v, _ = sampler.run(np.tile(start, (n_chains, 1)), n_burn)
    total_v = np.zeros((n_chains, rbm.n_visible))
    total_h = np.zeros((n_chains, rbm.n_hidden))
    for sweep in range(n_burn, n_burn + n_sweeps):
        v, h = sampler.run(v, 1, first_sweep=sweep)
        total_v += v
        total_h += h
    s, tau = total_v / n_sweeps, total_h / n_sweeps
    return OrderParameters(
        float(s.mean(0) @ machine.u[:, mode] / machine.scale),
        float(tau.mean(0) @ machine.u_bar[:, mode] / machine.scale),
        overlap(s),
        overlap(tau),
    )


def overlap(averages):
    """Return the mean overlap of different rows of time-averaged spins.

    Parameters
    ----------
    averages : array_like, shape (n_chains, n_units)
        In [-1, 1]; at least two chains.

    Raises
    ------
    ValueError
        Another shape, fewer than two chains, or numbers that are no averages of spins.

    Examples
    --------
    >>> overlap(np.array([[1.0, 1.0], [1.0, -1.0]]))
    0.0
    """
    averages = check_array(averages, "averages", ("n_chains", "n_units"), -1, 1)
    if len(averages) < 2:
        raise ValueError("averages must be of two chains or more, got 1")
    n_chains = len(averages)
    pairs = averages.sum(0) ** 2 - (averages**2).sum(0)
    return float(pairs.mean() / (n_chains * (n_chains - 1)))


def measure_point(setting):
    """Draw and measure one machine: a task for `rbmlib.sweeps.run`.

    Parameters
    ----------
    setting : dict
        w, sigma, kappa, law, n_visible, seed; and n_chains, n_burn, n_sweeps, mode if
        not those of `measure`.  Times kappa, n_visible must be an integer: the number
        of hidden units.

    Returns
    -------
    list of float
        The four order parameters, rounded to 9 digits: the sums over spins are exact,
        the projections on the modes are not.

    Raises
    ------
    ValueError, TypeError
        No dict, a key that is missing or unknown, numbers that `sample_machine` or
        `measure` refuse, or layers whose ratio is not kappa.

    Examples
    --------
    >>> point = {"w": 2.0, "sigma": 0.3, "kappa": 0.5, "law": "rademacher", "seed": 1}
    >>> few = {"n_visible": 200, "n_chains": 2, "n_burn": 5, "n_sweeps": 10}
    >>> m, m_bar, q, q_bar = measure_point(point | few)
    >>> m > 0.9 and q > 0.7
    True
    """
    setting = check_setting(setting, NEEDED, OPTIONAL)
    w, sigma, kappa, law, n_visible, seed = map(setting.pop, NEEDED)
    n_hidden = _hidden_units(kappa, n_visible)
    machine = sample_machine(w, sigma, n_visible, n_hidden, law, seed=seed)
    return [round(value, 9) for value in measure(machine, seed=seed, **setting)]


def _hidden_units(kappa, n_visible):
    """Return κ n_visible, or raise ValueError unless it is an integer >= 1."""
    kappa = check_real(kappa, "kappa", 0, open_low=True)
    product = kappa * check_positive(n_visible, "n_visible", most=LARGEST_LAYER)
    n_hidden = round(min(product, LARGEST_LAYER))
    if n_hidden == 0 or abs(product - n_hidden) > 1e-9 * n_hidden:
        raise ValueError(
            f"kappa must make kappa n_visible a number of units, got {kappa!r} and "
            f"{n_visible}: {product!r}"
        )
    return n_hidden


def average(results):
    """Return the `Average` over machines.

    Parameters
    ----------
    results : array_like, shape (n_machines, 4)
        At least two machines: the error is their scatter, which holds the disorder and
        the sampling.

    Returns
    -------
    Average

    Raises
    ------
    ValueError
        Another shape, fewer than two machines, or numbers that are not finite or above
        1e150 in size.

    Examples
    --------
    >>> average([[1, 1, 1, 1], [3, 1, 1, 1]]).error.m
    1.0
    """
    results = check_array(results, "results", ("n_machines", 4), -LARGEST, LARGEST)
    if (n := len(results)) < 2:
        raise ValueError(f"results must be of two machines or more, got {n}")
    error = results.std(0, ddof=1) / np.sqrt(n)
    return Average(
        OrderParameters(*results.mean(0).tolist()), OrderParameters(*error.tolist()), n
    )
