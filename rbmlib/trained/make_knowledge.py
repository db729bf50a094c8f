"""Measure again what chapter 8 says over seeds: about ten minutes on one core."""

import numpy as np
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer
from sklearn.linear_model import LogisticRegression

from rbmlib import datasets, interactions, likelihood, randomness, sampling, sweeps
from rbmlib.effective_couplings import couplings, potts_couplings
from rbmlib.trained.knowledge import DIGITS, SETTINGS
from rbmlib.units import Categorical

STAGES = ((2000, 0.1), (3000, 0.03), (3500, 0.01))
NEIGHBOURS = (5, 10, 20, 40)
SWEEPS = 3000


def magnet(rates, seed):
    """Return what a machine knows of the lattice: see `knowledge.load`."""
    data = interactions.magnet(100_000, 6, 3.0, seed)
    run = interactions.learn(data.samples, 144, seed=seed, rates=rates, bias=0.0, k=2)
    J, upper = couplings(run[-1], 2), np.triu(np.ones((36, 36), bool), 1)
    near, far = (J[upper & ((data.couplings > 0) == x)] for x in (True, False))
    return [near.mean(), near.std(), np.sqrt((far**2).mean()), np.abs(far).max()]


def contacts(n_triples, seed):
    """Return precisions at all ranks: see `knowledge.load`."""
    data = interactions.plant_contacts(n_triples, seed)
    pairs = interactions.potts_pseudo_likelihood(data.samples, 3, l2=0.01)
    run = interactions.learn(
        data.samples, 120, seed=seed, rates=STAGES, visible=Categorical(3), k=2
    )
    norms = pairs.norm, potts_couplings(run[-1]).norm
    return [
        interactions.contact_precision(score, data.contacts).tolist()
        for norm in norms
        for score in (norm, interactions.average_product(norm))
    ]


def filling(seed):
    """Return errors and shares of right pixels: see `knowledge.load`."""
    digits = datasets.load("digits")
    rows = np.concatenate([digits.train, digits.test]).astype(np.float64)
    order = randomness.permutation(seed, 0, len(rows))
    learned, choosing, test = np.split(rows[order], [1200, 1400])
    run, mean = interactions.learn_pixels(learned, seed), learned.mean(0)
    regression = IterativeImputer(random_state=0, min_value=0, max_value=1)
    regression.fit(learned)
    found = []
    for hidden in ("half", "lower half"):
        masks = [
            interactions.half_known(x.shape, 2 * seed + i)
            if hidden == "half"
            else np.broadcast_to(np.arange(64) < 32, x.shape)
            for i, x in enumerate((choosing, test))
        ]
        near = [
            lambda x, m, n=n: interactions.nearest_rows(learned, x, m, n)
            for n in NEIGHBOURS
        ]
        machines = [
            lambda x, m, rbm=rbm: sampling.conditional(
                rbm, np.where(m, x, np.nan), m, SWEEPS, seed=seed
            )[1]
            for rbm in run[1:]
        ]
        answers = [
            np.broadcast_to(mean, test.shape),
            regression.transform(np.where(masks[1], test, np.nan)),
            *(chosen(ways, (choosing, test), masks) for ways in (near, machines)),
        ]
        found.append([marks(x, test, masks[1]) for x in answers])
    return found


def chosen(ways, tables, masks):
    """Return the answer of the way that has the least error on the first table."""
    errors = [marks(way(tables[0], masks[0]), tables[0], masks[0])[0] for way in ways]
    return ways[int(np.argmin(errors))](tables[1], masks[1])


def marks(answer, truth, known):
    """Return the root mean square error and the share of right pixels."""
    error = np.sqrt(np.mean((answer - truth)[~known] ** 2))
    return [float(error), float(((answer > 0.5) == truth)[~known].mean())]


def labels(share, seed):
    """Return accuracies and log-likelihoods: see `knowledge.load`."""
    digits = datasets.load("digits")
    n = len(digits.train)
    some = np.isin(np.arange(n), randomness.permutation(seed, 0, n)[: int(share * n)])
    table = interactions.with_label(
        digits.train, np.where(some, digits.train_labels, -1)
    )
    test = interactions.with_label(digits.test, np.full(len(digits.test), -1))
    runs = [interactions.learn_digits(x, seed) for x in (table, table[some])]
    guesses = [likelihood.class_probabilities(r[-1], test, -1).argmax(1) for r in runs]
    peer = LogisticRegression(max_iter=2000)
    peer.fit(digits.train[some], digits.train_labels[some])
    guesses.append(peer.predict(digits.test))
    alone = interactions.learn_digits(digits.train, seed)
    levels = [log_likelihood(runs[0][-1], test), log_likelihood(alone[-1], digits.test)]
    return [float((x == digits.test_labels).mean()) for x in guesses] + levels


def log_likelihood(rbm, rows):
    """Return the mean log-likelihood of what is known of rows, by annealing."""
    log_z = likelihood.ais(rbm, n_chains=100, n_temperatures=1000, seed=0).log_z
    return float(likelihood.log_observed(rbm, rows, log_z).mean())


TASKS = {"magnet": magnet, "contacts": contacts, "filling": filling, "labels": labels}


def measure(setting):
    """Return the numbers of one setting: a task for `rbmlib.sweeps.run`."""
    given = dict(setting)
    return TASKS[given.pop("what")](**given)


def make(work=None, *, n_jobs=-1):
    """Return the results of every experiment, arrays by name.

    Parameters
    ----------
    work : path, optional
        Folder for the results so far: an interrupted run goes on from there.
    n_jobs : int
        Processes; -1 for all cores.

    Returns
    -------
    dict of str to ndarray
        As `knowledge.load` has them.
    """
    found = {}
    for name, settings in SETTINGS.items():
        store = None if work is None else work / f"knowledge_{name}.jsonl"
        tasks = [{"what": name} | x for x in settings]
        found[name] = np.round(
            sweeps.run(measure, tasks, store=store, n_jobs=n_jobs), DIGITS
        )
    return found
