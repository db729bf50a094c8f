"""The categorical (Potts) unit: one of q states, each with a column of weights.

A unit in state k contributes a_k + Σ_j W_kj h_j: the layer is seen through its one-hot
columns.  Only differences between the states of a unit matter, so that adding the same
numbers to all its columns changes nothing; `zero_sum` takes this freedom away.
"""

from dataclasses import dataclass, replace
from math import prod

import numpy as np
from scipy.special import logsumexp, softmax

from rbmlib import randomness
from rbmlib.checks import as_numbers, check_integers, check_positive
from rbmlib.units.categorical_means import CategoricalMeans
from rbmlib.units.choice import choose, pick, weight_bits, weights
from rbmlib.units.unit import Unit, check_dtype

MOST_STATES = 256  # beyond, integer weights would be too coarse (`choice`)


@dataclass(frozen=True)
class Categorical(CategoricalMeans, Unit):
    """Unit with the states 0 … q - 1: Γ(x) = log Σ_k exp x_k.

    Parameters
    ----------
    q : int or sequence of int
        Number of states of every unit of the layer, or one number for each unit.  With
        one number, W has the shape (n_visible, q, n_hidden) and a (n_visible, q); with
        one for each unit, W has (Σ q, n_hidden) and a (Σ q,), unit by unit.

    Raises
    ------
    ValueError, TypeError
        Numbers that are no integers from 2 to 256.

    Examples
    --------
    >>> from rbmlib.rbm import RBM
    >>> machine = RBM([[[1.0], [0.0], [-1.0]]], [[0, 0, 0]], [0], Categorical(3))
    >>> machine.mean_h([[0], [1], [2]]).round(3).ravel().tolist()
    [0.731, 0.5, 0.269]
    """

    q: int | tuple
    name = "categorical"
    letter = "P"  # of Potts
    low, high = 0.0, 1.0  # of the probabilities, which are the means of the columns
    dtype = np.int32

    def __post_init__(self):
        q = self.q
        if hasattr(q, "__len__") and getattr(q, "ndim", 1):
            q = tuple(check_integers(q, "q", ("n_visible",), 2, MOST_STATES).tolist())
        else:
            q = check_positive(q, "q", 2, MOST_STATES)
        object.__setattr__(self, "q", q)

    @property
    def states(self):
        """The states of the unit with most of them."""
        return tuple(range(int(np.max(self.q))))

    @property
    def expected(self):
        """What states are, in words for a message."""
        return f"states of categorical units, integers from 0 to q - 1, q = {self.q}"

    # ------------------------------------------------------------ the layer

    def part(self, kept):
        """Return the type of the sites for which the mask is True, as `Unit.part`."""
        if np.ndim(self.q) == 0:
            return self
        return replace(self, q=np.asarray(self.q)[kept].tolist())

    def widths(self, n_units):
        """Return the number of states of each unit."""
        return np.broadcast_to(np.array(self.q), n_units)

    def first_columns(self, n_units):
        """Return the number of the first column of each unit."""
        q = self.widths(n_units)
        return np.cumsum(q) - q

    def by_column(self, x):
        """Return numbers of the units, repeated for each of their columns."""
        return np.repeat(x, self.widths(x.shape[-1]), axis=-1)

    def bias_shape(self, n_units):
        """Return the shape of the biases of a layer; W has it as part of its own."""
        return (n_units, self.q) if np.ndim(self.q) == 0 else (sum(self.q),)

    def check_bias(self, bias, argument):
        """Raise ValueError unless these are biases of a layer."""
        if np.ndim(self.q) == 0:
            good = bias.ndim == 2 and bias.shape[1] == self.q
            expected = f"(n_visible, {self.q})"
        else:
            good, expected = bias.shape == (sum(self.q),), f"({sum(self.q)},)"
        if not good:
            raise ValueError(
                f"{argument} must have the shape {expected} for {self!r}, got "
                f"{bias.shape}"
            )

    def n_units(self, bias):
        """Return the number of units of a layer with these biases."""
        return np.size(bias) // self.q if np.ndim(self.q) == 0 else len(self.q)

    def _by_unit(self, x):
        """Return (units, columns) for each group of units of equal q, and x by unit.

        Yields index arrays of units, of columns, and x of shape (..., n, q).
        """
        n_columns = x.shape[-1]
        n_units = self.n_units(np.empty(n_columns))
        q, first = self.widths(n_units), self.first_columns(n_units)
        for n in np.unique(q):
            units = np.flatnonzero(q == n)
            columns = first[units, None] + np.arange(n)
            yield units, columns, x[..., columns]

    def encode(self, s):
        """Return the one-hot columns of states, float32 of shape (..., n_columns)."""
        q = self.widths(s.shape[-1])
        out = np.zeros(s.shape[:-1] + (int(q.sum()),), np.float32)
        np.put_along_axis(out, s + self.first_columns(len(q)), 1, axis=-1)
        return out

    def dot(self, s, X, out=None):
        """Return the sum of the rows of X that the states select, as `Unit.dot`."""
        first = self.first_columns(s.shape[-1])
        total = np.zeros(s.shape[:-1] + X.shape[1:], X.dtype) if out is None else out
        total[...] = 0
        for i in range(s.shape[-1]):
            total += X[first[i] + s[..., i]]
        return total

    def gauge_fixed(self, X):
        """Return X with the mean over the states of each unit taken off."""
        out = X.copy()
        for _, columns, _ in self._by_unit(np.empty(len(X))):
            out[columns] -= X[columns].mean(1, keepdims=True)
        return out

    # ------------------------------------------------------------ the law in a field

    def log_partition(self, x):
        """Return Γ, shape (..., n_units), in the fields x, shape (..., n_columns)."""
        x = np.asarray(x)
        if np.ndim(self.q) == 0:
            return logsumexp(x.reshape(x.shape[:-1] + (-1, self.q)), axis=-1)
        out = np.empty(x.shape[:-1] + (len(self.q),))
        for units, _, fields in self._by_unit(x):
            out[..., units] = logsumexp(fields, axis=-1)
        return out

    def mean(self, x):
        """Return the probability of each state, of the shape of the fields x."""
        x = np.asarray(x, float)
        if np.ndim(self.q) == 0:
            by_unit = x.reshape(x.shape[:-1] + (-1, self.q))
            return softmax(by_unit, axis=-1).reshape(x.shape)
        out = np.empty(x.shape)
        for _, columns, fields in self._by_unit(x):
            out[..., columns] = softmax(fields, axis=-1)
        return out

    def mean_of_draws(self, x):
        """Return the ratios of integer weights by which `draw` chooses: exact."""
        out = np.empty(x.shape)
        for _, columns, fields in self._by_unit(np.asarray(x, np.float32)):
            w = weights(fields).astype(np.float64)
            out[..., columns] = w / w.sum(-1, keepdims=True)
        return out

    def variance(self, x):
        """Return p(1 - p) of each state, of the shape of the fields x."""
        return self.variance_at(self.mean(x))

    def energy(self, s):
        """Return the unit's own energy: none."""
        return np.zeros(s.shape)

    def draw(self, x, seed, stream, sweep, chains):
        """Return states in the fields x; parameters as in `Unit.draw`.

        One word of random bits decides a unit, by a fixed sequence of operations
        (`rbmlib.units.choice`): this defines what the kernels do.
        """
        q = self.widths(self.n_units(x[0]))
        words = randomness.draws(seed, stream, sweep, chains, len(q))
        return choose(x.astype(np.float32, copy=False), words, q)

    def draw_at(self, mean, seed, stream, sweep, chains):
        """Return states of the given probabilities, as `Unit.draw_at`."""
        words = randomness.draws(seed, stream, sweep, chains, self.n_units(mean[0]))
        out = np.empty(words.shape, np.int32)
        for units, _, p in self._by_unit(mean):
            w = np.rint(p * 2.0 ** weight_bits(p.shape[-1])).astype(np.uint64)
            out[:, units] = pick(w, words[:, units])
        return out

    # ------------------------------------------------------------ states

    def allowed(self, x):
        """Return which values are states, elementwise."""
        x = np.asarray(x, float)
        return (x >= 0) & (x < self.widths(x.shape[-1])) & (x == np.floor(x))

    def check(self, x, n_units, argument, dtype=None):
        """Return x as an array of states, int32, or refuse it, as `Unit.check`.

        Examples
        --------
        >>> Categorical(3).check([[0, 2]], 2, "v")
        array([[0, 2]], dtype=int32)
        """
        n_units = self.check_n_units(n_units)
        check_dtype(dtype)
        x = as_numbers(x, argument, np.float64)
        x = x.astype(np.int8) if x.dtype == bool else x
        return super().check(x, n_units, argument)

    def n_states(self, n_units):
        """Return the number of states of a layer, or refuse its number of units."""
        self.check_n_units(n_units)
        return prod(self.widths(n_units).tolist())

    def states_between(self, n_units, start, stop):
        """Return the states number start to stop - 1 of a layer, last unit fastest."""
        numbers = np.unravel_index(np.arange(start, stop), self.widths(n_units))
        return np.stack(numbers, axis=-1).astype(np.int32)

    # ------------------------------------------------------------ files

    def parameters(self):
        """Return what a file must say of the unit: q, if there are several."""
        return {} if np.ndim(self.q) == 0 else {"q": np.array(self.q, np.int64)}

    @classmethod
    def from_file(cls, parameters, shape):
        """Return the unit of a file's `parameters` and weights of this shape.

        Raises
        ------
        ValueError
            Weights that do not say the number of states.
        """
        if "q" not in parameters and len(shape) != 3:
            raise ValueError(
                "weights of categorical units must have the shape (n_visible, q, "
                f"n_hidden), got {shape}"
            )
        return cls(parameters.get("q", shape[1]))

    # ------------------------------------------------------------ biases from data

    def smoothed_mean(self, s):
        """Return shares of the states with one imagined sample of each."""
        q = self.widths(s.shape[1])
        counts = self.encode(s).sum(0, dtype=np.float64)
        return (counts + 1) / np.repeat(len(s) + q, q)

    def bias_of_mean(self, mean, clip=0.0):
        """Return the biases of free units with these shares, which sum to zero."""
        logs = np.log(np.clip(mean, clip, 1 - clip))
        for _, columns, by_unit in self._by_unit(logs):
            logs[columns] = by_unit - by_unit.mean(-1, keepdims=True)
        rounded = np.rint(logs * 2.0**20) * 2.0**-20
        return rounded.reshape(self.bias_shape(self.n_units(mean)))
