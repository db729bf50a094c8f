"""Order parameters of a finite machine by Monte Carlo, with errors over disorder."""

from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_integer, check_parameter, check_positive
from rbmlib.phase_diagram.planted import sample_machine
from rbmlib.sampling.sampler import Paths


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
        Sweeps that are dropped, and that are measured.
    seed : int
    mode : int
        The mode along which chains start and magnetisations are measured.

    Returns
    -------
    OrderParameters

    Raises
    ------
    ValueError, TypeError
        Numbers out of range.

    Examples
    --------
    >>> machine = sample_machine(2.0, 0.3, 300, 300, "rademacher", seed=1)
    >>> measure(machine, n_chains=2, n_burn=5, n_sweeps=10).m > 0.9
    True
    """
    if check_positive(n_chains, "n_chains") < 2:
        raise ValueError("n_chains must be at least 2 to have an overlap, got 1")
    check_positive(n_burn, "n_burn"), check_positive(n_sweeps, "n_sweeps")
    if not 0 <= check_integer(mode, "mode") < len(machine.w):
        raise ValueError(f"mode must be in [0, {len(machine.w)}), got {mode}")
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
        At least two chains.

    Raises
    ------
    ValueError
        Another shape, fewer than two chains, or numbers that are not finite.

    Examples
    --------
    >>> overlap(np.array([[1.0, 1.0], [1.0, -1.0]]))
    0.0
    """
    averages = check_parameter(averages, "averages")
    if averages.ndim != 2 or len(averages) < 2 or averages.size == 0:
        raise ValueError(
            "averages must have shape (n_chains, n_units) with two chains or more, got "
            f"{averages.shape}"
        )
    n_chains = len(averages)
    pairs = averages.sum(0) ** 2 - (averages**2).sum(0)
    return float(pairs.mean() / (n_chains * (n_chains - 1)))


def measure_point(setting):
    """Draw and measure one machine: a task for `rbmlib.phase_diagram.sweep.run`.

    Parameters
    ----------
    setting : dict
        w, sigma, kappa, law, n_visible, seed; and n_chains, n_burn, n_sweeps if not
        those of `measure`.

    Returns
    -------
    list of float
        The four order parameters, rounded to 9 digits: the sums over spins are exact,
        the projections on the modes are not.

    Raises
    ------
    ValueError, TypeError
        Numbers that `sample_machine` or `measure` refuse.
    KeyError
        A setting that is missing.
    """
    setting = dict(setting)
    kappa, law = setting.pop("kappa"), setting.pop("law")
    n_visible, seed = setting.pop("n_visible"), setting.pop("seed")
    machine = sample_machine(
        setting.pop("w"),
        setting.pop("sigma"),
        n_visible,
        round(kappa * n_visible),
        tuple(law) if isinstance(law, list) else law,
        seed=seed,
    )
    return [round(value, 9) for value in measure(machine, seed=seed, **setting)]


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
        Another shape, fewer than two machines, or numbers that are not finite.

    Examples
    --------
    >>> average([[1, 1, 1, 1], [3, 1, 1, 1]]).error.m
    1.0
    """
    results = check_parameter(results, "results")
    if results.ndim != 2 or results.shape[1] != 4 or len(results) < 2:
        raise ValueError(
            f"results must have shape (n_machines, 4) with two machines or more, got "
            f"{results.shape}"
        )
    n = len(results)
    error = results.std(0, ddof=1) / np.sqrt(n)
    return Average(
        OrderParameters(*results.mean(0).tolist()), OrderParameters(*error.tolist()), n
    )
