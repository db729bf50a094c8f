"""Training for couplings: ±1 units, hidden biases to begin with, a rate that falls.

Two things matter more here than for the likelihood.  The noise of chains and batches
moves the weights about, as the square root of the learning rate, and couplings show it:
the rate must fall at the end.  And a hidden unit without a bias couples no triple, as
flipping all spins and the unit changes nothing.  From zero biases a machine finds
triples only after it has left that symmetry; so half of the units begin with the bias
+½, half with -½.
"""

from dataclasses import replace

import numpy as np

from rbmlib import training
from rbmlib.checks import (
    check_array,
    check_instance,
    check_positive,
    check_real,
    check_samples,
)
from rbmlib.rbm import RBM
from rbmlib.training.settings import check_ages
from rbmlib.units import SPIN, Unit

# Updates made when a rate ends, and the rate.
RATES = ((4000, 0.1), (8000, 0.04), (10_000, 0.015), (12_000, 0.005))
SCALE, BIAS = 0.2, 0.5  # of the weights and of the hidden biases at the start
K, BATCH = 2, 500


def learn(
    samples,
    n_hidden,
    *,
    seed,
    rates=RATES,
    checkpoints=(),
    visible=SPIN,
    bias=BIAS,
    k=K,
    l1=0.0,
    l2=0.0,
):
    """Return a machine of ±1 hidden units in training, to have its couplings read.

    PCD with batches of 500 (or of all samples, if fewer) and as many chains.

    Parameters
    ----------
    samples : array_like, shape (n_samples, n_visible)
        Of ±1, or states of the units `visible`.
    n_hidden : int
    seed : int
    rates : sequence of (int, float)
        Numbers of updates, increasing, each with the learning rate up to there.
    checkpoints : sequence of int, or int
        Ages to store beside those where the rate changes; or how many.
    visible : Unit
        Type of the visible units, for example ``rbmlib.units.Categorical(4)``.
    bias : float
        Size of the hidden biases at the start, from 0 to 10, half of them positive;
        zero for data without triples.
    k : int
        Sweeps of the chains in an update.
    l1, l2 : float
        Penalties on the weights, as in `rbmlib.training.train`.

    Returns
    -------
    rbmlib.trajectories.Trajectory

    Raises
    ------
    ValueError, TypeError
        Samples that are no states; rates that are no pairs of positive numbers, or
        whose numbers of updates do not increase; a bias out of range; else as
        `rbmlib.training.train`.

    Examples
    --------
    >>> from rbmlib.datasets import planted_spins
    >>> data = planted_spins(100, 4, n_pairs=1, n_triples=1, pair=0.5, triple=0.5,
    ...                      seed=0)
    >>> run = learn(data.samples, 3, seed=0, rates=[(5, 0.1), (8, 0.01)],
    ...             checkpoints=[2])
    >>> run.ages.tolist()
    [0, 2, 5, 8]
    """
    check_instance(visible, "visible", Unit)
    k = check_positive(k, "k", most=2**16)
    samples = check_samples(samples, visible, None, "samples")
    n_hidden = check_positive(n_hidden, "n_hidden", most=2**32)
    rates, bias = _check_rates(rates), check_real(bias, "bias", 0, 10)
    start = training.initial_machine(
        samples, n_hidden, scale=SCALE, seed=seed, visible=visible, hidden=SPIN
    )
    b = bias * (1.0 - 2.0 * (np.arange(n_hidden) % 2))
    run = training.begin(
        RBM(start.W, start.a, b, visible, SPIN),
        samples,
        k=k,
        batch_size=min(BATCH, len(samples)),
        learning_rate=rates[0][1],
        seed=seed,
        l1=l1,
        l2=l2,
    )
    stored = check_ages(checkpoints, rates[-1][0])
    stored = np.union1d(stored, [age for age, _ in rates])
    for end, rate in rates:
        run = replace(run, settings=run.settings | {"learning_rate": rate})
        ages = stored[(stored > run.ages[-1]) & (stored <= end)]
        run = training.resume(
            run, samples, n_updates=end, checkpoints=ages, progress=False
        )
    return run


def _check_rates(rates):
    """Return the rates as a list of pairs, or raise ValueError."""
    rates = check_array(rates, "rates", ("n_rates", 2), 0, open_low=True)
    ages = rates[:, 0]
    if (ages != np.floor(ages)).any() or (np.diff(ages) <= 0).any() or ages[-1] > 2**31:
        raise ValueError(
            "rates must begin with numbers of updates that increase, got "
            f"{ages.tolist()}"
        )
    return [(int(age), float(rate)) for age, rate in rates]
