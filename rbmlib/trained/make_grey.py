"""Compare units for grey levels: the same portraits, of 16 × 16 pixels and 16 levels.

What is compared is one number with one meaning for each law: the mean log-probability
of the *levels* of a held-out portrait, in nats a pixel.  For categorical units it is
the log-likelihood.  A density becomes a probability by its integral over the bin of
each level, [level, level + 1).  Where pixels are independent given h, with densities
N(x_i; μ_i(h), σ²), the integral is known given h, and with x the middles of the bins

    P(levels) = p(x) ⟨Π_i ∫ N(y; μ_i(h), σ²) dy / N(x_i; μ_i(h), σ²)⟩_{h | x}.

The mean is taken over draws of h; log p(x) of a machine is by annealing.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from rbmlib import datasets, likelihood, randomness, sampling, scores, training
from rbmlib.trained.gallery import SEED
from rbmlib.trained.mixing import rounded
from rbmlib.units import Categorical, Gaussian

SIDE, N_LEVELS = 16, 16
N_HIDDEN = 64
N_DRAWS = 40  # of h, for each portrait
N, N_SETS, N_SWEEPS = 175, 4, 500  # samples that are scored, from noise
N_SHOWN = 6
# The better of 0.6 and 2 on a fifth of the training portraits.
VARIANCE = 2.0
# Updates, learning rate and scale of the first weights.
OF_GAUSSIAN, OF_CATEGORICAL = (2000, 3e-3, 1e-3), (1500, 0.05, 1e-2)


@dataclass(frozen=True)
class Law:
    """A law of levels.

    Attributes
    ----------
    log_p : callable
        Given levels, shape (n, n_pixels), returns the log-probability of each row.
    sample : callable
        Given a number, returns as many rows of levels.
    error : float
        Of all log-probabilities together, by that of log Z.
    """

    log_p: Callable
    sample: Callable
    error: float = 0.0


def levels():
    """Return the levels of training and held-out portraits, below `N_LEVELS`."""
    data = datasets.load("faces", size=SIDE, levels="grey")
    return [
        np.minimum(N_LEVELS * x.astype(float), N_LEVELS - 1).astype(int)
        for x in (data.train, data.test)
    ]


def judged(kind):
    """Return ``grey``, ``grey_scores`` and ``grey_samples`` of one of `KINDS`.

    ``grey`` has the log-probability of levels of training and of held-out portraits in
    nats a pixel, the standard error of the latter over portraits, and the error of
    log Z in nats a pixel.  ``grey_scores``, shape (3, 2), are second moments, A_S and
    A_T of the levels made bits, with their errors.
    """
    train, test = levels()
    law = kind(train)
    fitted, held_out = law.log_p(train), law.log_p(test)
    spread = held_out.std(ddof=1) / np.sqrt(len(held_out))
    found = fitted.mean(), held_out.mean(), spread, law.error
    samples = law.sample(N_SETS * N)
    return {
        "grey": np.round(np.array(found) / SIDE**2, 4),
        "grey_scores": rounded(_scores(samples, test)),
        "grey_samples": samples[:N_SHOWN].astype(np.uint8),
    }


def portraits():
    """Return ``grey_portraits``, the scores of training portraits."""
    train, test = levels()
    originals = train[: len(train) // 2]
    order = randomness.permutation(SEED, 0, len(originals))
    return {"grey_portraits": rounded(_scores(originals[order], test))}


def _scores(samples, test):
    """Return means over sets, and their errors, shape (3, 2), of levels made bits."""
    test, found = _bits(test), []
    for x in _bits(samples).reshape(-1, N, SIDE**2):
        accuracies = scores.adversarial_accuracy(x, test)
        found.append([scores.second_moment_error(x, test), *accuracies])
    found = np.array(found)
    return np.stack([found.mean(0), found.std(0, ddof=1) / np.sqrt(len(found))], -1)


def _bits(levels):
    return (levels > np.median(levels, 1)[:, None]).astype(np.float32)


def independent(train):
    """Return the law of pixels on their own, by counts, with one imagined of each."""
    counts = np.stack([(train == level).sum(0) + 1 for level in range(N_LEVELS)])
    p, pixels = counts / counts[:, 0].sum(), np.arange(train.shape[1])

    def sample(n):
        u = randomness.uniforms(SEED, randomness.REFERENCE, 0, range(n), len(pixels))
        return (u[:, None] >= p.cumsum(0)[:-1]).sum(1)

    return Law(lambda x: np.log(p[x, pixels]).sum(1), sample)


def gaussian_density(train):
    """Return that of a Gaussian with as many factors as the machines have hidden units.

    Probabilistic principal components: covariance V Vᵀ + σ², of maximum likelihood.
    It is a machine of Gaussian units on both sides.
    """
    mean = (train + 0.5).mean(0)
    values, vectors = np.linalg.eigh(np.cov(train.T, bias=True))
    variance = values[:-N_HIDDEN].mean()
    V = vectors[:, -N_HIDDEN:] * np.sqrt(values[-N_HIDDEN:] - variance)
    covariance = V @ V.T + variance * np.eye(len(mean))
    inverse = np.linalg.inv(covariance)
    log_det = np.linalg.slogdet(2 * np.pi * covariance)[1]
    posterior = np.linalg.inv(V.T @ V / variance + np.eye(N_HIDDEN))
    root = np.linalg.cholesky(posterior)

    def log_p(levels):
        d = levels + 0.5 - mean
        centre = d @ V @ posterior / variance
        log_density = -0.5 * (np.einsum("ni,ij,nj->n", d, inverse, d) + log_det)
        noise = (_normals(k, len(d), N_HIDDEN) for k in range(N_DRAWS))
        means = (mean + (centre + x @ root.T) @ V.T for x in noise)
        return log_density + bins_over_density(levels + 0.5, means, variance)

    def sample(n):
        noise = np.sqrt(variance) * _normals(1, n, len(mean))
        return _levels_of(mean + _normals(0, n, N_HIDDEN) @ V.T + noise)

    return Law(log_p, sample)


def gaussian_units(train):
    """Return that of a machine of Gaussian visible units."""
    machine, estimate = trained_on(train + 0.5, Gaussian(VARIANCE), *OF_GAUSSIAN)

    def log_p(levels):
        x = levels + 0.5
        p, chains = machine.mean_h(x), range(len(x))
        u = (
            randomness.uniforms(SEED, randomness.REFERENCE, k, chains, N_HIDDEN)
            for k in range(N_DRAWS)
        )
        means = (machine.mean_v((y < p).astype(float)) for y in u)
        log_density = -machine.free_energy(x) - estimate.log_z
        return log_density + bins_over_density(x, means, VARIANCE)

    return Law(log_p, lambda n: _levels_of(_generated(machine, n)), estimate.error)


def categorical_units(train):
    """Return that of a machine whose units have a state for each level."""
    machine, estimate = trained_on(train, Categorical(N_LEVELS), *OF_CATEGORICAL)

    def log_p(levels):
        return -machine.free_energy(levels) - estimate.log_z

    return Law(log_p, lambda n: _generated(machine, n).astype(int), estimate.error)


def trained_on(data, visible, n_updates, rate, scale):
    """Return a machine trained on these data, and the estimate of its log Z."""
    start = training.initial_machine(
        data, N_HIDDEN, scale=scale, seed=SEED, visible=visible
    )
    run = training.train(
        start,
        data,
        method="pcd",
        k=5,
        batch_size=200,
        n_chains=200,
        n_updates=n_updates,
        learning_rate=rate,
        seed=SEED,
        progress=False,
    )
    machine = run[-1].on_grid()
    return machine, likelihood.ais(
        machine, n_chains=40, n_temperatures=800, seed=SEED, data=data
    )


def _generated(machine, n):
    noise = sampling.random_start(machine, n, SEED)
    return sampling.gibbs(machine, noise, N_SWEEPS, SEED)[0]


def _levels_of(x):
    return np.clip(np.floor(x), 0, N_LEVELS - 1).astype(int)


def bins_over_density(x, means, variance):
    """Return log ⟨Π_i ∫ N / N⟩ for each row of the middles of bins.

    Parameters
    ----------
    x : ndarray, shape (n, n_pixels)
    means : iterable of ndarray, shape (n, n_pixels)
        μ(h), with h drawn given x.
    variance : float
    """
    each, sigma = [], np.sqrt(variance)
    for mean in means:
        z = -np.abs(x - mean) / sigma  # the tail whose digits are kept
        half = 0.5 / sigma
        inside = ndtr(z + half) - ndtr(z - half)
        density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi * variance)
        each.append(np.log(inside / density).sum(1))
    highest = np.max(each, 0)
    return highest + np.log(np.mean(np.exp(each - highest), 0))


def _normals(k, n, width):
    return randomness.normals(SEED, randomness.REFERENCE, k, range(n), width)


KINDS = (independent, gaussian_density, gaussian_units, categorical_units)
