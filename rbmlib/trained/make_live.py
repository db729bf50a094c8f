"""Make the machine of `rbmlib.trained.live` again: train it on MNIST, and assess it."""

import json
from pathlib import Path

import numpy as np

from rbmlib import datasets, likelihood, training
from rbmlib.trained import live
from rbmlib.trained.recipes import Recipe
from rbmlib.trajectories import Trajectory

AGES = (20, 100, 300, 600, 1000, 1510, 2000, 2500, 2750, 3000)
RECIPE = Recipe(
    dataset="mnist",
    n_hidden=500,
    n_updates=AGES[-1],
    n_ages=len(AGES),
    k=30,
    batch_size=500,
    n_chains=500,
    learning_rate=0.05,
    later_rates=((2500, 0.01),),
)
N_CHAINS = 100  # of the training's, that are stored
SEED = 6
N_TRAIN = 5000  # images whose likelihood is taken
DIGITS = 2


def make(work=None, *, progress=True):
    """Return {name: array}, as `live.load` does.

    Parameters
    ----------
    work : path, optional
        Folder for the unfinished training: an interrupted one goes on from there.
    progress : bool
        Show a bar from each age to the next.
    """
    data = RECIPE.data()
    partial = None if work is None else Path(work) / "live.h5"
    run = RECIPE.start(data)
    if partial is not None and partial.exists():
        run = Trajectory.load(partial)
    for age in AGES:
        if age <= run.ages[-1]:
            continue
        how = {"n_updates": age, "checkpoints": [age], "progress": progress}
        run = training.resume(RECIPE.with_rate(run), data, **how)
        if run.ages[-1] < age:  # resume returns what it has when interrupted
            raise KeyboardInterrupt("live stopped; stored up to an earlier age")
        if partial is not None:
            partial.parent.mkdir(parents=True, exist_ok=True)
            run.save(partial)
    return stored(run, data, datasets.load(RECIPE.dataset).test)


def stored(run, data, test):
    """Return the arrays of a run that was trained, with its assessment."""
    W, a, b, exponent = live.byte_steps(run[-1])
    chains = run.chains[:N_CHAINS].astype(np.uint8)
    found = _assessed(run, live.of_steps(W, a, b, exponent), data, test)
    return {
        "W": W,
        "a": a,
        "b": b,
        "exponent": np.array(exponent),
        "age": np.array(run.ages[-1]),
        "chains": np.packbits(chains, axis=1),
        "levels": np.floor(256 * data.mean(0, dtype=np.float64)).astype(np.uint8),
        "assessed": np.array(json.dumps(found, sort_keys=True)),
    }


def _assessed(run, of_bytes, data, test):
    """Return `live.assessed`."""
    alone = Trajectory([int(run.ages[-1])], [of_bytes])
    row = likelihood.assess(alone, data[:N_TRAIN], test, seed=SEED)[-1]
    lost, lost_error = lost_by_bytes(run[-1], of_bytes, run.chains, test)
    names = ("train", "test", "error", "test_at_most")
    numbers = {name: getattr(row, name) for name in names}
    numbers["test_at_least"] = row.test + row.log_z - row.at_most
    numbers |= {"lost": lost, "lost_error": lost_error}
    rounded = {name: round(float(x), DIGITS) for name, x in numbers.items()}
    return rounded | {"trusted": row.trusted, "verdict": row.verdict}


def lost_by_bytes(machine, of_bytes, chains, test):
    """Return by how much the log-likelihood of test data falls, and its error.

    ln p(v) is -F(v) - ln Z, and Z'/Z is the mean of e^(F - F') over samples of the
    first machine: no annealing is needed where the machines are that close.
    """
    change = machine.free_energy(chains) - of_bytes.free_energy(chains)
    weight = np.exp(change - change.max())
    log_ratio = change.max() + np.log(weight.mean())
    on_test = machine.free_energy(test) - of_bytes.free_energy(test)
    error = weight.std(ddof=1) / weight.mean() / np.sqrt(len(weight))
    return log_ratio - on_test.mean(), error
