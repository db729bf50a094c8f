"""What a unit type knows about itself: everything that depends on the kind of unit.

A unit of a layer feels one input field x and has the law p(s) ∝ exp(x s - e(s)), with
e(s) its own energy.  All that the library needs of it follows from the log-partition
function Γ(x) = log Σ_s exp(x s - e(s)): the mean is Γ', the variance Γ''.  Mean field
looks at the same unit as a function of its mean.

`Unit` is a unit whose state is one number.  A layer then has one column of weights for
each unit.  A categorical unit has one column for each of its states (`categorical`);
what acts on columns is written so that it can say otherwise.
"""

from typing import NamedTuple

import numpy as np

from rbmlib.checks import as_numbers, check_choice, check_positive, said
from rbmlib.units.at_mean import AtMean


class Bits(NamedTuple):
    """How the kernels see a unit of two states, of which the upper one is 1."""

    gain: float  # the upper state has the probability σ(gain x)
    low: float  # the lower state


class Unit(AtMean):
    """A unit whose state is one number: what is common to all such units.

    A new type of unit overrides what it must: `log_partition`, `mean`, `variance`,
    `draw`, and, for mean field, what it is at a given mean.

    Attributes
    ----------
    name : str
        For messages and the repr of a machine.
    letter : str or None
        For the type of a machine in files.
    states : tuple of float, or None
        The states of a discrete unit; None for a continuous one.
    bits : Bits or None
        For the kernels on bits; None if they cannot draw the unit.
    dtype : dtype
        Of an array of states.  Discrete units have float32, whose sums on a grid are
        exact (`rbmlib.grid`).
    low, high : float
        Bounds of states and means.
    own_variance : float or None
        σ² of the own energy s²/2σ²; None for units without one, whose Γ grows only
        linearly.
    quadratic : bool
        Γ is a quadratic function: integrals over the unit are Gaussian.
    coefficients : tuple of float, or None
        Of a quadratic variance function (`quadratic`).
    plefka_orders : tuple of int
        Orders of mean field for which the derivatives below are known.
    """

    name = letter = states = bits = own_variance = coefficients = None
    low, high = -np.inf, np.inf
    dtype = np.float64
    quadratic = False
    plefka_orders = (1,)

    # ------------------------------------------------------------ the layer

    def bias_shape(self, n_units):
        """Return the shape of the biases of a layer; W has it as part of its own."""
        return (n_units,)

    def check_bias(self, bias, argument):
        """Raise ValueError unless these are biases of a layer."""
        if bias.ndim != 1:
            raise ValueError(
                f"{argument} must have 1 dimension(s), got shape {bias.shape}"
            )

    def n_units(self, bias):
        """Return the number of units of a layer with these biases."""
        return len(bias)

    def part(self, kept):
        """Return the type of those units of a layer for which the mask is True."""
        return self

    def widths(self, n_units):
        """Return the number of columns of each unit, or None where it is one."""
        return None

    def by_column(self, x):
        """Return numbers of the units, shape (..., n_units), one for each column."""
        return x

    def dot(self, s, X, out=None):
        """Return the product of states with rows of numbers, one for each column.

        Parameters
        ----------
        s : ndarray, shape (..., n_units)
        X : ndarray, shape (n_columns,) or (n_columns, n)
            Biases, or weights; its dtype is that of the sums.
        out : ndarray, optional
            Where to write the result.
        """
        return np.matmul(s.astype(X.dtype, copy=False), X, out=out)

    def encode(self, s):
        """Return the states column by column, shape (..., n_columns)."""
        return s

    def gauge_fixed(self, X):
        """Return rows of numbers X, one for each column, without what has no effect."""
        return X

    # ------------------------------------------------------------ the law in a field

    def energy(self, s):
        """Return the unit's own energy, shape (..., n_units)."""
        if self.own_variance is None:
            return np.zeros_like(s)
        return np.square(s) / (2.0 * self.own_variance)

    def mean_of_draws(self, x):
        """Return the mean of what `draw` draws in the fields x."""
        return self.mean(x)

    def draw(self, x, seed, stream, sweep, chains):
        """Return states in the fields x, each from its own address.

        Parameters
        ----------
        x : ndarray, shape (n_chains, n_columns)
        seed, stream, sweep : int
            As in `rbmlib.randomness.draws`.
        chains : ndarray of int, shape (n_chains,)
            Global indices of the chains.

        Returns
        -------
        ndarray of `dtype`, shape (n_chains, n_units)
        """
        raise NotImplementedError

    def draw_at(self, mean, seed, stream, sweep, chains):
        """Return states of units at rest in fields that give them these means.

        Parameters and result as of `draw`, with means, shape (n_chains, n_columns), in
        the place of fields.
        """
        raise NotImplementedError

    # ------------------------------------------------------------ states

    def allowed(self, x):
        """Return which values are states, elementwise."""
        if self.states is None:
            return np.isfinite(x)
        return (x == self.states[0]) | (x == self.states[1])

    @property
    def expected(self):
        """What states are, in words for a message."""
        if self.states is None:
            return "finite numbers"
        return f"states of {self.name} units, " + " or ".join(
            f"{state:g}" for state in self.states
        )

    def check(self, x, n_units, argument, dtype=None):
        """Return x as an array of configurations of a layer, or refuse it.

        Parameters
        ----------
        x : array_like, shape (..., n_units)
        n_units : int
        argument : str
            Name that the error message uses.
        dtype : np.float32 or np.float64, optional
            Of the result; integer states stay integers.  Default: the unit's own.

        Returns
        -------
        ndarray, shape (..., n_units)

        Raises
        ------
        ValueError
            Wrong last dimension, not numeric, masked, not finite, or a value that is no
            state of the unit (for instance -1 given to a {0, 1} unit).
        TypeError, ValueError
            A number of units that is no integer >= 1.

        Examples
        --------
        >>> from rbmlib.units import BINARY
        >>> BINARY.check([[1, 0]], 2, "v")
        array([[1., 0.]], dtype=float32)
        >>> BINARY.check([[1, -1]], 2, "v")
        Traceback (most recent call last):
        ...
        ValueError: v must hold states of binary units, 0 or 1; got -1
        """
        n_units = check_positive(n_units, "n_units")
        dtype = check_dtype(dtype) or self.dtype
        x = as_numbers(x, argument, dtype)
        if x.ndim == 0 or x.shape[-1] != n_units:
            raise ValueError(
                f"{argument} must have shape (..., {n_units}), got {x.shape}"
            )
        allowed = self.allowed(x)
        if not allowed.all():
            bad = x[~allowed].flat[0]
            raise ValueError(f"{argument} must hold {self.expected}; got {said(bad)}")
        return x.astype(dtype, copy=False)

    def n_states(self, n_units):
        """Return the number of states of a layer, or None if they are not discrete."""
        return None if self.states is None else len(self.states) ** n_units

    def states_between(self, n_units, start, stop):
        """Return the states number start to stop - 1 of a layer, last unit fastest.

        Returns
        -------
        ndarray of float64, shape (stop - start, n_units)
        """
        numbers = np.arange(start, stop, dtype=np.int64)[:, None]
        bits = (numbers >> np.arange(n_units - 1, -1, -1)) & 1
        return np.where(bits == 1, self.high, self.low)

    # ------------------------------------------------------------ files

    def parameters(self):
        """Return what a file must say of the unit beside its letter, as a dict."""
        return {}

    @classmethod
    def from_file(cls, parameters, shape):
        """Return the unit of a file's `parameters` and weights of this shape."""
        return cls()

    # ------------------------------------------------------------ biases from data

    def smoothed_mean(self, s):
        """Return the mean of samples and one imagined sample of each state.

        With it no bias of a discrete unit is infinite.  Shape (n_columns,).
        """
        if self.states is None:
            return s.mean(0)
        return (s.sum(0, dtype=np.float64) + sum(self.states)) / (
            len(s) + len(self.states)
        )

    def bias_of_mean(self, mean, clip=0.0):
        """Return the biases at which free units have these means.

        Parameters
        ----------
        mean : ndarray, shape (n_columns,)
        clip : float
            Probabilities of states are kept in [clip, 1 - clip].

        Returns
        -------
        ndarray, of the shape of the layer's biases
            For discrete units on multiples of 2^-20, because the last bit of a
            library's logarithm is not the same everywhere.
        """
        raise NotImplementedError


def check_dtype(dtype):
    """Return a dtype that numbers of units may have, or None, or refuse it."""
    return check_choice(dtype, "dtype", (None, np.float32, np.float64))
