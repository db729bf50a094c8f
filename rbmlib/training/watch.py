"""Signs that a run goes wrong, each said once as a warning.

It saturates: half of the hidden units are in one state for all data, up to 2 % of the
    variance that they can have; or, given the other layer, the units of both vary by
    less than 1 % of it, so that chains stand still.  The gradient passes through the
    variance, h (1 - h) for {0, 1} units: what is frozen hardly learns.
It diverges: the means of the persistent chains are further from those of the data than
    half the spread of the data, √Σ_i (⟨v_i⟩_chains - ⟨v_i⟩_data)² > ½ √Σ_i Var v_i, at
    a time at which biases alone would have fitted them: they approach as exp(-V t), t
    the sum of the learning rates and V a unit's variance.
Its chains fall behind: while its age doubled, from t to t', they have not forgotten.
    Along the three principal directions of where they were, their correlation ρ with
    where they are is above 1/e, so that their time τ = k (t' - t) / ln(1/ρ) is longer
    than the k (t' - t) sweeps that they made: they are samples of older machines.

A look at at most 200 samples and chains costs about an update.  There is one at the
first stored age from 50 updates on, and at the first after each doubling: at most five
in 1000 updates.  They take 0.1 to 2 percent of the time, 4 of a tiny machine's.
"""

import warnings

import numpy as np

from rbmlib.training.held import chosen

FIRST_LOOK = 50  # updates
N_ROWS = 200  # samples, and chains
DEAD, FROZEN = 0.02, 0.01  # shares of the largest variance
GAP = 0.5
SETTLED = 5.0  # times 1/V: what is left of a wrong bias is e⁻⁵
N_DIRECTIONS = 3
SIGMAS = 4.0  # of a statistic of so many chains


class Watch:
    """Looks at a run, and warns at most once for each reason.

    Parameters
    ----------
    run : Run
    """

    def __init__(self, run):
        self._next = max(FIRST_LOOK, run.age)
        self._before = None  # age and chains of the last look
        self._said = set()

    def look(self, run):
        """Warn if the run goes wrong, where a look is due."""
        if run.age < self._next:
            return
        self._next = 2 * run.age
        chains, _ = run.method.stored(run.state.chains)
        if chains is not None:
            chains = run.visible.encode(chains[:N_ROWS]).astype(np.float64)
        before, self._before = self._before, (run.age, chains)
        data = run.samples(chosen(len(run.data), N_ROWS))
        if data is None:
            return
        for name, found in {
            "saturates": saturation(run.machine(), data),
            "diverges": divergence(run, data, chains),
            "chains": lag(run, before, chains),
        }.items():
            if found and name not in self._said:
                self._said.add(name)
                text = f"training at update {run.age}: {found}"
                warnings.warn(text, RuntimeWarning, stacklevel=6)  # of the caller


def saturation(machine, data):
    """Return in words that units are frozen, or None."""
    visible, hidden = machine.visible.bits, machine.hidden.bits
    if hidden is None:
        return None
    mean = machine.mean_h(data)
    dead = (_spread(mean.mean(0), hidden) < DEAD).mean()
    found = None
    if dead >= 0.5:
        found = f"{100 * dead:.0f} % of its hidden units are in one state for all data"
    elif visible is not None and _spread(mean, hidden).mean() < FROZEN:
        h = np.where(2 * mean > 1 + hidden.low, 1.0, hidden.low)
        if _spread(machine.mean_v(h), visible).mean() < FROZEN:
            found = "given one layer, hardly a unit of the other can be in two states"
    if found is None:
        return None
    return (
        f"it saturates: {found}, so that it hardly learns. Take a smaller "
        "learning_rate, l2, or centred=True"
    )


def _spread(mean, bits):
    """Return the variance of units of these means, by the largest of a unit."""
    p = (mean - bits.low) / (1 - bits.low)
    return 4 * p * (1 - p)


def divergence(run, data, chains):
    """Return in words that the chains have left the data, or None."""
    if chains is None:
        return None
    columns = run.visible.encode(data).astype(np.float64)
    spread = columns.var(0)
    if run.time * spread.mean() < SETTLED:
        return None
    gap2 = np.square(chains.mean(0) - columns.mean(0)).sum() / spread.sum()
    if gap2 <= GAP**2 + SIGMAS / len(chains):
        return None
    return (
        "it diverges: the means of its chains and those of the data differ by "
        f"{np.sqrt(gap2):.2g} of the data's spread. Take a smaller learning_rate, or a "
        "larger k"
    )


def lag(run, before, chains):
    """Return in words that the chains have not forgotten where they were, or None."""
    if before is None or chains is None:
        return None
    age, old = before
    rho = correlation(old, chains)
    if rho <= max(np.exp(-1), SIGMAS / np.sqrt(len(chains))):
        return None
    sweeps = run.settings["k"] * (run.age - age)
    tau = sweeps / -np.log(rho) if rho < 1 else np.inf
    return (
        f"its chains fall behind: they still correlate by {rho:.2f} with where they "
        f"were at update {age}. They forget in about {tau:.2g} sweeps, and k * updates "
        f"were {sweeps}: they are samples of older machines. Take a larger k, or a "
        "smaller learning_rate"
    )


def correlation(old, new):
    """Return the correlation of chains with themselves, along principal directions.

    Parameters
    ----------
    old, new : ndarray of float64, shape (n_chains, n_columns)

    Returns
    -------
    float
        Pooled over the largest directions of the old ones; 0 where nothing varies.

    Examples
    --------
    >>> x = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    >>> round(correlation(x, x), 9), round(correlation(x, 1 - x), 9)
    (1.0, -1.0)
    """
    old, new = old - old.mean(0), new - new.mean(0)
    # The chains are fewer than the units: their own products have the directions.
    sizes, vectors = np.linalg.eigh(old @ old.T)
    vectors, sizes = vectors[:, -N_DIRECTIONS:], sizes[-N_DIRECTIONS:]
    x = vectors * np.sqrt(np.maximum(sizes, 0.0))
    kept = sizes > 1e-12 * max(sizes[-1], 1.0)
    x = x[:, kept]
    y = new @ (old.T @ (vectors[:, kept] / np.sqrt(sizes[kept])))
    norm = np.sqrt(np.square(x).sum() * np.square(y).sum())
    return float((x * y).sum() / norm) if norm > 0 else 0.0
