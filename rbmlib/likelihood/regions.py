"""Annealing that starts in every mode: log Z as a sum over regions of states.

Each mode of mean field is a machine of independent units with its means.  Annealed from
there, a chain keeps close to its mode all the way, as the means of the mode solve the
mean-field equations at each β.  So one annealing for each mode sees what annealing from
one start misses.

A state belongs to the independent machine that gives it the largest probability: these
regions R_k are disjoint and cover everything, hence Z = Σ_k Z_k with
Z_k = Σ_{v ∈ R_k} e^{-F(v)}.  The weights of annealing are proper,
⟨w 1(v ∈ R_k)⟩ = Z_k / Z_start with v the end of the chain, so that Z_k is
estimated by the chains of its own start, without bias, and their sum as well.

Backwards it is enough that chains are in equilibrium *inside* their region.  From there

⟨w⟩ = P_k Z_start / Z_k,   P_k: share of the forward chains of start k that end in R_k,

which gives Z_k once more; by Jensen's inequality log(1 / ⟨w⟩) errs upwards.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from rbmlib.likelihood.annealing import (
    anneal,
    draw_independent,
    independent_log_z,
    inverse_temperatures,
)
from rbmlib.likelihood.estimate import Estimate
from rbmlib.rbm import RBM

N_REGIONS = 5  # that belong to modes, at most; one more is that of the data's means
FIELD_STEP = 2.0**-10  # of the fields of a start: the same bits everywhere
FEWEST = 10  # samples in a region that say something about its weight


class Start(NamedTuple):
    """Independent units to anneal from."""

    machine: RBM
    log_z: float


class Forward(NamedTuple):
    """Chains annealed from one start."""

    log_terms: np.ndarray  # log of Z_start w, shape (n_chains,)
    ends: np.ndarray  # shape (n_chains, n_visible)


def start_of(machine):
    """Return the start of an independent machine."""
    machine = machine.on_grid()
    return Start(machine, independent_log_z(machine))


def starts_of(rbm, modes):
    """Return a start for each of the best modes."""
    starts = []
    for x_v, x_h in zip(modes.x_v[:N_REGIONS], modes.x_h, strict=False):
        a, b = (np.rint(x / FIELD_STEP) * FIELD_STEP for x in (x_v, x_h))
        parts = np.zeros_like(rbm.W), a.reshape(rbm.a.shape), b
        starts.append(start_of(RBM(*parts, rbm.visible, rbm.hidden)))
    return starts


def region_of(starts, v):
    """Return the number of the region of each state."""
    return np.argmax([-s.machine.free_energy(v) - s.log_z for s in starts], axis=0)


def forward(rbm, start, n_chains, n_temperatures, seed, first_chain=0):
    """Return chains annealed from one start to the machine."""
    v = draw_independent(start.machine, n_chains, seed, first_chain)
    betas = inverse_temperatures(n_temperatures)
    log_w, ends = anneal(rbm, start.machine, betas, v, seed, "annealing", first_chain)
    return Forward(start.log_z + log_w, ends)


def joined(starts, runs):
    """Return the `Estimate` of log Z by regions, each seen by its own chains.

    Groups of chains, one of each run, make independent terms with the mean Z.
    """
    n_groups = min(len(run.log_terms) for run in runs)
    log_sums = []
    for k, run in enumerate(runs):
        inside = np.where(region_of(starts, run.ends) == k, run.log_terms, -np.inf)
        size = len(inside) // n_groups
        groups = inside[: n_groups * size].reshape(n_groups, size)
        log_sums.append(logsumexp(groups, axis=1) - np.log(size))
    return Estimate.from_weights(logsumexp(log_sums, axis=0), 0.0)


def kept(starts, runs, most):
    """Return ends of chains that began in a mode and kept to its region, up to most."""
    pairs = list(enumerate(runs))[1:]
    inside = [run.ends[region_of(starts, run.ends) == k][:most] for k, run in pairs]
    return np.concatenate(inside)


def reverse(rbm, start, v, n_temperatures, seed, first_chain=0):
    """Return the log-weights of chains annealed from the machine to a start."""
    betas = inverse_temperatures(n_temperatures)[::-1]
    sweeps = "reverse annealing"
    return anneal(rbm, start.machine, betas, v, seed, sweeps, first_chain)[0]


def joined_backward(rbm, starts, runs, v, most, n_temperatures, seed):
    """Return log Z, its error, and the chains used, from samples inside the regions.

    Of each region at most `most` samples are annealed; what share of the forward chains
    ended in it is counted in `runs`.  A region with fewer than ten samples is left out:
    the chains left it, so that its weight is small.
    """
    region, parts, n_used = region_of(starts, v), [], 0
    fewest = min(FEWEST, np.bincount(region).max())
    for k, (start, run) in enumerate(zip(starts, runs, strict=True)):
        inside = v[region == k]
        if len(inside) < fewest:
            continue
        n = min(most, len(inside))
        inside = inside[np.linspace(0, len(inside) - 1, n).astype(int)]
        log_w = reverse(rbm, start, inside, n_temperatures, seed, n_used)
        n_used += n
        found = Estimate.from_weights(log_w, start.log_z, sign=-1)
        share = max(1, (region_of(starts, run.ends) == k).sum()) / len(run.ends)
        share_error = np.sqrt((1 - share) / (share * len(run.ends)))
        error = np.hypot(found.error, share_error)
        parts.append((found.log_z + np.log(share), error))
    log_z, errors = np.transpose(parts)
    total = logsumexp(log_z)
    return float(total), float(np.linalg.norm(np.exp(log_z - total) * errors)), n_used
