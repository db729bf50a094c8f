"""The chapters' questions to a run: likelihood, mixing, samples, modes, couplings."""

from typing import NamedTuple

import numpy as np

from rbmlib import likelihood, linear_regime, mixing_time, randomness, sampling
from rbmlib.checks import check_instance
from rbmlib.datasets import Table
from rbmlib.likelihood.annealing import independent_log_z
from rbmlib.mode_tracking import ModeTree, purity, track
from rbmlib.phase_diagram import project
from rbmlib.randomness import check_seed
from rbmlib.scores import adversarial_accuracy, second_moment_error
from rbmlib.trajectories import Trajectory

MOST_ROWS = 500  # compared with as many samples
N_AGES = 6  # judged by their likelihood
TIMES = (1, 3, 10, 30, 100, 300, 1000)  # sweeps from noise
N_PAIRS = 10  # of sets of data, for the baseline
MOST_NAMED = 3  # columns
N_PLACES = 8  # ages in the phase diagram


class Sampled(NamedTuple):
    """How far samples are from test data, after some sweeps from noise."""

    sweeps: int
    second: float  # mean squared error of covariances
    nearest: float  # adversarial accuracy of the samples; 0.5 is best


class Measured(NamedTuple):
    """What `measure` found."""

    run: Trajectory
    table: Table
    n_gaps: int  # rows of either part that miss an entry, and are left out here
    rows: tuple  # of `likelihood.assess`, some ages
    learned: float  # test log-likelihood over that of independent columns, in nats
    learned_error: float
    gain: float  # of the best trusted age over the last
    gain_error: float
    best: int | None  # that age
    mixing: mixing_time.Mixing
    sampled: tuple  # of `Sampled`, by sweeps
    baseline: float  # second-moment error of data against data, its mean
    baseline_nearest: float
    spectrum: linear_regime.Spectrum
    places: tuple  # of (age, `Place`); empty where there is none
    no_place: str
    tree: ModeTree | None
    no_tree: str
    purity: float | None  # of the leaves, and by chance
    chance: float | None


def measure(run, table, *, seed=0):
    """Ask a run everything that its page says.

    Parameters
    ----------
    run : Trajectory
    table : Table
        On which it was trained.
    seed : int

    Returns
    -------
    Measured

    Raises
    ------
    TypeError, ValueError
        No run, no table, or one of other units; no row without gaps.

    Examples
    --------
    >>> from rbmlib import datasets, training
    >>> x = np.tile([[1, 1, 0], [0, 0, 1]], (30, 1))
    >>> table = datasets.from_table(x, show=False)
    >>> start = training.initial_machine(table.train, 2, seed=0)
    >>> run = training.train(start, table.train, k=5, batch_size=20, n_updates=50,
    ...     learning_rate=0.1, seed=0, progress=False, checkpoints=2)
    >>> measure(run, table).rows[-1].age
    50
    """
    check_instance(run, "run", Trajectory)
    check_instance(table, "table", Table)
    check_seed(seed)
    if (table.visible, len(table.units)) != (run[-1].visible, run.n_visible):
        raise ValueError(
            f"table must have the units of the run, {run[-1]!r}, got {table!r}"
        )
    whole = [_whole(table, part) for part in ("train", "test")]
    (train, labels), (test, _) = whole
    n_gaps = len(table.train) + len(table.test) - len(train) - len(test)
    rows = likelihood.assess(_some(run, N_AGES), train, test, seed=seed)
    best, gain, gain_error = _best(run, rows, test)
    learned = _learned(run, rows[-1], train, test)
    n = n_compared(table)
    encode = run[-1].visible.encode
    sampled = _sampled(run[-1], encode(_shuffled(test, seed)[:n]), encode, seed)
    baseline = _baseline(encode(_shuffled(train, seed)), n)
    places, no_place = _places(run, seed)
    tree, no_tree = grown(run, train)
    pure = chance = None
    if tree is not None and labels is not None:
        level = purity(tree, labels)[0]
        pure, chance = level.purity, level.random
    return Measured(
        run,
        table,
        n_gaps,
        tuple(rows),
        *learned,
        gain,
        gain_error,
        best,
        mixing_time.measure(run[-1], seed=seed),
        sampled,
        *baseline,
        linear_regime.spectrum(run, min(8, *run[-1].columns.W.shape)),
        places,
        no_place,
        tree,
        no_tree,
        pure,
        chance,
    )


def _whole(table, part):
    """Return the rows that miss nothing as states, and their labels."""
    x, labels = getattr(table, part), getattr(table, f"{part}_labels")
    whole = without_gaps(x)
    if whole.sum() < 2:
        raise ValueError(
            f"table must have two rows to {part} without gaps, got {whole.sum()} of "
            f"{len(whole)}{_remedy(table)}"
        )
    x = table.visible.check(x[whole], x.shape[1], part)
    return x, None if labels is None else labels[whole]


def without_gaps(x):
    """Return which rows miss nothing."""
    return ~np.isnan(x.astype(float, copy=False)).any(1)


def n_whole(x):
    """Return how many rows miss nothing."""
    return int(without_gaps(x).sum())


def n_compared(table):
    """Return how many samples are compared with as many rows that miss nothing.

    Parameters
    ----------
    table : Table
    """
    return min(MOST_ROWS, n_whole(table.test), n_whole(table.train) // 2)


def most_gaps(table):
    """Return in words which columns miss the most entries.

    Parameters
    ----------
    table : Table
    """
    missing = [column for column in table.units if column.n_missing]
    missing.sort(key=lambda column: -column.n_missing)
    return ", ".join(
        f"{c.name!r} ({c.n_missing} missing)" for c in missing[:MOST_NAMED]
    )


def _remedy(table):
    gaps = most_gaps(table)
    return f"; leave out the columns that miss most, {gaps}" if gaps else ""


def _shuffled(x, seed):
    """Return rows in random order: those of a file may be sorted."""
    return x[randomness.permutation(seed, 0, len(x))]


def _some(run, n):
    """Return a run of at most n + 1 of its ages, the last among them."""
    which = np.unique(np.linspace(len(run) - 1, 0, n + 1).round().astype(int))
    return Trajectory(run.ages[which], [run[k] for k in which])


def _best(run, rows, test):
    """Return the trusted age of the best test likelihood, and its gain over the last.

    The error is that of the mean difference over the test rows, and of both log Z.
    """
    trusted = [row for row in rows if row.verdict == "trusted"]
    if not trusted:
        return None, np.nan, np.nan
    best, last = max(trusted, key=lambda row: row.test), rows[-1]
    if best == last:
        return best.age, 0.0, 0.0
    each = [-run.at(row.age).free_energy(test) - _log_z(row) for row in (best, last)]
    return best.age, *_difference(*each, np.hypot(best.error, last.error))


def _log_z(row):
    """Return log Z, or what it is at least where that is more."""
    return max(row.log_z, row.bound, row.along)


def _learned(run, last, train, test):
    """Return by how much the last age is better than columns that know of no other."""
    alone = likelihood.independent_machine(run[-1], train)
    each = -run[-1].free_energy(test) - _log_z(last)
    return _difference(
        each, -alone.free_energy(test) - independent_log_z(alone), last.error
    )


def _difference(first, second, error):
    """Return the mean difference over rows, and its error with that of log Z."""
    difference = first - second
    scatter = difference.std(ddof=1) / np.sqrt(len(difference))
    return float(difference.mean()), float(np.hypot(scatter, error))


def _sampled(machine, data, encode, seed):
    """Return `Sampled` at each time, of as many chains as there are data."""

    def compare(v, _):
        x = encode(v)
        return second_moment_error(x, data), adversarial_accuracy(x, data)[0]

    v0 = sampling.random_start(machine, len(data), seed)
    found = sampling.record(machine, v0, TIMES, seed, compare)
    return tuple(Sampled(sweeps, *numbers) for sweeps, numbers in found)


def _baseline(data, n):
    """Return the mean scores of disjoint sets of data, in the order of the rows."""
    pairs = [
        (data[k * n : (k + 1) * n], data[(k + 1) * n : (k + 2) * n])
        for k in range(0, min(2 * N_PAIRS, len(data) // n - 1), 2)
    ]
    scores = [(second_moment_error(*p), adversarial_accuracy(*p)[0]) for p in pairs]
    return tuple(np.mean(scores, axis=0).tolist())


def _places(run, seed):
    if not (run[-1].visible.bits and run[-1].hidden.bits):
        return (), "the diagram is of units with two states, and these have more"
    some = _some(run, N_PLACES)
    places = project(some.machines, n_chains=200, n_sweeps=50, seed=seed)
    return tuple(zip(some.ages.tolist(), places, strict=True)), ""


def grown(run, data):
    """Return the tree of modes or None, and why a higher order gave none.

    Parameters
    ----------
    run : Trajectory
    data : ndarray of states
    """
    reasons, highest = [], min(2, max(run[-1].visible.plefka_orders))
    # Where the second order runs away, the first stays.
    for one in range(highest, 0, -1):
        try:
            return track(run, data, order=one), "; ".join(reasons)
        except ValueError as error:
            reasons.append(f"order {one} gave none ({error})")
    return None, "; ".join(reasons)
