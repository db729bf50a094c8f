"""Measure what the gallery shows of the faces: likelihoods, distances and scores."""

from functools import cache, partial

import numpy as np
from sklearn.linear_model import Ridge

from rbmlib import datasets, likelihood, randomness, scores
from rbmlib.trained import make_grey, runs
from rbmlib.trained.gallery import (
    FIRST_AGE,
    N_SHOWN,
    RUN,
    SEED,
    SHAPE,
    from_noise,
    moments,
    walk,
)
from rbmlib.trained.mixing import rounded
from rbmlib.trained.pieces import kept
from rbmlib.trajectories import Trajectory

N_CHAINS, N_TEMPERATURES = 80, 4000  # of annealing
JUDGED = (391, 879, 1977, 3393, 4446, 7632)  # ages of the run
N = 175  # portraits held out, and samples of each set that is scored
N_SETS = 4
LIKELIHOOD = (
    *("log_z", "error", "at_least", "train", "test", "train_error", "test_error"),
    *("train_at_most", "test_at_most", "at_most"),
)
PORTRAITS = (0, 30, 60)  # held out, that are shown
PENALTIES = (30.0, 100.0, 300.0, 1000.0)  # of ridge regression


def make(work=None):
    """Return {name: array}, as `gallery.load` does.

    Parameters
    ----------
    work : path, optional
        Folder for finished pieces: an interrupted run goes on from there.
    """
    folder = None if work is None else work / "gallery"
    rows = [kept(folder, f"likelihood-{age}", partial(judged, age)) for age in JUDGED]
    found = _joined(rows)
    age = int(found["chosen"])
    for key, piece in (
        ("shares", shares),
        (f"samples-{age}", partial(of_samples, age)),
        (f"scores-{age}", partial(scored, age)),
        ("portraits", portraits),
    ):
        found |= kept(folder, key, piece)
    laws = [
        kept(folder, f"grey-{kind.__name__}", partial(make_grey.judged, kind))
        for kind in make_grey.KINDS
    ]
    found |= {key: np.array([law[key] for law in laws]) for key in laws[0]}
    return found | kept(folder, "grey-portraits", make_grey.portraits)


@cache
def _faces():
    return datasets.load("faces")


def judged(age):
    """Return the log-likelihoods of an age, and the verdict on them."""
    data, machine = _faces(), runs.load(RUN).trajectory.at(age)
    row = likelihood.assess(
        Trajectory([age], [machine]),
        data.train,
        data.test,
        n_chains=N_CHAINS,
        n_temperatures=N_TEMPERATURES,
        seed=SEED,
    )[0]
    return {
        "likelihood": np.round([getattr(row, name) for name in LIKELIHOOD], 2),
        "verdicts": row.verdict,
    }


def _joined(rows):
    """Return the likelihoods of all ages, and the age that they choose.

    It is that of `rbmlib.likelihood.Assessment.best`.
    """
    table = np.array([row["likelihood"] for row in rows])
    verdicts = np.array([str(row["verdicts"]) for row in rows])
    least = np.minimum(
        *(table[:, LIKELIHOOD.index(x)] for x in ("test", "test_at_most"))
    )
    return {
        "ages": np.array(JUDGED),
        "likelihood": table,
        "verdicts": verdicts,
        "chosen": np.array(JUDGED[least.argmax()]),
    }


@cache
def walked():
    """Return {age: samples} of the walk along the ages."""
    return dict(walk(N_SETS * N))


def shares():
    """Return, age by age, how much nearer samples are to training images."""
    data, nearer, taken = _faces(), [], []
    for age in JUDGED:
        v = walked()[age]
        nearer.append(scores.nearer_share(v, data.test, data.train))
        taken.append(training_side(v, data))
    return {"share": np.round(nearer, 4), "side": np.round(taken, 4)}


def training_side(v, data):
    """Return the share of samples whose nearest portrait is one of training.

    Portraits held out stand against as many of the training portraits, `N_SETS` times
    others of them.  With s the scatter over these, each set of either kind contributes
    s² to the variance: s²/N_SETS those of training, s² those held out, always the same.
    """
    _, far = scores.nearest_of(v, data.test)
    found = []
    for part in _originals(data).reshape(N_SETS, N, -1):
        _, near = scores.nearest_of(v, part)
        found.append(np.mean((near < far) + 0.5 * (near == far)))
    error = np.std(found, ddof=1) * np.sqrt(1 + 1 / N_SETS)
    return np.mean(found), error


def _originals(data):
    """Return the training portraits in random order, without those mirrored."""
    originals = data.train[: len(data.train) // 2]
    return originals[randomness.permutation(SEED, 0, len(originals))]


def of_samples(age):
    """Return the distances of samples and portraits to their nearest training images.

    For the first samples also these images.
    """
    data, v = _faces(), walked()[age]
    which, distance = scores.nearest_of(v, data.train)
    nearest = data.train[which[:N_SHOWN]].astype(np.uint8)
    return {
        "distance": distance.astype(np.int16),
        "held_out_distance": scores.nearest_of(data.test, data.train)[1].astype(
            np.int16
        ),
        "nearest_bits": np.packbits(nearest, axis=1),
    }


def scored(age):
    """Return the scores of samples, and what they are compared with."""
    data = _faces()
    n = N_SETS * N
    candidates = (
        walked()[age],
        from_noise(age, n),
        walked()[FIRST_AGE],
        scores.binarised_gaussian(*moments(), n, SEED),
        _originals(data),
    )
    rows = [
        _mean_and_error([scores_of(x, data.test) for x in v.reshape(-1, N, v.shape[1])])
        for v in candidates
    ]
    return {"scores": rounded(rows)}


def scores_of(samples, data):
    """Return the scores of a set of samples, in the order of `gallery.SCORES`."""
    return [
        scores.second_moment_error(samples, data),
        scores.third_moment_error(samples, data),
        *scores.adversarial_accuracy(samples, data),
        scores.compressed_size(samples) / scores.compressed_size(data) - 1,
        scores.spectral_distance(samples, data, SHAPE),
    ]


def _mean_and_error(rows):
    """Return the means of columns and their standard errors, shape (n_columns, 2)."""
    rows = np.array(rows)
    return np.stack([rows.mean(0), rows.std(0, ddof=1) / np.sqrt(len(rows))], -1)


def portraits():
    """Return three portraits, and how much bits tell of the grey levels of others.

    Of each pixel the grey level is predicted from all bits of the image, linearly, with
    a penalty (ridge) chosen on a part of the training portraits.  "shape" is what is
    left of the levels after the mean of each image and its contrast are taken off.
    """
    bits = _faces()
    grey = datasets.load("faces", size=SHAPE[0], levels="grey")
    shown = np.rint(255 * grey.test[list(PORTRAITS)]).astype(np.uint8)
    return {
        "portraits": shown,
        "portrait_bits": np.packbits(
            bits.test[list(PORTRAITS)].astype(np.uint8), axis=1
        ),
        "explained": np.round(
            [explained(bits, grey, whole) for whole in (True, False)], 3
        ),
    }


def explained(bits, grey, whole):
    """Return the share of variance of the held-out grey levels that bits predict.

    Parameters
    ----------
    bits, grey : Dataset
    whole : bool
        False: each image's mean and contrast are taken off its levels first.
    """
    levels = [x.astype(float) for x in (grey.train, grey.test)]
    if not whole:
        levels = [(x - x.mean(1)[:, None]) / x.std(1)[:, None] for x in levels]
    n = len(levels[0])
    people = np.arange(n) % (n // 2)  # a portrait and its mirror image are of one
    fitted = people % 5 > 0
    errors = []
    for penalty in PENALTIES:
        model = Ridge(penalty).fit(bits.train[fitted], levels[0][fitted])
        errors.append(_misfit(model, bits.train[~fitted], levels[0][~fitted]))
    model = Ridge(PENALTIES[int(np.argmin(errors))]).fit(bits.train, levels[0])
    around = levels[1] - levels[0].mean(0)
    return 1 - _misfit(model, bits.test, levels[1]) / np.mean(around**2)


def _misfit(model, bits, levels):
    return np.mean((model.predict(bits) - levels) ** 2)
