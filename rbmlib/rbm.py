"""The Restricted Boltzmann Machine: two layers, and no coupling inside a layer.

E(v, h) = -v·W·h - a·v - b·h (+ the own energy of Gaussian units),
p(v, h) = exp(-E(v, h)) / Z.

Because no two units of a layer are coupled, each layer can be summed out in closed
form: hidden unit j feels the field x_j = b_j + Σ_i W_ij v_i and contributes its
log-partition function Γ(x_j).  P. Smolensky (1986) introduced the model as
"harmonium"; A. Decelle and C. Furtlehner (2021), doi:10.1088/1674-1056/abd160, review
its statistical physics.
"""

from dataclasses import dataclass

import numpy as np

from rbmlib import enumeration, randomness
from rbmlib.checks import check_instance, check_parameter, check_positive, check_real
from rbmlib.files.machine import Stored
from rbmlib.grid import round_to_grid
from rbmlib.units import BINARY, SPIN, Unit, check_unit
from rbmlib.units.gaussian import joint_log_z
from rbmlib.units.layers import Columns, check_one_column, check_pairs, check_parameters
from rbmlib.units.sizes import LARGEST
from rbmlib.units.two_states import with_states_of

MAX_SCALE = LARGEST / 6  # no number of `randomness.bell` is larger than 6


@dataclass(frozen=True, eq=False)
class RBM(Stored):
    """A machine: weights, biases and the types of its units.

    Parameters
    ----------
    W : array_like, shape (n_visible, n_hidden)
        Weights.
    a : array_like, shape (n_visible,)
        Visible biases.
    b : array_like, shape (n_hidden,)
        Hidden biases.
    visible, hidden : BINARY, SPIN, GAUSSIAN or Gaussian(variance)

    Raises
    ------
    ValueError
        Shapes that do not fit, values not finite or too large (`rbmlib.units.sizes`),
        or a Gaussian–Gaussian machine without a norm (singular value ≥ 1/(σ_v σ_h)).

    Examples
    --------
    >>> machine = RBM(W=[[1.0], [2.0]], a=[0.0, -1.0], b=[0.5])
    >>> machine
    RBM(2 binary visible, 1 binary hidden)
    >>> float(machine.energy([1, 1], [1]))
    -2.5
    >>> machine.hidden_field([1, 1]).tolist(), machine.visible_field([1]).tolist()
    ([3.5], [1.0, 1.0])
    >>> machine.mean_h([1, 1]).round(4).tolist(), machine.mean_v([1]).round(4).tolist()
    ([0.9707], [0.7311, 0.7311])
    >>> float(machine.hidden_free_energy([1]).round(4))
    -3.1265
    """

    W: np.ndarray
    a: np.ndarray
    b: np.ndarray
    visible: Unit = BINARY
    hidden: Unit = BINARY

    def __post_init__(self):
        check_unit(self.visible, "visible")
        check_unit(self.hidden, "hidden")
        for name in ("W", "a", "b"):
            object.__setattr__(self, name, check_parameter(getattr(self, name), name))
        check_parameters(*self._p, self.visible, self.hidden)

    @classmethod
    def random(
        cls,
        n_visible,
        n_hidden,
        *,
        scale=0.1,
        bias_scale=0.0,
        seed,
        visible=BINARY,
        hidden=BINARY,
    ):
        """Return a machine with independent, approximately normal parameters.

        Parameters
        ----------
        n_visible, n_hidden : int
        scale, bias_scale : float
            Standard deviations of the weights and of both biases.
        seed : int
            In [0, 2^64).  The same bits on every machine.
        visible, hidden : unit types
            Of one column of weights each: not categorical ones.

        Raises
        ------
        ValueError, TypeError
            No integers >= 1, scales that are not finite, a bad seed, or no unit types.

        Examples
        --------
        >>> RBM.random(3, 2, seed=0).W.round(4).tolist()
        [[0.1225, 0.1082], [0.0146, -0.1952], [0.1176, 0.1267]]
        """
        n_visible = check_positive(n_visible, "n_visible")
        n_hidden = check_positive(n_hidden, "n_hidden")
        scale = check_real(scale, "scale", -MAX_SCALE, MAX_SCALE)
        bias_scale = check_real(bias_scale, "bias_scale", -MAX_SCALE, MAX_SCALE)
        check_one_column(check_unit(visible, "visible"), "visible")
        size = n_visible * n_hidden
        x = randomness.bell(seed, randomness.WEIGHTS, (size + n_visible + n_hidden,))
        W = scale * x[:size].reshape(n_visible, n_hidden)
        biases = bias_scale * x[size:]
        return cls(W, biases[:n_visible], biases[n_visible:], visible, hidden)

    def __repr__(self):
        visible = f"{self.n_visible} {self.visible.name} visible"
        return f"RBM({visible}, {self.n_hidden} {self.hidden.name} hidden)"

    @property
    def n_visible(self):
        """Number of visible units."""
        return self.visible.n_units(self.a)

    @property
    def n_hidden(self):
        """Number of hidden units."""
        return self.hidden.n_units(self.b)

    @property
    def columns(self):
        """The parameters as `Columns`: what sums over states multiply.

        A unit of one number has one column, and these are W, a and b themselves.
        """
        return Columns(self.W.reshape(self.a.size, -1), self.a.ravel(), self.b)

    def __eq__(self, other):
        return (
            isinstance(other, RBM)
            and (self.visible, self.hidden) == (other.visible, other.hidden)
            and all(map(np.array_equal, self._p, other._p))
        )

    @property
    def _p(self):
        return self.W, self.a, self.b

    def __reduce__(self):  # copies and pickles are made anew, and so frozen too
        return type(self), (*self._p, self.visible, self.hidden)

    def __add__(self, other):
        """Return the machine of the sums of parameters: for interpolation."""
        if not isinstance(other, RBM):
            return NotImplemented
        if (self.visible, self.hidden) != (other.visible, other.hidden):
            raise ValueError(f"cannot add {self!r} and {other!r}: other unit types")
        if self.W.shape != other.W.shape:
            raise ValueError(f"cannot add {self!r} and {other!r}: other sizes")
        return self._with(*(x + y for x, y in zip(self._p, other._p, strict=True)))

    def __mul__(self, factor):
        """Return the machine with all parameters multiplied by a number; or refuse."""
        factor = check_real(factor, "factor")
        with np.errstate(over="ignore"):  # infinite parameters are refused by name
            return self._with(*(factor * x for x in self._p))

    __rmul__ = __mul__
    __array_ufunc__ = None  # an array times a machine is refused here, too

    def _with(self, W, a, b):
        return RBM(W, a, b, self.visible, self.hidden)

    def on_grid(self):
        """Return the machine that is sampled: parameters rounded to their grid.

        The values are multiples of 2^-g (`rbmlib.grid`) and exact in float32; a
        machine that already stands on its grid is returned unchanged.
        """
        grid = round_to_grid(*self.columns, self.visible.widths(self.n_visible))
        W, a = grid.W.reshape(self.W.shape), grid.a.reshape(self.a.shape)
        return self._with(W, a, grid.b)

    def hidden_field(self, v):
        """Return b + v·W, the field on each hidden unit, shape (..., n_hidden)."""
        v = self.visible.check(v, self.n_visible, "v")
        return self.visible.dot(v, self.columns.W) + self.b

    def visible_field(self, h):
        """Return a + W·h, the field on each visible unit, shape (..., n_visible)."""
        h = self.hidden.check(h, self.n_hidden, "h")
        return self._as_bias(h @ self.columns.W.T) + self.a

    def _as_bias(self, x):
        """Return numbers of the visible columns in the shape of the biases."""
        return x.reshape(x.shape[:-1] + self.a.shape)

    def energy(self, v, h):
        """Return E(v, h), shape (...).

        Parameters
        ----------
        v : array_like, shape (..., n_visible)
        h : array_like, shape (..., n_hidden)

        Raises
        ------
        ValueError
            Values that are no states, or other numbers of rows.
        """
        v = self.visible.check(v, self.n_visible, "v")
        h = self.hidden.check(h, self.n_hidden, "h")
        check_pairs(v, h)
        W, a, b = self.columns
        own = self.visible.energy(v).sum(-1) + self.hidden.energy(h).sum(-1)
        field = self.visible.dot(v, W) + b
        return own - (field * h).sum(-1) - self.visible.dot(v, a)

    def free_energy(self, v):
        """Return F(v) = -log Σ_h exp(-E(v, h)), so that p(v) = exp(-F(v)) / Z.

        Parameters
        ----------
        v : array_like, shape (..., n_visible)

        Returns
        -------
        ndarray, shape (...)

        Examples
        --------
        >>> machine = RBM([[1.0], [2.0]], [0.0, -1.0], [0.5])
        >>> machine.free_energy([[0, 0], [1, 1]]).round(4)
        array([-0.9741, -2.5298])
        """
        v = self.visible.check(v, self.n_visible, "v")
        W, a, b = self.columns
        gamma = self.hidden.log_partition(self.visible.dot(v, W) + b).sum(-1)
        return self.visible.energy(v).sum(-1) - self.visible.dot(v, a) - gamma

    def hidden_free_energy(self, h):
        """Return -log Σ_v exp(-E(v, h)), the same with the layers exchanged."""
        h = self.hidden.check(h, self.n_hidden, "h")
        gamma = self.visible.log_partition(self.visible_field(h))
        gamma = gamma.reshape(h.shape[:-1] + (-1,)).sum(-1)
        return self.hidden.energy(h).sum(-1) - h @ self.b - gamma

    def mean_h(self, v):
        """Return ⟨h⟩ given v, shape (..., n_hidden)."""
        return self.hidden.mean(self.hidden_field(v))

    def mean_v(self, h):
        """Return ⟨v⟩ given h, shape (..., n_visible)."""
        return self.visible.mean(self.visible_field(h))

    def log_z(self):
        """Return log Z exactly.

        Enumerates the smaller discrete layer; of two Gaussian ones, a closed form.

        Raises
        ------
        ValueError
            If the layer to enumerate has more than 25 units.
        """
        if self.visible.quadratic and self.hidden.quadratic:
            variances = self.visible.own_variance, self.hidden.own_variance
            return joint_log_z(*self.columns, *variances)
        return float(enumeration.log_z(self))

    def to_spin(self):
        """Return the same machine with ±1 units, and the constant of its log Z.

        Each {0, 1} layer is written with s = 2v - 1; other layers stay.

        Returns
        -------
        machine : RBM
        constant : float
            ``self.log_z() == machine.log_z() + constant``.
        """
        parameters, constant = with_states_of(SPIN, self)
        return RBM(*parameters), constant

    def to_binary(self):
        """Return the same machine with {0, 1} units, and the constant of log Z."""
        parameters, constant = with_states_of(BINARY, self)
        return RBM(*parameters), constant


def check_machine(rbm, argument="rbm"):
    """Return ``rbm`` if it is an `RBM`, or raise TypeError."""
    return check_instance(rbm, argument, RBM, "an RBM")
