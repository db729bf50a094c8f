"""Replica exchange along a ladder of machines."""

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logsumexp

from rbmlib.checks import (
    as_numbers,
    check_integer,
    check_positive,
    check_samples,
    check_sequence,
    shown,
)
from rbmlib.likelihood.annealing import independent_log_z
from rbmlib.likelihood.estimate import check_alike
from rbmlib.randomness import SWEEPS, check_seed
from rbmlib.rbm import RBM
from rbmlib.sampling.sampler import Paths
from rbmlib.tempering import swaps


@dataclass(frozen=True, eq=False)
class Exchange:
    """What a run of replica exchange leaves.

    Attributes
    ----------
    v : ndarray of float32, shape (n_machines, n_chains, n_visible)
        Last states: v[t] are samples of machine t.
    acceptance : ndarray, shape (n_machines - 1,)
        Share of accepted exchanges of each pair of neighbours.
    round_trips : ndarray of int, shape (n_chains,)
        How often replicas of each chain went from the first machine to the last and
        back.
    log_z : ndarray, shape (n_machines,)
        Log Z of each machine, from the exact value of the first if that has no weights,
        else relative to the first.
    log_z_error : ndarray, shape (n_machines,)
        Standard errors, by jackknife over the chains.
    records : list of ndarray
        What ``observe`` returned after each round.
    """

    v: np.ndarray
    acceptance: np.ndarray
    round_trips: np.ndarray
    log_z: np.ndarray
    log_z_error: np.ndarray
    records: list = field(repr=False)


def exchange(machines, v, n_rounds, *, n_sweeps=1, seed, skip=0, observe=None):
    """Sample all machines of a ladder at once; neighbours exchange their states.

    One round: every machine makes n_sweeps sweeps of its chains; then pairs (0, 1),
    (2, 3) … propose to exchange in even rounds, pairs (1, 2), (3, 4) … in odd ones.
    Chain c of one machine only meets chain c of its neighbours: the chains are
    independent ladders, and their scatter gives the errors.  The path of a ladder does
    not depend on how many there are.

    Parameters
    ----------
    machines : sequence of RBM
        At least two, of the same {0, 1} or ±1 units and sizes; see `in_beta` and
        `between_ages`.  They are put on their grids.
    v : array_like, shape (n_chains, n_visible) or (n_machines, n_chains, n_visible)
        Start, at every machine or at each.
    n_rounds, n_sweeps : int
        At least 1; all sweeps of all machines together at most 2^29.
    seed : int
    skip : int
        Rounds at the beginning that do not enter acceptances and log Z.
    observe : callable, optional
        Called after each round with the states v of all machines.

    Returns
    -------
    Exchange

    Raises
    ------
    ValueError, TypeError
        Machines that differ, Gaussian units, a start of another shape, no round left,
        n_rounds or n_sweeps out of range.

    Examples
    --------
    >>> from rbmlib import sampling
    >>> from rbmlib.rbm import RBM
    >>> from rbmlib.tempering import in_beta
    >>> machine = RBM.random(8, 4, scale=2.0, seed=1)
    >>> start = sampling.random_start(machine, 100, seed=0)
    >>> run = exchange(in_beta(machine, 4), start, 300, seed=0, skip=30)
    >>> bool(abs(run.log_z[-1] - machine.log_z()) < 4 * run.log_z_error[-1])
    True
    """
    ladder, v = _check(machines, v)
    _check_length(len(ladder), n_rounds, n_sweeps, skip)
    seed = check_seed(seed)
    if not (observe is None or callable(observe)):
        raise TypeError(f"observe must be callable or None, got {shown(observe)}")
    state = _Replicas(ladder, v, seed, n_sweeps)
    records = []
    for round_ in range(n_rounds):
        state.sweep(round_)
        state.swap(round_, counts=round_ >= skip)
        if observe is not None:
            records.append(observe(state.v))
    forward, backward = (np.stack(w, axis=1) for w in (state.forward, state.backward))
    log_z, error = _ladder(forward, backward)
    if not ladder[0].W.any():
        log_z = log_z + independent_log_z(ladder[0])
    return Exchange(
        state.v,
        state.n_accepted / np.maximum(state.n_proposed, 1),
        state.round_trips,
        log_z,
        error,
        records,
    )


class _Replicas:
    """States of all machines, where each replica has been, and what was measured."""

    def __init__(self, ladder, v, seed, n_sweeps):
        self.ladder, self.v, self.seed, self.n_sweeps = ladder, v, seed, n_sweeps
        n_machines, n_chains, _ = v.shape
        self.samplers = [Paths.of(m, seed, "exchange") for m in ladder]
        self.label = np.tile(np.arange(n_machines)[:, None], n_chains)
        self.seen_top = np.zeros((n_machines, n_chains), bool)  # by label
        self.seen_bottom = np.zeros((n_machines, n_chains), bool)
        self.round_trips = np.zeros(n_chains, np.int64)
        self.n_accepted = np.zeros(n_machines - 1)
        self.n_proposed = np.zeros(n_machines - 1)
        self.forward, self.backward = [], []

    def sweep(self, round_):
        # Each machine has sweeps of its own, so that chain c is chain c everywhere.
        first = round_ * len(self.samplers)
        for t, sampler in enumerate(self.samplers, first):
            v = self.v[t - first]
            v[:], _ = sampler.run(v, self.n_sweeps, t * self.n_sweeps)

    def swap(self, round_, counts):
        n_pairs, n_chains = len(self.ladder) - 1, self.v.shape[1]
        words = swaps.draws(self.seed, round_, n_pairs, n_chains)
        pairs = range(n_pairs)
        forward = [self._work(t, t + 1, t) for t in pairs]  # of v[t], to machine t + 1
        backward = [self._work(t, t + 1, t + 1) for t in pairs]  # the same of v[t + 1]
        if counts:
            self.forward.append(np.array(forward))
            self.backward.append(np.array(backward))
        for t in range(round_ % 2, n_pairs, 2):
            # Both are F_{t+1} - F_t: large at v[t + 1] means that it fits machine t.
            yes = swaps.accepted(backward[t] - forward[t], words[t])
            for x in (self.v, self.label):
                x[t, yes], x[t + 1, yes] = x[t + 1, yes], x[t, yes].copy()
            if counts:
                self.n_accepted[t] += yes.sum()
                self.n_proposed[t] += n_chains
        self._count_trips()

    def _work(self, t, other, at):
        return swaps.work(self.ladder[t], self.ladder[other], self.v[at])

    def _count_trips(self):
        chains = np.arange(self.v.shape[1])
        bottom, top = (self.label[0], chains), (self.label[-1], chains)
        self.round_trips += self.seen_top[bottom]
        self.seen_top[bottom] = False
        self.seen_bottom[bottom] = True
        self.seen_top[top] = self.seen_bottom[top]


def _ladder(forward, backward):
    """Return log Z_t - log Z_0 and its errors, from works (pair, round, chain)."""
    n_chains = forward.shape[-1]

    def steps(keep):
        pairs = zip(forward[..., keep], backward[..., keep], strict=True)
        return np.array([_bennett(f.ravel(), b.ravel()) for f, b in pairs])

    groups = np.array_split(np.arange(n_chains), min(20, n_chains))
    left_out = [np.setdiff1d(np.arange(n_chains), group) for group in groups]
    log_z = np.concatenate([[0.0], np.cumsum(steps(np.arange(n_chains)))])
    if len(groups) == 1:
        return log_z, np.full_like(log_z, np.nan)
    spread = np.array([np.cumsum(steps(keep)) for keep in left_out])
    k = len(groups)
    error = np.sqrt((k - 1) * spread.var(axis=0))
    return log_z, np.concatenate([[0.0], error])


def _bennett(forward, backward):
    """Return log Z_2 - log Z_1 from the works F_2 - F_1 at samples of 1 and of 2.

    C. Bennett (1976), doi:10.1016/0021-9991(76)90078-4, for samples of equal number:
    Σ_1 σ(-w - x) = Σ_2 σ(w + x), with x = log Z_2 - log Z_1.
    """

    def excess(x):
        return expit(-forward - x).sum() - expit(backward + x).sum()

    # One-sided estimates bracket the solution; a margin for equal ones.
    n = np.log(len(forward))
    low, high = sorted((logsumexp(-forward) - n, n - logsumexp(backward)))
    low, high = low - 1, high + 1
    while excess(low) < 0:
        low -= high - low
    while excess(high) > 0:
        high += high - low
    return brentq(excess, low, high, xtol=1e-10)


def _check_length(n_machines, n_rounds, n_sweeps, skip):
    check_positive(n_rounds, "n_rounds"), check_positive(n_sweeps, "n_sweeps")
    if not 0 <= check_integer(skip, "skip") < n_rounds:
        raise ValueError(f"skip must be in [0, n_rounds = {n_rounds}), got {skip}")
    most = len(SWEEPS["exchange"])
    if n_machines * n_rounds * n_sweeps > most:
        raise ValueError(
            f"n_rounds and n_sweeps must make at most {most} sweeps of all machines "
            f"together, got {n_machines} machines x {n_rounds} x {n_sweeps}"
        )


def _check(machines, v):
    machines = check_sequence(machines, "machines", RBM, "an RBM", least=2)
    ladder = [machine.on_grid() for machine in machines]
    first = ladder[0]
    if not (first.visible.bits and first.hidden.bits):
        raise ValueError(f"machines must have {{0, 1}} or ±1 units, got {first!r}")
    for machine in ladder:
        check_alike(first, machine, "machines")
    v = as_numbers(v, "v")
    v = v if v.ndim == 3 else np.broadcast_to(v, (len(ladder), *v.shape))
    if v.ndim != 3 or v.shape[0] != len(ladder):
        raise ValueError(
            "v must have shape (n_chains, n_visible), or (n_machines, n_chains, "
            f"n_visible) with {len(ladder)} machines, got {v.shape}"
        )
    shape = first.visible, first.n_visible
    return ladder, np.stack([check_samples(x, *shape, "v", "chain") for x in v])
