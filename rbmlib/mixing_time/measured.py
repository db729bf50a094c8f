"""Mixing times by sampling: many chains, recorded until they are long enough."""

from dataclasses import dataclass

import numpy as np
from tqdm.auto import tqdm

from rbmlib import autocorrelation, sampling
from rbmlib.checks import check_flag, check_positive, check_samples
from rbmlib.mixing_time.modes import strengths_at
from rbmlib.randomness import check_seed
from rbmlib.rbm import check_machine
from rbmlib.trajectories import machines_of

MOST_SWEEPS = 2**29  # half of the addresses: as many go before a record
N_FRAMES = 500  # states kept of a chain
N_MODES = 3  # slowest projections that are looked at
FIRST_LENGTH = 500
LEAST_LENGTH = 10  # times the exponential time, for the record and what went before
UNKNOWN = autocorrelation.Time(np.nan, np.nan, 0)


@dataclass(frozen=True)
class Mixing:
    """Times of one machine, in sweeps; NaN where the chains cannot tell.

    Attributes
    ----------
    tau_int, tau_int_error : float
        Integrated time of all visible units and its standard error.
    tau_exp, tau_exp_error : float
        Exponential time of the slowest of the three strongest projections; NaN also if
        it is shorter than about a sweep.
    strengths : ndarray, shape (3,)
        Top singular values of D_v^½ W D_h^½ with the measured variances; the first is
        the layer susceptibility χ.
    n_sweeps : int
        Recorded sweeps; as many went before, unrecorded.
    known : bool
        False if even the longest chains were too short for one of the times.
    """

    tau_int: float
    tau_int_error: float
    tau_exp: float
    tau_exp_error: float
    strengths: np.ndarray
    n_sweeps: int
    known: bool


def measure(rbm, *, n_chains=50, max_sweeps=2**13, seed, start=None):
    """Measure the mixing time of a machine.

    The chains run n sweeps unrecorded and n recorded; if the record is too short for
    the times that it shows, n is doubled and the chains go on.  It must satisfy
    `autocorrelation.integrated_time`, and be ten times as long as the exponential time.

    Parameters
    ----------
    rbm : RBM
        Of any units; what is observed of a categorical unit is which state it has.
    n_chains : int
        At least 2.
    max_sweeps : int
        Longest record, from 2 to 2^29.  A machine that would need more gets NaN.
    seed : int
    start : array_like, shape (n_chains, n_visible), optional
        Of at least two chains, whose number is then theirs.  Default: uniform noise.

    Returns
    -------
    Mixing

    Raises
    ------
    ValueError, TypeError
        No machine, fewer than two chains or sweeps, numbers that are no integers, or a
        start that is no states of the visible units.

    Examples
    --------
    >>> from rbmlib.mixing_time import uniform_machine, uniform_relaxation_time
    >>> found = measure(uniform_machine(20, 20, 0.8), seed=0, start=np.ones((50, 20)))
    >>> exact = uniform_relaxation_time(20, 20, 0.8)
    >>> bool(abs(found.tau_exp - exact) < 3 * found.tau_exp_error)
    True
    """
    check_machine(rbm)
    n_chains = check_positive(n_chains, "n_chains", 2)
    max_sweeps = check_positive(max_sweeps, "max_sweeps", 2, MOST_SWEEPS)
    seed = check_seed(seed)
    v = _start(rbm, n_chains, seed, start)
    done, n = 0, min(FIRST_LENGTH, max_sweeps)
    while True:
        if done < n:
            v, _ = sampling.gibbs(rbm, v, n - done, seed, first_sweep=done)
        every = max(1, n // N_FRAMES)
        frames, v, means = _record(rbm, v, n, every, seed, n)
        done = 2 * n
        result = _analyse(rbm, frames, means, every, n)
        if result.known or done > max_sweeps:
            return result
        n = done


def _start(rbm, n_chains, seed, start):
    """Return the visible states of at least two chains, drawn or checked."""
    if start is None:
        return sampling.random_start(rbm, n_chains, seed)
    v = check_samples(start, rbm.visible, rbm.n_visible, "start", "chain")
    if len(v) < 2:
        raise ValueError("start must be of at least 2 chains, got 1")
    return v


def along(trajectory, *, n_chains=50, max_sweeps=2**13, seed, progress=False):
    """Measure the mixing time at each age of a trajectory.

    Parameters
    ----------
    trajectory : Trajectory, or sequence of RBM
    n_chains, max_sweeps, seed
        As in `measure`.
    progress : bool
        Show a bar.

    Returns
    -------
    list of Mixing
        One for each age.

    Raises
    ------
    ValueError, TypeError
        No machines, no flag, or as `measure`.

    Examples
    --------
    >>> from rbmlib.mixing_time import uniform_machine
    >>> ladder = [uniform_machine(6, 5, w) for w in (0.5, 0.9)]
    >>> first, last = along(ladder, n_chains=20, max_sweeps=500, seed=0)
    >>> first.tau_int < last.tau_int
    True
    """
    machines = machines_of(trajectory)
    progress = check_flag(progress, "progress")
    return [
        measure(machine, n_chains=n_chains, max_sweeps=max_sweeps, seed=seed)
        for machine in tqdm(machines, disable=not progress, unit=" ages")
    ]


def _record(rbm, v, n_sweeps, every, seed, first_sweep):
    """Return (frames, last v, means of v and of h) of a recorded run."""
    # States are small integers, or floats.
    dtype = np.float32 if rbm.visible.states is None else np.int8
    frames = np.empty((len(v), n_sweeps // every, rbm.a.size), dtype)
    mean_h = np.zeros(rbm.n_hidden)
    times = range(every, every * frames.shape[1] + 1, every)
    states = sampling.record(rbm, v, times, seed, lambda v, h: (v, h), first_sweep)
    for at, (_, (v, h)) in enumerate(states):
        frames[:, at] = rbm.visible.encode(v)
        mean_h += h.sum(0, dtype=np.float64)
    mean_h /= len(v) * frames.shape[1]
    mean_v = frames.mean(axis=(0, 1), dtype=np.float64)
    return frames, v, (mean_v, mean_h)


def _analyse(rbm, frames, means, every, n_sweeps):
    s, projections = strengths_at(rbm, *means)
    # A strength of zero has no direction: rounding would choose what to watch.
    n_modes = max(1, (s[:N_MODES] > 1e-8 * s[0]).sum())
    directions = projections[:, :n_modes].astype(np.float32)
    watched = np.stack([chain.astype(np.float32) @ directions for chain in frames])
    series = [frames, *np.moveaxis(watched, -1, 0)]
    tau_int, *of_modes = (_accepted(autocorrelation.integrated_time, x) for x in series)
    tau_exp = UNKNOWN
    if not np.isnan(of_modes).any():
        slowest = series[1 + int(np.argmax(of_modes))]
        tau_exp = _accepted(autocorrelation.exponential_time, slowest)
    known = not np.isnan([tau_int, *of_modes]).any()
    known &= not n_sweeps < LEAST_LENGTH * every * tau_exp  # too fast is NaN, and known
    return Mixing(
        *(float(every * x) for t in (tau_int, tau_exp) for x in (t, t.error)),
        s[:N_MODES],
        n_sweeps,
        known,
    )


def _accepted(time, x):
    """Return a time, or NaN if it is refused."""
    try:
        return time(x)
    except ValueError:
        return UNKNOWN
