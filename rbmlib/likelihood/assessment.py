"""Whether to believe a likelihood: estimates of log Z that fail in different ways.

Annealing goes wrong where a mode holds much of the weight and no chain finds it.
Forward and backward estimates then agree, on a number too low, as both look at the
modes that the chains know.  So log Z is estimated by several routes.

**From below.**  Mean field (`bound`) is a lower bound without exception.  The weights
of annealing have the mean Z from wherever it starts and whether or not chains mix, so
that they refute each log Z that would make them too large to be likely (`wagers`): from
the means of the data, along the stored ages, and inside each mode of mean field
(`regions`).  Three such statements are made at level 1/3000 each, and hold together but
for one case in 1000.

**From above.**  Reverse annealing is an upper bound from samples in equilibrium, and
only from these.  Suppose that chains never leave a set A of probability p(A), and that
a forward chain ends there with probability P(A).  Then reverse annealing from A finds
log Z + log p(A)/P(A): too low where annealing finds A too easily, and far too high in
a mode that it never finds.  As p and P both add up to one, some set is on the high
side: if chains were started in all of them, the largest estimate is an upper bound.
Chains begin at data, noise, the ends of annealing, and in each mode.

An estimate below a lower bound is refuted; by a bound at a level only if it is off by a
quarter of a nat, since annealing is slightly low before it is wrong.  The likelihoods
that follow are too good, and `train_at_most` says how good they are at most.
"""

import numpy as np

from rbmlib.checks import check_instance, check_positive, check_samples
from rbmlib.likelihood.annealing import MOST_CHAINS, MOST_TEMPERATURES
from rbmlib.likelihood.bound import SIGMAS, refuted_by
from rbmlib.likelihood.routes import Routes
from rbmlib.likelihood.rows import Assessment, Row
from rbmlib.likelihood.wagers import log_mean_at_least
from rbmlib.randomness import check_seed
from rbmlib.trajectories import Trajectory

LEVEL = 1e-3  # of all statements about one age together
N_STATEMENTS = 3
NEAR = 0.25  # nats: less than that is held against no estimate, but by mean field
LEAST_CHAINS = 40  # a quarter of which tell something about a region


def assess(run, train, test=None, *, n_chains=200, n_temperatures=1000, seed):
    """Estimate log Z of each age of a run by several routes, and say which to believe.

    Parameters
    ----------
    run : Trajectory
    train, test : array_like, shape (n_samples, n_visible)
    n_chains, n_temperatures : int
        Of annealing from the means of the data; at least 40 chains.  The other routes
        take a quarter of the chains, inside modes also a quarter of the temperatures
        and backwards half of them; along the ages go half of the chains, in
        ``n_temperatures // 20`` steps to each.  All of it costs about as much as, and
        has fewer sweeps than, ``ais`` with five times the chains.
    seed : int
        In [0, 2^64).

    Returns
    -------
    Assessment
        A row for each age.  "trusted" says that no route refutes the estimate; a
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
    >>> rows[-1].verdict, round(rows[-1].train, 1), rows.best
    ('trusted', -0.7, 400)
    """
    check_instance(run, "run", Trajectory)
    n_temperatures = check_positive(
        n_temperatures, "n_temperatures", most=MOST_TEMPERATURES
    )
    n_chains = check_positive(n_chains, "n_chains", LEAST_CHAINS, MOST_CHAINS)
    seed = check_seed(seed)
    sets = {"train": train, "test": test}
    for name, data in sets.items():
        if data is not None or name == "train":
            sets[name] = check_samples(data, run[0].visible, run.n_visible, name)
    routes = Routes(sets["train"], n_chains, n_temperatures, seed)
    along = routes.along(run)
    rows = [
        _row(int(age), machine.on_grid(), log_terms, sets, routes)
        for age, machine, log_terms in zip(run.ages, run, along, strict=True)
    ]
    return Assessment(rows, routes.spent)


def _row(age, rbm, log_terms_along, sets, routes):
    """Return the `Row` of one age."""
    found = routes.found(rbm)
    along = log_mean_at_least(log_terms_along, LEVEL / N_STATEMENTS)
    plain, joined = (
        log_mean_at_least(x.log_weights, LEVEL / N_STATEMENTS)
        for x in (found.plain, found.joined)
    )
    at_least = max(found.bound, along, plain, joined)
    # An estimate that its own weights contradict may be too high: it bounds nothing.
    highest = at_least if found.plain.doubts else max(found.plain.log_z, at_least)
    likelihoods, errors = [], []
    for data in sets.values():
        each = np.full(1, np.nan) if data is None else -rbm.free_energy(data)
        likelihoods += [each.mean() - found.plain.log_z, each.mean() - highest]
        errors.append(
            each.std(ddof=1) / np.sqrt(len(each)) if len(each) > 1 else np.nan
        )
    return Row(
        age,
        found.plain.log_z,
        found.plain.error,
        found.plain.ess,
        found.bound,
        along,
        *map(float, likelihoods),
        _verdict(found, along, joined),
        found.joined.log_z,
        found.joined.error,
        at_least,
        found.at_most(LEVEL / N_STATEMENTS),
        *found.reverse_log_z,
        found.reverse_error,
        *map(float, errors),
        found.tau,
        bool(np.isfinite(found.tau)),
    )


def _verdict(found, along, joined):
    """Return "trusted", or what refutes an estimate."""
    plain = found.plain
    if by_mean_field := refuted_by(found.bound, plain):
        return by_mean_field
    highest = plain.log_z + max(SIGMAS * plain.error, NEAR)
    for value, route in ((joined, "inside modes"), (along, "along the ages")):
        if value > highest:
            return (
                f"refuted: log Z is at least {value:.2f}, by annealing {route} "
                f"(level {LEVEL})"
            )
    log_z, error = found.backward
    if log_z - SIGMAS * error > highest:
        return (
            f"doubtful: log Z is {log_z:.2f} ± {error:.2f}, by reverse annealing "
            "from all modes"
        )
    return f"doubtful: {plain.doubts}" if plain.doubts else "trusted"
