"""Training: stochastic ascent of the log-likelihood, and its three Markov chains.

The data term of the gradient is a mean over a batch.  The model term needs samples of
the machine, and the methods differ in where their chains start:

- "cd": at the batch (contrastive divergence; G. Hinton (2002),
  doi:10.1162/089976602760128018);
- "pcd": where they stood after the last update (persistent chains; T. Tieleman (2008),
  doi:10.1145/1390156.1390290);
- "rdm": at uniform noise, at every update (E. Nijkamp et al. (2019), arXiv:1904.09770;
  A. Decelle, C. Furtlehner, B. Seoane (2021), arXiv:2105.13889);
- "exact": no chain, the sum over all states (small machines).

One update makes k sweeps (h given v, then v given h) and one step.  The parameters are
kept in double precision; the chains see them rounded to their grid.  For {0, 1} and ±1
units every bit of the result follows from the arguments.
"""

import hashlib
from dataclasses import replace

import numpy as np
from tqdm.auto import tqdm

from rbmlib import likelihood, randomness, sampling
from rbmlib.gradient import ascend, exact_statistics, mean_bits, statistics
from rbmlib.rbm import RBM
from rbmlib.trajectories import Trajectory
from rbmlib.units import BINARY, check_states, check_unit

METHODS = ("pcd", "cd", "rdm", "exact")


def initial_machine(
    data, n_hidden, *, scale=1e-4, seed, visible=BINARY, hidden=BINARY, clip=1e-4
):
    """Return the machine that training starts from.

    Visible biases reproduce the mean of the data, a = logit⟨v⟩ (artanh⟨v⟩ for ±1
    units); hidden biases are zero; weights are small and random.

    Parameters
    ----------
    data : array_like, shape (n_samples, n_visible)
    n_hidden : int
    scale : float
        Standard deviation of the weights.
    seed : int
    visible, hidden : unit types
    clip : float
        Mean probabilities are kept in [clip, 1 - clip], so that a pixel that is never
        on has a finite bias.

    Returns
    -------
    RBM

    Examples
    --------
    >>> initial_machine([[1, 0], [1, 1]], 1, seed=0).a.round(4).tolist()
    [9.2102, 0.0]
    """
    n_hidden = sampling.check_positive(n_hidden, "n_hidden")
    data = _check_data(data, check_unit(visible, "visible"))
    n_visible = data.shape[1]
    W = scale * randomness.bell(seed, randomness.WEIGHTS, (n_visible, n_hidden))
    mean = data.mean(0, dtype=np.float64)
    if visible.states is None:
        a = mean / visible.variance_at_rest
    else:
        low, high = visible.states
        p = np.clip((mean - low) / (high - low), clip, 1 - clip)
        # Rounded: the last bit of a library logarithm is not the same everywhere.
        a = np.rint(np.log(p / (1 - p)) * 2.0**20) * 2.0**-20 / (high - low)
    return RBM(W, a, np.zeros(n_hidden), visible, hidden)


def log_ages(n_updates, n_ages):
    """Return 0, n_updates and about n_ages ages between, evenly spaced in logarithm.

    Examples
    --------
    >>> log_ages(1000, 7).tolist()
    [0, 1, 3, 10, 32, 100, 316, 1000]
    """
    ages = np.rint(np.geomspace(1, n_updates, n_ages)).astype(np.int64)
    # A single age is the first of geomspace, not the last.
    return np.unique(np.concatenate([[0], ages, [n_updates]]))


def train(
    rbm, data, *, method="pcd", k=None, n_updates, batch_size=None, n_chains=None,
    learning_rate, seed, centred=True, checkpoints=30, progress=True,
):  # fmt: skip
    """Train a machine and return it at increasing ages.

    Parameters
    ----------
    rbm : RBM
        Start, for instance `initial_machine`.
    data : array_like, shape (n_samples, n_visible)
        States of the visible units.
    method : "pcd", "cd", "rdm" or "exact"
        See the module.  "exact" takes no k, batch_size and n_chains, and uses all data
        at each update.
    k : int
        Sweeps per update, at least 1.
    n_updates : int
        Number of updates.
    batch_size : int
        Samples per update, at most n_samples.  Batches run through a new permutation
        of the data in each epoch; what is left over is not used in that epoch.
    n_chains : int, optional
        Default: batch_size.  "cd" takes no other value.
    learning_rate : float
    seed : int
    centred : bool
        Centred gradient.
    checkpoints : int or sequence of int
        Number of ages, evenly spaced in logarithm, or the ages themselves.  Age 0 and
        n_updates are always stored.
    progress : bool
        Show a bar with updates per second and, at each checkpoint, the log-likelihood
        of (at most 1000) training data.

    Returns
    -------
    Trajectory
        Machines on their grids.  If interrupted from the keyboard, the ages reached so
        far; `resume` continues it to the same bits as an uninterrupted run.

    Raises
    ------
    ValueError, TypeError
        An argument that does not fit; the message says which and what was expected.

    Examples
    --------
    >>> data = np.tile([[1, 1, 0, 0], [0, 0, 1, 1]], (50, 1))
    >>> start = initial_machine(data, 2, scale=0.01, seed=0)
    >>> run = train(start, data, method="exact", n_updates=400, learning_rate=0.5,
    ...             seed=0, checkpoints=[100], progress=False)
    >>> run.ages.tolist()
    [0, 100, 400]
    >>> likelihood.log_likelihood(run[-1], data) > -1.2  # two states: at most -log 2
    True
    """
    data = _check_data(data, rbm.visible, rbm.n_visible)
    settings = _check_settings(
        len(data), method, k, batch_size, n_chains, learning_rate, seed, centred
    )
    settings["data_sha256"] = _fingerprint(data)
    start = Trajectory(
        ages=np.zeros(1, np.int64),
        machines=(rbm.on_grid(),),
        chains=_first_chains(rbm, settings),
        settings=settings,
        state={"W": rbm.W, "a": rbm.a, "b": rbm.b},
    )
    return resume(
        start, data, n_updates=n_updates, checkpoints=checkpoints, progress=progress
    )


def resume(trajectory, data, *, n_updates, checkpoints=30, progress=True):
    """Continue a training run to a larger number of updates.

    Parameters
    ----------
    trajectory : Trajectory
        Made by `train`, with its state (a file written by `Trajectory.save` keeps it).
    data : array_like
        The same data; other data are refused.
    n_updates : int
        Total number of updates, counted from the start of the run.
    checkpoints, progress
        As in `train`; ages that are already stored stay.

    Returns
    -------
    Trajectory
    """
    if trajectory.state is None:
        raise ValueError(
            "trajectory must hold the full-precision state of its last update to be "
            "resumed, got state=None (a run of another program, or a compact file)"
        )
    data = _check_data(data, trajectory[-1].visible, trajectory.n_visible)
    if _fingerprint(data) != trajectory.settings["data_sha256"]:
        raise ValueError("data must be the data the run began with; sha256 differs")
    done = int(trajectory.ages[-1])
    n_updates = sampling.check_positive(n_updates, "n_updates")
    if n_updates < done:
        raise ValueError(
            f"n_updates must be at least {done}, the age of the trajectory, "
            f"got {n_updates}"
        )
    ages = _check_ages(checkpoints, n_updates)
    run = _Run(trajectory, data)
    bar = tqdm(
        total=n_updates, initial=done, disable=not progress, unit=" updates",
        smoothing=0.1,
    )  # fmt: skip
    with bar:
        try:
            for age in ages[ages > done]:
                run.advance_to(age, bar)
                if progress:
                    bar.set_postfix_str(_likelihood_note(run.machine(), data))
        except KeyboardInterrupt:
            run.store()
            bar.set_postfix_str(f"stopped at update {run.age}")
    return run.trajectory()


class _Run:
    """The state of a run between two updates."""

    def __init__(self, trajectory, data):
        self.first, self.data = trajectory, data
        self.settings = trajectory.settings
        self.visible, self.hidden = trajectory[-1].visible, trajectory[-1].hidden
        self.W, self.a, self.b = (trajectory.state[x].copy() for x in "Wab")
        self.chains, self.age = trajectory.chains, int(trajectory.ages[-1])
        self.ages, self.machines = [], []
        self.epoch = None

    def machine(self):
        return RBM(self.W, self.a, self.b, self.visible, self.hidden)

    def advance_to(self, age, bar):
        while self.age < age:
            self.update()
            bar.update()
        self.store()

    def store(self):
        if self.age > max([int(self.first.ages[-1]), *self.ages]):
            self.ages.append(self.age)
            self.machines.append(self.machine().on_grid())

    def update(self):
        s = self.settings
        if s["method"] == "exact":
            machine = self.machine()
            data_term = exact_statistics(machine, self.data)
            model_term = exact_statistics(machine)
        else:
            sampler = sampling.Sampler(
                self.visible, self.hidden, self.W, self.a, self.b, s["seed"]
            )
            batch = self.batch()
            data_term = statistics(sampler, batch)
            v, _ = sampler.run(self.start(batch), s["k"], self.age * s["k"])
            model_term = statistics(sampler, v)
            self.chains = v if s["method"] == "pcd" else None
        ascend(
            self.W, self.a, self.b, data_term, model_term, s["learning_rate"],
            s["centred"],
        )  # fmt: skip
        self.age += 1

    def batch(self):
        size = self.settings["batch_size"]
        epoch, position = divmod(self.age, len(self.data) // size)
        if epoch != self.epoch:
            seed, n_samples = self.settings["seed"], len(self.data)
            self.epoch, self.order = (
                epoch,
                randomness.permutation(seed, epoch, n_samples),
            )
        return self.data[self.order[position * size : (position + 1) * size]]

    def start(self, batch):
        method = self.settings["method"]
        if method == "cd":
            return batch
        if method == "pcd":
            return self.chains
        n_chains, seed = self.settings["n_chains"], self.settings["seed"]
        return sampling.random_start(self.machine(), n_chains, seed, self.age)

    def trajectory(self):
        return replace(
            self.first,
            ages=np.concatenate([self.first.ages, np.array(self.ages, np.int64)]),
            machines=self.first.machines + tuple(self.machines),
            chains=self.chains,
            state={"W": self.W, "a": self.a, "b": self.b},
        )


def _first_chains(rbm, settings):
    if settings["method"] != "pcd":
        return None
    return sampling.random_start(rbm, settings["n_chains"], settings["seed"])


def _likelihood_note(rbm, data):
    """Return the log-likelihood of the first data, for the progress bar."""
    sample = data[:1000]
    if min(rbm.n_visible, rbm.n_hidden) <= 12:
        return f"log-likelihood {likelihood.log_likelihood(rbm, sample):.3f} (exact)"
    log_z = likelihood.ais(rbm, n_chains=100, n_temperatures=200, seed=0).log_z
    value = likelihood.log_likelihood(rbm, sample, log_z=log_z)
    return f"log-likelihood {value:.2f} (AIS)"


def _fingerprint(data):
    return hashlib.sha256(np.ascontiguousarray(data).tobytes()).hexdigest()


def _check_data(data, unit, n_visible=None):
    data = np.asarray(data)
    if data.ndim != 2 or len(data) == 0:
        raise ValueError(
            "data must have shape (n_samples, n_visible) with at least one sample, "
            f"got {data.shape}"
        )
    dtype = np.float64 if unit.states is None else np.float32
    return check_states(data, unit, n_visible or data.shape[1], "data", dtype)


def _check_ages(checkpoints, n_updates):
    if np.ndim(checkpoints) == 0:
        return log_ages(n_updates, sampling.check_positive(checkpoints, "checkpoints"))
    ages = np.asarray(checkpoints)
    if ages.dtype.kind not in "iu" or np.any((ages < 0) | (ages > n_updates)):
        raise ValueError(
            f"checkpoints must be integers in [0, {n_updates}], got {checkpoints!r}"
        )
    return np.unique(np.append(ages, n_updates))


def _check_settings(
    n_samples, method, k, batch_size, n_chains, learning_rate, seed, centred
):
    if method not in METHODS:
        raise ValueError(f"method must be one of {METHODS}, got {method!r}")
    if not (np.isscalar(learning_rate) and 0 < learning_rate < np.inf):
        raise ValueError(
            f"learning_rate must be a finite positive number, got {learning_rate!r}"
        )
    settings = {
        "method": method,
        "learning_rate": float(learning_rate),
        "seed": randomness.check_seed(seed),
        "centred": bool(centred),
    }
    chain = {"k": k, "batch_size": batch_size, "n_chains": n_chains}
    if method == "exact":
        for name, value in chain.items():
            if value is not None:
                raise ValueError(f"{name} must be left out for method='exact'")
        return settings
    settings["k"] = sampling.check_positive(k, "k")
    size = settings["batch_size"] = sampling.check_positive(batch_size, "batch_size")
    if size > n_samples:
        raise ValueError(
            f"batch_size must be at most the number of samples, {n_samples}, got {size}"
        )
    settings["n_chains"] = sampling.check_positive(
        size if n_chains is None else n_chains, "n_chains"
    )
    if method == "cd" and settings["n_chains"] != size:
        raise ValueError(
            f"n_chains must equal batch_size for method='cd' (its chains start at the "
            f"batch), got {n_chains} and {size}"
        )
    mean_bits(max(size, settings["n_chains"]))
    return settings
