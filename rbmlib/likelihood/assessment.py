"""Whether to believe a likelihood: estimates of log Z that fail in different ways.

Annealing goes wrong where a mode holds much of the weight and no chain finds it.
Forward and backward estimates then agree, on a number too low, as both look at the
modes that the chains know.  Two things do not need the chains to find that mode: the
bound of mean field (`bound`), which holds without exception, and annealing along the
stored ages, which is unbiased: by Markov's inequality its weights overshoot Z by a
factor of 1000 in at most one of 1000 cases.  An estimate below one of them is refuted.
"""

from typing import NamedTuple

import numpy as np

from rbmlib.checks import check_instance, check_positive, check_samples
from rbmlib.likelihood.along_training import trajectory_ais
from rbmlib.likelihood.annealing import ais
from rbmlib.likelihood.bound import mean_field_bound
from rbmlib.likelihood.estimate import log_likelihood
from rbmlib.trajectories import Trajectory

LEVEL = 1e-3  # of the statement about annealing along the ages
SIGMAS = 4.0


class Row(NamedTuple):
    """One age of an `Assessment`; likelihoods are in nats per sample."""

    age: int
    log_z: float  # annealing from independent units with the means of the data
    error: float
    ess: float
    bound: float  # mean field: log Z is at least this
    along: float  # annealing along the stored ages, less log 1000
    train: float  # log-likelihood by `log_z`
    train_at_most: float  # by the larger of the two lower bounds
    test: float  # NaN without test data
    test_at_most: float
    verdict: str  # "trusted", or why not


class Assessment(tuple):
    """The `Row` of each age, oldest last; printed as a table."""

    def __str__(self):
        head = f"{'age':>8} {'log Z':>16} {'ess':>6} {'at least':>9} {'train':>9} "
        head += f"{'test':>9} {'at most':>9}  verdict"
        lines = [head]
        for row in self:
            lower, at_most = max(row.bound, row.along), row.test_at_most
            if np.isnan(row.test):
                at_most = row.train_at_most
            lines.append(
                f"{row.age:8d} {row.log_z:9.2f} ± {row.error:4.2f} {row.ess:6.1f} "
                f"{lower:9.2f} {row.train:9.2f} {row.test:9.2f} {at_most:9.2f}  "
                f"{row.verdict}"
            )
        return "\n".join(lines)

    __repr__ = __str__


def assess(run, train, test=None, *, n_chains=200, n_temperatures=1000, seed):
    """Estimate log Z of each age of a run by several routes, and say which to believe.

    Parameters
    ----------
    run : Trajectory
    train, test : array_like, shape (n_samples, n_visible)
    n_chains, n_temperatures : int
        Of annealing at each age; along the ages, ``n_temperatures // 10`` steps lead
        from one to the next.
    seed : int

    Returns
    -------
    Assessment
        A `Row` for each age.  "trusted" says that no route refutes the estimate; a
        reason says which does.  A refuted likelihood is at most ``train_at_most``.

    Raises
    ------
    ValueError, TypeError
        An argument that does not fit; the message names it.

    Examples
    --------
    >>> from rbmlib.training import initial_machine, train
    >>> data = np.tile([[1, 1, 0, 0], [0, 0, 1, 1]], (50, 1))
    >>> run = train(initial_machine(data, 2, scale=0.01, seed=0), data, method="exact",
    ...             n_updates=400, learning_rate=0.5, seed=0, checkpoints=[100],
    ...             progress=False)
    >>> rows = assess(run, data, n_temperatures=100, seed=0)
    >>> rows[-1].verdict, round(rows[-1].train, 1)
    ('trusted', -0.7)
    """
    check_instance(run, "run", Trajectory)
    n_temperatures = check_positive(n_temperatures, "n_temperatures")
    sets = {"train": train, "test": test}
    for name, data in sets.items():
        if data is not None or name == "train":
            sets[name] = check_samples(data, run[0].visible, run.n_visible, name)
    steps = max(1, n_temperatures // 10)
    along = trajectory_ais(run, n_chains=n_chains, n_temperatures=steps, seed=seed)
    along = along.log_z + np.log(LEVEL)
    options = {"n_chains": n_chains, "n_temperatures": n_temperatures, "seed": seed}
    return Assessment(
        _row(int(age), machine, sets["train"], sets["test"], float(at_least), options)
        for age, machine, at_least in zip(run.ages, run, along, strict=True)
    )


def _row(age, machine, train, test, along, options):
    """Return the `Row` of one age."""
    machine = machine.on_grid()
    found = ais(machine, data=train, **options)
    bound, _ = mean_field_bound(machine, train, seed=options["seed"])
    lower = max(found.log_z, bound, along)
    likelihoods = []
    for data in (train, test):
        energy = np.nan if data is None else log_likelihood(machine, data, log_z=0.0)
        likelihoods += [energy - found.log_z, energy - lower]
    verdict = _verdict(found, bound, along)
    numbers = found.log_z, found.error, found.ess, bound, along
    return Row(age, *numbers, *likelihoods, verdict)


def _verdict(found, bound, along):
    """Return "trusted", or what refutes an estimate."""
    highest = found.log_z + SIGMAS * found.error
    if bound > highest:
        return f"refuted: log Z is at least {bound:.2f}, by mean field"
    if along > highest:
        return f"refuted: log Z is at least {along:.2f}, by annealing along the ages"
    return f"not to be trusted: {found.doubts}" if found.doubts else "trusted"
