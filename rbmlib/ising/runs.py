"""What every sampler of the lattice takes and returns."""

import inspect
import time
from dataclasses import KW_ONLY, dataclass, field

import numpy as np

from rbmlib.checks import as_numbers, check_positive, check_word, said, shown
from rbmlib.ising.arguments import check_field, check_side, check_temperature
from rbmlib.ising.kernels.chain import Counts, Course
from rbmlib.randomness import START, draws
from rbmlib.sampling.threads import share

_SITES = 2**20  # in a first piece of a run
_PIECE = 0.1  # seconds that a piece may take: clusters grow, so it is watched


@dataclass(frozen=True)
class Run:
    """The chains of a run: their last states, and observables along the way.

    Attributes
    ----------
    spins : ndarray of int8, shape (n_chains, L, L)
        ±1, after the last sweep.
    energy : ndarray of float64, shape (n_chains, n_records)
        Per site, -Σ_<ij> s_i s_j / L² - h m, after every `interval` sweeps.
    magnetization : ndarray of float64, shape (n_chains, n_records)
        m = Σ_i s_i / L².
    next_sweep : int
        Where to continue: the `first_sweep` of a run that starts from `spins`.
    """

    spins: np.ndarray
    energy: np.ndarray
    magnetization: np.ndarray
    next_sweep: int


@dataclass(frozen=True)
class Plan:
    """The arguments that all samplers share, checked.

    Parameters
    ----------
    L : int
        Side, from 2 to 4096.  For L = 2 every bond counts twice.
    T : float
        Temperature in units of J/k_B; not negative.
    n_sweeps : int
        Updates of every spin; a multiple of `interval`.
    seed : int
        In [0, 2^64).  Runs at other T or h with the same seed use the same random
        numbers, and their averages are correlated: give each run a seed of its own.
    h : float
        Field, in units of J.
    n_chains : int
        Independent lattices.
    start : {"random", "up"} or array_like of ±1, shape (n_chains, L, L) or (L, L)
    first_sweep, first_chain : int
        Global indices of the first sweep and chain.  A run of 10 sweeps equals one of 4
        followed by one of 6 with ``first_sweep=4`` from its `spins`.
    interval : int
        Energy and magnetisation are recorded every `interval` sweeps.
    n_threads : int
        Chains (for "replicas": groups of 64) run side by side, no more of them than can
        help.  Changes no bit.

    Raises
    ------
    ValueError, TypeError
        Naming the argument, its value and what was expected.
    """

    L: int
    T: float
    n_sweeps: int
    seed: int
    _: KW_ONLY
    h: float = 0.0
    n_chains: int = 1
    start: str | np.ndarray = "random"
    first_sweep: int = 0
    first_chain: int = 0
    interval: int = 1
    n_threads: int = 1
    spins: np.ndarray = field(init=False)  # 0/1, uint8, shape (n_chains, L, L)

    def __post_init__(self):
        counts = ("n_sweeps", "n_chains", "interval", "n_threads")
        checked = {name: check_positive(getattr(self, name), name) for name in counts}
        for name in ("first_sweep", "first_chain"):
            checked[name] = check_word(getattr(self, name), name)
        checked["L"] = check_side(self.L)
        checked["T"] = check_temperature(self.T, zero_allowed=True)
        checked["h"] = check_field(self.h)
        vars(self).update(checked)  # the class is frozen for everyone else
        if self.n_sweeps % self.interval:
            raise ValueError(
                f"n_sweeps must be a multiple of interval = {self.interval}, "
                f"got {self.n_sweeps}"
            )
        check_word(self.next_sweep - 1, "first_sweep + n_sweeps - 1")
        check_word(self.first_chain + self.n_chains - 1, "first_chain + n_chains - 1")
        vars(self)["spins"] = _start(self)

    @property
    def n_records(self):
        """How often the observables are recorded."""
        return self.n_sweeps // self.interval

    @property
    def next_sweep(self):
        """The `first_sweep` of a run that goes on from this one."""
        return self.first_sweep + self.n_sweeps

    def course(self, key, chain):
        """Return the `Course` of one chain, or of a group of 64, for the kernels."""
        return Course(key, chain, self.first_sweep, self.interval)

    def each(self, task, indices):
        """Call ``task(i, stop)`` for each index, on several threads if asked for.

        The kernels release the interpreter's lock; a result depends on i alone.
        """
        return share(task, indices, self.n_threads)

    def sweep(self, kernel, course, counts, stop):
        """Call ``kernel(course, counts)`` for one piece of a chain after the other.

        Between two pieces a pressed key is noticed, or that ``stop`` is set.  A sweep
        is known by its global index, so no bit depends on the pieces.

        Parameters
        ----------
        kernel : callable
            Goes on from where it stood.
        course : Course
        counts : Counts
            Of this chain, filled.
        stop : threading.Event
        """
        done, at_once = 0, max(1, _SITES // self.L**2)
        while done < self.n_sweeps and not stop.is_set():
            start = time.monotonic()
            record, begun = divmod(done, self.interval)
            if begun or at_once < self.interval:  # part of a record
                n_records, n_each = 1, min(at_once, self.interval - begun)
            else:
                n_each = self.interval
                n_records = min(at_once // n_each, self.n_records - record)
            piece = slice(record, record + n_records)
            kernel(
                course._replace(first_sweep=course.first_sweep + done, interval=n_each),
                Counts(counts.unlike[piece], counts.up[piece]),
            )
            done += n_records * n_each
            took = time.monotonic() - start
            if took < _PIECE / 2:
                at_once *= 2
            elif took > _PIECE:
                at_once = max(1, at_once // 2)

    def run(self, spins, counts):
        """Return the `Run` with these last 0/1 spins and `Counts`."""
        sites = self.L**2
        m = (2 * counts.up - sites) / sites
        energy = (2 * counts.unlike - 2 * sites) / sites - self.h * m
        return Run(2 * spins.astype(np.int8) - 1, energy, m, self.next_sweep)


def takes_a_plan(sampler):
    """Write out the ``**options`` of a sampler: the parameters of its `Plan`.

    The signature that ``help`` and editors show gets their names and defaults, the
    docstring their descriptions in the place of ``{plan}``.  Calls are left alone.
    """
    plan = inspect.signature(Plan).parameters.values()
    own = inspect.signature(sampler).parameters.values()
    own = [parameter for parameter in own if parameter.kind is parameter.KEYWORD_ONLY]
    sampler.__signature__ = inspect.Signature([*plan, *own])
    _, _, described = inspect.getdoc(Plan).partition("Parameters\n----------\n")
    described, _, _ = described.partition("\n\nRaises\n")
    sampler.__doc__ = (inspect.getdoc(sampler) or "").replace("{plan}", described)
    return sampler


def _start(plan):
    """Return the 0/1 spins from which the chains start."""
    start, L = plan.start, plan.L
    shape = (plan.n_chains, L, L)
    if isinstance(start, str):
        if start == "up":
            return np.ones(shape, np.uint8)
        if start != "random":
            raise ValueError(
                "start must be 'random', 'up' or an array of ±1, got "
                f"{shown(str(start))}"
            )
        chains = plan.first_chain + np.arange(plan.n_chains)
        words = draws(plan.seed, START, 0, chains, L * L)
        return (words >> np.uint32(31)).astype(np.uint8).reshape(shape)
    spins = as_numbers(start, "start", np.int8)
    if spins.shape not in (shape, shape[1:]):
        raise ValueError(
            f"start must have shape {shape} or {shape[1:]}, got {spins.shape}"
        )
    other = ~np.isin(spins, (-1, 1))
    if other.any():
        raise ValueError(f"start must hold only -1 and 1, got {said(spins[other][0])}")
    return np.broadcast_to(spins > 0, shape).astype(np.uint8)
